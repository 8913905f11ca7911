//! A gift arrives 捐赠到账 (Articles 26, 28), with what its donor wishes.
//!
//! The donor is an opaque reference; who that is stays outside the chain.

use crate::base::{
    Amount, Code, Digest, Name, Year,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::fund::{Class, Fund};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Intent, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Outside},
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{
    Campaign, CampaignId, Direction, IntentId, Lot, LotId, OrganizationId, State, Wish,
};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// What kind of giver it is.
    pub enum DonorKind {
        Person "person" "个人" "Person",
        Company "company" "企业" "Company",
        Organization "organization" "社会组织" "Organization",
        Government "government" "政府机关" "Government",
        Crowd "crowd" "众筹" "Crowd",
    }
}

vocabulary! {
    /// How a giver may be named in public.
    pub enum Anonymity {
        Public "public" "公开" "Public",
        Alias "alias" "化名" "Alias",
        Anonymous "anonymous" "匿名" "Anonymous",
    }
}

/// A gift arrives, as a new lot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationReceived<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// How the giver may be named in public.
    pub anonymity: Anonymity,
    /// The bank's reference.
    #[serde(borrow, default, deserialize_with = "present")]
    pub bank_ref: Option<Name<'a>>,
    /// The campaign that it was given to.
    #[serde(borrow, default, deserialize_with = "present")]
    pub campaign: Option<Name<'a>>,
    /// Who holds it.
    #[serde(borrow)]
    pub custodian: Name<'a>,
    /// The giver's opaque reference.
    #[serde(borrow)]
    pub donor: Name<'a>,
    /// What kind of giver it is.
    pub donor_kind: DonorKind,
    /// What the giver wishes.
    #[serde(borrow)]
    pub intent: Intent<'a>,
    /// SHA-256 of the look-up code, which the program makes.
    #[serde(default, deserialize_with = "present")]
    pub lookup_sha256: Option<Digest>,
    /// The new lot's id.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// The pledge that it fulfils.
    #[serde(borrow, default, deserialize_with = "present")]
    pub pledge: Option<Name<'a>>,
    /// The number of the receipt that was given at once.
    #[serde(borrow, default, deserialize_with = "present")]
    pub receipt_no: Option<Name<'a>>,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for DonationReceived<'a> {
    const SPEC: Spec = Spec {
        name: "donation_received",
        label: Label { zh: "捐赠到账", en: "Donation received" },
        family: Family::Donation,
        articles: &[26, 28],
        posters: &[(Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Outside, Available, Column::Received)],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::DuplicateBankReference,
            Refused::AlreadyKnown,
            Refused::UnknownCustodian,
            Refused::UnknownPledge,
            Refused::NotHolder,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias | then G9 5 outside > available/130723
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\",\"jurisdictions\":[\"139999\"]} anonymity=alias | then refused unknown_jurisdiction
        given @G1 | when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias bank_ref=GB1 | then refused duplicate_bank_reference
        given @G1 | when kb-charity donation_received lot=G1 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias | then refused already_known
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-finance amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias | then refused unknown_custodian
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=zb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias | then refused not_holder
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias pledge=Q9 | then refused unknown_pledge
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias bank_ref=B transfer_fen=4 | then refused figures_differ
        when kb-charity donation_received lot=G9 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=alias transfer_fen=5 | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let together = self.transfer_fen.is_none() || self.bank_ref.is_some();
        Misshapen::unless(together, "transfer_fen stands only with bank_ref")
    }

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        self.intent.jurisdictions.iter().for_each(|code| each(*code));
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        case.new_name(case.state.lot_id(self.lot.as_str()).is_some(), self.lot)?;
        if let Some(code) = &self.lookup_sha256 {
            case.new_name(case.state.lookups.get(code).is_some(), "lookup_sha256")?;
        }
        if let (Some(number), Some(custodian)) = (self.receipt_no, case.organization_here()) {
            let key = (custodian, number.as_str().into());
            case.new_name(case.state.receipts.get(&key).is_some(), number)?;
        }
        let custodian = case.custodian(self.custodian)?;
        if let Some(pledge) = self.pledge {
            let known = case.state.pledges.get(pledge.as_str()).is_some();
            case.require_of(Refused::UnknownPledge, known, pledge)?;
        }
        let own = case.organization_here() == Some(custodian);
        case.require_of(Refused::NotHolder, own, self.custodian)?;
        case.right_transfer(&bank)?;
        let lot = LotId::new(case.state.lots.len());
        Ok(case.moving().bring_in(lot, self.amount_fen, Place::Available(case.here())))
    }

    fn introduce(&self, entry: &Entry<'_>, state: &mut State) {
        let custodian = state.organization_id(self.custodian.as_str()).expect("it was known");
        let row = self.lot_row(entry, custodian, state);
        state.lots.add(self.lot.as_str().into(), row);
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.use_bank_reference(entry, &self.bank());
        let lot = state.lot_id(self.lot.as_str()).expect("it was introduced");
        if let Some(code) = self.lookup_sha256 {
            state.lookups.add(code, lot);
        }
        if let Some(number) = self.receipt_no {
            state.add_receipt(lot, number, self.amount_fen.fen());
        }
        state.join_campaign(lot, entry.facts.seq);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        state.free_bank_reference(entry, &self.bank());
        let row = state.lots.change(self.lot.as_str()).expect("the receipt made the lot known");
        row.reversed = true;
        let lot = state.lot_id(self.lot.as_str()).expect("the receipt made the lot known");
        state.leave_campaign(lot);
    }
}

impl DonationReceived<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: self.bank_ref,
            direction: Direction::In,
            sum: self.amount_fen.fen(),
            transfer: self.transfer_fen,
        }
    }

    fn lot_row(&self, entry: &Entry<'_>, custodian: OrganizationId, state: &mut State) -> Lot {
        let campaign = self.campaign.map(|name| {
            let key = (name.as_str().into(), custodian);
            match state.campaigns.index(&key) {
                Some(index) => CampaignId::new(index),
                None => CampaignId::new(state.campaigns.add(key, Campaign::default())),
            }
        });
        let date = entry.event.business_date;
        Lot {
            fund: Fund::Donation,
            class: Class::Social,
            item: None,
            year: Year::new(date.year()).map_or(date.year(), Year::get),
            received_on: date,
            receiver: entry.here(),
            received_by: Some(custodian),
            custodian: Some(custodian),
            purpose: 0,
            pairing: None,
            of_lot: None,
            donor: Some(state.introduce_party(self.donor.as_str())),
            campaign,
            intent: state.wish_id(&self.intent),
            had_code: self.lookup_sha256.is_some(),
            reversed: false,
            received: self.amount_fen.fen(),
            withdrawn: Default::default(),
            refunded: Default::default(),
            spent: Default::default(),
            fees: Default::default(),
            receipted: Default::default(),
            live_receipts: 0,
            last_moved: entry.facts.seq,
        }
    }
}

impl State {
    /// The id of a donor's wish; a wish that restricts nothing is the one under 0.
    pub fn wish_id(&mut self, intent: &Intent<'_>) -> IntentId {
        let wish = Wish {
            jurisdictions: intent.jurisdictions.as_slice().to_vec(),
            villages: intent.villages.as_slice().to_vec(),
            projects: intent.projects.iter().map(|name| name.as_str().into()).collect(),
            categories: intent.categories.iter().fold(0, |bits, one| bits | one.bit()),
            fee_cap_bp: intent.fee_cap_bp.map_or(0, |share| share.get()),
        };
        let known = self.wishes.index(&wish);
        IntentId::new(known.unwrap_or_else(|| self.wishes.add(wish, ())))
    }
}
