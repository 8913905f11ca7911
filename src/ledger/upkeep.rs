//! Upkeep: signed checkpoints, kept heads, state files.
//!
//! The order never changes: records durable, then signed, then stored; nothing beyond the newest
//! stored checkpoint is published. A state file is written only at a checkpoint's size, after every
//! law was summed up anew.

use super::Ledger;
use super::open::Replay;
use super::reading::read_durable;
use crate::base::{Digest, Stamp};
use crate::chain::checkpoint::Checkpoint;
use crate::chain::record::{RECORD_VERSION, Record, leaf_hash};
use crate::chain::roots::{Roots, RootsImage};
use crate::domain::State;
use crate::store::images::{self, Header, ImageWriter, SegmentMark};
use crate::store::layout::{Layout, write_durably};
use crate::store::segments::{Part, SegmentsReader};
use crate::store::{self, Records};
use serde::{Deserialize, Serialize};
use std::io::Write;

/// The version of what a state file's body holds: another one's is ignored and made anew.
const STATE_FORMAT: u32 = 2;

/// How many records may be added before a clean stop writes a state file: fewer are decided again
/// at the next start in less time than the file takes.
const STATE_EVERY: u64 = 20_000;

/// Why a checkpoint could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The log's key is not here.
    #[error("the log's key is missing; name it with --log-key")]
    NoKey,
    /// The former key, which still signs along, is not here.
    #[error(
        "the log's former key signs along until {until}; put it back beside the log's key as log.key.former"
    )]
    NoFormerKey {
        /// Up to when.
        until: Stamp,
    },
    /// A law does not hold: the ledger must not sign this.
    #[error("a law of the ledger does not hold, so nothing is signed: {0}; run `fundtrail verify`")]
    Law(#[from] crate::domain::state::Broken),
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Somebody else holds a head that this ledger does not continue: it may have been restored from a
/// stale copy, or there are two of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Behind {
    /// The head is of another ledger.
    #[error("this ledger is {ours}, but the head is of {theirs}")]
    OtherOrigin {
        /// This ledger's origin.
        ours: String,
        /// The head's.
        theirs: String,
    },
    /// The head is ahead.
    #[error(
        "this ledger has {ours} records, but a head of {theirs} was signed; restore a newer copy, or see `restore --accept-loss-after`"
    )]
    Ahead {
        /// How many records are durable here.
        ours: u64,
        /// How many the head covers.
        theirs: u64,
    },
    /// The head has another root.
    #[error(
        "at {size} records the root here is {ours}, but a head with the root {theirs} was signed: these are two histories, keep both heads"
    )]
    Forked {
        /// The head's size.
        size: u64,
        /// The root here.
        ours: Digest,
        /// The head's.
        theirs: Digest,
    },
}

/// What a state file holds, but for the state itself.
#[derive(Serialize, Deserialize)]
struct Around {
    roots: RootsImage,
    last: Digest,
    ledger: Digest,
}

impl Ledger {
    /// Signs the durable head and stores the checkpoint; gives its note. The newest stored one is
    /// given again when nothing was added since.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn checkpoint(&self) -> Result<String, CheckpointError> {
        let desk = self.desk();
        let (size, root) = (desk.durable, desk.roots.newest());
        let origin = desk.state.origin().unwrap_or_default().to_owned();
        let signers = self.signers(&desk.state)?;
        drop(desk);
        if let Some((_, text)) = self.stored_checkpoint().filter(|(stored, _)| stored.size == size)
        {
            return Ok(text);
        }
        let note = Checkpoint { origin, size, root }.sign(&signers);
        {
            let mut lead = self.lead.lock().expect("a leader never panics between seal and append");
            lead.store.put_checkpoint(note.as_bytes())?;
        }
        self.keep_head(size, &note)?;
        Ok(note)
    }

    /// As [`Ledger::checkpoint`], and keeps it for ever: verifiers follow a changed key, and a
    /// continued ledger, through it.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn checkpoint_kept(&self) -> Result<String, CheckpointError> {
        let note = self.checkpoint()?;
        if let (Some(layout), Some((head, _))) = (&self.folder, self.stored_checkpoint()) {
            write_durably(&layout.checkpoint_at(head.size), note.as_bytes(), 0o644)?;
        }
        Ok(note)
    }

    /// Do the durable records continue this head, which somebody else kept?
    ///
    /// # Errors
    /// [`Behind`]: nothing may be signed then.
    pub fn agrees_with(&self, head: &Checkpoint) -> Result<(), Behind> {
        let desk = self.desk();
        if desk.state.origins.get(head.origin.as_str()).is_none() {
            let ours = desk.state.origin().unwrap_or_default().to_owned();
            return Err(Behind::OtherOrigin { ours, theirs: head.origin.clone() });
        }
        let leaf = |seq| {
            let record = read_durable(&*self.reader, seq);
            leaf_hash(&record.expect("a record that was read at the start can be read"))
        };
        match desk.roots.root(head.size, leaf) {
            None => Err(Behind::Ahead { ours: desk.durable, theirs: head.size }),
            Some(ours) if ours != head.root => {
                Err(Behind::Forked { size: head.size, ours, theirs: head.root })
            }
            Some(_) => Ok(()),
        }
    }

    /// A clean stop: what is durable is covered by a checkpoint when this returns, and by a state
    /// file where many records were added.
    ///
    /// # Errors
    /// [`CheckpointError`]; the records are durable all the same.
    pub fn close(self) -> Result<(), CheckpointError> {
        self.wind_up()?;
        if let Some(layout) = &self.folder {
            // Derived: what cannot be written now is made anew when it is asked for.
            drop(super::lookups::bring_up(layout, &*self.reader));
            super::elsewhere::mark_clean(layout, &self.head());
        }
        Ok(())
    }

    /// Signs what is durable and writes a state file where many records were added.
    pub(super) fn wind_up(&self) -> Result<(), CheckpointError> {
        self.checkpoint()?;
        if self.desk().durable >= self.state_file_at + STATE_EVERY {
            self.write_state()?;
        }
        Ok(())
    }

    /// Writes a state file at the newest checkpoint; tells whether it did: not while the checkpoint
    /// does not cover every durable record, or the desk is ahead of the disk.
    ///
    /// # Errors
    /// A law does not hold; the file cannot be written, and posting may go on.
    pub fn write_state(&self) -> Result<bool, CheckpointError> {
        let Some(layout) = &self.folder else { return Ok(false) };
        let desk = self.desk();
        if desk.state.size() != desk.durable {
            return Ok(false);
        }
        desk.state.check_laws()?;
        let Some((_, note)) = self.stored_checkpoint().filter(|(one, _)| one.size == desk.durable)
        else {
            return Ok(false);
        };
        let head = self.reader.head();
        let around = Around { roots: desk.roots.image(), last: head.leaf, ledger: desk.ledger };
        let body = postcard::to_stdvec(&(&around, &desk.state))
            .expect("tables and digests are written to memory");
        drop(desk);
        // Read as a reader does: up to what is durable, with the ends that a start will find.
        let parts = SegmentsReader::open(layout.root())?.parts();
        let marks = parts.iter().map(SegmentMark::of);
        let header = Header {
            format: STATE_FORMAT,
            rules: RECORD_VERSION,
            size: head.size,
            leaf: head.leaf,
            checkpoint: note.into_bytes(),
            segments: marks.collect::<Result<_, _>>()?,
            body_bytes: body.len() as u64,
        };
        let mut file = ImageWriter::create(layout, header)?;
        let failed = |source| store::Error::unavailable("write", &layout.index(), source);
        file.write_all(&body).map_err(failed)?;
        file.finish()?;
        Ok(true)
    }

    fn stored_checkpoint(&self) -> Option<(Checkpoint, String)> {
        let note = self.reader.checkpoint()?;
        let text = std::str::from_utf8(&note).ok()?;
        let parsed = crate::chain::note::Note::parse(&note).ok()?;
        Some((Checkpoint::parse(parsed.text).ok()?, text.to_owned()))
    }

    /// Keeps one head an hour for ever, by the time of its last record (design section 6).
    fn keep_head(&self, size: u64, note: &str) -> Result<(), CheckpointError> {
        let Some(layout) = &self.folder else { return Ok(()) };
        let kept = kept(layout)?.into_iter().max();
        let hour = |size: u64| -> Result<Option<i64>, store::Error> {
            let Some(last) = size.checked_sub(1) else { return Ok(None) };
            let record = read_durable(&*self.reader, last)?;
            let frame = Record::parse(&record).ok();
            Ok(frame.map(|frame| hours(frame.recorded_at)))
        };
        let new_hour = match kept {
            None => true,
            Some(kept) if kept >= size => false,
            Some(kept) => hour(kept)? != hour(size)?,
        };
        if new_hour {
            write_durably(&layout.checkpoint_at(size), note.as_bytes(), 0o644)?;
        }
        Ok(())
    }
}

fn hours(at: Stamp) -> i64 {
    at.0.div_euclid(3_600_000)
}

/// The sizes of all kept heads, in order.
pub(super) fn kept(layout: &Layout) -> Result<Vec<u64>, store::Error> {
    let failed = |source| store::Error::unavailable("list", &layout.checkpoints(), source);
    layout.kept_heads().map_err(failed)
}

/// The newest state file that holds, or the beginning.
pub(super) fn newest_state(
    layout: &Layout,
    records: &dyn Records,
    parts: &[Part],
) -> Result<Replay, store::Error> {
    let found = images::newest(layout, (STATE_FORMAT, RECORD_VERSION), records, parts)?;
    Ok(found.image.and_then(|image| read_state(&image.body)).unwrap_or_default())
}

fn read_state(body: &[u8]) -> Option<Replay> {
    let (around, state): (Around, State) = postcard::from_bytes(body).ok()?;
    Some(Replay {
        roots: Roots::from_image(around.roots)?,
        state,
        last: around.last,
        ledger: around.ledger,
    })
}

#[cfg(test)]
mod tests {
    use crate::ledger::{Ledger, OpenOptions, Opening};

    #[test]
    fn a_start_begins_from_the_state_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        Ledger::init(&path, Opening::new("ledger.test/2017")).unwrap();
        let (ledger, _) = Ledger::open(&path, OpenOptions::default()).unwrap();
        ledger.checkpoint().unwrap();
        ledger.write_state().unwrap();
        let size = ledger.head().size;
        drop(ledger);
        let (ledger, _) = Ledger::open(&path, OpenOptions::default()).unwrap();
        assert_eq!(ledger.state_file_at, size);
    }
}
