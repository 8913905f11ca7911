//! A giver confirms a feedback 反馈确认 (Article 28), by an own grant or by the gift's look-up code.

use crate::base::{Digest, EventId, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use schemars::JsonSchema;
use serde::Deserialize;

/// A giver confirms a feedback.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackAcknowledged {
    /// The feedback.
    pub feedback: EventId,
    /// SHA-256 of what the giver wrote, sealed.
    #[serde(default, deserialize_with = "present")]
    pub text_sha256: Option<Digest>,
}

impl<'a> Kind<'a> for FeedbackAcknowledged {
    const SPEC: Spec = Spec {
        name: "feedback_acknowledged",
        label: Label { zh: "反馈确认", en: "Feedback acknowledged" },
        family: Family::Donation,
        articles: &[28],
        posters: &[(Role::Donor, Reach::Any), (Role::HelperUnit, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownEvent, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @told | when donor feedback_acknowledged feedback=#last docs=none checker=m-1 | then ok
        given @told | when donor feedback_acknowledged feedback=#last text_sha256=@digest here=130723 | then ok
        given @told | when kb-charity feedback_acknowledged feedback=#last | then refused not_authorised
        given @told | when donor feedback_acknowledged feedback=00000000-0000-0000-0000-00000000ffff | then refused unknown_event
        given @told | when donor feedback_acknowledged feedback=#donation_received | then refused unknown_event
        given @told | when bj-chaoyang feedback_acknowledged feedback=#last | then refused not_holder
        given @told | when donor feedback_acknowledged feedback=#last text_sha256=x | then refused malformed
        given @coded @desk; kb-charity feedback_sent lots=[\"G2\"] kind=receipt as_of=#donation_received received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | when gift-desk feedback_acknowledged feedback=#last | then ok
        given @coded; kb-charity feedback_sent lots=[\"G2\"] kind=receipt as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | when donor feedback_acknowledged feedback=#last | then refused not_holder
        given @told @desk | when gift-desk feedback_acknowledged feedback=#feedback_sent | then refused not_holder
        given @campaign; kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | when donor feedback_acknowledged feedback=#last | then ok
        given @campaign; kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | when bj-chaoyang feedback_acknowledged feedback=#last | then refused not_holder
        given @campaign; kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice; kb-charity donation_received lot=C9 donor=bj-chaoyang donor_kind=organization custodian=kb-charity amount_fen=1 intent={\"fallback\":\"ask\"} anonymity=public campaign=spring | when bj-chaoyang feedback_acknowledged feedback=#feedback_sent | then refused not_holder
        given @campaign @desk; kb-charity feedback_sent campaign=spring kind=use as_of=#donation_received received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | when gift-desk feedback_acknowledged feedback=#last | then refused not_holder
        given @campaign @desk; kb-charity lookup_replaced lot=C2 lookup_sha256=@digest; kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | when gift-desk feedback_acknowledged feedback=#last | then ok
        given @paired; kb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | when bj-chaoyang feedback_acknowledged feedback=#last | then ok
        given @paired; kb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | when donor feedback_acknowledged feedback=#last | then refused not_holder
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.heard(self.feedback)?;
        Ok(Movements::none())
    }
}
