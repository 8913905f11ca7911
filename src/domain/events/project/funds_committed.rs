//! Money is arranged for a project 资金安排到项目 (Article 17), from available money or from a plan.
//!
//! Arranged means earmarked, not contracted. The province or a city may arrange its own money for a
//! project below; that counts as allocated to the project's jurisdiction.

use crate::base::{Name, words::Label};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::fund::{Class, Fund};
use crate::domain::movement::{Movement, Movements, Way};
use crate::domain::parts::{
    By, Exception, From, List, Lots, Misshapen, exceptions_shape, plan_with_consolidated, present,
};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Committed, Consolidated},
    Source,
};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Aim, IntentId, PlanId, ProjectId, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// Money is arranged for a project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundsCommitted<'a> {
    /// The rules that the fact broke, and why.
    #[serde(borrow, default)]
    pub exceptions: List<Exception<'a>>,
    /// Available or consolidated money.
    pub from: From,
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The plan, exactly with consolidated money.
    #[serde(borrow, default, deserialize_with = "present")]
    pub plan: Option<Name<'a>>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
}

/// The codes of this event that yield to an exception.
const YIELDING: &[Refused] = &[
    Refused::WrongStage,
    Refused::SourceNotApproved,
    Refused::PurposeViolated,
    Refused::IntentViolated,
    Refused::ProhibitedCategory,
    Refused::AboveApproved,
];

impl<'a> Kind<'a> for FundsCommitted<'a> {
    const SPEC: Spec = Spec {
        name: "funds_committed",
        label: Label { zh: "资金安排到项目", en: "Funds committed" },
        family: Family::Project,
        articles: &[17, 28],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Available, Committed, Column::Allocated),
            Flow(Consolidated, Committed, Column::Allocated),
        ],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownPlan,
            Refused::WrongStage,
            Refused::NotSubordinate,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::SourceNotApproved,
            Refused::PurposeViolated,
            Refused::IntentViolated,
            Refused::ProhibitedCategory,
            Refused::AboveApproved,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L1:600 | then L1 600 available/130723 > committed/P1/130723
        given @L1 @P1 | when hb-finance funds_committed project=P1 from=available lots=L1:1 | then L1 1 available/130000 > committed/P1/130000
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L1:601 | then refused insufficient_funds asked 601 left 600
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L9:1 | then refused unknown_lot
        given @L1 | when kb-finance funds_committed project=P9 from=available lots=L1:1 | then refused unknown_project
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=consolidated plan=K9 lots=L1:1 | then refused unknown_plan
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=consolidated lots=L1:1 | then refused malformed
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L1:1,L1:2 | then refused malformed
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=[] | then refused malformed
        given @L1 @admitted | when kb-finance funds_committed project=P1 from=available lots=L1:1 | then refused wrong_stage
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L1:1 date=2017-04-27 | then refused wrong_stage
        given @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=L1:1 date=2017-04-28 | then ok
        given @L1 @P1 | when zb-finance funds_committed project=P1 from=available lots=L1:1 | then refused not_subordinate
        given @G1 @L1 @P1 | when kb-finance funds_committed project=P1 from=available lots=G1:1 | then refused not_holder
        given @G1 @L1 @P1 | when kb-charity funds_committed project=P1 from=available lots=L1:1 | then refused not_holder
        given @G1 @P1 | when zb-charity funds_committed project=P1 from=available lots=G1:1 | then refused not_subordinate
        given @coded @G1 @P1 | when kb-charity funds_committed project=P1 from=available lots=G1:1,G2:1 | then refused gift_not_alone
        given @bond @P1 | when kb-finance funds_committed project=P1 from=available lots=L5:1 | then refused source_not_approved
        given @purpose @P1 | when kb-finance funds_committed project=P1 from=available lots=L6:1 | then refused purpose_violated
        given @G1 @P2 | when kb-charity funds_committed project=P2 from=available lots=G1:1 | then refused intent_violated
        given @L1 @office | when kb-finance funds_committed project=P3 from=available lots=L1:1 | then refused prohibited_category
        given @G2 @office | when kb-charity funds_committed project=P3 from=available lots=G2:1 | then ok
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:101 | then refused above_approved asked 101 left 100
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:100 | then ok
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:101 approver=a-9 exceptions=[{\"code\":\"above_approved\",\"reason\":\"x\"}] | then ok
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:100 approver=a-9 exceptions=[{\"code\":\"above_approved\",\"reason\":\"x\"}] | then refused exception_not_needed
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:101 exceptions=[{\"code\":\"above_approved\",\"reason\":\"x\"}] | then refused malformed
        given @L1 @small | when kb-finance funds_committed project=P1 from=available lots=L1:101 approver=a-9 exceptions=[{\"code\":\"advance_above_cap\",\"reason\":\"x\"}] | then refused malformed
        given @L1 @admitted | when kb-finance funds_committed project=P1 from=available lots=L1:1 approver=a-9 exceptions=[{\"code\":\"wrong_stage\",\"reason\":\"x\"}] | then ok
    ";

    fn shape(&self, by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        plan_with_consolidated(self.from, self.plan)?;
        exceptions_shape(&self.exceptions, YIELDING, by)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.ask(&self.exceptions);
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        let plan = case.plan_of(self.from, self.plan)?;
        case.excusable(
            Refused::WrongStage,
            project.row.takes_money_on(case.date()),
            project.row.stage,
        )?;
        let below = case.state.is_at_or_below(project.row.jurisdiction, case.here());
        case.require_of(Refused::NotSubordinate, below, project.row.jurisdiction)?;
        case.alone(&lots)?;
        case.plan_stands_here(plan)?;
        case.holds(&lots)?;
        fits_project(case, &lots, project)?;
        within_approval(case, self.lots.sum(), project)?;
        let source = Source { jurisdiction: case.here(), plan };
        let way = Way { from: source.place(), to: Place::Committed(project.id, source) };
        Ok(lots
            .iter()
            .fold(case.moving(), |moving, lot| moving.draw(case.state, lot.id, lot.amount, way)))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        pass_down_to(self.project, &self.lots, entry, state, true);
        remember_wishes(entry.movements, state);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        pass_down_to(self.project, &self.lots, entry, state, false);
    }
}

/// Fiscal money that a level above commits to a project counts as allocated to the project's
/// jurisdiction, and no longer once it is released (design section 3).
pub(super) fn pass_down_to(
    project: Name<'_>,
    lots: &Lots<'_>,
    entry: &Entry<'_>,
    state: &mut State,
    forwards: bool,
) {
    let project = state.project_id(project.as_str()).expect("the project was known");
    let there = state.project(project).jurisdiction;
    if there == entry.here() {
        return;
    }
    for one in lots.iter() {
        let lot = state.lot_id(one.lot.as_str()).expect("the lot was known");
        if !state.lot(lot).is_social() {
            state.pass_down(entry.here(), there, lot, one.amount_fen.fen(), forwards);
        }
    }
}

/// Source, purpose, intent and category: what the money may be used for. Each code is asked of
/// every lot before the next one; a project without an approval has no sources to break.
pub(in crate::domain::events) fn fits_project(
    case: &Case<'_>,
    lots: &[LotOf<'_>],
    project: ProjectOf<'_>,
) -> Check {
    let each = |code: Refused, holds: &dyn Fn(&LotOf<'_>) -> bool| {
        lots.iter().try_for_each(|lot| {
            let name = case.state.lot_name(lot.id);
            case.excusable(code, holds(lot), format_args!("lot {name}"))
        })
    };
    let row = project.row;
    each(Refused::SourceNotApproved, &|lot| {
        row.is_unapproved() || row.funds & covering_fund(case.state, lot).bit() != 0
    })?;
    each(Refused::PurposeViolated, &|lot| {
        lot.row.purpose == 0 || lot.row.purpose & row.category.bit() != 0
    })?;
    each(Refused::IntentViolated, &|lot| {
        case.state.wish(lot.row.intent).covers(aim(case.state, project.id), case.state)
    })?;
    each(Refused::ProhibitedCategory, &|lot| {
        lot.row.class == Class::Social || !row.category.is_prohibited()
    })
}

/// The sum stays within the approval; a project without one has no sum to break.
fn within_approval(case: &Case<'_>, sum: crate::base::Fen, project: ProjectOf<'_>) -> Check {
    if project.row.is_unapproved() {
        return Ok(());
    }
    let left = project.row.approved.less(project.row.used().fen());
    let name = case.state.project_name(project.id);
    case.excusable_within(Refused::AboveApproved, sum, left, format_args!("project {name}"))
}

/// Interest and recovered money is covered by the fund of its lot.
fn covering_fund(state: &State, lot: &LotOf<'_>) -> Fund {
    match lot.row.of_lot {
        Some(of) if lot.row.fund.follows_lot() => state.lot(of).fund,
        Some(_) | None => lot.row.fund,
    }
}

/// What a donor's wish looks at in a project.
pub(in crate::domain::events) fn aim(state: &State, project: ProjectId) -> Aim<'_> {
    Aim {
        project: state.project_name(project),
        jurisdiction: state.project(project).jurisdiction,
        villages: state.project_villages(project),
        category: state.project(project).category,
    }
}

/// Remembers under which wishes money entered a project; a wish that restricts nothing is not kept.
pub(in crate::domain::events) fn remember_wishes(movements: &[Movement], state: &mut State) {
    for movement in movements {
        let intent = state.lot(movement.lot).intent;
        let Some(project) = movement.to.project() else { continue };
        if intent == IntentId::new(0) {
            continue;
        }
        let key = (movement.lot, project);
        let known = state.committed_under.get(&key).is_some_and(|all| all.contains(&intent));
        if !known {
            state.committed_under.change_or_add(key).push(intent);
        }
    }
}

impl Case<'_> {
    /// The event stands where the plan is (`not_holder`).
    pub fn plan_stands_here(&self, plan: Option<PlanId>) -> Check {
        let Some(id) = plan else { return Ok(()) };
        let (name, row) = self.state.plans.at(id.index());
        self.require_of(
            Refused::NotHolder,
            row.jurisdiction == self.here(),
            format_args!("plan {name}"),
        )
    }
}
