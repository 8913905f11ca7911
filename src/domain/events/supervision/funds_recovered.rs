//! Money that was ordered back arrives 资金追回 (Articles 6, 17).
//!
//! Fiscal money is surplus of the project's jurisdiction, social money is available where it came
//! from. What a debtor pays beyond the principal is a lot of its own, of the fund `recovered`.

use crate::base::{Amount, EventId, Name, words::Label};
use crate::domain::case::{Case, LotOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Reclaim, Surplus},
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::orders::{Order, change_order};

/// Money that was ordered back arrives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundsRecovered<'a> {
    /// The bank's reference of what came in.
    #[serde(borrow, default, deserialize_with = "present")]
    pub bank_ref: Option<Name<'a>>,
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The order.
    pub reverses: EventId,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for FundsRecovered<'a> {
    const SPEC: Spec = Spec {
        name: "funds_recovered",
        label: Label { zh: "资金追回", en: "Funds recovered" },
        family: Family::Supervision,
        articles: &[6, 17],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Reclaim, Surplus, Column::Nothing),
            // A gift that a custodian above committed goes back to that jurisdiction.
            Flow(Reclaim, Available, Column::Recalled),
        ],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::UnknownLot,
            Refused::UnknownEvent,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::AboveOrdered,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:100 bank_ref=B1 | then L1 100 reclaim/road-co/P1/130723 > surplus/130723
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:99 | then L1 99 reclaim/road-co/P1/130723 > surplus/130723
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:101 | then refused above_ordered asked 101 left 100
        given @ordered; kb-finance funds_recovered reverses=#recovery_ordered lots=L1:40; kb-finance recovery_reduced reverses=#recovery_ordered lots=L1:50 reason=revised | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:11 | then refused above_ordered asked 11 left 10
        given @ordered; kb-finance funds_recovered reverses=#recovery_ordered lots=L1:40; kb-finance recovery_reduced reverses=#recovery_ordered lots=L1:50 reason=revised | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:10 | then ok
        given @ordered; hb-audit finding_closed finding=F1 outcome=recovered text=x | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:100 | then ok
        given @ordered; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:1 | then refused above_ordered asked 1 left 0
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:100 bank_ref=B1 | when kb-finance entry_reversed reverses=#recovery_ordered reason=x | then refused funds_moved_on
        given @ordered; kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:100; kb-finance funds_recovered reverses=#last lots=L1:40 | when kb-finance entry_reversed reverses=#recovery_ordered reason=x | then refused funds_moved_on
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:100 bank_ref=B1 | when kb-finance entry_reversed reverses=#last reason=x | then L1 100 surplus/130723 > reclaim/road-co/P1/130723
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:100 bank_ref=B1; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:100 bank_ref=B1 | then ok
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:100 bank_ref=B1; kb-finance entry_reversed reverses=#last reason=x | when kb-finance entry_reversed reverses=#recovery_ordered reason=x | then L1 100 reclaim/road-co/P1/130723 > spent/P1/130723
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:1 bank_ref=R1 | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:1 bank_ref=R1 | then refused duplicate_bank_reference
        given @ordered; kb-finance funds_recovered reverses=#last lots=L1:1 bank_ref=R1 transfer_fen=2 | when kb-finance funds_recovered reverses=#recovery_ordered lots=L1:1 bank_ref=R1 transfer_fen=2 | then ok
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:2 bank_ref=R1 transfer_fen=1 | then refused figures_differ
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:2 transfer_fen=2 | then refused malformed
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:1 bank_ref=B1 | then ok
        given @ordered | when kb-finance funds_recovered reverses=#paid lots=L9:1 | then refused unknown_lot
        given @ordered | when kb-finance funds_recovered reverses=#paid lots=L1:1 | then refused unknown_event
        given @ordered | when kb-finance funds_recovered reverses=00000000-0000-0000-0000-00000000ffff lots=L1:1 | then refused unknown_event
        given @ordered @bond | when kb-finance funds_recovered reverses=#recovery_ordered lots=L5:1 | then refused above_ordered asked 1 left 0
        given @ordered @G1 @coded | when kb-charity funds_recovered reverses=#recovery_ordered lots=G1:1,G2:1 | then refused gift_not_alone
        given @ordered | when zb-finance funds_recovered reverses=#last lots=L1:1 | then refused not_holder
        given @ordered | when kb-charity funds_recovered reverses=#last lots=L1:1 | then refused not_holder
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:1 date=2017-06-30 | then refused date_before_origin
        given @ordered | when kb-finance funds_recovered reverses=#last lots=L1:1 date=2017-07-01 | then ok
        given @given @finding; kb-charity recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=G1:200 | when kb-charity funds_recovered reverses=#last lots=G1:200 | then G1 200 reclaim/road-co/P1/130723 > available/130723
        given @P1 @finding; operator organization_registered org=city-charity name=x kind=custodian jurisdiction=130700; operator principal_registered principal=city-charity role=custodian scope=130700 org=city-charity signing=optional; city-charity donation_received lot=G4 donor=d-4 donor_kind=person custodian=city-charity amount_fen=9 intent={"fallback":"ask"} anonymity=alias; city-charity funds_committed project=P1 from=available lots=G4:9; city-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=C1 basis=@contract lots=G4:9; city-charity recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=G4:9 | when city-charity funds_recovered reverses=#last lots=G4:9 | then G4 9 reclaim/road-co/P1/130700 > available/130700
        given @ordered; kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:100 | when kb-finance funds_recovered reverses=#last lots=L1:101 | then refused above_ordered asked 101 left 100
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        let together = self.transfer_fen.is_none() || self.bank_ref.is_some();
        Misshapen::unless(together, "transfer_fen stands only with bank_ref")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        let lots = case.lots(&self.lots)?;
        let order = case.order(self.reverses)?;
        case.alone(&lots)?;
        case.stands_at(order.project)?;
        case.holds(&lots)?;
        order.has_left(case, &lots)?;
        case.right_transfer(&bank)?;
        case.not_before(order.on, self.reverses)?;
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            moving.draw_in_order(case.state, lot.id, lot.amount, &ways(case, &order, lot))
        }))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.use_bank_reference(entry, &self.bank());
        change_order(self.reverses, &self.lots, state, true);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        state.free_bank_reference(entry, &self.bank());
        change_order(self.reverses, &self.lots, state, false);
    }
}

impl FundsRecovered<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: self.bank_ref,
            direction: Direction::In,
            sum: self.lots.sum(),
            transfer: self.transfer_fen,
        }
    }
}

fn ways(case: &Case<'_>, order: &Order<'_>, lot: &LotOf<'_>) -> Vec<Way> {
    let back = |source: crate::domain::place::Source| match lot.row.is_social() {
        true => source.place(),
        false => Place::Surplus(order.project.row.jurisdiction),
    };
    let sources = case.sources(order.project).into_iter();
    sources.map(|source| Way { from: order.place(source), to: back(source) }).collect()
}
