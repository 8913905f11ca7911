//! An advance that is not accounted for (以拨代支、久拖报账): too old, or its project is accepted.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::events::DisbursementKind;
use crate::domain::place::PlaceKind;
use std::collections::BTreeMap;

/// Asks how long advances stand with their units.
#[derive(Debug)]
pub struct AdvanceOutstanding;

impl Rule for AdvanceOutstanding {
    fn key(&self) -> RuleKey {
        RuleKey::AdvanceOutstanding
    }

    fn hits(&self, world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let most = limits.days(Limit::AdvanceDays);
        let mut found: BTreeMap<(String, String), Hit> = BTreeMap::new();
        for row in world.ages.waiting(on, None) {
            let (Some(project), Some(unit)) = (row.project, row.party) else { continue };
            let known = world.ground().projects.get(&project);
            let accepted = known.is_some_and(|row| row.accepted.is_some());
            if row.place != PlaceKind::Advanced || (row.days_here <= most && !accepted) {
                continue;
            }
            let key = (project.clone(), unit.clone());
            let hit = found.entry(key).or_insert_with(|| {
                Hit::new(RuleKey::AdvanceOutstanding, row.jurisdiction, row.entered_on)
                    .project(&project)
                    .organization(&unit)
                    .figure("days", row.days_here)
                    .figure("limit_days", most)
                    .figure("accepted", i64::from(accepted))
            });
            hit.amount_fen += row.amount_fen;
        }
        let advance = |hit: Hit| {
            let paid = world.payments.standing().filter(|one| {
                one.kind == DisbursementKind::Advance
                    && Some(&one.project) == hit.project.as_ref()
                    && Some(&one.payee) == hit.organization.as_ref()
            });
            let seqs: Vec<u64> = paid.map(|one| one.seq).collect();
            hit.seqs(seqs)
        };
        found.into_values().map(advance).collect()
    }
}
