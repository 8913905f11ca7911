//! Why a row, or a whole sheet, is not imported: each a sentence that says what is wrong, where,
//! and what to do.
//!
//! Never repeats what may be a person: names of donors and payees, long runs of digits.

use super::super::day::DayError;
use super::super::money::MoneyError;
use super::SheetError;
use crate::base::Fen;

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A field that the row needs is blank.
    #[error("{0} is blank: fill it in, or give it for all rows with --set {0}=…")]
    Blank(&'static str),
    /// The cell holds nothing that can be used.
    #[error("the cell holds {0}")]
    Fault(&'static str),
    /// No amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// No day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// A date where something else is expected.
    #[error("the cell is formatted as a date: format it as a number or as text")]
    IsADate,
    /// No identifier.
    #[error("{0:?} is not an identifier: 1 to 64 letters, digits and . _ : -")]
    NotAName(String),
    /// Perhaps a person's name.
    #[error(
        "the cell is not a reference of letters, digits and . _ : -: give each person or donor an \
         opaque reference and keep the name outside the ledger"
    )]
    NotAReference,
    /// No organization of the ledger has this name.
    #[error("no registered organization is called {0:?}: write its identifier, or register it")]
    UnknownOrganization(String),
    /// No jurisdiction of the ledger has this name.
    #[error("no jurisdiction is called {0:?}: write its six-digit code")]
    UnknownJurisdiction(String),
    /// Several carry the name.
    #[error("{name:?} may be {}: write which", .candidates.join(" or "))]
    Ambiguous {
        /// The name.
        name: String,
        /// Those who carry it.
        candidates: Vec<String>,
    },
    /// A village is named otherwise than by its code.
    #[error("{0:?} is not a village's code of 12 digits")]
    NotAVillage(String),
    /// No word of the list.
    #[error("{word:?} is not one of {words}")]
    NotAWord {
        /// What stands there.
        word: String,
        /// The list.
        words: String,
    },
    /// No whole number.
    #[error("{0:?} is not a whole number")]
    NotACount(String),
    /// No digest.
    #[error("the cell is not a SHA-256 of 64 hexadecimal digits")]
    NotADigest,
    /// More text than a body may hold.
    #[error("the text has {chars} characters, at most {limit} fit")]
    TooLong {
        /// How many there are.
        chars: usize,
        /// How many fit.
        limit: usize,
    },
    /// More entries than a list may hold.
    #[error("the list has {0} entries, at most 200 fit")]
    TooMany(usize),
    /// A character that no event may carry.
    #[error("the text holds the character {0}, which cannot be recorded: delete it")]
    Character(String),
    /// The same payment from the same lot stands twice.
    #[error("the row repeats row {0} of the same bank reference: a payment is recorded once")]
    Repeats(u32),
    /// Another row of the same payment is refused.
    #[error("row {0} of the same bank reference is refused: a payment is recorded whole or not")]
    Incomplete(u32),
    /// A row of a bank's statement does not say one sum that came or went.
    #[error("the row must say one sum: what came in or what went out")]
    NotOneSum,
    /// A sum below zero where a column says the side.
    #[error(
        "the sum is below zero though its column says which way it went: the bank took it back"
    )]
    BelowZero,
    /// A total row disagrees.
    #[error(
        "the row says {} yuan in all, the rows it covers sum to {} yuan",
        yuan(.stated),
        yuan(.summed)
    )]
    TotalDiffers {
        /// What the row says.
        stated: Fen,
        /// What the rows sum to.
        summed: Fen,
    },
}

/// Why a whole sheet is not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not read.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// No row looks like a header.
    #[error(
        "no header row found in the first {looked_at} rows: {kind} need columns for {needed}; name \
         other headers with --map"
    )]
    NoHeader {
        /// How many rows were looked at.
        looked_at: usize,
        /// The kind of sheet.
        kind: &'static str,
        /// The fields that rows need.
        needed: String,
    },
    /// Columns are missing that every row needs.
    #[error(
        "row {row} is the header and has no column for {fields}: name it with --map, or give one \
         value for all rows with --set"
    )]
    MissingColumns {
        /// The header's row number.
        row: u32,
        /// The fields.
        fields: String,
    },
    /// Two columns may be the same field.
    #[error("columns {first} and {second} may both be {field}: say which with --map")]
    AmbiguousColumns {
        /// The field.
        field: &'static str,
        /// The one header.
        first: String,
        /// The other header.
        second: String,
    },
    /// A unit that no amount is read in.
    #[error("the unit of {0:?} is not 元, 万元 or 分: amounts in another unit are not imported")]
    UnknownUnit(String),
    /// A line of the map cannot be read.
    #[error("line {line} of the map is not `header = field`: {text:?}")]
    MapLine {
        /// The line's number, from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// The map names a header that the sheet has not.
    #[error("the map names the header {0:?}, which the sheet has not")]
    MapHeader(String),
    /// A field that this kind of sheet has not.
    #[error("{kind} have no field {field:?}; the fields are {fields}")]
    UnknownField {
        /// The kind of sheet.
        kind: &'static str,
        /// The field.
        field: String,
        /// The fields that there are.
        fields: String,
    },
    /// A value for all rows cannot be read.
    #[error("--set {field}: {reason}")]
    Set {
        /// The field.
        field: String,
        /// What is wrong.
        reason: Reason,
    },
    /// A setting without a sign of equality.
    #[error("--set {0:?} is not field=value")]
    SetForm(String),
}

/// Fen as yuan, for people: `1234567.89`.
fn yuan(fen: &Fen) -> String {
    format!("{}.{:02}", fen.get() / 100, fen.get() % 100)
}
