//! Hits that single events make: noted as the event is recorded, struck out when it is reversed.

use super::hit::Hit;
use crate::base::EventId;
use crate::domain::Data;
use crate::projections::Told;
use std::collections::BTreeMap;

/// Hits by the event that made them.
#[derive(Debug, Default)]
pub struct Noted(BTreeMap<(u64, EventId), Hit>);

impl Noted {
    /// Notes what the event made.
    pub fn note(&mut self, told: &Told<'_>, hit: Hit) {
        self.0.insert((told.seq, told.id), hit.seqs([told.seq]));
    }

    /// Strikes out what a reversal takes back.
    pub fn strike(&mut self, told: &Told<'_>) {
        if let Some(Data::EntryReversed(data)) = told.event.map(|event| &event.data) {
            self.0.retain(|(_, id), _| *id != data.reverses);
        }
    }

    /// What stands.
    pub fn hits(&self) -> Vec<Hit> {
        self.0.values().cloned().collect()
    }
}
