//! Findings of supervision: what was found, who answered, what is due, what was paid back
//! (Articles 6, 14, 29).
//!
//! The fold keeps each finding whole; who may see which is not decided here.

use super::{Fold, Told};
use crate::base::words::vocabulary;
use crate::base::{Code, Date, EventId};
use crate::domain::events::{FindingRaised, Outcome, Severity};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// How far a finding has come.
    pub enum FindingStage {
        Raised "raised" "已提出" "Raised",
        Answered "answered" "已答复" "Answered",
        Ordered "ordered" "责令整改" "To be mended",
        Completed "completed" "已报整改" "Reported mended",
        Closed "closed" "已销号" "Closed",
        Transferred "transferred" "已移送" "Transferred",
    }
}

impl FindingStage {
    /// Is it still open?
    pub fn is_open(self) -> bool {
        !matches!(self, FindingStage::Closed | FindingStage::Transferred)
    }
}

/// A step of a finding's course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub on: Date,
    /// The event's type.
    pub kind: Cow<'static, str>,
    /// The organization behind it.
    pub org: String,
    /// What it says.
    pub text: String,
}

/// A finding; amounts in fen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// Its id.
    pub finding: String,
    /// The rule that it rests on, as its raiser named it.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// How far it has come.
    pub stage: FindingStage,
    /// Where it was raised: the event's jurisdiction, or the one that it is about.
    pub jurisdiction: Code,
    /// The organization that raised it.
    pub raised_by: String,
    /// When it was raised.
    pub raised_on: Date,
    /// The body that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The project that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The lot that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The event that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// The events that show it.
    pub evidence: Vec<EventId>,
    /// The sum in question.
    pub amount_fen: Option<i64>,
    /// The last day for mending it, where one was set.
    pub due_on: Option<Date>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Ordered to be paid back.
    pub ordered_fen: i64,
    /// Paid back.
    pub recovered_fen: i64,
    /// No longer asked for: revised or written off.
    pub reduced_fen: i64,
    /// Its course, from its raising on.
    pub steps: Vec<Step>,
}

impl Finding {
    /// Is its day for mending past, and nothing reported?
    pub fn is_overdue(&self, on: Date) -> bool {
        let waits = self.stage.is_open() && self.stage != FindingStage::Completed;
        waits && self.due_on.is_some_and(|due| due < on)
    }

    /// What is still to be paid back.
    pub fn outstanding_fen(&self) -> i64 {
        self.ordered_fen - self.recovered_fen - self.reduced_fen
    }
}

/// The fold behind lists of findings.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings by id.
    pub rows: BTreeMap<String, Finding>,
    /// The finding of each order, recovery and reduction.
    orders: BTreeMap<EventId, String>,
    jurisdictions: BTreeSet<Code>,
}

impl Findings {
    /// Is the jurisdiction a registered one?
    pub fn knows(&self, code: Code) -> bool {
        self.jurisdictions.contains(&code)
    }

    fn raise(&mut self, data: &FindingRaised<'_>, org: String, told: &Told<'_>) {
        let subjects = &data.subjects;
        let row = Finding {
            finding: data.finding.to_string(),
            rule: data.rule.as_str().to_owned(),
            severity: data.severity,
            stage: FindingStage::Raised,
            jurisdiction: subjects.jurisdiction.unwrap_or(told.here),
            raised_by: org,
            raised_on: told.date,
            organization: subjects.organization.map(|name| name.to_string()),
            project: subjects.project.map(|name| name.to_string()),
            lot: subjects.lot.map(|name| name.to_string()),
            event: subjects.event,
            evidence: data.evidence.as_slice().to_vec(),
            amount_fen: data.amount_fen.map(|fen| fen.get()),
            due_on: None,
            outcome: None,
            ordered_fen: 0,
            recovered_fen: 0,
            reduced_fen: 0,
            steps: Vec::new(),
        };
        self.rows.insert(row.finding.clone(), row);
    }

    fn step(
        &mut self,
        finding: &str,
        told: &Told<'_>,
        text: &str,
        change: impl FnOnce(&mut Finding),
    ) {
        let org = told.event.map(|event| event.by.org.to_string()).unwrap_or_default();
        if let Some(row) = self.rows.get_mut(finding) {
            let kind = told.kind.spec().name;
            let step = Step {
                seq: told.seq,
                on: told.date,
                kind: Cow::Borrowed(kind),
                org,
                text: text.to_owned(),
            };
            row.steps.push(step);
            change(row);
        }
    }

    fn learn(&mut self, told: &Told<'_>) {
        let Some(event) = told.event else { return };
        match &event.data {
            Data::JurisdictionRegistered(data) => drop(self.jurisdictions.insert(data.code)),
            Data::FindingRaised(data) => {
                self.raise(data, event.by.org.to_string(), told);
                self.step(data.finding.as_str(), told, data.text.as_str(), |_| {});
            }
            Data::FindingAnswered(data) => {
                let text = data.text.as_str();
                self.step(data.finding.as_str(), told, text, |row| {
                    row.stage = row.stage.max(FindingStage::Answered);
                });
            }
            Data::RectificationOrdered(data) => {
                let text = data.text.as_str();
                self.step(data.finding.as_str(), told, text, |row| {
                    row.stage = FindingStage::Ordered;
                    row.due_on = Some(data.due);
                });
            }
            Data::RectificationCompleted(data) => {
                let text = data.text.as_str();
                self.step(data.finding.as_str(), told, text, |row| {
                    row.stage = FindingStage::Completed;
                });
            }
            Data::FindingClosed(data) => {
                let text = data.text.as_str();
                self.step(data.finding.as_str(), told, text, |row| {
                    row.stage = FindingStage::Closed;
                    row.outcome = Some(data.outcome);
                });
            }
            Data::CaseTransferred(data) => {
                let text = format!("{}: {}", data.to_body.as_str(), data.text.as_str());
                self.step(data.finding.as_str(), told, &text, |row| {
                    row.stage = FindingStage::Transferred;
                    row.outcome = Some(Outcome::Transferred);
                });
            }
            Data::RecoveryOrdered(data) => self.recover(data.finding.to_string(), told),
            Data::FundsRecovered(data) => self.recover_by(data.reverses, told),
            Data::RecoveryReduced(data) => self.recover_by(data.reverses, told),
            Data::EntryReversed(data) => self.recover_by(data.reverses, told),
            _ => {}
        }
    }

    fn recover_by(&mut self, names: EventId, told: &Told<'_>) {
        if let Some(finding) = self.orders.get(&names) {
            let finding = finding.clone();
            self.recover(finding, told);
        }
    }

    /// What an order, a payment back, a reduction, or the reversal of one of them moved.
    fn recover(&mut self, finding: String, told: &Told<'_>) {
        let undoes = told.kind == Type::EntryReversed;
        let Some(row) = self.rows.get_mut(&finding) else { return };
        let sign = if undoes { -1 } else { 1 };
        for movement in told.movements {
            let (from, to) = match undoes {
                false => (movement.from, movement.to),
                true => (movement.to, movement.from),
            };
            let kind = |path: &str| path.split('/').next().and_then(PlaceKind::parse);
            let fen = sign * movement.amount_fen;
            match (kind(from), kind(to)) {
                (_, Some(PlaceKind::Reclaim)) => row.ordered_fen += fen,
                (Some(PlaceKind::Reclaim), Some(PlaceKind::Spent)) => row.reduced_fen += fen,
                (Some(PlaceKind::Reclaim), _) => row.recovered_fen += fen,
                _ => {}
            }
        }
        self.step(&finding, told, "", |_| {});
        self.orders.insert(told.id, finding);
    }
}

impl Fold for Findings {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::JurisdictionRegistered
                | Type::FindingRaised
                | Type::FindingAnswered
                | Type::RectificationOrdered
                | Type::RectificationCompleted
                | Type::FindingClosed
                | Type::CaseTransferred
                | Type::RecoveryOrdered
                | Type::FundsRecovered
                | Type::RecoveryReduced
                | Type::EntryReversed
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        self.learn(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    fn raised() -> History {
        let mut history = History::new();
        history.funds("L1", "central_special", 1000);
        history.project("P1", "industry", 1000);
        history.commit("P1", "L1", 900);
        history.pay("P1", "L1", 900, "payee");
        let data = json!({ "finding": "F1", "rule": "R11", "severity": "violation",
            "subjects": { "project": "P1", "organization": "kb-finance" }, "amount_fen": 400,
            "evidence": [], "text": "x" });
        history.on("2017-05-01").by("hb-audit").tell("finding_raised", data, "");
        history
    }

    #[test]
    fn a_finding_takes_its_course_and_its_day_passes() {
        let mut history = raised();
        let said = |text: &str| json!({ "finding": "F1", "text": text });
        history.by("kb-finance").tell("finding_answered", said("y"), "");
        let order = json!({ "finding": "F1", "due": "2017-06-01", "text": "z" });
        history.by("hb-audit").tell("rectification_ordered", order, "");
        let row = history.fold(Findings::default()).rows.remove("F1").unwrap();
        assert_eq!((row.stage, row.due_on), (FindingStage::Ordered, Some(day("2017-06-01"))));
        assert_eq!(
            (row.is_overdue(day("2017-06-01")), row.is_overdue(day("2017-06-02"))),
            (false, true)
        );
        let done = json!({ "finding": "F1", "evidence": [], "text": "done" });
        history.by("kb-finance").tell("rectification_completed", done, "");
        let row = history.fold(Findings::default()).rows.remove("F1").unwrap();
        assert!(!row.is_overdue(day("2018-01-01")) && row.stage.is_open());
        let end = json!({ "finding": "F1", "outcome": "rectified", "text": "end" });
        history.by("hb-audit").tell("finding_closed", end, "");
        let row = history.fold(Findings::default()).rows.remove("F1").unwrap();
        assert_eq!((row.stage, row.outcome), (FindingStage::Closed, Some(Outcome::Rectified)));
        let orgs: Vec<&str> = row.steps.iter().map(|step| step.org.as_str()).collect();
        assert_eq!(orgs, ["hb-audit", "kb-finance", "hb-audit", "kb-finance", "hb-audit"]);
    }

    #[test]
    fn what_is_to_be_paid_back_follows_orders_payments_reductions_and_reversals() {
        let mut history = raised();
        let lots = |fen: i64| json!([{ "lot": "L1", "amount_fen": fen }]);
        let order = json!({ "finding": "F1", "project": "P1", "debtor": "payee", "from": "spent",
            "lots": lots(400) });
        let reclaim = "reclaim/payee/P1/130723";
        let moved = format!("L1 400 spent/P1/130723 > {reclaim}");
        let id = history.tell("recovery_ordered", order, &moved);
        let back = json!({ "reverses": id, "lots": lots(150) });
        let moved = format!("L1 150 {reclaim} > surplus/130723");
        let paid = history.tell("funds_recovered", back, &moved);
        let less = json!({ "reverses": id, "lots": lots(50), "reason": "uncollectible" });
        history.tell("recovery_reduced", less, &format!("L1 50 {reclaim} > spent/P1/130723"));
        let row = history.fold(Findings::default()).rows.remove("F1").unwrap();
        assert_eq!((row.ordered_fen, row.recovered_fen, row.reduced_fen), (400, 150, 50));
        assert_eq!(row.outstanding_fen(), 200);
        history.reverse(&paid, &format!("L1 150 surplus/130723 > {reclaim}"));
        let row = history.fold(Findings::default()).rows.remove("F1").unwrap();
        assert_eq!((row.recovered_fen, row.outstanding_fen()), (0, 350));
    }
}
