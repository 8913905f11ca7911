//! Consolidation plans and what was consolidated under them, ever; two rules ask.

use crate::base::{Code, Date};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use crate::projections::Told;
use crate::projections::path::Spot;
use std::collections::BTreeMap;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// Whose it is.
    pub at: Code,
    /// Its fiscal year.
    pub year: u16,
    /// The record and day of its newest version.
    pub filed: (u64, Date),
    /// What the newest version plans, in fen.
    pub planned: i64,
    /// Consolidated less released, in fen.
    pub used: i64,
}

/// Plans by id.
#[derive(Debug, Default)]
pub struct Plans(pub BTreeMap<String, Plan>);

impl Plans {
    /// Does it want to see whole events of this type?
    pub fn wants_event(kind: Type) -> bool {
        kind == Type::ConsolidationPlanFiled
    }

    /// Takes a record in.
    pub fn take(&mut self, told: &Told<'_>) {
        if let Some(Data::ConsolidationPlanFiled(data)) = told.event.map(|event| &event.data) {
            let planned = data.items.iter().map(|line| line.planned_fen.get()).sum();
            let former = self.0.get(data.plan.as_str());
            let used = former.map_or(0, |plan| plan.used);
            let (year, filed) = (data.fiscal_year.get(), (told.seq, told.date));
            let plan = Plan { at: told.here, year, filed, planned, used };
            self.0.insert(data.plan.to_string(), plan);
        }
        for movement in told.movements {
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let (plan, fen) = match (from.kind, to.kind) {
                (PlaceKind::Available, PlaceKind::Consolidated) => (to.plan, movement.amount_fen),
                (PlaceKind::Consolidated, PlaceKind::Available) => {
                    (from.plan, -movement.amount_fen)
                }
                _ => continue,
            };
            if let Some(plan) = plan.and_then(|plan| self.0.get_mut(plan)) {
                plan.used += fen;
            }
        }
    }
}
