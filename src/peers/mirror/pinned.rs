//! What a mirror holds: verified records, every head that it saw, and the key that it believes.
//!
//! The folder is a ledger's without keys, so every command that reads works on it. `mirror.json`
//! beside the records says where it comes from and by which key.

use super::incoming::Incoming;
use super::{MirrorError, file, parse};
use crate::base::Digest;
use crate::chain::Checkpoint;
use crate::chain::merkle::CompactRange;
use crate::chain::note::key::VerifierKey;
use crate::chain::record::{Record, leaf_hash};
use crate::store::layout::{Layout, sibling, write_durably};
use crate::store::{Batch, Building, Records, Segments, SegmentsReader, Store};
use crate::verify::Note;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What a mirror holds.
pub struct Pinned {
    layout: Layout,
    /// The newest head that was verified.
    pub head: Checkpoint,
    /// Its note.
    pub note: Vec<u8>,
    /// How many records are here; after an interruption more than the head covers.
    pub records: u64,
    /// The key that is believed.
    pub key: VerifierKey,
    /// Where the ledger was read.
    pub source: String,
}

/// `mirror.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    source: String,
    key: String,
}

/// What is taken over.
pub(super) struct Take<'t> {
    pub source: &'t str,
    pub key: &'t VerifierKey,
    pub note: &'t [u8],
    pub kept: &'t [&'t [u8]],
}

impl Pinned {
    /// Reads a mirror's folder; none where there is no such folder, or an empty one.
    ///
    /// # Errors
    /// [`MirrorError`]: the folder is no mirror, or damaged.
    pub fn read(folder: &Path) -> Result<Option<Pinned>, MirrorError> {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file(folder, error)),
            Ok(mut entries) => entries.next().is_some(),
        };
        if !entries {
            return Ok(None);
        }
        let layout = Layout::new(folder);
        let path = pin_path(folder);
        let pin = std::fs::read(&path).map_err(|error| {
            file(&path, format!("{error}; the folder is no mirror, choose another"))
        })?;
        let pin: Pin = serde_json::from_slice(&pin).map_err(|error| file(&path, error))?;
        let key = VerifierKey::parse(&pin.key).map_err(|error| file(&path, error))?;
        let records = SegmentsReader::open(folder)?.reader();
        let note = records.checkpoint().ok_or_else(|| file(&layout.checkpoint(), "it is lost"))?;
        let head = parse(&note).map_err(|error| file(&layout.checkpoint(), error))?;
        let (note, records) = (note.to_vec(), records.head().size);
        Ok(Some(Pinned { layout, head, note, records, key, source: pin.source }))
    }

    /// The root of the tree of the first `size` records, hashed from them.
    pub fn root(&self, size: u64) -> Result<Digest, MirrorError> {
        let mut tree = CompactRange::default();
        let records = SegmentsReader::open(self.layout.root())?.reader();
        records.scan(0..size, &mut |_, record| {
            tree.push(leaf_hash(record));
            ControlFlow::Continue(())
        })?;
        Ok(tree.root())
    }

    /// Every head that was seen.
    pub fn seen(&self) -> Result<Vec<Note>, MirrorError> {
        let failed = |error| file(&self.layout.checkpoints(), error);
        let mut notes = Vec::new();
        for size in self.layout.kept_heads().map_err(failed)? {
            let path = self.layout.checkpoint_at(size);
            let bytes = std::fs::read(&path).map_err(|error| file(&path, error))?;
            notes.push(Note { from: path.display().to_string(), bytes });
        }
        let from = self.layout.checkpoint().display().to_string();
        notes.push(Note { from, bytes: self.note.clone() });
        Ok(notes)
    }

    /// Keeps a head of the pinned size and root again: it may bear more cosignatures now.
    pub fn see(&self, note: &[u8]) -> Result<(), MirrorError> {
        if note == self.note {
            return Ok(());
        }
        let (mut store, _) = Segments::open(self.layout.root())?;
        store.put_checkpoint(note)?;
        Ok(write_durably(&self.layout.checkpoint_at(self.head.size), note, 0o644)?)
    }

    /// Where the two heads of a fork or a rollback are kept.
    pub fn refused(&self, shown: &Checkpoint) -> PathBuf {
        refused(self.layout.root(), shown)
    }
}

/// Where what a ledger showed is kept when it is refused: beside the mirror, which it never
/// touches.
pub(super) fn refused(folder: &Path, shown: &Checkpoint) -> PathBuf {
    let root = shown.root.to_string();
    sibling(folder, "refused").join(format!("{:012}-{}", shown.size, &root[..16]))
}

/// Puts verified records and their heads into the mirror.
///
/// The first time the mirror is built beside its place and renamed into it. Each batch is appended
/// and synced as the ledger itself did it: slower than a copy of files, and never half a batch.
pub(super) fn take_over(
    folder: &Path,
    incoming: &Incoming,
    take: &Take<'_>,
) -> Result<(), MirrorError> {
    if pin_path(folder).exists() {
        let (mut store, _) = Segments::open(folder)?;
        append(&mut store, incoming)?;
        return pin(folder, &mut store, take);
    }
    let building = Building::begin(folder)?;
    let mut store = Segments::create(building.path())?;
    append(&mut store, incoming)?;
    pin(building.path(), &mut store, take)?;
    drop(store);
    Ok(building.finish()?)
}

fn append(store: &mut Segments, incoming: &Incoming) -> Result<(), MirrorError> {
    let mut batch = Batch::new(store.head().size);
    incoming.each(&mut |line| {
        let record = Record::parse(line).map_err(|error| file(incoming.path(), error.reason))?;
        if record.seq < store.head().size {
            return Ok(());
        }
        batch.push(line, leaf_hash(line));
        if record.batch_left == 0 {
            let head = store.append(&store.head(), &batch)?;
            batch.restart(head.size);
        }
        Ok(())
    })?;
    assert!(batch.is_empty(), "verification holds the last batch to be whole");
    Ok(())
}

/// Stores the heads and the key: the kept ones first, so that the pinned one is the last word.
fn pin(folder: &Path, store: &mut Segments, take: &Take<'_>) -> Result<(), MirrorError> {
    let layout = Layout::new(folder);
    for note in take.kept.iter().copied().chain([take.note]) {
        let head = parse(note).expect("a head that was verified can be read");
        write_durably(&layout.checkpoint_at(head.size), note, 0o644)?;
    }
    store.put_checkpoint(take.note)?;
    let pin = Pin { source: take.source.to_owned(), key: take.key.to_string() };
    let pin = serde_json::to_vec_pretty(&pin).expect("two texts are written to memory");
    Ok(write_durably(&pin_path(folder), &pin, 0o644)?)
}

fn pin_path(folder: &Path) -> PathBuf {
    folder.join("mirror.json")
}
