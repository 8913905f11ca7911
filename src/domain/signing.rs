//! Whose signatures an event needs, and whose count (design sections 6 and 8).
//!
//! That a signature is mathematically right is `chain`'s to say; here only keys are compared with
//! grants, by their position in the ledger and never by a clock.

use super::case::Case;
use super::refusal::{Check, Code as Refused};

/// The event carries the signature that it needs, and none that does not count.
pub(super) fn signed(case: &Case<'_>) -> Check {
    let facts = case.facts;
    let own = case.grant().and_then(|grant| grant.key);
    let must_sign = case.grant().is_some_and(|grant| grant.must_sign);
    let signs_itself = own.is_some_and(|key| facts.signed_by.contains(&key));
    case.require(Refused::SignatureRequired, !must_sign || signs_itself)?;
    let own_counts = facts.signed_by.is_empty() || own.is_none() || signs_itself;
    let all_count = facts.signed_by.iter().all(|key| is_live_key_of(case, key));
    case.require(Refused::SignatureInvalid, !facts.badly_signed && own_counts && all_count)
}

fn is_live_key_of(case: &Case<'_>, key: &crate::base::Digest) -> bool {
    let holder = case.state.keys.get(key).and_then(|name| case.state.principals.get(&**name));
    holder.is_some_and(|holder| {
        !holder.revoked && *holder.org == *case.event.by.org.as_str() && holder.key == Some(*key)
    })
}
