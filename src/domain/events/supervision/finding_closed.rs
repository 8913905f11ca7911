//! A finding is closed 问题销号 (Article 6), by who raised it or by audit or inspection above.
//!
//! Never by the body that it is about. A closed finding takes no further events and no new orders
//! of recovery; orders given before go on.

use crate::base::{
    Name, Text,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// How a finding ended.
    pub enum Outcome {
        Rectified "rectified" "已整改" "Rectified",
        Recovered "recovered" "已追回" "Recovered",
        Disciplined "disciplined" "已处分" "Disciplined",
        Transferred "transferred" "已移送" "Transferred",
        Unfounded "unfounded" "不成立" "Unfounded",
    }
}

/// A finding is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingClosed<'a> {
    /// The finding.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
}

impl<'a> Kind<'a> for FindingClosed<'a> {
    const SPEC: Spec = Spec {
        name: "finding_closed",
        label: Label { zh: "问题销号", en: "Finding closed" },
        family: Family::Supervision,
        articles: &[6],
        posters: super::rights::SUPERVISORS,
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownFinding, Refused::WrongStage, Refused::NotOwnFinding],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 @finding | when hb-audit finding_closed finding=F1 outcome=rectified text=x here=130723 | then ok
        given @P1 @finding | when hb-audit finding_closed finding=F1 outcome=settled text=x | then refused malformed
        when hb-audit finding_closed finding=F9 outcome=rectified text=x | then refused unknown_finding
        given @P1 @finding; hb-audit finding_closed finding=F1 outcome=rectified text=x | when hb-audit finding_closed finding=F1 outcome=rectified text=x | then refused wrong_stage
        given @P1 @finding; hb-audit case_transferred finding=F1 to_body=x text=x | when hb-audit finding_closed finding=F1 outcome=transferred text=x | then refused wrong_stage
        given @P1 @finding | when kb-finance finding_closed finding=F1 outcome=rectified text=x | then refused not_own_finding
        given @P1 @finding | when hb-discipline finding_closed finding=F1 outcome=rectified text=x | then refused not_own_finding
        given @P1 @finding | when kb-audit finding_closed finding=F1 outcome=rectified text=x | then refused not_own_finding
        given @P1 @finding | when hb-audit finding_closed finding=F1 outcome=rectified text=x here=130722 | then refused not_own_finding
        given kb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when hb-audit finding_closed finding=F2 outcome=unfounded text=x | then ok
        given kb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when hb-discipline finding_closed finding=F2 outcome=unfounded text=x | then ok
        given kb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-unit"} severity=risk evidence=[] text=x | when zjk-finance finding_closed finding=F2 outcome=unfounded text=x | then refused not_own_finding
        given kb-finance finding_raised finding=F2 rule=x subjects={"organization":"kb-unit"} severity=risk evidence=[] text=x | when kb-finance finding_closed finding=F2 outcome=recovered text=x | then ok
        given kb-finance finding_raised finding=F2 rule=x subjects={"organization":"kb-unit"} severity=risk evidence=[] text=x | when kb-audit finding_closed finding=F2 outcome=recovered text=x | then refused not_own_finding
        given kb-finance finding_raised finding=F2 rule=x subjects={"organization":"kb-audit"} severity=risk evidence=[] text=x; operator principal_registered principal=wide role=auditor scope=130000 org=kb-audit signing=optional | when wide finding_closed finding=F2 outcome=unfounded text=x | then refused not_own_finding
        given @P1; kb-audit finding_raised finding=F2 rule=x subjects={"project":"P1"} severity=risk evidence=[] text=x | when kb-audit finding_closed finding=F2 outcome=disciplined text=x | then ok
        given @P1 @finding | when road-co finding_closed finding=F1 outcome=rectified text=x | then refused not_authorised
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let finding = case.finding(self.finding)?;
        case.finding_is_open(self.finding, finding)?;
        case.closes(self.finding, finding)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        state.close_finding(self.finding);
    }
}
