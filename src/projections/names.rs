//! Names: what jurisdictions, organizations and projects are called, as records told last.

use super::{Fold, Told};
use crate::base::Code;
use crate::domain::{Data, Type};
use std::collections::BTreeMap;

/// The names that records have told.
#[derive(Debug, Default)]
pub struct Names {
    /// Jurisdictions' names by code.
    pub jurisdictions: BTreeMap<Code, String>,
    /// Their names as Latin letters spell them, where records tell.
    pub spelled: BTreeMap<Code, String>,
    /// Organizations' names by id.
    pub organizations: BTreeMap<String, String>,
    /// Projects' names by id.
    pub projects: BTreeMap<String, String>,
}

impl Fold for Names {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::JurisdictionRegistered
                | Type::JurisdictionRenamed
                | Type::OrganizationRegistered
                | Type::ProjectAdmitted
                | Type::ProjectChanged
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::JurisdictionRegistered(data)) => {
                if let Some(pinyin) = &data.pinyin {
                    self.spelled.insert(data.code, pinyin.as_str().to_owned());
                }
                self.jurisdictions.insert(data.code, data.name.as_str().to_owned());
            }
            Some(Data::JurisdictionRenamed(data)) => {
                self.jurisdictions.insert(data.code, data.name.as_str().to_owned());
            }
            Some(Data::OrganizationRegistered(data)) => {
                self.organizations.insert(data.org.to_string(), data.name.as_str().to_owned());
            }
            Some(Data::ProjectAdmitted(data)) => {
                self.projects.insert(data.project.to_string(), data.name.as_str().to_owned());
            }
            Some(Data::ProjectChanged(data)) => {
                if let Some(name) = &data.changes.name {
                    self.projects.insert(data.project.to_string(), name.as_str().to_owned());
                }
            }
            Some(_) | None => {}
        }
    }
}
