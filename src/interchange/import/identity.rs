//! The id of a row: from what it says and its ordinal among rows that say the same.
//!
//! The file's name, the order of its columns, columns that give no field, spelling of amounts and
//! days, and who typed it in never count, so the same rows again have the same ids. Rows that say
//! the same within one sheet are separate facts and are told apart by their ordinal.

use super::rows::GoodRow;
use super::value::Fields;
use super::{Kind, Poster};
use crate::base::{Digest, EventId};
use std::collections::{BTreeMap, HashMap};

/// The namespace of imported rows (RFC 9562, version 5).
const NAMESPACE: EventId = EventId(0x6f1d_3c52_8b7e_5a41_9c0d_2e64_b1a7_f038);

/// Settings that say which money goes where: two imports of the same sheet that differ in one of
/// these are different facts. A setting that only describes, such as a donor's kind, is not.
const TELLING: [&str; 11] = [
    "business_date",
    "lot",
    "to",
    "amount",
    "project",
    "from",
    "plan",
    "kind",
    "payee",
    "bank_ref",
    "donor",
];

/// Gives ids, and counts rows that say the same.
pub(super) struct Ids {
    start: String,
    seen: HashMap<Digest, u64>,
}

impl Ids {
    /// Ids of one kind of rows that one organization posts for one jurisdiction.
    pub(super) fn new(kind: Kind, poster: &Poster<'_>) -> Ids {
        let (org, jurisdiction) = (poster.org, poster.jurisdiction);
        let start = format!("fundtrail-import-v1\n{kind}\n{jurisdiction}\n{org}\n");
        Ids { start, seen: HashMap::new() }
    }

    /// The digest of the rows of one event: their content, in an order of its own, and how many
    /// events of the same content came before.
    pub(super) fn digest(&mut self, rows: &[GoodRow]) -> Digest {
        let mut contents: Vec<String> = rows.iter().map(content).collect();
        contents.sort_unstable();
        let content = Digest::of(&[self.start.as_bytes(), contents.join("\n").as_bytes()]);
        let ordinal = self.seen.entry(content).or_default();
        let digest = Digest::of(&[&content.0, &ordinal.to_be_bytes()]);
        *ordinal += 1;
        digest
    }
}

/// The event's id.
pub(super) fn event_id(digest: Digest) -> EventId {
    EventId::derived(&NAMESPACE, &digest.0)
}

/// The id of the lot that a gift without one becomes: `g-` and 16 hexadecimal digits.
pub(super) fn lot_id(digest: Digest) -> String {
    format!("g-{}", &digest.to_string()[..16])
}

fn content(row: &GoodRow) -> String {
    let counts = |field: &str| !row.from_setting.contains(&field) || TELLING.contains(&field);
    let fields: &Fields = &row.fields;
    let said: BTreeMap<_, _> = fields.iter().filter(|(field, _)| counts(field)).collect();
    serde_json::to_string(&said).expect("texts and numbers have a JSON form")
}
