//! One payee gets most of what a county pays in a year (收款集中).

use super::hit::Hit;
use super::limits::{Limit, Limits, bp_of};
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use std::collections::BTreeMap;

/// Adds up what each county pays to each payee for work.
#[derive(Debug, Default)]
pub struct OnePayee;

impl Rule for OnePayee {
    fn key(&self) -> RuleKey {
        RuleKey::OnePayee
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let most = limits.get(Limit::PayeeBp);
        let mut years: BTreeMap<(Code, u16), BTreeMap<&str, Vec<&Payment>>> = BTreeMap::new();
        for one in world.payments.standing().filter(|one| one.is_for_work()) {
            let year = years.entry((one.at, one.on.year())).or_default();
            year.entry(&one.payee).or_default().push(one);
        }
        let sum = |payments: &[&Payment]| payments.iter().map(|one| one.fen).sum::<i64>();
        let mut hits = Vec::new();
        for ((at, year), payees) in &years {
            let whole: i64 = payees.values().map(|payments| sum(payments)).sum();
            for (payee, payments) in payees {
                let share = bp_of(sum(payments), whole);
                // A county that pays a single payee has nobody to prefer.
                if share > most && payees.len() > 1 {
                    let last = payments[payments.len() - 1];
                    let hit = Hit::new(RuleKey::OnePayee, *at, last.on)
                        .organization(payee)
                        .amount(sum(payments))
                        .figure("share_bp", share)
                        .figure("limit_bp", most)
                        .figure("year", *year)
                        .seqs(payments.iter().map(|one| one.seq));
                    hits.push(hit);
                }
            }
        }
        hits
    }
}
