//! Reading records by number: which file, which place, and never beyond the durable head.
//!
//! Writer and readers share one [`Shared`]; the writer alone moves its head, after an append is
//! durable. A sealed segment's marks are made when a record in it is first asked for.

use super::check::STRIDE;
use super::lines::Lines;
use crate::base::Digest;
use crate::store::layout::{Layout, open_to_read};
use crate::store::{Batch, Error, Head, Records, Visit, frame};
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A readable piece of a segment, for those who read files themselves: `verify`, exports, state
/// files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The segment file.
    pub path: PathBuf,
    /// The number of its first record.
    pub first: u64,
    /// The number after its last durable record.
    pub end: u64,
    /// How many of its bytes are durable; what stands behind them is nobody's business.
    pub bytes: u64,
}

impl Part {
    /// The leaf hash of the last durable record, read from the file.
    ///
    /// # Errors
    /// `Damaged` when no record ends there; `Unavailable` when it cannot be read.
    pub fn last_leaf(&self) -> Result<Digest, Error> {
        let line = super::open::last_line(&self.path, &open_to_read(&self.path)?, self.bytes)?;
        Ok(frame::leaf(&line))
    }
}

/// What is known of one segment.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub first: u64,
    pub end: u64,
    pub bytes: u64,
    /// Starts of every [`STRIDE`]th record; unset for a sealed segment that nobody asked yet.
    marks: Arc<OnceLock<Vec<u32>>>,
}

impl Segment {
    /// A sealed segment.
    pub fn sealed(first: u64, end: u64, bytes: u64) -> Segment {
        Segment { first, end, bytes, marks: Arc::default() }
    }
}

/// The durable side of the ledger.
#[derive(Debug)]
pub(super) struct State {
    pub head: Head,
    /// All segments but the last are sealed; the last one's marks stand apart.
    pub segments: Vec<Segment>,
    pub last_marks: Vec<u32>,
    pub checkpoint: Option<Arc<[u8]>>,
}

impl State {
    /// Bytes of all segments together.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// Takes in a batch that is durable.
    pub fn extend(&mut self, batch: &Batch) {
        let segment = self.segments.last_mut().expect("a batch is written into a segment");
        assert!(segment.end == batch.first(), "a batch stands behind the records before it");
        let starts = std::iter::once(0).chain(batch.ends().iter().copied());
        for (seq, start) in (batch.first()..).zip(starts).take(batch.len()) {
            if (seq - segment.first).is_multiple_of(STRIDE) {
                let start = segment.bytes + u64::from(start);
                self.last_marks.push(u32::try_from(start).expect("a segment is below 4 GiB"));
            }
        }
        segment.end += batch.len() as u64;
        segment.bytes += batch.lines().len() as u64;
        self.head = batch.head();
        assert!(segment.end == self.head.size, "the head is the end of the last segment");
    }

    /// Seals the last segment and begins another, empty.
    pub fn rotate(&mut self) {
        let marks = std::mem::take(&mut self.last_marks);
        if let Some(last) = self.segments.last_mut() {
            last.marks = Arc::new(OnceLock::from(marks));
        }
        self.segments.push(Segment::sealed(self.head.size, self.head.size, 0));
    }
}

/// Names and durable state, shared by the writer and all readers.
#[derive(Debug)]
pub(super) struct Shared {
    pub layout: Layout,
    state: RwLock<State>,
}

impl Shared {
    pub fn new(layout: Layout, state: State) -> Shared {
        Shared { layout, state: RwLock::new(state) }
    }

    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The readable pieces of all segments, in order.
    pub fn parts(&self) -> Vec<Part> {
        let state = self.state();
        let part = |segment: &Segment| Part {
            path: self.layout.segment(segment.first),
            first: segment.first,
            end: segment.end,
            bytes: segment.bytes,
        };
        state.segments.iter().filter(|segment| segment.end > segment.first).map(part).collect()
    }

    /// Where a durable record's stride starts and ends in its segment.
    fn place(&self, seq: u64) -> Result<Option<Place>, Error> {
        let state = self.state();
        if seq >= state.head.size {
            return Ok(None);
        }
        let at = state.segments.partition_point(|segment| segment.end <= seq);
        let segment = state.segments[at].clone();
        let path = self.layout.segment(segment.first);
        let stride = ((seq - segment.first) / STRIDE) as usize;
        let range = |marks: &[u32]| {
            let end = marks.get(stride + 1).map_or(segment.bytes, |end| u64::from(*end));
            marks.get(stride).map(|start| u64::from(*start)..end)
        };
        let found = if at + 1 == state.segments.len() {
            range(&state.last_marks)
        } else {
            // Making marks reads a whole file: not while the writer waits for this lock.
            drop(state);
            range(self.sealed_marks(&segment, &path)?)
        };
        let bytes = found.ok_or_else(|| {
            let line = seq - segment.first + 1;
            Error::damaged(&path, line, "the file ends before this record")
        })?;
        let skip = (seq - segment.first) % STRIDE;
        Ok(Some(Place { path, first: segment.first, bytes, skip }))
    }

    fn sealed_marks<'s>(&self, segment: &'s Segment, path: &Path) -> Result<&'s [u32], Error> {
        if let Some(marks) = segment.marks.get() {
            return Ok(marks);
        }
        let file = open_to_read(path)?;
        let mut lines = Lines::new(&file, 0, segment.bytes);
        let mut marks = Vec::new();
        let mut count = 0_u64;
        while let Some(line) =
            lines.next().map_err(|source| Error::unavailable("read", path, source))?
        {
            if count.is_multiple_of(STRIDE) {
                marks.push(u32::try_from(line.start).unwrap_or(u32::MAX));
            }
            count += 1;
        }
        require_count(path, count, segment.end - segment.first)?;
        Ok(segment.marks.get_or_init(|| marks))
    }
}

/// A stretch of at most [`STRIDE`] records of a file.
struct Place {
    path: PathBuf,
    first: u64,
    bytes: Range<u64>,
    /// Records to pass over.
    skip: u64,
}

fn require_count(path: &Path, found: u64, due: u64) -> Result<(), Error> {
    if found == due {
        return Ok(());
    }
    let reason = format!("the file holds {found} records where the next file's name says {due}");
    Err(Error::damaged(path, found.min(due) + 1, reason))
}

impl Records for Shared {
    fn head(&self) -> Head {
        self.state().head
    }

    fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(place) = self.place(seq)? else { return Ok(None) };
        let file = open_to_read(&place.path)?;
        let mut block = vec![0; (place.bytes.end - place.bytes.start) as usize];
        file.read_exact_at(&mut block, place.bytes.start)
            .map_err(|source| Error::unavailable("read", &place.path, source))?;
        let mut lines = block.split(|byte| *byte == b'\n');
        let line = lines.nth(place.skip as usize).unwrap_or_default();
        if frame::read(line).is_none_or(|frame| frame.seq != seq) {
            let number = seq - place.first + 1;
            return Err(Error::damaged(&place.path, number, format!("record {seq} is not here")));
        }
        Ok(Some(line.to_vec()))
    }

    fn scan(&self, range: Range<u64>, visit: &mut Visit<'_>) -> Result<(), Error> {
        let end = range.end.min(self.head().size);
        for part in self.parts() {
            if part.end <= range.start || part.first >= end {
                continue;
            }
            let file = open_to_read(&part.path)?;
            let from = range.start.max(part.first);
            let (start, skip) = match self.place(from)? {
                Some(place) if from > part.first => (place.bytes.start, place.skip),
                _ => (0, 0),
            };
            let stop = end.min(part.end);
            if !scan_part(&part, &file, from - skip..stop, (start, skip), visit)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn checkpoint(&self) -> Option<Arc<[u8]>> {
        self.state().checkpoint.clone()
    }
}

/// Gives the records of one file; `false` when the visitor has seen enough.
fn scan_part(
    part: &Part,
    file: &File,
    range: Range<u64>,
    (start, mut skip): (u64, u64),
    visit: &mut Visit<'_>,
) -> Result<bool, Error> {
    let failed = |source| Error::unavailable("read", &part.path, source);
    let mut lines = Lines::new(file, start, part.bytes);
    for seq in range {
        let number = seq - part.first + 1;
        let Some(line) = lines.next().map_err(failed)? else {
            return Err(Error::damaged(&part.path, number, "the file ends before this record"));
        };
        if !line.ended {
            let reason = "the line does not end, or is longer than a record may be";
            return Err(Error::damaged(&part.path, number, reason));
        }
        if skip > 0 {
            skip -= 1;
        } else if visit(seq, line.bytes).is_break() {
            return Ok(false);
        }
    }
    Ok(true)
}
