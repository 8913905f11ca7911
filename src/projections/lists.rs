//! The five lists that supervision opens first, as numbers of records: exceptions, reversals,
//! returns, late entries, what was reopened.
//!
//! Only what sorts and narrows a list is kept; its page reads the records that it shows. What
//! counts as late is a named number of days.

use super::entries::Asked;
use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::{Data, Type};

/// Recorded later than so many days after its day, an entry is late.
pub const LATE_DAYS: i32 = 30;

/// An entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub on: Date,
    /// The event's jurisdiction.
    pub here: Code,
    /// The sum of what it moved, in fen.
    pub amount_fen: i64,
}

/// The fold behind the lists.
#[derive(Debug, Default)]
pub struct Lists {
    rows: [Vec<Noted>; Asked::ALL.len()],
}

impl Lists {
    /// A list, in the order of the records.
    pub fn of(&self, asked: Asked) -> &[Noted] {
        &self.rows[asked as usize]
    }
}

impl Fold for Lists {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsCommitted | Type::DisbursementMade)
    }

    fn take(&mut self, told: &Told<'_>) {
        let days_later = told.date.days_until(told.recorded_at.hebei_date());
        let noted = Noted {
            seq: told.seq,
            on: told.date,
            here: told.here,
            amount_fen: told.movements.iter().map(|one| one.amount_fen).sum(),
        };
        let excused = match told.event.map(|event| &event.data) {
            Some(Data::FundsCommitted(data)) => !data.exceptions.as_slice().is_empty(),
            Some(Data::DisbursementMade(data)) => !data.exceptions.as_slice().is_empty(),
            Some(_) | None => false,
        };
        for asked in Asked::ALL {
            let belongs = match asked {
                Asked::Exceptions => excused,
                Asked::Reversals => told.kind == Type::EntryReversed,
                Asked::Returns => told.kind == Type::DisbursementReturned,
                Asked::Late => days_later > LATE_DAYS,
                Asked::Reopened => {
                    matches!(told.kind, Type::PeriodReopened | Type::ProjectReopened)
                }
            };
            if belongs {
                self.rows[*asked as usize].push(noted);
            }
        }
    }
}
