//! Supervision finds something 发现问题 (Articles 6, 11, 17), about somebody or something else.
//!
//! A finding is text and names; what it changes is who must answer, and from then on it stands on
//! every view of supervision until it is closed.

use crate::base::{
    Code, EventId, Fen, Line, Name, Text,
    words::{Label, vocabulary},
};
use crate::domain::Type;
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::place::Place;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::state::{Finding, LotId, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// How grave a finding is.
    pub enum Severity {
        Violation "violation" "违规" "Violation",
        Risk "risk" "风险" "Risk",
        Hint "hint" "提示" "Hint",
    }
}

/// What a finding is about; at least one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subjects<'a> {
    /// An event.
    #[serde(default, deserialize_with = "present")]
    pub event: Option<EventId>,
    /// A jurisdiction.
    #[serde(default, deserialize_with = "present")]
    pub jurisdiction: Option<Code>,
    /// A lot.
    #[serde(borrow, default, deserialize_with = "present")]
    pub lot: Option<Name<'a>>,
    /// The organization that must answer; without it any of the event's jurisdiction may.
    #[serde(borrow, default, deserialize_with = "present")]
    pub organization: Option<Name<'a>>,
    /// A project.
    #[serde(borrow, default, deserialize_with = "present")]
    pub project: Option<Name<'a>>,
}

/// Supervision finds something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingRaised<'a> {
    /// The money that it is about; 0 where it is about none.
    #[serde(default, deserialize_with = "present")]
    pub amount_fen: Option<Fen>,
    /// The events that show it.
    pub evidence: List<EventId>,
    /// The new finding's id.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// The rule that is broken, as its raiser names it; `manual` without one.
    #[serde(borrow)]
    pub rule: Line<'a>,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about.
    #[serde(borrow)]
    pub subjects: Subjects<'a>,
    /// What was found.
    #[serde(borrow)]
    pub text: Text<'a, 2000>,
}

impl<'a> Kind<'a> for FindingRaised<'a> {
    const SPEC: Spec = Spec {
        name: "finding_raised",
        label: Label { zh: "发现问题", en: "Finding raised" },
        family: Family::Supervision,
        articles: &[6, 11, 17],
        posters: super::rights::SUPERVISORS,
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::AlreadyKnown,
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::UnknownEvent,
            Refused::NotOwnFinding,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @P1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"project":"P1","organization":"road-co"} severity=risk amount_fen=3 evidence=["00000000-0000-0000-0000-000000000001"] text=x here=130723 | then ok
        given @P1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"project":"P1"} severity=hint amount_fen=0 evidence=[] text=x | then ok
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130723"} severity=hint amount_fen=-1 evidence=[] text=x | then refused amount_out_of_range
        when hb-audit finding_raised finding=F9 rule=manual subjects={} severity=hint evidence=[] text=x | then refused malformed
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130723"} severity=grave evidence=[] text=x | then refused malformed
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130723"} severity=hint evidence=[] text=找13800138000 | then refused personal_data
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"139999"} severity=hint evidence=[] text=x | then refused unknown_jurisdiction
        given @P1 @finding | when hb-audit finding_raised finding=F1 rule=manual subjects={"project":"P9"} severity=hint evidence=[] text=x | then refused already_known
        when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L9","project":"P9"} severity=hint evidence=[] text=x | then refused unknown_lot
        when hb-audit finding_raised finding=F9 rule=manual subjects={"project":"P9","organization":"nobody"} severity=hint evidence=[] text=x | then refused unknown_project
        when hb-audit finding_raised finding=F9 rule=manual subjects={"organization":"nobody"} severity=hint evidence=["00000000-0000-0000-0000-00000000ffff"] text=x | then refused unknown_organization
        when hb-audit finding_raised finding=F9 rule=manual subjects={"event":"00000000-0000-0000-0000-00000000ffff"} severity=hint evidence=[] text=x | then refused unknown_event
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130723"} severity=hint evidence=["00000000-0000-0000-0000-00000000ffff"] text=x | then refused unknown_event
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130723"} severity=hint evidence=[] text=x here=130722 | then refused not_own_finding
        when hb-audit finding_raised finding=F9 rule=manual subjects={"jurisdiction":"130700"} severity=hint evidence=[] text=x here=130723 | then refused not_own_finding
        given @P1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"project":"P1"} severity=hint evidence=[] text=x here=130722 | then refused not_own_finding
        when kb-audit finding_raised finding=F9 rule=manual subjects={"organization":"hb-finance"} severity=hint evidence=[] text=x | then refused not_own_finding
        when hb-audit finding_raised finding=F9 rule=manual subjects={"organization":"bj-chaoyang"} severity=hint evidence=[] text=x | then refused not_own_finding
        given @L1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L1"} severity=hint evidence=[] text=x | then ok
        given @L1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L1"} severity=hint evidence=[] text=x here=130700 | then ok
        given @L1 | when kb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L1"} severity=hint evidence=[] text=x | then ok
        given @L1 @P1; hb-finance allocation_made lot=L1 to=130102 amount_fen=1; hb-finance funds_committed project=P1 from=available lots=L1:1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L1"} severity=hint evidence=[] text=x here=130722 | then refused not_own_finding
        given @P1; hb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=9 provider=x purpose=[]; hb-finance funds_committed project=P1 from=available lots=L9:1 | when kb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L9"} severity=hint evidence=[] text=x | then ok
        given @L1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"L1"} severity=hint evidence=[] text=x here=130102 | then refused not_own_finding
        given @G1 | when kb-audit finding_raised finding=F9 rule=manual subjects={"lot":"G1"} severity=hint evidence=[] text=x | then ok
        given @G1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"lot":"G1"} severity=hint evidence=[] text=x here=130722 | then refused not_own_finding
        given @P1 | when kb-audit finding_raised finding=F9 rule=manual subjects={"event":"00000000-0000-0000-0000-000000000001"} severity=hint evidence=[] text=x | then refused not_own_finding
        given @P1 | when hb-audit finding_raised finding=F9 rule=manual subjects={"event":"00000000-0000-0000-0000-000000000001"} severity=hint evidence=[] text=x | then ok
        when kb-finance finding_raised finding=F9 rule=manual subjects={"organization":"kb-finance"} severity=hint evidence=[] text=x | then refused not_own_finding
        when hb-audit finding_raised finding=F9 rule=manual subjects={"organization":"hb-audit"} severity=hint evidence=[] text=x | then refused not_own_finding
        when kb-finance finding_raised finding=F9 rule=manual subjects={"organization":"kb-poverty"} severity=hint evidence=[] text=x | then ok
        when kb-poverty finding_raised finding=F9 rule=manual subjects={"organization":"kb-finance"} severity=hint evidence=[] text=x | then ok
        when zjk-finance finding_raised finding=F9 rule=manual subjects={"organization":"kb-finance"} severity=hint evidence=[] text=x here=130723 | then ok
        when zb-finance finding_raised finding=F9 rule=manual subjects={"organization":"kb-finance"} severity=hint evidence=[] text=x here=130723 | then refused not_authorised
        when zb-finance finding_raised finding=F9 rule=manual subjects={"organization":"kb-finance"} severity=hint evidence=[] text=x | then refused not_own_finding
        when kb-line finding_raised finding=F9 rule=manual subjects={"organization":"kb-unit"} severity=hint evidence=[] text=x | then refused not_authorised
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let subjects = &self.subjects;
        let any = subjects.event.is_some()
            || subjects.jurisdiction.is_some()
            || subjects.lot.is_some()
            || subjects.organization.is_some()
            || subjects.project.is_some();
        Misshapen::unless(any, "subjects must name at least one")
    }

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        self.subjects.jurisdiction.into_iter().for_each(each);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let subjects = &self.subjects;
        case.new_name(case.state.findings.get(self.finding.as_str()).is_some(), self.finding)?;
        let lot = subjects.lot.map(|name| case.lot(name)).transpose()?;
        let project = subjects.project.map(|name| case.project(name)).transpose()?;
        let organization = subjects.organization.map(|name| case.organization(name)).transpose()?;
        case.evidence_is_known(&self.evidence)?;
        let event = subjects
            .event
            .map(|id| case.past(id, Type::ALL, |_, past| past.event.jurisdiction))
            .transpose()?;
        if let Some(code) = subjects.jurisdiction {
            case.subject_lies_here(code, format_args!("the subject"))?;
        }
        if let Some((id, _)) = lot {
            lot_came_here(case, id)?;
        }
        if let Some(project) = project {
            let name = case.state.project_name(project.id);
            case.subject_lies_here(project.row.jurisdiction, format_args!("project {name}"))?;
        }
        if let Some(id) = organization {
            let name = case.state.organization_name(id);
            let seat = case.state.organization(id).jurisdiction;
            case.subject_lies_here(seat, format_args!("organization {name}"))?;
        }
        if let Some(there) = event {
            case.subject_lies_here(there, format_args!("the event"))?;
        }
        case.finds_others(organization)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let grant = state.principals.get(entry.facts.posted_by);
        let organization = self.subjects.organization;
        let row = Finding {
            raised_by: entry.event.by.org.as_str().into(),
            raised_at: grant.map_or(entry.here(), |grant| grant.scope),
            jurisdiction: entry.here(),
            organization: organization.and_then(|name| state.organization_id(name.as_str())),
            closed: false,
        };
        state.findings.add(self.finding.as_str().into(), row);
    }
}

/// A lot lies where it was received and wherever its money came: to a jurisdiction's own hand, or
/// from a level above straight into one of its projects. A gift committed from above lies where its
/// custodian received it; a finding in the county names the project instead (`not_own_finding`).
fn lot_came_here(case: &Case<'_>, id: LotId) -> Check {
    let state = case.state;
    let came = |code: Code| {
        state.cells.get(&(id, Place::Available(code))).is_some()
            || state.upwards(code).any(|from| state.passed_down.get(&(from, code, id)).is_some())
    };
    let here = state.is_at_or_below(state.lot(id).receiver, case.here())
        || state
            .jurisdictions
            .iter()
            .any(|(code, _)| state.is_at_or_below(*code, case.here()) && came(*code));
    let name = state.lot_name(id);
    case.require_of(Refused::NotOwnFinding, here, format_args!("lot {name} never came here"))
}
