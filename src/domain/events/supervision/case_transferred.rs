//! A case is transferred 案件移送 (Article 6) to the body that pursues it, which closes the finding
//! here.
//!
//! The receiving body need not be one that the ledger knows.

use crate::base::{Line, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A case is transferred to the body that pursues it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseTransferred<'a> {
    /// The finding.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
    /// The body that gets it.
    #[serde(borrow)]
    pub to_body: Line<'a>,
}

impl<'a> Kind<'a> for CaseTransferred<'a> {
    const SPEC: Spec = Spec {
        name: "case_transferred",
        label: Label { zh: "案件移送", en: "Case transferred" },
        family: Family::Supervision,
        articles: &[6],
        posters: super::rights::INSPECTION,
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownFinding, Refused::WrongStage, Refused::NotOwnFinding],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 @finding | when hb-audit case_transferred finding=F1 to_body=河北省人民检察院 text=x here=130723 | then ok
        when hb-audit case_transferred finding=F9 to_body=x text=x | then refused unknown_finding
        given @P1 @finding; hb-audit case_transferred finding=F1 to_body=x text=x | when hb-audit case_transferred finding=F1 to_body=x text=x | then refused wrong_stage
        given @P1 @finding; hb-audit finding_closed finding=F1 outcome=transferred text=x | when hb-audit case_transferred finding=F1 to_body=x text=x | then refused wrong_stage
        given @P1 @finding | when hb-discipline case_transferred finding=F1 to_body=x text=x | then refused not_own_finding
        given kb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when hb-discipline case_transferred finding=F2 to_body=x text=x | then ok
        given kb-finance finding_raised finding=F2 rule=x subjects={"organization":"kb-unit"} severity=risk evidence=[] text=x | when kb-finance case_transferred finding=F2 to_body=x text=x | then refused not_authorised
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
