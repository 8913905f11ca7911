//! What is owed after the newest record, by who owes it and by day: so that a desk's list and
//! supervision's count never replay the life of every lot.

use super::life::Life;
use crate::base::Date;
use crate::domain::events::FeedbackKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A duty that is owed after the newest record; the earliest due comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// The last day on which it is met in time.
    pub due_on: Date,
    /// The lot.
    pub lot: Arc<str>,
    /// What is owed.
    pub kind: FeedbackKind,
    /// The record that caused it.
    pub cause_seq: u64,
}

impl Owed {
    /// Is its day past?
    pub fn is_late(&self, on: Date) -> bool {
        self.due_on < on
    }
}

/// What is owed, by holder.
#[derive(Debug, Default)]
pub struct Owing(BTreeMap<Arc<str>, BTreeSet<Owed>>);

impl Owing {
    /// What one organization owes, the earliest due first.
    pub fn by(&self, holder: &str) -> impl Iterator<Item = &Owed> {
        self.0.get(holder).into_iter().flatten()
    }

    /// How much is owed whose day is past.
    pub fn late(&self, on: Date) -> usize {
        self.0.values().map(|owed| owed.iter().take_while(|one| one.is_late(on)).count()).sum()
    }

    /// Replaces what a life owed by what it owes.
    pub fn settle(
        &mut self,
        lot: &Arc<str>,
        life: &mut Life,
        owes: Vec<(Date, FeedbackKind, u64)>,
    ) {
        let owed = |(due_on, kind, cause_seq): (Date, FeedbackKind, u64)| Owed {
            due_on,
            lot: lot.clone(),
            kind,
            cause_seq,
        };
        let before = std::mem::replace(&mut life.owes, owes);
        if before == life.owes {
            return;
        }
        let own = self.0.entry(life.holder.as_str().into()).or_default();
        for one in before {
            assert!(own.remove(&owed(one)), "what a life owed stood in the list");
        }
        own.extend(life.owes.iter().copied().map(owed));
    }
}
