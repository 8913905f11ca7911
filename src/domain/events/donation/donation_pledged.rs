//! A gift is promised 认捐 (Articles 26, 28). No money moves: a promise is not a receipt.

use crate::base::{Amount, Code, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::Intent;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A gift is promised.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationPledged<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The giver's opaque reference.
    #[serde(borrow)]
    pub donor: Name<'a>,
    /// What the giver wishes.
    #[serde(borrow)]
    pub intent: Intent<'a>,
    /// The pledge's id.
    #[serde(borrow)]
    pub pledge: Name<'a>,
}

impl<'a> Kind<'a> for DonationPledged<'a> {
    const SPEC: Spec = Spec {
        name: "donation_pledged",
        label: Label { zh: "认捐", en: "Donation pledged" },
        family: Family::Donation,
        articles: &[26, 28],
        posters: &[
            (Role::Custodian, Reach::Own),
            (Role::Donor, Reach::Any),
            (Role::HelperUnit, Reach::Any),
        ],
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownJurisdiction, Refused::AlreadyKnown, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-charity donation_pledged pledge=Q1 donor=d-9 amount_fen=1 intent={\"fallback\":\"ask\"} docs=none | then ok
        when donor donation_pledged pledge=Q1 donor=d-1 amount_fen=1 intent={\"fallback\":\"ask\"} docs=none here=130723 checker=m-1 | then ok
        when bj-chaoyang donation_pledged pledge=Q1 donor=bj-chaoyang amount_fen=1 intent={\"fallback\":\"ask\"} docs=none here=130723 | then ok
        when kb-finance donation_pledged pledge=Q1 donor=d-9 amount_fen=1 intent={\"fallback\":\"ask\"} | then refused not_authorised
        when kb-charity donation_pledged pledge=Q1 donor=d-9 amount_fen=0 intent={\"fallback\":\"ask\"} | then refused amount_out_of_range
        when kb-charity donation_pledged pledge=Q1 donor=d-9 amount_fen=1 intent={\"fallback\":\"ask\",\"jurisdictions\":[\"139999\"]} | then refused unknown_jurisdiction
        given kb-charity donation_pledged pledge=Q1 donor=d-9 amount_fen=1 intent={\"fallback\":\"ask\"} | when zb-charity donation_pledged pledge=Q1 donor=d-8 amount_fen=2 intent={\"fallback\":\"ask\"} | then refused already_known
        when donor donation_pledged pledge=Q1 donor=d-2 amount_fen=1 intent={\"fallback\":\"ask\"} | then refused not_holder
        when bj-chaoyang donation_pledged pledge=Q1 donor=d-1 amount_fen=1 intent={\"fallback\":\"ask\"} | then refused not_holder
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        self.intent.jurisdictions.iter().for_each(|code| each(*code));
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let known = case.state.pledges.get(self.pledge.as_str()).is_some();
        case.new_name(known, self.pledge)?;
        let own = case.is_custodian() || case.event.by.org == self.donor;
        case.require_of(Refused::NotHolder, own, self.donor)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        state.pledges.add(self.pledge.as_str().into(), self.donor.as_str().into());
    }
}
