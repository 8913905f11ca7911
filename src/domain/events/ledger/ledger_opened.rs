//! The first record of a ledger 账本启用: its origin and the key that its checkpoints are signed with.

use crate::base::{Line, words::Label};
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::parts::{By, Misshapen};
use crate::domain::state::State;
use crate::domain::vkey::LogKey;
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
    pub vkey: LogKey<'a>,
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
        when operator ledger_opened origin=abc program=y hash_algorithm=sha256 vkey=@log:abc:01 | then refused not_authorised
        when operator ledger_opened origin=abc program=y hash_algorithm=sha256 vkey=@log:abc:01 .by_program=true | then refused not_authorised
        when operator ledger_opened origin=abd program=y hash_algorithm=sha256 vkey=@log:abc:01 | then refused malformed
        when operator ledger_opened origin=abc program=y hash_algorithm=sha1 vkey=@log:abc:01 | then refused malformed
        when operator ledger_opened origin=abc program=y hash_algorithm=sha256 vkey=@witness:abc:01 | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let known = self.hash_algorithm.as_str() == "sha256";
        Misshapen::unless(known, "hash_algorithm is not sha256")?;
        named_by_origin(&self.origin, &self.vkey)
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        state.begin_origin(self.origin.as_str(), self.vkey.key());
    }
}

/// A log key is named by the origin that it signs for.
pub(super) fn named_by_origin(origin: &Line<'_>, vkey: &LogKey<'_>) -> Result<(), Misshapen> {
    Misshapen::unless(origin.as_str() == vkey.name(), "origin is not the vkey's name")
}
