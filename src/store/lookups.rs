//! `index/sled`: which records have a key (a jurisdiction, a lot, a project, a payee, a type), as
//! packed lists of record numbers. Keys are opaque here.
//!
//! No rule ever reads it, and an acknowledgement never waits for it: sled 0.34.7 can lose synced
//! writes in a power cut, open empty without an error, and panic on damage. So any error, panic or
//! foreign position at the opening removes it and has it made anew, and values stay below 4 KiB,
//! since larger ones go to files that sled never syncs. Only the process that holds the ledger's
//! lock opens it: opening writes.

mod packed;

use super::layout::Layout;
use super::table::leaf_of;
use super::{Error, Head, Records};
use crate::base::Digest;
use packed::{Chunk, decode};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

/// How much of sled's pages is kept in memory.
const CACHE_BYTES: u64 = 16 << 20;
/// How many values are put into sled at once.
const BATCH_VALUES: usize = 256;
/// The longest key, so that its length fits the stored form.
pub const KEY_BYTES_MAX: usize = 255;
/// The key of the position; keys of lists begin with their length, which is never 0.
const POSITION: &[u8] = &[0];

/// In which order records are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The earliest first.
    Ascending,
    /// The latest first.
    Descending,
}

/// The look-ups of a ledger. One thread adds and writes; listing may run in parallel with it.
#[derive(Debug)]
pub struct Lookups {
    db: sled::Db,
    folder: PathBuf,
    version: u32,
    pending: RwLock<Pending>,
}

#[derive(Debug)]
struct Pending {
    /// The number of the next record to be added.
    next: u64,
    lists: HashMap<Box<[u8]>, Vec<u64>>,
    postings: usize,
}

impl Lookups {
    /// Opens the look-ups for the process that holds the ledger. `version` is that of the keys: of
    /// another version they are made anew. Tells why they were, if they were; the caller then adds
    /// every record from [`Lookups::position`] on.
    ///
    /// # Errors
    /// `Locked` when another process has them open; `Unavailable` when they can be neither opened
    /// nor made anew. Posting goes on without.
    pub fn open(
        layout: &Layout,
        version: u32,
        records: &dyn Records,
    ) -> Result<(Lookups, Option<String>), Error> {
        let folder = layout.lookups();
        let was_there = folder.exists();
        let why = match open_sled(&folder) {
            Ok(db) => match read_position(&db, version, records)? {
                Ok(next) => return Ok((Lookups::new(db, folder, version, next), None)),
                Err(why) => {
                    close(db);
                    why
                }
            },
            Err(why) if why.contains("could not acquire lock") => {
                return Err(Error::Locked { folder: layout.root().to_path_buf(), holder: None });
            }
            Err(why) => why,
        };
        let failed = |source| Error::unavailable("make anew", &folder, source);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let db = open_sled(&folder).map_err(|why| failed(io::Error::other(why)))?;
        let why = if was_there { why } else { "it was not there".to_owned() };
        let said = records.head().size > 0;
        let said = said.then(|| format!("index/sled is made anew: {why}"));
        Ok((Lookups::new(db, folder, version, 0), said))
    }

    fn new(db: sled::Db, folder: PathBuf, version: u32, next: u64) -> Lookups {
        let pending = Pending { next, lists: HashMap::new(), postings: 0 };
        Lookups { db, folder, version, pending: RwLock::new(pending) }
    }

    /// The number of the next record to be added.
    pub fn position(&self) -> u64 {
        self.pending.read().unwrap_or_else(PoisonError::into_inner).next
    }

    /// How many entries wait in memory for [`Lookups::write`]; some ten thousand are a good time.
    pub fn waiting(&self) -> usize {
        self.pending.read().unwrap_or_else(PoisonError::into_inner).postings
    }

    /// Adds the next record under its keys. It can be listed at once.
    ///
    /// # Panics
    /// When the record is not the next one, or a key is empty or longer than [`KEY_BYTES_MAX`].
    pub fn add<K: AsRef<[u8]>>(&self, seq: u64, keys: impl IntoIterator<Item = K>) {
        let mut pending = self.pending.write().unwrap_or_else(PoisonError::into_inner);
        assert!(seq == pending.next, "records are added in order, each once");
        pending.next += 1;
        for key in keys {
            let key = key.as_ref();
            assert!(!key.is_empty() && key.len() <= KEY_BYTES_MAX, "a key keeps its bounds");
            let list = match pending.lists.get_mut(key) {
                Some(list) => list,
                None => pending.lists.entry(key.into()).or_default(),
            };
            if list.last() != Some(&seq) {
                list.push(seq);
                pending.postings += 1;
            }
        }
    }

    /// Writes what waits into sled and syncs it; `head` is the durable head, which must have been
    /// added and no more.
    ///
    /// # Errors
    /// `Unavailable`: what waits goes on waiting, and writing may be tried again.
    ///
    /// # Panics
    /// When other records were added than those up to the head.
    pub fn write(&self, head: &Head) -> Result<(), Error> {
        let lists: Vec<(Box<[u8]>, Vec<u64>)> = {
            let pending = self.pending.read().unwrap_or_else(PoisonError::into_inner);
            assert!(pending.next == head.size, "each durable record was added, and no other");
            pending.lists.iter().map(|(key, list)| (key.clone(), list.clone())).collect()
        };
        self.guarded("write", || {
            let mut batch = sled::Batch::default();
            let mut values = 0;
            for (key, list) in &lists {
                for (place, value) in self.extended(key, list)? {
                    batch.insert(place, value);
                    values += 1;
                }
                if values >= BATCH_VALUES {
                    self.db.apply_batch(std::mem::take(&mut batch))?;
                    values = 0;
                }
            }
            // The position comes last: what precedes it may be added again without harm.
            batch.insert(POSITION, position(head, self.version));
            self.db.apply_batch(batch)?;
            self.db.flush()?;
            // sled's own flush does not reach the medium (its issue 1452).
            File::open(self.folder.join("db"))?.sync_data()?;
            Ok(())
        })?;
        let mut pending = self.pending.write().unwrap_or_else(PoisonError::into_inner);
        pending.lists.clear();
        pending.postings = 0;
        Ok(())
    }

    /// The values of a key that change when these records are added to it.
    fn extended(&self, key: &[u8], list: &[u64]) -> sled::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let prefix = prefix(key);
        let last = self.db.scan_prefix(&prefix).next_back().transpose()?;
        let mut chunk =
            last.and_then(|(place, value)| Some(Chunk::stored(first_of(&place)?, &value)));
        let known = chunk.as_ref().map(Chunk::last);
        let mut changed = Vec::new();
        let mut touched = false;
        for seq in list.iter().filter(|seq| known.is_none_or(|known| **seq > known)) {
            if let Some(chunk) = &mut chunk
                && chunk.push(*seq)
            {
                touched = true;
                continue;
            }
            if let Some(full) = chunk.replace(Chunk::begin(*seq))
                && touched
            {
                changed.push((place(&prefix, full.first), full.value));
            }
            touched = true;
        }
        if let Some(chunk) = chunk.filter(|_| touched) {
            changed.push((place(&prefix, chunk.first), chunk.value));
        }
        Ok(changed)
    }

    /// Up to `limit` numbers of records that have the key: with `Ascending` those from `bound` on,
    /// with `Descending` those below `bound`.
    ///
    /// # Errors
    /// `Damaged` when sled is; deleting `index/sled` while no server runs mends it.
    pub fn list(
        &self,
        key: &[u8],
        order: Order,
        bound: u64,
        limit: usize,
    ) -> Result<Vec<u64>, Error> {
        let prefix = prefix(key);
        let inside = |seq: u64| match order {
            Order::Ascending => seq >= bound,
            Order::Descending => seq < bound,
        };
        // What waits is read first: between the two it may be written, and is then met twice.
        let waiting: Vec<u64> = {
            let pending = self.pending.read().unwrap_or_else(PoisonError::into_inner);
            let list = pending.lists.get(key).map_or(&[][..], Vec::as_slice);
            list.iter().copied().filter(|seq| inside(*seq)).collect()
        };
        let mut found = Vec::new();
        if order == Order::Descending {
            found.extend(waiting.iter().rev());
        }
        let oldest_waiting = waiting.first().copied().unwrap_or(u64::MAX);
        self.guarded("read", || {
            let mut take = |chunk: sled::Result<(sled::IVec, sled::IVec)>| -> sled::Result<bool> {
                let (place, value) = chunk?;
                let mut list = decode(first_of(&place).unwrap_or(0), &value);
                if order == Order::Descending {
                    list.reverse();
                }
                let wanted = list.into_iter().filter(|seq| inside(*seq) && *seq < oldest_waiting);
                found.extend(wanted);
                Ok(found.len() < limit)
            };
            let (low, high) = (place(&prefix, 0), place(&prefix, u64::MAX));
            match order {
                Order::Ascending => {
                    let near = self.db.range(low.clone()..=place(&prefix, bound)).next_back();
                    let from = near.transpose()?.map_or(low, |(place, _)| place.to_vec());
                    for chunk in self.db.range(from..=high) {
                        if !take(chunk)? {
                            break;
                        }
                    }
                }
                Order::Descending => {
                    for chunk in self.db.range(low..place(&prefix, bound)).rev() {
                        if !take(chunk)? {
                            break;
                        }
                    }
                }
            }
            Ok(())
        })?;
        if order == Order::Ascending {
            found.extend(&waiting);
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Runs a piece of work on sled and turns its panics into errors.
    fn guarded(
        &self,
        doing: &'static str,
        work: impl FnOnce() -> sled::Result<()>,
    ) -> Result<(), Error> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(sled::Error::Io(source))) => {
                Err(Error::unavailable(doing, &self.folder, source))
            }
            Ok(Err(error)) => Err(self.damaged(&error.to_string())),
            Err(panic) => Err(self.damaged(&panic_text(&*panic))),
        }
    }

    fn damaged(&self, found: &str) -> Error {
        let reason = format!("{found}; stop the server and delete this folder: it is made anew");
        Error::damaged(&self.folder, 1, reason)
    }
}

fn open_sled(folder: &std::path::Path) -> Result<sled::Db, String> {
    let config = sled::Config::new()
        .path(folder)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(None)
        .mode(sled::Mode::LowSpace);
    match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(panic_text(&*panic)),
    }
}

/// Gives sled up; it may panic once more while it writes what it holds.
fn close(db: sled::Db) {
    if catch_unwind(AssertUnwindSafe(|| drop(db))).is_err() {
        // It is removed next.
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("sled panicked: {}", text.unwrap_or("without a word"))
}

/// The number of the next record, or why the look-ups are of no use.
fn read_position(
    db: &sled::Db,
    version: u32,
    records: &dyn Records,
) -> Result<Result<u64, String>, Error> {
    let useless = |why: &str| Ok(Err(why.to_owned()));
    let value = match catch_unwind(AssertUnwindSafe(|| db.get(POSITION))) {
        Ok(Ok(Some(value))) => value,
        Ok(Ok(None)) => return useless("it is empty"),
        Ok(Err(error)) => return Ok(Err(error.to_string())),
        Err(panic) => return Ok(Err(panic_text(&*panic))),
    };
    let Some((size, rest)) = value.split_first_chunk::<8>() else {
        return useless("its position is damaged");
    };
    let size = u64::from_be_bytes(*size);
    let leaf = match size.checked_sub(1) {
        None => Digest::ZERO,
        Some(seq) => match leaf_of(records, seq)? {
            Some(leaf) => leaf,
            None => return useless("it is ahead of the records"),
        },
    };
    let head = Head { size, leaf };
    if position(&head, version) == value.to_vec() {
        return Ok(Ok(size));
    }
    if rest.starts_with(&leaf.0) {
        return useless("it was written by another version");
    }
    useless("it belongs to other records")
}

fn position(head: &Head, version: u32) -> Vec<u8> {
    [&head.size.to_be_bytes()[..], &head.leaf.0, &version.to_be_bytes()].concat()
}

/// The stored form of a key: its length and its bytes, so that none is the beginning of another.
fn prefix(key: &[u8]) -> Vec<u8> {
    let length = u8::try_from(key.len()).unwrap_or(u8::MAX);
    [&[length], key].concat()
}

fn place(prefix: &[u8], first: u64) -> Vec<u8> {
    [prefix, &first.to_be_bytes()].concat()
}

fn first_of(place: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(*place.last_chunk::<8>()?))
}

#[cfg(test)]
mod tests;
