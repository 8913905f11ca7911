//! An order of recovery is reduced 追回核减 (Article 6): it was too high, or nothing can be got 核销.
//!
//! The money counts as spent again. What was uncollectible is marked on every view.

use crate::base::{
    EventId,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Reclaim, Spent},
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::orders::change_order;

vocabulary! {
    /// Why an order is reduced.
    pub enum ReductionReason {
        Revised "revised" "更正" "Revised",
        Uncollectible "uncollectible" "核销" "Uncollectible",
    }
}

/// An order of recovery is reduced.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryReduced<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// Why.
    pub reason: ReductionReason,
    /// The order.
    pub reverses: EventId,
}

impl<'a> Kind<'a> for RecoveryReduced<'a> {
    const SPEC: Spec = Spec {
        name: "recovery_reduced",
        label: Label { zh: "追回核减", en: "Recovery reduced" },
        family: Family::Supervision,
        articles: &[6, 17],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Reclaim, Spent, Column::Nothing)],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownEvent,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::AboveOrdered,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @ordered | when kb-finance recovery_reduced reverses=#last lots=L1:100 reason=uncollectible | then L1 100 reclaim/road-co/P1/130723 > spent/P1/130723
        given @ordered | when kb-finance recovery_reduced reverses=#last lots=L1:99 reason=revised | then ok
        given @ordered | when kb-finance recovery_reduced reverses=#last lots=L1:101 reason=revised | then refused above_ordered asked 101 left 100
        given @ordered; kb-finance funds_recovered reverses=#recovery_ordered lots=L1:60 | when kb-finance recovery_reduced reverses=#recovery_ordered lots=L1:41 reason=revised | then refused above_ordered asked 41 left 40
        given @ordered; kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:100; kb-finance recovery_reduced reverses=#last lots=L1:40 reason=revised | when kb-finance entry_reversed reverses=#recovery_ordered reason=x | then refused funds_moved_on
        given @ordered; kb-finance recovery_reduced reverses=#last lots=L1:40 reason=revised | when kb-finance entry_reversed reverses=#recovery_ordered reason=x | then refused funds_moved_on
        given @ordered; kb-finance recovery_reduced reverses=#last lots=L1:40 reason=revised; kb-finance entry_reversed reverses=#last reason=x | when kb-finance recovery_reduced reverses=#recovery_ordered lots=L1:100 reason=revised | then ok
        given @ordered; kb-finance recovery_reduced reverses=#last lots=L1:40 reason=revised; kb-finance entry_reversed reverses=#last reason=x; kb-finance entry_reversed reverses=#recovery_ordered reason=x | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:300 | then ok
        given @advanced @finding; kb-finance recovery_ordered finding=F1 project=P1 debtor=kb-unit from=advanced unit=kb-unit lots=L1:100 date=2017-07-01 | when kb-finance recovery_reduced reverses=#last lots=L1:100 reason=revised | then L1 100 reclaim/kb-unit/P1/130723 > spent/P1/130723
        given @ordered; hb-audit finding_closed finding=F1 outcome=recovered text=x | when kb-finance recovery_reduced reverses=#recovery_ordered lots=L1:1 reason=revised | then ok
        given @ordered | when kb-finance recovery_reduced reverses=#last lots=L1:1 reason=mercy | then refused malformed
        given @ordered | when kb-finance recovery_reduced reverses=#paid lots=L9:1 reason=revised | then refused unknown_lot
        given @ordered | when kb-finance recovery_reduced reverses=#paid lots=L1:1 reason=revised | then refused unknown_event
        given @ordered @G1 @coded | when kb-charity recovery_reduced reverses=#recovery_ordered lots=G1:1,G2:1 reason=revised | then refused gift_not_alone
        given @ordered | when zb-finance recovery_reduced reverses=#last lots=L1:1 reason=revised | then refused not_holder
        given @ordered | when kb-charity recovery_reduced reverses=#last lots=L1:1 reason=revised | then refused not_holder
        given @ordered | when kb-finance recovery_reduced reverses=#last lots=L1:1 reason=revised date=2017-06-30 | then refused date_before_origin
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let order = case.order(self.reverses)?;
        case.alone(&lots)?;
        case.stands_at(order.project)?;
        case.holds(&lots)?;
        order.has_left(case, &lots)?;
        case.not_before(order.on, self.reverses)?;
        let ways: Vec<Way> = case
            .sources(order.project)
            .into_iter()
            .map(|source| Way {
                from: order.place(source),
                to: Place::Spent(order.project.id, source),
            })
            .collect();
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            moving.draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        change_order(self.reverses, &self.lots, state, true);
    }

    fn take_back(&self, _entry: &Entry<'_>, state: &mut State) {
        change_order(self.reverses, &self.lots, state, false);
    }
}
