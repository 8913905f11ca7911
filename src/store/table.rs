//! A file of entries of one width, in order: what `index/ids` and `index/tiles` are made of.
//!
//! New entries wait in memory until they are flushed, paced, with an fdatasync each MiB: unpaced
//! writing beside a ledger raised its sync times fifty-fold. Entries can be read at once, flushed
//! or not. What a file holds beyond a synced mark counts for nothing at the next start.

use super::Error;
use super::disk::Disk;
use super::layout::{read_if_there, write_through};
use super::{Head, frame};
use crate::base::Digest;
use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How many bytes are written between two fdatasyncs.
pub(super) const PACE_BYTES: usize = 1 << 20;

/// An append-only file of entries that are `WIDTH` bytes long.
#[derive(Debug)]
pub(super) struct Table<const WIDTH: usize> {
    path: PathBuf,
    file: File,
    disk: Arc<dyn Disk>,
    pending: RwLock<Pending>,
    flushing: Mutex<()>,
}

#[derive(Debug)]
struct Pending {
    /// Entries in the file.
    written: u64,
    /// Entries that follow them.
    bytes: Vec<u8>,
}

impl<const WIDTH: usize> Table<WIDTH> {
    /// Opens the file, new if need be, and keeps at most `count` entries of it.
    pub fn open(path: &Path, disk: Arc<dyn Disk>, count: u64) -> Result<Table<WIDTH>, Error> {
        let failed = |source| Error::unavailable("open", path, source);
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let found = file.metadata().map_err(failed)?.len() / WIDTH as u64;
        let written = found.min(count);
        file.set_len(written * WIDTH as u64).map_err(failed)?;
        let pending = RwLock::new(Pending { written, bytes: Vec::new() });
        Ok(Table { path: path.to_path_buf(), file, disk, pending, flushing: Mutex::new(()) })
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.pending(|pending| pending.written + (pending.bytes.len() / WIDTH) as u64)
    }

    /// How many bytes wait to be written.
    pub fn waiting_bytes(&self) -> usize {
        self.pending(|pending| pending.bytes.len())
    }

    /// Adds an entry.
    pub fn push(&self, entry: &[u8; WIDTH]) {
        let mut pending = self.pending.write().unwrap_or_else(PoisonError::into_inner);
        pending.bytes.extend_from_slice(entry);
    }

    /// The entry with this index; `None` beyond the end.
    pub fn get(&self, index: u64) -> Result<Option<[u8; WIDTH]>, Error> {
        if index >= self.len() {
            return Ok(None);
        }
        let mut entry = [0; WIDTH];
        self.read(index..index + 1, &mut entry)?;
        Ok(Some(entry))
    }

    /// Reads a range of entries, which must exist.
    ///
    /// # Panics
    /// When the buffer does not have the range's length.
    pub fn read(&self, range: Range<u64>, into: &mut [u8]) -> Result<(), Error> {
        assert!(into.len() as u64 == (range.end - range.start) * WIDTH as u64, "lengths agree");
        let in_file = self.pending(|pending| {
            let cut = pending.written.clamp(range.start, range.end);
            let from = (cut - pending.written.min(cut)) as usize * WIDTH;
            let tail = &mut into[(cut - range.start) as usize * WIDTH..];
            let source = pending.bytes.get(from..from + tail.len())?;
            tail.copy_from_slice(source);
            Some((cut - range.start) as usize * WIDTH)
        });
        let missing = || std::io::Error::other(format!("no entries up to {}", range.end));
        let result = in_file.ok_or_else(missing).and_then(|length| {
            self.file.read_exact_at(&mut into[..length], range.start * WIDTH as u64)
        });
        result.map_err(|source| Error::unavailable("read", &self.path, source))
    }

    /// Writes what waits and syncs it, each MiB by itself.
    ///
    /// # Errors
    /// `Unavailable`: what was not written waits on, and flushing may be tried again, since nobody
    /// rests on this file.
    pub fn flush(&self) -> Result<(), Error> {
        let _one = self.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |source| Error::unavailable("write", &self.path, source);
        loop {
            let (at, piece) = self.pending(|pending| {
                let length = pending.bytes.len().min(PACE_BYTES / WIDTH * WIDTH);
                (pending.written, pending.bytes[..length].to_vec())
            });
            if piece.is_empty() {
                return Ok(());
            }
            self.disk.write_at(&self.file, &piece, at * WIDTH as u64).map_err(failed)?;
            self.disk.sync(&self.file).map_err(failed)?;
            let mut pending = self.pending.write().unwrap_or_else(PoisonError::into_inner);
            pending.bytes.drain(..piece.len());
            pending.written += (piece.len() / WIDTH) as u64;
        }
    }

    fn pending<T>(&self, look: impl FnOnce(&Pending) -> T) -> T {
        look(&self.pending.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The head up to which files of an index were synced, kept in a file beside them.
pub(super) struct Mark;

impl Mark {
    /// Writes the mark, durably.
    pub fn write(disk: &dyn Disk, path: &Path, head: &Head) -> Result<(), Error> {
        write_through(disk, path, text(head).as_bytes(), 0o644)
    }

    /// The marked head, if the records still have it: an index of another history is of no use.
    /// Else why the index begins anew.
    pub fn read(
        path: &Path,
        leaf_at: impl FnOnce(u64) -> Result<Option<Digest>, Error>,
    ) -> Result<Result<Head, &'static str>, Error> {
        let Some(bytes) = read_if_there(path)? else { return Ok(Err("it was not there")) };
        let parsed = std::str::from_utf8(&bytes).ok().and_then(|text| {
            let (size, leaf) = text.trim_end().split_once(' ')?;
            Some(Head { size: size.parse().ok()?, leaf: Digest::parse(leaf)? })
        });
        let Some(head) = parsed.filter(|head| text(head).as_bytes() == bytes) else {
            return Ok(Err("its mark was damaged"));
        };
        if head.size == 0 {
            return Ok(if head == Head::EMPTY { Ok(head) } else { Err("its mark was damaged") });
        }
        Ok(match leaf_at(head.size - 1)? {
            Some(leaf) if leaf == head.leaf => Ok(head),
            Some(_) => Err("it belongs to other records"),
            None => Err("it was ahead of the records"),
        })
    }
}

fn text(head: &Head) -> String {
    format!("{:012} {}\n", head.size, head.leaf)
}

/// The leaf hash of a durable record, for comparing a mark.
pub(super) fn leaf_of(records: &dyn super::Records, seq: u64) -> Result<Option<Digest>, Error> {
    Ok(records.read(seq)?.map(|record| frame::leaf(&record)))
}

#[cfg(test)]
mod tests {
    use super::super::disk::RealDisk;
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::*;

    fn entry(at: u64) -> [u8; 16] {
        u128::from(at + 1).to_be_bytes()
    }

    #[test]
    fn entries_are_read_alike_before_and_after_the_flush() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let table = Table::<16>::open(&path, Arc::new(RealDisk), 0).unwrap();
        for at in 0..100 {
            table.push(&entry(at));
            if at == 40 {
                table.flush().unwrap();
            }
        }
        assert_eq!((table.len(), table.waiting_bytes()), (100, 59 * 16));
        for (from, to) in [(0, 100), (40, 42), (0, 41), (41, 100), (7, 7), (99, 100)] {
            let mut bytes = vec![0; (to - from) * 16];
            table.read(from as u64..to as u64, &mut bytes).unwrap();
            let expected: Vec<u8> = (from as u64..to as u64).flat_map(entry).collect();
            assert_eq!(bytes, expected, "{from}..{to}");
        }
        assert_eq!(table.get(100).unwrap(), None);
        table.flush().unwrap();
        drop(table);
        let table = Table::<16>::open(&path, Arc::new(RealDisk), 70).unwrap();
        assert_eq!((table.len(), table.get(69).unwrap()), (70, Some(entry(69))));
    }

    #[test]
    fn a_failed_flush_can_be_done_again() {
        for call in 0..2 {
            for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
                let folder = tempfile::tempdir().unwrap();
                let disk = Arc::new(FaultyDisk::default());
                let path = folder.path().join("table");
                let table = Table::<16>::open(&path, disk.clone(), 0).unwrap();
                (0..10).for_each(|at| table.push(&entry(at)));
                disk.fail(call, fault);
                assert!(table.flush().is_err());
                assert_eq!(table.get(9).unwrap(), Some(entry(9)));
                table.flush().unwrap();
                drop(table);
                let table = Table::<16>::open(&path, disk, 10).unwrap();
                let read: Vec<_> = (0..10).map(|at| table.get(at).unwrap().unwrap()).collect();
                assert_eq!(read, (0..10).map(entry).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_mark_counts_only_for_the_records_it_was_made_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let leaf = Digest::of(&[b"leaf"]);
        let read = |leaf: Option<Digest>| Mark::read(&path, |_| Ok(leaf)).unwrap();
        assert_eq!(read(Some(leaf)), Err("it was not there"));
        let head = Head { size: 3, leaf };
        Mark::write(&RealDisk, &path, &head).unwrap();
        assert_eq!(read(Some(leaf)), Ok(head));
        assert_eq!(read(Some(Digest::ZERO)), Err("it belongs to other records"));
        assert_eq!(read(None), Err("it was ahead of the records"));
        std::fs::write(&path, b"000000000003 zz\n").unwrap();
        assert_eq!(read(Some(leaf)), Err("its mark was damaged"));
    }
}
