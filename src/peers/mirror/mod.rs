//! A mirror: a second party's copy of a ledger that only ever grows, and that believes nothing.
//!
//! Each pull holds what the ledger shows now against the head that was pinned last: first by a
//! consistency proof, then by verifying every record anew. A fork or a rollback changes nothing
//! here; both signed heads are kept in `refused/`, which is evidence. What was fetched and not yet
//! verified lies beside the mirror, so that an interrupted pull goes on where it stopped.

mod incoming;
mod pinned;

pub use pinned::Pinned;

use super::files::Files;
use super::source::{LedgerSource, SourceError};
use crate::chain::Checkpoint;
use crate::chain::merkle::proof::verify_consistency;
use crate::chain::note::key::VerifierKey;
use crate::chain::note::{Note, NoteError};
use crate::store::layout::write_durably;
use crate::store::{self, segments::unchecked_parts};
use crate::verify::{self, Report};
use incoming::Incoming;
use std::path::Path;

/// What is wrong between a ledger and its mirror.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The ledger cannot be read; pulling again goes on where this stopped.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The mirror's folder cannot be read or written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file of the mirror is not what it must be.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The ledger shows no head that can be read.
    #[error("{ledger} shows no head that can be believed: {reason}")]
    NoHead {
        /// Where it is read.
        ledger: String,
        /// Why.
        reason: NoteError,
    },
    /// It has gone back behind a head that it signed.
    #[error(
        "rollback: it signed {pinned} records before and shows {shown} now; nothing was changed here, both heads are in {evidence}"
    )]
    Rollback {
        /// The size that was pinned.
        pinned: u64,
        /// The size that it shows.
        shown: u64,
        /// Where both heads are.
        evidence: String,
    },
    /// It shows another history than the one that it signed.
    #[error(
        "fork: its head of {shown} records does not continue the head of {pinned} that it signed before ({reason}); nothing was changed here, both heads are in {evidence}"
    )]
    Fork {
        /// The size that was pinned.
        pinned: u64,
        /// The size that it shows.
        shown: u64,
        /// What does not hold.
        reason: String,
        /// Where both heads are.
        evidence: String,
    },
    /// What it shows is not sound in itself.
    #[error("{reason}; nothing was taken over, what it showed is in {evidence}")]
    Refused {
        /// What is wrong.
        reason: String,
        /// Where the head and the records are.
        evidence: String,
    },
}

/// What a pull did.
#[derive(Debug)]
pub struct Pulled {
    /// The head that is pinned now.
    pub head: Checkpoint,
    /// How many records were new.
    pub added: u64,
    /// The key that vouched for it.
    pub key: VerifierKey,
    /// Did the key come with the ledger itself, this time?
    pub own_word: bool,
    /// What verification said; none when nothing was new.
    pub report: Option<Report>,
}

/// What a pull tells while it runs.
pub trait Watch: Sync {
    /// So many of so many records are fetched.
    fn fetched(&self, done: u64, of: u64);
    /// So many of so many bytes are verified.
    fn verified(&self, done: u64, of: u64);
}

/// Brings a mirror up to what a ledger shows now. A folder that is not there is made.
///
/// # Errors
/// [`MirrorError`]; the mirror is as it was.
pub fn pull(
    source: &dyn LedgerSource,
    folder: &Path,
    key: Option<&VerifierKey>,
    watch: &dyn Watch,
) -> Result<Pulled, MirrorError> {
    let pinned = Pinned::read(folder)?;
    let note = source.newest()?;
    let head =
        parse(&note).map_err(|reason| MirrorError::NoHead { ledger: source.name(), reason })?;
    let brought = key.or(pinned.as_ref().map(|pinned| &pinned.key));
    if let Some(pinned) = &pinned {
        let shown = Shown { source, head: &head, note: &note };
        continues(pinned, &shown, brought)?;
        if pinned.head.size == head.size {
            Checkpoint::open(&note, std::slice::from_ref(&pinned.key))
                .map_err(|reason| MirrorError::NoHead { ledger: source.name(), reason })?;
            pinned.see(&note)?;
            let key = pinned.key.clone();
            return Ok(Pulled { head, added: 0, key, own_word: false, report: None });
        }
    }
    let from = pinned.as_ref().map_or(0, |pinned| pinned.records);
    let incoming = Incoming::fetch(source, folder, from..head.size, watch)?;
    let kept = source.kept(pinned.as_ref().map_or(0, |pinned| pinned.head.size))?;
    let fetched = Fetched { incoming: &incoming, note: &note, kept: &kept, head: &head };
    let report = judge(folder, pinned.as_ref(), &fetched, brought, watch)?;
    let believed = believed_key(&report, brought, &head);
    let heads: Vec<&[u8]> = kept.iter().map(Vec::as_slice).collect();
    let take = pinned::Take { source: &source.name(), key: &believed, note: &note, kept: &heads };
    pinned::take_over(folder, &incoming, &take)?;
    incoming.remove()?;
    let added = head.size.saturating_sub(from);
    Ok(Pulled { head, added, key: believed, own_word: brought.is_none(), report: Some(report) })
}

/// What a ledger shows now.
struct Shown<'s> {
    source: &'s dyn LedgerSource,
    head: &'s Checkpoint,
    note: &'s [u8],
}

/// Refuses a head that does not continue the pinned one, before anything is fetched.
fn continues(
    pinned: &Pinned,
    shown: &Shown<'_>,
    key: Option<&VerifierKey>,
) -> Result<(), MirrorError> {
    let (old, new) = (&pinned.head, shown.head);
    let ours = |size: u64| pinned.root(size);
    let reason = if new.size < old.size {
        let root = ours(new.size)?;
        if root == new.root {
            return Err(MirrorError::Rollback {
                pinned: old.size,
                shown: new.size,
                evidence: evidence(pinned, shown, key, None)?,
            });
        }
        format!("at {} records its root is {}, here it is {root}", new.size, new.root)
    } else if new.size == old.size {
        if new.root == old.root {
            return Ok(());
        }
        format!("at {} records its root is {}, here it is {}", new.size, new.root, old.root)
    } else {
        let proof = shown.source.consistency(old.size, new.size)?;
        match verify_consistency((old.size, &old.root), (new.size, &new.root), &proof) {
            Ok(()) => return Ok(()),
            Err(error) => format!("its proof does not hold: {error}"),
        }
    };
    let evidence = evidence(pinned, shown, key, Some(&reason))?;
    Err(MirrorError::Fork { pinned: old.size, shown: new.size, reason, evidence })
}

/// Keeps both heads. Where the operator signed the second one too, they are evidence against him;
/// a head that nobody signed is only refused.
fn evidence(
    pinned: &Pinned,
    shown: &Shown<'_>,
    key: Option<&VerifierKey>,
    fork: Option<&str>,
) -> Result<String, MirrorError> {
    let folder = pinned.refused(shown.head);
    write(&folder, "pinned.checkpoint", &pinned.note)?;
    write(&folder, "shown.checkpoint", shown.note)?;
    let evidence = folder.display().to_string();
    let keys: Vec<VerifierKey> = [&pinned.key].into_iter().chain(key).cloned().collect();
    match Checkpoint::open(shown.note, &keys) {
        Ok(_) => Ok(evidence),
        Err(error) => {
            let also = fork.map(|reason| format!(", and {reason}")).unwrap_or_default();
            let size = shown.head.size;
            let reason = format!(
                "its head of {size} records is not signed by the key that is known for it ({error}){also}"
            );
            Err(MirrorError::Refused { reason, evidence })
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), MirrorError> {
    std::fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    Ok(write_durably(&folder.join(name), bytes, 0o644)?)
}

/// What was fetched.
struct Fetched<'f> {
    incoming: &'f Incoming,
    note: &'f [u8],
    kept: &'f [Vec<u8>],
    head: &'f Checkpoint,
}

/// Verifies the pinned and the fetched records as one, by every head that is known.
fn judge(
    folder: &Path,
    pinned: Option<&Pinned>,
    fetched: &Fetched<'_>,
    key: Option<&VerifierKey>,
    watch: &dyn Watch,
) -> Result<Report, MirrorError> {
    let (mut files, mut notes) = (Files::default(), Vec::new());
    if let Some(pinned) = pinned {
        for part in unchecked_parts(folder)? {
            files.add(&part.path, Some(part.bytes)).map_err(|error| file(&part.path, error))?;
        }
        for note in pinned.seen()? {
            notes.push(note);
        }
    }
    let path = fetched.incoming.path();
    files.add(path, None).map_err(|error| file(path, error))?;
    let shown =
        |from: &str, bytes: &[u8]| verify::Note { from: from.to_owned(), bytes: bytes.to_vec() };
    notes.extend(fetched.kept.iter().map(|note| shown("a head that it keeps", note)));
    notes.push(shown("the newest head", fetched.note));
    let of = verify::Source::len(&files);
    let brought = verify::Brought { key, policy: None };
    let report = verify::verify(&files, &notes, brought, &|done| watch.verified(done, of))
        .map_err(|error| file(path, error))?;
    let reason = match &report.fault {
        Some(fault) => format!("record {} is wrong: {}", fault.seq, fault.reason),
        None => match report.checkpoints.iter().find_map(|one| one.fault.as_ref()) {
            Some(reason) => reason.clone(),
            None => return Ok(report),
        },
    };
    let place = pinned::refused(folder, fetched.head);
    write(&place, "shown.checkpoint", fetched.note)?;
    if let Some(pinned) = pinned {
        write(&place, "pinned.checkpoint", &pinned.note)?;
    }
    fetched.incoming.refuse(&place.join("shown.jsonl"))?;
    Err(MirrorError::Refused { reason, evidence: place.display().to_string() })
}

/// The key to pin: the newest that is shown to follow from the one that was brought, by which the
/// head is signed.
fn believed_key(report: &Report, brought: Option<&VerifierKey>, head: &Checkpoint) -> VerifierKey {
    let parsed = |vkey: &str| VerifierKey::parse(vkey).expect("a report names sound keys");
    let newest = report.keys.iter().rev().map(|vkey| parsed(vkey));
    let mut of_origin = newest.filter(|key| key.name() == head.origin);
    let newest = of_origin.next().or_else(|| brought.cloned());
    newest.expect("a head that holds is signed by a key of its origin")
}

fn parse(note: &[u8]) -> Result<Checkpoint, NoteError> {
    Checkpoint::parse(Note::parse(note)?.text)
}

fn file(path: &Path, error: impl std::fmt::Display) -> MirrorError {
    MirrorError::File { path: path.display().to_string(), reason: error.to_string() }
}
