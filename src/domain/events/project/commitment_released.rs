//! Money arranged for a project is freed again 解除安排 (Article 17), back to the source it came from.
//!
//! Who arranged it releases it: a level above releases its own money, the project's level its own,
//! a custodian the gifts it holds. What a level above takes back no longer counts as allocated.

use super::funds_committed::pass_down_to;
use crate::base::{Name, words::Label};
use crate::domain::case::{Case, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, From, Lots, Misshapen, plan_with_consolidated, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Committed, Consolidated},
    Source,
};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// Money arranged for a project is freed again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentReleased<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The plan, exactly with consolidated money.
    #[serde(borrow, default, deserialize_with = "present")]
    pub plan: Option<Name<'a>>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Available or consolidated: the source that the money goes back to.
    pub to: From,
}

impl<'a> Kind<'a> for CommitmentReleased<'a> {
    const SPEC: Spec = Spec {
        name: "commitment_released",
        label: Label { zh: "解除安排", en: "Commitment released" },
        family: Family::Project,
        articles: &[17, 28],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Committed, Available, Column::Recalled),
            Flow(Committed, Consolidated, Column::Recalled),
        ],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownPlan,
            Refused::GiftNotAlone,
            Refused::NotHolder,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @committed | when kb-finance commitment_released project=P1 to=available lots=L1:300 | then L1 300 committed/P1/130723 > available/130723
        given @committed | when kb-finance commitment_released project=P1 to=available lots=L1:299 | then ok
        given @committed | when kb-finance commitment_released project=P1 to=available lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @paid | when kb-finance commitment_released project=P1 to=available lots=L1:1 | then refused insufficient_funds asked 1 left 0
        given @committed; kb-finance commitment_released project=P1 to=available lots=L1:300; kb-finance entry_reversed reverses=#last reason=x | when kb-finance commitment_released project=P1 to=available lots=L1:300 | then ok
        given @L1 @small; kb-finance funds_committed project=P1 from=available lots=L1:100; kb-finance commitment_released project=P1 to=available lots=L1:40 | when kb-finance funds_committed project=P1 from=available lots=L1:41 | then refused above_approved asked 41 left 40
        given @L1 @P1; hb-finance funds_committed project=P1 from=available lots=L1:50 | when hb-finance commitment_released project=P1 to=available lots=L1:50 | then L1 50 committed/P1/130000 > available/130000
        given @L1 @P1; hb-finance funds_committed project=P1 from=available lots=L1:50 | when kb-finance commitment_released project=P1 to=available lots=L1:1 | then refused insufficient_funds asked 1 left 0
        given @committed; hb-finance funds_committed project=P1 from=available lots=L1:50 | when hb-finance commitment_released project=P1 to=available lots=L1:51 | then refused insufficient_funds asked 51 left 50
        given @committed | when kb-finance commitment_released project=P1 to=consolidated lots=L1:1 | then refused malformed
        given @committed | when kb-finance commitment_released project=P1 to=available plan=K1 lots=L1:1 | then refused malformed
        given @committed | when kb-finance commitment_released project=P1 to=available lots=L1:1,L1:1 | then refused malformed
        given @committed | when kb-finance commitment_released project=P1 to=surplus lots=L1:1 | then refused malformed
        given @committed | when kb-poverty commitment_released project=P1 to=available lots=L1:1 | then refused not_authorised
        given @committed | when kb-finance commitment_released project=P1 to=available lots=L9:1 | then refused unknown_lot
        given @committed | when kb-finance commitment_released project=P9 to=available lots=L1:1 | then refused unknown_project
        given @committed | when kb-finance commitment_released project=P1 to=consolidated plan=K9 lots=L1:1 | then refused unknown_plan
        given @committed | when zb-finance commitment_released project=P1 to=available lots=L1:1 | then refused not_holder
        given @committed @G1 | when kb-finance commitment_released project=P1 to=available lots=G1:1 | then refused not_holder
        given @committed | when kb-charity commitment_released project=P1 to=available lots=L1:1 | then refused not_holder
        given @G1 @gifted | when kb-charity commitment_released project=P1 to=available lots=G1:200 | then G1 200 committed/P1/130723 > available/130723
        given @G1 @gifted | when zb-charity commitment_released project=P1 to=available lots=G1:1 | then refused not_holder
        given @coded @G1 @gifted | when kb-charity commitment_released project=P1 to=available lots=G1:1,G2:1 | then refused gift_not_alone
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:400 | when kb-finance commitment_released project=P1 to=consolidated plan=K1 lots=L3:400 | then L3 400 committed/P1/130723/K1 > consolidated/130723/K1
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:400 | when kb-finance commitment_released project=P1 to=available lots=L3:1 | then refused insufficient_funds asked 1 left 0
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:400 | when zjk-finance commitment_released project=P1 to=consolidated plan=K1 lots=L3:1 | then refused not_holder
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        plan_with_consolidated(self.to, self.plan)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        let plan = case.plan_of(self.to, self.plan)?;
        case.alone(&lots)?;
        stands_at_or_above(case, project)?;
        case.plan_stands_here(plan)?;
        case.holds(&lots)?;
        let source = Source { jurisdiction: case.here(), plan };
        let way = Way { from: Place::Committed(project.id, source), to: source.place() };
        Ok(lots
            .iter()
            .fold(case.moving(), |moving, lot| moving.draw(case.state, lot.id, lot.amount, way)))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        pass_down_to(self.project, &self.lots, entry, state, false);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        pass_down_to(self.project, &self.lots, entry, state, true);
    }
}

/// A release may be of a level above the project, whose money it was (`not_holder`).
fn stands_at_or_above(case: &Case<'_>, project: ProjectOf<'_>) -> Check {
    let there = project.row.jurisdiction;
    let name = case.state.project_name(project.id);
    case.require_of(
        Refused::NotHolder,
        case.state.is_at_or_below(there, case.here()),
        format_args!("project {name} lies in {there}"),
    )
}

#[cfg(test)]
mod tests {
    use crate::base::Code;
    use crate::domain::tables::World;

    /// What the province counts as passed down of L1 to 130723, after each step.
    fn passed_down(steps: &[&str]) -> Vec<i64> {
        let mut world = World::new();
        let each = steps.iter().map(|step| {
            world.give(step).unwrap();
            let lot = world.state.lot_id("L1").unwrap();
            let code = |text| Code::parse(text).unwrap();
            world.state.passed_down(code("130000"), code("130723"), lot).get()
        });
        each.collect()
    }

    #[test]
    fn a_release_by_a_level_above_takes_back_what_counted_as_allocated_and_its_reversal_gives_it() {
        let sums = passed_down(&[
            "@L1 @P1",
            "hb-finance funds_committed project=P1 from=available lots=L1:50",
            "hb-finance commitment_released project=P1 to=available lots=L1:30",
            "hb-finance entry_reversed reverses=#last reason=x",
        ]);
        assert_eq!(sums, [600, 650, 620, 650]);
    }

    #[test]
    fn a_release_by_the_projects_own_level_allocates_nothing() {
        let sums = passed_down(&[
            "@committed",
            "kb-finance commitment_released project=P1 to=available lots=L1:30",
            "kb-finance entry_reversed reverses=#last reason=x",
        ]);
        assert_eq!(sums, [600, 600, 600]);
    }
}
