//! Who may act on a finding (design section 8): who orders and closes, who answers for the body
//! that it is about. Every wrong one is `not_own_finding`.
//!
//! A role that may not post an event about findings at all is `not_authorised` before this is
//! asked.

use crate::base::{Code, EventId, Name};
use crate::domain::case::Case;
use crate::domain::parts::List;
use crate::domain::refusal::{Check, Code as Refused};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Finding, OrganizationId, State};

/// Who raises findings, orders rectification and closes them: of the scope or below.
pub(super) const SUPERVISORS: &[(Role, Reach)] = &[
    (Role::Bureau, Reach::OwnOrBelow),
    (Role::PovertyOffice, Reach::OwnOrBelow),
    (Role::Auditor, Reach::OwnOrBelow),
    (Role::Inspector, Reach::OwnOrBelow),
];

/// Who answers findings and completes rectification.
pub(super) const ANSWERABLE: &[(Role, Reach)] = &[
    (Role::Bureau, Reach::OwnOrBelow),
    (Role::Custodian, Reach::OwnOrBelow),
    (Role::PovertyOffice, Reach::OwnOrBelow),
    (Role::LineDepartment, Reach::OwnOrBelow),
    (Role::Unit, Reach::OwnOrBelow),
];

/// Audit and discipline inspection alone: of the scope or below.
pub(super) const INSPECTION: &[(Role, Reach)] =
    &[(Role::Auditor, Reach::OwnOrBelow), (Role::Inspector, Reach::OwnOrBelow)];

/// Where a finding stands: at the seat of the organization that it is about, else where it was
/// raised.
fn seat(state: &State, finding: &Finding) -> Code {
    match finding.organization {
        Some(id) => state.organization(id).jurisdiction,
        None => finding.jurisdiction,
    }
}

impl Case<'_> {
    /// Each event named as evidence is recorded (`unknown_event`).
    pub(super) fn evidence_is_known(&self, evidence: &List<EventId>) -> Check {
        evidence.iter().try_for_each(|id| self.event_seq(*id).map(drop))
    }

    /// The finding is not closed yet (`wrong_stage`).
    pub(super) fn finding_is_open(&self, name: Name<'_>, finding: &Finding) -> Check {
        self.require_of(
            Refused::WrongStage,
            !finding.closed,
            format_args!("finding {name} is closed"),
        )
    }

    /// A subject lies in the event's jurisdiction or below it (`not_own_finding`).
    pub(super) fn subject_lies_here(&self, there: Code, what: std::fmt::Arguments<'_>) -> Check {
        let here = self.state.is_at_or_below(there, self.here());
        self.require_of(
            Refused::NotOwnFinding,
            here,
            format_args!("{what} lies in {there}, neither at {} nor below", self.here()),
        )
    }

    /// The poster is not the organization that a finding is about (`not_own_finding`).
    pub(super) fn finds_others(&self, about: Option<OrganizationId>) -> Check {
        let own = about.is_some() && about == self.organization_here();
        self.require_of(
            Refused::NotOwnFinding,
            !own,
            "a finding about one's own organization is for others",
        )
    }

    /// The poster supervises what the finding is about: it lies there or below, and is not the
    /// poster itself (`not_own_finding`).
    pub(super) fn supervises_finding(&self, name: Name<'_>, finding: &Finding) -> Check {
        let there = seat(self.state, finding);
        self.subject_lies_here(there, format_args!("what finding {name} is about"))?;
        self.finds_others(finding.organization)
    }

    /// The poster is the body that the finding is about; where none is named, any organization of
    /// the jurisdiction where it was raised (`not_own_finding`).
    pub(super) fn answers_for(&self, name: Name<'_>, finding: &Finding) -> Check {
        let own = match (self.organization_here(), finding.organization) {
            (None, _) => false,
            (here, Some(_)) => here == finding.organization,
            (Some(here), None) => {
                self.state.organization(here).jurisdiction == finding.jurisdiction
            }
        };
        self.require_of(
            Refused::NotOwnFinding,
            own,
            format_args!("finding {name} is about another body, which alone answers for it"),
        )
    }

    /// The poster may end the finding: its raiser, or an auditor or inspector above the raiser;
    /// never the body that it is about (`not_own_finding`, Article 6).
    pub(super) fn closes(&self, name: Name<'_>, finding: &Finding) -> Check {
        self.supervises_finding(name, finding)?;
        let raiser = *finding.raised_by == *self.event.by.org.as_str();
        let above = self.grant().is_some_and(|grant| {
            grant.role.supervises() && self.state.is_below(finding.raised_at, grant.scope)
        });
        self.require_of(
            Refused::NotOwnFinding,
            raiser || above,
            format_args!("finding {name} was raised by {}", finding.raised_by),
        )
    }
}

impl State {
    /// Ends a finding.
    pub(super) fn close_finding(&mut self, name: Name<'_>) {
        let row = self.findings.change(name.as_str()).expect("the finding was known");
        assert!(!row.closed, "a finding is closed once");
        row.closed = true;
    }
}
