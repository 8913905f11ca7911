//! The frame of a record as the store needs it: where it stands in its batch and in the chain.
//!
//! It reads the few fixed places of the canonical form (`schemas/record.md`) and judges nothing
//! else: whether a record is a record is for `chain` and `verify` to say.

use crate::base::{Digest, EventId, hex};
pub(super) use crate::chain::record::leaf_hash as leaf;
use base64::Engine as _;
use memchr::memmem;

/// What the store reads of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// How many records of the same batch follow.
    pub batch_left: u64,
    /// The record's number.
    pub seq: u64,
    /// The leaf hash of the record before.
    pub prev: Digest,
}

impl Frame {
    /// The number of the last record of this record's batch.
    pub fn batch_end(&self) -> u64 {
        self.seq.saturating_add(self.batch_left)
    }
}

const OPENING: &[u8] = b"{\"batch_left\":";
const AFTER_LEFT: &[u8] = b",\"event\":{\"";
const CLOSING: &[u8] = b"],\"v\":";
const SIGNATURES: &[u8] = b",\"signatures\":[";
const SEQ: &[u8] = b",\"seq\":";
const PREV: &[u8] = b",\"prev\":\"";
/// From the first hexadecimal digit of `prev` to the comma before `seq`.
const PREV_TO_SEQ: usize =
    64 + "\",\"recorded_at\":\"YYYY-MM-DDTHH:MM:SS.mmmZ\",\"salt\":\"".len() + 32 + 1;

/// Reads the frame of a record without its LF; `None` when a fixed place is not as it must be.
pub(super) fn read(record: &[u8]) -> Option<Frame> {
    let batch_left = batch_left(record)?;
    if !record.ends_with(b"}") {
        return None;
    }
    // A quote inside a JSON string is escaped, so neither text can occur in one; the signatures
    // themselves hold no array. The last occurrence is therefore the frame's own.
    let signatures = memmem::rfind(record, SIGNATURES)?;
    memmem::find(&record[signatures..], CLOSING)?;
    let before = &record[..signatures];
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = before.split_at(before.len() - digits);
    let seq = number(digits)?;
    let before = before.strip_suffix(SEQ)?;
    let prev = before.len().checked_sub(PREV_TO_SEQ)?;
    let digest = before.get(prev..prev + 64)?;
    before[..prev].ends_with(PREV).then_some(())?;
    Some(Frame { batch_left, seq, prev: Digest(hex::decode(digest)?) })
}

/// Reads `batch_left` alone, which a line can still show when the rest of it is damaged.
pub(super) fn batch_left(record: &[u8]) -> Option<u64> {
    let rest = record.strip_prefix(OPENING)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at(digits);
    if !rest.starts_with(AFTER_LEFT) {
        return None;
    }
    number(digits)
}

/// The id of the record's event, for the warning that lists what a start cut away.
pub(super) fn event_id(record: &[u8]) -> Option<EventId> {
    const ID: &[u8] = b",\"id\":\"";
    let start = memmem::rfind(record, ID)? + ID.len();
    let text = record.get(start..start + 36)?;
    EventId::parse(std::str::from_utf8(text).ok()?)
}

/// Size and root of a signed checkpoint's text (C2SP tlog-checkpoint: lines 2 and 3).
pub(super) fn checkpoint(note: &[u8]) -> Option<(u64, Digest)> {
    let mut lines = note.split(|byte| *byte == b'\n');
    let origin = lines.next()?;
    let size = number(lines.next()?)?;
    let root = base64::prelude::BASE64_STANDARD.decode(lines.next()?).ok()?;
    let root: [u8; 32] = root.try_into().ok()?;
    (!origin.is_empty()).then_some((size, Digest(root)))
}

/// A decimal number without sign and without leading zeros.
fn number(digits: &[u8]) -> Option<u64> {
    let plain = match digits {
        [] => false,
        [b'0', _, ..] => false,
        _ => digits.iter().all(u8::is_ascii_digit),
    };
    if !plain {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn the_fixed_places_are_read() {
        let prev = Digest::of(&[b"before"]);
        let record = samples::record(41, 2, prev);
        assert_eq!(read(&record), Some(Frame { batch_left: 2, seq: 41, prev }));
        assert_eq!(read(&record).map(|frame| frame.batch_end()), Some(43));
        assert_eq!(event_id(&record), Some(samples::event_id(41)));
    }

    #[test]
    fn what_is_cut_or_garbled_is_no_frame() {
        let record = samples::record(7, 0, Digest::ZERO);
        for length in 0..record.len() {
            assert_eq!(read(&record[..length]), None, "{length}");
        }
        assert_eq!(read(&vec![0; record.len()]), None);
        for wrong in ["{\"batch_left\":01,\"event\":{\"", "{\"batch_left\":,\"event\":{\""] {
            assert_eq!(batch_left(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn text_inside_an_event_is_not_taken_for_the_frame() {
        let mut record = samples::record(3, 0, Digest::ZERO);
        let at = memmem::find(&record, b"\"docs\"").unwrap();
        let note = br#""z":",\"seq\":9,\"signatures\":[],\"v\":1",""#;
        record.splice(at..at, note[..note.len() - 1].iter().copied());
        assert_eq!(read(&record).map(|frame| frame.seq), Some(3));
    }

    #[test]
    fn a_checkpoint_gives_size_and_root() {
        let note = samples::checkpoint(12, Digest::of(&[b"root"]));
        assert_eq!(checkpoint(&note), Some((12, Digest::of(&[b"root"]))));
        assert_eq!(checkpoint(b"origin\n012\nAAAA\n"), None);
        assert_eq!(checkpoint(b""), None);
    }
}
