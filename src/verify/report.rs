//! What verification found, in words and figures.

use super::Brought;
use super::Note;
use super::heads::{Believed, KeyChange};
use super::judge::Judge;
use super::times::{Cosignature, TimeContradicted, contradicted};
use crate::base::{Digest, Stamp};
use crate::chain::checkpoint::Checkpoint;
use crate::chain::note::{self, key::VerifierKey};
use serde::Serialize;

/// Something that is wrong in the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The number of the record, by its position.
    pub seq: u64,
    /// Where it begins in the bytes of all records.
    pub at: u64,
    /// What is wrong.
    pub reason: String,
}

/// Where the key that checkpoints were verified with comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// The reader brought it.
    Outside,
    /// Record 0 states it: the ledger's own word.
    Ledger,
}

/// What a checkpoint says of the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Where the checkpoint comes from.
    pub from: String,
    /// How many records it covers.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The cosignatures that were verified, where the witnesses' keys are known.
    pub cosignatures: Vec<Cosignature>,
    /// Does it meet the quorum of the policy that the reader brought?
    pub witnessed: bool,
    /// Why it does not hold; none when it does.
    pub fault: Option<String>,
}

/// A verification that somebody filed in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filed {
    /// The record that files it.
    pub seq: u64,
    /// Who.
    pub posted_by: String,
    /// When.
    pub recorded_at: Stamp,
    /// How many records it covers.
    pub size: u64,
    /// `sound` or `unsound`.
    pub verdict: &'static str,
}

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many records are right, from the first on.
    pub right: u64,
    /// The first record that is wrong.
    pub fault: Option<Fault>,
    /// The root of the right records.
    pub root: Digest,
    /// The ledger's origin, as its records state it last.
    pub origin: Option<String>,
    /// Where the key comes from.
    pub key: KeySource,
    /// The verifier keys that are believed, in the order in which the records state them.
    pub keys: Vec<String>,
    /// Each change of the log's key or origin.
    pub key_changes: Vec<KeyChange>,
    /// Each checkpoint that was held against the records.
    pub checkpoints: Vec<Covered>,
    /// How many of the right records the newest checkpoint that holds covers.
    pub covered: u64,
    /// How many of them the newest head that meets the quorum covers.
    pub witnessed: u64,
    /// Records whose time a cosignature contradicts.
    pub time_contradicted: Vec<TimeContradicted>,
    /// The verification that covers most records, of those that were filed.
    pub filed: Option<Filed>,
    /// From this record on the money was not judged: a newer version or an unknown type.
    pub not_judged_from: Option<u64>,
    /// How many exceptions are recorded.
    pub exceptions: u64,
    /// How many records carry a signature; all of them are right.
    pub signed: u64,
}

impl Report {
    /// Is nothing wrong?
    pub fn is_sound(&self) -> bool {
        self.fault.is_none()
            && self.time_contradicted.is_empty()
            && self.checkpoints.iter().all(|one| one.fault.is_none())
    }
}

/// The size that a checkpoint names.
pub(super) fn size_of(bytes: &[u8]) -> Option<u64> {
    let note = note::Note::parse(bytes).ok()?;
    Checkpoint::parse(note.text).ok().map(|checkpoint| checkpoint.size)
}

/// Puts together what the judge found and what the checkpoints say.
pub(super) fn report(judge: Judge<'_>, notes: &[Note], brought: Brought<'_>) -> Report {
    let key = brought.key;
    let believed = Believed::follow(&judge, notes, key);
    let mut checkpoints: Vec<Covered> =
        notes.iter().map(|note| believed.hold(note, &judge, brought.policy)).collect();
    checkpoints.sort_by_key(|one| one.size);
    let holding = checkpoints.iter().filter(|one| one.fault.is_none()).map(|one| one.size).max();
    let mut fault = judge.fault.clone();
    if fault.is_none() {
        fault = own_faults(&judge, key);
    }
    Report {
        right: fault.as_ref().map_or(judge.size(), |fault| fault.seq),
        fault,
        root: judge.roots.newest(),
        origin: judge.keys.last().map(|step| step.key.name().to_owned()),
        keys: believed.keys.iter().map(ToString::to_string).collect(),
        key_changes: believed.changes(&judge),
        key: if key.is_some() { KeySource::Outside } else { KeySource::Ledger },
        covered: holding.unwrap_or(0),
        witnessed: checkpoints
            .iter()
            .filter(|one| one.witnessed)
            .map(|one| one.size)
            .max()
            .unwrap_or(0),
        time_contradicted: contradicted(&judge, &checkpoints),
        filed: judge.filed.iter().max_by_key(|one| (one.size, one.seq)).cloned(),
        checkpoints,
        not_judged_from: judge.blind_from,
        exceptions: judge.exceptions,
        signed: judge.signed,
    }
}

/// What is wrong with the records as a whole.
fn own_faults(judge: &Judge<'_>, key: Option<&VerifierKey>) -> Option<Fault> {
    let fault = |seq: u64, reason: String| Some(Fault { seq, at: 0, reason });
    let last = judge.size().saturating_sub(1);
    if judge.size() == 0 {
        return fault(0, "there is no record".to_owned());
    }
    if !judge.is_whole() {
        return fault(
            last,
            "the last batch is not whole: records behind it were cut off".to_owned(),
        );
    }
    if let Some(key) = key
        && judge.keys.iter().all(|step| step.key != *key)
    {
        return fault(0, format!("record 0 states another key than the one given ({key})"));
    }
    if judge.blind_from.is_none()
        && let Err(broken) = judge.state.check_laws()
    {
        return fault(last, broken.to_string());
    }
    None
}
