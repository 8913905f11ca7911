//! XLSX: labels in front, figures as numbers, text as text and never as a formula.

use super::{Listing, cell_text};
use crate::base::words::Label;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use serde_json::Value;

/// A workbook could not be made.
pub type XlsxError = rust_xlsxwriter::XlsxError;

/// The largest integer that a spreadsheet's numbers, which are floats, keep exactly.
const EXACT_MAX: i64 = 1 << 53;

/// A workbook of one sheet; `label` chooses the language of its headings.
///
/// # Errors
/// The sheet has more rows than XLSX can hold.
pub fn write_xlsx(
    listing: &Listing,
    label: impl Fn(Label) -> &'static str,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let bold = Format::new().set_bold();
    for (at, column) in (0_u16..).zip(&listing.columns) {
        sheet.write_string_with_format(0, at, label(column.label), &bold)?;
    }
    for (row, cells) in (1_u32..).zip(&listing.rows) {
        for (at, cell) in (0_u16..).zip(cells) {
            write_cell(sheet, row, at, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    workbook.save_to_buffer()
}

fn write_cell(sheet: &mut Worksheet, row: u32, at: u16, cell: &Value) -> Result<(), XlsxError> {
    match cell.as_i64().filter(|figure| figure.abs() <= EXACT_MAX) {
        // Whole and within 2^53, so the float that the format forces on us is exact.
        Some(figure) => sheet.write_number(row, at, figure as f64)?,
        None => sheet.write_string(row, at, cell_text(cell))?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::export::column;
    use calamine::{Data, Reader, Xlsx};
    use serde_json::json;
    use std::io::Cursor;

    #[test]
    fn what_is_written_is_read_back_and_no_formula_arises() {
        let listing = Listing {
            columns: vec![column("name", "名称", "name"), column("amount_fen", "金额(分)", "fen")],
            rows: vec![vec![json!("=HYPERLINK(1)"), json!(9_007_199_254_740_991_i64)]],
        };
        let bytes = write_xlsx(&listing, |label| label.zh).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(range.get((0, 0)), Some(&Data::String("名称".to_owned())));
        assert_eq!(range.get((1, 0)), Some(&Data::String("=HYPERLINK(1)".to_owned())));
        assert_eq!(
            range.get((1, 1)).and_then(|cell| cell.to_string().parse().ok()),
            Some(9_007_199_254_740_991_i64)
        );
    }
}
