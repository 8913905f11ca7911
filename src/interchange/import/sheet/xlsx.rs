//! XLSX: a zip of XML parts (ECMA-376), read by calamine after every part was unpacked once
//! within the bounds.
//!
//! Never expands an entity, never follows a link, never calculates: a formula counts with the
//! value that was stored with it. This is the one place where a float appears, because the
//! reader hands numbers over as floats; it turns them into digits at once.

use super::super::super::day::Epoch;
use super::super::super::text::clean;
use super::{Cell, Content, Measure, Rows, SheetError, UNPACKED_BYTES_MAX};
use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use std::io::{Cursor, Read};

/// The most parts of a workbook; one with a hundred worksheets has some three hundred.
const PARTS_MAX: usize = 4096;
/// Shared texts that a workbook may announce whatever its size, since some programs announce
/// the cells instead.
const ANNOUNCED_TEXTS: u64 = 1_000_000;
/// How far a number may lie from its fifteen digits, in steps of its float, and still be those
/// digits: the trace that a few calculations leave.
const STEPS_MAX: u64 = 8;

/// Reads the first worksheet that is shown and holds anything.
pub(super) fn read(bytes: &[u8]) -> Result<Content, SheetError> {
    check_parts(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let epoch = if book.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
    let shown: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|it| it.typ == SheetType::WorkSheet && it.visible == SheetVisible::Visible)
        .map(|it| it.name.clone())
        .collect();
    for name in &shown {
        let rows = worksheet(&mut book, name)?;
        if !rows.is_empty() {
            let others = shown.iter().filter(|it| *it != name).cloned().collect();
            let worksheet = Some(name.clone());
            return Ok(Content { epoch, worksheet, other_worksheets: others, rows });
        }
    }
    Ok(Content::default())
}

/// Cells are taken one by one: the reader's own table would span the whole box between two far
/// corners, empty or not.
fn worksheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
) -> Result<Vec<super::SheetRow>, SheetError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        if let Some(value) = value(cell.get_value()) {
            rows.put(row.saturating_add(1), column, value)?;
        }
    }
    Ok(rows.rows)
}

fn value(value: &DataRef<'_>) -> Option<Cell> {
    let text = |text: &str| {
        let text = clean(text);
        (!text.is_empty()).then(|| Cell::Text(text.into()))
    };
    match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(Cell::Number(number.to_string().into())),
        DataRef::Float(number) => Some(digits(*number).map_or(
            Cell::Fault(
                "a number of more than 15 digits, whose last ones the spreadsheet program has \
                 dropped: format the column as text and enter it again",
            ),
            |it| Cell::Number(it.into()),
        )),
        DataRef::DateTime(days) => Some(
            digits(days.as_f64())
                .map_or(Cell::Fault("a date out of range"), |it| Cell::Serial(it.into())),
        ),
        DataRef::String(it) => text(it),
        DataRef::SharedString(it) => text(it),
        DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => text(it),
        DataRef::Bool(true) => text("TRUE"),
        DataRef::Bool(false) => text("FALSE"),
        DataRef::Error(_) => {
            Some(Cell::Fault("an error of the spreadsheet, such as #REF! or #DIV/0!"))
        }
    }
}

/// The decimal digits that a spreadsheet program shows for a number. It keeps fifteen; what a
/// calculation left beyond them is a trace of binary arithmetic and is dropped, but a number
/// that really has more digits keeps them all. Whole numbers past fifteen digits have lost
/// theirs and are none.
fn digits(number: f64) -> Option<String> {
    if !number.is_finite() || number.abs() >= 1e15 {
        return None;
    }
    let fifteen: f64 = format!("{number:.14e}").parse().ok()?;
    let is_trace = fifteen.to_bits().abs_diff(number.to_bits()) <= STEPS_MAX;
    let text = if is_trace { fifteen.to_string() } else { number.to_string() };
    Some(if text == "-0" { "0".to_owned() } else { text })
}

/// Unpacks every part once, for nothing but its size and shape, so that the reader never meets
/// more than the bounds allow. The sizes that the archive states are not believed.
fn check_parts(bytes: &[u8]) -> Result<(), SheetError> {
    let unzip = |error: zip::result::ZipError| SheetError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unzip)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetError::TooLarge { limit: PARTS_MAX as u64, what: Measure::Parts });
    }
    let mut left = UNPACKED_BYTES_MAX;
    let mut content = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(unzip)?;
        let name = part.name().map_err(unzip)?.to_lowercase();
        content.clear();
        let unpacked = part.take(left + 1).read_to_end(&mut content);
        unpacked.map_err(|error| SheetError::Damaged(error.to_string()))?;
        left = left.checked_sub(content.len() as u64).ok_or(SheetError::TooLarge {
            limit: UNPACKED_BYTES_MAX,
            what: Measure::UnpackedBytes,
        })?;
        if name.ends_with(".xml") || name.ends_with(".rels") {
            check_xml(&name, &content)?;
        }
    }
    Ok(())
}

/// No part of a workbook declares a document type, and none is written in two-byte characters
/// that would hide one.
fn check_xml(name: &str, content: &[u8]) -> Result<(), SheetError> {
    let refused = |what: &str| Err(SheetError::Damaged(format!("{name} {what}")));
    if content.contains(&0) {
        return refused("is not UTF-8 text");
    }
    if memchr::memmem::find(content, b"<!DOCTYPE").is_some()
        || memchr::memmem::find(content, b"<!ENTITY").is_some()
    {
        return refused("declares a document type, which no workbook needs");
    }
    if name.ends_with("sharedstrings.xml")
        && announced(content) > ANNOUNCED_TEXTS.max(content.len() as u64 / 5)
    {
        return refused("announces more texts than it can hold");
    }
    Ok(())
}

/// How many shared texts a part says it holds; the reader makes room for as many at once.
fn announced(content: &[u8]) -> u64 {
    let mark = b"uniqueCount";
    memchr::memmem::find_iter(content, mark)
        .map(|at| {
            let after = content[at + mark.len()..].iter().copied();
            let number: String = after
                .skip_while(|byte| b"= \"'\t\r\n".contains(byte))
                .take_while(u8::is_ascii_digit)
                .map(char::from)
                .collect();
            if number.is_empty() { 0 } else { number.parse().unwrap_or(u64::MAX) }
        })
        .max()
        .unwrap_or(0)
}

fn damaged(error: XlsxError) -> SheetError {
    SheetError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_digits_that_the_program_shows() {
        let cases = [
            (1.005, Some("1.005")),
            (0.1 + 0.2, Some("0.3")),
            (100.0, Some("100")),
            (1.1 * 3.0, Some("3.3")),
            (130_723_200_201.0, Some("130723200201")),
            (0.000_001, Some("0.000001")),
            (-5.5, Some("-5.5")),
            (-0.0, Some("0")),
            (123_456_789_012.340_4, Some("123456789012.3404")),
            (6_222_020_200_112_233_445.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (number, text) in cases {
            assert_eq!(digits(number).as_deref(), text, "{number}");
        }
    }
}
