//! The digest of what a report states (design section 10): anyone who folds the same records up to
//! the same event gets the same one.

use super::balances::{Asked, Balances};
use crate::base::{Code, Digest};
use serde_json::{Map, Value};

/// SHA-256 over the canonical array of the rows of this jurisdiction alone, by fund and year,
/// without `name` and `lot`.
///
/// # Panics
/// Never: a row is plain text and whole numbers.
pub fn figures_sha256(balances: &Balances, code: Code) -> Digest {
    let asked = Asked { jurisdiction: Some(code), ..Asked::by_fund_and_year() };
    let own = code.to_string();
    let rows: Vec<Map<String, Value>> = balances
        .answer(&asked)
        .rows
        .into_iter()
        .filter(|row| row.jurisdiction == own)
        .map(|row| match serde_json::to_value(row) {
            Ok(Value::Object(mut row)) => {
                row.remove("name");
                row.remove("lot");
                row
            }
            Ok(_) | Err(_) => unreachable!("a row is an object"),
        })
        .collect();
    // Keys stand in order and every word is ASCII, so this is the canonical form (RFC 8785).
    let text = serde_json::to_string(&rows).expect("rows are plain text and whole numbers");
    Digest::of(&[text.as_bytes()])
}
