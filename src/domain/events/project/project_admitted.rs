//! A project enters the county's library 项目入库 (Article 17).

use crate::base::{Amount, Name, Text, Village, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Category;
use crate::domain::movement::Movements;
use crate::domain::parts::List;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Project, Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A project enters the county's library.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectAdmitted<'a> {
    /// What it is for.
    pub category: Category,
    /// What it is expected to cost.
    pub estimate_fen: Amount,
    /// What it is to reach 绩效目标.
    #[serde(borrow)]
    pub goals: Text<'a, 2000>,
    /// How many households it serves.
    pub households: u32,
    /// Its name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its id.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// The organization that carries it out.
    #[serde(borrow)]
    pub unit: Name<'a>,
    /// The villages that it serves.
    pub village_codes: List<Village>,
}

impl<'a> Kind<'a> for ProjectAdmitted<'a> {
    const SPEC: Spec = Spec {
        name: "project_admitted",
        label: Label { zh: "项目入库", en: "Project admitted" },
        family: Family::Project,
        articles: &[17, 19],
        posters: &[(Role::PovertyOffice, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::UnknownOrganization, Refused::NotSubordinate],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[\"130723200201\"] unit=kb-unit estimate_fen=1 households=1 goals=x | then ok
        given @P1 | when kb-poverty project_admitted project=P1 name=x category=housing village_codes=[] unit=kb-unit estimate_fen=1 households=1 goals=x | then refused already_known
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[] unit=nobody estimate_fen=1 households=1 goals=x | then refused unknown_organization
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[\"130722200201\"] unit=kb-unit estimate_fen=1 households=1 goals=x | then refused not_subordinate
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[\"13072320020\"] unit=kb-unit estimate_fen=1 households=1 goals=x | then refused malformed
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[] unit=kb-unit estimate_fen=0 households=1 goals=x | then refused amount_out_of_range
        when kb-poverty project_admitted project=P9 name=x category=housing village_codes=[] unit=kb-unit estimate_fen=1 households=1 goals=找13800138000 | then refused personal_data
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.new_name(case.state.project_id(self.project.as_str()).is_some(), self.project)?;
        case.organization(self.unit)?;
        villages_lie_here(case, &self.village_codes)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let unit = state.organization_id(self.unit.as_str());
        let row = Project {
            jurisdiction: entry.here(),
            category: self.category,
            unit: unit.expect("the unit was registered when this was decided"),
            stage: Stage::Admitted,
            approved_on: None,
            approved: Default::default(),
            funds: 0,
            progress_bp: 0,
            committed: Default::default(),
            advanced: Default::default(),
            spent: Default::default(),
            reclaim: Default::default(),
        };
        let index = state.projects.add(self.project.as_str().into(), row);
        let villages = self.village_codes.as_slice().to_vec();
        state.project_villages.add(crate::domain::state::ProjectId::new(index), villages);
    }
}

/// Each village's county, by its present or a former code, is the event's jurisdiction or below it.
pub(super) fn villages_lie_here(case: &Case<'_>, villages: &List<Village>) -> Check {
    villages.iter().try_for_each(|village| {
        let county = case.state.jurisdiction_code(village.county());
        let here = county.is_some_and(|code| case.state.is_at_or_below(code, case.here()));
        case.require_of(Refused::NotSubordinate, here, format_args!("village {village}"))
    })
}
