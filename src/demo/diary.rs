//! The diary: what happened, who posted it, when it was recorded.
//!
//! A thread is a chain of events that happen one after the other, such as one project's. Threads
//! run side by side; the diary is posted in the order of recording, which within a thread is the
//! order of writing. Nothing here knows a rule of money.

use super::calendar::{last_day, moment, plus, working};
use super::random::Random;
use crate::base::{Date, Digest, EventId, Stamp};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Where an office's events come from: its organization, its principal, its seat.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The organization's id.
    pub org: String,
    /// The principal that posts for it.
    pub principal: String,
    /// The code of its seat.
    pub seat: String,
    /// What its documents' numbers begin with.
    pub letters: String,
}

impl Desk {
    /// The desk of an organization; its principal is named after it.
    pub fn new(org: &str, seat: &str, letters: &str) -> Desk {
        Desk {
            org: org.to_owned(),
            principal: format!("{org}-desk"),
            seat: seat.to_owned(),
            letters: letters.to_owned(),
        }
    }
}

/// How far a thread has come: the day of its next event, and when its last one was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The business day of the next event.
    pub day: Date,
    /// When the last event was recorded.
    pub recorded: Stamp,
}

impl Thread {
    /// A thread that begins on this day, or on the next working day.
    pub fn from(day: Date) -> Thread {
        Thread { day: working(day), recorded: moment(working(day), 0) }
    }

    /// So many days pass; the next event falls on a working day.
    pub fn pass(&mut self, days: i64) -> &mut Thread {
        self.day = working(plus(self.day, days));
        self
    }

    /// The next event waits for what another thread has done.
    pub fn wait(&mut self, other: Thread) -> &mut Thread {
        self.day = self.day.max(other.day);
        self.recorded = self.recorded.max(other.recorded);
        self
    }
}

/// An event as it is about to be written.
#[derive(Debug)]
pub struct Act<'d> {
    desk: &'d Desk,
    kind: &'static str,
    data: Value,
    seat: Option<&'d str>,
    note: Option<String>,
    approved: bool,
    late: Option<i64>,
}

impl<'d> Act<'d> {
    /// An event of this type that the desk posts.
    pub fn new(desk: &'d Desk, kind: &'static str, data: Value) -> Act<'d> {
        Act { desk, kind, data, seat: None, note: None, approved: false, late: None }
    }

    /// In another jurisdiction than the desk's own.
    pub fn at(self, seat: &'d str) -> Act<'d> {
        Act { seat: Some(seat), ..self }
    }

    /// With a note.
    pub fn note(self, note: &str) -> Act<'d> {
        Act { note: Some(note.to_owned()), ..self }
    }

    /// As an exception that a third person approved.
    pub fn exception(mut self, codes: &[&str], reason: &str) -> Act<'d> {
        let exceptions: Vec<Value> =
            codes.iter().map(|code| json!({ "code": code, "reason": reason })).collect();
        self.data["exceptions"] = json!(exceptions);
        Act { approved: true, ..self }
    }

    /// Recorded so many days after its business date.
    pub fn late(self, days: i64) -> Act<'d> {
        Act { late: Some(days), ..self }
    }
}

/// One event of the story.
#[derive(Debug)]
pub struct Entry {
    /// When it is recorded.
    pub recorded: Stamp,
    /// The principal that posts it.
    pub posted_by: String,
    /// Its body.
    pub body: Value,
}

/// Everything that happens, in the order of writing.
#[derive(Debug)]
pub struct Diary {
    seed: u64,
    random: Random,
    namespace: EventId,
    numbers: HashMap<String, u32>,
    entries: Vec<Entry>,
}

impl Diary {
    /// An empty diary of a seed's story.
    pub fn new(seed: u64) -> Diary {
        Diary {
            seed,
            random: Random::of(seed, "diary"),
            namespace: EventId::derived(&EventId(0), format!("fundtrail-demo/{seed}").as_bytes()),
            numbers: HashMap::new(),
            entries: Vec::new(),
        }
    }

    /// The story's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Every event that is recorded before the story's end, in the order of recording.
    pub fn into_entries(self) -> Vec<Entry> {
        let mut entries = self.entries;
        entries.sort_by_key(|entry| entry.recorded);
        entries
    }

    /// The next number of a series, from 1.
    pub fn number(&mut self, series: &str) -> u32 {
        let number = self.numbers.entry(series.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// The digest of a file that the story only speaks of.
    pub fn file(&self, name: &str) -> String {
        Digest::of(&[b"fundtrail-demo/file/", &self.seed.to_be_bytes(), name.as_bytes()])
            .to_string()
    }

    /// A bank reference that the desk has not used yet.
    pub fn bank_reference(&mut self, desk: &Desk) -> String {
        let number = self.number(&format!("bank/{}", desk.org));
        format!("{}-B{number:05}", desk.org)
    }

    /// Writes an event on the thread's day; gives its id. What would be recorded after the story's
    /// end is left out, as is then everything that the thread writes later.
    pub fn write(&mut self, thread: &mut Thread, act: Act<'_>) -> EventId {
        let desk = act.desk;
        let number = self.number(&format!("event/{}", desk.org));
        let id = EventId::derived(&self.namespace, format!("{}/{number}", desk.org).as_bytes());
        let late = act.late.unwrap_or_else(|| self.usual_delay());
        let recorded_on = working(plus(thread.day, late));
        let usual = moment(recorded_on, self.random.between(8 * 60 + 30, 17 * 60 + 30));
        thread.recorded = Stamp(thread.recorded.0 + 60_000).max(usual);
        if thread.recorded.hebei_date() > last_day() {
            return id;
        }
        let mut by = json!({
            "org": desk.org, "maker": format!("{}-02", desk.org),
            "checker": format!("{}-07", desk.org),
        });
        if act.approved {
            by["approver"] = json!(format!("{}-01", desk.org));
        }
        let mut body = json!({
            "id": id.to_string(), "type": act.kind, "jurisdiction": act.seat.unwrap_or(&desk.seat),
            "business_date": thread.day, "by": by, "docs": self.documents(desk, act.kind),
            "data": act.data,
        });
        if let Some(note) = act.note {
            body["note"] = json!(note);
        }
        let posted_by = desk.principal.clone();
        self.entries.push(Entry { recorded: thread.recorded, posted_by, body });
        id
    }

    /// Most entries are made on their day, some a few days later.
    fn usual_delay(&mut self) -> i64 {
        match self.random.between(1, 10) {
            1..=7 => 0,
            8..=9 => 1,
            _ => self.random.between(2, 4),
        }
    }

    fn documents(&mut self, desk: &Desk, kind: &str) -> Value {
        let Some(word) = word_of(kind) else { return json!([]) };
        let number = self.number(&format!("document/{}/{word}", desk.org));
        let number = format!("{}{word}〔2017〕示例{number}号", desk.letters);
        let sha256 = self.file(&format!("{}/{number}", desk.org));
        json!([{ "number": number, "sha256": sha256 }])
    }
}

/// The word that the number of an event's document carries; none where the event needs no document.
fn word_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "organization_registered"
        | "principal_registered"
        | "donation_pledged"
        | "lookup_replaced"
        | "feedback_sent"
        | "feedback_acknowledged"
        | "feedback_disputed"
        | "disclosure_published"
        | "finding_answered"
        | "verification_filed" => return None,
        "funds_received" | "allocation_made" | "allocation_recalled" => "农",
        "budget_adopted" | "budget_adjusted" => "预",
        "consolidation_plan_filed" | "funds_consolidated" | "consolidation_released" => "整",
        "project_admitted" => "库",
        "project_approved" | "project_changed" | "project_cancelled" => "批",
        "progress_certified" | "project_accepted" | "project_closed" | "project_reopened" => "验",
        "funds_committed" | "commitment_released" => "指",
        "reimbursement_accepted" => "报",
        "disbursement_returned" | "funds_withdrawn" | "funds_recovered" => "缴",
        "disbursement_made" | "spending_substituted" => "拨",
        "donation_received" | "receipt_issued" => "收",
        "donation_refunded" | "intent_amended" => "退",
        "finding_raised" | "finding_closed" | "case_transferred" => "审",
        "rectification_ordered" | "rectification_completed" => "改",
        "recovery_ordered" | "recovery_reduced" => "追",
        "surplus_declared" | "surplus_released" | "period_closed" | "period_reopened" => "结",
        "entry_reversed" => "冲",
        _ => "办",
    })
}

#[cfg(test)]
mod tests {
    use super::super::calendar::day;
    use super::*;

    #[test]
    fn a_thread_is_recorded_in_its_own_order_and_never_before_its_day() {
        let desk = Desk::new("c130723-finance", "130723", "康财");
        let mut diary = Diary::new(1);
        let mut thread = Thread::from(day(2017, 3, 4));
        for _ in 0..50 {
            diary.write(&mut thread, Act::new(&desk, "funds_committed", json!({})));
            thread.pass(1);
        }
        let entries = diary.into_entries();
        let numbers: Vec<&str> =
            entries.iter().filter_map(|one| one.body["docs"][0]["number"].as_str()).collect();
        assert_eq!(numbers[0], "康财指〔2017〕示例1号");
        assert_eq!(numbers[49], "康财指〔2017〕示例50号");
        for entry in &entries {
            let date = Date::parse(entry.body["business_date"].as_str().unwrap()).unwrap();
            assert!(entry.recorded.hebei_date() >= date);
        }
    }

    #[test]
    fn what_would_be_recorded_after_the_end_is_left_out() {
        let desk = Desk::new("c130723-finance", "130723", "康财");
        let mut diary = Diary::new(1);
        let mut thread = Thread::from(last_day());
        diary.write(&mut thread, Act::new(&desk, "funds_committed", json!({})).late(0));
        diary.write(&mut thread, Act::new(&desk, "funds_committed", json!({})).late(9));
        thread.day = day(2017, 3, 1);
        diary.write(&mut thread, Act::new(&desk, "funds_committed", json!({})).late(0));
        assert_eq!(diary.into_entries().len(), 1);
    }
}
