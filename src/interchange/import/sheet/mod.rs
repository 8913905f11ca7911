//! A bureau's sheet as rows of cells, whatever file it came in: CSV or XLSX.
//!
//! Reads one file of bounded size and holds what stands in it, unjudged; which row is the header
//! and what a cell means is decided by its readers. Bounds are the design's, section 10.

mod csv;
mod decode;
#[cfg(test)]
mod tests;
mod xlsx;

pub(super) use decode::decode;

use super::super::day::Epoch;
use super::super::text::clean;
use crate::base::Digest;
use std::fmt;
use std::io::Read;
use std::path::Path;

/// The largest file that is read: what a bureau's year fits in many times over.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most that the parts of a workbook may unpack to, so that a small file cannot fill memory.
pub const UNPACKED_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The most rows that hold anything.
pub const ROWS_MAX: usize = 200_000;
/// The most columns; a sheet of a bureau has twenty.
pub const COLUMNS_MAX: u16 = 256;
/// The most cells: a full sheet with twenty columns, about 256 MiB in memory.
pub const CELLS_MAX: usize = 4_000_000;

/// What is counted against a bound of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of the file.
    Bytes,
    /// Bytes of a workbook's parts when unpacked.
    UnpackedBytes,
    /// Bytes of text in its cells.
    TextBytes,
    /// Parts of a workbook.
    Parts,
    /// Rows that hold anything.
    Rows,
    /// Columns.
    Columns,
    /// Cells that hold anything.
    Cells,
}

impl fmt::Display for Measure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Measure::Bytes => "bytes",
            Measure::UnpackedBytes => "bytes when unpacked",
            Measure::TextBytes => "bytes of text",
            Measure::Parts => "parts",
            Measure::Rows => "rows",
            Measure::Columns => "columns",
            Measure::Cells => "cells",
        })
    }
}

/// A kind of file that is no sheet we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherFormat {
    /// A workbook of an old program, or an encrypted one: they begin alike.
    OldWorkbook,
    /// A PDF.
    Pdf,
}

impl fmt::Display for OtherFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            OtherFormat::OldWorkbook => "an old or encrypted workbook is not read",
            OtherFormat::Pdf => "a PDF file is not a sheet",
        })
    }
}

/// Why a file is not read as a sheet.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file could not be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// A bound was passed.
    #[error("the sheet has more than {limit} {what}: split it into several files")]
    TooLarge {
        /// The bound.
        limit: u64,
        /// What is counted.
        what: Measure,
    },
    /// Another kind of file.
    #[error("{0}: save it as .xlsx or as .csv")]
    OtherFormat(OtherFormat),
    /// The text is in no encoding that is read.
    #[error("the file is neither UTF-8 nor GB18030 text: save it as CSV UTF-8 or as .xlsx")]
    Encoding,
    /// The file does not hold together, or tries what no sheet needs.
    #[error("the file is damaged or unsafe: {0}")]
    Damaged(String),
    /// A quotation mark is not closed.
    #[error(
        "the file is damaged or unsafe: a quotation mark in row {0} or soon after is not closed \
         and swallows the rows below"
    )]
    Unclosed(u32),
    /// Nothing stands in it.
    #[error("the sheet is empty")]
    Empty,
}

/// What stands in one cell. An empty cell is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text, cleaned and in NFC, never empty.
    Text(Box<str>),
    /// A number, as exact decimal digits with an optional sign and point.
    Number(Box<str>),
    /// A number that the workbook shows as a date or time, in the workbook's days.
    Serial(Box<str>),
    /// Something that cannot be used, with the reason.
    Fault(&'static str),
}

impl Cell {
    /// The text or digits; a fault has none.
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Number(text) | Cell::Serial(text) => text,
            Cell::Fault(_) => "",
        }
    }
}

/// One row that holds anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    number: u32,
    cells: Vec<(u16, Cell)>,
}

impl SheetRow {
    /// The row's number as a spreadsheet program shows it, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What stands in a column, counted from 0.
    pub fn cell(&self, column: u16) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        Some(&self.cells[at].1)
    }

    /// The cells that hold anything, from left to right, with their columns.
    pub fn cells(&self) -> impl Iterator<Item = (u16, &Cell)> {
        self.cells.iter().map(|(column, cell)| (*column, cell))
    }
}

/// A sheet that was read: its name, its digest, and its rows in order.
#[derive(Clone, Debug)]
pub struct Sheet {
    name: String,
    sha256: Digest,
    epoch: Epoch,
    worksheet: Option<String>,
    other_worksheets: Vec<String>,
    rows: Vec<SheetRow>,
}

impl Sheet {
    /// Reads a CSV or XLSX file; its kind is told by its content, not by its name.
    pub fn open(path: &Path) -> Result<Sheet, SheetError> {
        let failed = SheetError::Unreadable;
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that is too large from one that fits exactly.
        let limit = FILE_BYTES_MAX as u64 + 1;
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Sheet::from_bytes(&name, &bytes)
    }

    /// Reads a sheet from the bytes of a file and the name it came under.
    ///
    /// ```
    /// use fundtrail::interchange::import::Sheet;
    /// let sheet = Sheet::from_bytes("示例.csv", "项目,金额（元）\nP1,100\n".as_bytes());
    /// assert_eq!(sheet.map(|it| it.rows().len()).ok(), Some(2));
    /// ```
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Sheet, SheetError> {
        if bytes.len() > FILE_BYTES_MAX {
            let limit = FILE_BYTES_MAX as u64;
            return Err(SheetError::TooLarge { limit, what: Measure::Bytes });
        }
        let read = match bytes {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => xlsx::read(bytes)?,
            [0xd0, 0xcf, 0x11, 0xe0, ..] => {
                return Err(SheetError::OtherFormat(OtherFormat::OldWorkbook));
            }
            [b'%', b'P', b'D', b'F', ..] => {
                return Err(SheetError::OtherFormat(OtherFormat::Pdf));
            }
            _ => csv::read(bytes)?,
        };
        if read.rows.is_empty() {
            return Err(SheetError::Empty);
        }
        Ok(Sheet {
            name: clean(name).replace('\n', " "),
            sha256: Digest::of(&[bytes]),
            epoch: read.epoch,
            worksheet: read.worksheet,
            other_worksheets: read.other_worksheets,
            rows: read.rows,
        })
    }

    /// The file's name, without its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of the file's bytes.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// From which day the workbook counts.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The name of the worksheet that was read, in a workbook: the first one shown that holds
    /// anything.
    pub fn worksheet(&self) -> Option<&str> {
        self.worksheet.as_deref()
    }

    /// The names of the workbook's other worksheets that are shown; they are not read.
    pub fn other_worksheets(&self) -> &[String] {
        &self.other_worksheets
    }

    /// The rows that hold anything, in order.
    pub fn rows(&self) -> &[SheetRow] {
        &self.rows
    }

    /// The row of a number, if it holds anything.
    pub fn row(&self, number: u32) -> Option<&SheetRow> {
        let at = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        Some(&self.rows[at])
    }
}

/// What a reader of one format hands over.
#[derive(Default)]
struct Content {
    epoch: Epoch,
    worksheet: Option<String>,
    other_worksheets: Vec<String>,
    rows: Vec<SheetRow>,
}

/// Gathers cells into rows and holds every bound, whichever format they come from.
#[derive(Default)]
struct Rows {
    rows: Vec<SheetRow>,
    cells: usize,
    text_bytes: u64,
}

impl Rows {
    /// Puts a cell into its place; cells come by rows, and from left to right.
    fn put(&mut self, number: u32, column: u32, cell: Cell) -> Result<(), SheetError> {
        let too_large = |limit: u64, what| SheetError::TooLarge { limit, what };
        let column = u16::try_from(column).ok().filter(|it| *it < COLUMNS_MAX);
        let column = column.ok_or_else(|| too_large(u64::from(COLUMNS_MAX), Measure::Columns))?;
        self.cells += 1;
        self.text_bytes += cell.text().len() as u64;
        if self.cells > CELLS_MAX {
            return Err(too_large(CELLS_MAX as u64, Measure::Cells));
        }
        // One long text that a million cells share would unpack to far more than the file.
        if self.text_bytes > UNPACKED_BYTES_MAX {
            return Err(too_large(UNPACKED_BYTES_MAX, Measure::TextBytes));
        }
        let out_of_order = || SheetError::Damaged(format!("row {number} stands out of order"));
        match self.rows.last_mut() {
            Some(row) if row.number == number => {
                if row.cells.last().is_some_and(|(last, _)| *last >= column) {
                    return Err(out_of_order());
                }
                row.cells.push((column, cell));
            }
            Some(row) if row.number > number => return Err(out_of_order()),
            Some(_) | None => {
                if self.rows.len() == ROWS_MAX {
                    return Err(too_large(ROWS_MAX as u64, Measure::Rows));
                }
                self.rows.push(SheetRow { number, cells: vec![(column, cell)] });
            }
        }
        Ok(())
    }
}
