//! A project is accepted 项目验收 (Article 17), by other organizations than its unit.
//!
//! A retention 质保金 stays committed until it is paid or declared surplus; that it is one is told by
//! this record alone, and no rule asks for it.

use crate::base::{Amount, Date, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{OrganizationId, Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A project is accepted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectAccepted<'a> {
    /// The organizations that accepted it, at least one.
    #[serde(borrow)]
    pub acceptors: List<Name<'a>>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// What is held back until defects would have shown.
    #[serde(default, deserialize_with = "present")]
    pub retention_fen: Option<Amount>,
    /// The day on which the retention falls due, exactly with `retention_fen`.
    #[serde(default, deserialize_with = "present")]
    pub retention_until: Option<Date>,
}

impl<'a> Kind<'a> for ProjectAccepted<'a> {
    const SPEC: Spec = Spec {
        name: "project_accepted",
        label: Label { zh: "项目验收", en: "Project accepted" },
        family: Family::Project,
        articles: &[17],
        posters: &[(Role::PovertyOffice, Reach::Own), (Role::LineDepartment, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::WrongStage,
            Refused::NotHolder,
            Refused::NotIndependent,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] | then ok
        given @P1 | when kb-line project_accepted project=P1 acceptors=["kb-line","kb-poverty"] retention_fen=15 retention_until=2018-12-31 | then ok
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] retention_fen=15 | then refused malformed
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] retention_until=2018-12-31 | then refused malformed
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=[] | then refused malformed
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] retention_fen=0 retention_until=2018-12-31 | then refused amount_out_of_range
        given @P1 | when kb-poverty project_accepted project=P9 acceptors=["kb-poverty"] | then refused unknown_project
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty","nobody"] | then refused unknown_organization
        given @admitted | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] | then refused wrong_stage
        given @P1 @accepted | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty"] | then refused wrong_stage
        given @P1 | when zb-poverty project_accepted project=P1 acceptors=["zb-poverty"] | then refused not_holder
        given @P1 | when kb-poverty project_accepted project=P1 acceptors=["kb-poverty","kb-unit"] | then refused not_independent
        given @P1; kb-poverty project_changed project=P1 changes={"unit":"kb-line"} reason=x | when kb-line project_accepted project=P1 acceptors=["kb-poverty"] | then refused not_independent
        given @L1 @P1 @accepted | when kb-finance funds_committed project=P1 from=available lots=L1:1 | then ok
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let some = !self.acceptors.as_slice().is_empty();
        Misshapen::unless(some, "acceptors must name at least one organization")?;
        Misshapen::unless(
            self.retention_fen.is_some() == self.retention_until.is_some(),
            "retention_fen and retention_until stand together",
        )
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        let acceptors: Vec<OrganizationId> =
            self.acceptors.iter().map(|one| case.organization(*one)).collect::<Result<_, _>>()?;
        let row = project.row;
        case.require_of(Refused::WrongStage, row.stage == Stage::Approved, row.stage)?;
        case.stands_at(project)?;
        let independent =
            !acceptors.contains(&row.unit) && case.organization_here() != Some(row.unit);
        let unit = case.state.organization_name(row.unit);
        case.require_of(Refused::NotIndependent, independent, format_args!("unit {unit}"))?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        row.stage = Stage::Accepted;
    }
}
