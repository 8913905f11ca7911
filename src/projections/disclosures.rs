//! Disclosures: what was shown to the public, and what a county still has to show (Article 17).
//!
//! A project is to be shown from its approval, or from the first money arranged for it; a plan from
//! its filing; an acceptance from its day. A notice is due when it could have been shown for the
//! policy's least days, had it begun on the day of its cause. Announcements of allocations and of
//! single payments are kept as they are published; Article 17 sets no day for them.

use super::ground::Ground;
use super::{Fold, Told};
use crate::base::words::vocabulary;
use crate::base::{Code, Date};
use crate::domain::events::{DisclosureChannel, DisclosureLevel, DisclosurePublished, SubjectKind};
use crate::domain::policy::PolicyKey;
use crate::domain::{Data, Type};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

vocabulary! {
    /// How a duty to publish stands.
    pub enum Shown {
        InTime "in_time" "已公开" "Shown",
        Late "late" "迟公开" "Shown late",
        Open "open" "待公开" "Due",
        Missing "missing" "逾期未公开" "Overdue",
    }
}

/// A notice that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The record.
    pub seq: u64,
    /// Whose notice it is.
    pub jurisdiction: Code,
    /// The organization that published it.
    pub org: String,
    /// What kind of thing it shows.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
    /// The level that it was shown at.
    pub level: DisclosureLevel,
    /// How it was shown.
    pub channel: DisclosureChannel,
    /// Where.
    pub place: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
    /// For how many days, both ends counted.
    pub days: i32,
}

/// A duty to publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Whose it is.
    pub jurisdiction: Code,
    /// What kind of thing is to be shown.
    pub kind: SubjectKind,
    /// Its id: the project, the plan, or the event of the acceptance.
    pub id: String,
    /// The project, where it is one or of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The record that caused it.
    pub cause_seq: u64,
    /// The day of the cause.
    pub cause_on: Date,
    /// The last day on which it is shown in time.
    pub due_on: Date,
    /// How it stands.
    pub standing: Shown,
    /// How many days late it was shown, or is not shown; 0 in time.
    pub days_late: i32,
    /// The record of the notice that met it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_seq: Option<u64>,
}

#[derive(Debug)]
struct Cause {
    at: Code,
    seq: u64,
    on: Date,
    project: Option<String>,
}

/// The fold behind disclosures.
#[derive(Debug)]
pub struct Disclosures {
    /// What is known of projects and thresholds.
    pub ground: Ground,
    /// What was published, in the order of the records.
    pub published: Vec<Published>,
    causes: BTreeMap<(SubjectKind, String), Cause>,
}

impl Default for Disclosures {
    fn default() -> Disclosures {
        let (published, causes) = (Vec::new(), BTreeMap::new());
        Disclosures { ground: Ground::without_lots(), published, causes }
    }
}

impl Disclosures {
    /// The duties at or below a jurisdiction as of a business day: the earliest due first.
    pub fn due(&self, on: Date, within: Option<Code>) -> Vec<Due> {
        let mut first: BTreeMap<(SubjectKind, &str), &Published> = BTreeMap::new();
        for one in self.published.iter().filter(|one| one.from <= on) {
            let earliest = first.entry((one.kind, &one.id)).or_insert(one);
            if one.from < earliest.from {
                *earliest = one;
            }
        }
        let asked = self
            .causes
            .iter()
            .filter(|(_, cause)| cause.on <= on && self.ground.is_within(cause.at, within));
        let mut dues: Vec<Due> = asked
            .map(|((kind, id), cause)| {
                let notice = first.get(&(*kind, id.as_str())).copied();
                let due_on =
                    self.ground.policies.due(PolicyKey::DisclosureMinDays, cause.at, cause.on);
                let days_late = due_on.days_until(notice.map_or(on, |one| one.from)).max(0);
                let standing = match (notice.is_some(), days_late > 0) {
                    (true, false) => Shown::InTime,
                    (true, true) => Shown::Late,
                    (false, false) => Shown::Open,
                    (false, true) => Shown::Missing,
                };
                Due {
                    jurisdiction: cause.at,
                    kind: *kind,
                    id: id.clone(),
                    project: cause.project.clone(),
                    cause_seq: cause.seq,
                    cause_on: cause.on,
                    due_on,
                    standing,
                    days_late,
                    met_seq: notice.map(|one| one.seq),
                }
            })
            .collect();
        dues.sort_by(|one, other| (one.due_on, &one.id).cmp(&(other.due_on, &other.id)));
        dues
    }

    fn publish(&mut self, data: &DisclosurePublished<'_>, org: String, told: &Told<'_>) {
        self.published.push(Published {
            seq: told.seq,
            jurisdiction: told.here,
            org,
            kind: data.subject.kind,
            id: data.subject.id.to_string(),
            level: data.level,
            channel: data.channel,
            place: data.place.as_str().to_owned(),
            from: data.from,
            until: data.until,
            days: data.from.days_until(data.until) + 1,
        });
    }

    fn owe(&mut self, kind: SubjectKind, id: String, project: Option<&str>, told: &Told<'_>) {
        let project = project.map(str::to_owned);
        let known = project.as_ref().and_then(|project| self.ground.projects.get(project));
        let at = known.map_or(told.here, |project| project.jurisdiction);
        let cause = Cause { at, seq: told.seq, on: told.date, project };
        self.causes.entry((kind, id)).or_insert(cause);
    }
}

impl Fold for Disclosures {
    fn wants_event(&self, kind: Type) -> bool {
        self.ground.wants_event(kind)
            || matches!(
                kind,
                Type::DisclosurePublished | Type::FundsCommitted | Type::ConsolidationPlanFiled
            )
    }

    fn take(&mut self, told: &Told<'_>) {
        self.ground.take(told);
        let Some(event) = told.event else { return };
        match &event.data {
            Data::DisclosurePublished(data) => self.publish(data, event.by.org.to_string(), told),
            Data::ProjectApproved(data) => {
                let project = data.project.as_str();
                self.owe(SubjectKind::Project, project.to_owned(), Some(project), told);
            }
            Data::FundsCommitted(data) => {
                let project = data.project.as_str();
                self.owe(SubjectKind::Project, project.to_owned(), Some(project), told);
            }
            Data::ProjectAccepted(data) => {
                let id = told.id.to_string();
                self.owe(SubjectKind::Acceptance, id, Some(data.project.as_str()), told);
            }
            Data::ConsolidationPlanFiled(data) => {
                self.owe(SubjectKind::Plan, data.plan.to_string(), None, told);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    fn shown(history: &mut History, kind: &str, id: &str, from: &str) {
        let data = json!({ "subject": { "kind": kind, "id": id }, "level": "village",
            "channel": "board", "place": "x", "from": from, "until": "2017-12-31",
            "content_sha256": "0".repeat(64) });
        history.tell("disclosure_published", data, "");
    }

    fn due(history: &History, on: &str) -> Vec<String> {
        let disclosures = history.fold(Disclosures::default());
        let line =
            |due: Due| format!("{} {} {} {}", due.kind, due.due_on, due.standing, due.days_late);
        disclosures.due(day(on), Some(Code(130_723))).into_iter().map(line).collect()
    }

    #[test]
    fn a_project_is_due_from_its_approval_and_a_notice_before_it_counts() {
        for (notice, standing) in [
            (None, "project 2017-03-11 missing 1"),
            (Some("2017-02-01"), "project 2017-03-11 in_time 0"),
            (Some("2017-03-11"), "project 2017-03-11 in_time 0"),
            (Some("2017-03-12"), "project 2017-03-11 late 1"),
            (Some("2017-03-13"), "project 2017-03-11 missing 1"),
        ] {
            let mut history = History::new();
            history.on("2017-03-01").project("P1", "industry", 100);
            if let Some(notice) = notice {
                shown(&mut history, "project", "P1", notice);
            }
            assert_eq!(due(&history, "2017-03-12"), [standing], "{notice:?}");
        }
    }

    #[test]
    fn an_acceptance_is_shown_by_its_event_and_the_policy_sets_the_days() {
        let mut history = History::new();
        let data = json!({ "key": "disclosure_min_days", "value": 15, "unit": "days",
            "source": "x", "effective_from": "2017-01-01" });
        history.tell("policy_set", data, "");
        history.on("2017-03-01").project("P1", "industry", 100);
        shown(&mut history, "project", "P1", "2017-03-01");
        let data = json!({ "project": "P1", "acceptors": ["kb-line"] });
        let accepted = history.on("2017-05-01").tell("project_accepted", data, "");
        assert_eq!(due(&history, "2017-05-16")[1], "acceptance 2017-05-16 open 0");
        shown(&mut history, "acceptance", &accepted, "2017-05-16");
        assert_eq!(due(&history, "2017-06-16")[1], "acceptance 2017-05-16 in_time 0");
        let published = history.fold(Disclosures::default()).published;
        assert_eq!((published.len(), published[1].days), (2, 230));
    }
}
