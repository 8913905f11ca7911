//! The first record of a ledger 账本启用: its origin and the key that its checkpoints are signed with.

use crate::base::{Line, words::Label};
use crate::domain::event::{Family, Kind, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

/// The first record of a ledger; written by `init` alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerOpened<'a> {
    /// The hash of the chain and the tree, `sha256`.
    #[serde(borrow)]
    pub hash_algorithm: Line<'a>,
    /// The ledger's name, which is also its log key's.
    #[serde(borrow)]
    pub origin: Line<'a>,
    /// The program and version that opened it.
    #[serde(borrow)]
    pub program: Line<'a>,
    /// The verifier key of its checkpoints (C2SP signed note).
    #[serde(borrow)]
    pub vkey: Line<'a>,
}

impl<'a> Kind<'a> for LedgerOpened<'a> {
    const SPEC: Spec = Spec {
        name: "ledger_opened",
        label: Label { zh: "账本启用", en: "Ledger opened" },
        family: Family::Ledger,
        articles: &[],
        posters: &[],
        document: false,
        flows: &[],
        refuses: &[],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator ledger_opened origin=x program=y hash_algorithm=sha256 vkey=z | then refused not_authorised
    ";
}
