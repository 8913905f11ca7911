//! Reading records as folders do: glance and movements, the event only where a fold asks for it.
//!
//! Nothing is decided here and nothing of the state is needed: what the records say was decided
//! when they were written, and `verify` decides it again.

use crate::base::Digest;
use crate::chain::checkpoint::Checkpoint;
use crate::chain::glance::Glance;
use crate::chain::merkle::CompactRange;
use crate::chain::note::Note;
use crate::chain::record::{Record, leaf_hash};
use crate::domain::Type;
use crate::projections::parties::Parties;
use crate::projections::{Fold, Told};
use crate::seam::{read_event, read_written};
use crate::store::{self, Records};
use std::ops::{ControlFlow, Range};

/// Why records could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A record cannot be read.
    #[error("record {seq} cannot be read: {reason}; run `fundtrail verify`")]
    Record {
        /// Its number.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Folds a range of durable records.
///
/// # Errors
/// [`ReadError`].
pub fn fold(
    records: &dyn Records,
    range: Range<u64>,
    into: &mut dyn Fold,
) -> Result<(), ReadError> {
    let mut fault = None;
    records.scan(range, &mut |seq, bytes| match tell(seq, bytes, into) {
        Ok(()) => ControlFlow::Continue(()),
        Err(reason) => {
            fault = Some(ReadError::Record { seq, reason });
            ControlFlow::Break(())
        }
    })?;
    fault.map_or(Ok(()), Err)
}

/// A durable record that is known to be there.
///
/// # Errors
/// The store says why it cannot be read.
///
/// # Panics
/// When there is no such record.
pub fn read_durable(records: &dyn Records, seq: u64) -> Result<Vec<u8>, store::Error> {
    Ok(records.read(seq)?.expect("a record below the head is there"))
}

/// The verifier key by which the newest heads are signed, as the records state it.
///
/// # Errors
/// [`ReadError`].
pub fn log_key(records: &dyn Records) -> Result<String, ReadError> {
    let mut parties = Parties::default();
    fold(records, 0..records.head().size, &mut parties)?;
    Ok(parties.log_keys.pop().unwrap_or_default())
}

/// Tells a fold of one record.
///
/// # Errors
/// What cannot be read.
pub fn tell(seq: u64, bytes: &[u8], into: &mut dyn Fold) -> Result<(), String> {
    let record = Record::parse(bytes).map_err(|fault| fault.reason)?;
    let glance = Glance::of(record.event).ok_or("the event has not the form of one")?;
    let kind = Type::parse(glance.event_type);
    let kind = kind.ok_or_else(|| format!("the event type {} is not known", glance.event_type))?;
    let movements = read_written(record.movements).map_err(|fault| fault.reason)?;
    let event = match into.wants_event(kind) {
        true => Some(read_event(record.event).map_err(|refusal| refusal.to_string())?),
        false => None,
    };
    into.take(&Told {
        seq,
        kind,
        here: glance.jurisdiction,
        date: glance.business_date,
        id: glance.id,
        posted_by: record.posted_by,
        recorded_at: record.recorded_at,
        movements: &movements,
        event: event.as_ref(),
    });
    Ok(())
}

/// Shows one record as a fold would be told of it, with its event where its type is wanted.
///
/// # Errors
/// What cannot be read.
pub fn look(
    seq: u64,
    bytes: &[u8],
    wants: &dyn Fn(Type) -> bool,
    show: &mut dyn FnMut(&Told<'_>),
) -> Result<(), String> {
    tell(seq, bytes, &mut Looking { wants, show })
}

struct Looking<'l> {
    wants: &'l dyn Fn(Type) -> bool,
    show: &'l mut dyn FnMut(&Told<'_>),
}

impl Fold for Looking<'_> {
    fn wants_event(&self, kind: Type) -> bool {
        (self.wants)(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        (self.show)(told);
    }
}

/// The root of the tree of the first `size` records: the newest checkpoint's where it is of that
/// size, else hashed from the records.
///
/// # Errors
/// [`ReadError`].
pub fn root(records: &dyn Records, size: u64) -> Result<Digest, ReadError> {
    let checkpoint = records.checkpoint().and_then(|note| {
        let note = Note::parse(&note).ok()?;
        Checkpoint::parse(note.text).ok()
    });
    if let Some(checkpoint) = checkpoint.filter(|checkpoint| checkpoint.size == size) {
        return Ok(checkpoint.root);
    }
    let mut tree = CompactRange::default();
    records.scan(0..size, &mut |_, bytes| {
        tree.push(leaf_hash(bytes));
        ControlFlow::Continue(())
    })?;
    Ok(tree.root())
}
