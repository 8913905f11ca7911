//! A sheet read in a process of its own: what is asked of it, what it answers, and its side of the
//! line.
//!
//! A file from outside is unpacked and parsed where a bound on memory and time ends nothing but
//! that process (design section 10). Both ends speak JSON over the standard streams; the reader
//! opens no file, no ledger and no connection.

use super::whole::Whole;
use super::{Choices, Directory, Import, ImportError, Kind, Poster, Sheet, chinese, import};
use crate::base::{Code, Name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

/// What is asked: the line that stands before the file's bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The file's name.
    pub name: String,
    /// The kind of sheet.
    pub kind: String,
    /// The principal that posts.
    pub principal: String,
    /// Its organization.
    pub org: String,
    /// The jurisdiction of its events.
    pub jurisdiction: String,
    /// Is it a custodian?
    pub is_custodian: bool,
    /// Who made the entries.
    pub maker: String,
    /// Who checked them.
    pub checker: String,
    /// Lines of `header = field`.
    pub map: String,
    /// Values of all rows, each `field=value`.
    pub set: Vec<String>,
    /// Codes of jurisdictions by name.
    pub jurisdictions: BTreeMap<String, Vec<String>>,
    /// Organizations by name.
    pub organizations: BTreeMap<String, Vec<String>>,
}

/// A column as it was recognised.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ColumnRead {
    /// The column, from 0.
    pub column: u16,
    /// Its header.
    pub header: String,
    /// Its field.
    pub field: Option<String>,
}

/// An event that a row became.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowRead {
    /// The rows of the sheet.
    pub rows: Vec<u32>,
    /// The event's id.
    pub id: String,
    /// The money, in fen.
    pub fen: i64,
    /// The body.
    pub body: String,
}

/// A row that became none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefusedRead {
    /// Its number.
    pub row: u32,
    /// Why, in Chinese and English.
    pub reason: [String; 2],
}

/// What is answered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SheetRead {
    /// Why the sheet as a whole cannot be read.
    pub error: Option<Whole>,
    /// The SHA-256 of the file.
    pub sha256: String,
    /// The columns.
    pub columns: Vec<ColumnRead>,
    /// The events.
    pub rows: Vec<RowRead>,
    /// The rows that became none.
    pub refused: Vec<RefusedRead>,
    /// Were amounts read as yuan because no unit was said?
    pub unit_assumed: bool,
    /// The cells of every row that hold anything, by its number, each with its column: a wide sheet
    /// that is nearly empty takes no more room here than in its file.
    pub cells: BTreeMap<u32, Vec<(u16, String)>>,
}

/// Reads one order and one file from `input` and answers on `output`.
///
/// # Errors
/// The streams cannot be used.
pub fn serve(input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    let limit = super::FILE_BYTES_MAX as u64 + 1;
    input.take(limit).read_to_end(&mut bytes)?;
    let read = read(&order, &bytes)
        .unwrap_or_else(|error| SheetRead { error: Some(error), ..SheetRead::default() });
    serde_json::to_writer(&mut *output, &read).map_err(io::Error::other)?;
    output.flush()
}

fn read(order: &Order, bytes: &[u8]) -> Result<SheetRead, Whole> {
    let name = |text| Name::parse(text).ok_or_else(|| Whole::ours(format!("{text:?} is no name")));
    // Typed by whoever sends the sheet, perhaps as a person's name, which is not repeated.
    let staff = |text| Name::parse(text).ok_or_else(Whole::not_a_reference);
    let kind = Kind::parse(&order.kind).ok_or_else(|| Whole::ours("no such kind".to_owned()))?;
    let jurisdiction = Code::parse(&order.jurisdiction)
        .ok_or_else(|| Whole::ours("no such jurisdiction".to_owned()))?;
    let poster = Poster {
        principal: name(&order.principal)?,
        org: name(&order.org)?,
        jurisdiction,
        is_custodian: order.is_custodian,
        maker: staff(&order.maker)?,
        checker: staff(&order.checker)?,
    };
    let directory = Directory {
        jurisdictions: order.jurisdictions.clone(),
        organizations: order.organizations.clone(),
    };
    let said = |error: &ImportError| Whole::of(error, kind);
    let mut choices = Choices { directory, ..Choices::default() };
    choices.read_map(kind, order.map.as_bytes()).map_err(|error| said(&error))?;
    for setting in &order.set {
        choices.set(kind, setting).map_err(|error| said(&error))?;
    }
    let sheet = Sheet::from_bytes(&order.name, bytes).map_err(|error| said(&error.into()))?;
    let imported = import(&sheet, kind, &poster, &choices).map_err(|error| said(&error))?;
    Ok(answer(&sheet, imported))
}

fn answer(sheet: &Sheet, imported: Import) -> SheetRead {
    let columns = imported.columns.iter().map(|used| ColumnRead {
        column: used.column,
        header: used.header.clone(),
        field: used.field.map(str::to_owned),
    });
    let refused = imported.refused.iter().map(|row| RefusedRead {
        row: row.row,
        reason: [chinese::reason(&row.reason, row.header.as_deref()), row.to_string()],
    });
    let cells = sheet.rows().iter().map(|row| {
        (row.number(), row.cells().map(|(column, cell)| (column, cell.text().to_owned())).collect())
    });
    SheetRead {
        error: None,
        sha256: sheet.sha256().to_string(),
        columns: columns.collect(),
        refused: refused.collect(),
        cells: cells.collect(),
        unit_assumed: imported.unit_assumed,
        rows: imported
            .rows
            .into_iter()
            .map(|row| RowRead {
                rows: row.row_numbers,
                id: row.id.to_string(),
                fen: row.amount_fen.get(),
                body: row.body,
            })
            .collect(),
    }
}
