//! A great part of the payments of a county's year in its last days (年底突击花钱).

use super::hit::Hit;
use super::limits::{Limit, Limits, bp_of};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use std::collections::BTreeMap;

/// Adds up each county's year and its last days.
#[derive(Debug, Default)]
pub struct YearEndRush;

impl Rule for YearEndRush {
    fn key(&self) -> RuleKey {
        RuleKey::YearEndRush
    }

    fn hits(&self, world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let (most, days) = (limits.get(Limit::YearEndBp), limits.days(Limit::YearEndDays));
        let mut years: BTreeMap<(Code, u16), Vec<&Payment>> = BTreeMap::new();
        for one in world.payments.standing() {
            years.entry((one.at, one.on.year())).or_default().push(one);
        }
        let mut hits = Vec::new();
        for ((at, year), payments) in years {
            // A year that is not over says nothing about its end.
            let Some(end) = Date::new(year, 12, 31).filter(|end| *end <= on) else { continue };
            let last = |one: &&&Payment| one.on.days_until(end) < days;
            let late: Vec<&&Payment> = payments.iter().filter(last).collect();
            let sum = |payments: &[&&Payment]| payments.iter().map(|one| one.fen).sum::<i64>();
            let whole = payments.iter().map(|one| one.fen).sum();
            let share = bp_of(sum(&late), whole);
            if share > most {
                let hit = Hit::new(RuleKey::YearEndRush, at, end)
                    .amount(sum(&late))
                    .figure("share_bp", share)
                    .figure("limit_bp", most)
                    .figure("last_days", days)
                    .seqs(late.iter().map(|one| one.seq));
                hits.push(hit);
            }
        }
        hits
    }
}
