//! What leaves the ledger as files for people and their spreadsheets: CSV and XLSX, safe to open.
//!
//! Records leave as they are stored, byte for byte, alone or in an audit pack; only figures and
//! lists are written anew here.

pub mod audit_pack;
mod csv;
mod xlsx;

pub use csv::{quoted, write_csv};
pub use xlsx::{XlsxError, write_xlsx};

use crate::base::words::Label;
use serde_json::Value;

/// A column of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The field's name in JSON and CSV.
    pub name: &'static str,
    /// What people read above it.
    pub label: Label,
}

/// A column of this name and these labels.
pub const fn column(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, label: Label { zh, en } }
}

/// A list of rows under headings.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The headings.
    pub columns: Vec<Column>,
    /// The rows, a cell for each heading.
    pub rows: Vec<Vec<Value>>,
}

impl Listing {
    /// The rows as JSON objects.
    pub fn objects(&self) -> Vec<Value> {
        let object = |row: &Vec<Value>| {
            let names = self.columns.iter().map(|column| column.name.to_owned());
            Value::Object(names.zip(row.iter().cloned()).collect())
        };
        self.rows.iter().map(object).collect()
    }
}

/// A cell as text.
pub fn cell_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
