//! What a receipt says to the reader who holds it: one of three verdicts (design section 6).
//!
//! It is worth what the reader brought from elsewhere: a key's 32 bits of id count for nothing, and
//! a policy without a quorum vouches for the operator's word alone, so it is never `witnessed`.
//! Inclusion never says that nothing is missing.

use super::Checkpoint;
use super::note::{Verified, key::VerifierKey};
use super::policy::Policy;
use super::proof::Proof;
use super::record::{Record, leaf_hash};
use crate::base::words::vocabulary;

vocabulary! {
    /// The three verdicts, in these words everywhere.
    pub enum Verdict {
        Witnessed "witnessed" "已见证" "Witnessed",
        Included "included" "已入账" "Included",
        Refuted "refuted" "不符" "Refuted",
    }
}

/// What the reader brought from elsewhere: a paper receipt, a gazette, a policy file.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'b> {
    /// The log's verifier key; its name is the origin.
    pub key: &'b VerifierKey,
    /// Which witnesses have to have cosigned.
    pub policy: Option<&'b Policy>,
}

/// A verdict and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is no better.
    pub reason: Option<String>,
    /// The record's number, where the receipt holds.
    pub seq: Option<u64>,
    /// The checkpoint, where the receipt holds.
    pub checkpoint: Option<Checkpoint>,
    /// The names of the policy's witnesses that cosigned it.
    pub witnesses: Vec<String>,
}

/// Judges a receipt of a record, whose bytes are those of its line without LF.
pub fn judge(receipt: &[u8], record: &[u8], brought: Brought<'_>) -> Judged {
    match hold(receipt, record, brought) {
        Ok(judged) => judged,
        Err(reason) => Judged {
            verdict: Verdict::Refuted,
            reason: Some(reason),
            seq: None,
            checkpoint: None,
            witnesses: Vec::new(),
        },
    }
}

fn hold(receipt: &[u8], record: &[u8], brought: Brought<'_>) -> Result<Judged, String> {
    let proof = Proof::parse(receipt).map_err(|error| error.to_string())?;
    let parsed = Record::parse(record).map_err(|wrong| wrong.reason)?;
    parsed.check_form().map_err(|wrong| wrong.reason)?;
    if parsed.seq != proof.index {
        return Err(format!(
            "the record's seq is {}, but the receipt is of record {}",
            parsed.seq, proof.index
        ));
    }
    let witnesses = brought.policy.map(Policy::witnesses).unwrap_or_default();
    let known: Vec<VerifierKey> =
        [brought.key].into_iter().chain(witnesses.iter().map(|one| &one.key)).cloned().collect();
    let (checkpoint, verified) =
        proof.verify(&leaf_hash(record), &known).map_err(|refuted| refuted.to_string())?;
    let accepts = |policy: &Policy| {
        let logs = policy.logs();
        logs.is_empty() || logs.iter().any(|log| log.key == *brought.key)
    };
    if !brought.policy.is_none_or(accepts) {
        return Err("the policy does not name this log's key".to_owned());
    }
    let reason = not_witnessed(brought.policy, &verified);
    let cosigned = verified.iter().filter(|one| one.cosigned_at_s.is_some());
    let mut witnesses: Vec<String> = cosigned.map(|one| one.key.name().to_owned()).collect();
    witnesses.sort();
    witnesses.dedup();
    Ok(Judged {
        verdict: if reason.is_none() { Verdict::Witnessed } else { Verdict::Included },
        reason,
        seq: Some(proof.index),
        checkpoint: Some(checkpoint),
        witnesses,
    })
}

/// Why the verdict is not the best one.
fn not_witnessed(policy: Option<&Policy>, verified: &[Verified<'_>]) -> Option<String> {
    const ALONE: &str = "the operator could show others another ledger";
    match policy {
        None => Some(format!("the log's key alone vouches, no policy was given: {ALONE}")),
        Some(policy) if !policy.has_quorum() => {
            Some(format!("the policy asks for no witness: {ALONE}"))
        }
        Some(policy) if !policy.is_met(verified) => {
            Some(format!("the policy's quorum has not cosigned this head: {ALONE}"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
