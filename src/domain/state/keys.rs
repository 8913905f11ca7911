//! Keys and grants: who may sign for whom, and the origin that checkpoints bear.
//!
//! A key that the ledger once knew stays known, so no key is ever a second body's (design section
//! 6: log, witness and principal keys are never the same key).

use super::{OrganizationKind, Principal, PrincipalId, State};
use crate::base::{Code, Date, Digest, Stamp};
use crate::domain::role::Role;

/// How long a log key signs along after it was changed for another: 30 days.
const LOG_KEY_OVERLAP_MS: i64 = 30 * 86_400_000;

impl Principal {
    /// Does it still count on that day?
    pub fn is_live_on(&self, today: Date) -> bool {
        !self.revoked && self.expires.is_none_or(|last| today <= last)
    }
}

impl OrganizationKind {
    /// Do its bodies stand above one another, level by level?
    fn has_levels(self) -> bool {
        match self {
            OrganizationKind::FinanceBureau
            | OrganizationKind::PovertyOffice
            | OrganizationKind::LineDepartment
            | OrganizationKind::AuditOffice
            | OrganizationKind::DisciplineOffice => true,
            OrganizationKind::Custodian
            | OrganizationKind::ImplementingUnit
            | OrganizationKind::HelperUnit
            | OrganizationKind::Payee
            | OrganizationKind::Bank
            | OrganizationKind::Platform
            | OrganizationKind::Other => false,
        }
    }
}

impl State {
    /// Every principal that an organization, or a donor's reference, ever had, with its name.
    pub fn principals_of(&self, org: &str) -> impl Iterator<Item = (&str, &Principal)> {
        let ids = self.grants.get(org).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|id| {
            let (name, principal) = self.principals.at(id.index());
            (&**name, principal)
        })
    }

    /// Did it ever have a principal that must sign? Then its grants need its signature for ever.
    pub fn signs_its_grants(&self, org: &str) -> bool {
        self.principals_of(org).any(|(_, principal)| principal.must_sign)
    }

    /// The live principal whose present key this is.
    pub fn signer(&self, key: &Digest, today: Date) -> Option<&Principal> {
        let holder = self.principals.get(&**self.keys.get(key)?)?;
        (holder.key == Some(*key) && holder.is_live_on(today)).then_some(holder)
    }

    /// May this principal vouch for a body that lost its last key: as a principal of a body above
    /// it, or as an inspector of another body whose scope covers it?
    pub fn stands_above(&self, signer: &Principal, org: &str, scope: Code) -> bool {
        if signer.role == Role::Inspector {
            return *signer.org != *org && self.is_at_or_below(scope, signer.scope);
        }
        let organization = |name: &str| self.organizations.get(name);
        let (Some(upper), Some(lower)) = (organization(&signer.org), organization(org)) else {
            return false;
        };
        upper.kind == lower.kind
            && upper.kind.has_levels()
            && self.is_below(lower.jurisdiction, upper.jurisdiction)
    }

    /// Adds a grant; its key becomes known.
    pub fn grant(&mut self, name: &str, principal: Principal) {
        let (org, key) = (principal.org.clone(), principal.key);
        let index = self.principals.add(name.into(), principal);
        self.grants.change_or_add(org).push(PrincipalId::new(index));
        if let Some(key) = key {
            self.keys.add(key, name.into());
        }
    }

    /// The origin that checkpoints bear now; none before the ledger is opened.
    pub fn origin(&self) -> Option<&str> {
        let last = self.origins.len().checked_sub(1)?;
        Some(&**self.origins.at(last).0)
    }

    /// From here on checkpoints bear this origin and are signed with this key.
    pub fn begin_origin(&mut self, origin: &str, key: Digest) {
        self.origins.add(origin.into(), key);
        self.keys.add(key, origin.into());
    }

    /// The key that checkpoints are signed with now; none before the ledger is opened.
    pub fn log_key(&self) -> Option<Digest> {
        let last = self.origins.len().checked_sub(1)?;
        Some(*self.origins.at(last).1)
    }

    /// The former log keys of the present origin that still sign along at a time, each with the
    /// time up to which it does.
    pub fn log_keys_leaving(&self, now: Stamp) -> Vec<(Digest, Stamp)> {
        let until = |changed: &Stamp| Stamp(changed.0 + LOG_KEY_OVERLAP_MS);
        let changed = self.changed_log_keys.iter().map(|(key, at)| (*key, until(at)));
        let present = |key: &Digest| self.keys.get(key).map(|name| &**name) == self.origin();
        changed.filter(|(key, until)| now < *until && present(key)).collect()
    }

    /// From here on, a record of this time, checkpoints of the present origin are signed with this
    /// key; the one before signs along.
    pub fn change_log_key(&mut self, key: Digest, at: Stamp) {
        let last = self.origins.len().checked_sub(1);
        let last = last.expect("the first record of a ledger opens it");
        let origin = self.origins.at(last).0.clone();
        let former = std::mem::replace(self.origins.change_at(last), key);
        self.changed_log_keys.add(former, at);
        self.keys.add(key, origin);
    }
}
