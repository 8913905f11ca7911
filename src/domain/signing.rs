//! Whose signatures an event needs, and whose count (design sections 6 and 8).
//!
//! That a signature is mathematically right is `chain`'s to say; here only keys are compared with
//! grants, by their position in the ledger and never by a clock.

use super::case::Case;
use super::event::Data;
use super::events::Signing;
use super::refusal::{Check, Code as Refused};
use crate::base::{Code, Digest, Name};

/// The event carries the signatures that it needs, and none that does not count.
pub(super) fn signed(case: &Case<'_>) -> Check {
    let facts = case.facts;
    let concern = Concern::of(case);
    let own = case.grant().and_then(|grant| grant.key);
    // A restore has lost the operator's key with the machine, or never had it.
    let must_sign = case.grant().is_some_and(|grant| grant.must_sign)
        && !matches!(case.event.data, Data::LedgerContinued(_));
    let signs_itself = own.is_some_and(|key| facts.signed_by.contains(&key));
    case.require(Refused::SignatureRequired, !must_sign || signs_itself)?;
    if let Some(concern) = &concern {
        concern.has_signatures(case)?;
    }
    let by_org = |key: &Digest| is_key_of(case, key, case.event.by.org.as_str());
    let concerned = |key: &Digest| concern.as_ref().is_some_and(|one| one.counts(case, key));
    let own_counts = own.is_none() || signs_itself || !facts.signed_by.iter().any(by_org);
    let all_count = facts.signed_by.iter().all(|key| by_org(key) || concerned(key));
    case.require(Refused::SignatureInvalid, !facts.badly_signed && own_counts && all_count)
}

fn is_key_of(case: &Case<'_>, key: &Digest, org: &str) -> bool {
    case.state.signer(key, case.today()).is_some_and(|signer| *signer.org == *org)
}

/// What a grant, a key change or a revocation concerns.
struct Concern<'c> {
    /// The organization, or the donor's reference; none where the principal is unknown.
    body: Option<Body<'c>>,
    /// The key that the event registers.
    new_key: Option<Digest>,
    /// Is it a grant whose principal need not sign?
    unsigned_grant: bool,
}

/// The body that a grant belongs to.
struct Body<'c> {
    org: &'c str,
    /// The scope of the grant.
    scope: Code,
    /// Its grants need a signature.
    signs: bool,
    /// It has no live key left but the one that the event replaces, so others may vouch for it.
    lost_last_key: bool,
}

impl<'c> Concern<'c> {
    fn of(case: &Case<'c>) -> Option<Concern<'c>> {
        let (body, new_key, unsigned_grant) = match &case.event.data {
            Data::PrincipalRegistered(grant) => {
                let body = Body::of(case, grant.org.as_str(), grant.scope);
                let unsigned = grant.signing == Signing::Optional;
                (Some(body.losing(case, None)), grant.public_key, unsigned)
            }
            Data::PrincipalKeyChanged(change) => {
                let body = Body::of_principal(case, change.principal);
                let body = body.map(|(body, old)| body.losing(case, old));
                (body, Some(change.public_key), false)
            }
            Data::PrincipalRevoked(end) => {
                (Body::of_principal(case, end.principal).map(|(body, _)| body), None, false)
            }
            _ => return None,
        };
        Some(Concern { body, new_key, unsigned_grant })
    }

    /// The new key signs, and so does the body once it signs its grants.
    fn has_signatures(&self, case: &Case<'_>) -> Check {
        let signed_by = case.facts.signed_by;
        let itself = self.new_key.is_none_or(|key| signed_by.contains(&key));
        case.require_of(Refused::SignatureRequired, itself, "the new key signs this event")?;
        let Some(body) = self.body.as_ref().filter(|body| body.signs) else { return Ok(()) };
        let vouched = signed_by.iter().any(|key| body.vouches(case, key));
        case.require_of(
            Refused::SignatureRequired,
            vouched && !self.unsigned_grant,
            format_args!("{} signs its grants, and each of them must sign", body.org),
        )
    }

    /// Does a signature by this key count because of what the event concerns?
    fn counts(&self, case: &Case<'_>, key: &Digest) -> bool {
        self.new_key == Some(*key) || self.body.as_ref().is_some_and(|body| body.vouches(case, key))
    }
}

impl<'c> Body<'c> {
    fn of(case: &Case<'c>, org: &'c str, scope: Code) -> Body<'c> {
        Body { org, scope, signs: case.state.signs_its_grants(org), lost_last_key: false }
    }

    /// The body of a principal, and the principal's present key.
    fn of_principal(case: &Case<'c>, name: Name<'_>) -> Option<(Body<'c>, Option<Digest>)> {
        let principal = case.state.principals.get(name.as_str())?;
        Some((Body::of(case, &principal.org, principal.scope), principal.key))
    }

    /// A new key comes in the place of `old`: is it the last one, which may be lost?
    fn losing(self, case: &Case<'_>, old: Option<Digest>) -> Body<'c> {
        let today = case.today();
        let mut live = case.state.principals_of(self.org).filter(|(_, one)| one.is_live_on(today));
        let another = live.any(|(_, one)| one.key.is_some() && one.key != old);
        Body { lost_last_key: self.signs && !another, ..self }
    }

    /// Does a signature by this key speak for the body?
    fn vouches(&self, case: &Case<'_>, key: &Digest) -> bool {
        let Some(signer) = case.state.signer(key, case.today()) else { return false };
        *signer.org == *self.org
            || self.lost_last_key && case.state.stands_above(signer, self.org, self.scope)
    }
}

#[cfg(test)]
mod tests;
