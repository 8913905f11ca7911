//! The body that a finding is about answers it 问题答复 (Article 6).
//!
//! An answer closes nothing, and needs no document: the text is the answer.

use crate::base::{Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

/// The body that a finding is about answers it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingAnswered<'a> {
    /// The finding.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// The answer.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
}

impl<'a> Kind<'a> for FindingAnswered<'a> {
    const SPEC: Spec = Spec {
        name: "finding_answered",
        label: Label { zh: "问题答复", en: "Finding answered" },
        family: Family::Supervision,
        articles: &[6],
        posters: super::rights::ANSWERABLE,
        document: false,
        flows: &[],
        refuses: &[Refused::UnknownFinding, Refused::WrongStage, Refused::NotOwnFinding],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 @finding | when road-co finding_answered finding=F1 text=x docs=none | then ok
        when road-co finding_answered finding=F9 text=x | then refused unknown_finding
        given @P1 @finding; hb-audit finding_closed finding=F1 outcome=rectified text=x | when road-co finding_answered finding=F1 text=x | then refused wrong_stage
        given @P1 @finding; hb-audit case_transferred finding=F1 to_body=x text=x | when road-co finding_answered finding=F1 text=x | then refused wrong_stage
        given @P1 @finding | when kb-unit finding_answered finding=F1 text=x | then refused not_own_finding
        given @P1 @finding | when kb-finance finding_answered finding=F1 text=x | then refused not_own_finding
        given @P1 @finding | when hb-audit finding_answered finding=F1 text=x | then refused not_authorised
        given hb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when kb-finance finding_answered finding=F2 text=x | then ok
        given @P1; hb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x here=130723 | when kb-line finding_answered finding=F2 text=x | then ok
        given @P1; hb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x here=130723 | when kb-charity finding_answered finding=F2 text=x | then ok
        given @P1; hb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x here=130723 | when zjk-finance finding_answered finding=F2 text=x | then refused not_own_finding
        given @P1; hb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x here=130723 | when zb-finance finding_answered finding=F2 text=x | then refused not_own_finding
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let finding = case.finding(self.finding)?;
        case.finding_is_open(self.finding, finding)?;
        case.answers_for(self.finding, finding)?;
        Ok(Movements::none())
    }
}
