//! A reader, as every decision about reading knows it.
//!
//! It holds what the records tell of a grant and nothing that is secret: no token, no code.

use crate::base::Code;
use crate::domain::role::Role;
use std::sync::Arc;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Anybody.
    Public,
    /// A principal whose grant is live.
    Principal(Principal),
    /// Whoever holds the look-up code of one gift.
    Gift(Arc<str>),
}

/// A principal whose grant is live, as the records tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Its name.
    pub name: Arc<str>,
    /// Its role.
    pub role: Role,
    /// Its jurisdiction.
    pub scope: Code,
    /// Its organization, or a donor's reference.
    pub org: Arc<str>,
    /// Where its organization sits; none for a donor's reference.
    pub seat: Option<Code>,
}

impl Viewer {
    /// The principal, where it is one.
    pub fn principal(&self) -> Option<&Principal> {
        match self {
            Viewer::Principal(principal) => Some(principal),
            Viewer::Public | Viewer::Gift(_) => None,
        }
    }

    /// Does the viewer read every record whole (operator, auditor, inspector, mirror)?
    pub fn reads_all(&self) -> bool {
        self.principal().is_some_and(|principal| principal.role.reads_all())
    }

    /// What two viewers have in common exactly when every answer to them is the same: part of an
    /// ETag and of a cursor. It tells no secret.
    pub fn key(&self) -> String {
        match self {
            Viewer::Public => "public".to_owned(),
            Viewer::Gift(lot) => format!("gift:{lot}"),
            Viewer::Principal(one) => {
                let seat = one.seat.map(|code| code.to_string()).unwrap_or_default();
                format!("{}:{}:{}:{seat}", one.role, one.scope, one.org)
            }
        }
    }

    /// Who it is, for the access log: the principal's name, or the lot of the code.
    pub fn name(&self) -> String {
        match self {
            Viewer::Public => "public".to_owned(),
            Viewer::Gift(lot) => format!("code of {lot}"),
            Viewer::Principal(one) => one.name.to_string(),
        }
    }
}
