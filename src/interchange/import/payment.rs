//! Joins the rows of one payment: what one bank transfer pays to one payee for one project out of
//! several lots is one disbursement.
//!
//! A bank reference stands for one transfer, so its rows are recorded together or not at all. A
//! custodian's rows are not joined, since a gift with a look-up code stands alone (design,
//! section 5): they become events of their own that state the whole transfer.

use super::rows::GoodRow;
use super::value::{Fields, Value};
use super::{Kind, Reason, RefusedRow};
use std::collections::{BTreeMap, HashMap};

/// The most lots that one event names.
const LOTS_MAX: usize = 200;
/// The fields in which rows of one payment may differ.
const OWN: [&str; 8] = [
    "lot",
    "amount",
    "voucher_kind",
    "voucher_number",
    "voucher_sha256",
    "voucher_amount",
    "voucher_face",
    "note",
];

/// The rows that become one event, in the order of the sheet; the first says what they share.
pub(super) struct Payment {
    pub(super) rows: Vec<GoodRow>,
    /// The whole of the bank's transfer in fen, where it is more than these rows.
    pub(super) transfer_fen: Option<i64>,
}

/// Joins what belongs together and refuses what cannot stand alone. `broken` are the bank
/// references of rows that were refused, with their row numbers.
pub(super) fn join(
    kind: Kind,
    is_custodian: bool,
    rows: Vec<GoodRow>,
    broken: &HashMap<String, u32>,
    refused: &mut Vec<RefusedRow>,
) -> Vec<Payment> {
    if kind != Kind::Disbursements {
        let alone = |row| Payment { rows: vec![row], transfer_fen: None };
        return rows.into_iter().map(alone).collect();
    }
    let mut payments: Vec<Payment> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut doubtful: HashMap<usize, u32> = HashMap::new();
    for row in rows {
        let number = row.number;
        let refuse = |reason| RefusedRow { row: number, column: None, header: None, reason };
        if let Some(first) = text(&row.fields, "bank_ref").and_then(|it| broken.get(it)) {
            refused.push(refuse(Reason::Incomplete(*first)));
            continue;
        }
        let at = *by_key.entry(key(&row.fields)).or_insert_with(|| {
            payments.push(Payment { rows: Vec::new(), transfer_fen: None });
            payments.len() - 1
        });
        let payment = &mut payments[at].rows;
        match payment.iter().find(|it| it.fields == row.fields) {
            Some(same) => {
                refused.push(refuse(Reason::Repeats(same.number)));
                doubtful.entry(at).or_insert(number);
            }
            None => payment.push(row),
        }
    }
    // A repeated row may be a slip or a second sum; either way the payment is not certain.
    let mut whole = Vec::with_capacity(payments.len());
    for (index, payment) in payments.into_iter().enumerate() {
        match doubtful.get(&index) {
            None => whole.extend(parted(payment, is_custodian)),
            Some(second) => refused.extend(payment.rows.iter().map(|row| RefusedRow {
                row: row.number,
                column: None,
                header: None,
                reason: Reason::Incomplete(*second),
            })),
        }
    }
    whole
}

/// A payment as the events that it may be recorded by.
fn parted(payment: Payment, is_custodian: bool) -> Vec<Payment> {
    let several_lots = payment.rows.iter().any(|it| lot(it) != lot(&payment.rows[0]));
    let too_many = payment.rows.len() > LOTS_MAX;
    if !several_lots || (!is_custodian && !too_many) {
        return vec![payment];
    }
    let sum = payment.rows.iter().map(|it| number(&it.fields, "amount").unwrap_or(0)).sum();
    // Rows of one lot stay together: a lot has one line in a payment.
    let mut parts: Vec<Payment> = Vec::new();
    let mut by_lot: BTreeMap<String, usize> = BTreeMap::new();
    for row in payment.rows {
        let at = *by_lot.entry(lot(&row).to_owned()).or_insert_with(|| {
            parts.push(Payment { rows: Vec::new(), transfer_fen: Some(sum) });
            parts.len() - 1
        });
        parts[at].rows.push(row);
    }
    parts
}

/// What the rows of one payment share, as text.
fn key(fields: &Fields) -> String {
    let shared: BTreeMap<_, _> = fields.iter().filter(|(it, _)| !OWN.contains(it)).collect();
    serde_json::to_string(&shared).expect("texts and numbers have a JSON form")
}

fn lot(row: &GoodRow) -> &str {
    text(&row.fields, "lot").unwrap_or_default()
}

fn text<'a>(fields: &'a Fields, field: &str) -> Option<&'a str> {
    match fields.get(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn number(fields: &Fields, field: &str) -> Option<i64> {
    match fields.get(field) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}
