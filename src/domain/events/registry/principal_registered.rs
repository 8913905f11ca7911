//! A grant 授权 (Articles 6, 8): who may post or read, as what, where, until when.
//!
//! Which signatures it needs, and which count, stands in `domain/signing.rs`.

use crate::base::{
    Code, Date, Digest, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen, present};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Principal, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// Must a principal's events be signed?
    pub enum Signing {
        Optional "optional" "可不签名" "Optional",
        Required "required" "必须签名" "Required",
    }
}

/// A grant: a principal may post or read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalRegistered<'a> {
    /// The last day on which it counts.
    #[serde(default, deserialize_with = "present")]
    pub expires: Option<Date>,
    /// The organization, or a donor's own reference, which need not be registered.
    #[serde(borrow)]
    pub org: Name<'a>,
    /// The principal's name.
    #[serde(borrow)]
    pub principal: Name<'a>,
    /// Its Ed25519 public key, which signs the grant itself.
    #[serde(default, deserialize_with = "present")]
    pub public_key: Option<Digest>,
    /// What it is.
    pub role: Role,
    /// Where.
    pub scope: Code,
    /// Must its events be signed?
    pub signing: Signing,
}

impl<'a> Kind<'a> for PrincipalRegistered<'a> {
    const SPEC: Spec = Spec {
        name: "principal_registered",
        label: Label { zh: "授权", en: "Principal registered" },
        family: Family::Registry,
        articles: &[6, 8],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[
            Refused::NotAuthorised,
            Refused::SignatureRequired,
            Refused::SignatureInvalid,
            Refused::UnknownJurisdiction,
            Refused::AlreadyKnown,
            Refused::UnknownOrganization,
            Refused::WrongStage,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional docs=none | then ok
        when operator principal_registered principal=new role=donor scope=130723 org=d-1 signing=optional | then ok
        when operator principal_registered principal=new role=mirror scope=130000 org=platform signing=optional | then ok
        when operator principal_registered principal=new role=bureau scope=130000 org=platform signing=optional | then refused not_authorised
        when kb-finance principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=optional | then refused not_authorised
        given @city-operator | when city-operator principal_registered principal=new role=auditor scope=130723 org=kb-audit signing=optional | then ok
        given @city-operator | when city-operator principal_registered principal=new role=auditor scope=130000 org=hb-audit signing=optional | then refused not_authorised
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:b1 .signed=@key:b1 | then ok
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:b1 | then refused signature_required
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:b1 .signed=@key:b1,@key:b2 | then refused signature_invalid
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional .signed=@key:b1 | then refused signature_invalid
        given @signing | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:a1,@key:b1 | then ok
        given @signing | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:b1 | then refused signature_required
        given @signing | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:a1 | then refused signature_required
        given @signing | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=optional .signed=@key:a1 | then refused signature_required
        given @signing | when operator principal_registered principal=new role=auditor scope=130723 org=kb-audit signing=optional .signed=@key:a1 | then refused signature_invalid
        when operator principal_registered principal=new role=auditor scope=139999 org=hb-audit signing=optional | then refused unknown_jurisdiction
        when operator principal_registered principal=kb-finance role=auditor scope=130723 org=hb-audit signing=optional | then refused already_known
        given @signing | when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:a1 .signed=@key:a1 | then refused already_known
        given @witness | when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:77 .signed=@key:77 | then refused already_known
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional public_key=@key:00 .signed=@key:00 | then refused already_known
        when operator principal_registered principal=new role=auditor scope=130723 org=nobody signing=optional | then refused unknown_organization
        when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:b1 | then refused wrong_stage
        given operator principal_revoked principal=kb-finance reason=x | when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 .signed=@key:b1 | then ok
        when operator principal_registered principal=new role=bureau scope=130723 org=kb-finance signing=required | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let can_sign = self.signing == Signing::Optional || self.public_key.is_some();
        Misshapen::unless(can_sign, "signing required needs a public_key")
    }

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.scope);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let state = case.state;
        case.new_name(state.principals.get(self.principal.as_str()).is_some(), self.principal)?;
        if let Some(key) = self.public_key {
            case.new_key(key, "public_key")?;
        }
        if self.role != Role::Donor {
            case.organization(self.org)?;
        }
        let org = self.org.as_str();
        if self.signing == Signing::Required && !state.signs_its_grants(org) {
            // Beside a principal that need not sign, one that must would protect nothing.
            let today = case.today();
            let mut others = state.principals_of(org);
            let other = others.find(|(_, one)| one.is_live_on(today)).map(|(name, _)| name);
            case.require_of(
                Refused::WrongStage,
                other.is_none(),
                format_args!("revoke principal {} before", other.unwrap_or_default()),
            )?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let principal = Principal {
            role: self.role,
            scope: self.scope,
            org: self.org.as_str().into(),
            key: self.public_key,
            must_sign: self.signing == Signing::Required,
            expires: self.expires,
            revoked: false,
        };
        state.grant(self.principal.as_str(), principal);
    }
}
