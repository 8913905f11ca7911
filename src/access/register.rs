//! What the records tell that decides who reads: grants, seats, whose a lot is, findings.
//!
//! A pure fold, as every projection; it is folded on as records become durable, and asked for the
//! viewer behind a name and for the [`Facts`] of a record.

use super::codes::Codes;
use super::grants::Grants;
use super::reading::{Facts, Finding, Lot};
use super::viewer::{Principal, Viewer};
use super::what::{Extent, What, extent};
use crate::base::{Code, Date, Digest, EventId};
use crate::domain::events::{FeedbackSent, FundsReceived, Outcome};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Event, Type};
use crate::projections::hierarchy::Hierarchy;
use crate::projections::{Fold, Told};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

type Map<K, V> = HashMap<K, V, RandomState>;

/// The fold behind every decision about reading.
#[derive(Debug, Default)]
pub struct Register {
    grants: Grants,
    codes: Codes,
    hierarchy: Hierarchy,
    seats: Map<Arc<str>, Code>,
    projects: Map<Box<str>, Code>,
    helpers: Map<Box<str>, Arc<str>>,
    lots: Map<Arc<str>, Arc<Lot>>,
    /// By campaign and custodian.
    campaigns: Map<(Box<str>, Arc<str>), Campaign>,
    feedback: Map<EventId, Heard>,
    findings: Map<Box<str>, Finding>,
}

/// The gifts of a campaign.
type Campaign = Vec<Arc<Lot>>;

/// Whom a feedback was about.
#[derive(Clone, Debug)]
struct Heard {
    lots: Arc<[Arc<Lot>]>,
    several: bool,
}

impl Register {
    /// The viewer behind a principal's name, where its grant counts on that day in Hebei.
    pub fn viewer(&self, principal: &str, today: Date) -> Option<Viewer> {
        let (name, grant) = self.grants.live(principal, today)?;
        Some(Viewer::Principal(Principal {
            name: name.clone(),
            role: grant.role,
            scope: grant.scope,
            org: grant.org.clone(),
            seat: match grant.role {
                // A giver's reference may be spelled like an organization's name.
                crate::domain::role::Role::Donor => None,
                _ => self.seats.get(&grant.org).copied(),
            },
        }))
    }

    /// The viewer behind a look-up code as a person typed it; none where it opens nothing.
    pub fn viewer_by_code(&self, typed: &str) -> Option<Viewer> {
        self.codes.open(typed).map(|lot| Viewer::Gift(lot.clone()))
    }

    /// The viewer behind the digest of a look-up code; none where it opens nothing any more.
    pub fn viewer_by_digest(&self, code: &Digest) -> Option<Viewer> {
        self.codes.of(code).map(|lot| Viewer::Gift(lot.clone()))
    }

    /// The grants.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Is `lower` the same as `upper`, or below it?
    pub fn is_at_or_below(&self, lower: Code, upper: Code) -> bool {
        self.hierarchy.is_at_or_below(lower, upper)
    }

    /// Are figures of this jurisdiction open to the viewer, whether or not single records are?
    pub fn reaches(&self, viewer: &Viewer, what: What, code: Code) -> bool {
        match extent(viewer, what) {
            Extent::All => true,
            Extent::Scope => viewer
                .principal()
                .is_some_and(|principal| self.is_at_or_below(code, principal.scope)),
            Extent::Seen | Extent::Nothing => false,
        }
    }

    /// What is told of a lot.
    pub fn lot(&self, name: &str) -> Option<&Arc<Lot>> {
        self.lots.get(name)
    }

    /// Does [`Register::facts`] need the whole event of this type?
    pub fn needs_event(kind: Type) -> bool {
        matches!(
            kind,
            Type::ReceiptIssued
                | Type::LookupReplaced
                | Type::IntentAmended
                | Type::FeedbackSent
                | Type::FeedbackAcknowledged
                | Type::FeedbackDisputed
        ) || is_about_finding(kind)
    }

    /// The facts of a record that this fold has taken in; as it stands now, so that a finding that
    /// was closed since is not open any more.
    pub fn facts(&self, told: &Told<'_>) -> Facts {
        let mut within = Vec::new();
        self.add_upwards(told.here, &mut within);
        let mut moved = Vec::new();
        let mut untold = Register::needs_event(told.kind) && told.event.is_none();
        for movement in told.movements {
            for code in [movement.from, movement.to].into_iter().filter_map(|it| self.place(it)) {
                self.add_upwards(code, &mut within);
            }
            match self.lots.get(movement.lot) {
                Some(lot) if moved.iter().any(|other| Arc::ptr_eq(lot, other)) => {}
                Some(lot) => moved.push(lot.clone()),
                // It was not taken in: whose it is cannot be told.
                None => untold = true,
            }
        }
        let named = told.event.map(|event| self.named(event)).unwrap_or_else(nobody);
        let finding = told.event.and_then(|event| finding_of(&event.data));
        let known = finding.and_then(|name| self.findings.get(name));
        Facts {
            kind: told.kind,
            within,
            posted: self.grants.get(told.posted_by).map(|one| (one.org.clone(), one.role)),
            moved,
            named: named.lots,
            several: named.several,
            finding: known.cloned(),
            untold: untold || finding.is_some() && known.is_none(),
        }
    }

    fn add_upwards(&self, code: Code, within: &mut Vec<Code>) {
        for above in self.hierarchy.upwards(code) {
            if !within.contains(&above) {
                within.push(above);
            }
        }
    }

    /// The jurisdiction of a place's path; none for outside.
    pub(super) fn place(&self, path: &str) -> Option<Code> {
        let mut steps = path.split('/');
        match PlaceKind::parse(steps.next()?)? {
            PlaceKind::Outside => None,
            PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus => {
                Code::parse(steps.next()?)
            }
            PlaceKind::Committed | PlaceKind::Spent => self.projects.get(steps.next()?).copied(),
            PlaceKind::Advanced | PlaceKind::Reclaim => self.projects.get(steps.nth(1)?).copied(),
        }
    }

    /// The lots that an event names without moving them.
    fn named(&self, event: &Event<'_>) -> Heard {
        let one = |lot: &str| Heard {
            lots: self.lots.get(lot).cloned().into_iter().collect(),
            several: false,
        };
        let of_feedback = |id: &EventId| self.feedback.get(id).cloned().unwrap_or_else(nobody);
        match &event.data {
            Data::ReceiptIssued(data) => one(data.lot.as_str()),
            Data::LookupReplaced(data) => one(data.lot.as_str()),
            Data::IntentAmended(data) => one(data.lot.as_str()),
            Data::FeedbackSent(_) => of_feedback(&event.id),
            Data::FeedbackAcknowledged(data) => of_feedback(&data.feedback),
            Data::FeedbackDisputed(data) => of_feedback(&data.feedback),
            _ => nobody(),
        }
    }

    fn learn(&mut self, told: &Told<'_>, event: &Event<'_>) {
        match &event.data {
            Data::OrganizationRegistered(data) => {
                self.seats.insert(data.org.as_str().into(), data.jurisdiction);
            }
            Data::PairingDeclared(data) => {
                self.helpers.insert(data.pairing.as_str().into(), data.helper.as_str().into());
            }
            Data::ProjectAdmitted(data) => {
                self.projects.insert(data.project.as_str().into(), told.here);
            }
            Data::FundsReceived(data) => self.add_received(data, told.here),
            Data::DonationReceived(data) => {
                let custodian = self.org(data.custodian.as_str());
                let lot = self.add_lot(Lot {
                    name: data.lot.as_str().into(),
                    giver: Some(data.donor.as_str().into()),
                    custodian: Some(custodian.clone()),
                    received_at: told.here,
                    gift: true,
                });
                if let Some(campaign) = data.campaign {
                    let key = (campaign.as_str().into(), custodian);
                    self.campaigns.entry(key).or_default().push(lot);
                }
            }
            Data::FeedbackSent(data) => {
                let heard = self.heard(data, event.by.org.as_str());
                self.feedback.insert(event.id, heard);
            }
            _ => self.learn_finding(told, event),
        }
    }

    fn add_received(&mut self, data: &FundsReceived<'_>, here: Code) {
        let helper = data.pairing.and_then(|pairing| self.helpers.get(pairing.as_str()));
        self.add_lot(Lot {
            name: data.lot.as_str().into(),
            giver: helper.cloned(),
            custodian: data.custodian.map(|custodian| self.org(custodian.as_str())),
            received_at: here,
            gift: false,
        });
    }

    /// An organization's name, kept once for all the lots that it holds.
    fn org(&self, name: &str) -> Arc<str> {
        let known = self.seats.get_key_value(name);
        known.map_or_else(|| name.into(), |(known, _)| known.clone())
    }

    fn add_lot(&mut self, lot: Lot) -> Arc<Lot> {
        let lot = Arc::new(lot);
        self.lots.insert(lot.name.clone(), lot.clone());
        lot
    }

    fn heard(&self, data: &FeedbackSent<'_>, org: &str) -> Heard {
        let Some(campaign) = data.campaign else {
            let lots: Arc<[_]> =
                data.lots.iter().filter_map(|lot| self.lots.get(lot.as_str()).cloned()).collect();
            return Heard { several: lots.len() > 1, lots };
        };
        let key = (campaign.as_str().into(), org.into());
        let lots = self.campaigns.get(&key).map(|lots| lots.as_slice().into());
        Heard { lots: lots.unwrap_or_else(|| nobody().lots), several: true }
    }

    fn learn_finding(&mut self, told: &Told<'_>, event: &Event<'_>) {
        match &event.data {
            Data::FindingRaised(data) => {
                let finding = Finding {
                    about: data.subjects.organization.map(|org| org.as_str().into()),
                    at: told.here,
                    raised_by: event.by.org.as_str().into(),
                    open: true,
                };
                self.findings.insert(data.finding.as_str().into(), finding);
            }
            Data::FindingClosed(data) => {
                // That a case was transferred must not show: its finding never reads as closed.
                if let Some(finding) = self.findings.get_mut(data.finding.as_str()) {
                    finding.open = data.outcome == Outcome::Transferred;
                }
            }
            _ => {}
        }
    }
}

fn nobody() -> Heard {
    Heard { lots: Arc::new([]), several: false }
}

/// The finding that an event is about.
fn finding_of<'e>(data: &'e Data<'_>) -> Option<&'e str> {
    match data {
        Data::FindingRaised(data) => Some(data.finding.as_str()),
        Data::FindingAnswered(data) => Some(data.finding.as_str()),
        Data::RectificationOrdered(data) => Some(data.finding.as_str()),
        Data::RectificationCompleted(data) => Some(data.finding.as_str()),
        Data::FindingClosed(data) => Some(data.finding.as_str()),
        Data::CaseTransferred(data) => Some(data.finding.as_str()),
        _ => None,
    }
}

/// Is an event of the type about a finding and nothing else? Recoveries name one too, but move
/// money, which those inside whose scope it lies see move.
fn is_about_finding(kind: Type) -> bool {
    matches!(
        kind,
        Type::FindingRaised
            | Type::FindingAnswered
            | Type::RectificationOrdered
            | Type::RectificationCompleted
            | Type::FindingClosed
            | Type::CaseTransferred
    )
}

impl Fold for Register {
    fn wants_event(&self, kind: Type) -> bool {
        let own = matches!(
            kind,
            Type::JurisdictionRegistered
                | Type::OrganizationRegistered
                | Type::PairingDeclared
                | Type::ProjectAdmitted
                | Type::FundsReceived
                | Type::DonationReceived
                | Type::FeedbackSent
                | Type::FindingRaised
                | Type::FindingClosed
        );
        own || self.grants.wants_event(kind) || self.codes.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.hierarchy.take(told);
        self.grants.take(told);
        self.codes.take(told);
        if let Some(event) = told.event {
            self.learn(told, event);
        }
    }
}

#[cfg(test)]
mod tests;
