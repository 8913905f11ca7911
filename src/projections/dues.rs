//! Feedback duties: what a giver is owed, what was told, and what is late (Article 28; design
//! section 5, feedback duties).
//!
//! The fold keeps what happened to each lot that owes feedback; duties are worked out when asked,
//! as of a business day, by the thresholds that counted on the day of their cause.

mod life;
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
use crate::domain::{Data, Type};
use life::{Fact, Happened, Life};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    lives: BTreeMap<String, Box<Life>>,
    campaigns: BTreeMap<(String, String), Vec<String>>,
    /// The lots that each feedback named, to know whom a dispute of it concerns.
    told_of: BTreeMap<EventId, Vec<String>>,
    last_day: Option<Date>,
}

impl Dues {
    /// The duties that are asked for: the earliest due first, then by lot and kind.
    pub fn answer(&self, asked: &Asked) -> Vec<Due> {
        let lives = self.lives.iter().filter(|(lot, life)| {
            asked.lot.as_ref().is_none_or(|wanted| wanted == *lot)
                && asked.holder.as_ref().is_none_or(|wanted| *wanted == life.holder)
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

    fn begin(&mut self, lot: &str, fund: Fund, holder: String, told: &Told<'_>) -> &mut Life {
        let life = Life::new(fund, holder, told.here);
        self.lives.insert(lot.to_owned(), Box::new(life));
        self.lives.get_mut(lot).expect("it was just put in")
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
                let life = self.begin(&lot, Fund::Donation, custodian, told);
                life.anonymity = Some(data.anonymity);
                life.donor = Some(data.donor.to_string());
                life.happened(told, Fact::Came);
            }
            Data::FundsReceived(data) if data.fund.owes_feedback() => {
                let holder = data.custodian.unwrap_or(event.by.org).to_string();
                let life = self.begin(data.lot.as_str(), data.fund, holder, told);
                life.happened(told, Fact::Came);
            }
            Data::FeedbackSent(data) => self.sent(data, event.by.org.as_str(), told),
            Data::FeedbackDisputed(data) => {
                let lots = self.told_of.get(&data.feedback).cloned().unwrap_or_default();
                let by = event.by.org.as_str();
                let own = |lot: &&String| self.lives[*lot].donor.as_deref() == Some(by);
                // The gift desk disputes in no donor's name: then all that were told are meant.
                let named: Vec<String> = match lots.iter().any(|lot| own(&lot)) {
                    true => lots.iter().filter(own).cloned().collect(),
                    false => lots,
                };
                self.tell_lives(&named, told, |_| Fact::Disputed);
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
        lots.retain(|lot| self.lives.contains_key(lot));
        let personal = data.campaign.is_none() && data.channel != FeedbackChannel::PublicNotice;
        self.tell_lives(&lots, told, |_| Fact::Sent { kind: data.kind, personal });
        self.told_of.insert(told.id, lots);
    }

    fn tell_lives(&mut self, lots: &[String], told: &Told<'_>, fact: impl Fn(&Life) -> Fact) {
        for lot in lots {
            if let Some(life) = self.lives.get_mut(lot) {
                let fact = fact(life);
                life.happened(told, fact);
            }
        }
    }

    fn move_money(&mut self, told: &Told<'_>) {
        for movement in told.movements {
            let Some(life) = self.lives.get_mut(movement.lot) else { continue };
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let fen = movement.amount_fen;
            let undone = told.kind == Type::EntryReversed && to.kind == PlaceKind::Outside;
            // A receipt reversed is not money given back: the duties end with it. A refund that is
            // reversed comes back from outside and is no receipt either.
            if undone {
                life.happened(told, Fact::Undone);
                continue;
            }
            let outside = |spot: &Spot<'_>| i64::from(spot.kind == PlaceKind::Outside) * fen;
            if outside(&from) != outside(&to) {
                let first = matches!(told.kind, Type::DonationReceived | Type::FundsReceived);
                let received = if first { outside(&from) } else { 0 };
                let returned = outside(&to) - if first { 0 } else { outside(&from) };
                life.happened(told, Fact::Crossed { received, returned });
            }
            for (spot, fen) in [(from, -fen), (to, fen)] {
                if let (PlaceKind::Spent, Some(project)) = (spot.kind, spot.project) {
                    life.happened(told, Fact::Spent { project: project.into(), fen });
                }
            }
        }
    }
}

impl Life {
    fn happened(&mut self, told: &Told<'_>, fact: Fact) {
        self.facts.push(Happened { seq: told.seq, on: told.date, fact });
    }
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
    }
}
