//! The same claimed twice (重复列支): payee, sum, village and kind of use agree within days, in two
//! projects.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use std::collections::BTreeMap;

/// Compares the payments of each payee that are of one sum.
#[derive(Debug, Default)]
pub struct ClaimedTwice;

impl Rule for ClaimedTwice {
    fn key(&self) -> RuleKey {
        RuleKey::ClaimedTwice
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let most = limits.days(Limit::DoubleDays);
        let mut groups: BTreeMap<(&str, i64), Vec<&Payment>> = BTreeMap::new();
        for one in world.payments.standing().filter(|one| one.is_for_work()) {
            groups.entry((&one.payee, one.fen)).or_default().push(one);
        }
        let mut hits = Vec::new();
        for same in groups.values() {
            for (at, one) in same.iter().enumerate() {
                let twin = same[..at].iter().find(|other| {
                    let days = other.on.days_until(one.on).abs();
                    days <= most && alike(world, &one.project, &other.project)
                });
                if let Some(other) = twin {
                    let hit = Hit::new(RuleKey::ClaimedTwice, one.at, one.on)
                        .project(&one.project)
                        .organization(&one.payee)
                        .amount(one.fen)
                        .figure("days_apart", other.on.days_until(one.on).abs())
                        .figure("limit_days", most)
                        .seqs([other.seq, one.seq])
                        .about(other.project.as_str());
                    hits.push(hit);
                }
            }
        }
        hits
    }
}

/// Do two projects serve the same village for the same kind of use?
fn alike(world: &World, one: &str, other: &str) -> bool {
    let projects = &world.ground().projects;
    let (Some(first), Some(second)) = (projects.get(one), projects.get(other)) else {
        return false;
    };
    one != other
        && first.category == second.category
        && first.villages.iter().any(|village| second.villages.contains(village))
}
