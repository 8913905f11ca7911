//! A plan's year is over and much less was consolidated than it promised (整合不到位, Article 17).

use super::hit::Hit;
use super::limits::{Limit, Limits, bp_of};
use super::plans::Plans;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::Type;
use crate::projections::Told;

/// Compares what was consolidated with what was planned, once the year is over.
#[derive(Debug, Default)]
pub struct PlanUnkept(Plans);

impl Rule for PlanUnkept {
    fn key(&self) -> RuleKey {
        RuleKey::PlanUnkept
    }

    fn wants_event(&self, kind: Type) -> bool {
        Plans::wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        self.0.take(told);
    }

    fn hits(&self, _world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let least = limits.get(Limit::PlanKeptBp);
        let over = |year: u16| Date::new(year, 12, 31).filter(|last| *last < on);
        let hit = |(id, plan): (&String, &super::plans::Plan)| {
            let kept = bp_of(plan.used, plan.planned);
            let last = over(plan.year).filter(|_| kept < least)?;
            let hit = Hit::new(RuleKey::PlanUnkept, plan.at, last)
                .amount(plan.planned - plan.used)
                .figure("kept_bp", kept)
                .figure("least_bp", least)
                .figure("planned_fen", plan.planned)
                .seqs([plan.filed.0])
                .about(id.as_str());
            Some(hit)
        };
        self.0.0.iter().filter_map(hit).collect()
    }
}
