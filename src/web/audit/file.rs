//! What a page of supervision shows, as a file: exactly its rows, then what was asked and the head
//! that it was true at.
//!
//! Files hold plain figures: no thousands, and the hyphen that programs read.

use crate::base::Date;
use crate::interchange::export::{Listing, column, write_csv, write_xlsx};
use crate::ledger::live::AsOf;
use crate::service::Problem;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use serde_json::{Value, json};

/// A column: its name, Chinese, English.
pub type Column = (&'static str, &'static str, &'static str);

/// The position that a file was true at.
pub struct Head {
    as_of: String,
    size: String,
    root: String,
}

impl Head {
    /// A position, and the day up to which its days were counted.
    pub fn of(position: &AsOf, on: Date) -> Head {
        let (size, root) = (position.size.to_string(), position.root.to_string());
        Head { as_of: on.to_string(), size, root }
    }
}

/// The file of a page, where the query asks for one.
///
/// # Errors
/// The query asks for another kind of file.
pub fn file(
    visit: &Visit,
    name: &str,
    columns: &[Column],
    rows: impl FnOnce() -> Vec<Vec<Value>>,
) -> Result<Option<Reply>, Problem> {
    let frame = super::frame(visit, "");
    let as_of = frame.as_of.unwrap_or_default();
    let head = Head { as_of, size: frame.records.to_string(), root: frame.root };
    file_at(visit, name, columns, head, rows)
}

/// The same of an answer that stands at a position of its own.
///
/// # Errors
/// The query asks for another kind of file.
pub fn file_at(
    visit: &Visit,
    name: &str,
    columns: &[Column],
    head: Head,
    rows: impl FnOnce() -> Vec<Vec<Value>>,
) -> Result<Option<Reply>, Problem> {
    let Some(kind) = visit.query.get("as") else { return Ok(None) };
    let mut cells = rows();
    let mut foot = |name: &str, value: String| {
        let mut row = vec![json!(""); columns.len()];
        row[0] = json!(name);
        row[1] = json!(value);
        cells.push(row);
    };
    foot("query", visit.target.clone());
    foot("as_of", head.as_of);
    foot("size", head.size);
    foot("root", head.root);
    let columns = columns.iter().map(|(name, zh, en)| column(name, zh, en)).collect();
    let listing = Listing { columns, rows: cells };
    let lang = visit.lang;
    match kind {
        "csv" => {
            // Spreadsheets read UTF-8 only behind this mark.
            let mut out = "\u{feff}".as_bytes().to_vec();
            write_csv(&listing, &mut out).map_err(|error| Problem::Failed(error.to_string()))?;
            Ok(Some(Reply::file("text/csv; charset=utf-8", &format!("{name}.csv"), out)))
        }
        "xlsx" => {
            let out = write_xlsx(&listing, |label| lang.label(label));
            let out = out.map_err(|error| Problem::Failed(error.to_string()))?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(Some(Reply::file(kind, &format!("{name}.xlsx"), out)))
        }
        _ => Err(Problem::Parameter { name: "as".to_owned(), reason: "is csv or xlsx".to_owned() }),
    }
}

/// A figure of a page as a file holds it.
pub fn plain(figure: &str) -> String {
    figure.replace(',', "").replace('\u{2212}', "-")
}

/// Money in yuan with two decimals, as a file holds it.
pub fn yuan(fen: impl Into<i128>) -> String {
    plain(&crate::web::figures::yuan(fen))
}
