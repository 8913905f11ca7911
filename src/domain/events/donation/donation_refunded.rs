//! A gift, or a part of it, goes back to its donor 捐赠退还 (Article 28).
//!
//! While a receipt is live one of them is voided with it: else the donor keeps a paper for money
//! that came back.

use super::receipts::Void;
use crate::base::{
    Amount, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::present;
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Outside},
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// Why a gift goes back.
    pub enum RefundReason {
        Duplicate "duplicate" "重复捐赠" "Given twice",
        Error "error" "误转" "Given in error",
        IntentImpossible "intent_impossible" "捐赠意愿无法实现" "Intent impossible",
        Agreement "agreement" "协商退还" "Agreed with the donor",
        UnlawfulSource "unlawful_source" "来源不合法" "Unlawful source",
    }
}

/// A gift, or a part of it, goes back to its donor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationRefunded<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The bank's reference of the transfer.
    #[serde(borrow)]
    pub bank_ref: Name<'a>,
    /// The gift.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// Why.
    pub reason: RefundReason,
    /// The live receipt that is voided; one suffices, and it never lives again.
    #[serde(borrow, default, deserialize_with = "present")]
    pub receipt_voided: Option<Name<'a>>,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for DonationRefunded<'a> {
    const SPEC: Spec = Spec {
        name: "donation_refunded",
        label: Label { zh: "捐赠退还", en: "Donation refunded" },
        family: Family::Donation,
        articles: &[28],
        posters: &[(Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Available, Outside, Column::Refunded)],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::UnknownLot,
            Refused::NotHolder,
            Refused::ReceiptNotVoided,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=500 reason=agreement bank_ref=B1 | then G1 500 available/130723 > outside
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=unlawful_source bank_ref=GB1 | then ok
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=501 reason=agreement bank_ref=B1 | then refused insufficient_funds asked 501 left 500
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=0 reason=agreement bank_ref=B1 | then refused amount_out_of_range
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=other bank_ref=B1 | then refused malformed
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error | then refused malformed
        given @G1 @gifted | when kb-charity donation_refunded lot=G1 amount_fen=301 reason=agreement bank_ref=B1 | then refused insufficient_funds asked 301 left 300
        given @G1 @refunded | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 | then refused duplicate_bank_reference
        given @G1; kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 transfer_fen=3 | when kb-charity donation_refunded lot=G1 amount_fen=2 reason=error bank_ref=B1 transfer_fen=3 | then ok
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=4 reason=error bank_ref=B1 transfer_fen=3 | then refused figures_differ asked 3 left 4
        when kb-charity donation_refunded lot=G9 amount_fen=1 reason=error bank_ref=B1 | then refused unknown_lot
        given @G1 | when zb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 | then refused not_holder
        given @L1 | when kb-charity donation_refunded lot=L1 amount_fen=1 reason=error bank_ref=B1 | then refused not_holder
        given @G1 @R1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 | then refused receipt_not_voided
        given @G1 @R1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 receipt_voided=R9 | then refused receipt_not_voided
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 receipt_voided=R1 | then refused receipt_not_voided
        given @G1 @R1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 receipt_voided=R1 | then ok
        given @G1; kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=300; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=200 | when kb-charity donation_refunded lot=G1 amount_fen=400 reason=error bank_ref=B1 receipt_voided=R2 | then ok
        given @G1; kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=300; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=200; kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 receipt_voided=R2 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B2 receipt_voided=R2 | then refused receipt_not_voided
        given @G1 @R1; kb-charity donation_refunded lot=G1 amount_fen=100 reason=error bank_ref=B1 receipt_voided=R1; kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=400 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B2 | then refused receipt_not_voided
        given @G1 @R1; kb-charity donation_refunded lot=G1 amount_fen=100 reason=error bank_ref=B1 receipt_voided=R1 | when kb-charity donation_refunded lot=G1 amount_fen=400 reason=error bank_ref=B2 | then ok
        given @G1 | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 date=2017-02-28 | then refused date_before_origin
        given @G1 @refunded; kb-charity entry_reversed reverses=#last reason=x | when kb-charity donation_refunded lot=G1 amount_fen=500 reason=error bank_ref=B1 | then ok
        given @G1 @refunded | when kb-charity entry_reversed reverses=#last reason=x | then G1 100 outside > available/130723
        given @G1 @R1; kb-charity donation_refunded lot=G1 amount_fen=100 reason=error bank_ref=B1 receipt_voided=R1; kb-charity entry_reversed reverses=#last reason=x | when kb-charity donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1 receipt_voided=R1 | then refused receipt_not_voided
        given @G1 @R1; kb-charity donation_refunded lot=G1 amount_fen=100 reason=error bank_ref=B1 receipt_voided=R1; kb-charity entry_reversed reverses=#last reason=x | when kb-charity receipt_issued lot=G1 receipt_no=R2 amount_fen=500 | then ok
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        let (id, lot) = case.lot(self.lot)?;
        case.holds_gift(id, lot)?;
        case.voids(self.receipt_voided, id, Void::Required)?;
        case.right_transfer(&bank)?;
        let way = Way { from: Place::Available(case.here()), to: Place::Outside };
        Ok(case.moving().draw(case.state, id, self.amount_fen, way))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.use_bank_reference(entry, &self.bank());
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known");
        if let Some(number) = self.receipt_voided {
            state.void_receipt(lot, number);
        }
        state.refund(lot, self.amount_fen, true);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        state.free_bank_reference(entry, &self.bank());
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known");
        state.refund(lot, self.amount_fen, false);
    }
}

impl DonationRefunded<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: Some(self.bank_ref),
            direction: Direction::Out,
            sum: self.amount_fen.fen(),
            transfer: self.transfer_fen,
        }
    }
}
