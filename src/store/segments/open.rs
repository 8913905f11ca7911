//! Opening the segments: what stands there is checked, a torn last batch is cut, and the tail is
//! brought to the medium anew before anything of it counts.
//!
//! The one thing no rule can tell from a torn write is damage by the medium to the last
//! acknowledged batch before its checkpoint was signed; the warning of a cut says so. The rules
//! stand in `ARCHITECTURE.md` ("On disk", contract of the store).

use super::check::{Checked, Tail, check};
use super::durable::Durable;
use super::reading::{Segment, State};
use crate::base::{Digest, EventId};
use crate::store::disk::Disk;
use crate::store::layout::{
    Layout, ensure_folder, open_to_read, read_if_there, remove_if_there, rename_through,
    segment_first, temporary_name, write_through,
};
use crate::store::{Error, Head, RECORD_BYTES_MAX, frame};
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// What a start cut away, to be shown as a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment it was cut from.
    pub segment: PathBuf,
    /// The file that keeps the bytes.
    pub saved: PathBuf,
    /// How many bytes.
    pub bytes: u64,
    /// The number that the first record of the cut batch had.
    pub first: u64,
    /// Ids of the events in it that could still be read.
    pub ids: Vec<EventId>,
}

impl fmt::Display for Cut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} ended in an incomplete batch from record {} on: {} bytes were cut away and kept in \
             {}. Such a batch was never acknowledged, unless the medium itself damaged the last \
             batch before its checkpoint: compare with your receipts. Events in it:",
            self.segment.display(),
            self.first,
            self.bytes,
            self.saved.display(),
        )?;
        for id in &self.ids {
            write!(out, " {id}")?;
        }
        out.write_str(if self.ids.is_empty() { " none could be read." } else { "." })
    }
}

/// The first records' numbers of all segment files, in order.
pub(super) fn list(layout: &Layout) -> Result<Vec<u64>, Error> {
    let folder = layout.records();
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Error::Missing { folder: layout.root().to_path_buf() }
        }
        _ => Error::unavailable("list", &folder, source),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        found.extend(name.to_str().and_then(segment_first));
    }
    found.sort_unstable();
    if found.first().is_some_and(|first| *first != 0) {
        let missing = layout.segment(0);
        return Err(Error::damaged(&missing, 1, "the first file of records is missing"));
    }
    Ok(found)
}

/// The sealed segments before the last, with the head after them: each ends a batch, and the next
/// file goes on where it ends.
pub(super) fn sealed(layout: &Layout, firsts: &[u64]) -> Result<(Vec<Segment>, Head), Error> {
    let mut segments = Vec::new();
    let mut head = Head::EMPTY;
    for pair in firsts.windows(2) {
        let (first, end) = (pair[0], pair[1]);
        let path = layout.segment(first);
        let file = open_to_read(&path)?;
        let bytes = length_of(&path, &file)?;
        let line = last_line(&path, &file, bytes)?;
        let wrong = |reason: &str| Err(Error::damaged(&path, end - first, reason));
        match frame::read(&line) {
            None => return wrong("the file does not end in a record"),
            Some(frame) if frame.seq + 1 != end => {
                return wrong("the last record is not the one before the next file's first");
            }
            Some(frame) if frame.batch_left > 0 => {
                return wrong("the file ends inside a batch, though another file follows it");
            }
            Some(_) => {}
        }
        require_link(&path, &file, &head)?;
        segments.push(Segment::sealed(first, end, bytes));
        head = Head { size: end, leaf: frame::leaf(&line) };
    }
    Ok((segments, head))
}

/// The first record of a file names the last one of the file before.
fn require_link(path: &Path, file: &File, before: &Head) -> Result<(), Error> {
    let mut lines = super::lines::Lines::new(file, 0, RECORD_BYTES_MAX as u64 + 1);
    let first = lines.next().map_err(|source| Error::unavailable("read", path, source))?;
    match first.and_then(|line| frame::read(line.bytes)) {
        Some(frame) if frame.seq == before.size && frame.prev == before.leaf => Ok(()),
        _ => {
            let reason = "the first record does not follow the last one of the file before";
            Err(Error::damaged(path, 1, reason))
        }
    }
}

/// The last line of a file's first `bytes` bytes, without its LF.
pub(super) fn last_line(path: &Path, file: &File, bytes: u64) -> Result<Vec<u8>, Error> {
    let span = bytes.min(RECORD_BYTES_MAX as u64 + 2);
    let mut block = vec![0; span as usize];
    file.read_exact_at(&mut block, bytes - span)
        .map_err(|source| Error::unavailable("read", path, source))?;
    let Some(block) = block.strip_suffix(b"\n") else {
        return Err(Error::damaged(path, 1, "the last line of the file does not end"));
    };
    let start = memchr::memrchr(b'\n', block).map_or(0, |at| at + 1);
    Ok(block[start..].to_vec())
}

/// What was opened for writing.
pub(super) struct Opened {
    pub state: State,
    pub cut: Option<Cut>,
}

/// Checks the segments and mends the end of the last one.
///
/// # Errors
/// `Damaged` for anything but an incomplete last batch that nobody can have been told of.
pub(super) fn open(layout: &Layout, disk: &dyn Disk) -> Result<Opened, Error> {
    let bounds = Bounds::read(layout)?;
    let mut firsts = list(layout)?;
    let empty = pop_if_empty(layout, &mut firsts)?;
    let (segments, before) = sealed(layout, &firsts)?;
    let mut state =
        State { head: before, segments, last_marks: Vec::new(), checkpoint: bounds.note.clone() };
    let mut cut = None;
    if let Some(&first) = firsts.last() {
        let path = layout.segment(first);
        let file = open_to_read(&path)?;
        let checked = check(&path, &file, length_of(&path, &file)?, before)?;
        bounds.judge(&path, first, state.bytes(), &checked)?;
        if let Some(tail) = &checked.tail {
            cut = Some(save_cut(layout, disk, &path, &file, &checked, tail)?);
        }
        if cut.is_some() || bounds.checkpoint_size < checked.good.size {
            copy_good(&path, &file, disk, &checked, before)?;
        }
        state.head = checked.good;
        state.last_marks = checked.marks;
        state.segments.push(Segment::sealed(first, checked.good.size, checked.good_bytes));
    } else {
        bounds.judge_empty(&layout.segment(0))?;
    }
    if let Some(path) = empty {
        let failed = |source| Error::unavailable("remove", &path, source);
        disk.remove(&path).map_err(failed)?;
        disk.sync_folder(&layout.records()).map_err(failed)?;
    }
    Ok(Opened { state, cut })
}

/// Takes the last file from the list when it was created for a batch that never came, so that the
/// file before it is the last one.
pub(super) fn pop_if_empty(
    layout: &Layout,
    firsts: &mut Vec<u64>,
) -> Result<Option<PathBuf>, Error> {
    let Some(&last) = firsts.last() else { return Ok(None) };
    let path = layout.segment(last);
    if length_of(&path, &open_to_read(&path)?)? > 0 {
        return Ok(None);
    }
    firsts.pop();
    Ok(Some(path))
}

/// Sizes that were acknowledged for certain.
pub(super) struct Bounds {
    pub checkpoint_size: u64,
    pub note: Option<std::sync::Arc<[u8]>>,
    pub durable: Durable,
}

impl Bounds {
    /// Reads `checkpoint` and `index/durable`.
    pub fn read(layout: &Layout) -> Result<Bounds, Error> {
        let path = layout.checkpoint();
        let note = read_if_there(&path)?;
        let checkpoint_size = match &note {
            None => 0,
            Some(note) => {
                let reason = "this is no signed checkpoint; take it from a backup, a witness or \
                              checkpoints/";
                frame::checkpoint(note).ok_or_else(|| Error::damaged(&path, 2, reason))?.0
            }
        };
        let durable = Durable::read(&layout.durable())?.unwrap_or_default();
        Ok(Bounds { checkpoint_size, note: note.map(Into::into), durable })
    }

    /// Decides whether what stands behind the last whole batch may be cut.
    pub fn judge(
        &self,
        path: &Path,
        first: u64,
        before: u64,
        checked: &Checked,
    ) -> Result<(), Error> {
        let good = checked.good.size;
        let (line, found) = match &checked.tail {
            Some(tail) => (tail.line, tail.reason.clone()),
            None => (good - first + 1, "the file ends here".to_owned()),
        };
        let damaged = |why: String| Err(Error::damaged(path, line, format!("{found}, but {why}")));
        if good < self.checkpoint_size {
            return damaged(format!(
                "the checkpoint covers {} records and only {good} are whole; restore a backup",
                self.checkpoint_size
            ));
        }
        if good < self.durable.size || before + checked.good_bytes < self.durable.bytes {
            return damaged(format!(
                "index/durable says that {} records were acknowledged and only {good} are whole; \
                 restore a backup, or delete index/durable if that file is what is wrong",
                self.durable.size
            ));
        }
        if let Some(later) = checked.tail.as_ref().and_then(|tail| tail.later_batch) {
            return damaged(format!(
                "line {later} is of a later batch, so this one was acknowledged; restore a backup"
            ));
        }
        Ok(())
    }

    /// No file of records may be missing when a size was acknowledged.
    pub fn judge_empty(&self, path: &Path) -> Result<(), Error> {
        match self.checkpoint_size.max(self.durable.size) {
            0 => Ok(()),
            size => Err(Error::damaged(
                path,
                1,
                format!("{size} records were acknowledged and none is there; restore a backup"),
            )),
        }
    }
}

/// Keeps the bytes that will be cut, durable, before anything is cut.
fn save_cut(
    layout: &Layout,
    disk: &dyn Disk,
    segment: &Path,
    file: &File,
    checked: &Checked,
    tail: &Tail,
) -> Result<Cut, Error> {
    ensure_folder(&layout.cut())?;
    let mut bytes = vec![0; tail.bytes as usize];
    file.read_exact_at(&mut bytes, checked.good_bytes)
        .map_err(|source| Error::unavailable("read", segment, source))?;
    // The same bytes under the same name, should a start be interrupted and done again.
    let digest = Digest::of(&[&bytes]).to_string();
    let saved = layout.cut().join(format!("{:012}-{}", checked.good.size, &digest[..16]));
    write_through(disk, &saved, &bytes, 0o600)?;
    disk.sync_folder(layout.root())
        .map_err(|source| Error::unavailable("write", &layout.cut(), source))?;
    Ok(Cut {
        segment: segment.to_path_buf(),
        saved,
        bytes: tail.bytes,
        first: checked.good.size,
        ids: tail.ids.clone(),
    })
}

/// Copies the whole batches into a new file, checks the copy, and puts it in the old one's place.
/// Only then are bytes, which so far may stand in the page cache alone, on the medium.
fn copy_good(
    path: &Path,
    file: &File,
    disk: &dyn Disk,
    checked: &Checked,
    before: Head,
) -> Result<(), Error> {
    const BLOCK: u64 = 1 << 20;
    let failed = |source| Error::unavailable("copy", path, source);
    let temporary = temporary_name(path);
    remove_if_there(disk, &temporary).map_err(failed)?;
    let copy = disk.create(&temporary, 0o644).map_err(failed)?;
    let mut block = vec![0; BLOCK as usize];
    let mut at = 0;
    while at < checked.good_bytes {
        let length = (checked.good_bytes - at).min(BLOCK) as usize;
        file.read_exact_at(&mut block[..length], at).map_err(failed)?;
        disk.write_at(&copy, &block[..length], at).map_err(failed)?;
        at += length as u64;
    }
    disk.sync(&copy).map_err(failed)?;
    let again = check(&temporary, &copy, length_of(&temporary, &copy)?, before)?;
    if again.tail.is_some() || again.good != checked.good {
        let reason = "the copy made at the start differs from it; the disk may be failing";
        return Err(Error::damaged(path, 1, reason));
    }
    rename_through(disk, &temporary, path).map_err(failed)
}

pub(super) fn length_of(path: &Path, file: &File) -> Result<u64, Error> {
    let found = file.metadata().map_err(|source| Error::unavailable("examine", path, source))?;
    Ok(found.len())
}
