//! Money for industry handed out to households (产业资金直接发放), which builds no industry.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::events::DisbursementKind;
use crate::domain::fund::Category;
use std::collections::BTreeMap;

/// Adds up the subsidies of each project for industry.
#[derive(Debug, Default)]
pub struct CashForIndustry;

impl Rule for CashForIndustry {
    fn key(&self) -> RuleKey {
        RuleKey::CashForIndustry
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let least = limits.get(Limit::IndustryFen);
        let mut found: BTreeMap<&str, Hit> = BTreeMap::new();
        for one in world.payments.standing() {
            let known = world.ground().projects.get(&one.project);
            let industry = known.is_some_and(|row| row.category == Category::Industry);
            if industry && one.kind == DisbursementKind::SubsidyBatch {
                let hit = found.entry(&one.project).or_insert_with(|| {
                    Hit::new(RuleKey::CashForIndustry, one.at, one.on)
                        .project(&one.project)
                        .figure("limit_fen", least)
                });
                hit.amount_fen += one.fen;
                *hit = hit.clone().seqs([one.seq]);
            }
        }
        found.into_values().filter(|hit| hit.amount_fen >= least).collect()
    }
}
