//! A witness no longer counts 见证人停用; what it cosigned before stays cosigned.

use crate::base::{Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A witness no longer counts. Its name and key stay taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessRetired<'a> {
    /// The witness.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for WitnessRetired<'a> {
    const SPEC: Spec = Spec {
        name: "witness_retired",
        label: Label { zh: "见证人停用", en: "Witness retired" },
        family: Family::Ledger,
        articles: &[],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownPrincipal, Refused::WrongStage],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @witness | when operator witness_retired name=w1 reason=x docs=none | then ok
        given @witness; operator witness_retired name=w1 reason=x | when operator witness_retired name=w1 reason=x | then refused wrong_stage
        given @witness; operator witness_retired name=w1 reason=x | when operator witness_registered name=w1 vkey=@witness:w1:78 org=hb-audit | then refused already_known
        when operator witness_retired name=w1 reason=x | then refused unknown_principal
        given @witness | when hb-audit witness_retired name=w1 reason=x | then refused not_authorised
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let live = case.witness(self.name.as_str())?;
        case.require_of(Refused::WrongStage, live, self.name.as_str())?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let live = state.witnesses.change(self.name.as_str());
        *live.expect("the witness was known when this was decided") = false;
    }
}
