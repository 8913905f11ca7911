//! A closed project is opened again 项目重新打开 (Article 17): it is accepted as before its close, takes
//! money again, and every view shows that it was reopened.

use crate::base::{Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A closed project is opened again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectReopened<'a> {
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for ProjectReopened<'a> {
    const SPEC: Spec = Spec {
        name: "project_reopened",
        label: Label { zh: "项目重新打开", en: "Project reopened" },
        family: Family::Project,
        articles: &[17],
        posters: &[(Role::PovertyOffice, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownProject, Refused::WrongStage, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @P1 @accepted; kb-poverty project_closed project=P1 | when kb-poverty project_reopened project=P1 reason=x | then ok
        given @P1 | when kb-poverty project_reopened project=P9 reason=x | then refused unknown_project
        given @P1 @accepted | when kb-poverty project_reopened project=P1 reason=x | then refused wrong_stage
        given @P1; kb-poverty project_cancelled project=P1 reason=x | when kb-poverty project_reopened project=P1 reason=x | then refused wrong_stage
        given @P1 @accepted; kb-poverty project_closed project=P1 | when zb-poverty project_reopened project=P1 reason=x | then refused not_holder
        given @L1 @P1 @accepted; kb-poverty project_closed project=P1; kb-poverty project_reopened project=P1 reason=x | when kb-finance funds_committed project=P1 from=available lots=L1:1 | then ok
        given @P1 @accepted; kb-poverty project_closed project=P1; kb-poverty project_reopened project=P1 reason=x | when kb-poverty project_closed project=P1 | then ok
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        let stage = project.row.stage;
        case.require_of(Refused::WrongStage, stage == Stage::Closed, stage)?;
        case.stands_at(project)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        row.stage = Stage::Accepted;
    }
}
