//! A payee who is paid in round sums again and again (整数付款): work seldom costs a round sum.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use std::collections::BTreeMap;

/// Counts the round payments to each payee in a county.
#[derive(Debug, Default)]
pub struct RoundSums;

impl Rule for RoundSums {
    fn key(&self) -> RuleKey {
        RuleKey::RoundSums
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let unit = limits.get(Limit::RoundFen).max(1);
        let least = limits.get(Limit::RoundCount).max(1);
        let mut payees: BTreeMap<(Code, &str), Vec<&Payment>> = BTreeMap::new();
        let round = |one: &&Payment| one.is_for_work() && one.fen % unit == 0;
        for one in world.payments.standing().filter(round) {
            payees.entry((one.at, &one.payee)).or_default().push(one);
        }
        let hit = |((at, payee), payments): ((Code, &str), Vec<&Payment>)| {
            let count = i64::try_from(payments.len()).unwrap_or(i64::MAX);
            let hit = Hit::new(RuleKey::RoundSums, at, payments[0].on)
                .organization(payee)
                .amount(payments.iter().map(|one| one.fen).sum())
                .figure("payments", count)
                .figure("round_fen", unit)
                .seqs(payments.iter().map(|one| one.seq));
            (count >= least).then_some(hit)
        };
        payees.into_iter().filter_map(hit).collect()
    }
}
