//! Rectification is ordered 责令整改 (Articles 6, 17), with a day by which it is due.
//!
//! Whoever supervises the body may order it, not only who raised the finding; never the body
//! itself.

use crate::base::{Date, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::refusal::{Code as Refused, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

/// Rectification is ordered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RectificationOrdered<'a> {
    /// The day by which it is due.
    pub due: Date,
    /// The finding.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// What is to be done.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
}

impl<'a> Kind<'a> for RectificationOrdered<'a> {
    const SPEC: Spec = Spec {
        name: "rectification_ordered",
        label: Label { zh: "责令整改", en: "Rectification ordered" },
        family: Family::Supervision,
        articles: &[6, 17],
        posters: super::rights::SUPERVISORS,
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownFinding, Refused::WrongStage, Refused::NotOwnFinding],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 @finding | when hb-audit rectification_ordered finding=F1 due=2018-06-01 text=x here=130723 | then ok
        given @P1 @finding | when hb-audit rectification_ordered finding=F1 due=2018-06-01 text=x | then ok
        given @P1 @finding | when kb-finance rectification_ordered finding=F1 due=2018-06-01 text=x | then ok
        given @P1 @finding | when zjk-finance rectification_ordered finding=F1 due=2018-06-01 text=x | then ok
        given @P1 @finding | when hb-audit rectification_ordered finding=F1 due=2018-02-30 text=x | then refused malformed
        when hb-audit rectification_ordered finding=F9 due=2018-06-01 text=x | then refused unknown_finding
        given @P1 @finding; hb-audit finding_closed finding=F1 outcome=unfounded text=x | when hb-audit rectification_ordered finding=F1 due=2018-06-01 text=x | then refused wrong_stage
        given @P1 @finding | when zb-finance rectification_ordered finding=F1 due=2018-06-01 text=x | then refused not_own_finding
        given @P1 @finding | when hb-audit rectification_ordered finding=F1 due=2018-06-01 text=x here=130722 | then refused not_own_finding
        given hb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when kb-finance rectification_ordered finding=F2 due=2018-06-01 text=x | then refused not_own_finding
        given hb-audit finding_raised finding=F2 rule=x subjects={"organization":"kb-finance"} severity=risk evidence=[] text=x | when kb-poverty rectification_ordered finding=F2 due=2018-06-01 text=x | then ok
        given hb-audit finding_raised finding=F2 rule=x subjects={"jurisdiction":"130723"} severity=risk evidence=[] text=x | when kb-audit rectification_ordered finding=F2 due=2018-06-01 text=x | then refused not_own_finding
        given @P1 @finding | when road-co rectification_ordered finding=F1 due=2018-06-01 text=x | then refused not_authorised
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let finding = case.finding(self.finding)?;
        case.finding_is_open(self.finding, finding)?;
        case.supervises_finding(self.finding, finding)?;
        Ok(Movements::none())
    }
}
