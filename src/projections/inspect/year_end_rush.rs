//! A great part of a county's year paid in its last days, or many payments of one project then
//! (年底突击花钱).

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
            hits.extend(projects(&late, end, limits));
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

/// The projects that were paid again and again in a year's last days.
fn projects(late: &[&&Payment], end: Date, limits: &Limits) -> Vec<Hit> {
    let least = limits.get(Limit::YearEndCount).max(1);
    let mut projects: BTreeMap<&str, Vec<&Payment>> = BTreeMap::new();
    for one in late {
        projects.entry(&one.project).or_default().push(one);
    }
    let hit = |(project, payments): (&str, Vec<&Payment>)| {
        let count = i64::try_from(payments.len()).unwrap_or(i64::MAX);
        let hit = Hit::new(RuleKey::YearEndRush, payments[0].at, end)
            .project(project)
            .amount(payments.iter().map(|one| one.fen).sum())
            .figure("payments", count)
            .figure("limit", least)
            .figure("last_days", limits.days(Limit::YearEndDays))
            .seqs(payments.iter().map(|one| one.seq));
        (count >= least).then_some(hit)
    };
    projects.into_iter().filter_map(hit).collect()
}
