//! Grants, as the records tell them: who may read, as what, where, until when.
//!
//! A second fold of the history that the rules fold too; it never decides who may post.

use crate::base::{Code, Date};
use crate::domain::role::Role;
use crate::domain::{Data, Type};
use crate::projections::{Fold, Told};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The principal by which the program posts for holders of look-up codes; it never reads.
pub const GIFT_DESK: &str = "gift-desk";

/// The fold of all grants.
#[derive(Debug, Default)]
pub struct Grants {
    rows: BTreeMap<Arc<str>, Grant>,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The jurisdiction.
    pub scope: Code,
    /// The organization, or a donor's own reference.
    pub org: Arc<str>,
    /// The last day on which it counts, in Hebei.
    pub expires: Option<Date>,
    /// Was it revoked?
    pub revoked: bool,
}

impl Grant {
    /// Does it count on that day?
    pub fn is_live_on(&self, today: Date) -> bool {
        !self.revoked && self.expires.is_none_or(|last| today <= last)
    }
}

impl Grants {
    /// The grant of that name, live or not.
    pub fn get(&self, principal: &str) -> Option<&Grant> {
        self.rows.get(principal)
    }

    /// The grant of that name, where it counts on that day and is not the program's own desk.
    pub fn live(&self, principal: &str, today: Date) -> Option<(&Arc<str>, &Grant)> {
        let (name, grant) = self.rows.get_key_value(principal)?;
        (grant.is_live_on(today) && &**name != GIFT_DESK).then_some((name, grant))
    }
}

impl Fold for Grants {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::PrincipalRegistered | Type::PrincipalKeyChanged | Type::PrincipalRevoked
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::PrincipalRegistered(data)) => {
                let grant = Grant {
                    role: data.role,
                    scope: data.scope,
                    org: data.org.as_str().into(),
                    expires: data.expires,
                    revoked: false,
                };
                self.rows.insert(data.principal.as_str().into(), grant);
            }
            Some(Data::PrincipalRevoked(data)) => {
                if let Some(grant) = self.rows.get_mut(data.principal.as_str()) {
                    grant.revoked = true;
                }
            }
            // A key signs; it changes nothing of what its holder may read.
            Some(Data::PrincipalKeyChanged(_)) | Some(_) | None => {}
        }
    }
}
