//! The log's key changes 账本密钥更换: the old one signs along for 30 days, the origin stays.
//!
//! A lost or stolen key is no key change but [`super::LedgerContinued`] (design section 6).

use crate::base::words::Label;
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use crate::domain::vkey::LogKey;
use schemars::JsonSchema;
use serde::Deserialize;

/// The log's key changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogKeyChanged<'a> {
    /// The new verifier key of the checkpoints, under the same origin.
    #[serde(borrow)]
    pub vkey: LogKey<'a>,
}

impl<'a> Kind<'a> for LogKeyChanged<'a> {
    const SPEC: Spec = Spec {
        name: "log_key_changed",
        label: Label { zh: "账本密钥更换", en: "Log key changed" },
        family: Family::Ledger,
        articles: &[],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::FiguresDiffer],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator log_key_changed vkey=@log:test.example/ledger:01 docs=none | then ok
        when operator log_key_changed vkey=@log:test.example/ledger:00 | then refused already_known
        given operator log_key_changed vkey=@log:test.example/ledger:01 | when operator log_key_changed vkey=@log:test.example/ledger:01 | then refused already_known
        given @witness | when operator log_key_changed vkey=@log:test.example/ledger:77 | then refused already_known
        given @signing | when operator log_key_changed vkey=@log:test.example/ledger:a1 | then refused already_known
        when operator log_key_changed vkey=@log:other.example:01 | then refused figures_differ
        when operator log_key_changed vkey=@witness:test.example/ledger:01 | then refused malformed
        when kb-finance log_key_changed vkey=@log:test.example/ledger:01 | then refused not_authorised
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_key(self.vkey.key(), "vkey")?;
        // A checkpoint is signed under its origin, so a key of another name could sign none.
        let same = case.state.origin() == Some(self.vkey.name());
        case.require_of(Refused::FiguresDiffer, same, "the vkey's name is not the origin")?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.change_log_key(self.vkey.key(), entry.facts.recorded_at);
    }
}
