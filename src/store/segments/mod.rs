//! The store on plain files: `records/000000000000.jsonl` and so on, readable with `cat`.
//!
//! An append reserves room, writes, syncs once and returns. After a failed write or sync it never
//! writes again. Measured against the storage engines, this lost nothing in any power cut and was
//! the fastest. The contract is [`Store`]'s.

mod check;
mod durable;
mod lines;
mod lock;
mod open;
mod reader;
mod reading;
#[cfg(test)]
mod tests;

pub use open::Cut;
pub use reader::{SegmentsReader, unchecked_parts};
pub use reading::Part;

use super::disk::{Disk, RealDisk, is_full, require_local};
use super::layout::{Layout, SEGMENT_BYTES, write_through};
use super::{BATCH_BYTES_MAX, Batch, Error, Head, Records, Store, Visit, frame, judge_checkpoint};
use durable::{Durable, DurableFile};
use lock::WriterLock;
use reading::{Shared, State};
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

const _: () = assert!(SEGMENT_BYTES + (BATCH_BYTES_MAX as u64) < u32::MAX as u64);

/// The smallest stretch of room that is reserved ahead, in bytes; it doubles with the segment, so
/// that a small ledger stays small on disk.
const RESERVE_BYTES_MIN: u64 = 1 << 20;

/// The writer of a ledger on files.
#[derive(Debug)]
pub struct Segments {
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    lock: WriterLock,
    /// The file that takes the next batch; `None` when a new one must be made first.
    active: Option<Active>,
    durable: DurableFile,
    /// Why the writer stopped for good.
    stopped: Option<String>,
    /// The last failure to overwrite `index/durable`, which stops nothing.
    warning: Option<io::Error>,
    segment_bytes: u64,
}

#[derive(Debug)]
struct Active {
    file: File,
    reserved: u64,
}

impl Segments {
    /// Makes the folders of a new ledger and opens it for writing.
    ///
    /// # Errors
    /// `NotEmpty`, `NotSupported`, `Unavailable`.
    pub fn create(folder: &Path) -> Result<Segments, Error> {
        Layout::new(folder).create()?;
        Ok(Segments::open(folder)?.0)
    }

    /// Opens a ledger for writing and mends its end; tells what was cut.
    ///
    /// # Errors
    /// `Missing`, `Locked`, `NotSupported`, `Unavailable`; `Damaged` for anything but an incomplete
    /// last batch that nobody can have been told of.
    pub fn open(folder: &Path) -> Result<(Segments, Option<Cut>), Error> {
        Segments::open_on(folder, Arc::new(RealDisk), SEGMENT_BYTES)
    }

    fn open_on(
        folder: &Path,
        disk: Arc<dyn Disk>,
        segment_bytes: u64,
    ) -> Result<(Segments, Option<Cut>), Error> {
        let layout = Layout::new(folder);
        let lock = WriterLock::take(&layout)?;
        require_local(folder)?;
        // What a killed server said of itself holds no longer.
        std::fs::remove_file(layout.holder()).ok();
        let opened = open::open(&layout, &*disk)?;
        super::layout::ensure_folder(&layout.index())?;
        let path = layout.durable();
        let now = mark_of(&opened.state);
        let durable = DurableFile::open(&path, &now)
            .map_err(|source| Error::unavailable("write", &path, source))?;
        let mut store = Segments {
            shared: Arc::new(Shared::new(layout, opened.state)),
            disk,
            lock,
            active: None,
            durable,
            stopped: None,
            warning: None,
            segment_bytes,
        };
        store.active = store.reopen_last()?;
        Ok((store, opened.cut))
    }

    /// The last segment for writing, unless it was sealed.
    fn reopen_last(&self) -> Result<Option<Active>, Error> {
        let Some((first, bytes)) =
            self.shared.state().segments.last().map(|last| (last.first, last.bytes))
        else {
            return Ok(None);
        };
        let path = self.shared.layout.segment(first);
        let failed = |source| Error::unavailable("open", &path, source);
        let found = std::fs::metadata(&path).map_err(failed)?;
        if found.permissions().readonly() {
            return Ok(None);
        }
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        Ok(Some(Active { file, reserved: bytes }))
    }

    /// The ledger's file names.
    pub fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    /// The durable pieces of all segment files, in order.
    pub fn parts(&self) -> Vec<Part> {
        self.shared.parts()
    }

    /// Says where a server answers, for the message of those who find the ledger locked.
    ///
    /// # Errors
    /// `Unavailable`; the ledger works on without.
    pub fn announce(&self, address: &str) -> Result<(), Error> {
        let path = self.shared.layout.holder();
        std::fs::write(&path, format!("{address}\n"))
            .map_err(|source| Error::unavailable("write", &path, source))
    }

    /// The last failure to overwrite `index/durable` since the last call. Posting goes on; readers
    /// without the server see fewer records, and the next start copies more.
    pub fn take_warning(&mut self) -> Option<Error> {
        let source = self.warning.take()?;
        Some(Error::unavailable("write", &self.shared.layout.durable(), source))
    }

    /// Whether this writer may still write.
    fn require_usable(&self) -> Result<(), Error> {
        if let Some(reason) = &self.stopped {
            return Err(Error::OutcomeUnknown { reason: reason.clone() });
        }
        if !self.lock.holds() {
            return Err(Error::Fenced);
        }
        Ok(())
    }

    /// Stops the writer for good.
    fn stop(&mut self, doing: &str, path: &Path, error: &io::Error) -> Error {
        let reason = format!("{doing} {} failed: {error}", path.display());
        self.stopped = Some(reason.clone());
        Error::OutcomeUnknown { reason }
    }

    /// Makes the next segment when the batch would pass the bound of this one.
    fn rotate_for(&mut self, batch: &Batch) -> Result<(), Error> {
        let (bytes, size) = {
            let state = self.shared.state();
            (state.segments.last().map_or(0, |last| last.bytes), state.head.size)
        };
        let full = bytes > 0 && bytes + batch.lines().len() as u64 > self.segment_bytes;
        if self.active.is_some() && !full {
            return Ok(());
        }
        if let Some(active) = self.active.take() {
            let path = self.shared.layout.segment(self.last_first());
            let sealed =
                self.disk.seal(&active.file, bytes).and_then(|()| self.disk.sync(&active.file));
            if let Err(error) = sealed {
                return Err(self.stop("sealing", &path, &error));
            }
        }
        let path = self.shared.layout.segment(size);
        let folder = self.shared.layout.records();
        // A disk that is full or a folder that cannot be written: nothing happened yet.
        let file = match self.disk.create(&path, 0o644) {
            Ok(file) => file,
            Err(error) if is_full(&error) => return Err(self.full(batch, &path)),
            Err(error) => return Err(self.stop("creating", &path, &error)),
        };
        if let Err(error) = self.disk.sync_folder(&folder) {
            return Err(self.stop("creating", &path, &error));
        }
        self.active = Some(Active { file, reserved: 0 });
        self.shared.change().rotate();
        Ok(())
    }

    fn last_first(&self) -> u64 {
        self.shared.state().segments.last().map_or(0, |last| last.first)
    }

    fn full(&self, batch: &Batch, path: &Path) -> Error {
        Error::StorageFull { needed_bytes: batch.lines().len() as u64, path: path.to_path_buf() }
    }

    /// Reserves room for the batch, and some more, behind the bytes that are there.
    fn reserve(&mut self, path: &Path, bytes: u64, batch: &Batch) -> Result<(), Error> {
        let end = bytes + batch.lines().len() as u64;
        let active = self.active.as_mut().expect("rotate_for made it");
        if end <= active.reserved {
            return Ok(());
        }
        let ahead = bytes.clamp(RESERVE_BYTES_MIN, self.segment_bytes.max(RESERVE_BYTES_MIN));
        let generous = end.max((bytes + ahead).min(self.segment_bytes));
        let mut reserved = generous;
        let mut result = self.disk.reserve(&active.file, bytes, generous - bytes);
        if result.as_ref().is_err_and(is_full) && generous > end {
            reserved = end;
            result = self.disk.reserve(&active.file, bytes, end - bytes);
        }
        match result {
            Ok(()) => {
                active.reserved = reserved;
                Ok(())
            }
            Err(error) if is_full(&error) => Err(self.full(batch, path)),
            Err(source) => Err(Error::unavailable("reserve room in", path, source)),
        }
    }

    /// Writes and syncs; what failed here is never tried again.
    fn write(&mut self, path: &Path, at: u64, batch: &Batch) -> Result<(), Error> {
        let active = self.active.as_ref().expect("rotate_for made it");
        if let Err(error) = self.disk.write_at(&active.file, batch.lines(), at) {
            return Err(self.stop("writing", path, &error));
        }
        if let Err(error) = self.disk.sync(&active.file) {
            return Err(self.stop("syncing", path, &error));
        }
        Ok(())
    }

    /// Whether a batch ends before the record with this number.
    fn batch_ends(&self, size: u64) -> Result<bool, Error> {
        let last = self.shared.read(size - 1)?;
        Ok(last.and_then(|record| frame::batch_left(&record)) == Some(0))
    }
}

fn mark_of(state: &State) -> Durable {
    Durable { size: state.head.size, bytes: state.bytes() }
}

impl Store for Segments {
    fn append(&mut self, after: &Head, batch: &Batch) -> Result<Head, Error> {
        self.require_usable()?;
        let head = self.shared.head();
        if *after != head {
            return Err(Error::HeadMoved { head });
        }
        batch.assert_follows(after);
        self.rotate_for(batch)?;
        let bytes = self.shared.state().segments.last().map_or(0, |last| last.bytes);
        let path = self.shared.layout.segment(self.last_first());
        self.reserve(&path, bytes, batch)?;
        self.write(&path, bytes, batch)?;
        let mark = {
            let mut state = self.shared.change();
            state.extend(batch);
            mark_of(&state)
        };
        if let Err(error) = self.durable.write(&*self.disk, &mark) {
            self.warning = Some(error);
        }
        let head = self.shared.head();
        assert!(head == batch.head(), "the head is the batch that was written");
        Ok(head)
    }

    fn put_checkpoint(&mut self, note: &[u8]) -> Result<(), Error> {
        self.require_usable()?;
        let stored = self.shared.checkpoint();
        let head = self.shared.head();
        judge_checkpoint(note, stored.as_deref(), &head, |size| self.batch_ends(size))?;
        write_through(&*self.disk, &self.shared.layout.checkpoint(), note, 0o644)?;
        self.shared.change().checkpoint = Some(note.into());
        Ok(())
    }

    fn reader(&self) -> Arc<dyn Records> {
        self.shared.clone()
    }
}

impl Records for Segments {
    fn head(&self) -> Head {
        self.shared.head()
    }

    fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        self.shared.read(seq)
    }

    fn scan(&self, range: Range<u64>, visit: &mut Visit<'_>) -> Result<(), Error> {
        self.shared.scan(range, visit)
    }

    fn checkpoint(&self) -> Option<Arc<[u8]>> {
        self.shared.checkpoint()
    }
}

impl Drop for Segments {
    /// Gives back the room that was reserved and not used. A writer that stopped touches nothing.
    fn drop(&mut self) {
        if !self.lock.holds() {
            return;
        }
        let bytes = self.shared.state().segments.last().map_or(0, |last| last.bytes);
        if let (Some(active), None) = (&self.active, &self.stopped) {
            // Only room is lost when this fails.
            active.file.set_len(bytes).ok();
        }
        std::fs::remove_file(self.shared.layout.holder()).ok();
    }
}
