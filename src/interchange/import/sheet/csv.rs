//! CSV as spreadsheet programs save it: parted by commas, tabs or semicolons, quoted as RFC 4180
//! says.
//!
//! Rows keep the numbers that a spreadsheet program shows for them: blank lines count, a quoted
//! line end does not.

use super::super::super::text::clean;
use super::{Cell, Content, Rows, SheetError, decode};

/// How many characters of the file are looked at to find what parts its columns.
const LOOKED_AT_CHARS: usize = 4096;

/// A last line of our own. If it does not come back as a row, an open quotation mark swallowed it.
const LAST: &str = "\u{1}";

/// Reads the rows of a CSV file.
pub(super) fn read(bytes: &[u8]) -> Result<Content, SheetError> {
    // With LF as the only line end, and one at the end, lines can be counted by LF alone.
    let text = decode(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    let (delimiter, lines_before) = delimiter(&text);
    let mut body = text.split_inclusive('\n').skip(lines_before).collect::<String>();
    body.extend(["\n", LAST, "\n"]);

    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body.as_bytes());
    let mut rows = Rows::default();
    let mut record = ::csv::StringRecord::new();
    // Each line end inside quotes makes the program's row numbers fall behind the lines.
    let mut quoted_lines = 0;
    let mut widest = 0;
    let mut number = 0;
    loop {
        let more = reader.read_record(&mut record);
        if !more.map_err(|error| SheetError::Damaged(error.to_string()))? {
            return Err(SheetError::Unclosed(number + 1));
        }
        if record.len() == 1
            && &record[0] == LAST
            && reader.position().byte() as usize >= body.len()
        {
            break;
        }
        widest = widest.max(record.len());
        // A mark in the last row swallows the line that stands for the end.
        let swallows = |it: &str| it.contains(LAST) || swallows_rows(it, delimiter, widest);
        if record.iter().any(swallows) {
            return Err(SheetError::Unclosed(number + 1));
        }
        let lines_read = reader.position().line() - 1 + lines_before as u64;
        quoted_lines += record.iter().map(|it| it.matches('\n').count() as u64).sum::<u64>();
        number = u32::try_from(lines_read.saturating_sub(quoted_lines)).unwrap_or(u32::MAX);
        for (column, field) in record.iter().enumerate() {
            let text = clean(unwrapped(field));
            if !text.is_empty() {
                let column = u32::try_from(column).unwrap_or(u32::MAX);
                rows.put(number, column, Cell::Text(text.into()))?;
            }
        }
    }
    Ok(Content { rows: rows.rows, ..Content::default() })
}

/// Whether a line inside a quoted field looks like a row: then two stray marks enclose it, and
/// rows would be lost without a word.
fn swallows_rows(field: &str, delimiter: u8, widest: usize) -> bool {
    let parts = |line: &str| line.bytes().filter(|byte| *byte == delimiter).count();
    let like_a_row = 2.max(widest - 1);
    field.lines().skip(1).any(|line| parts(line) >= like_a_row)
}

/// What parts the columns, and how many lines at the start only say so.
fn delimiter(text: &str) -> (u8, usize) {
    if let Some(sign) = text.strip_prefix("sep=").and_then(|it| it.bytes().next()) {
        return (sign, 1);
    }
    let mut counts = [(b',', 0_u32), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for it in text.chars().take(LOOKED_AT_CHARS) {
        quoted ^= it == '"';
        for (sign, count) in &mut counts {
            *count += u32::from(!quoted && char::from(*sign) == it);
        }
    }
    // The first of equals counts, so a file of one column is parted by commas.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    (most.map_or(b',', |(sign, _)| *sign), 0)
}

/// The field without the dress that keeps programs from reading it as a number or a formula:
/// `="00123"`, or an apostrophe before a sign or a digit.
fn unwrapped(field: &str) -> &str {
    if let Some(inside) = field.strip_prefix("=\"").and_then(|it| it.strip_suffix('"')) {
        return inside;
    }
    let guarded = |it: &&str| it.starts_with(|c: char| c.is_ascii_digit() || "=+-@".contains(c));
    field.strip_prefix('\'').filter(guarded).unwrap_or(field)
}
