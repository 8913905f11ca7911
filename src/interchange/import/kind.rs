//! The five kinds of sheets and the columns of each: the field, what a header may call it, how
//! its cells are read and whether a row needs it.
//!
//! Fields and shapes are the design's, section 5. Funds received are not imported: they are few,
//! and each rests on a document of its own.

use super::columns::{ALLOCATIONS, COMMITMENTS, COMMON, DISBURSEMENTS, DONATIONS, PROJECTS};
use super::words::Words;
use std::fmt;

/// What a sheet is about; each row becomes one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Money allocated to levels below: `allocation_made`.
    Allocations,
    /// Money committed to projects: `funds_committed`.
    Commitments,
    /// Money paid out: `disbursement_made`.
    Disbursements,
    /// Gifts that came in: `donation_received`.
    Donations,
    /// Projects taken into the library: `project_admitted`.
    Projects,
}

impl Kind {
    /// All kinds, in the order in which the command lists them.
    pub const ALL: [Kind; 5] = [
        Kind::Allocations,
        Kind::Commitments,
        Kind::Disbursements,
        Kind::Donations,
        Kind::Projects,
    ];

    /// The word that the command takes.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Allocations => "allocations",
            Kind::Commitments => "commitments",
            Kind::Disbursements => "disbursements",
            Kind::Donations => "donations",
            Kind::Projects => "projects",
        }
    }

    /// The kind that a word names.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == word)
    }

    /// The type of the events that the rows become.
    pub const fn event_type(self) -> &'static str {
        match self {
            Kind::Allocations => "allocation_made",
            Kind::Commitments => "funds_committed",
            Kind::Disbursements => "disbursement_made",
            Kind::Donations => "donation_received",
            Kind::Projects => "project_admitted",
        }
    }

    /// The columns that a sheet of this kind may have.
    pub fn columns(self) -> Vec<Column> {
        let own = match self {
            Kind::Allocations => ALLOCATIONS,
            Kind::Commitments => COMMITMENTS,
            Kind::Disbursements => DISBURSEMENTS,
            Kind::Donations => DONATIONS,
            Kind::Projects => PROJECTS,
        };
        own.iter().chain(COMMON).copied().collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a sheet is expected to hold, as messages name it, and the columns that it may have.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What its rows are.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl From<Kind> for Shape {
    fn from(kind: Kind) -> Shape {
        Shape { name: kind.name(), columns: kind.columns() }
    }
}

/// A column that a sheet may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The field's name, as `--map` and `--set` take it.
    pub field: &'static str,
    /// Whether a row needs it.
    pub need: Need,
    /// What headers call it, the surest word first. Amounts may be followed by their unit.
    pub headers: &'static [&'static str],
    /// How a cell is read.
    pub(super) form: Form,
}

/// Whether a row needs a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A row without it is refused.
    Required,
    /// It may be absent.
    Optional,
    /// Where it is absent, this word stands for it.
    Default(&'static str),
}

/// How a cell is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// An amount of money.
    Money,
    /// A figure of money that may be zero or below it.
    Figure,
    /// A day.
    Day,
    /// An identifier.
    Name,
    /// An identifier that may be a person's; what stands there instead is never repeated.
    Person,
    /// A registered organization, by its identifier or its name.
    Organization,
    /// An organization, or a person's reference; what stands there instead is never repeated.
    Payee,
    /// A jurisdiction, by its code or its name.
    Jurisdiction,
    /// Several of them.
    Jurisdictions,
    /// Several codes of villages.
    Villages,
    /// Several identifiers.
    Names,
    /// A word of a list.
    Word(Words),
    /// Several of them.
    WordsOf(Words),
    /// Free text of so many characters at most.
    Text(usize),
    /// A donor's intent in words, or only yes or no.
    Intent,
    /// A whole number.
    Count,
    /// A SHA-256 in hexadecimal.
    Digest,
}

impl Form {
    /// Does a cell hold money, so that its header may say a unit?
    pub(super) const fn is_money(self) -> bool {
        matches!(self, Form::Money | Form::Figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_field_of_a_kind_stands_once_and_answers_to_its_own_name() {
        for kind in Kind::ALL {
            let columns = kind.columns();
            let fields: HashSet<_> = columns.iter().map(|it| it.field).collect();
            assert_eq!(fields.len(), columns.len(), "{kind}");
            for column in &columns {
                assert!(column.headers.contains(&column.field), "{kind} {}", column.field);
            }
            assert_eq!(Kind::parse(kind.name()), Some(kind));
        }
    }
}
