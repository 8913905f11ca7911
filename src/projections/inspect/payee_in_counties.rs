//! One payee is paid in several counties (收款方跨县): a place to look for the same work sold twice.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use std::collections::{BTreeMap, BTreeSet};

/// Counts the counties of each payee.
#[derive(Debug, Default)]
pub struct PayeeInCounties;

impl Rule for PayeeInCounties {
    fn key(&self) -> RuleKey {
        RuleKey::PayeeInCounties
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let least = limits.get(Limit::PayeeCounties);
        let mut payees: BTreeMap<&str, Vec<&Payment>> = BTreeMap::new();
        for one in world.payments.standing() {
            payees.entry(&one.payee).or_default().push(one);
        }
        let mut hits = Vec::new();
        for (payee, payments) in payees {
            let counties: BTreeSet<Code> = payments.iter().map(|one| one.at).collect();
            let count = i64::try_from(counties.len()).unwrap_or(i64::MAX);
            if count < least || count < 2 {
                continue;
            }
            for county in counties {
                let here: Vec<&&Payment> = payments.iter().filter(|one| one.at == county).collect();
                let hit = Hit::new(RuleKey::PayeeInCounties, county, here[0].on)
                    .organization(payee)
                    .amount(here.iter().map(|one| one.fen).sum())
                    .figure("counties", count)
                    .figure("limit", least)
                    .seqs(here.iter().map(|one| one.seq));
                hits.push(hit);
            }
        }
        hits
    }
}
