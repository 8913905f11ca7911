//! The life of one lot that owes feedback, and the duties that follow from it.
//!
//! Pure: facts in the order of the records, replayed up to a business day. A duty is met by a
//! feedback of its kind that is recorded after its cause; a final one meets all but a reply.

use super::{Due, Standing};
use crate::base::{Code, Date};
use crate::domain::events::{Anonymity, FeedbackKind};
use crate::domain::fund::Fund;
use crate::domain::policy::PolicyKey;
use crate::projections::policies::Policies;
use std::collections::BTreeMap;

/// A lot that owes feedback.
#[derive(Debug)]
pub struct Life {
    fund: Fund,
    /// Who owes it.
    pub holder: String,
    /// Where it was received.
    pub jurisdiction: Code,
    /// How a donor may be named; none for what is no gift.
    pub anonymity: Option<Anonymity>,
    /// The donor's reference.
    pub donor: Option<String>,
    /// What happened to it, in the order of the records.
    pub facts: Vec<Happened>,
    /// What it owes after the newest of them: the day, what, and the record that caused it.
    pub owes: Vec<(Date, FeedbackKind, u64)>,
}

/// A fact, when and where it was recorded.
#[derive(Debug)]
pub struct Happened {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub on: Date,
    /// What happened.
    pub fact: Fact,
}

/// What happens to a lot that owes feedback.
#[derive(Debug)]
pub enum Fact {
    /// It came.
    Came,
    /// Money of it came from outside, or went back there.
    Crossed {
        /// Received with it, in fen.
        received: i64,
        /// Refunded or withdrawn, in fen; negative when a refund is reversed.
        returned: i64,
    },
    /// Money of it was spent in a project, or came back from there where negative.
    Spent {
        /// The project.
        project: Box<str>,
        /// How much, in fen.
        fen: i64,
    },
    /// Its giver was told.
    Sent {
        /// Of what.
        kind: FeedbackKind,
        /// To that giver alone, neither to a campaign nor by a public notice?
        personal: bool,
    },
    /// Its giver disputed what was told.
    Disputed,
    /// Its receipt was reversed.
    Undone,
}

/// A duty while the life is replayed.
#[derive(Debug)]
struct Duty {
    kind: FeedbackKind,
    project: Option<String>,
    cause: (u64, Date),
    due_on: Date,
    met: Option<(u64, Date)>,
}

/// How far the replay has come.
#[derive(Debug)]
struct Replay<'l> {
    life: &'l Life,
    policies: &'l Policies,
    duties: Vec<Duty>,
    received: i64,
    returned: i64,
    spent: BTreeMap<&'l str, i64>,
    /// The last feedback, or the receipt.
    last_told: Option<(u64, Date)>,
}

impl Life {
    /// A lot that just came.
    pub fn new(fund: Fund, holder: String, jurisdiction: Code) -> Life {
        Life {
            fund,
            holder,
            jurisdiction,
            anonymity: None,
            donor: None,
            facts: Vec::with_capacity(2),
            owes: Vec::new(),
        }
    }

    /// What it owes after everything that happened to it.
    pub fn owes(&self, policies: &Policies) -> Vec<(Date, FeedbackKind, u64)> {
        let replay = self.replay(policies, |_| true);
        let unmet = replay.duties.iter().filter(|duty| duty.met.is_none());
        unmet.map(|duty| (duty.due_on, duty.kind, duty.cause.0)).collect()
    }

    /// Lives again through what happened by a day.
    fn replay<'l>(&'l self, policies: &'l Policies, by: impl Fn(Date) -> bool) -> Replay<'l> {
        let mut replay = Replay {
            life: self,
            policies,
            duties: Vec::new(),
            received: 0,
            returned: 0,
            spent: BTreeMap::new(),
            last_told: None,
        };
        for happened in self.facts.iter().filter(|happened| by(happened.on)) {
            if matches!(happened.fact, Fact::Undone) {
                replay.duties.retain(|duty| duty.met.is_some());
                break;
            }
            replay.take(happened);
        }
        replay
    }

    /// All its duties as of a business day.
    pub fn duties(&self, lot: &str, on: Date, policies: &Policies) -> Vec<Due> {
        let replay = self.replay(policies, |day| day <= on);
        let (received_fen, used_fen) = (replay.received, replay.used());
        let remaining_fen = replay.remaining();
        let due = |duty: Duty| {
            let met_on = duty.met.map(|(_, day)| day);
            let days_late = duty.due_on.days_until(met_on.unwrap_or(on)).max(0);
            let standing = match (met_on.is_some(), days_late > 0) {
                (true, false) => Standing::Met,
                (true, true) => Standing::MetLate,
                (false, false) => Standing::Open,
                (false, true) => Standing::Late,
            };
            Due {
                lot: lot.to_owned(),
                fund: self.fund,
                holder: self.holder.clone(),
                jurisdiction: self.jurisdiction,
                kind: duty.kind,
                project: duty.project,
                cause_seq: duty.cause.0,
                cause_on: duty.cause.1,
                due_on: duty.due_on,
                standing,
                days_late,
                met_seq: duty.met.map(|(seq, _)| seq),
                met_on,
                received_fen,
                used_fen,
                remaining_fen,
            }
        };
        replay.duties.into_iter().map(due).collect()
    }

    /// Does what was told to many count for this lot? Only for an anonymous gift or a small one.
    fn counts(&self, personal: bool, received: i64, on: Date, policies: &Policies) -> bool {
        let least = policies.value(PolicyKey::FeedbackIndividualMinFen, self.jurisdiction, on);
        personal || self.anonymity == Some(Anonymity::Anonymous) || received < least
    }
}

impl<'l> Replay<'l> {
    fn used(&self) -> i64 {
        self.spent.values().sum()
    }

    fn remaining(&self) -> i64 {
        self.received - self.returned - self.used()
    }

    fn take(&mut self, happened: &'l Happened) {
        let at = (happened.seq, happened.on);
        let before = self.remaining();
        match &happened.fact {
            Fact::Came => {
                self.owe(FeedbackKind::Receipt, None, at);
                self.last_told = Some(at);
            }
            Fact::Crossed { received, returned } => {
                self.received += received;
                self.returned += returned;
            }
            Fact::Spent { project, fen } => self.spend(project, *fen, at),
            Fact::Sent { kind, personal } => {
                let life = self.life;
                if life.counts(*personal, self.received, happened.on, self.policies) {
                    self.tell(*kind, at);
                }
            }
            Fact::Disputed => self.owe(FeedbackKind::Reply, None, at),
            Fact::Undone => unreachable!("a life ends with its receipt"),
        }
        self.follow(before, at);
    }

    fn spend(&mut self, project: &'l str, fen: i64, at: (u64, Date)) {
        let spent = self.spent.entry(project).or_default();
        *spent += fen;
        let left = *spent;
        let named = |duty: &Duty| {
            duty.kind == FeedbackKind::Use && duty.project.as_deref() == Some(project)
        };
        // What was told stays told; what was not, and is no use any more, is owed no more.
        if left <= 0 {
            self.duties.retain(|duty| !named(duty) || duty.met.is_some());
        } else if !self.duties.iter().any(named) {
            self.owe(FeedbackKind::Use, Some(project.to_owned()), at);
        }
    }

    fn tell(&mut self, kind: FeedbackKind, at: (u64, Date)) {
        for duty in self.duties.iter_mut().filter(|duty| duty.met.is_none()) {
            let all = kind == FeedbackKind::Final && duty.kind != FeedbackKind::Reply;
            if duty.kind == kind || all {
                duty.met = Some(at);
            }
        }
        self.last_told = Some(at);
        // Whoever was told in time, of whatever, is owed the next report from then on; a period
        // that passed in silence stays until a report makes up for it.
        let pending = |duty: &Duty| duty.kind == FeedbackKind::Periodic && duty.met.is_none();
        self.duties.retain(|duty| !pending(duty) || duty.due_on < at.1);
    }

    /// What begins and ends as money runs out or comes back.
    fn follow(&mut self, before: i64, at: (u64, Date)) {
        let remains = self.remaining() > 0;
        let unmet = |duty: &Duty, kind: FeedbackKind| duty.kind == kind && duty.met.is_none();
        if before > 0 && !remains {
            self.duties.retain(|duty| !unmet(duty, FeedbackKind::Periodic) || duty.due_on < at.1);
            self.owe(FeedbackKind::Final, None, at);
        }
        if before <= 0 && remains {
            self.duties.retain(|duty| !unmet(duty, FeedbackKind::Final));
        }
        let pending = self.duties.iter().any(|duty| unmet(duty, FeedbackKind::Periodic));
        if remains && !pending {
            let told = self.last_told.unwrap_or(at);
            // Money that came back is reported from the day on which it did.
            let from = if before <= 0 && told.1 < at.1 { at } else { told };
            self.owe(FeedbackKind::Periodic, None, from);
        }
    }

    fn owe(&mut self, kind: FeedbackKind, project: Option<String>, cause: (u64, Date)) {
        let key = match kind {
            FeedbackKind::Receipt => PolicyKey::FeedbackReceiptDays,
            FeedbackKind::Use => PolicyKey::FeedbackUseDays,
            FeedbackKind::Periodic => PolicyKey::FeedbackPeriodicDays,
            FeedbackKind::Final => PolicyKey::FeedbackFinalDays,
            FeedbackKind::Reply => PolicyKey::FeedbackReplyDays,
        };
        let due_on = self.policies.due(key, self.life.jurisdiction, cause.1);
        self.duties.push(Duty { kind, project, cause, due_on, met: None });
    }
}
