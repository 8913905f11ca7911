//! A ledger goes on after a loss 账本续用: a new origin and log key from this record on.
//!
//! What was recorded beyond it is lost and may be posted again. Records, and with record 0 every
//! signature, stay; an old head beyond it is the evidence of what was lost (design section 9,
//! restore).

use super::ledger_opened::named_by_origin;
use crate::base::{Digest, Line, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::state::State;
use crate::domain::vkey::LogKey;
use schemars::JsonSchema;
use serde::Deserialize;

/// A ledger goes on after a loss; written by `restore` alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerContinued<'a> {
    /// The origin up to here.
    #[serde(borrow)]
    pub from_origin: Line<'a>,
    /// The origin from here on.
    #[serde(borrow)]
    pub origin: Line<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
    /// The root over the records before this one.
    pub root: Digest,
    /// How many records stand before this one.
    pub size: u64,
    /// The verifier key of the checkpoints from here on.
    #[serde(borrow)]
    pub vkey: LogKey<'a>,
}

impl<'a> Kind<'a> for LedgerContinued<'a> {
    const SPEC: Spec = Spec {
        name: "ledger_continued",
        label: Label { zh: "账本续用", en: "Ledger continued" },
        family: Family::Ledger,
        articles: &[],
        posters: &[],
        document: false,
        flows: &[],
        refuses: &[Refused::NotAuthorised, Refused::AlreadyKnown, Refused::FiguresDiffer],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abc vkey=@log:abc:01 reason=x .by_program=true | then ok
        when operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abc vkey=@log:abc:01 reason=x | then refused not_authorised
        given @continued | when operator log_key_changed vkey=@log:abc:02 | then ok
        given @continued | when operator ledger_continued from_origin=abc size=#size root=#root origin=abd vkey=@log:abd:02 reason=x .by_program=true | then ok
        given @continued | when operator ledger_continued from_origin=abc size=#size root=#root origin=abd vkey=@log:abd:01 reason=x .by_program=true | then refused already_known
        given @continued | when operator ledger_continued from_origin=abc size=#size root=#root origin=test.example/ledger vkey=@log:test.example/ledger:02 reason=x .by_program=true | then refused already_known
        given @continued | when operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abd vkey=@log:abd:02 reason=x .by_program=true | then refused figures_differ
        when operator ledger_continued from_origin=test.example/ledger size=1 root=#root origin=abc vkey=@log:abc:01 reason=x .by_program=true | then refused figures_differ
        when operator ledger_continued from_origin=test.example/ledger size=#size root=@digest origin=abc vkey=@log:abc:01 reason=x .by_program=true | then refused figures_differ
        when operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abd vkey=@log:abc:01 reason=x .by_program=true | then refused malformed
        when operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abc vkey=z reason=x .by_program=true | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        named_by_origin(&self.origin, &self.vkey)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let (state, facts) = (case.state, case.facts);
        // Under an origin used before, old heads and new ones would be two trees of one name.
        let used = state.origins.get(self.origin.as_str()).is_some();
        case.new_name(used, self.origin.as_str())?;
        case.new_key(self.vkey.key(), "vkey")?;
        let goes_on = state.origin() == Some(self.from_origin.as_str());
        case.require_of(Refused::FiguresDiffer, goes_on, "from_origin")?;
        case.require_of(Refused::FiguresDiffer, self.size == facts.seq, "size")?;
        let right = facts.past.root(self.size) == Some(self.root);
        case.require_of(Refused::FiguresDiffer, right, "root")?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        state.begin_origin(self.origin.as_str(), self.vkey.key());
    }
}
