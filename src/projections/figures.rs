//! The digest of what a report states (design section 10): anyone who folds the same records up to
//! the same event gets the same one.

use super::balances::{Asked, Balances};
use crate::base::{Code, Digest};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// SHA-256 over the canonical array of the rows of this jurisdiction alone, by fund and year,
/// without `name` and `lot`.
pub fn figures_sha256(balances: &Balances, code: Code) -> Digest {
    let asked = Asked { jurisdiction: Some(code), ..Asked::by_fund_and_year() };
    let own = code.to_string();
    let rows: Vec<BTreeMap<String, Box<RawValue>>> = balances
        .answer(&asked)
        .rows
        .into_iter()
        .filter(|row| row.jurisdiction == own)
        .map(|row| {
            // Numbers are kept as they are written: sums may pass what JSON values hold.
            let text = serde_json::to_string(&row).expect("a row is plain text and whole numbers");
            serde_json::from_str(&text).expect("a row is an object")
        })
        .map(|mut row: BTreeMap<String, Box<RawValue>>| {
            row.remove("name");
            row.remove("lot");
            row
        })
        .collect();
    // Keys stand in order and every word is ASCII, so this is the canonical form (RFC 8785).
    let text = serde_json::to_string(&rows).expect("rows are plain text and whole numbers");
    Digest::of(&[text.as_bytes()])
}
