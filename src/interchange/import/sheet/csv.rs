//! CSV as spreadsheet programs save it: parted by commas, tabs or semicolons, quoted as RFC 4180
//! says.
//!
//! Rows keep the numbers that a spreadsheet program shows for them: blank lines count, a quoted
//! line end does not.

use super::super::super::text::clean;
use super::{Cell, Content, Rows, SheetError, decode};

/// How many characters of the file are looked at to find what parts its columns.
const LOOKED_AT_CHARS: usize = 4096;

/// Reads the rows of a CSV file.
pub(super) fn read(bytes: &[u8]) -> Result<Content, SheetError> {
    // With LF as the only line end, and one at the end, lines can be counted by LF alone.
    let mut text = decode(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    text.push('\n');
    let (delimiter, lines_before) = delimiter(&text);
    let body = text.split_inclusive('\n').skip(lines_before).collect::<String>();

    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body.as_bytes());
    let mut rows = Rows::default();
    let mut record = ::csv::StringRecord::new();
    // Each line end inside quotes makes the program's row numbers fall behind the lines.
    let mut quoted_lines = 0;
    loop {
        let more = reader.read_record(&mut record);
        if !more.map_err(|error| SheetError::Damaged(error.to_string()))? {
            break;
        }
        let lines_read = reader.position().line() - 1 + lines_before as u64;
        quoted_lines += record.iter().map(|it| it.matches('\n').count() as u64).sum::<u64>();
        let number = u32::try_from(lines_read - quoted_lines).expect("16 MiB hold fewer lines");
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
