//! Papers, digests and keys that the rows of the tables name by `@`.
//!
//! Each is the same in every row, so that what a row refuses never hangs on it.

use crate::base::Digest;
use crate::domain::vkey;
use serde_json::{Value, json};

/// Papers that fields are filled with.
pub(super) fn paper(name: &str) -> Option<Value> {
    let name = name.strip_prefix('@')?;
    if let Some((kind, said)) = name.split_once(':') {
        return numbered_paper(kind, said);
    }
    let digest = "ab".repeat(32);
    match name {
        "digest" => Some(json!(digest)),
        "digest2" => Some(json!("cd".repeat(32))),
        "contract" => Some(json!({ "kind": "contract", "number": "HT-1", "sha256": digest })),
        "invoice" => Some(
            json!({ "kind": "invoice", "number": "FP-1", "sha256": digest, "amount_fen": 100 }),
        ),
        _ => None,
    }
}

/// `@root:SIZE`, `@vouchers:FEN`, `@key:HH`, `@log:NAME:HH`, `@witness:NAME:HH`.
fn numbered_paper(kind: &str, said: &str) -> Option<Value> {
    let key = |byte: &str| Digest::parse(&byte.repeat(32)).unwrap();
    let vkey = |kind: u8| {
        let (name, byte) = said.rsplit_once(':').unwrap();
        json!(vkey::write(name, kind, key(byte)))
    };
    match kind {
        "root" => Some(json!(root_at(said.parse().unwrap()))),
        "vouchers" => Some(json!([{
            "kind": "invoice", "number": "V-1", "sha256": "ef".repeat(32),
            "amount_fen": said.parse::<i64>().unwrap(),
        }])),
        "key" => Some(json!(key(said))),
        "log" => Some(vkey(1)),
        "witness" => Some(vkey(4)),
        _ => None,
    }
}

/// What the tables' ledger says its root was at a size.
pub(super) fn root_at(size: u64) -> Digest {
    Digest::of(&[&size.to_be_bytes()])
}
