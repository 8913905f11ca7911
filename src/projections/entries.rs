//! What an auditor asks first: exceptions, reversals, returns, late entries, what was reopened.

use super::hierarchy::Hierarchy;
use super::{Fold, Told};
use crate::base::words::vocabulary;
use crate::base::{Code, Date, EventId};
use crate::domain::{Data, Type};
use serde::Serialize;

vocabulary! {
    /// Which entries are asked for.
    pub enum Asked {
        Exceptions "exceptions" "例外入账" "Exceptions",
        Reversals "reversals" "冲销" "Reversals",
        Returns "returns" "退回" "Returns",
        Late "late" "迟记" "Recorded late",
        Reopened "reopened" "反结账与重开" "Reopened",
    }
}

/// The fold behind a list of entries.
#[derive(Debug)]
pub struct Entries {
    asked: Asked,
    /// Only this jurisdiction and those below it.
    pub jurisdiction: Option<Code>,
    /// The first business date.
    pub from: Option<Date>,
    /// The last business date.
    pub to: Option<Date>,
    /// Late means recorded more than so many days after the business date.
    pub days: i32,
    hierarchy: Hierarchy,
    /// What was found, in the order of the records.
    pub rows: Vec<Entry>,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The record's number.
    pub seq: u64,
    /// The event's id.
    pub id: EventId,
    /// The event's type.
    pub kind: &'static str,
    /// The business date.
    pub business_date: Date,
    /// The day on which it was recorded, in Hebei.
    pub recorded_on: Date,
    /// How many days later than it happened.
    pub days_later: i32,
    /// The event's jurisdiction.
    pub jurisdiction: Code,
    /// The principal that posted it.
    pub posted_by: String,
    /// The sum of what it moved, in fen.
    pub amount_fen: i64,
    /// What it is about: the exception and its reason, the entry it reverses, the month.
    pub about: String,
}

impl Entries {
    /// The fold of one list, not narrowed.
    pub fn new(asked: Asked) -> Entries {
        Entries {
            asked,
            jurisdiction: None,
            from: None,
            to: None,
            days: 30,
            hierarchy: Hierarchy::default(),
            rows: Vec::new(),
        }
    }

    /// Is the jurisdiction that narrows the list a registered one?
    pub fn knows(&self, code: Code) -> bool {
        self.hierarchy.knows(code)
    }

    fn is_wanted(&self, told: &Told<'_>) -> bool {
        self.jurisdiction.is_none_or(|root| self.hierarchy.is_at_or_below(told.here, root))
            && self.from.is_none_or(|first| first <= told.date)
            && self.to.is_none_or(|last| told.date <= last)
    }

    fn about(&self, told: &Told<'_>) -> Option<String> {
        let late = told.date.days_until(told.recorded_at.hebei_date());
        match (self.asked, told.event.map(|event| &event.data)) {
            (Asked::Exceptions, Some(Data::FundsCommitted(data))) => excused(&data.exceptions),
            (Asked::Exceptions, Some(Data::DisbursementMade(data))) => excused(&data.exceptions),
            (Asked::Reversals, Some(Data::EntryReversed(data))) => {
                Some(format!("reverses {}: {}", data.reverses, data.reason.as_str()))
            }
            (Asked::Returns, Some(Data::DisbursementReturned(data))) => {
                Some(format!("returns {}: {}", data.reverses, data.reason.as_str()))
            }
            (Asked::Reopened, Some(Data::PeriodReopened(data))) => {
                Some(format!("month {}: {}", data.period, data.reason.as_str()))
            }
            (Asked::Reopened, Some(Data::ProjectReopened(data))) => {
                Some(format!("project {}: {}", data.project, data.reason.as_str()))
            }
            (Asked::Late, _) if late > self.days => Some(format!("{late} days late")),
            _ => None,
        }
    }
}

fn excused(
    exceptions: &crate::domain::parts::List<crate::domain::parts::Exception<'_>>,
) -> Option<String> {
    let each: Vec<String> =
        exceptions.iter().map(|one| format!("{}: {}", one.code, one.reason.as_str())).collect();
    (!each.is_empty()).then(|| each.join("; "))
}

impl Fold for Entries {
    fn wants_event(&self, kind: Type) -> bool {
        let of_list = match self.asked {
            Asked::Exceptions => matches!(kind, Type::FundsCommitted | Type::DisbursementMade),
            Asked::Reversals => kind == Type::EntryReversed,
            Asked::Returns => kind == Type::DisbursementReturned,
            Asked::Reopened => matches!(kind, Type::PeriodReopened | Type::ProjectReopened),
            Asked::Late => false,
        };
        of_list || kind == Type::JurisdictionRegistered
    }

    fn take(&mut self, told: &Told<'_>) {
        self.hierarchy.take(told);
        if !self.is_wanted(told) {
            return;
        }
        if let Some(about) = self.about(told) {
            let recorded_on = told.recorded_at.hebei_date();
            self.rows.push(Entry {
                seq: told.seq,
                id: told.id,
                kind: told.kind.spec().name,
                business_date: told.date,
                recorded_on,
                days_later: told.date.days_until(recorded_on),
                jurisdiction: told.here,
                posted_by: told.posted_by.to_owned(),
                amount_fen: told.movements.iter().map(|one| one.amount_fen).sum(),
                about,
            });
        }
    }
}
