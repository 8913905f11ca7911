//! What the last segment holds: whole batches, and perhaps a tail that a crash left behind.
//!
//! This file only looks and says; whether a tail may be cut is decided in `open.rs`. The rules
//! stand in `ARCHITECTURE.md` ("On disk", contract of the store).

use super::lines::{Line, Lines};
use crate::base::EventId;
use crate::store::frame::{self, Frame};
use crate::store::{Error, Head};
use std::fs::File;
use std::path::Path;

/// The start of every 16th record is kept in memory: a quarter of a byte for each record, and a
/// reader walks over at most 15 lines.
pub(super) const STRIDE: u64 = 16;

/// What was found in a segment.
#[derive(Debug)]
pub(super) struct Checked {
    /// The head after the last whole batch.
    pub good: Head,
    /// Bytes of the file up to there.
    pub good_bytes: u64,
    /// Starts of every [`STRIDE`]th record up to there.
    pub marks: Vec<u32>,
    /// What stands behind the last whole batch.
    pub tail: Option<Tail>,
}

/// Bytes behind the last whole batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// How many bytes.
    pub bytes: u64,
    /// The first line that is wrong, counted from 1 in the file.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
    /// The line of a record that belongs to another batch than the first one of the tail: proof
    /// that the damaged batch was acknowledged.
    pub later_batch: Option<u64>,
    /// Ids of the events whose records can still be read in part.
    pub ids: Vec<EventId>,
}

/// Checks a segment's first `length` bytes; `before` is the head that its first record follows.
///
/// # Errors
/// `Damaged` when a record does not have the hash that a later batch names: that batch proves it
/// was durable. `Unavailable` when the file cannot be read.
pub(super) fn check(path: &Path, file: &File, length: u64, before: Head) -> Result<Checked, Error> {
    let mut walk = Walk {
        checked: Checked { good: before, good_bytes: 0, marks: Vec::new(), tail: None },
        first: before.size,
        last: before,
        batch_end: None,
        marks: Vec::new(),
    };
    let mut lines = Lines::new(file, 0, length);
    let mut number = 0;
    let mut wrong = None;
    while let Some(line) =
        lines.next().map_err(|source| Error::unavailable("read", path, source))?
    {
        number += 1;
        let step = if line.ended { walk.step(line.bytes) } else { Err(Wrong::Here(NOT_ENDED)) };
        match step {
            Ok(frame) => walk.accept(&frame, &line),
            Err(Wrong::Here(reason)) => {
                wrong = Some((number, reason));
                break;
            }
            Err(Wrong::Before(reason)) if walk.batch_end.is_some() => {
                wrong = Some((number - 1, reason));
                break;
            }
            // The first record of a batch does not follow the batch before it.
            Err(Wrong::Before(_)) if number == 1 => {
                return Err(Error::damaged(path, 1, NOT_LINKED));
            }
            Err(Wrong::Before(reason)) => return Err(Error::damaged(path, number - 1, reason)),
        }
    }
    let mut checked = walk.checked;
    if checked.good_bytes < length {
        let whole = (number, "the batch is not complete");
        let lines_before = checked.good.size - before.size;
        let mut tail = examine_tail(path, file, length, &checked, wrong.unwrap_or(whole))?;
        tail.later_batch = tail.later_batch.map(|line| lines_before + line);
        checked.tail = Some(tail);
    }
    Ok(checked)
}

const NOT_ENDED: &str = "the line does not end, or is longer than a record may be";
const NO_RECORD: &str = "this is not a record";
const NOT_LINKED: &str =
    "the record names another hash than that of the last record of the file before";

/// Which record is wrong: the one at hand or the one before it.
enum Wrong {
    Here(&'static str),
    Before(&'static str),
}

struct Walk {
    checked: Checked,
    /// The number of the segment's first record.
    first: u64,
    /// The head after the last accepted record, whole batch or not.
    last: Head,
    /// The last record of the batch that is under way.
    batch_end: Option<u64>,
    /// Marks of the batch that is under way.
    marks: Vec<u32>,
}

impl Walk {
    fn step(&self, record: &[u8]) -> Result<Frame, Wrong> {
        let frame = frame::read(record).ok_or(Wrong::Here(NO_RECORD))?;
        if frame.seq != self.last.size {
            return Err(Wrong::Here("the record has another number than the one due here"));
        }
        if self.batch_end.is_some_and(|end| frame.batch_end() != end) {
            return Err(Wrong::Here("the record belongs to another batch than the one before it"));
        }
        if frame.prev != self.last.leaf {
            return Err(Wrong::Before("the record does not have the hash that the next one names"));
        }
        Ok(frame)
    }

    fn accept(&mut self, frame: &Frame, line: &Line<'_>) {
        if (self.last.size - self.first).is_multiple_of(STRIDE) {
            // A segment longer than 4 GiB cannot be written: `BATCH_BYTES_MAX`.
            self.marks.push(u32::try_from(line.start).unwrap_or(u32::MAX));
        }
        self.batch_end = (frame.batch_left > 0).then_some(frame.batch_end());
        self.last = Head { size: self.last.size + 1, leaf: frame::leaf(line.bytes) };
        if frame.batch_left == 0 {
            self.checked.good = self.last;
            self.checked.good_bytes = line.end();
            self.checked.marks.append(&mut self.marks);
        }
    }
}

/// Reads everything behind the last whole batch and says what it still shows.
fn examine_tail(
    path: &Path,
    file: &File,
    length: u64,
    checked: &Checked,
    (line, reason): (u64, &str),
) -> Result<Tail, Error> {
    let mut tail = Tail {
        bytes: length - checked.good_bytes,
        line,
        reason: reason.to_owned(),
        later_batch: None,
        ids: Vec::new(),
    };
    let due = checked.good.size;
    let mut batch_end = None;
    let mut number = 0;
    let mut lines = Lines::new(file, checked.good_bytes, length);
    while let Some(found) =
        lines.next().map_err(|source| Error::unavailable("read", path, source))?
    {
        number += 1;
        // The first line's place is certain, so there `batch_left` alone says something, and a line
        // with another number is two that lost the LF between them.
        let first = number == 1;
        let whole = frame::read(found.bytes).filter(|frame| !first || frame.seq == due);
        let frame = whole.or_else(|| {
            let batch_left = frame::batch_left(found.bytes).filter(|_| first)?;
            Some(Frame { batch_left, seq: due, prev: checked.good.leaf })
        });
        let Some(frame) = frame else { continue };
        tail.ids.extend(frame::event_id(found.bytes));
        let end = *batch_end.get_or_insert(frame.batch_end());
        if (frame.batch_end() != end || frame.seq < due) && tail.later_batch.is_none() {
            tail.later_batch = Some(number);
        }
    }
    Ok(tail)
}
