//! A county's poverty status changes 贫困状况变更 (Article 7): above all, it leaves the list.

use crate::base::{Code, Date, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{PovertyStatus, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A county's poverty status changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PovertyStatusChanged {
    /// The county.
    pub code: Code,
    /// The day from which the new status counts.
    pub effective: Date,
    /// Its status up to then, which must be the one that stands.
    pub from: PovertyStatus,
    /// Its status from then on.
    pub to: PovertyStatus,
}

impl Kind<'_> for PovertyStatusChanged {
    const SPEC: Spec = Spec {
        name: "poverty_status_changed",
        label: Label { zh: "贫困状况变更", en: "Poverty status changed" },
        family: Family::Registry,
        articles: &[7],
        posters: &[(Role::PovertyOffice, Reach::Province)],
        document: true,
        flows: &[],
        // A `from` that does not stand is answered as that of an adjusted budget is.
        refuses: &[Refused::UnknownJurisdiction, Refused::FiguresDiffer],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when hb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-01 | then ok
        given @exited | when hb-poverty poverty_status_changed code=130723 from=exited to=national effective=2018-05-02 | then ok
        given @exited | when hb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-02 | then refused figures_differ
        when hb-poverty poverty_status_changed code=130723 from=provincial to=exited effective=2018-05-01 | then refused figures_differ
        when hb-poverty poverty_status_changed code=139999 from=national to=exited effective=2018-05-01 | then refused unknown_jurisdiction
        when hb-poverty poverty_status_changed code=130723 from=national to=national effective=2018-05-01 | then refused malformed
        when hb-poverty poverty_status_changed code=130723 from=national to=rich effective=2018-05-01 | then refused malformed
        when kb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-01 | then refused not_authorised
        when hb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-01 docs=none | then refused document_missing
    ";

    fn shape(&self, _by: &By<'_>) -> Result<(), Misshapen> {
        Misshapen::unless(self.from != self.to, "from and to are the same status")
    }

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.code);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let standing = case.state.jurisdiction(self.code).map(|row| row.status);
        case.require_of(Refused::FiguresDiffer, standing == Some(self.from), "from")?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let row = state.jurisdictions.change(&self.code);
        let row = row.expect("the jurisdiction was known when this was decided");
        row.status = self.to;
        row.was_poor |= self.to.is_poor();
        if self.to.is_poor() {
            row.left_list_on = None;
        } else if self.from.is_poor() {
            row.left_list_on = Some(self.effective);
        }
    }
}
