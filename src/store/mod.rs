//! The store: it keeps the bytes of records and never a parsed form, and makes them durable.
//!
//! It does I/O only. It never sees the money model, opens no network and asks no clock; the ledger
//! gives it sealed bytes and opaque keys. Its contract stands at [`Store`] and is tested for each
//! engine by `contract.rs`; what it rests on is measured in `ARCHITECTURE.md` ("On disk").

mod batch;
mod building;
#[cfg(test)]
mod contract;
pub mod copy;
mod disk;
mod error;
pub mod evidence;
mod frame;
pub mod ids;
pub mod images;
pub mod layout;
pub mod lookups;
pub mod memory;
#[cfg(test)]
mod samples;
pub mod segments;
mod table;
pub mod tiles;

pub use crate::chain::record::RECORD_BYTES_MAX;
pub use batch::{BATCH_BYTES_MAX, Batch, Head};
pub use building::Building;
pub use error::Error;
pub use segments::{Cut, Segments, SegmentsReader};

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Called for each record of a scan with its number and its bytes without LF.
pub type Visit<'a> = dyn FnMut(u64, &[u8]) -> ControlFlow<()> + 'a;

/// What readers see: the durable records and the newest checkpoint.
///
/// All calls may run in parallel with each other and with the writer. What they show changes only
/// after an append has returned; a failed append changes nothing here, whatever the disk holds.
pub trait Records: Send + Sync {
    /// The durable head.
    fn head(&self) -> Head;

    /// The bytes of one record without its LF; `None` at or beyond the head.
    ///
    /// # Errors
    /// `Damaged` when the place does not hold that record; `Unavailable` when it cannot be read.
    fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, Error>;

    /// Gives the durable records of a range in order until `visit` breaks. What lies at or beyond
    /// the head is left out. Numbers are counted by position and checked where a file ends: hashes
    /// and links are for the caller to check, who has the bytes at hand.
    ///
    /// # Errors
    /// `Damaged` when a line is too long or a file holds fewer records than it should;
    /// `Unavailable` when it cannot be read.
    fn scan(&self, range: Range<u64>, visit: &mut Visit<'_>) -> Result<(), Error>;

    /// The newest stored checkpoint's text.
    fn checkpoint(&self) -> Option<Arc<[u8]>>;
}

/// The one writer of a ledger. This is the contract every engine keeps.
///
/// **When is a write durable?** When `append` has returned its head: written and synced to the
/// medium. Nothing is acknowledged before.
///
/// **Is a batch all or nothing?** Yes, across crashes and power cuts too: a half-written batch is
/// cut whole when the ledger is opened. A batch never crosses a segment.
///
/// **What happens when the head moved?** `append` succeeds only if the store's head is exactly
/// `after`, in size and leaf hash; else it is `HeadMoved` with the head, and nothing was written.
///
/// **Which errors may be retried?** `Unavailable` and `StorageFull`: nothing was appended.
/// `HeadMoved` after deciding anew. `OutcomeUnknown` never: a failed write or sync is not retried,
/// and what can be read back afterwards proves nothing, since the page cache shows bytes that the
/// disk does not hold. From then on every call of this writer is `OutcomeUnknown`; only opening the
/// store anew, under a new term, tells by its head whether the batch landed. From that opening on
/// no earlier append can land any more. `Fenced` and `Damaged` are final.
///
/// **Who may write?** One writer. Opening takes a rising term (for files: the operating system's
/// lock on the folder of records); whoever opened before is `Fenced`, or the opening is `Locked`.
///
/// **Which calls may run in parallel?** The writer's own not; those of its readers with everything.
///
/// **What is seen after a crash?** Every acknowledged batch, whole and in order; of the batch on
/// its way everything or nothing. Damage is an error with file, line and reason, never a shorter
/// ledger.
pub trait Store: Records {
    /// Appends a batch after `after`; durable, all of it, when this returns the new head.
    ///
    /// # Errors
    /// `HeadMoved`, `Fenced`, `StorageFull`, `Unavailable`: nothing was appended.
    /// `OutcomeUnknown`: the batch may have landed and the writer has stopped for good.
    ///
    /// # Panics
    /// When the batch does not continue the chain at `after`, or is not whole.
    fn append(&mut self, after: &Head, batch: &Batch) -> Result<Head, Error>;

    /// Stores a signed checkpoint (C2SP tlog-checkpoint), durable when this returns and only then
    /// to be published. The same size and root may be stored again with other signatures.
    ///
    /// # Errors
    /// `CheckpointRefused` for a size below the stored one or beyond the head, for another root at
    /// the same size, for a size inside a batch, and for text that is no checkpoint;
    /// `Fenced`; `OutcomeUnknown` when the writer has stopped; `Unavailable` when it cannot be
    /// written: then it must not be published, and storing it may be tried again.
    fn put_checkpoint(&mut self, note: &[u8]) -> Result<(), Error>;

    /// A handle for reading from other threads, which sees what this writer makes durable.
    fn reader(&self) -> Arc<dyn Records>;
}

/// Checks a new checkpoint against the stored one and the head; `batch_ends` says whether a batch
/// ends before the record with that number.
fn judge_checkpoint(
    note: &[u8],
    stored: Option<&[u8]>,
    head: &Head,
    batch_ends: impl FnOnce(u64) -> Result<bool, Error>,
) -> Result<(), Error> {
    let refused = |reason: String| Err(Error::CheckpointRefused { reason });
    let Some((size, root)) = frame::checkpoint(note) else {
        return refused("its text has no size and root".to_owned());
    };
    if size > head.size {
        return refused(format!("it covers {size} records, but {} are durable", head.size));
    }
    if let Some((old_size, old_root)) = stored.and_then(frame::checkpoint) {
        if size < old_size {
            return refused(format!("it covers {size} records, the stored one {old_size}"));
        }
        if size == old_size && root != old_root {
            return refused(format!(
                "at {size} records its root is {root}, that of the stored one {old_root}"
            ));
        }
    }
    if size > 0 && !batch_ends(size)? {
        return refused(format!("no batch ends at {size} records"));
    }
    Ok(())
}
