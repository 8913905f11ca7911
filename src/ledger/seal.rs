//! Sealing: decided events become records, each linked to the one before, and a batch.

use super::desk::Group;
use super::{BATCH_BYTES_MAX, BATCH_RECORDS_MAX};
use crate::base::Digest;
use crate::chain::record::{Parts, compose, leaf_hash};
use crate::store::{self, Batch, Head};
use std::collections::VecDeque;
use std::sync::Arc;

/// Where salts come from: 128 bits that nobody can guess, for each record.
pub trait Salts: Send {
    /// Fills the bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Salts from the operating system.
#[derive(Debug, Default)]
pub struct RandomSalts;

impl Salts for RandomSalts {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Salts that follow from a seed: for the demo and for tests, never for a real ledger.
#[derive(Debug)]
pub struct SeededSalts {
    seed: u64,
    next: u64,
}

impl SeededSalts {
    /// Salts that follow from this seed.
    pub fn new(seed: u64) -> SeededSalts {
        SeededSalts { seed, next: 0 }
    }
}

impl Salts for SeededSalts {
    fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            let digest = Digest::of(&[&self.seed.to_be_bytes(), &self.next.to_be_bytes()]);
            piece.copy_from_slice(&digest.0[..piece.len()]);
            self.next += 1;
        }
    }
}

/// How many of the waiting groups make the next batch: as many as fit its bounds, at least one.
pub(super) fn how_many(waiting: &VecDeque<Arc<Group>>) -> usize {
    let (mut records, mut bytes) = (0, 0);
    let fitting = waiting.iter().take_while(|group| {
        records += group.events.len();
        bytes += group.bytes();
        records <= BATCH_RECORDS_MAX && bytes <= BATCH_BYTES_MAX
    });
    fitting.count().max(1)
}

/// Seals groups into `batch`, which continues the chain at `after`.
pub(super) fn seal(
    groups: &[Arc<Group>],
    after: Head,
    salts: &mut dyn Salts,
    batch: &mut Batch,
) -> Result<(), store::Error> {
    let count: usize = groups.iter().map(|group| group.events.len()).sum();
    let mut salt = vec![0; count * 16];
    salts.fill(&mut salt);
    let mut salt = salt.chunks_exact(16);
    batch.restart(after.size);
    let (mut seq, mut prev, mut left) = (after.size, after.leaf, count);
    let mut record = Vec::new();
    for group in groups {
        assert!(group.first == seq, "groups follow each other without a gap");
        let mut leaves = Vec::with_capacity(group.events.len());
        for event in &group.events {
            left -= 1;
            let salt = salt.next().and_then(|salt| salt.try_into().ok());
            let parts = Parts {
                batch_left: u32::try_from(left).expect("a batch is bounded"),
                event: &event.body,
                movements: &event.movements,
                posted_by: &event.posted_by,
                prev,
                recorded_at: event.recorded_at,
                salt: salt.expect("a salt was drawn for each record"),
                seq,
                signatures: &event.signatures,
            };
            record.clear();
            compose(&parts, &mut record)
                .expect("a record's size was looked at when it was decided");
            prev = leaf_hash(&record);
            leaves.push(prev);
            batch.push(&record, prev);
            seq += 1;
        }
        group.leaves.set(leaves).expect("a group is sealed once");
    }
    Ok(())
}
