//! One printer for every answer: a table for people, JSON and CSV for programs.

use super::{Context, Failure, Format, Lang};
use crate::base::words::Label;
use crate::interchange::export::{Listing, cell_text, quoted, write_csv};
use comfy_table::{Cell, CellAlignment, Table, presets};
use serde_json::Value;
use std::fmt;
use std::io::{self, Write};

impl Label {
    /// The label in the chosen language.
    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// Prints single facts: a line each, or one JSON object.
pub fn fields(context: &Context, facts: &[(&str, Value)]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match context.format {
        Format::Json => {
            let object: serde_json::Map<_, _> =
                facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            writeln!(out, "{}", Value::Object(object))?;
        }
        Format::Table if facts.len() == 1 => writeln!(out, "{}", cell_text(&facts[0].1))?,
        Format::Table => {
            let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            for (name, value) in facts {
                writeln!(out, "{name:width$}  {}", cell_text(value))?;
            }
        }
        Format::Csv => {
            writeln!(out, "field,value")?;
            for (name, value) in facts {
                writeln!(out, "{name},{}", quoted(&cell_text(value)))?;
            }
        }
    }
    Ok(())
}

/// Prints rows: a table, CSV, or a JSON object a line.
pub fn listing(context: &Context, listing: &Listing) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match context.format {
        Format::Table => writeln!(out, "{}", table(context.lang, listing))?,
        Format::Csv => write_csv(listing, &mut out)?,
        Format::Json => {
            for object in listing.objects() {
                writeln!(out, "{object}")?;
            }
        }
    }
    Ok(())
}

/// Prints a line. Unlike `println!` it does not panic when the reader of the output has gone away.
pub fn line(text: impl fmt::Display) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Prints one JSON answer.
pub fn json(answer: &Value) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{answer}")?;
    Ok(())
}

/// Fen as yuan with thousands separators, for people: `6,000,000.00`.
pub fn yuan(fen: impl Into<i128>) -> String {
    let fen = fen.into();
    let (sign, fen) = if fen < 0 { ("-", fen.unsigned_abs()) } else { ("", fen.unsigned_abs()) };
    let whole = (fen / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{:02}", fen % 100)
}

fn table(lang: Lang, listing: &Listing) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(listing.columns.iter().map(|column| column.label.of(lang)));
    for row in &listing.rows {
        table.add_row(row.iter().map(|cell| {
            let text = cell_text(cell);
            let right = cell.is_number() || is_figure(&text);
            let cell = Cell::new(text);
            if right { cell.set_alignment(CellAlignment::Right) } else { cell }
        }));
    }
    table
}

fn is_figure(text: &str) -> bool {
    text.ends_with('%')
        || text.contains('.')
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"-,.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_grouped_and_exact() {
        for (fen, text) in [
            (0_i64, "0.00"),
            (5, "0.05"),
            (100, "1.00"),
            (123_456_789, "1,234,567.89"),
            (-100_000, "-1,000.00"),
        ] {
            assert_eq!(yuan(fen), text);
        }
    }
}
