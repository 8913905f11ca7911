//! What a report states, and the digest of it (design section 10): anyone who folds the same
//! records up to the same event gets the same one.

use super::balances::{Answer, Asked, Balances, Row};
use crate::base::{Code, Digest};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A row in its canonical form: its fields in order, without `name` and `lot`.
pub type Figures = BTreeMap<String, Box<RawValue>>;

/// The rows of this jurisdiction alone, by fund and year, and their totals per class; with a fiscal
/// year only the rows of that year.
pub fn figures(balances: &Balances, code: Code, year: Option<u16>) -> Answer {
    let asked = Asked { jurisdiction: Some(code), year, ..Asked::by_fund_and_year() };
    let own = code.to_string();
    let mut answer = balances.answer(&asked);
    answer.rows.retain(|row| row.jurisdiction == own);
    answer.totals.retain(|row| row.jurisdiction == own);
    answer
}

/// The rows in their canonical form.
pub fn canonical(rows: &[Row]) -> Vec<Figures> {
    let canonical = |row: &Row| {
        // Numbers are kept as they are written: sums may pass what JSON values hold.
        let text = serde_json::to_string(row).expect("a row is plain text and whole numbers");
        let mut fields: Figures = serde_json::from_str(&text).expect("a row is an object");
        fields.remove("name");
        fields.remove("lot");
        fields
    };
    rows.iter().map(canonical).collect()
}

/// SHA-256 over the canonical array of the rows of this jurisdiction alone, of all years.
pub fn figures_sha256(balances: &Balances, code: Code) -> Digest {
    let rows = canonical(&figures(balances, code, None).rows);
    // Keys stand in order and every word is ASCII, so this is the canonical form (RFC 8785).
    let text = serde_json::to_string(&rows).expect("rows are plain text and whole numbers");
    Digest::of(&[text.as_bytes()])
}
