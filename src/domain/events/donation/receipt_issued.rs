//! A custodian gives the donor a receipt 捐赠票据 (Articles 26, 28), alone or for one that it voids.
//!
//! The live receipts of a gift never say more than what came in and was not refunded.

use super::receipts::Void;
use crate::base::{Amount, Fen, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A custodian gives the donor a receipt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptIssued<'a> {
    /// The sum on it.
    pub amount_fen: Amount,
    /// The gift.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// Its number, new to the custodian.
    #[serde(borrow)]
    pub receipt_no: Name<'a>,
    /// The live receipt of the gift that it takes the place of, and voids.
    #[serde(borrow, default, deserialize_with = "present")]
    pub replaces: Option<Name<'a>>,
}

impl<'a> Kind<'a> for ReceiptIssued<'a> {
    const SPEC: Spec = Spec {
        name: "receipt_issued",
        label: Label { zh: "捐赠票据开具", en: "Receipt issued" },
        family: Family::Donation,
        articles: &[26, 28],
        posters: &[(Role::Custodian, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::AlreadyKnown,
            Refused::UnknownLot,
            Refused::NotHolder,
            Refused::ReceiptNotVoided,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @G1 | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=1 | then ok
        given @G1 | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=500 | then ok
        given @G1 | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=501 | then refused figures_differ asked 501 left 500
        given @G1 | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=0 | then refused amount_out_of_range
        given @G1; kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=300 | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=200 | then ok
        given @G1; kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=300 | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=201 | then refused figures_differ asked 501 left 500
        given @G1 @R1 | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=500 replaces=R1 | then ok
        given @G1 @R1 | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=501 replaces=R1 | then refused figures_differ asked 501 left 500
        given @G1 @R1 | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=500 replaces=R1 | then refused already_known
        given @G1 @G2 @R1 | when kb-charity receipt_issued lot=G2 receipt_no=R1 amount_fen=1 | then refused already_known
        given @G1 @R1; zb-charity donation_received lot=G8 donor=d-1 donor_kind=person custodian=zb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias | when zb-charity receipt_issued lot=G8 receipt_no=R1 amount_fen=5 | then ok
        when kb-charity receipt_issued lot=G9 receipt_no=R1 amount_fen=1 | then refused unknown_lot
        given @G1 | when zb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=1 | then refused not_holder
        given @L1 | when kb-charity receipt_issued lot=L1 receipt_no=R1 amount_fen=1 | then refused not_holder
        given @G1 | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=1 replaces=R9 | then refused receipt_not_voided
        given @G1 @G2 @R1 | when kb-charity receipt_issued lot=G2 receipt_no=R2 amount_fen=1 replaces=R1 | then refused receipt_not_voided
        given @G1 @R1; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=100 replaces=R1 | when kb-charity receipt_issued lot=G1 receipt_no=R3 amount_fen=1 replaces=R1 | then refused receipt_not_voided
        given @G1 @R1; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=100 replaces=R1 | when kb-charity receipt_issued lot=G1 receipt_no=R3 amount_fen=400 | then ok
        given @G1 @R1; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=100 replaces=R1 | when kb-charity receipt_issued lot=G1 receipt_no=R3 amount_fen=401 | then refused figures_differ asked 501 left 500
        given @G1 @refunded | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=400 | then ok
        given @G1 @refunded | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=401 | then refused figures_differ asked 401 left 400
        given @G1 @refunded; kb-charity entry_reversed reverses=#last reason=x | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=500 | then ok
        given @G1; kb-charity entry_reversed reverses=#last reason=x | when kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=1 | then refused figures_differ asked 1 left 0
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        if let Some(custodian) = case.organization_here() {
            let key = (custodian, self.receipt_no.as_str().into());
            case.new_name(case.state.receipts.get(&key).is_some(), self.receipt_no)?;
        }
        let (id, lot) = case.lot(self.lot)?;
        case.holds_gift(id, lot)?;
        let void = case.voids(self.replaces, id, Void::Optional)?;
        let others = lot.receipted.less(void);
        // Two amounts of 2^53 − 1 fen are no figure any more, but more than any gift holds.
        let live = others.plus(self.amount_fen).unwrap_or(self.amount_fen.fen());
        let stays = match lot.reversed {
            true => Fen::ZERO,
            false => lot.received.less(lot.refunded),
        };
        case.require_within(
            Refused::FiguresDiffer,
            live,
            stays,
            format_args!("live receipts of lot {}", self.lot),
        )?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known");
        if let Some(number) = self.replaces {
            state.void_receipt(lot, number);
        }
        state.add_receipt(lot, self.receipt_no, self.amount_fen.fen());
    }
}
