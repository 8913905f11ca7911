//! Which records point at which: a lot named without being moved, and an event that a later one
//! reverses, returns or answers.
//!
//! Movements lead from a lot to its records by themselves; what is told of a gift, and what undoes
//! an entry, moves nothing of it or names it by its id alone. Numbers only: whether a reader may see
//! a record is not decided here.

use super::{Fold, Told};
use crate::base::EventId;
use crate::domain::{Data, Type};
use foldhash::fast::RandomState;
use std::collections::HashMap;

type Lots = Vec<Box<str>>;

/// The fold behind links between records.
#[derive(Debug, Default)]
pub struct Links {
    named: HashMap<Box<str>, Vec<u64>, RandomState>,
    pointing: HashMap<EventId, Vec<(u64, &'static str)>, RandomState>,
    /// The gifts of a campaign, by its name and custodian.
    campaigns: HashMap<(Box<str>, Box<str>), Lots, RandomState>,
    heard: HashMap<EventId, Lots, RandomState>,
}

impl Links {
    /// The records that name a lot and need not move it, in order.
    pub fn naming(&self, lot: &str) -> &[u64] {
        self.named.get(lot).map_or(&[], Vec::as_slice)
    }

    /// The records that point at an event, in order, each with its type.
    pub fn pointing_at(&self, event: EventId) -> &[(u64, &'static str)] {
        self.pointing.get(&event).map_or(&[], Vec::as_slice)
    }

    fn name(&mut self, lot: &str, seq: u64) {
        let of = self.named.entry(lot.into()).or_default();
        if of.last() != Some(&seq) {
            of.push(seq);
        }
    }

    fn point(&mut self, at: EventId, told: &Told<'_>) {
        self.pointing.entry(at).or_default().push((told.seq, told.kind.spec().name));
    }

    fn answer(&mut self, feedback: EventId, told: &Told<'_>) {
        self.point(feedback, told);
        for lot in self.heard.get(&feedback).cloned().unwrap_or_default() {
            self.name(&lot, told.seq);
        }
    }
}

impl Fold for Links {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::DonationReceived
                | Type::ReceiptIssued
                | Type::LookupReplaced
                | Type::IntentAmended
                | Type::FeedbackSent
                | Type::FeedbackAcknowledged
                | Type::FeedbackDisputed
                | Type::DisbursementReturned
                | Type::FundsRecovered
                | Type::RecoveryReduced
                | Type::EntryReversed
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        let Some(event) = told.event else { return };
        match &event.data {
            Data::DonationReceived(data) => {
                if let Some(campaign) = data.campaign {
                    let key = (campaign.as_str().into(), data.custodian.as_str().into());
                    self.campaigns.entry(key).or_default().push(data.lot.as_str().into());
                }
            }
            Data::ReceiptIssued(data) => self.name(data.lot.as_str(), told.seq),
            Data::LookupReplaced(data) => self.name(data.lot.as_str(), told.seq),
            Data::IntentAmended(data) => self.name(data.lot.as_str(), told.seq),
            Data::FeedbackSent(data) => {
                let mut lots: Lots = data.lots.iter().map(|lot| lot.as_str().into()).collect();
                if let Some(campaign) = data.campaign {
                    let key = (campaign.as_str().into(), event.by.org.as_str().into());
                    lots.extend(self.campaigns.get(&key).cloned().unwrap_or_default());
                }
                for lot in &lots {
                    self.name(lot, told.seq);
                }
                self.heard.insert(told.id, lots);
            }
            Data::FeedbackAcknowledged(data) => self.answer(data.feedback, told),
            Data::FeedbackDisputed(data) => self.answer(data.feedback, told),
            Data::DisbursementReturned(data) => self.point(data.reverses, told),
            Data::FundsRecovered(data) => self.point(data.reverses, told),
            Data::RecoveryReduced(data) => self.point(data.reverses, told),
            Data::EntryReversed(data) => self.point(data.reverses, told),
            _ => {}
        }
    }
}
