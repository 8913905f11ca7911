//! Money that a level above the county holds longer than it may (资金滞留, Articles 4, 12).

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::fund::{Class, Level};
use crate::domain::place::PlaceKind;
use crate::domain::policy::PolicyKey;
use std::collections::BTreeMap;

/// Asks how long fiscal money waits at the province and the cities.
#[derive(Debug)]
pub struct HeldUp;

impl Rule for HeldUp {
    fn key(&self) -> RuleKey {
        RuleKey::HeldUp
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let mut found: BTreeMap<(Code, String), Hit> = BTreeMap::new();
        for row in world.ages.waiting(on, None) {
            let above =
                world.ground().level(row.jurisdiction).is_some_and(|it| it != Level::County);
            let waits = row.place == PlaceKind::Available && row.class == Class::Fiscal;
            let policies = &world.ground().policies;
            let most = policies.days(PolicyKey::AllocationDays, row.jurisdiction, row.reached_on);
            if !above || !waits || row.days <= most {
                continue;
            }
            let hit = found.entry((row.jurisdiction, row.lot.clone())).or_insert_with(|| {
                Hit::new(RuleKey::HeldUp, row.jurisdiction, row.reached_on)
                    .lot(&row.lot)
                    .figure("days", row.days)
                    .figure("limit_days", most)
                    .seqs(world.ground().lots.get(&row.lot).map(|lot| lot.seq))
            });
            hit.amount_fen += row.amount_fen;
        }
        found.into_values().collect()
    }
}
