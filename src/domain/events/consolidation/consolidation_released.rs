//! A poor county takes money out of its consolidation plan 退出整合 (Articles 5, 17).
//!
//! Its use of the plan falls under the line that it was consolidated under, so the line has room
//! again.

use crate::base::{Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Consolidated},
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A poor county takes money out of its consolidation plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsolidationReleased<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The plan.
    #[serde(borrow)]
    pub plan: Name<'a>,
}

impl<'a> Kind<'a> for ConsolidationReleased<'a> {
    const SPEC: Spec = Spec {
        name: "consolidation_released",
        label: Label { zh: "退出整合", en: "Consolidation released" },
        family: Family::Consolidation,
        articles: &[5, 17],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[Flow(Consolidated, Available, Column::Nothing)],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownPlan,
            Refused::NotConsolidatable,
            Refused::NotHolder,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @consolidated | when kb-finance consolidation_released plan=K1 lots=L3:400 | then L3 400 consolidated/130723/K1 > available/130723
        given @consolidated | when kb-finance consolidation_released plan=K1 lots=L3:401 | then refused insufficient_funds asked 401 left 400
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:100 date=2017-05-02 | when kb-finance consolidation_released plan=K1 lots=L3:301 | then refused insufficient_funds asked 301 left 300
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:150 | when kb-finance funds_consolidated plan=K1 lots=L3:250 | then ok
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:150 | when kb-finance funds_consolidated plan=K1 lots=L3:251 | then refused plan_exceeded asked 251 left 250
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:150; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_consolidated plan=K1 lots=L3:101 | then refused plan_exceeded asked 101 left 100
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:150; kb-finance entry_reversed reverses=#last reason=x | when kb-finance consolidation_released plan=K1 lots=L3:400 | then ok
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9}] filed_to=130000 version=1; kb-finance funds_consolidated plan=K2 lots=L3:9; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9},{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=2; kb-finance consolidation_released plan=K2 lots=L3:9 | when kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=3 | then ok
        given @agri; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9}] filed_to=130000 version=1; kb-finance funds_consolidated plan=K2 lots=L3:9; kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":9},{\"item\":\"agri-road\",\"planned_fen\":5}] filed_to=130000 version=2; kb-finance funds_consolidated plan=K2 lots=L3:5; kb-finance consolidation_released plan=K2 lots=L3:7 | when kb-finance consolidation_plan_filed plan=K2 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":6}] filed_to=130000 version=3 | then refused below_used asked 7 left 6
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:400; kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[] filed_to=130000 version=2; kb-finance entry_reversed reverses=#consolidation_released reason=x | when kb-finance consolidation_released plan=K1 lots=L3:400 | then ok
        given @consolidated | when kb-finance consolidation_released plan=K9 lots=L3:1 | then refused unknown_plan
        given @consolidated | when kb-finance consolidation_released plan=K1 lots=L9:1 | then refused unknown_lot
        given @consolidated @G1 | when kb-finance consolidation_released plan=K1 lots=G1:1 | then refused not_consolidatable
        given @consolidated @bond | when kb-finance consolidation_released plan=K1 lots=L5:1 | then refused not_consolidatable
        given @consolidated @L1 | when kb-finance consolidation_released plan=K1 lots=L1:1 | then refused not_consolidatable
        given @agri @plan | when kb-finance consolidation_released plan=K1 lots=L3:1 | then refused insufficient_funds asked 1 left 0
        given @consolidated | when zb-finance consolidation_released plan=K1 lots=L3:1 | then refused not_holder
        given @consolidated | when kb-charity consolidation_released plan=K1 lots=L3:1 | then refused not_authorised
        given @consolidated | when kb-finance consolidation_released plan=K1 lots=[] | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let plan = case.plan(self.plan)?;
        for lot in &lots {
            // A line may have left the plan while a reversed release left nothing under it; what
            // was consolidated under it finds its way out all the same.
            let covered = case.state.plan_line_of(plan, lot.row).is_some()
                || !case.state.consolidated_under(plan, lot.id).is_empty();
            case.consolidatable(lot, covered)?;
        }
        case.plan_stands_here(Some(plan))?;
        case.holds(&lots)?;
        let way =
            Way { from: Place::Consolidated(case.here(), plan), to: Place::Available(case.here()) };
        Ok(lots
            .iter()
            .fold(case.moving(), |moving, lot| moving.draw(case.state, lot.id, lot.amount, way)))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let plan = state.plan_id(self.plan.as_str()).expect("the plan was known");
        for movement in entry.movements {
            state.release_consolidated(entry.facts.seq, plan, movement.lot, movement.amount.fen());
        }
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        let plan = state.plan_id(self.plan.as_str()).expect("the plan was known");
        for movement in entry.movements {
            state.give_lines_back(entry.facts.seq, plan, movement.lot, false);
        }
    }
}
