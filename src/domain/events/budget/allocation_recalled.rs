//! A level takes back part of what it passed down 资金收回 (Articles 5, 12, 16): idle money goes up
//! again.
//!
//! What the lower level has left over goes first, then what it has not arranged. Fiscal money only.

use crate::base::{Amount, Code, Name, Text, words::Label};
use crate::domain::case::{Case, LotOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Surplus},
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A level takes back part of what it passed down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationRecalled<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The jurisdiction that gives it back.
    pub from: Code,
    /// The lot that the money is of.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for AllocationRecalled<'a> {
    const SPEC: Spec = Spec {
        name: "allocation_recalled",
        label: Label { zh: "资金收回", en: "Allocation recalled" },
        family: Family::Budget,
        articles: &[5, 12, 16],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[
            Flow(Surplus, Available, Column::Recalled),
            Flow(Available, Available, Column::Recalled),
        ],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::UnknownLot,
            Refused::NotHolder,
            Refused::AboveAllocated,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @L1 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=1 reason=idle | then L1 1 available/130723 > available/130000
        given @L1 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=600 reason=idle | then L1 600 available/130723 > available/130000
        given @L1 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=601 reason=idle | then refused above_allocated asked 601 left 600
        given @L1; hb-finance allocation_recalled lot=L1 from=130723 amount_fen=200 reason=idle | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=401 reason=idle | then refused above_allocated asked 401 left 400
        given @L1; hb-finance allocation_recalled lot=L1 from=130723 amount_fen=200 reason=idle; hb-finance entry_reversed reverses=#last reason=x | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=600 reason=idle | then ok
        given @L1; hb-finance entry_reversed reverses=#last reason=x | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=1 reason=idle | then refused above_allocated asked 1 left 0
        given @committed | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=301 reason=idle | then refused insufficient_funds asked 301 left 300
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:200 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=250 reason=idle | then L1 200 surplus/130723 > available/130000, L1 50 available/130723 > available/130000
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:200 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=501 reason=idle | then refused insufficient_funds asked 501 left 500
        given @L1 @P1; hb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=700 reason=idle | then refused insufficient_funds asked 700 left 600
        given @L1 | when zjk-finance allocation_recalled lot=L1 from=130723 amount_fen=1 reason=idle | then refused above_allocated asked 1 left 0
        given @L1 | when hb-finance allocation_recalled lot=L1 from=130000 amount_fen=1 reason=idle | then refused above_allocated asked 1 left 0
        given @agri | when hb-finance allocation_recalled lot=L3 from=130723 amount_fen=1 reason=idle | then refused above_allocated asked 1 left 0
        given @G1 | when hb-finance allocation_recalled lot=G1 from=130723 amount_fen=1 reason=idle | then refused not_holder
        given @L1 | when hb-finance allocation_recalled lot=L9 from=130723 amount_fen=1 reason=idle | then refused unknown_lot
        given @L1 | when hb-finance allocation_recalled lot=L1 from=139999 amount_fen=1 reason=idle | then refused unknown_jurisdiction
        given @L1 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=1 reason=idle date=2017-02-28 | then refused date_before_origin
        given @L1; kb-finance period_closed period=2018-01; kb-finance period_closed period=2018-02 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=1 reason=idle date=2018-02-28 | then refused period_closed
        given hb-finance funds_received lot=L1 fund=central_special fiscal_year=2017 amount_fen=1000 provider=central purpose=[]; hb-finance allocation_made id=00000000-0000-4000-8000-00000000000a lot=L1 to=130723 amount_fen=400; hb-finance allocation_made lot=L1 to=130700 amount_fen=400; zjk-finance allocation_made lot=L1 to=130723 amount_fen=400; hb-finance allocation_recalled lot=L1 from=130723 amount_fen=400 reason=idle | when hb-finance entry_reversed reverses=00000000-0000-4000-8000-00000000000a reason=x | then L1 400 available/130723 > available/130000
        given hb-finance funds_received lot=L1 fund=central_special fiscal_year=2017 amount_fen=1000 provider=central purpose=[]; hb-finance allocation_made id=00000000-0000-4000-8000-00000000000a lot=L1 to=130723 amount_fen=400; hb-finance allocation_made lot=L1 to=130700 amount_fen=400; zjk-finance allocation_made lot=L1 to=130723 amount_fen=400; hb-finance allocation_recalled lot=L1 from=130723 amount_fen=400 reason=idle; hb-finance entry_reversed reverses=00000000-0000-4000-8000-00000000000a reason=x; hb-finance allocation_made lot=L1 to=130723 amount_fen=500 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=101 reason=idle | then refused above_allocated asked 101 left 100
        given @L1 @P1; hb-finance funds_committed project=P1 from=available lots=L1:50; hb-finance commitment_released project=P1 to=available lots=L1:30 | when hb-finance allocation_recalled lot=L1 from=130723 amount_fen=621 reason=x | then refused above_allocated asked 621 left 620
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.from);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let (id, row) = case.lot(self.lot)?;
        case.holds(&[LotOf { id, row, amount: self.amount_fen }])?;
        let left = case.state.passed_down(case.here(), self.from, id);
        case.require_within(
            Refused::AboveAllocated,
            self.amount_fen.fen(),
            left,
            format_args!("lot {} to {}", self.lot, self.from),
        )?;
        let to = Place::Available(case.here());
        let ways = [Place::Surplus(self.from), Place::Available(self.from)];
        let ways = ways.map(|from| Way { from, to });
        Ok(case.moving().draw_in_order(case.state, id, self.amount_fen, &ways))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        self.pass_down(entry, state, false);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        self.pass_down(entry, state, true);
    }
}

impl AllocationRecalled<'_> {
    /// What is recalled is no longer passed down; a reversed recall is again.
    fn pass_down(&self, entry: &Entry<'_>, state: &mut State, forwards: bool) {
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known when this was decided");
        state.pass_down(entry.here(), self.from, lot, self.amount_fen.fen(), forwards);
    }
}
