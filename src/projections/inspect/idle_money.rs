//! Money that lies idle (资金闲置): not spent, nor with a unit, longer than the policy's days.
//!
//! A risk beyond `idle_warn_days`, a violation beyond `idle_serious_days`. Days run from the day on
//! which the money reached the jurisdiction.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::events::Severity;
use crate::domain::place::PlaceKind;
use crate::domain::policy::PolicyKey;
use std::collections::BTreeMap;

/// Asks how long money waits for its use.
#[derive(Debug)]
pub struct IdleMoney;

impl Rule for IdleMoney {
    fn key(&self) -> RuleKey {
        RuleKey::IdleMoney
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let mut found: BTreeMap<(Code, String, Severity), Hit> = BTreeMap::new();
        for row in world.ages.waiting(on, None) {
            if matches!(row.place, PlaceKind::Advanced | PlaceKind::Reclaim) {
                continue;
            }
            let days = |key| world.ground().policies.days(key, row.jurisdiction, on);
            let (warn, serious) = (days(PolicyKey::IdleWarnDays), days(PolicyKey::IdleSeriousDays));
            let (severity, limit) = match row.days {
                days if days > serious => (Severity::Violation, serious),
                days if days > warn => (Severity::Risk, warn),
                _ => continue,
            };
            let key = (row.jurisdiction, row.lot.clone(), severity);
            let hit = found.entry(key).or_insert_with(|| {
                Hit::new(RuleKey::IdleMoney, row.jurisdiction, row.reached_on)
                    .severity(severity)
                    .lot(&row.lot)
                    .figure("days", row.days)
                    .figure("limit_days", limit)
                    .seqs(world.ground().lots.get(&row.lot).map(|lot| lot.seq))
            });
            hit.amount_fen += row.amount_fen;
        }
        found.into_values().collect()
    }
}
