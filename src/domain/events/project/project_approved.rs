//! A project is approved 项目批复 with a sum and the funds that may pay it (Article 17).

use crate::base::{Amount, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Fund;
use crate::domain::movement::Movements;
use crate::domain::parts::List;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A project is approved, with a sum and the funds that may pay it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectApproved<'a> {
    /// The sum approved.
    pub approved_fen: Amount,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// The funds that may pay it.
    pub sources: List<Fund>,
}

impl<'a> Kind<'a> for ProjectApproved<'a> {
    const SPEC: Spec = Spec {
        name: "project_approved",
        label: Label { zh: "项目批复", en: "Project approved" },
        family: Family::Project,
        articles: &[17],
        posters: &[(Role::PovertyOffice, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownProject,
            Refused::WrongStage,
            Refused::NotHolder,
            Refused::NotIndependent,
            Refused::BelowUsed,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @admitted | when kb-poverty project_approved project=P1 approved_fen=1 sources=[\"agri\"] | then ok
        when kb-poverty project_approved project=P1 approved_fen=1 sources=[\"agri\"] | then refused unknown_project
        given @P1 | when kb-poverty project_approved project=P1 approved_fen=1 sources=[\"agri\"] | then refused wrong_stage
        given @admitted | when zb-poverty project_approved project=P1 approved_fen=1 sources=[\"agri\"] | then refused not_holder
        given kb-poverty project_admitted project=P1 name=x category=housing village_codes=[] unit=kb-poverty estimate_fen=1 households=1 goals=x | when kb-poverty project_approved project=P1 approved_fen=1 sources=[\"agri\"] | then refused not_independent
        given @L1 @admitted; kb-finance funds_committed project=P1 from=available lots=L1:9 approver=a-9 exceptions=[{\"code\":\"wrong_stage\",\"reason\":\"x\"}] | when kb-poverty project_approved project=P1 approved_fen=8 sources=[\"agri\"] | then refused below_used asked 9 left 8
        given @L1 @admitted; kb-finance funds_committed project=P1 from=available lots=L1:9 approver=a-9 exceptions=[{\"code\":\"wrong_stage\",\"reason\":\"x\"}] | when kb-poverty project_approved project=P1 approved_fen=9 sources=[\"agri\"] | then ok
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        case.require_of(
            Refused::WrongStage,
            project.row.stage == Stage::Admitted,
            project.row.stage,
        )?;
        case.stands_at(project)?;
        let own = case.organization_here() == Some(project.row.unit);
        case.require(Refused::NotIndependent, !own)?;
        case.require_within(
            Refused::BelowUsed,
            project.row.used().fen(),
            self.approved_fen.fen(),
            self.project,
        )?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        row.stage = Stage::Approved;
        row.approved_on = Some(entry.event.business_date);
        row.approved = self.approved_fen.fen();
        row.funds = self.sources.iter().fold(0, |bits, fund| bits | fund.bit());
    }
}
