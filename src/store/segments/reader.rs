//! Opening the segments to read them alone: no lock is kept, nothing is written or mended.
//!
//! While a writer runs, what may be read ends at `index/durable` or the checkpoint, never at the
//! end of the file: the page cache shows bytes that are not durable. With no writer it ends at the
//! last whole batch.

use super::check::{Checked, STRIDE, check};
use super::lines::Lines;
use super::lock;
use super::open::{Bounds, last_line, length_of, list, sealed};
use super::reading::{Part, Segment, Shared, State};
use crate::store::layout::{Layout, open_to_read};
use crate::store::{Error, Head, Records, Visit, frame};
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A ledger opened for reading, as it was at the opening.
#[derive(Clone, Debug)]
pub struct SegmentsReader {
    shared: Arc<Shared>,
}

impl SegmentsReader {
    /// Opens what is durable.
    ///
    /// # Errors
    /// `Missing`, `Unavailable`; `Damaged` when fewer whole records are there than were
    /// acknowledged, or a batch behind a damaged one proves that it was.
    pub fn open(folder: &Path) -> Result<SegmentsReader, Error> {
        let layout = Layout::new(folder);
        let view = View::of(&layout)?;
        let mut firsts: Vec<u64> = view.files.iter().map(|(first, _)| *first).collect();
        let limit = view.limit.unwrap_or(u64::MAX);
        firsts.retain(|first| *first < limit);
        if view.files.last().is_some_and(|(first, bytes)| *bytes == 0 && *first > 0) {
            firsts.truncate(view.files.len() - 1);
        }
        let (segments, before) = sealed(&layout, &firsts)?;
        let checkpoint = view.bounds.note.clone();
        let mut state = State { head: before, segments, last_marks: Vec::new(), checkpoint };
        if let Some(&first) = firsts.last() {
            let path = layout.segment(first);
            let file = open_to_read(&path)?;
            let known = view.files.iter().find(|(other, _)| *other == first);
            let length = known.map_or(0, |(_, bytes)| *bytes);
            let mut checked = check(&path, &file, length, before)?;
            match view.limit {
                Some(limit) => clip(&path, &file, first, limit, &mut checked)?,
                None => view.bounds.judge(&path, first, state.bytes(), &checked)?,
            }
            state.head = checked.good;
            state.segments.push(Segment::sealed(first, checked.good.size, checked.good_bytes));
            state.last_marks = checked.marks;
        } else {
            view.bounds.judge_empty(&layout.segment(0))?;
        }
        Ok(SegmentsReader { shared: Arc::new(Shared::new(layout, state)) })
    }

    /// The durable pieces of all segment files, in order.
    pub fn parts(&self) -> Vec<Part> {
        self.shared.parts()
    }

    /// The ledger's file names.
    pub fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    /// A handle for other threads.
    pub fn reader(&self) -> Arc<dyn Records> {
        self.shared.clone()
    }
}

/// The pieces of the segment files with nothing checked, for `verify`, which must be able to read
/// damaged files and say itself what is wrong. While a writer runs the last piece ends at
/// `index/durable`; otherwise at the end of the file. `end` is by the next file's name, and for the
/// last file unknown: `u64::MAX`.
///
/// # Errors
/// `Missing`, `Unavailable`; `Damaged` when the first file or the checkpoint's text is lost.
pub fn unchecked_parts(folder: &Path) -> Result<Vec<Part>, Error> {
    let layout = Layout::new(folder);
    let view = View::of(&layout)?;
    let durable = view.limit.map(|_| view.bounds.durable.bytes);
    let mut left = durable.unwrap_or(u64::MAX);
    let ends = view.files.iter().skip(1).map(|(first, _)| *first).chain([u64::MAX]);
    let mut parts = Vec::new();
    for ((first, length), end) in view.files.iter().copied().zip(ends) {
        let bytes = length.min(left);
        left -= bytes;
        if bytes > 0 {
            parts.push(Part { path: layout.segment(first), first, end, bytes });
        }
    }
    Ok(parts)
}

/// The files at one moment, and how far they may be read.
struct View {
    files: Vec<(u64, u64)>,
    bounds: Bounds,
    /// The size at which reading stops while a writer runs.
    limit: Option<u64>,
}

impl View {
    fn of(layout: &Layout) -> Result<View, Error> {
        // Lengths first: what stood there before the lock was found free is no writer's work in
        // progress. With a writer, the other way round: every durable byte is in the listing.
        let files = lengths(layout)?;
        if !lock::is_held(layout)? {
            return Ok(View { files, bounds: Bounds::read(layout)?, limit: None });
        }
        let bounds = Bounds::read(layout)?;
        let limit = Some(bounds.durable.size.max(bounds.checkpoint_size));
        Ok(View { files: lengths(layout)?, bounds, limit })
    }
}

fn lengths(layout: &Layout) -> Result<Vec<(u64, u64)>, Error> {
    let measure = |first: u64| {
        let path = layout.segment(first);
        Ok((first, length_of(&path, &open_to_read(&path)?)?))
    };
    list(layout)?.into_iter().map(measure).collect()
}

/// Takes back what was read beyond the limit.
fn clip(
    path: &Path,
    file: &File,
    first: u64,
    limit: u64,
    checked: &mut Checked,
) -> Result<(), Error> {
    let good = checked.good.size;
    if good < limit {
        let reason = format!("{limit} records were acknowledged and only {good} are whole");
        return Err(Error::damaged(path, good - first + 1, reason));
    }
    checked.tail = None;
    if good == limit {
        return Ok(());
    }
    let records = limit - first;
    let mark = (records / STRIDE) as usize;
    let start = checked.marks.get(mark).map_or(0, |start| u64::from(*start));
    let mut lines = Lines::new(file, start, checked.good_bytes);
    let mut end = start;
    for _ in 0..records % STRIDE {
        let line = lines.next().map_err(|source| Error::unavailable("read", path, source))?;
        end = line.map_or(end, |line| line.end());
    }
    checked.marks.truncate(records.div_ceil(STRIDE) as usize);
    checked.good_bytes = end;
    checked.good = Head { size: limit, leaf: frame::leaf(&last_line(path, file, end)?) };
    Ok(())
}

impl Records for SegmentsReader {
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
