//! A poor county that adopted no budget of its own for a year in which money came (Article 16).

use super::county_years::{CountyYears, day_of};
use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::fund::Fund;
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeSet;

/// Keeps which county adopted a budget for which year.
#[derive(Debug, Default)]
pub struct NoBudget {
    years: CountyYears,
    adopted: BTreeSet<(Code, u16)>,
}

impl Rule for NoBudget {
    fn key(&self) -> RuleKey {
        RuleKey::NoBudget
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::BudgetAdopted
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        self.years.take(told, world);
        if let Some(Data::BudgetAdopted(data)) = told.event.map(|event| &event.data)
            && data.fund == Fund::CountyOwn
        {
            self.adopted.insert((told.here, data.fiscal_year.get()));
        }
    }

    fn hits(&self, _world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let days = limits.days(Limit::BudgetDays);
        let missing = self.years.0.iter().filter(|(key, _)| !self.adopted.contains(key));
        let hit = |((at, year), seq): (&(Code, u16), &u64)| {
            let due = day_of(*year, days).filter(|due| *due < on)?;
            let hit = Hit::new(RuleKey::NoBudget, *at, due)
                .figure("fiscal_year", *year)
                .figure("limit_days", days)
                .seqs([*seq]);
            Some(hit)
        };
        missing.filter_map(hit).collect()
    }
}
