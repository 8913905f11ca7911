//! The small ledger that each row of a table is tried on: two cities, four counties, their bodies.
//!
//! It reads a step such as `kb-finance funds_committed project=P1 lots=L1:300` as a body and posts
//! it through [`State::step`], the way that every event goes.

use super::papers::{paper, root_at};
use super::prepared::{ORGANIZATIONS, PREPARED};
use crate::base::{Digest, EventId, Stamp};
use crate::domain::decide::{Facts, Past, PastEvent};
use crate::domain::event::{Event, EventSeed, Type};
use crate::domain::movement::Written;
use crate::domain::refusal::Refusal;
use crate::domain::state::{State, Step};
use serde::de::DeserializeSeed;
use serde_json::{Map, Value, json};

/// A ledger in memory: the state, and every record as its Past.
pub struct World {
    pub state: State,
    /// The last refusal, whole.
    pub refused: Option<Refusal>,
    records: Vec<Kept>,
    /// Types and ids of the events given, in order.
    named: Vec<(String, String)>,
}

struct Kept {
    body: Vec<u8>,
    kind: Type,
    movements: Vec<(String, String, String, i64)>,
    posted_by: String,
    recorded_at: Stamp,
}

struct Records<'r>(&'r [Kept]);

impl Past for Records<'_> {
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>)) {
        let kept = &self.0[usize::try_from(seq).unwrap()];
        let event = read(kept.kind, &kept.body).unwrap();
        let movements: Vec<Written<'_>> = kept
            .movements
            .iter()
            .map(|(lot, from, to, fen)| Written { lot, from, to, amount_fen: *fen })
            .collect();
        show(&PastEvent {
            event: &event,
            body: &kept.body,
            movements: &movements,
            posted_by: &kept.posted_by,
            recorded_at: kept.recorded_at,
        });
    }

    fn root(&self, size: u64) -> Option<Digest> {
        (size <= self.0.len() as u64).then(|| root_at(size))
    }
}

fn read(kind: Type, body: &[u8]) -> Result<Event<'_>, serde_json::Error> {
    let text = std::str::from_utf8(body).unwrap();
    EventSeed(kind).deserialize(&mut serde_json::Deserializer::from_str(text))
}

impl World {
    /// Two cities and four counties, their bodies, and a principal named like each body.
    pub fn new() -> World {
        let mut world =
            World { state: State::new(), refused: None, records: Vec::new(), named: Vec::new() };
        world
            .give("operator ledger_opened origin=test.example/ledger program=y hash_algorithm=sha256 vkey=@log:test.example/ledger:00")
            .unwrap();
        for (code, level, parent, status) in [
            ("130000", "province", "", "none"),
            ("130100", "city", "130000", "none"),
            ("130102", "county", "130100", "none"),
            ("130700", "city", "130000", "none"),
            ("130722", "county", "130700", "national"),
            ("130723", "county", "130700", "national"),
        ] {
            let parent = if parent.is_empty() { String::new() } else { format!("parent={parent}") };
            world.give(&format!("operator jurisdiction_registered code={code} name=x level={level} {parent} poverty_status={status} heavy_task_city=true valid_from=2016-01-01")).unwrap();
        }
        world.give("operator organization_registered org=platform name=x kind=platform jurisdiction=130000").unwrap();
        world.give("operator principal_registered principal=operator role=operator scope=130000 org=platform signing=optional").unwrap();
        world.give("operator principal_registered principal=donor role=donor scope=130000 org=d-1 signing=optional").unwrap();
        for (org, kind, seat, role) in ORGANIZATIONS {
            let scope = if seat.starts_with("13") { seat } else { "130000" };
            world.give(&format!(
                "operator organization_registered org={org} name=x kind={kind} jurisdiction={seat}"
            )).unwrap();
            world.give(&format!("operator principal_registered principal={org} role={role} scope={scope} org={org} signing=optional")).unwrap();
        }
        world.named.clear();
        world
    }

    /// Records what the steps say; the first that is refused is named.
    pub fn give(&mut self, steps: &str) -> Result<(), String> {
        for step in split_steps(steps) {
            match PREPARED.iter().find(|(name, _)| *name == step) {
                Some((_, prepared)) => self.give(prepared)?,
                None => {
                    self.post(&step).map_err(|code| format!("given `{step}` is refused {code}"))?;
                }
            }
        }
        Ok(())
    }

    /// Posts one event; gives its movements as `LOT FEN from > to`, or `code asked N left M`.
    pub fn post(&mut self, step: &str) -> Result<String, String> {
        let signed_by = signed_words(step);
        let (posted_by, body) = self.body(step);
        let body = serde_json::to_vec(&body).unwrap();
        let name =
            serde_json::from_slice::<Value>(&body).unwrap()["type"].as_str().unwrap().to_owned();
        let Some(kind) = Type::parse(&name) else {
            return Err(crate::domain::explain(&body, "").code.to_string());
        };
        let event = match read(kind, &body) {
            Ok(event) if event.shape().is_ok() => event,
            _ => {
                let refusal = crate::domain::explain(&body, "");
                return Err(format!("{} {}", refusal.code, refusal.message()));
            }
        };
        let facts = Facts {
            seq: self.state.size(),
            recorded_at: Stamp::parse("2018-06-01T00:00:00.000Z").unwrap(),
            posted_by: &posted_by,
            signed_by: &signed_by,
            badly_signed: step.contains(" .badly_signed=true"),
            by_program: self.state.principals.is_empty() || step.contains(" .by_program=true"),
            body: &body,
            movement_bytes_max: 20_000,
            past: &Records(&self.records),
        };
        let movements = match self.state.step(&event, &facts) {
            Ok(Step::Recorded(movements)) => movements,
            Ok(Step::Duplicate(_)) => return Ok("duplicate".to_owned()),
            Err(refusal) => {
                let figures = match (refusal.details.asked_fen, refusal.details.left_fen) {
                    (Some(asked), Some(left)) => format!(" asked {asked} left {left}"),
                    _ => String::new(),
                };
                let answer = format!("{}{figures}", refusal.code);
                self.refused = Some(refusal);
                return Err(answer);
            }
        };
        self.state.check_laws().unwrap();
        let written: Vec<_> = movements
            .iter()
            .map(|one| {
                let lot = self.state.lot_name(one.lot).to_owned();
                (lot, one.from.path(&self.state), one.to.path(&self.state), one.amount.get())
            })
            .collect();
        let shown: Vec<String> = written
            .iter()
            .map(|(lot, from, to, fen)| format!("{lot} {fen} {from} > {to}"))
            .collect();
        self.records.push(Kept {
            kind,
            movements: written,
            posted_by: posted_by.clone(),
            recorded_at: facts.recorded_at,
            body: body.clone(),
        });
        Ok(shown.join(", "))
    }

    /// The body that a step describes, and who posts it.
    fn body(&mut self, step: &str) -> (String, Value) {
        let words = split_words(step);
        let (poster, kind) = (words[0].clone(), words[1].clone());
        let scope = self
            .state
            .principals
            .get(poster.as_str())
            .map(|row| (row.scope.to_string(), row.org.to_string()));
        let (here, org) = scope.unwrap_or_else(|| ("130000".into(), "platform".into()));
        let mut event = json!({
            "id": EventId(u128::try_from(self.records.len()).unwrap() + 1).to_string(),
            "type": kind, "jurisdiction": here, "business_date": "2018-05-01",
            "by": { "org": org, "maker": "m-1", "checker": "c-1" },
            "docs": [{ "number": "x", "sha256": "ab".repeat(32) }],
        });
        let mut data = Map::new();
        for word in &words[2..] {
            let (name, value) =
                word.split_once('=').unwrap_or_else(|| panic!("no value in {word} of {step}"));
            match name {
                "date" => event["business_date"] = json!(value),
                "here" => event["jurisdiction"] = json!(value),
                "maker" | "checker" | "approver" => event["by"][name] = json!(value),
                ".org" => event["by"]["org"] = json!(value),
                "docs" => event["docs"] = json!([]),
                "note" => event["note"] = json!(value),
                "id" => event["id"] = json!(value),
                ".seen" => event["seen"] = serde_json::from_str(value).unwrap(),
                ".signed" | ".badly_signed" | ".by_program" => {}
                ".not_after" => event["not_after"] = json!(value),
                _ => {
                    data.insert(name.to_owned(), self.value(name, value));
                }
            }
        }
        event["data"] = Value::Object(data);
        let id = event["id"].as_str().unwrap().to_owned();
        self.named.push((kind, id));
        (poster, event)
    }

    fn value(&self, name: &str, text: &str) -> Value {
        let id = |of: Option<&(String, String)>| {
            json!(of.unwrap_or_else(|| panic!("nothing given for {text}")).1)
        };
        if let Some(paper) = paper(text) {
            return paper;
        }
        match text {
            "#size" => return json!(self.state.size()),
            "#root" => return json!(Records(&self.records).root(self.state.size())),
            "#last" => return id(self.named.last()),
            "#before" => return id(self.named.iter().rev().nth(1)),
            "#first" => return id(self.named.iter().find(|(kind, _)| kind == "funds_received")),
            "#commit" => return id(self.named.iter().find(|(kind, _)| kind == "funds_committed")),
            "#paid" => return id(self.named.iter().find(|(kind, _)| kind == "disbursement_made")),
            _ => {}
        }
        if let Some(kind) = text.strip_prefix('#') {
            return id(self.named.iter().rev().find(|(one, _)| one == kind));
        }
        if text.starts_with(['[', '{']) {
            let filled = text.replace("@digest", &"ab".repeat(32));
            let mut value =
                serde_json::from_str(&filled).unwrap_or_else(|_| panic!("not JSON: {text}"));
            if let Value::Object(object) = &mut value {
                for (name, inside) in object {
                    if let Some(id) = inside.as_str().filter(|id| id.starts_with('#')) {
                        *inside = self.value(name, id);
                    }
                }
            }
            return value;
        }
        if matches!(name, "lots" | "out" | "in") {
            let each = text.split(',').map(|one| {
                let (lot, fen) = one.split_once(':').unwrap();
                json!({ "lot": lot, "amount_fen": fen.parse::<i64>().unwrap() })
            });
            return each.collect();
        }
        let counted = name.ends_with("_fen") || name.ends_with("_bp");
        match counted
            || matches!(name, "fiscal_year" | "households" | "version" | "value" | "size")
            || name == "year"
        {
            true => {
                json!(text.parse::<i64>().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
            }
            false if matches!(text, "true" | "false") => json!(text == "true"),
            false => json!(text),
        }
    }
}

/// Steps are divided by `;`, and prepared ones also by spaces.
fn split_steps(steps: &str) -> Vec<String> {
    let parts = steps.split(';').map(str::trim).filter(|step| !step.is_empty());
    parts
        .flat_map(|step| match step.starts_with('@') {
            true => step.split_whitespace().map(str::to_owned).collect(),
            false => vec![step.to_owned()],
        })
        .collect()
}

/// The keys whose signatures are right.
fn signed_words(step: &str) -> Vec<Digest> {
    let keys = step.split_whitespace().find_map(|word| word.strip_prefix(".signed="));
    let named = keys.into_iter().flat_map(|keys| keys.split(','));
    named.map(|key| serde_json::from_value(paper(key).unwrap()).unwrap()).collect()
}

pub(super) fn split_words(step: &str) -> Vec<String> {
    step.split_whitespace().map(str::to_owned).collect()
}
