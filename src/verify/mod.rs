//! Verification: everything recomputed from the bytes of the records alone, by their position.
//!
//! Bytes, links, batches, times, signatures, every rule, every movement, every balance, the tree's
//! root at each checkpoint. No stored result is trusted; nothing is ever written. The first wrong
//! record ends it, and the report says which, why, and how many before it were right.

mod heads;
mod judge;
mod report;
mod scan;
mod times;

pub use heads::{How, KeyChange};
pub use report::{Covered, Fault, Filed, KeySource, Report};
pub use times::{Cosignature, STRAY_MS_MAX, TimeContradicted};

use crate::chain::note::key::VerifierKey;
use crate::chain::policy::Policy;
use std::io;

/// The bytes of all records, one line after the other, as they stand in one file or several.
pub trait Source: Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads up to a buffer's length from a position; fewer only at the end.
    ///
    /// # Errors
    /// The bytes cannot be read.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// A signed checkpoint to hold the records against.
#[derive(Clone, Debug)]
pub struct Note {
    /// Where it comes from, for messages.
    pub from: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the reader brought from elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought<'b> {
    /// The log's verifier key; without one record 0's own word is taken, and the report says so.
    pub key: Option<&'b VerifierKey>,
    /// The policy whose witnesses are believed; without one no cosignature is looked at.
    pub policy: Option<&'b Policy>,
}

/// Verifies records against checkpoints.
///
/// `progress` is told how many bytes were checked.
///
/// # Errors
/// The bytes cannot be read. What is wrong with them stands in the report.
pub fn verify(
    source: &dyn Source,
    notes: &[Note],
    brought: Brought<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<Report> {
    let wanted = notes.iter().filter_map(|note| report::size_of(&note.bytes)).collect();
    let judge = scan::scan(source, wanted, progress)?;
    Ok(report::report(judge, notes, brought))
}
