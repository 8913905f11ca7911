//! The seam between the two pillars: how canonical bytes are read as an event, how movements are
//! written as bytes, and whose signatures over a body are right.
//!
//! `domain` never sees a record's bytes and `chain` never sees money; `ledger` writes through this
//! seam and `verify` checks through it, so both read and write by one piece of code. No I/O here.

use crate::base::{Digest, Stamp};
use crate::chain::canonical::{self, EVENT_BYTES_MAX};
use crate::chain::glance::peek_type;
use crate::chain::movement::{Movement as WrittenMovement, read_movements, write_movements};
use crate::chain::record::{RECORD_BYTES_MAX, Record};
use crate::chain::signature::Signature;
use crate::domain::{
    Event, EventSeed, Movement, PastEvent, Refusal, State, Type, Written, explain,
};

/// Reads canonical bytes as an event, its shape included.
///
/// # Errors
/// The first of `malformed`, `personal_data`, `unknown_type`, `amount_out_of_range`.
pub fn read_event(body: &[u8]) -> Result<Event<'_>, Refusal> {
    let Some(kind) = peek_type(body).and_then(Type::parse) else {
        return Err(explain(body, "type"));
    };
    let event =
        canonical::read(EventSeed(kind), body).map_err(|fault| explain(body, &fault.reason))?;
    match event.shape() {
        Ok(()) => Ok(event),
        Err(fault) => Err(explain(body, fault.reason)),
    }
}

/// The bytes of movements as a record carries them.
pub fn written(movements: &[Movement], state: &State) -> Vec<u8> {
    let paths: Vec<(String, String)> = movements
        .iter()
        .map(|movement| (movement.from.path(state), movement.to.path(state)))
        .collect();
    let each = movements.iter().zip(&paths).map(|(movement, (from, to))| WrittenMovement {
        amount_fen: movement.amount.get(),
        from,
        lot: state.lot_name(movement.lot),
        to,
    });
    let mut bytes = Vec::with_capacity(2 + movements.len() * 128);
    write_movements(each, &mut bytes);
    bytes
}

/// The movements of a record, as written.
///
/// # Errors
/// What is not a movement, and where.
pub fn read_written(bytes: &[u8]) -> Result<Vec<Written<'_>>, canonical::Malformed> {
    let each = read_movements(bytes).map(|one| {
        one.map(|one| Written {
            amount_fen: one.amount_fen,
            from: one.from,
            lot: one.lot,
            to: one.to,
        })
    });
    each.collect()
}

/// Which signatures over a body are right.
#[derive(Debug, Default)]
pub struct Signed {
    /// The keys whose signatures are right.
    pub keys: Vec<Digest>,
    /// Is there one that is wrong?
    pub wrong: bool,
}

/// Checks the signatures over a body for the ledger whose record 0 has this leaf hash.
pub fn signed_by(signatures: &[Signature], ledger: &Digest, body: &[u8]) -> Signed {
    let mut signed = Signed::default();
    for signature in signatures {
        match signature.verify(ledger, body) {
            Ok(()) => signed.keys.push(Digest(signature.key.0)),
            Err(_) => signed.wrong = true,
        }
    }
    signed
}

/// How many bytes the movements of a record with this body may take: the record's bound less the
/// body and what the frame needs at most. Deciding and verifying judge by the same.
pub fn movement_bytes_max(body: &[u8]) -> usize {
    RECORD_BYTES_MAX - FRAME_BYTES_MAX - body.len()
}

/// What a record's frame takes at most, with four signatures and the longest principal.
const FRAME_BYTES_MAX: usize = 1200;

const _: () = assert!(EVENT_BYTES_MAX + FRAME_BYTES_MAX + 20 * 560 < RECORD_BYTES_MAX);

/// Shows a record that was checked before, as rules look at earlier events.
///
/// # Panics
/// When the bytes are no record: they were checked when they were written, or at the start.
pub fn look_at_record(record: &[u8], show: &mut dyn FnMut(&PastEvent<'_>)) {
    let frame = Record::parse(record).expect("a record that was checked has its frame");
    show_past(frame.event, frame.movements, frame.posted_by, frame.recorded_at, show);
}

/// Shows an event that was decided before, from its parts.
///
/// # Panics
/// As [`look_at_record`].
pub fn show_past(
    body: &[u8],
    movements: &[u8],
    posted_by: &str,
    recorded_at: Stamp,
    show: &mut dyn FnMut(&PastEvent<'_>),
) {
    let event = read_event(body).expect("what was recorded can be read");
    let movements = read_written(movements).expect("what was recorded can be read");
    show(&PastEvent { event: &event, body, movements: &movements, posted_by, recorded_at });
}
