//! Records, batches and checkpoints for the store's own tests: the right frame around a small
//! event. No test of another module uses them; real records come from `chain`.

use super::{Batch, Head, frame};
use crate::base::{Digest, EventId};
use base64::Engine as _;

/// The id of the event in the sample record with this number.
pub(super) fn event_id(seq: u64) -> EventId {
    EventId::derived(&EventId(0), &seq.to_be_bytes())
}

/// A record with the right frame.
pub(super) fn record(seq: u64, batch_left: u64, prev: Digest) -> Vec<u8> {
    sized_record(seq, batch_left, prev, 1 + (seq as usize * 37) % 90)
}

/// A record with the right frame and some bytes in its event.
pub(super) fn sized_record(seq: u64, batch_left: u64, prev: Digest, filler: usize) -> Vec<u8> {
    format!(
        "{{\"batch_left\":{batch_left},\"event\":{{\"business_date\":\"2017-03-15\",\"data\":\
         {{\"x\":\"{}\"}},\"docs\":[],\"id\":\"{}\",\"jurisdiction\":\"130000\",\"type\":\"t\"}},\
         \"movements\":[],\"posted_by\":\"p\",\"prev\":\"{prev}\",\
         \"recorded_at\":\"2017-03-15T00:00:00.000Z\",\"salt\":\"{:032x}\",\"seq\":{seq},\
         \"signatures\":[],\"v\":1}}",
        "x".repeat(filler),
        event_id(seq),
        u128::from(seq) * 0x9e37_79b9_7f4a_7c15_u128,
    )
    .into_bytes()
}

/// A batch of `count` records that follows `after`.
pub(super) fn batch(after: Head, count: u64) -> Batch {
    batch_of(after, count, |seq| 1 + (seq as usize * 37) % 90)
}

/// A batch whose records have events of the given lengths.
pub(super) fn batch_of(after: Head, count: u64, filler: impl Fn(u64) -> usize) -> Batch {
    let mut batch = Batch::new(after.size);
    let mut prev = after.leaf;
    for at in 0..count {
        let seq = after.size + at;
        let record = sized_record(seq, count - 1 - at, prev, filler(seq));
        prev = frame::leaf(&record);
        batch.push(&record, prev);
    }
    batch
}

/// The text of a checkpoint, with a signature line that nobody checks here.
pub(super) fn checkpoint(size: u64, root: Digest) -> Vec<u8> {
    let root = base64::prelude::BASE64_STANDARD.encode(root.0);
    format!("example.org/ledger\n{size}\n{root}\n\n— example.org/ledger AAAA\n").into_bytes()
}
