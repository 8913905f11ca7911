//! More was consolidated than the plan's newest version has (超整合方案), after a reversal.

use super::hit::Hit;
use super::limits::Limits;
use super::plans::Plans;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::Type;
use crate::projections::Told;

/// Compares what was consolidated with what was planned.
#[derive(Debug, Default)]
pub struct AbovePlan(Plans);

impl Rule for AbovePlan {
    fn key(&self) -> RuleKey {
        RuleKey::AbovePlan
    }

    fn wants_event(&self, kind: Type) -> bool {
        Plans::wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        self.0.take(told);
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        let above = self.0.0.iter().filter(|(_, plan)| plan.used > plan.planned);
        let hit = |(id, plan): (&String, &super::plans::Plan)| {
            Hit::new(RuleKey::AbovePlan, plan.at, plan.filed.1)
                .amount(plan.used - plan.planned)
                .figure("used_fen", plan.used)
                .figure("planned_fen", plan.planned)
                .seqs([plan.filed.0])
                .about(id.as_str())
        };
        above.map(hit).collect()
    }
}
