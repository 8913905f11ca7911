//! What gifts have together and what left them: campaigns, who gave to them, refunds.

use super::{CampaignId, LotId, State};
use crate::base::{Amount, Name};
use serde::{Deserialize, Serialize};

/// The sums, in fen, of a campaign's gifts in one custodian's hand. Many gifts may pass what one
/// figure can hold, so these are wider than a [`crate::base::Fen`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Campaign {
    /// What came in, less reversed receipts.
    pub received: i128,
    /// What is spent.
    pub spent: i128,
    /// What was refunded or withdrawn.
    pub refunded: i128,
    /// Did one of its gifts ever have a look-up code?
    pub had_code: bool,
    /// The record that moved one of its gifts last.
    pub last_moved: u64,
}

impl State {
    /// The campaign of that name in a custodian's hand.
    pub fn campaign_id(&self, name: Name<'_>, custodian: &str) -> Option<CampaignId> {
        let custodian = self.organization_id(custodian)?;
        self.campaigns.index(&(name.as_str().into(), custodian)).map(CampaignId::new)
    }

    /// A campaign.
    pub fn campaign(&self, id: CampaignId) -> &Campaign {
        self.campaigns.at(id.index()).1
    }

    /// Counts a gift that came in by record `seq` into its campaign, if it has one, and remembers
    /// since when its donor has been among the campaign's.
    pub fn join_campaign(&mut self, lot: LotId, seq: u64) {
        let lot = self.lot(lot);
        let (received, donor, had_code) = (lot.received, lot.donor, lot.had_code);
        let Some(id) = lot.campaign else { return };
        let row = self.campaigns.change_at(id.index());
        row.received += i128::from(received.get());
        row.had_code |= had_code;
        if let Some(donor) = donor
            && self.campaign_donors.get(&(id, donor)).is_none()
        {
            self.campaign_donors.add((id, donor), seq);
        }
    }

    /// Takes a gift whose receipt is reversed out of its campaign's sum.
    pub fn leave_campaign(&mut self, lot: LotId) {
        let lot = self.lot(lot);
        let received = i128::from(lot.received.get());
        let Some(id) = lot.campaign else { return };
        let row = self.campaigns.change_at(id.index());
        row.received -= received;
        assert!(row.received >= 0, "a gift leaves the campaign that it joined, once");
    }

    /// Counts a refund of a gift, or takes it back: the lot's sum and its campaign's.
    pub fn refund(&mut self, lot: LotId, amount: Amount, forwards: bool) {
        let row = self.lots.change_at(lot.index());
        let refunded = match forwards {
            true => row.refunded.plus(amount),
            false => row.refunded.minus(amount),
        };
        row.refunded = refunded.expect("a refund moves what came in, and is taken back once");
        assert!(row.refunded <= row.received, "law: no more goes back than came in");
        let Some(id) = row.campaign else { return };
        let row = self.campaigns.change_at(id.index());
        row.refunded += if forwards { 1 } else { -1 } * i128::from(amount.get());
        assert!(row.refunded >= 0, "a campaign's refunds are those of its gifts");
    }
}
