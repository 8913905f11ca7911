//! A level passes part of a lot to a level below it 资金下达 (Articles 5, 12, 16).
//!
//! Province straight to county is allowed (省直管县). Only fiscal money is allocated: a gift's
//! custodian commits it to projects instead.

use crate::base::{Amount, Code, Name, words::Label};
use crate::domain::case::{Case, LotOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::place::{Place, PlaceKind::Available};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A level passes part of a lot to a level below it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationMade<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The lot that the money is of.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// The jurisdiction that gets it.
    pub to: Code,
}

impl<'a> Kind<'a> for AllocationMade<'a> {
    const SPEC: Spec = Spec {
        name: "allocation_made",
        label: Label { zh: "资金下达", en: "Allocation" },
        family: Family::Budget,
        articles: &[5, 12, 16],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[Flow(Available, Available, Column::Allocated)],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::UnknownLot,
            Refused::NotSubordinate,
            Refused::NotHolder,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @L1 | when hb-finance allocation_made lot=L1 to=130723 amount_fen=400 | then L1 400 available/130000 > available/130723
        given @L1 | when hb-finance allocation_made lot=L1 to=130700 amount_fen=1 | then L1 1 available/130000 > available/130700
        given @L1 | when hb-finance allocation_made lot=L1 to=130723 amount_fen=401 | then refused insufficient_funds asked 401 left 400
        given @L1 | when hb-finance allocation_made lot=L1 to=139999 amount_fen=1 | then refused unknown_jurisdiction
        given @L1 | when hb-finance allocation_made lot=L9 to=130723 amount_fen=1 | then refused unknown_lot
        given @L1 | when hb-finance allocation_made lot=L1 to=130000 amount_fen=1 | then refused not_subordinate
        given @L1 | when kb-finance allocation_made lot=L1 to=130000 amount_fen=1 | then refused not_subordinate
        given @L1 | when zjk-finance allocation_made lot=L1 to=130102 amount_fen=1 | then refused not_subordinate
        given @G1 | when zjk-finance allocation_made lot=G1 to=130723 amount_fen=1 | then refused not_holder
        given @L1 | when hb-finance allocation_made lot=L1 to=130723 amount_fen=1 date=2017-02-28 | then refused date_before_origin
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.to);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let (id, row) = case.lot(self.lot)?;
        case.require_of(
            Refused::NotSubordinate,
            case.state.is_below(self.to, case.here()),
            self.to,
        )?;
        case.holds(&[LotOf { id, row, amount: self.amount_fen }])?;
        let way = Way { from: Place::Available(case.here()), to: Place::Available(self.to) };
        Ok(case.moving().draw(case.state, id, self.amount_fen, way))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        self.pass_down(entry, state, true);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        self.pass_down(entry, state, false);
    }
}

impl AllocationMade<'_> {
    /// The limit of `allocation_recalled`.
    fn pass_down(&self, entry: &Entry<'_>, state: &mut State, forwards: bool) {
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known when this was decided");
        state.pass_down(entry.here(), self.to, lot, self.amount_fen.fen(), forwards);
    }
}
