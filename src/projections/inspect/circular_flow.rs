//! Money that returns to whom it came from (资金回流): the payee gave the money that pays it.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

/// Keeps the helper of each pairing, to know who gave what.
#[derive(Debug, Default)]
pub struct CircularFlow(BTreeMap<String, String>);

impl Rule for CircularFlow {
    fn key(&self) -> RuleKey {
        RuleKey::CircularFlow
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::PairingDeclared
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        if let Some(Data::PairingDeclared(data)) = told.event.map(|event| &event.data) {
            self.0.insert(data.pairing.to_string(), data.helper.to_string());
        }
    }

    fn hits(&self, world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        let mut hits = Vec::new();
        for one in world.payments.standing() {
            let gave = |lot: &&String| {
                let Some(row) = world.ground().lots.get(*lot) else { return false };
                let helper = row.pairing.as_ref().and_then(|pairing| self.0.get(pairing));
                row.donor.as_ref() == Some(&one.payee) || helper == Some(&one.payee)
            };
            if let Some(lot) = one.lots.iter().find(gave) {
                let hit = Hit::new(RuleKey::CircularFlow, one.at, one.on)
                    .project(&one.project)
                    .lot(lot)
                    .organization(&one.payee)
                    .amount(one.fen)
                    .seqs([world.ground().lots[lot].seq, one.seq]);
                hits.push(hit);
            }
        }
        hits
    }
}
