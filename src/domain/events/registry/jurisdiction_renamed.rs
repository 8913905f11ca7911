//! A jurisdiction is renamed or gets a new code 区划更名 (Article 2).
//!
//! The first code stays the ledger's key, in places and in every body; the new one is printed
//! beside it and is accepted in village codes.

use crate::base::{Code, Date, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A jurisdiction is renamed or gets a new code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionRenamed<'a> {
    /// Its first code.
    pub code: Code,
    /// The day from which name and code are valid.
    pub effective: Date,
    /// Its name from then on.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its new code; absent: the code stays.
    #[serde(default, deserialize_with = "present")]
    pub new_code: Option<Code>,
}

impl<'a> Kind<'a> for JurisdictionRenamed<'a> {
    const SPEC: Spec = Spec {
        name: "jurisdiction_renamed",
        label: Label { zh: "区划更名", en: "Jurisdiction renamed" },
        family: Family::Registry,
        articles: &[2],
        posters: &[(Role::PovertyOffice, Reach::Province)],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownJurisdiction, Refused::AlreadyKnown],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when hb-poverty jurisdiction_renamed code=130723 name=y effective=2018-01-01 | then ok
        when hb-poverty jurisdiction_renamed code=130723 name=y new_code=130708 effective=2018-01-01 | then ok
        given @renamed | when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[\"130708200201\",\"130723200201\"] unit=kb-unit estimate_fen=1 households=1 goals=x | then ok
        given @renamed | when hb-poverty jurisdiction_renamed code=130723 name=y new_code=130709 effective=2018-01-01 | then ok
        given @renamed | when hb-poverty jurisdiction_renamed code=130708 name=y effective=2018-01-01 | then refused unknown_jurisdiction
        when hb-poverty jurisdiction_renamed code=139999 name=y effective=2018-01-01 | then refused unknown_jurisdiction
        when hb-poverty jurisdiction_renamed code=130723 name=y new_code=130722 effective=2018-01-01 | then refused already_known
        when hb-poverty jurisdiction_renamed code=130723 name=y new_code=130723 effective=2018-01-01 | then refused already_known
        given @renamed | when hb-poverty jurisdiction_renamed code=130722 name=y new_code=130708 effective=2018-01-01 | then refused already_known
        when kb-poverty jurisdiction_renamed code=130723 name=y effective=2018-01-01 | then refused not_authorised
        when hb-poverty jurisdiction_renamed code=130723 name=y effective=2018-01-01 here=130723 | then refused not_authorised
        when hb-poverty jurisdiction_renamed code=130723 name=y effective=2018-01-01 docs=none | then refused document_missing
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.code);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        if let Some(code) = self.new_code {
            case.new_name(case.state.jurisdiction_code(code).is_some(), code)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.jurisdictions.change(&self.code);
        let row = row.expect("the jurisdiction was known when this was decided");
        row.name = self.name.as_str().into();
        if let Some(code) = self.new_code {
            state.renamed_codes.add(code, self.code);
        }
    }
}
