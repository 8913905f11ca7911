//! The desk: where events are decided, one after the other, against a state that already holds the
//! events ahead of them.
//!
//! What is decided here is not yet true: it waits in groups until a batch carries it to the disk.
//! The desk reads no disk but for the one permitted look-up of earlier records.

use super::incoming::Incoming;
use crate::base::{Digest, Stamp};
use crate::chain::record::leaf_hash;
use crate::chain::roots::Roots;
use crate::chain::signature::Signature;
use crate::domain::{Event, Facts, Past, PastEvent, Refusal, State, Step};
use crate::seam::{look_at_record, movement_bytes_max, show_past, signed_by, written};
use crate::store::Records;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// An event that the rules have decided to record.
#[derive(Debug)]
pub(super) struct Decided {
    pub body: Vec<u8>,
    pub movements: Vec<u8>,
    pub posted_by: String,
    pub recorded_at: Stamp,
    pub signatures: Vec<Signature>,
}

/// Events that go to the disk together: one atomic post, or the accepted events of one call.
#[derive(Debug)]
pub(super) struct Group {
    /// The sequence of its first event.
    pub first: u64,
    /// The events.
    pub events: Vec<Decided>,
    /// Their leaf hashes, once sealed.
    pub leaves: OnceLock<Vec<Digest>>,
}

impl Group {
    /// The sequence behind its last event.
    pub fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }

    /// About how many bytes its records will have.
    pub fn bytes(&self) -> usize {
        self.events.iter().map(|one| one.body.len() + one.movements.len() + RECORD_OVERHEAD).sum()
    }
}

/// About what a record holds besides body and movements.
const RECORD_OVERHEAD: usize = 400;

/// What the rules made of one event at the desk.
#[derive(Debug)]
pub(super) enum Decision {
    Recorded(u64),
    Duplicate(u64),
    Refused(Refusal),
}

/// The draft state and what waits to become durable.
pub(super) struct Desk {
    /// The state, ahead of the disk.
    pub state: State,
    /// Decided groups, not yet durable; the first `flying` of them are on their way.
    pub waiting: VecDeque<Arc<Group>>,
    /// How many of the waiting groups are on their way to the disk.
    pub flying: usize,
    /// How many records are durable.
    pub durable: u64,
    /// Roots of the durable tree.
    pub roots: Roots,
    /// Leaf hash of record 0, which signatures are made for; zero before it is recorded.
    pub ledger: Digest,
}

impl Desk {
    /// Decides one event; if it is to be recorded it is in the state from now on.
    ///
    /// `by_program` is for `init` and a restore alone.
    pub fn decide(
        &mut self,
        incoming: &Incoming,
        event: &Event<'_>,
        recorded_at: Stamp,
        by_program: bool,
        group: &mut Vec<Decided>,
        reader: &dyn Records,
    ) -> Decision {
        let checked = signed_by(&incoming.signatures, &self.ledger, &incoming.body);
        let recorded_at = recorded_at.max(self.state.recorded_at);
        let earlier = Earlier {
            reader,
            durable: self.durable,
            waiting: &self.waiting,
            open: group,
            roots: &self.roots,
        };
        let facts = Facts {
            seq: self.state.size(),
            recorded_at,
            posted_by: &incoming.posted_by,
            signed_by: &checked.keys,
            badly_signed: checked.wrong,
            by_program,
            body: &incoming.body,
            movement_bytes_max: movement_bytes_max(&incoming.body),
            past: &earlier,
        };
        let seq = facts.seq;
        let movements = match self.state.step(event, &facts) {
            Ok(Step::Recorded(movements)) => movements,
            Ok(Step::Duplicate(seq)) => return Decision::Duplicate(seq),
            Err(refusal) => return Decision::Refused(refusal),
        };
        group.push(Decided {
            body: incoming.body.clone(),
            movements: written(&movements, &self.state),
            posted_by: incoming.posted_by.clone(),
            recorded_at,
            signatures: incoming.signatures.clone(),
        });
        Decision::Recorded(seq)
    }
}

/// Earlier records: durable ones from the store, later ones from what waits and what is open.
struct Earlier<'e> {
    reader: &'e dyn Records,
    durable: u64,
    waiting: &'e VecDeque<Arc<Group>>,
    open: &'e [Decided],
    roots: &'e Roots,
}

impl Past for Earlier<'_> {
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>)) {
        if seq < self.durable {
            return look_at_record(&read_durable(self.reader, seq), show);
        }
        let group = self.waiting.iter().find(|group| (group.first..group.end()).contains(&seq));
        let decided = match group {
            Some(group) => &group.events[usize_of(seq - group.first)],
            None => {
                let first = self.waiting.back().map_or(self.durable, |group| group.end());
                &self.open[usize_of(seq - first)]
            }
        };
        let (posted_by, recorded_at) = (&decided.posted_by, decided.recorded_at);
        show_past(&decided.body, &decided.movements, posted_by, recorded_at, show);
    }

    fn root(&self, size: u64) -> Option<Digest> {
        self.roots.root(size, |seq| leaf_hash(&read_durable(self.reader, seq)))
    }
}

fn usize_of(count: u64) -> usize {
    usize::try_from(count).expect("what waits fits the memory")
}

/// A durable record's bytes. The store answers `None` only beyond its head, and damage that appears
/// under a running writer stops it: it must not decide on what it cannot read.
fn read_durable(reader: &dyn Records, seq: u64) -> Vec<u8> {
    match reader.read(seq) {
        Ok(Some(record)) => record,
        Ok(None) => unreachable!("record {seq} is durable"),
        Err(error) => panic!("record {seq} cannot be read back: {error}"),
    }
}
