//! The body that a finding is about says that it has rectified 整改完成 (Article 6), with its evidence.
//!
//! Whether that is so is for whoever closes the finding to say.

use crate::base::{EventId, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::List;
use crate::domain::refusal::{Code as Refused, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

/// The body that a finding is about says that it has rectified.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RectificationCompleted<'a> {
    /// The events that show it.
    pub evidence: List<EventId>,
    /// The finding.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// What was done.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
}

impl<'a> Kind<'a> for RectificationCompleted<'a> {
    const SPEC: Spec = Spec {
        name: "rectification_completed",
        label: Label { zh: "整改完成", en: "Rectification completed" },
        family: Family::Supervision,
        articles: &[6],
        posters: super::rights::ANSWERABLE,
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownFinding,
            Refused::UnknownEvent,
            Refused::WrongStage,
            Refused::NotOwnFinding,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 @finding | when road-co rectification_completed finding=F1 evidence=["00000000-0000-0000-0000-000000000001"] text=x | then ok
        given @P1 @finding | when road-co rectification_completed finding=F1 evidence=["00000000-0000-0000-0000-00000000ffff"] text=x | then refused unknown_event
        when road-co rectification_completed finding=F9 evidence=["00000000-0000-0000-0000-00000000ffff"] text=x | then refused unknown_finding
        given @P1 @finding; hb-audit finding_closed finding=F1 outcome=rectified text=x | when kb-unit rectification_completed finding=F1 evidence=[] text=x | then refused wrong_stage
        given @P1 @finding | when kb-unit rectification_completed finding=F1 evidence=[] text=x | then refused not_own_finding
        given @P1 @finding | when hb-audit rectification_completed finding=F1 evidence=[] text=x | then refused not_authorised
        given @P1; hb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x here=130723 | when kb-unit rectification_completed finding=F2 evidence=[] text=x | then ok
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let finding = case.finding(self.finding)?;
        case.evidence_is_known(&self.evidence)?;
        case.finding_is_open(self.finding, finding)?;
        case.answers_for(self.finding, finding)?;
        Ok(Movements::none())
    }
}
