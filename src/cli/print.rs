//! One printer for every answer: a table for people, JSON and CSV for programs.

use super::{Context, Failure, Format, Lang};
use crate::base::words::Label;
use comfy_table::{Cell, CellAlignment, Table, presets};
use serde_json::Value;
use std::io::{self, Write};

/// A column of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The field's name in JSON and CSV.
    pub name: &'static str,
    /// What people read above it.
    pub label: Label,
}

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
        Format::Table if facts.len() == 1 => writeln!(out, "{}", shown(&facts[0].1))?,
        Format::Table => {
            let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            for (name, value) in facts {
                writeln!(out, "{name:width$}  {}", shown(value))?;
            }
        }
        Format::Csv => {
            writeln!(out, "field,value")?;
            for (name, value) in facts {
                writeln!(out, "{name},{}", quoted(&shown(value)))?;
            }
        }
    }
    Ok(())
}

/// Prints rows: a table, or CSV. JSON answers are printed whole by [`json`].
pub fn rows(context: &Context, columns: &[Column], rows: &[Vec<Value>]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match context.format {
        Format::Table => writeln!(out, "{}", table(context.lang, columns, rows))?,
        Format::Csv => {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            writeln!(out, "{}", names.join(","))?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(|cell| quoted(&shown(cell))).collect();
                writeln!(out, "{}", cells.join(","))?;
            }
        }
        Format::Json => {
            for row in rows {
                let object: serde_json::Map<_, _> =
                    columns.iter().map(|column| column.name.to_owned()).zip(row.clone()).collect();
                writeln!(out, "{}", Value::Object(object))?;
            }
        }
    }
    Ok(())
}

/// Prints one JSON answer.
pub fn json(answer: &Value) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{answer}")?;
    Ok(())
}

/// Fen as yuan with thousands separators, for people: `6,000,000.00`.
pub fn yuan(fen: i64) -> String {
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

fn table(lang: Lang, columns: &[Column], rows: &[Vec<Value>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns.iter().map(|column| column.label.of(lang)));
    for row in rows {
        table.add_row(row.iter().map(|cell| match cell {
            Value::Number(_) => Cell::new(shown(cell)).set_alignment(CellAlignment::Right),
            _ if is_figure(&shown(cell)) => {
                Cell::new(shown(cell)).set_alignment(CellAlignment::Right)
            }
            _ => Cell::new(shown(cell)),
        }));
    }
    table
}

fn is_figure(text: &str) -> bool {
    text.ends_with('%')
        || text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || b"-,.".contains(&byte))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A CSV cell; text that a spreadsheet would take for a formula is led by an apostrophe.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r'])
        && text.parse::<i64>().is_err();
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
    fn yuan_are_grouped_and_exact() {
        for (fen, text) in [
            (0, "0.00"), (5, "0.05"), (100, "1.00"), (123_456_789, "1,234,567.89"), (-100_000, "-1,000.00"),
        ] {
            assert_eq!(yuan(fen), text);
        }
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-5"), "-5");
        assert_eq!(quoted("@x,y"), "\"'@x,y\"");
        assert_eq!(quoted("他说\"好\""), "\"他说\"\"好\"\"\"");
    }
}
