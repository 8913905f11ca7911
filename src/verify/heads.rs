//! Which keys a verifier believes, and what checkpoints by them say of the records.
//!
//! It begins with the key that the reader brought, else with record 0's own word. A changed key is
//! followed only through a checkpoint that covers the change and that both keys signed; a continued
//! ledger's key is the ledger's own word unless the reader brings it (design section 6).

use super::Note;
use super::judge::Judge;
use super::report::{Covered, size_of};
use super::times::Cosignature;
use crate::base::{Digest, Stamp};
use crate::chain::Checkpoint;
use crate::chain::note::{NoteError, Verified, key::VerifierKey};
use crate::chain::policy::Policy;
use serde::Serialize;

/// How a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// With the ledger: record 0.
    Opened,
    /// `log_key_changed`: the origin stays, the former key signs along.
    Changed,
    /// `ledger_continued`: a new origin after a loss.
    Continued,
}

/// A record that states a key.
#[derive(Clone, Debug)]
pub(super) struct KeyStep {
    pub seq: u64,
    pub how: How,
    pub key: VerifierKey,
}

/// A change of the log's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// The record that states it.
    pub seq: u64,
    /// How it came.
    pub how: How,
    /// The origin from there on.
    pub origin: String,
    /// The key from there on.
    pub vkey: String,
    /// Is it shown by the key before it, or brought by the reader? A continued ledger's is neither:
    /// it is the ledger's own word.
    pub followed: bool,
}

/// The keys that are believed.
pub(super) struct Believed {
    /// For each key that the records state: is it shown, or brought?
    shown: Vec<bool>,
    pub keys: Vec<VerifierKey>,
}

impl Believed {
    /// Follows the keys from the one that the reader brought, forwards and backwards.
    pub fn follow(judge: &Judge<'_>, notes: &[Note], key: Option<&VerifierKey>) -> Believed {
        let steps = &judge.keys;
        let start = key.map_or(Some(0), |key| steps.iter().position(|step| step.key == *key));
        let mut believed =
            Believed { shown: vec![false; steps.len()], keys: key.cloned().into_iter().collect() };
        let Some(start) = start.filter(|start| *start < steps.len()) else { return believed };
        believed.shown[start] = true;
        for at in start + 1..steps.len() {
            let (former, step) = (&steps[at - 1], &steps[at]);
            believed.shown[at] = step.how == How::Changed
                && believed.shown[at - 1]
                && notes.iter().any(|note| signed_by(note, &[former, step], step.seq, judge));
        }
        // What a believed head covers is true of the records before it, the keys they state too.
        for at in (0..start).rev() {
            let next = &steps[at + 1];
            believed.shown[at] = believed.shown[at + 1]
                && notes.iter().any(|note| signed_by(note, &[next], next.seq, judge));
        }
        let mut own_word = false;
        believed.keys = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            // From a continuation on, until a key that was brought, the ledger's own word counts.
            own_word = step.how == How::Continued && at > start
                || own_word && step.how == How::Changed && !believed.shown[at];
            let goes_on = own_word
                && (step.how == How::Continued
                    || notes
                        .iter()
                        .any(|note| signed_by(note, &[&steps[at - 1], step], step.seq, judge)));
            own_word = goes_on;
            if believed.shown[at] || goes_on {
                believed.keys.push(step.key.clone());
            }
        }
        believed
    }

    /// Each change of key, for the report.
    pub fn changes(&self, judge: &Judge<'_>) -> Vec<KeyChange> {
        let steps = judge.keys.iter().zip(&self.shown).skip(1);
        steps
            .map(|(step, followed)| KeyChange {
                seq: step.seq,
                how: step.how,
                origin: step.key.name().to_owned(),
                vkey: step.key.to_string(),
                followed: *followed,
            })
            .collect()
    }

    /// Holds a checkpoint against the records.
    pub fn hold(&self, note: &Note, judge: &Judge<'_>, policy: Option<&Policy>) -> Covered {
        let witnesses = policy.map(Policy::witnesses).unwrap_or_default();
        let witnesses = witnesses.iter().map(|witness| &witness.key);
        let known: Vec<VerifierKey> = self.keys.iter().chain(witnesses).cloned().collect();
        let mut covered = Covered {
            from: note.from.clone(),
            size: 0,
            root: Digest::ZERO,
            cosignatures: Vec::new(),
            witnessed: false,
            fault: None,
        };
        match Checkpoint::open(&note.bytes, &known) {
            Ok((checkpoint, verified)) => {
                (covered.size, covered.root) = (checkpoint.size, checkpoint.root);
                covered.fault = lost_after(&checkpoint, judge)
                    .or_else(|| against_records(checkpoint.size, checkpoint.root, judge));
                covered.cosignatures = verified.iter().filter_map(cosignature).collect();
                covered.witnessed = covered.fault.is_none()
                    && policy.is_some_and(|policy| policy.has_quorum() && policy.is_met(&verified));
            }
            Err(error) => {
                covered.size = size_of(&note.bytes).unwrap_or(0);
                covered.fault = Some(self.unbelieved(note, judge, error));
            }
        }
        covered
    }

    /// Why a note by no believed key is not believed.
    fn unbelieved(&self, note: &Note, judge: &Judge<'_>, error: NoteError) -> String {
        let stated = judge.keys.iter().find(|step| {
            !self.keys.contains(&step.key)
                && Checkpoint::open(&note.bytes, std::slice::from_ref(&step.key)).is_ok()
        });
        match stated {
            Some(step) => format!(
                "it is signed by the key that record {} states, but no checkpoint that covers that \
                 record is signed by the key before it too; bring one, or the new key",
                step.seq
            ),
            None => error.to_string(),
        }
    }
}

/// A cosignature that says a time.
fn cosignature(verified: &Verified<'_>) -> Option<Cosignature> {
    let at_s = verified.cosigned_at_s.filter(|at_s| *at_s > 0)?;
    let at_ms = i64::try_from(at_s).ok()?.checked_mul(1000)?;
    Some(Cosignature { witness: verified.key.name().to_owned(), at: Stamp(at_ms) })
}

/// A head of an origin that the ledger no longer bears at that size: what was lost.
fn lost_after(checkpoint: &Checkpoint, judge: &Judge<'_>) -> Option<String> {
    let end = judge.keys.iter().find(|step| {
        step.how == How::Continued && step.key.name() != checkpoint.origin && {
            let before = judge.keys.iter().take_while(|other| other.seq < step.seq);
            before.last().is_some_and(|other| other.key.name() == checkpoint.origin)
        }
    })?;
    (checkpoint.size > end.seq).then(|| {
        format!(
            "it covers {} records of {}, but the ledger was continued as {} after {}: {} were lost; \
             keep it, it is the evidence",
            checkpoint.size,
            checkpoint.origin,
            end.key.name(),
            end.seq,
            checkpoint.size - end.seq
        )
    })
}

fn against_records(size: u64, root: Digest, judge: &Judge<'_>) -> Option<String> {
    match judge.found.get(&size) {
        Some(found) if *found == root => None,
        Some(found) => Some(format!(
            "its root at {size} records is {root}, but that of these records is {found}: records \
             below {size} were changed after it was signed"
        )),
        None if size > judge.size() && judge.fault.is_none() => Some(format!(
            "it covers {size} records, but only {} are here: {} were cut off",
            judge.size(),
            size - judge.size()
        )),
        None if size == 0 => None,
        None => Some("the records before its size are already wrong".to_owned()),
    }
}

/// Does the note cover the record, hold, and bear a signature by each of these keys?
fn signed_by(note: &Note, steps: &[&KeyStep], seq: u64, judge: &Judge<'_>) -> bool {
    steps.iter().all(|step| {
        let opened = Checkpoint::open(&note.bytes, std::slice::from_ref(&step.key));
        opened.is_ok_and(|(head, _)| {
            head.size > seq && judge.found.get(&head.size) == Some(&head.root)
        })
    })
}
