//! Payments to one payee just below the sum from which a tender is asked (拆分规避招标).

use super::hit::Hit;
use super::limits::{Limit, Limits, share_of};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use std::collections::BTreeMap;

/// Compares the payments to each payee that are near the limit.
#[derive(Debug, Default)]
pub struct Split;

impl Rule for Split {
    fn key(&self) -> RuleKey {
        RuleKey::Split
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let limit = limits.get(Limit::TenderFen);
        let near = share_of(limit, limits.get(Limit::NearBp));
        let (days, least) = (limits.days(Limit::SplitDays), limits.get(Limit::SplitCount));
        let mut payees: BTreeMap<(Code, &str), Vec<&Payment>> = BTreeMap::new();
        let close = |one: &&Payment| one.is_for_work() && (near..limit).contains(&one.fen);
        for one in world.payments.standing().filter(close) {
            payees.entry((one.at, &one.payee)).or_default().push(one);
        }
        let mut hits = Vec::new();
        for ((at, payee), mut payments) in payees {
            payments.sort_by_key(|one| (one.on, one.seq));
            for parts in within(&payments, days) {
                let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
                if count >= least.max(2) {
                    let hit = Hit::new(RuleKey::Split, at, parts[0].on)
                        .organization(payee)
                        .amount(parts.iter().map(|one| one.fen).sum())
                        .figure("payments", count)
                        .figure("limit_fen", limit)
                        .figure("limit_days", days)
                        .seqs(parts.iter().map(|one| one.seq));
                    hits.push(hit);
                }
            }
        }
        hits
    }
}

/// The runs of payments in which none is later than so many days after the first.
fn within<'p>(payments: &'p [&'p Payment], days: i32) -> Vec<&'p [&'p Payment]> {
    let mut runs = Vec::new();
    let mut rest = payments;
    while let Some(first) = rest.first() {
        let end = rest.partition_point(|one| first.on.days_until(one.on) <= days);
        let (run, later) = rest.split_at(end);
        runs.push(run);
        rest = later;
    }
    runs
}
