//! A project's progress is certified 进度确认 (Article 17), by another organization than its unit.

use crate::base::{Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::BasisPoints;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A project's progress is certified.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressCertified<'a> {
    /// The organization that looked.
    #[serde(borrow)]
    pub certifier: Name<'a>,
    /// How much of the work is done.
    pub progress_bp: BasisPoints,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
}

impl<'a> Kind<'a> for ProgressCertified<'a> {
    const SPEC: Spec = Spec {
        name: "progress_certified",
        label: Label { zh: "进度确认", en: "Progress certified" },
        family: Family::Project,
        articles: &[17],
        posters: &[(Role::PovertyOffice, Reach::Own), (Role::LineDepartment, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::NotHolder,
            Refused::NotIndependent,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=10000 certifier=kb-poverty | then ok
        given @P1 | when kb-line progress_certified project=P1 progress_bp=0 certifier=road-co | then ok
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=10001 certifier=kb-poverty | then refused malformed
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=-1 certifier=kb-poverty | then refused malformed
        given @P1 | when kb-unit progress_certified project=P1 progress_bp=1 certifier=kb-poverty | then refused not_authorised
        given @P1 | when kb-poverty progress_certified project=P9 progress_bp=1 certifier=kb-poverty | then refused unknown_project
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=1 certifier=nobody | then refused unknown_organization
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=1 certifier=p-77 | then refused unknown_organization
        given @P1 | when zb-poverty progress_certified project=P1 progress_bp=1 certifier=zb-poverty | then refused not_holder
        given @P1 | when kb-poverty progress_certified project=P1 progress_bp=1 certifier=kb-unit | then refused not_independent
        given @P1; kb-poverty project_changed project=P1 changes={"unit":"kb-line"} reason=x | when kb-line progress_certified project=P1 progress_bp=1 certifier=kb-poverty | then refused not_independent
        given @P1; kb-poverty progress_certified project=P1 progress_bp=5000 certifier=kb-poverty | when kb-poverty progress_certified project=P1 progress_bp=4999 certifier=kb-poverty | then refused figures_differ
        given @P1; kb-poverty progress_certified project=P1 progress_bp=5000 certifier=kb-poverty | when kb-poverty progress_certified project=P1 progress_bp=5000 certifier=kb-poverty | then ok
        given @P1; kb-poverty progress_certified project=P1 progress_bp=5000 certifier=kb-poverty | when kb-line progress_certified project=P1 progress_bp=5001 certifier=kb-line | then ok
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        let certifier = case.organization(self.certifier)?;
        case.stands_at(project)?;
        let unit = project.row.unit;
        let independent = certifier != unit && case.organization_here() != Some(unit);
        case.require_of(Refused::NotIndependent, independent, self.certifier)?;
        let before = project.row.progress_bp;
        case.require_of(
            Refused::FiguresDiffer,
            self.progress_bp.get() >= before,
            format_args!("progress stands at {before} of 10000"),
        )?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.projects.change(self.project.as_str()).expect("the project was known");
        row.progress_bp = self.progress_bp.get();
    }
}
