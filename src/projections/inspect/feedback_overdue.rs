//! Givers who were not told in time (反馈逾期, Article 28): one hit for each body that owes it.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::Type;
use crate::projections::dues::{Asked, Due, Dues, Standing};
use crate::projections::{Fold, Told};
use std::collections::BTreeMap;

/// Asks which duties are late.
#[derive(Debug, Default)]
pub struct FeedbackOverdue(Dues);

impl Rule for FeedbackOverdue {
    fn key(&self) -> RuleKey {
        RuleKey::FeedbackOverdue
    }

    fn wants_event(&self, kind: Type) -> bool {
        self.0.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        self.0.take(told);
    }

    fn hits(&self, _world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let mut bodies: BTreeMap<(Code, String), Vec<Due>> = BTreeMap::new();
        for due in self.0.answer(&Asked::on(on)) {
            if due.standing == Standing::Late {
                bodies.entry((due.jurisdiction, due.holder.clone())).or_default().push(due);
            }
        }
        let hit = |((at, holder), dues): ((Code, String), Vec<Due>)| {
            // The earliest due stands first.
            let (first, days) = (dues[0].due_on, dues[0].days_late);
            // A gift that several duties are late for counts once.
            let lots: BTreeMap<&str, i64> =
                dues.iter().map(|due| (due.lot.as_str(), due.received_fen)).collect();
            let count = i64::try_from(dues.len()).unwrap_or(i64::MAX);
            Hit::new(RuleKey::FeedbackOverdue, at, first)
                .organization(&holder)
                .amount(lots.values().sum())
                .figure("duties", count)
                .figure("days_late", days)
                .seqs(dues.iter().map(|due| due.cause_seq))
        };
        bodies.into_iter().map(hit).collect()
    }
}
