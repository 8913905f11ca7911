//! A jurisdiction becomes known 区划登记 (Articles 2, 3): the province, a city, a county.

use crate::base::{Code, Date, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Level;
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Jurisdiction, PovertyStatus, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A jurisdiction becomes known; its first code stays its key for ever.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionRegistered<'a> {
    /// Its code (GB/T 2260).
    pub code: Code,
    /// Is it a city with a heavy task (Article 2), or below one?
    pub heavy_task_city: bool,
    /// Its level.
    pub level: Level,
    /// Its name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The jurisdiction above; absent for the province.
    #[serde(default, deserialize_with = "present")]
    pub parent: Option<Code>,
    /// Its name in Latin letters.
    #[serde(borrow, default, deserialize_with = "present")]
    pub pinyin: Option<Text<'a>>,
    /// Where it stands on the poor list.
    pub poverty_status: PovertyStatus,
    /// The day from which the code is valid.
    pub valid_from: Date,
}

impl<'a> Kind<'a> for JurisdictionRegistered<'a> {
    const SPEC: Spec = Spec {
        name: "jurisdiction_registered",
        label: Label { zh: "区划登记", en: "Jurisdiction registered" },
        family: Family::Registry,
        articles: &[2, 3],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownJurisdiction, Refused::AlreadyKnown],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator jurisdiction_registered code=130799 name=x level=county parent=130700 poverty_status=none heavy_task_city=true valid_from=2016-01-01 | then ok
        when operator jurisdiction_registered code=130723 name=x level=county parent=130700 poverty_status=none heavy_task_city=true valid_from=2016-01-01 | then refused already_known
        given @renamed | when operator jurisdiction_registered code=130708 name=x level=county parent=130700 poverty_status=none heavy_task_city=true valid_from=2016-01-01 | then refused already_known
        when operator jurisdiction_registered code=130799 name=x level=county parent=139900 poverty_status=none heavy_task_city=true valid_from=2016-01-01 | then refused unknown_jurisdiction
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        if let Some(parent) = self.parent {
            each(parent);
        }
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_name(case.state.jurisdiction_code(self.code).is_some(), self.code)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = Jurisdiction {
            name: self.name.as_str().into(),
            level: self.level,
            parent: self.parent,
            status: self.poverty_status,
            left_list_on: None,
            was_poor: self.poverty_status != PovertyStatus::None,
        };
        state.jurisdictions.add(self.code, row);
    }
}
