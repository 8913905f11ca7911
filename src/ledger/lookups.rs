//! Look-ups: which records concern a jurisdiction, a lot, a project, a payee, a type.
//!
//! Derived and written behind the acknowledgement; no rule ever reads them. A clean stop brings
//! them up by a bounded number of records; who asks while they lag folds every record instead, so
//! an answer never depends on them.

use super::reading::{self, ReadError};
use crate::domain::{Data, Type};
use crate::projections::{Fold, Told};
use crate::store::Records;
use crate::store::layout::Layout;
use crate::store::lookups::{Lookups, Order};
use std::collections::BTreeSet;
use std::ops::Range;

/// The version of the keys: of another one the look-ups are made anew.
pub(super) const KEYS_VERSION: u32 = 1;

/// How many records a clean stop, or a question, brings the look-ups up at most: a second's work.
const CATCH_UP_RECORDS: u64 = 20_000;

/// How many records are read between two looks at whether enough were found.
const SEARCH_RECORDS: usize = 4096;

/// The most record numbers that one question gets at once.
const LIST_MAX: usize = 100_000;

/// What records are looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// A jurisdiction's code: the event's, or a place's.
    Jurisdiction(&'k str),
    /// A lot.
    Lot(&'k str),
    /// A project.
    Project(&'k str),
    /// A payee or unit.
    Payee(&'k str),
    /// A type of event.
    Type(&'k str),
}

impl Key<'_> {
    pub(super) fn bytes(self) -> Vec<u8> {
        let (kind, name) = match self {
            Key::Jurisdiction(name) => (b'j', name),
            Key::Lot(name) => (b'l', name),
            Key::Project(name) => (b'p', name),
            Key::Payee(name) => (b'y', name),
            Key::Type(name) => (b't', name),
        };
        let mut bytes = vec![kind, b'/'];
        bytes.extend_from_slice(name.as_bytes());
        bytes
    }
}

/// Brings the look-ups of a ledger up, by a bounded number of records.
///
/// # Errors
/// [`ReadError`]; the ledger works on without.
pub fn bring_up(layout: &Layout, records: &dyn Records) -> Result<(), ReadError> {
    let (lookups, _made_anew) = Lookups::open(layout, KEYS_VERSION, records)?;
    let head = records.head();
    let from = lookups.position();
    // They are written at the head alone, so a large gap is closed by those who serve, or not at
    // all.
    if head.size.saturating_sub(from) > CATCH_UP_RECORDS {
        return Ok(());
    }
    let mut keys = Keys { lookups: &lookups };
    reading::fold(records, from..head.size, &mut keys)?;
    lookups.write(&head)?;
    Ok(())
}

/// The numbers of the records that have a key, in order; none where the look-ups lag too far, are
/// held by another process or cannot be used: then every record is to be asked.
pub fn find(layout: &Layout, records: &dyn Records, key: Key<'_>) -> Option<Vec<u64>> {
    let (lookups, _made_anew) = Lookups::open(layout, KEYS_VERSION, records).ok()?;
    let (from, size) = (lookups.position(), records.head().size);
    if size.saturating_sub(from) > CATCH_UP_RECORDS {
        return None;
    }
    reading::fold(records, from..size, &mut Keys { lookups: &lookups }).ok()?;
    let found = lookups.list(&key.bytes(), Order::Ascending, 0, LIST_MAX).ok()?;
    (found.len() < LIST_MAX).then_some(found)
}

/// Tells a fold of the records with these numbers.
///
/// # Errors
/// [`ReadError`].
pub fn fold_some(
    records: &dyn Records,
    seqs: &[u64],
    into: &mut dyn Fold,
) -> Result<(), ReadError> {
    for seq in seqs {
        let record = reading::read_durable(records, *seq)?;
        reading::tell(*seq, &record, into)
            .map_err(|reason| ReadError::Record { seq: *seq, reason })?;
    }
    Ok(())
}

/// The fold that adds each record under its keys.
pub(super) struct Keys<'k> {
    pub lookups: &'k Lookups,
}

impl Fold for Keys<'_> {
    fn wants_event(&self, kind: Type) -> bool {
        names_payee(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.lookups.add(told.seq, keys_of(told));
    }
}

/// The numbers of up to `limit` records of a range with a key, by reading every record.
///
/// # Errors
/// [`ReadError`].
pub(super) fn search(
    records: &dyn Records,
    range: Range<u64>,
    key: Key<'_>,
    limit: usize,
) -> Result<Vec<u64>, ReadError> {
    let mut searching = Searching { key: key.bytes(), found: Vec::new() };
    for start in range.clone().step_by(SEARCH_RECORDS) {
        if searching.found.len() >= limit {
            break;
        }
        let end = range.end.min(start + SEARCH_RECORDS as u64);
        reading::fold(records, start..end, &mut searching)?;
    }
    searching.found.truncate(limit);
    Ok(searching.found)
}

/// The fold that finds the records of one key.
struct Searching {
    key: Vec<u8>,
    found: Vec<u64>,
}

impl Fold for Searching {
    fn wants_event(&self, kind: Type) -> bool {
        names_payee(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        if keys_of(told).contains(&self.key) {
            self.found.push(told.seq);
        }
    }
}

fn names_payee(kind: Type) -> bool {
    matches!(kind, Type::DisbursementMade | Type::ReimbursementAccepted)
}

/// The keys under which a record is found.
fn keys_of(told: &Told<'_>) -> BTreeSet<Vec<u8>> {
    let mut keys: BTreeSet<Vec<u8>> = BTreeSet::new();
    keys.insert(Key::Type(told.kind.spec().name).bytes());
    keys.insert(Key::Jurisdiction(&told.here.to_string()).bytes());
    for movement in told.movements {
        keys.insert(Key::Lot(movement.lot).bytes());
        for place in [movement.from, movement.to] {
            keys.extend(key_of_place(place));
        }
    }
    match told.event.filter(|_| names_payee(told.kind)).map(|event| &event.data) {
        Some(Data::DisbursementMade(data)) => {
            keys.insert(Key::Payee(data.payee.as_str()).bytes());
        }
        Some(Data::ReimbursementAccepted(data)) => {
            keys.insert(Key::Payee(data.unit.as_str()).bytes());
        }
        Some(_) | None => {}
    }
    keys
}

fn key_of_place(path: &str) -> Option<Vec<u8>> {
    let mut steps = path.split('/');
    match steps.next()? {
        "available" | "surplus" | "consolidated" => Some(Key::Jurisdiction(steps.next()?).bytes()),
        "committed" | "spent" => Some(Key::Project(steps.next()?).bytes()),
        "advanced" | "reclaim" => Some(Key::Project(steps.nth(1)?).bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_places_name_what_they_belong_to() {
        for (place, key) in [
            ("available/130723", Some(Key::Jurisdiction("130723"))),
            ("consolidated/130723/K1", Some(Key::Jurisdiction("130723"))),
            ("committed/P1/130723", Some(Key::Project("P1"))),
            ("advanced/u/P1/130723", Some(Key::Project("P1"))),
            ("outside", None),
        ] {
            assert_eq!(key_of_place(place), key.map(Key::bytes), "{place}");
        }
    }
}
