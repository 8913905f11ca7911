//! Whose a gift is: who holds it, who gave it, who heard of it (design sections 4, 5 and 8).
//!
//! Everything here is answered as `not_holder`. A giver is an opaque reference, told by the grant.

use super::FeedbackSent;
use crate::base::EventId;
use crate::domain::case::Case;
use crate::domain::event::{Data, Type};
use crate::domain::refusal::{Check, Code as Refused};
use crate::domain::role::Role;
use crate::domain::state::{Lot, LotId, OrganizationKind};

impl Case<'_> {
    /// The lot is a gift in the poster's custody (`not_holder`).
    pub(in crate::domain::events) fn holds_gift(&self, id: LotId, lot: &Lot) -> Check {
        let holds = self.is_custodian() && lot.custodian == self.organization_here();
        let name = self.state.lot_name(id);
        self.require_of(Refused::NotHolder, lot.is_gift() && holds, format_args!("lot {name}"))
    }

    /// Did the poster give the lot? The grant's organization is the donor reference that the lot
    /// names, or the helper that the lot's pairing names.
    pub(super) fn gave(&self, lot: &Lot) -> bool {
        let donor = lot.donor.map(|donor| self.state.party_name(donor));
        let helper = lot.pairing.map(|pairing| self.state.pairing(pairing).helper);
        donor == Some(self.event.by.org.as_str())
            || helper.is_some() && helper == self.organization_here()
    }

    /// Is the poster the program's own desk for holders of look-up codes, the built-in principal
    /// `gift-desk`: a donor's grant in the platform's organization (design section 8)?
    fn is_gift_desk(&self) -> bool {
        let organization = self.organization_here().map(|id| self.state.organization(id).kind);
        self.role() == Role::Donor && organization == Some(OrganizationKind::Platform)
    }

    /// The poster may answer the feedback: it names a lot that the poster gave, or a campaign that
    /// the poster had given to when it was sent (`unknown_event`, `not_holder`).
    ///
    /// The desk answers for whoever showed a look-up code, so for feedback on a gift that ever had
    /// one; that the code was the gift's, the desk has checked before it posts.
    pub(super) fn heard(&self, feedback: EventId) -> Check {
        let heard = self.past(feedback, &[Type::FeedbackSent], |seq, past| {
            let Data::FeedbackSent(sent) = &past.event.data else {
                unreachable!("only feedback was asked for")
            };
            self.is_among(sent, seq, past.event.by.org.as_str())
        })?;
        self.require_of(Refused::NotHolder, heard, format_args!("feedback {feedback}"))
    }

    /// Is the poster one of those that the feedback of a custodian, recorded as `seq`, was about?
    fn is_among(&self, sent: &FeedbackSent<'_>, seq: u64, custodian: &str) -> bool {
        let desk = self.is_gift_desk();
        let mut lots = sent.lots.iter().filter_map(|name| self.state.lot_id(name.as_str()));
        let of_lots = lots.any(|id| {
            let lot = self.state.lot(id);
            self.gave(lot) || desk && lot.had_code
        });
        let campaign = sent.campaign.and_then(|name| self.state.campaign_id(name, custodian));
        of_lots
            || campaign.is_some_and(|id| {
                let donor = self.state.party_id(self.event.by.org.as_str());
                let since = donor.and_then(|donor| self.state.campaign_donors.get(&(id, donor)));
                since.is_some_and(|first| *first < seq) || desk && self.state.campaign(id).had_code
            })
    }
}
