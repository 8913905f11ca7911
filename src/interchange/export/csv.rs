//! CSV (RFC 4180), with text that a spreadsheet would take for a formula led by an apostrophe.

use super::{Listing, cell_text};
use std::io::{self, Write};

/// Writes a listing with a line of field names in front.
///
/// # Errors
/// The output cannot be written.
pub fn write_csv(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = listing.columns.iter().map(|column| column.name).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in &listing.rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(&cell_text(cell))).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// One cell, quoted where it must be.
pub fn quoted(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-5"), "-5");
        assert_eq!(quoted("@x,y"), "\"'@x,y\"");
        assert_eq!(quoted("他说\"好\""), "\"他说\"\"好\"\"\"");
    }
}
