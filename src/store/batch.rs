//! What the store appends, syncs and acknowledges at once: the lines of one batch.
//!
//! The bytes are the records as they were sealed, each with its LF. A batch is checked against the
//! head that it follows before a byte of it is written.

use super::frame;
use crate::base::Digest;
use crate::chain::record::RECORD_BYTES_MAX;

/// Where the records end: their number and the leaf hash of the last one. It identifies a batch:
/// no two batches end at the same head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of records, and so the number the next record gets.
    pub size: u64,
    /// The leaf hash of the last record; 32 zero bytes when there is none.
    pub leaf: Digest,
}

impl Head {
    /// The head of a ledger without records.
    pub const EMPTY: Head = Head { size: 0, leaf: Digest::ZERO };
}

/// The longest batch in bytes. An atomic post of 64 MiB stays far below it; positions inside a
/// segment file fit 32 bits because of it.
pub const BATCH_BYTES_MAX: usize = 1 << 30;

const _: () = assert!(BATCH_BYTES_MAX < u32::MAX as usize);

/// Consecutive records that become durable together or not at all.
#[derive(Clone, Debug)]
pub struct Batch {
    first: u64,
    lines: Vec<u8>,
    ends: Vec<u32>,
    last_leaf: Digest,
}

impl Batch {
    /// An empty batch whose first record will have the number `first`.
    pub fn new(first: u64) -> Batch {
        Batch { first, lines: Vec::new(), ends: Vec::new(), last_leaf: Digest::ZERO }
    }

    /// Empties the batch and keeps its memory for the next one.
    pub fn restart(&mut self, first: u64) {
        self.first = first;
        self.lines.clear();
        self.ends.clear();
        self.last_leaf = Digest::ZERO;
    }

    /// Adds a record, given without its LF and with its leaf hash.
    ///
    /// # Panics
    /// When the record is empty, longer than [`RECORD_BYTES_MAX`] or holds an LF, or when the batch
    /// would pass [`BATCH_BYTES_MAX`]: the sealer keeps these bounds.
    pub fn push(&mut self, record: &[u8], leaf: Digest) {
        assert!(!record.is_empty() && record.len() <= RECORD_BYTES_MAX, "a record keeps its bound");
        assert!(self.lines.len() + record.len() < BATCH_BYTES_MAX, "a batch keeps its bound");
        debug_assert!(memchr::memchr(b'\n', record).is_none(), "a record holds no line feed");
        self.lines.extend_from_slice(record);
        self.lines.push(b'\n');
        self.ends.push(self.lines.len() as u32);
        self.last_leaf = leaf;
    }

    /// The number of the first record.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many records the batch has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the batch has no record.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All lines, each with its LF.
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Where each line ends in [`Batch::lines`], its LF included.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// The records in order, without their LF.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, end)| &self.lines[from as usize..*end as usize - 1])
    }

    /// The head once this batch is durable.
    pub fn head(&self) -> Head {
        Head { size: self.first + self.ends.len() as u64, leaf: self.last_leaf }
    }

    /// Checks at the last moment that the batch continues the chain at `after` and is whole.
    ///
    /// # Panics
    /// When it is not: a batch that does not follow its head is a mistake of ours, and writing it
    /// would spoil the ledger.
    pub(super) fn assert_follows(&self, after: &Head) {
        assert!(!self.is_empty(), "a batch holds a record");
        assert!(self.first == after.size, "a batch starts at its head");
        let first = self.records().next().and_then(frame::read);
        let first = first.expect("the sealer writes the frame of a record");
        assert!(first.seq == after.size, "the first record has the next number");
        assert!(first.prev == after.leaf, "the first record names the last leaf hash");
        assert!(first.batch_left == self.ends.len() as u64 - 1, "batch_left counts the batch");
        let from = self.ends.len().checked_sub(2).map_or(0, |at| self.ends[at] as usize);
        let last = &self.lines[from..self.lines.len() - 1];
        assert!(frame::batch_left(last) == Some(0), "the last record ends the batch");
        assert!(frame::leaf(last) == self.last_leaf, "the head is the last record's leaf hash");
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_batch_gives_back_its_records_and_its_head() {
        let batch = samples::batch(Head::EMPTY, 3);
        batch.assert_follows(&Head::EMPTY);
        let records: Vec<_> = batch.records().collect();
        assert_eq!(records.len(), 3);
        assert_eq!(records[0], samples::record(0, 2, Digest::ZERO));
        assert_eq!(batch.head(), Head { size: 3, leaf: frame::leaf(records[2]) });
        assert_eq!(batch.lines().len(), *batch.ends().last().unwrap() as usize);
    }

    #[test]
    #[should_panic(expected = "names the last leaf hash")]
    fn a_batch_for_another_head_is_never_written() {
        let batch = samples::batch(Head { size: 0, leaf: Digest::of(&[b"x"]) }, 1);
        batch.assert_follows(&Head::EMPTY);
    }
}
