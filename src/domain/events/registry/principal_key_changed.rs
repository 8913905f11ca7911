//! A principal gets another key 操作账号换钥 (Article 6): from this record on the old one signs nothing.
//!
//! Which signatures it needs, and which count, stands in `domain/signing.rs`: in a body that signs
//! its grants, a live key of the body, or for a lost last key one of the body above or of an
//! inspector.

use crate::base::{Digest, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A principal gets another key, or its first one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalKeyChanged<'a> {
    /// The principal.
    #[serde(borrow)]
    pub principal: Name<'a>,
    /// Its new Ed25519 public key, which signs the change itself.
    pub public_key: Digest,
}

impl<'a> Kind<'a> for PrincipalKeyChanged<'a> {
    const SPEC: Spec = Spec {
        name: "principal_key_changed",
        label: Label { zh: "操作账号换钥", en: "Principal's key changed" },
        family: Family::Registry,
        articles: &[6],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[
            Refused::SignatureRequired,
            Refused::SignatureInvalid,
            Refused::AlreadyKnown,
            Refused::UnknownPrincipal,
            Refused::WrongStage,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator principal_key_changed principal=kb-finance public_key=@key:b1 .signed=@key:b1 docs=none | then ok
        when operator principal_key_changed principal=kb-finance public_key=@key:b1 | then refused signature_required
        when operator principal_key_changed principal=kb-finance public_key=@key:b1 .signed=@key:b1,@key:b2 | then refused signature_invalid
        given @signing | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a1,@key:b1 | then ok
        given @signing | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a1 | then refused signature_required
        given @signing | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:b1 | then refused signature_required
        given @signing @above | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a2,@key:b1 | then ok
        given @signing @above | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a3,@key:b1 | then ok
        given @signing @above | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a4,@key:b1 | then refused signature_required
        given @signing @above @signing2 | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a2,@key:b1 | then refused signature_required
        given @signing @above @signing2 | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a5,@key:b1 | then ok
        given @signing @above @signing2 | when operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a2,@key:a5,@key:b1 | then refused signature_invalid
        given @above | when operator principal_key_changed principal=kb-finance public_key=@key:b1 .signed=@key:a2,@key:b1 | then refused signature_invalid
        given @signing | when operator principal_key_changed principal=kb-audit public_key=@key:a1 .signed=@key:a1 | then refused already_known
        given @signing; operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a1,@key:b1 | when operator principal_key_changed principal=kb-signer public_key=@key:a1 .signed=@key:a1,@key:b1 | then refused already_known
        when operator principal_key_changed principal=nobody public_key=@key:b1 .signed=@key:b1 | then refused unknown_principal
        given operator principal_revoked principal=kb-finance reason=x | when operator principal_key_changed principal=kb-finance public_key=@key:b1 .signed=@key:b1 | then refused wrong_stage
        when kb-finance principal_key_changed principal=kb-finance public_key=@key:b1 .signed=@key:b1 | then refused not_authorised
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_key(self.public_key, "public_key")?;
        let principal = case.principal(self.principal)?;
        case.require_of(Refused::WrongStage, !principal.revoked, self.principal)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.principals.change(self.principal.as_str());
        let row = row.expect("the principal was known when this was decided");
        assert!(!row.revoked, "a revoked principal never gets a key");
        row.key = Some(self.public_key);
        state.keys.add(self.public_key, self.principal.as_str().into());
    }
}
