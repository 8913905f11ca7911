//! A grant ends 撤销授权 (Article 6): from this record on the principal posts, reads and signs nothing.

use crate::base::{Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A grant ends. The principal's name and key stay taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalRevoked<'a> {
    /// The principal.
    #[serde(borrow)]
    pub principal: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for PrincipalRevoked<'a> {
    const SPEC: Spec = Spec {
        name: "principal_revoked",
        label: Label { zh: "撤销授权", en: "Principal revoked" },
        family: Family::Registry,
        articles: &[6],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[
            Refused::SignatureRequired,
            Refused::SignatureInvalid,
            Refused::UnknownPrincipal,
            Refused::WrongStage,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator principal_revoked principal=kb-finance reason=x docs=none | then ok
        given @signing | when operator principal_revoked principal=kb-signer reason=x .signed=@key:a1 | then ok
        given @signing | when operator principal_revoked principal=kb-signer reason=x | then refused signature_required
        given @signing @above | when operator principal_revoked principal=kb-signer reason=x .signed=@key:a2 | then refused signature_required
        given @signing @above | when operator principal_revoked principal=hb-audit reason=x .signed=@key:a1 | then refused signature_invalid
        when operator principal_revoked principal=nobody reason=x | then refused unknown_principal
        given operator principal_revoked principal=kb-finance reason=x | when operator principal_revoked principal=kb-finance reason=x | then refused wrong_stage
        given @signing; operator principal_revoked principal=kb-signer reason=x .signed=@key:a1 | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:a1,@key:b1 | then refused signature_required
        given @signing @above; operator principal_revoked principal=kb-signer reason=x .signed=@key:a1 | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:a3,@key:b1 | then ok
        given operator principal_revoked principal=kb-finance reason=x | when kb-finance principal_revoked principal=kb-audit reason=x | then refused not_authorised
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let principal = case.principal(self.principal)?;
        case.require_of(Refused::WrongStage, !principal.revoked, self.principal)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.principals.change(self.principal.as_str());
        row.expect("the principal was known when this was decided").revoked = true;
    }
}
