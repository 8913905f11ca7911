//! What many folds know of the world: jurisdictions, lots, projects, organizations, thresholds.
//!
//! It only remembers what records said; it judges nothing and sums nothing.

use super::path::Spot;
use super::policies::Policies;
use super::{Fold, Told};
use crate::base::{Code, Date, Village};
use crate::domain::events::{DonationReceived, FundsReceived, ProjectAdmitted, ProjectChanged};
use crate::domain::fund::{Category, Class, Fund, Level};
use crate::domain::place::PlaceKind;
use crate::domain::state::{OrganizationKind, PovertyStatus};
use crate::domain::{Data, Type};
use std::collections::BTreeMap;

/// The world as records tell of it.
#[derive(Debug, Default)]
pub struct Ground {
    /// Thresholds, and which jurisdiction lies below which.
    pub policies: Policies,
    /// Jurisdictions by code.
    pub jurisdictions: BTreeMap<Code, Jurisdiction>,
    /// Lots by id; none where they are not kept.
    pub lots: BTreeMap<String, Lot>,
    /// Projects by id.
    pub projects: BTreeMap<String, Project>,
    /// Organizations by id.
    pub organizations: BTreeMap<String, Organization>,
    /// The day on which the newest record was recorded.
    pub last_day: Option<Date>,
    without_lots: bool,
}

/// A jurisdiction.
#[derive(Debug)]
pub struct Jurisdiction {
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Since when it has which status, in the order of the records.
    pub statuses: Vec<(Date, PovertyStatus)>,
}

/// A lot.
#[derive(Debug)]
pub struct Lot {
    /// The kind of its origin.
    pub fund: Fund,
    /// Fiscal or social.
    pub class: Class,
    /// Its fiscal year; a gift's is the year it came.
    pub year: u16,
    /// Where it was received.
    pub receiver: Code,
    /// When it was received.
    pub received_on: Date,
    /// The record that received it.
    pub seq: u64,
    /// How much came.
    pub received_fen: i64,
    /// The donor of a gift.
    pub donor: Option<String>,
    /// The custodian of social money.
    pub custodian: Option<String>,
    /// The pairing that it came through.
    pub pairing: Option<String>,
}

/// A project.
#[derive(Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub jurisdiction: Code,
    /// What it is for.
    pub category: Category,
    /// Who carries it out.
    pub unit: String,
    /// The villages that it serves.
    pub villages: Vec<Village>,
    /// The sum estimated.
    pub estimate_fen: i64,
    /// The record and day of its admission.
    pub admitted: (u64, Date),
    /// The record and day of its approval.
    pub approved: Option<(u64, Date)>,
    /// The sum approved, as last changed.
    pub approved_fen: i64,
    /// The record and day of its acceptance.
    pub accepted: Option<(u64, Date)>,
    /// What is kept back until when, if anything.
    pub retention: Option<(i64, Date)>,
    /// The day on which it was closed or cancelled.
    pub ended: Option<Date>,
    /// Certified progress, in basis points, and the record; none before a certificate.
    pub progress: Option<(u64, u16)>,
}

/// An organization.
#[derive(Debug)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganizationKind,
}

impl Ground {
    /// The world without its lots: there is one for each gift, and most folds need none of them.
    pub fn without_lots() -> Ground {
        Ground { without_lots: true, ..Ground::default() }
    }

    /// The jurisdiction that a place belongs to; what lies in a project belongs to the project's.
    pub fn lies_at(&self, spot: &Spot<'_>) -> Option<Code> {
        match spot.project {
            Some(project) => self.projects.get(project).map(|project| project.jurisdiction),
            None if spot.kind == PlaceKind::Outside => None,
            None => spot.code,
        }
    }

    /// The name of a jurisdiction.
    pub fn name(&self, code: Code) -> &str {
        self.jurisdictions.get(&code).map_or("", |row| &row.name)
    }

    /// Its level.
    pub fn level(&self, code: Code) -> Option<Level> {
        self.jurisdictions.get(&code).map(|row| row.level)
    }

    /// The one at or above a jurisdiction that is of this level; itself where there is none.
    pub fn at_level(&self, code: Code, level: Level) -> Code {
        let mut upwards = self.policies.hierarchy.upwards(code);
        upwards.find(|one| self.level(*one) == Some(level)).unwrap_or(code)
    }

    /// Was the jurisdiction on the poor list on that day?
    pub fn is_poor_county(&self, code: Code, on: Date) -> bool {
        let row = self.jurisdictions.get(&code);
        let statuses = row.map_or(&[][..], |row| &row.statuses);
        let known = statuses.iter().enumerate().filter(|(at, (since, _))| *at == 0 || *since <= on);
        known.max_by_key(|(at, (since, _))| (*since, *at)).is_some_and(|(_, (_, status))| {
            matches!(status, PovertyStatus::National | PovertyStatus::Provincial)
        })
    }

    /// Is it the same jurisdiction as `root`, or below it? Without a root everything is.
    pub fn is_within(&self, code: Code, root: Option<Code>) -> bool {
        root.is_none_or(|root| self.policies.hierarchy.is_at_or_below(code, root))
    }

    /// Is the jurisdiction a registered one?
    pub fn knows(&self, code: Code) -> bool {
        self.jurisdictions.contains_key(&code)
    }

    fn receive(&mut self, data: &FundsReceived<'_>, told: &Told<'_>) {
        let of = data.of_lot.and_then(|of| self.lots.get(of.as_str()));
        let class = of.map(|of| of.class).or(data.class).unwrap_or(Class::Fiscal);
        let custodian = of.and_then(|of| of.custodian.clone());
        let lot = Lot {
            fund: data.fund,
            class,
            year: data.fiscal_year.get(),
            receiver: told.here,
            received_on: told.date,
            seq: told.seq,
            received_fen: data.amount_fen.get(),
            donor: None,
            custodian: data.custodian.map(|name| name.to_string()).or(custodian),
            pairing: data.pairing.map(|name| name.to_string()),
        };
        self.lots.insert(data.lot.to_string(), lot);
    }

    fn receive_gift(&mut self, data: &DonationReceived<'_>, told: &Told<'_>) {
        let lot = Lot {
            fund: Fund::Donation,
            class: Class::Social,
            year: told.date.year(),
            receiver: told.here,
            received_on: told.date,
            seq: told.seq,
            received_fen: data.amount_fen.get(),
            donor: Some(data.donor.to_string()),
            custodian: Some(data.custodian.to_string()),
            pairing: None,
        };
        self.lots.insert(data.lot.to_string(), lot);
    }

    fn learn_project(&mut self, told: &Told<'_>) {
        let at = (told.seq, told.date);
        match told.event.map(|event| &event.data) {
            Some(Data::ProjectAdmitted(data)) => {
                self.projects.insert(data.project.to_string(), admitted(data, told));
            }
            Some(Data::ProjectApproved(data)) => self.change(data.project.as_str(), |row| {
                row.approved = Some(at);
                row.approved_fen = data.approved_fen.get();
            }),
            Some(Data::ProjectChanged(data)) => {
                self.change(data.project.as_str(), |row| change(row, data));
            }
            Some(Data::ProgressCertified(data)) => self.change(data.project.as_str(), |row| {
                row.progress = Some((told.seq, data.progress_bp.get()));
            }),
            Some(Data::ProjectAccepted(data)) => self.change(data.project.as_str(), |row| {
                row.accepted = Some(at);
                row.retention = data.retention_fen.map(|fen| fen.get()).zip(data.retention_until);
            }),
            Some(Data::ProjectClosed(data)) => {
                self.change(data.project.as_str(), |row| row.ended = Some(told.date));
            }
            Some(Data::ProjectCancelled(data)) => {
                self.change(data.project.as_str(), |row| row.ended = Some(told.date));
            }
            Some(Data::ProjectReopened(data)) => {
                self.change(data.project.as_str(), |row| row.ended = None);
            }
            Some(_) | None => {}
        }
    }

    fn change(&mut self, project: &str, change: impl FnOnce(&mut Project)) {
        if let Some(row) = self.projects.get_mut(project) {
            change(row);
        }
    }
}

fn admitted(data: &ProjectAdmitted<'_>, told: &Told<'_>) -> Project {
    Project {
        name: data.name.as_str().to_owned(),
        jurisdiction: told.here,
        category: data.category,
        unit: data.unit.to_string(),
        villages: data.village_codes.as_slice().to_vec(),
        estimate_fen: data.estimate_fen.get(),
        admitted: (told.seq, told.date),
        approved: None,
        approved_fen: 0,
        accepted: None,
        retention: None,
        ended: None,
        progress: None,
    }
}

fn change(row: &mut Project, data: &ProjectChanged<'_>) {
    let changes = &data.changes;
    row.approved_fen = changes.approved_fen.map_or(row.approved_fen, |fen| fen.get());
    if let Some(name) = &changes.name {
        row.name = name.as_str().to_owned();
    }
    if let Some(unit) = changes.unit {
        row.unit = unit.to_string();
    }
    if let Some(villages) = &changes.village_codes {
        row.villages = villages.as_slice().to_vec();
    }
}

impl Fold for Ground {
    fn wants_event(&self, kind: Type) -> bool {
        self.policies.wants_event(kind)
            || matches!(
                kind,
                Type::PovertyStatusChanged
                    | Type::JurisdictionRenamed
                    | Type::OrganizationRegistered
                    | Type::FundsReceived
                    | Type::DonationReceived
                    | Type::ProjectAdmitted
                    | Type::ProjectApproved
                    | Type::ProjectChanged
                    | Type::ProgressCertified
                    | Type::ProjectAccepted
                    | Type::ProjectClosed
                    | Type::ProjectCancelled
                    | Type::ProjectReopened
            )
    }

    fn take(&mut self, told: &Told<'_>) {
        self.policies.take(told);
        self.last_day = Some(told.recorded_at.hebei_date());
        match told.event.map(|event| &event.data) {
            Some(Data::JurisdictionRegistered(data)) => {
                let row = Jurisdiction {
                    name: data.name.as_str().to_owned(),
                    level: data.level,
                    statuses: vec![(data.valid_from, data.poverty_status)],
                };
                self.jurisdictions.insert(data.code, row);
            }
            Some(Data::JurisdictionRenamed(data)) => {
                if let Some(row) = self.jurisdictions.get_mut(&data.code) {
                    data.name.as_str().clone_into(&mut row.name);
                }
            }
            Some(Data::PovertyStatusChanged(data)) => {
                if let Some(row) = self.jurisdictions.get_mut(&data.code) {
                    row.statuses.push((data.effective, data.to));
                }
            }
            Some(Data::OrganizationRegistered(data)) => {
                let row = Organization { name: data.name.as_str().to_owned(), kind: data.kind };
                self.organizations.insert(data.org.to_string(), row);
            }
            Some(Data::FundsReceived(_) | Data::DonationReceived(_)) if self.without_lots => {}
            Some(Data::FundsReceived(data)) => self.receive(data, told),
            Some(Data::DonationReceived(data)) => self.receive_gift(data, told),
            Some(_) | None => self.learn_project(told),
        }
    }
}
