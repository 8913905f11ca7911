//! A poor county puts money into its consolidation plan 统筹整合 (Articles 5, 17).
//!
//! The money keeps its lot, fund and origin; only who may decide its use changes. Gifts, other
//! social money and loans are never consolidated.

use crate::base::{Fen, Name, words::Label};
use crate::domain::case::{Case, LotOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Consolidated},
};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{PlanId, PlanLine, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A poor county puts money into its consolidation plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundsConsolidated<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The plan.
    #[serde(borrow)]
    pub plan: Name<'a>,
}

impl<'a> Kind<'a> for FundsConsolidated<'a> {
    const SPEC: Spec = Spec {
        name: "funds_consolidated",
        label: Label { zh: "统筹整合", en: "Funds consolidated" },
        family: Family::Consolidation,
        articles: &[5, 17],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[Flow(Available, Consolidated, Column::Nothing)],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownPlan,
            Refused::NotConsolidatable,
            Refused::NotHolder,
            Refused::PlanExceeded,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @agri @plan | when kb-finance funds_consolidated plan=K1 lots=L3:500 | then L3 500 available/130723 > consolidated/130723/K1
        given @agri @plan | when kb-finance funds_consolidated plan=K1 lots=L3:501 | then refused plan_exceeded asked 501 left 500
        given @consolidated | when kb-finance funds_consolidated plan=K1 lots=L3:100 | then ok
        given @consolidated | when kb-finance funds_consolidated plan=K1 lots=L3:101 | then refused plan_exceeded asked 101 left 100
        given @agri @plan; kb-finance funds_received lot=L8 fund=agri item=agri-road fiscal_year=2016 amount_fen=9 provider=x purpose=[] | when kb-finance funds_consolidated plan=K1 lots=L3:495,L8:6 | then refused plan_exceeded asked 6 left 5
        given @agri @plan; kb-finance funds_received lot=L8 fund=agri item=agri-road fiscal_year=2016 amount_fen=9 provider=x purpose=[] | when kb-finance funds_consolidated plan=K1 lots=L3:495,L8:5 | then ok
        given @consolidated; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_consolidated plan=K1 lots=L3:500 | then ok
        given @consolidated; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_consolidated plan=K1 lots=L3:501 | then refused plan_exceeded asked 501 left 500
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":7},{\"item\":\"other\",\"planned_fen\":9}] filed_to=130000 version=1 | when kb-finance funds_consolidated plan=K2 lots=L3:8 | then refused plan_exceeded asked 8 left 7
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":900},{\"item\":\"agri-road\",\"planned_fen\":9}] filed_to=130000 version=1 | when kb-finance funds_consolidated plan=K2 lots=L3:10 | then refused plan_exceeded asked 10 left 9
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9}] filed_to=130000 version=1; kb-finance funds_consolidated plan=K2 lots=L3:9; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9},{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=2 | when kb-finance funds_consolidated plan=K2 lots=L3:5 | then ok
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9}] filed_to=130000 version=1; kb-finance funds_consolidated plan=K2 lots=L3:9; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9},{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=2; kb-finance entry_reversed reverses=#funds_consolidated reason=x | when kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=3 | then ok
        given @agri @plan | when kb-finance funds_consolidated plan=K9 lots=L3:1 | then refused unknown_plan
        given @agri @plan | when kb-finance funds_consolidated plan=K1 lots=L9:1 | then refused unknown_lot
        given @plan @G1 | when kb-finance funds_consolidated plan=K1 lots=G1:1 | then refused not_consolidatable
        given @plan @L1 | when kb-finance funds_consolidated plan=K1 lots=L1:1 | then refused not_consolidatable
        given @agri @plan; kb-finance funds_received lot=L8 fund=agri item=agri-water fiscal_year=2017 amount_fen=9 provider=x purpose=[] | when kb-finance funds_consolidated plan=K1 lots=L3:1,L8:1 | then refused not_consolidatable
        given @bond; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"bond\",\"planned_fen\":9}] filed_to=130000 version=1 | when kb-finance funds_consolidated plan=K2 lots=L5:1 | then refused not_consolidatable
        given kb-finance funds_received lot=L8 fund=platform_loan fiscal_year=2017 amount_fen=9 provider=x purpose=[]; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"platform_loan\",\"planned_fen\":9}] filed_to=130000 version=1 | when kb-finance funds_consolidated plan=K2 lots=L8:1 | then refused not_consolidatable
        given @agri @plan; kb-finance funds_received lot=L8 fund=interest of_lot=L3 fiscal_year=2017 amount_fen=9 provider=x purpose=[] | when kb-finance funds_consolidated plan=K1 lots=L8:1 | then refused not_consolidatable
        given @agri; kb-finance funds_received lot=L8 fund=interest of_lot=L3 fiscal_year=2017 amount_fen=9 provider=x purpose=[]; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"interest\",\"planned_fen\":9}] filed_to=130000 version=1 | when kb-finance funds_consolidated plan=K2 lots=L8:9 | then ok
        given @agri @plan | when zb-finance funds_consolidated plan=K1 lots=L3:1 | then refused not_holder
        given @plan; kb-finance funds_received lot=L8 fund=agri item=agri-road fiscal_year=2017 amount_fen=9 provider=x purpose=[] | when kb-finance funds_consolidated plan=K1 lots=L8:10 | then refused insufficient_funds asked 10 left 9
        given @agri @plan | when kb-finance funds_consolidated plan=K1 lots=L3:1 date=2017-02-28 | then refused date_before_origin
        given @agri @plan | when kb-charity funds_consolidated plan=K1 lots=L3:1 | then refused not_authorised
        given @agri @plan | when kb-finance funds_consolidated plan=K1 lots=[] | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let plan = case.plan(self.plan)?;
        for lot in &lots {
            let covered = case.state.plan_line_of(plan, lot.row).is_some();
            case.consolidatable(lot, covered)?;
        }
        case.plan_stands_here(Some(plan))?;
        case.holds(&lots)?;
        within_plan(case, plan, &lots)?;
        let way =
            Way { from: Place::Available(case.here()), to: Place::Consolidated(case.here(), plan) };
        Ok(lots
            .iter()
            .fold(case.moving(), |moving, lot| moving.draw(case.state, lot.id, lot.amount, way)))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let plan = state.plan_id(self.plan.as_str()).expect("the plan was known");
        for movement in entry.movements {
            state.consolidate(entry.facts.seq, plan, movement.lot, movement.amount.fen());
        }
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        let plan = state.plan_id(self.plan.as_str()).expect("the plan was known");
        for movement in entry.movements {
            state.give_lines_back(entry.facts.seq, plan, movement.lot, true);
        }
    }
}

/// Each line has room for its lots, taken in the order of the body (`plan_exceeded`).
fn within_plan(case: &Case<'_>, plan: PlanId, lots: &[LotOf<'_>]) -> Check {
    let mut earlier: Vec<(PlanLine, Fen)> = Vec::new();
    for lot in lots {
        let Some(line) = case.state.plan_line_of(plan, lot.row) else { continue };
        let here = earlier.iter().filter(|(other, _)| *other == line).map(|(_, fen)| *fen);
        let here = Fen::sum(here).expect("the shape's check bounds the sum");
        let left = case.state.plan_line_left(plan, line).less(here);
        let about = format_args!("plan {}, {}", case.state.plan_name(plan), {
            case.state.plan_line_name(line)
        });
        case.require_within(Refused::PlanExceeded, lot.amount.fen(), left, about)?;
        earlier.push((line, lot.amount.fen()));
    }
    Ok(())
}

impl Case<'_> {
    /// The lot is neither social nor a loan, and the plan covers it (`not_consolidatable`).
    pub(super) fn consolidatable(&self, lot: &LotOf<'_>, covered: bool) -> Check {
        let holds = !lot.row.is_social() && !lot.row.fund.is_loan() && covered;
        let name = self.state.lot_name(lot.id);
        self.require_of(Refused::NotConsolidatable, holds, format_args!("lot {name}"))
    }
}
