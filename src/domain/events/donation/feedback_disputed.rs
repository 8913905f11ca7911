//! A giver disputes a feedback 反馈异议 (Article 28); a reply is owed from then on.
//!
//! What is disputed is written outside the chain; here stand the fact and the text's digest.

use crate::base::{Digest, EventId, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use schemars::JsonSchema;
use serde::Deserialize;

/// A giver disputes a feedback.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackDisputed {
    /// The feedback.
    pub feedback: EventId,
    /// SHA-256 of what the giver wrote, sealed.
    #[serde(default, deserialize_with = "present")]
    pub text_sha256: Option<Digest>,
}

impl<'a> Kind<'a> for FeedbackDisputed {
    const SPEC: Spec = Spec {
        name: "feedback_disputed",
        label: Label { zh: "反馈异议", en: "Feedback disputed" },
        family: Family::Donation,
        articles: &[28],
        posters: &[(Role::Donor, Reach::Any), (Role::HelperUnit, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownEvent, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @told | when donor feedback_disputed feedback=#last text_sha256=@digest docs=none checker=m-1 | then ok
        given @told; donor feedback_acknowledged feedback=#last | when donor feedback_disputed feedback=#feedback_sent | then ok
        given @told; donor feedback_disputed feedback=#last; kb-charity feedback_sent lots=[\"G1\"] kind=reply as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | when donor feedback_disputed feedback=#last | then ok
        given @told | when kb-charity feedback_disputed feedback=#last | then refused not_authorised
        given @told | when donor feedback_disputed feedback=#donation_received | then refused unknown_event
        given @told | when bj-chaoyang feedback_disputed feedback=#last | then refused not_holder
        given @told @desk | when gift-desk feedback_disputed feedback=#feedback_sent | then refused not_holder
        given @coded @desk; kb-charity feedback_sent lots=[\"G2\"] kind=receipt as_of=#donation_received received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter; kb-charity lookup_replaced lot=G2 | when gift-desk feedback_disputed feedback=#feedback_sent | then ok
        given @paired; kb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | when bj-chaoyang feedback_disputed feedback=#last | then ok
        given @paired; kb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | when donor feedback_disputed feedback=#last | then refused not_holder
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.heard(self.feedback)?;
        Ok(Movements::none())
    }
}
