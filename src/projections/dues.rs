//! Feedback duties: what a giver is owed, what was told, and what is late (Article 28; design
//! section 5, feedback duties).
//!
//! The fold keeps what happened to each lot that owes feedback; duties are worked out when asked,
//! as of a business day, by the thresholds that counted on the day of their cause.

mod life;
mod owed;
#[cfg(test)]
mod tests;

use super::path::Spot;
use super::policies::Policies;
use super::{Fold, Told};
use crate::base::words::vocabulary;
use crate::base::{Code, Date, EventId};
use crate::domain::events::{FeedbackChannel, FeedbackKind, FeedbackSent};
use crate::domain::fund::Fund;
use crate::domain::place::PlaceKind;
use crate::domain::policy::PolicyKey;
use crate::domain::{Data, Type};
use life::{Fact, Happened, Life};
pub use owed::Owed;
use owed::Owing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

vocabulary! {
    /// How a duty stands.
    pub enum Standing {
        Met "met" "已反馈" "Met",
        MetLate "met_late" "迟反馈" "Met late",
        Open "open" "待反馈" "Open",
        Late "late" "逾期未反馈" "Late",
    }
}

impl Standing {
    /// Is the giver still waiting?
    pub fn is_owed(self) -> bool {
        matches!(self, Standing::Open | Standing::Late)
    }
}

/// A duty to tell a giver; amounts in fen, as of the day that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The lot.
    pub lot: String,
    /// What kind of origin it has.
    pub fund: Fund,
    /// Who owes the feedback: the custodian, or the bureau that received the money.
    pub holder: String,
    /// Where the lot was received.
    pub jurisdiction: Code,
    /// What is owed.
    pub kind: FeedbackKind,
    /// The project whose first spending is to be told, for a use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The record that caused it.
    pub cause_seq: u64,
    /// The day of the cause.
    pub cause_on: Date,
    /// The last day on which it is met in time.
    pub due_on: Date,
    /// How it stands.
    pub standing: Standing,
    /// How many days late it was met, or is unmet; 0 in time.
    pub days_late: i32,
    /// The record that met it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_seq: Option<u64>,
    /// The day on which it was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_on: Option<Date>,
    /// What came in.
    pub received_fen: i64,
    /// What was spent.
    pub used_fen: i64,
    /// Received less used, refunded and withdrawn.
    pub remaining_fen: i64,
}

/// Which duties are asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As of this business day.
    pub on: Date,
    /// Only lots received here or below.
    pub jurisdiction: Option<Code>,
    /// Only what this organization owes.
    pub holder: Option<String>,
    /// Only this lot.
    pub lot: Option<String>,
    /// Those that were met as well.
    pub met: bool,
}

impl Asked {
    /// Everything that is owed on a day.
    pub fn on(on: Date) -> Asked {
        Asked { on, jurisdiction: None, holder: None, lot: None, met: false }
    }
}

/// The fold behind every duty.
#[derive(Debug, Default)]
pub struct Dues {
    policies: Policies,
    /// Boxed, since the tree leaves half of its places empty as lots come in order.
    lives: BTreeMap<Arc<str>, Box<Life>>,
    owing: Owing,
    /// The lots to which the present record did something.
    touched: Vec<Arc<str>>,
    campaigns: BTreeMap<(String, String), Vec<String>>,
    /// The lots that each feedback named, to know whom a dispute of it concerns.
    told_of: BTreeMap<EventId, Vec<String>>,
    last_day: Option<Date>,
}

impl Dues {
    /// The duties that are asked for: the earliest due first, then by lot and kind.
    pub fn answer(&self, asked: &Asked) -> Vec<Due> {
        // One lot is found by its name: there may be very many.
        let (one, all) = match &asked.lot {
            Some(lot) => (self.lives.get_key_value(lot.as_str()), None),
            None => (None, Some(self.lives.iter())),
        };
        let lives = one.into_iter().chain(all.into_iter().flatten()).filter(|(_, life)| {
            asked.holder.as_ref().is_none_or(|wanted| *wanted == life.holder)
                && asked.jurisdiction.is_none_or(|root| {
                    self.policies.hierarchy.is_at_or_below(life.jurisdiction, root)
                })
        });
        let mut dues: Vec<Due> = lives
            .flat_map(|(lot, life)| life.duties(lot, asked.on, &self.policies))
            .filter(|due| asked.met || due.standing.is_owed())
            .collect();
        dues.sort_by(|one, other| {
            let order = |due: &Due| (due.due_on, due.lot.clone(), due.kind, due.cause_seq);
            order(one).cmp(&order(other))
        });
        dues
    }

    /// What an organization owes after the newest record, the earliest due first; the same duties
    /// as [`Dues::answer`] gives on that day or later.
    pub fn owed_by(&self, holder: &str) -> impl Iterator<Item = &Owed> {
        self.owing.by(holder)
    }

    /// How much is owed after the newest record, by whomever, whose day is past.
    pub fn late(&self, on: Date) -> usize {
        self.owing.late(on)
    }

    /// A duty with its figures, as of a day on or after the newest record's.
    pub fn due(&self, owed: &Owed, on: Date) -> Option<Due> {
        let duties = self.lives.get(&owed.lot)?.duties(&owed.lot, on, &self.policies);
        duties.into_iter().find(|due| {
            let same = (due.due_on, due.kind, due.cause_seq);
            due.standing.is_owed() && same == (owed.due_on, owed.kind, owed.cause_seq)
        })
    }

    /// The day on which the newest record was recorded; none in an empty ledger.
    pub fn last_day(&self) -> Option<Date> {
        self.last_day
    }

    /// The days in force for a lot received there: for receipt, use, periodic, final and reply.
    pub fn terms(&self, at: Code, on: Date) -> [i32; 5] {
        use crate::domain::policy::PolicyKey::{
            FeedbackFinalDays, FeedbackPeriodicDays, FeedbackReceiptDays, FeedbackReplyDays,
            FeedbackUseDays,
        };
        let keys = [
            FeedbackReceiptDays,
            FeedbackUseDays,
            FeedbackPeriodicDays,
            FeedbackFinalDays,
            FeedbackReplyDays,
        ];
        keys.map(|key| self.policies.days(key, at, on))
    }

    /// Is the jurisdiction a registered one?
    pub fn knows(&self, code: Code) -> bool {
        self.policies.hierarchy.knows(code)
    }

    fn begin(&mut self, lot: &str, life: Life, told: &Told<'_>) {
        self.lives.insert(lot.into(), Box::new(life));
        self.happened(lot, told, Fact::Came);
    }

    /// Something happened to a lot that owes feedback; to others nothing that counts here does.
    fn happened(&mut self, lot: &str, told: &Told<'_>, fact: Fact) {
        let Some((lot, _)) = self.lives.get_key_value(lot) else { return };
        let lot = lot.clone();
        let life = self.lives.get_mut(&lot).expect("it was just found");
        life.facts.push(Happened { seq: told.seq, on: told.date, fact });
        if self.touched.last() != Some(&lot) {
            self.touched.push(lot);
        }
    }

    /// Sums up anew what the lots owe that a record touched: all of them where it changes a
    /// threshold of feedback.
    fn settle(&mut self, told: &Told<'_>) {
        let Dues { policies, lives, owing, touched, .. } = self;
        if let Some(Data::PolicySet(data)) = told.event.map(|event| &event.data)
            && PolicyKey::parse(data.key.as_str()).is_some_and(is_of_feedback)
        {
            for (lot, life) in lives {
                let owes = life.owes(policies);
                owing.settle(lot, life, owes);
            }
            return touched.clear();
        }
        for lot in touched.drain(..) {
            let life = lives.get_mut(&lot).expect("a lot that is touched is there");
            let owes = life.owes(policies);
            owing.settle(&lot, life, owes);
        }
    }

    fn learn(&mut self, told: &Told<'_>) {
        let Some(event) = told.event else { return };
        match &event.data {
            Data::DonationReceived(data) => {
                let (lot, custodian) = (data.lot.to_string(), data.custodian.to_string());
                if let Some(campaign) = data.campaign {
                    let key = (campaign.to_string(), custodian.clone());
                    self.campaigns.entry(key).or_default().push(lot.clone());
                }
                let mut life = Life::new(Fund::Donation, custodian, told.here);
                life.anonymity = Some(data.anonymity);
                life.donor = Some(data.donor.to_string());
                self.begin(&lot, life, told);
            }
            Data::FundsReceived(data) if data.fund.owes_feedback() => {
                let holder = data.custodian.unwrap_or(event.by.org).to_string();
                let life = Life::new(data.fund, holder, told.here);
                self.begin(data.lot.as_str(), life, told);
            }
            Data::FeedbackSent(data) => self.sent(data, event.by.org.as_str(), told),
            Data::FeedbackDisputed(data) => {
                let lots = self.told_of.get(&data.feedback).cloned().unwrap_or_default();
                let by = event.by.org.as_str();
                let own = |lot: &&String| self.lives[lot.as_str()].donor.as_deref() == Some(by);
                // The gift desk disputes in no donor's name: then all that were told are meant.
                let named: Vec<String> = match lots.iter().any(|lot| own(&lot)) {
                    true => lots.iter().filter(own).cloned().collect(),
                    false => lots,
                };
                for lot in named {
                    self.happened(&lot, told, Fact::Disputed);
                }
            }
            _ => {}
        }
    }

    fn sent(&mut self, data: &FeedbackSent<'_>, by: &str, told: &Told<'_>) {
        let mut lots: Vec<String> = data.lots.iter().map(|name| name.to_string()).collect();
        if let Some(campaign) = data.campaign {
            let key = (campaign.to_string(), by.to_owned());
            lots.extend(self.campaigns.get(&key).cloned().unwrap_or_default());
        }
        lots.retain(|lot| self.lives.contains_key(lot.as_str()));
        let personal = data.campaign.is_none() && data.channel != FeedbackChannel::PublicNotice;
        for lot in &lots {
            self.happened(lot, told, Fact::Sent { kind: data.kind, personal });
        }
        self.told_of.insert(told.id, lots);
    }

    fn move_money(&mut self, told: &Told<'_>) {
        for movement in told.movements {
            if !self.lives.contains_key(movement.lot) {
                continue;
            }
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let fen = movement.amount_fen;
            let undone = told.kind == Type::EntryReversed && to.kind == PlaceKind::Outside;
            // A receipt reversed is not money given back: the duties end with it. A refund that is
            // reversed comes back from outside and is no receipt either.
            if undone {
                self.happened(movement.lot, told, Fact::Undone);
                continue;
            }
            let outside = |spot: &Spot<'_>| i64::from(spot.kind == PlaceKind::Outside) * fen;
            if outside(&from) != outside(&to) {
                let first = matches!(told.kind, Type::DonationReceived | Type::FundsReceived);
                let received = if first { outside(&from) } else { 0 };
                let returned = outside(&to) - if first { 0 } else { outside(&from) };
                self.happened(movement.lot, told, Fact::Crossed { received, returned });
            }
            for (spot, fen) in [(from, -fen), (to, fen)] {
                if let (PlaceKind::Spent, Some(project)) = (spot.kind, spot.project) {
                    let spent = Fact::Spent { project: project.into(), fen };
                    self.happened(movement.lot, told, spent);
                }
            }
        }
    }
}

/// Does a threshold count for what is owed?
fn is_of_feedback(key: PolicyKey) -> bool {
    matches!(
        key,
        PolicyKey::FeedbackReceiptDays
            | PolicyKey::FeedbackUseDays
            | PolicyKey::FeedbackPeriodicDays
            | PolicyKey::FeedbackFinalDays
            | PolicyKey::FeedbackReplyDays
            | PolicyKey::FeedbackIndividualMinFen
    )
}

impl Fold for Dues {
    fn wants_event(&self, kind: Type) -> bool {
        self.policies.wants_event(kind)
            || matches!(
                kind,
                Type::DonationReceived
                    | Type::FundsReceived
                    | Type::FeedbackSent
                    | Type::FeedbackDisputed
            )
    }

    fn take(&mut self, told: &Told<'_>) {
        self.policies.take(told);
        self.last_day = Some(told.recorded_at.hebei_date());
        self.learn(told);
        self.move_money(told);
        self.settle(told);
    }
}
