//! Where the money of a lot came from: its receipt and each passing down, by record number, so
//! that a payment is led back to every body above it without reading the lot's other records.

use super::path::Spot;
use super::{Fold, Told};
use crate::base::Code;
use crate::domain::Type;
use crate::domain::place::PlaceKind;
use std::collections::HashMap;

/// The most levels that a chain is followed upwards; there are four.
const LEVELS_MAX: usize = 8;

/// A step by which money of a lot came to a jurisdiction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The record.
    pub seq: u64,
    /// From where; none from outside the ledger.
    pub from: Option<Code>,
    /// To where.
    pub to: Code,
}

/// The fold behind origins.
#[derive(Debug, Default)]
pub struct Origins {
    lots: HashMap<Box<str>, Vec<Passed>>,
}

impl Origins {
    /// How money of a lot came to a jurisdiction: the nearest step first, its receipt last.
    pub fn chain(&self, lot: &str, mut at: Code) -> Vec<Passed> {
        let passed = self.lots.get(lot).map_or(&[][..], Vec::as_slice);
        let mut chain = Vec::new();
        while chain.len() < LEVELS_MAX {
            let Some(step) = passed.iter().find(|step| step.to == at) else { break };
            chain.push(*step);
            match step.from {
                Some(above) => at = above,
                None => break,
            }
        }
        chain
    }
}

impl Fold for Origins {
    fn wants_event(&self, _kind: Type) -> bool {
        false
    }

    fn take(&mut self, told: &Told<'_>) {
        let came = [Type::FundsReceived, Type::DonationReceived, Type::AllocationMade];
        if !came.contains(&told.kind) {
            return;
        }
        for movement in told.movements {
            let (Some(from), Some(to)) = (Spot::parse(movement.from), Spot::parse(movement.to))
            else {
                continue;
            };
            let from = if from.kind == PlaceKind::Outside { None } else { from.code };
            let Some(to) = to.code.filter(|to| from != Some(*to)) else { continue };
            let steps = self.lots.entry(movement.lot.into()).or_default();
            steps.push(Passed { seq: told.seq, from, to });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::History;
    use serde_json::json;

    #[test]
    fn a_chain_leads_from_the_county_to_the_receipt() {
        let mut history = History::new();
        history.at(130_000).on("2017-01-01").funds("L1", "central_special", 1000);
        let down = json!({ "lot": "L1", "to": "130723", "amount_fen": 300 });
        let moved = "L1 300 available/130000 > available/130723";
        history.on("2017-02-01").tell("allocation_made", down, moved);
        history.at(130_723).project("P1", "industry", 1000);
        history.commit("P1", "L1", 100);
        let origins = history.fold(Origins::default());
        let chain = origins.chain("L1", Code(130_723));
        let steps: Vec<_> = chain.iter().map(|step| (step.from, step.to)).collect();
        let (county, province) = (Code(130_723), Code(130_000));
        assert_eq!(steps, [(Some(province), county), (None, province)]);
        assert!(chain[0].seq > chain[1].seq);
        assert_eq!(origins.chain("L1", Code(130_722)), []);
        assert_eq!(origins.chain("L9", county), []);
    }
}
