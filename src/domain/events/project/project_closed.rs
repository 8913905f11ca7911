//! An accepted project is closed 项目关闭 (Article 17): nothing is committed or advanced in it any
//! more.
//!
//! A retention keeps a project open until it is paid or declared surplus; what is to be reclaimed
//! stays with its debtor and keeps nothing open.

use crate::base::{Fen, Name, words::Label};
use crate::domain::case::{Case, ProjectOf};
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::place::PlaceKind;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Net, Stage, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// An accepted project is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectClosed<'a> {
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
}

impl<'a> Kind<'a> for ProjectClosed<'a> {
    const SPEC: Spec = Spec {
        name: "project_closed",
        label: Label { zh: "项目关闭", en: "Project closed" },
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
    const TABLE: &'static str = "
        given @P1 @accepted | when kb-poverty project_closed project=P1 | then ok
        given @paid @accepted | when kb-poverty project_closed project=P1 | then ok
        given @P1 | when kb-line project_closed project=P1 | then refused not_authorised
        given @P1 | when kb-poverty project_closed project=P9 | then refused unknown_project
        given @P1 | when kb-poverty project_closed project=P1 | then refused wrong_stage
        given @P1 @accepted; kb-poverty project_closed project=P1 | when kb-poverty project_closed project=P1 | then refused wrong_stage
        given @P1 @accepted | when zb-poverty project_closed project=P1 | then refused not_holder
        given @committed @accepted | when kb-poverty project_closed project=P1 | then refused project_not_settled asked 0 left 300
        given @advanced @accepted | when kb-poverty project_closed project=P1 | then refused project_not_settled asked 0 left 300
        given @committed @accepted; kb-finance commitment_released project=P1 to=available lots=L1:299 | when kb-poverty project_closed project=P1 | then refused project_not_settled asked 0 left 1
        given @committed @accepted; kb-finance commitment_released project=P1 to=available lots=L1:300 | when kb-poverty project_closed project=P1 | then ok
        given @L1 @P1 @accepted; kb-poverty project_closed project=P1 | when kb-finance funds_committed project=P1 from=available lots=L1:1 | then refused wrong_stage
        given @advanced @finding @accepted; kb-finance recovery_ordered finding=F1 project=P1 debtor=kb-unit from=advanced unit=kb-unit lots=L1:300 | when kb-poverty project_closed project=P1 | then ok
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300 | when kb-poverty project_closed project=P1 | then ok
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        let stage = project.row.stage;
        case.require_of(Refused::WrongStage, stage == Stage::Accepted, stage)?;
        case.stands_at(project)?;
        Ok(Movements::none_if(settled(case.state, project)))
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        assert!(row.committed.is_zero() && row.advanced.is_zero(), "a closed project is settled");
        row.stage = Stage::Closed;
    }
}

/// Nothing is committed or advanced in the project any more; otherwise the first place that holds
/// money is named, with what all of them hold. It is to be nothing, so nothing is what is asked.
pub(super) fn settled(state: &State, project: ProjectOf<'_>) -> Check {
    let left = Net::sum([project.row.committed, project.row.advanced]).fen();
    if left.is_zero() {
        return Ok(());
    }
    // The tables are walked whole, but only to refuse.
    let holds = |place: crate::domain::place::Place| {
        place.project() == Some(project.id)
            && matches!(place.kind(), PlaceKind::Committed | PlaceKind::Advanced)
    };
    let ((lot, place), _) = state
        .cells
        .iter()
        .find(|((_, place), fen)| !fen.is_zero() && holds(*place))
        .expect("law: a project's sums are those of its places");
    let mut refusal = Refusal::new(Refused::ProjectNotSettled)
        .about(format_args!("project {}", state.project_name(project.id)))
        .figures(Fen::ZERO, left);
    refusal.details.place = Some(place.path(state));
    refusal.details.lot = Some(state.lot_name(*lot).to_owned());
    Err(refusal)
}
