//! A grant 授权 (Articles 6, 8): who may post or read, as what, where, until when.

use crate::base::{
    Code, Date, Digest, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
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
    /// Its Ed25519 public key.
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
            Refused::UnknownJurisdiction,
            Refused::AlreadyKnown,
            Refused::UnknownOrganization,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator principal_registered principal=new role=auditor scope=130723 org=hb-audit signing=optional | then ok
        when operator principal_registered principal=new role=donor scope=130723 org=d-1 signing=optional | then ok
        when operator principal_registered principal=kb-finance role=auditor scope=130723 org=hb-audit signing=optional | then refused already_known
        when operator principal_registered principal=new role=auditor scope=139999 org=hb-audit signing=optional | then refused unknown_jurisdiction
        when operator principal_registered principal=new role=auditor scope=130723 org=nobody signing=optional | then refused unknown_organization
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.scope);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_name(
            case.state.principals.get(self.principal.as_str()).is_some(),
            self.principal,
        )?;
        if let Some(key) = &self.public_key {
            case.new_name(case.state.keys.get(key).is_some(), "public_key")?;
        }
        if self.role != Role::Donor {
            case.organization(self.org)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = Principal {
            role: self.role,
            scope: self.scope,
            org: self.org.as_str().into(),
            key: self.public_key,
            must_sign: self.signing == Signing::Required,
            expires: self.expires,
            revoked: false,
        };
        state.principals.add(self.principal.as_str().into(), row);
        if let Some(key) = self.public_key {
            state.keys.add(key, self.principal.as_str().into());
        }
        if self.signing == Signing::Required
            && let Some(organization) = state.organizations.change(self.org.as_str())
        {
            organization.signs = true;
        }
    }
}
