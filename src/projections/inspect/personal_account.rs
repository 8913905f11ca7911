//! Public money paid to a person (公款入个人账户) by transfer; subsidies go to persons by their nature,
//! and cash has a rule of its own.

use super::hit::Hit;
use super::limits::Limits;
use super::payments::Payment;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::events::{DisbursementKind, Method};

/// Looks at payments to persons.
#[derive(Debug, Default)]
pub struct PersonalAccount;

impl Rule for PersonalAccount {
    fn key(&self) -> RuleKey {
        RuleKey::PersonalAccount
    }

    fn hits(&self, world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        let personal = |one: &&Payment| {
            let subsidy = one.kind == DisbursementKind::SubsidyBatch;
            one.is_to_person() && !subsidy && one.method != Method::Cash
        };
        let hit = |one: &Payment| {
            Hit::new(RuleKey::PersonalAccount, one.at, one.on)
                .project(&one.project)
                .organization(&one.payee)
                .amount(one.fen)
                .seqs([one.seq])
        };
        world.payments.standing().filter(personal).map(hit).collect()
    }
}
