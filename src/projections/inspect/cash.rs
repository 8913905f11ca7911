//! Large sums in cash (大额现金).

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::events::Method;

/// Looks at payments in cash.
#[derive(Debug, Default)]
pub struct Cash;

impl Rule for Cash {
    fn key(&self) -> RuleKey {
        RuleKey::Cash
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let least = limits.get(Limit::CashFen);
        let large =
            |one: &&super::payments::Payment| one.method == Method::Cash && one.fen >= least;
        let hit = |one: &super::payments::Payment| {
            Hit::new(RuleKey::Cash, one.at, one.on)
                .project(&one.project)
                .organization(&one.payee)
                .amount(one.fen)
                .figure("limit_fen", least)
                .seqs([one.seq])
        };
        world.payments.standing().filter(large).map(hit).collect()
    }
}
