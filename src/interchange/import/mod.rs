//! Import: a bureau's messy sheet becomes bodies of events, one a row, and every row that cannot
//! be says why.
//!
//! Pure but for reading the one file. Decides nothing that the rules decide: whether a lot has the
//! money, or a project the approval, is judged when the bodies are posted.
//!
//! **Same rows, same ids.** An id comes from what a row says and its ordinal among equal rows of
//! the sheet ([`Row::id`]), so importing the same file again changes nothing. Another file with
//! the same rows gives the same ids but other bodies, since each names its own file as document
//! and its own maker; the ledger would call that `id_conflict`. Therefore the caller takes out what
//! is recorded before posting, with [`Import::take_recorded`], and reports it as duplicate. Two
//! files that each hold one of two equal rows cannot be told from the same row twice: a column
//! that differs, such as the bank reference, must be mapped.

pub mod apart;
pub mod bank;
mod body;
pub mod chinese;
mod choices;
mod columns;
mod header;
mod identity;
mod kind;
mod payment;
mod reason;
mod rows;
mod sheet;
#[cfg(test)]
mod tests;
mod totals;
mod value;
pub mod whole;
mod words;

pub use choices::{AMOUNT_UNIT, Choices, Directory};
pub use header::ColumnUse;
pub use kind::{Column, Kind, Need, Shape};
pub use reason::{ImportError, Reason};
pub use sheet::{
    CELLS_MAX, COLUMNS_MAX, Cell, FILE_BYTES_MAX, Measure, OtherFormat, ROWS_MAX, Sheet,
    SheetError, SheetRow, UNPACKED_BYTES_MAX,
};
pub use totals::{TotalRow, Verdict};

use crate::base::{Code, Digest, EventId, Fen, Name};
use std::collections::HashMap;
use std::fmt;

/// How many characters the number of a document holds.
const DOCUMENT_CHARS_MAX: usize = 200;

/// In whose name the rows are posted.
#[derive(Clone, Copy, Debug)]
pub struct Poster<'a> {
    /// The principal.
    pub principal: Name<'a>,
    /// The principal's organization; the custodian of gifts.
    pub org: Name<'a>,
    /// The principal's scope: the jurisdiction of every event.
    pub jurisdiction: Code,
    /// Whether the principal is a custodian, whose lots may be gifts that stand alone.
    pub is_custodian: bool,
    /// Who made the entries.
    pub maker: Name<'a>,
    /// Who checked them.
    pub checker: Name<'a>,
}

/// The document that the sheet itself is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file's name.
    pub number: String,
    /// The digest of its bytes.
    pub sha256: Digest,
}

/// What became of a sheet.
#[derive(Clone, Debug)]
pub struct Import {
    /// What the sheet is about.
    pub kind: Kind,
    /// The principal to post as.
    pub principal: String,
    /// The sheet as a document.
    pub document: Document,
    /// How each column was recognised.
    pub columns: Vec<ColumnUse>,
    /// The events to post, in the order of the sheet.
    pub rows: Vec<Row>,
    /// The rows that are not posted, in the order of the sheet, wrong totals among them.
    pub refused: Vec<RefusedRow>,
    /// The total rows and whether they agree.
    pub totals: Vec<TotalRow>,
    /// Rows that are nothing to post: notes, repeated headers, blank forms.
    pub passed_over: Vec<u32>,
    /// Whether no unit was said anywhere, so that amounts were read as yuan.
    pub unit_assumed: bool,
}

/// An event to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rows of the sheet that it comes from, at least one.
    pub row_numbers: Vec<u32>,
    /// Its id, the same whenever the same rows are imported.
    pub id: EventId,
    /// The money that it states, all rows together.
    pub amount_fen: Fen,
    /// The body as JSON.
    pub body: String,
}

/// A row that is not posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its number, as a spreadsheet program shows it.
    pub row: u32,
    /// The column at fault, from 0; none where the row as a whole is.
    pub column: Option<u16>,
    /// The column's header.
    pub header: Option<String>,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for RefusedRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "row {}", self.row)?;
        if let (Some(column), Some(header)) = (self.column, &self.header) {
            write!(out, ", column {} ({})", column_letters(column), header.replace('\n', " "))?;
        }
        write!(out, ": {}", self.reason)
    }
}

impl Import {
    /// The sum of what is to be posted, in fen.
    pub fn sum_fen(&self) -> i128 {
        self.rows.iter().map(|row| i128::from(row.amount_fen.get())).sum()
    }

    /// Takes out the rows whose id is recorded already, which are duplicates whatever their
    /// bodies say, and returns them.
    pub fn take_recorded(&mut self, is_recorded: impl FnMut(EventId) -> bool) -> Vec<Row> {
        let mut is_recorded = is_recorded;
        let rows = std::mem::take(&mut self.rows);
        let (recorded, left) = rows.into_iter().partition(|row| is_recorded(row.id));
        self.rows = left;
        recorded
    }
}

/// Reads a sheet as rows of one kind.
///
/// ```
/// use fundtrail::base::{Code, Name};
/// use fundtrail::interchange::import::{Choices, Kind, Poster, Sheet, import};
///
/// let name = |text| Name::parse(text).ok_or("a name");
/// let poster = Poster {
///     principal: name("hb-finance-desk")?,
///     org: name("hb-finance")?,
///     jurisdiction: Code::parse("130000").ok_or("a code")?,
///     is_custodian: false,
///     maker: name("hb-02")?,
///     checker: name("hb-07")?,
/// };
/// let text = "下达日期,资金批次,县代码,金额（万元）\n2017.03.15,L1,130723,600\n";
/// let sheet = Sheet::from_bytes("示例.csv", text.as_bytes())?;
/// let import = import(&sheet, Kind::Allocations, &poster, &Choices::default())?;
/// assert_eq!(import.sum_fen(), 600_000_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn import(
    sheet: &Sheet,
    kind: Kind,
    poster: &Poster<'_>,
    choices: &Choices,
) -> Result<Import, ImportError> {
    let shape = Shape::from(kind);
    let layout = header::layout(sheet, &shape, choices)?;
    let lines = rows::read(sheet, &shape, &layout, choices)?;
    let number: String = sheet.name().chars().take(DOCUMENT_CHARS_MAX).collect();
    let document = Document { number, sha256: sheet.sha256() };

    let mut broken: HashMap<String, u32> = HashMap::new();
    let mut refused = Vec::new();
    for bad in lines.bad {
        if let Some(reference) = bad.bank_ref {
            broken.entry(reference).or_insert(bad.refused.row);
        }
        refused.push(bad.refused);
    }
    let payments = payment::join(kind, poster.is_custodian, lines.good, &broken, &mut refused);

    let writer = body::Writer { kind, poster, document: &document, columns: &kind.columns() };
    let mut ids = identity::Ids::new(kind, poster);
    let mut rows = Vec::with_capacity(payments.len());
    for payment in &payments {
        let row_numbers: Vec<u32> = payment.rows.iter().map(|it| it.number).collect();
        match writer.body(payment, ids.digest(&payment.rows)) {
            Ok((id, body)) => {
                rows.push(Row { row_numbers, id, amount_fen: amount(payment), body });
            }
            Err(reason) => refused.extend(row_numbers.into_iter().map(|row| RefusedRow {
                row,
                column: None,
                header: None,
                reason: reason.clone(),
            })),
        }
    }
    refused.sort_by_key(|it| it.row);
    Ok(Import {
        kind,
        principal: poster.principal.to_string(),
        document,
        columns: layout.columns,
        rows,
        refused,
        totals: lines.totals,
        passed_over: lines.passed_over,
        unit_assumed: layout.unit_assumed,
    })
}

/// What the rows of an event sum to; a sum out of range is refused when it is posted.
fn amount(payment: &payment::Payment) -> Fen {
    let each = payment.rows.iter().filter_map(|row| {
        let value = row.fields.get("amount").or(row.fields.get("estimate"))?;
        match value {
            value::Value::Number(fen) => Fen::new(*fen),
            _ => None,
        }
    });
    Fen::sum(each).unwrap_or(Fen::ZERO)
}

/// The letters by which spreadsheet programs call a column: A, B, … Z, AA.
pub fn column_letters(column: u16) -> String {
    let letter = |at: u16| char::from(b'A' + u8::try_from(at % 26).expect("below 26"));
    match column / 26 {
        0 => letter(column).to_string(),
        higher => format!("{}{}", column_letters(higher - 1), letter(column)),
    }
}
