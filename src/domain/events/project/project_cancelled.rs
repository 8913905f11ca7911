//! A project is given up 项目取消 (Article 17), at any stage before its close, once nothing is
//! committed or advanced in it.

use crate::base::{Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::project_closed::settled;

/// A project is given up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectCancelled<'a> {
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for ProjectCancelled<'a> {
    const SPEC: Spec = Spec {
        name: "project_cancelled",
        label: Label { zh: "项目取消", en: "Project cancelled" },
        family: Family::Project,
        articles: &[17],
        posters: &[(Role::PovertyOffice, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownProject,
            Refused::WrongStage,
            Refused::NotHolder,
            Refused::ProjectNotSettled,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @admitted | when kb-poverty project_cancelled project=P1 reason=x | then ok
        given @P1 | when kb-poverty project_cancelled project=P1 reason=x | then ok
        given @P1 @accepted | when kb-poverty project_cancelled project=P1 reason=x | then ok
        given @paid | when kb-poverty project_cancelled project=P1 reason=x | then ok
        given @P1 | when kb-poverty project_cancelled project=P1 | then refused malformed
        given @P1 | when kb-poverty project_cancelled project=P9 reason=x | then refused unknown_project
        given @P1; kb-poverty project_cancelled project=P1 reason=x | when kb-poverty project_cancelled project=P1 reason=x | then refused wrong_stage
        given @P1 @accepted; kb-poverty project_closed project=P1 | when kb-poverty project_cancelled project=P1 reason=x | then refused wrong_stage
        given @P1 | when zb-poverty project_cancelled project=P1 reason=x | then refused not_holder
        given @committed | when kb-poverty project_cancelled project=P1 reason=x | then refused project_not_settled asked 0 left 300
        given @advanced | when kb-poverty project_cancelled project=P1 reason=x | then refused project_not_settled asked 0 left 300
        given @P1; kb-poverty project_cancelled project=P1 reason=x | when kb-poverty project_approved project=P1 approved_fen=1 sources=["agri"] | then refused wrong_stage
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        case.require_of(Refused::WrongStage, !project.row.has_ended(), project.row.stage)?;
        case.stands_at(project)?;
        Ok(Movements::none_if(settled(case.state, project)))
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        assert!(row.committed.is_zero() && row.advanced.is_zero(), "what is given up is settled");
        row.stage = Stage::Cancelled;
    }
}
