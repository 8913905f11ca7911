//! Surplus becomes available again 结余重新安排 (Article 17) at the jurisdiction that has it.

use crate::base::words::Label;
use crate::domain::case::Case;
use crate::domain::event::{Column, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Surplus},
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use schemars::JsonSchema;
use serde::Deserialize;

/// Surplus becomes available again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurplusReleased<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
}

impl<'a> Kind<'a> for SurplusReleased<'a> {
    const SPEC: Spec = Spec {
        name: "surplus_released",
        label: Label { zh: "结余重新安排", en: "Surplus released" },
        family: Family::Budget,
        articles: &[17],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[Flow(Surplus, Available, Column::Nothing)],
        refuses: &[Refused::UnknownLot, Refused::GiftNotAlone, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300 | when kb-finance surplus_released lots=L1:300 | then L1 300 surplus/130723 > available/130723
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300 | when kb-finance surplus_released lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300; kb-finance surplus_released lots=L1:300; kb-finance entry_reversed reverses=#last reason=x | when kb-finance surplus_released lots=L1:300 | then ok
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300 | when zb-finance surplus_released lots=L1:1 | then refused insufficient_funds asked 1 left 0
        given @L1 | when kb-finance surplus_released lots=L1:1 | then refused insufficient_funds asked 1 left 0
        when kb-finance surplus_released lots=L9:1 | then refused unknown_lot
        given @G1 | when kb-finance surplus_released lots=G1:1 | then refused not_holder
        given @L1 @coded | when kb-finance surplus_released lots=L1:1,G2:1 | then refused gift_not_alone
        given @L1 | when kb-finance surplus_released lots=L1:1,L1:1 | then refused malformed
        given @G1 | when kb-charity surplus_released lots=G1:1 | then refused not_authorised
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        case.alone(&lots)?;
        case.holds(&lots)?;
        let way = Way { from: Place::Surplus(case.here()), to: Place::Available(case.here()) };
        Ok(lots
            .iter()
            .fold(case.moving(), |moving, lot| moving.draw(case.state, lot.id, lot.amount, way)))
    }
}
