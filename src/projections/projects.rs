//! Projects: what each is and how far it has come; their money stands in [`super::works`], where
//! fiscal and social are never one sum.

use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::events::ProjectAdmitted;
use crate::domain::state::Stage;
use crate::domain::{Data, Type};
use serde::Serialize;
use std::collections::BTreeMap;

/// The fold behind lists of projects.
#[derive(Debug, Default)]
pub struct Projects {
    /// The projects by id.
    pub rows: BTreeMap<String, Project>,
}

/// A project.
#[derive(Clone, Debug, Serialize)]
pub struct Project {
    /// Its id.
    pub project: String,
    /// Its present name.
    pub name: String,
    /// Where it lies.
    pub jurisdiction: Code,
    /// What it is for.
    pub category: &'static str,
    /// Who carries it out.
    pub unit: String,
    /// How many villages it serves.
    pub villages: usize,
    /// How far it has come.
    pub stage: &'static str,
    /// Was it reopened after it was closed?
    pub reopened: bool,
    /// When it entered the library.
    pub admitted_on: Date,
    /// When it was approved.
    pub approved_on: Option<Date>,
    /// When it was accepted.
    pub accepted_on: Option<Date>,
    /// Certified progress, in basis points.
    pub progress_bp: u16,
    /// The sum approved, in fen.
    pub approved_fen: i64,
}

impl Projects {
    fn learn(&mut self, told: &Told<'_>) {
        let Some(event) = told.event else { return };
        match &event.data {
            Data::ProjectAdmitted(data) => {
                let row = admitted(data, told);
                self.rows.insert(row.project.clone(), row);
            }
            Data::ProjectApproved(data) => self.change(data.project.as_str(), |row| {
                row.stage = Stage::Approved.code();
                row.approved_on = Some(told.date);
                row.approved_fen = data.approved_fen.get();
            }),
            Data::ProjectChanged(data) => self.change(data.project.as_str(), |row| {
                let changes = &data.changes;
                row.approved_fen = changes.approved_fen.map_or(row.approved_fen, |fen| fen.get());
                if let Some(name) = &changes.name {
                    row.name = name.as_str().to_owned();
                }
                if let Some(unit) = changes.unit {
                    row.unit = unit.to_string();
                }
                if let Some(villages) = &changes.village_codes {
                    row.villages = villages.as_slice().len();
                }
            }),
            Data::ProgressCertified(data) => self.change(data.project.as_str(), |row| {
                row.progress_bp = data.progress_bp.get();
            }),
            Data::ProjectAccepted(data) => self.change(data.project.as_str(), |row| {
                row.stage = Stage::Accepted.code();
                row.accepted_on = Some(told.date);
            }),
            Data::ProjectClosed(data) => self.change(data.project.as_str(), |row| {
                row.stage = Stage::Closed.code();
            }),
            Data::ProjectCancelled(data) => self.change(data.project.as_str(), |row| {
                row.stage = Stage::Cancelled.code();
            }),
            Data::ProjectReopened(data) => self.change(data.project.as_str(), |row| {
                row.stage = Stage::Accepted.code();
                row.reopened = true;
            }),
            _ => {}
        }
    }

    fn change(&mut self, project: &str, change: impl FnOnce(&mut Project)) {
        if let Some(row) = self.rows.get_mut(project) {
            change(row);
        }
    }
}

impl Fold for Projects {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::ProjectAdmitted
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
        self.learn(told);
    }
}

/// The row of a project that was just admitted: nothing approved, nothing moved.
fn admitted(data: &ProjectAdmitted<'_>, told: &Told<'_>) -> Project {
    Project {
        project: data.project.to_string(),
        name: data.name.as_str().to_owned(),
        jurisdiction: told.here,
        category: data.category.code(),
        unit: data.unit.to_string(),
        villages: data.village_codes.as_slice().len(),
        stage: Stage::Admitted.code(),
        reopened: false,
        admitted_on: told.date,
        approved_on: None,
        accepted_on: None,
        progress_bp: 0,
        approved_fen: 0,
    }
}
