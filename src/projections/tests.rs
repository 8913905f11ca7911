//! Small histories for the tests of folds: events in the form of bodies, movements in the form of
//! the rules' tables, no ledger behind them.

use super::{Fold, Told};
use crate::base::{Code, Date, Stamp};
use crate::domain::Written;
use crate::seam::read_event;
use serde_json::{Value, json};

/// A day that a test names.
pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A history that a test tells.
pub struct History {
    records: Vec<Record>,
    at: Code,
    on: String,
    recorded_on: Option<String>,
    by: String,
    approver: Option<String>,
}

struct Record {
    body: String,
    movements: String,
    recorded_on: String,
}

impl History {
    /// The province, one city, two counties, on 2017-01-01.
    pub fn new() -> History {
        let mut history = History {
            records: Vec::new(),
            at: Code(130_000),
            on: "2017-01-01".to_owned(),
            recorded_on: None,
            by: "kb-finance".to_owned(),
            approver: None,
        };
        let counties = [
            ("130000", "province", None, "none"),
            ("130700", "city", Some("130000"), "none"),
            ("130723", "county", Some("130700"), "national"),
            ("130722", "county", Some("130700"), "none"),
        ];
        for (code, level, parent, status) in counties {
            let mut data = json!({ "code": code, "name": code, "level": level,
                "poverty_status": status, "heavy_task_city": false, "valid_from": "2016-01-01" });
            if let Some(parent) = parent {
                data["parent"] = json!(parent);
            }
            history.tell("jurisdiction_registered", data, "");
        }
        history.at(130_723);
        history
    }

    /// From here on events happen on this day, and are recorded on it.
    pub fn on(&mut self, day: &str) -> &mut History {
        day.clone_into(&mut self.on);
        self.recorded_on = None;
        self
    }

    /// From here on events are recorded on this day.
    pub fn recorded_on(&mut self, day: &str) -> &mut History {
        self.recorded_on = Some(day.to_owned());
        self
    }

    /// From here on events are of this jurisdiction.
    pub fn at(&mut self, code: u32) -> &mut History {
        self.at = Code(code);
        self
    }

    /// From here on this organization posts.
    pub fn by(&mut self, org: &str) -> &mut History {
        org.clone_into(&mut self.by);
        self
    }

    /// From here on a third person approves, as exceptions need.
    pub fn approved_by(&mut self, approver: &str) -> &mut History {
        self.approver = Some(approver.to_owned());
        self
    }

    /// Something happens; its movements are written `LOT FEN FROM > TO; …`. Gives the event's id.
    pub fn tell(&mut self, kind: &str, data: Value, movements: &str) -> String {
        let id = format!("00000000-0000-4000-8000-{:012}", self.records.len());
        let mut body = json!({
            "business_date": self.on, "data": data, "docs": [], "id": id,
            "by": { "checker": "c", "maker": "m", "org": self.by },
            "jurisdiction": self.at.to_string(), "type": kind,
        });
        if let Some(approver) = &self.approver {
            body["by"]["approver"] = json!(approver);
        }
        self.records.push(Record {
            body: body.to_string(),
            movements: movements.to_owned(),
            recorded_on: self.recorded_on.clone().unwrap_or_else(|| self.on.clone()),
        });
        id
    }

    /// A gift of the county's charity arrives.
    pub fn gift(&mut self, lot: &str, fen: i64, anonymity: &str) -> String {
        let data = json!({ "lot": lot, "donor": "d-1", "donor_kind": "person",
            "custodian": "kb-charity", "amount_fen": fen, "intent": { "fallback": "ask" },
            "anonymity": anonymity });
        self.by("kb-charity");
        let moved = format!("{lot} {fen} outside > available/{}", self.at);
        self.tell("donation_received", data, &moved)
    }

    /// Fiscal money of a fund arrives at the present jurisdiction.
    pub fn funds(&mut self, lot: &str, fund: &str, fen: i64) -> String {
        let data = json!({ "lot": lot, "fund": fund, "fiscal_year": 2017, "amount_fen": fen,
            "provider": "x", "purpose": [] });
        let moved = format!("{lot} {fen} outside > available/{}", self.at);
        self.tell("funds_received", data, &moved)
    }

    /// A project is admitted and approved for this sum.
    pub fn project(&mut self, project: &str, category: &str, fen: i64) -> String {
        self.admit(project, category, fen);
        let data = json!({ "project": project, "approved_fen": fen,
            "sources": ["central_special"] });
        self.tell("project_approved", data, "")
    }

    /// A project is admitted, not yet approved.
    pub fn admit(&mut self, project: &str, category: &str, fen: i64) -> String {
        let data = json!({ "project": project, "name": project, "category": category,
            "village_codes": ["130723100201"], "unit": "u1", "estimate_fen": fen,
            "households": 10, "goals": "x" });
        self.tell("project_admitted", data, "")
    }

    /// Money of a lot is arranged for a project.
    pub fn commit(&mut self, project: &str, lot: &str, fen: i64) -> String {
        let data = json!({ "project": project, "from": "available",
            "lots": [{ "lot": lot, "amount_fen": fen }] });
        let at = self.at;
        let moved = format!("{lot} {fen} available/{at} > committed/{project}/{at}");
        self.tell("funds_committed", data, &moved)
    }

    /// A payee is paid out of what a project was given.
    pub fn pay(&mut self, project: &str, lot: &str, fen: i64, payee: &str) -> String {
        self.disburse("payment", "transfer", project, lot, fen, payee)
    }

    /// A disbursement of any kind and method; an advance goes to the payee, the rest is spent.
    pub fn disburse(
        &mut self,
        kind: &str,
        method: &str,
        project: &str,
        lot: &str,
        fen: i64,
        payee: &str,
    ) -> String {
        let mut data = json!({ "project": project, "kind": kind, "payee": payee, "method": method,
            "bank_ref": format!("B{}", self.records.len()),
            "basis": { "kind": "contract", "number": "HT1", "sha256": "0".repeat(64) },
            "lots": [{ "lot": lot, "amount_fen": fen }] });
        if kind == "subsidy_batch" {
            data["recipients"] = json!({ "count": 3, "list_sha256": "0".repeat(64),
                "paid_through": "x" });
        }
        let at = self.at;
        let to = match kind {
            "advance" => format!("advanced/{payee}/{project}/{at}"),
            _ => format!("spent/{project}/{at}"),
        };
        let moved = format!("{lot} {fen} committed/{project}/{at} > {to}");
        self.tell("disbursement_made", data, &moved)
    }

    /// An event is reversed; its movements are given exchanged.
    pub fn reverse(&mut self, id: &str, movements: &str) -> String {
        self.tell("entry_reversed", json!({ "reverses": id, "reason": "x" }), movements)
    }

    /// Tells a fold the whole history.
    pub fn fold<F: Fold>(&self, mut fold: F) -> F {
        for (seq, record) in self.records.iter().enumerate() {
            let event = read_event(record.body.as_bytes())
                .unwrap_or_else(|refusal| panic!("{refusal}: {}", record.body));
            let movements: Vec<Written<'_>> = record
                .movements
                .split(';')
                .filter(|one| !one.trim().is_empty())
                .map(read)
                .collect();
            let recorded_at = Stamp::parse(&format!("{}T04:00:00.000Z", record.recorded_on));
            let kind = event.data.kind();
            fold.take(&Told {
                seq: u64::try_from(seq).unwrap(),
                kind,
                here: event.jurisdiction,
                date: event.business_date,
                id: event.id,
                posted_by: "x-01",
                recorded_at: recorded_at.unwrap(),
                movements: &movements,
                event: fold.wants_event(kind).then_some(&event),
            });
        }
        fold
    }
}

fn read(text: &str) -> Written<'_> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [lot, fen, from, ">", to] => Written { amount_fen: fen.parse().unwrap(), from, lot, to },
        _ => panic!("not a movement: {text}"),
    }
}
