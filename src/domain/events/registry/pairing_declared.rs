//! A pairing begins 结对帮扶 (Articles 22 to 24): one organization helps one county or village.

use crate::base::{Code, Line, Name, Village, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Pairing, PairingKind, State};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

/// A pairing begins, on its business date.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingDeclared<'a> {
    /// The agreement that it rests on.
    #[serde(borrow)]
    pub agreement: Line<'a>,
    /// Who is helped.
    pub helped: Helped,
    /// The organization that helps.
    #[serde(borrow)]
    pub helper: Name<'a>,
    /// Its kind; absent: `east_west`.
    #[serde(default, deserialize_with = "present")]
    pub kind: Option<PairingKind>,
    /// Its id.
    #[serde(borrow)]
    pub pairing: Name<'a>,
}

/// Who is helped: a jurisdiction, by its first code, or a village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helped {
    /// A registered jurisdiction.
    Jurisdiction(Code),
    /// A village in a registered county.
    Village(Village),
}

impl Helped {
    const WHAT: &'static str = "a jurisdiction's code of six digits or a village's of twelve";

    fn parse(text: &str) -> Option<Helped> {
        let village = || Village::parse(text).map(Helped::Village);
        Code::parse(text).map(Helped::Jurisdiction).or_else(village)
    }

    /// The code of the jurisdiction, or of the village's county as the village's own code tells it.
    pub fn code(self) -> Code {
        match self {
            Helped::Jurisdiction(code) => code,
            Helped::Village(village) => village.county(),
        }
    }
}

impl<'de> Deserialize<'de> for Helped {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Helped, D::Error> {
        struct Reader;
        impl de::Visitor<'_> for Reader {
            type Value = Helped;
            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(Helped::WHAT)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Helped, E> {
                Helped::parse(text)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_str(Reader)
    }
}

impl JsonSchema for Helped {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Helped".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9]{6}|[0-9]{12})$" })
    }
}

impl<'a> Kind<'a> for PairingDeclared<'a> {
    const SPEC: Spec = Spec {
        name: "pairing_declared",
        label: Label { zh: "结对帮扶", en: "Pairing declared" },
        family: Family::Registry,
        articles: &[22, 23, 24],
        posters: &[(Role::PovertyOffice, Reach::Province)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::AlreadyKnown,
            Refused::UnknownOrganization,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=130723 agreement=x | then ok
        when hb-poverty pairing_declared pairing=Q1 kind=designated helper=hb-audit helped=130723200201 agreement=x | then ok
        given @renamed | when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=130708200201 agreement=x | then ok
        given @renamed | when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=130708 agreement=x | then refused unknown_jurisdiction
        when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=139999 agreement=x | then refused unknown_jurisdiction
        when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=139999200201 agreement=x | then refused unknown_jurisdiction
        given @pairing | when hb-poverty pairing_declared pairing=cy-kb helper=bj-chaoyang helped=130722 agreement=x | then refused already_known
        when hb-poverty pairing_declared pairing=Q1 helper=nobody helped=130723 agreement=x | then refused unknown_organization
        when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=1307232 agreement=x | then refused malformed
        when hb-poverty pairing_declared pairing=Q1 kind=friendly helper=bj-chaoyang helped=130723 agreement=x | then refused malformed
        when kb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=130723 agreement=x | then refused not_authorised
        when hb-poverty pairing_declared pairing=Q1 helper=bj-chaoyang helped=130723 agreement=x docs=none | then refused document_missing
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        if let Helped::Jurisdiction(code) = self.helped {
            each(code);
        }
    }

    fn villages(&self, each: &mut dyn FnMut(Village)) {
        if let Helped::Village(village) = self.helped {
            each(village);
        }
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_name(case.state.pairing_id(self.pairing.as_str()).is_some(), self.pairing)?;
        case.organization(self.helper)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let helper = state.organization_id(self.helper.as_str());
        let helped = state.jurisdiction_code(self.helped.code());
        let row = Pairing {
            kind: self.kind.unwrap_or(PairingKind::EastWest),
            helper: helper.expect("the helper was registered when this was decided"),
            helped: helped.expect("the jurisdiction was known when this was decided"),
            since: entry.event.business_date,
            until: None,
        };
        state.pairings.add(self.pairing.as_str().into(), row);
    }
}
