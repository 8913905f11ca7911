//! Receipts that a gift's custodian gave: which are live, and how one ceases to be.
//!
//! A receipt that was voided never lives again, not even when what voided it is reversed; the donor
//! gets a new one. Its number stays taken.

use crate::base::{Fen, Name};
use crate::domain::case::Case;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::state::{LotId, Receipt, State};

/// Must an event name a receipt to void?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Void {
    /// Only if it wants to.
    Optional,
    /// One, as long as the gift has a live one.
    Required,
}

impl Case<'_> {
    /// The sum on the receipt that the event voids, nothing if it names none; the number must be
    /// that of a live receipt of the gift (`receipt_not_voided`).
    pub(super) fn voids(
        &self,
        number: Option<Name<'_>>,
        lot: LotId,
        must: Void,
    ) -> Result<Fen, Refusal> {
        let Some(number) = number else {
            let live = self.state.lot(lot).live_receipts;
            let holds = must == Void::Optional || live == 0;
            return self
                .require_of(Refused::ReceiptNotVoided, holds, format_args!("{live} live"))
                .map(|()| Fen::ZERO);
        };
        let receipt = self.state.receipt(lot, number).filter(|receipt| receipt.live);
        self.require_of(Refused::ReceiptNotVoided, receipt.is_some(), number)?;
        Ok(receipt.map(|receipt| receipt.amount).unwrap_or_default())
    }
}

impl State {
    /// The receipt of a gift under a number of its custodian's, live or voided.
    fn receipt(&self, lot: LotId, number: Name<'_>) -> Option<&Receipt> {
        let custodian = self.lot(lot).custodian?;
        let receipt = self.receipts.get(&(custodian, number.as_str().into()))?;
        (receipt.lot == lot).then_some(receipt)
    }

    /// Remembers a live receipt of a gift.
    pub(super) fn add_receipt(&mut self, lot: LotId, number: Name<'_>, amount: Fen) {
        let row = self.lots.change_at(lot.index());
        row.receipted = row.receipted.plus(amount).expect("receipts are bounded by the gift");
        row.live_receipts += 1;
        let custodian = row.custodian.expect("a gift has a custodian");
        let receipt = Receipt { lot, amount, live: true };
        self.receipts.add((custodian, number.as_str().into()), receipt);
    }

    /// Voids a live receipt of a gift, for ever.
    pub(super) fn void_receipt(&mut self, lot: LotId, number: Name<'_>) {
        let custodian = self.lot(lot).custodian.expect("a gift has a custodian");
        let key = (custodian, number.as_str().into());
        let receipt = self.receipts.change(&key).expect("the receipt was known");
        assert!(receipt.live, "a receipt is voided once");
        receipt.live = false;
        let amount = receipt.amount;
        let row = self.lots.change_at(lot.index());
        row.receipted = row.receipted.minus(amount).expect("live receipts add up to their sum");
        row.live_receipts =
            row.live_receipts.checked_sub(1).expect("a live receipt is one of those counted");
    }
}
