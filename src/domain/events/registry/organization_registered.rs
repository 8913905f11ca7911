//! An organization becomes known 机构登记 (Article 9): who pays, holds, carries out, is paid.

use crate::base::{Code, Line, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec, allowed};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen, present};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role, Standing};
use crate::domain::state::{Organization, OrganizationKind, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// An organization becomes known.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationRegistered<'a> {
    /// The code of its seat; any six digits, since helpers sit outside Hebei.
    pub jurisdiction: Code,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its id.
    #[serde(borrow)]
    pub org: Name<'a>,
    /// Its unified social credit code 统一社会信用代码 (GB 32100).
    #[serde(borrow, default, deserialize_with = "present")]
    pub uscc: Option<Line<'a>>,
}

impl<'a> Kind<'a> for OrganizationRegistered<'a> {
    const SPEC: Spec = Spec {
        name: "organization_registered",
        label: Label { zh: "机构登记", en: "Organization registered" },
        family: Family::Registry,
        articles: &[9],
        posters: &[
            (Role::Operator, Reach::Any),
            (Role::Bureau, Reach::Own),
            (Role::Custodian, Reach::Own),
            (Role::PovertyOffice, Reach::Own),
        ],
        document: false,
        flows: &[],
        refuses: &[Refused::NotAuthorised, Refused::AlreadyKnown],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator organization_registered org=new name=x kind=helper_unit jurisdiction=110105 | then ok
        when kb-finance organization_registered org=new name=x kind=payee jurisdiction=130723 | then ok
        when kb-finance organization_registered org=new name=x kind=bank jurisdiction=130723 uscc=91350100M000100Y43 | then ok
        when kb-charity organization_registered org=new name=x kind=bank jurisdiction=130723 | then refused not_authorised
        when kb-finance organization_registered org=new name=x kind=custodian jurisdiction=130723 | then refused not_authorised
        when kb-finance organization_registered org=road-co name=x kind=payee jurisdiction=130723 | then refused already_known
        when operator organization_registered org=new name=x kind=payee jurisdiction=130723 uscc=91350100M000100Y44 | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let right = self.uscc.as_ref().is_none_or(|code| is_uscc(code.as_str()));
        Misshapen::unless(right, "uscc has a wrong check character")
    }

    fn allows(&self, role: Role, standing: Standing) -> bool {
        let of_kind = match role {
            Role::Operator => true,
            Role::Bureau => matches!(
                self.kind,
                OrganizationKind::Payee
                    | OrganizationKind::ImplementingUnit
                    | OrganizationKind::Bank
            ),
            _ => matches!(self.kind, OrganizationKind::Payee | OrganizationKind::ImplementingUnit),
        };
        of_kind && allowed(&Self::SPEC, role, standing)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_name(case.state.organization_id(self.org.as_str()).is_some(), self.org)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = Organization { kind: self.kind, jurisdiction: self.jurisdiction };
        state.organizations.add(self.org.as_str().into(), row);
    }
}

/// Has the code its 18 characters and the right check character (GB 32100-2015, annex A)?
fn is_uscc(code: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> = code.chars().map(|one| ALPHABET.find(one)).collect();
    let Some(values) = values.filter(|values| values.len() == 18) else { return false };
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    values[17] == (31 - sum % 31) % 31
}
