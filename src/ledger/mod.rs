//! The ledger: the one story of how an event becomes a record.
//!
//! ```text
//! body ─gate─▶ event ─desk: decide─▶ group ─seal─▶ batch ─append─▶ DURABLE ─▶ answer
//! ```
//!
//! Events are decided one after the other at the desk, against a state that already holds those
//! ahead of them. Whoever posts then waits; the first that waits leads: it seals all groups that
//! stand there into one batch, appends it with one fdatasync, and wakes the others, while the next
//! groups are decided. Every answer waits for what it was decided on. After a failed append nothing
//! is concluded: the ledger stops, and opening it again tells what landed.

pub mod bulk;
mod clock;
mod continuing;
mod desk;
mod elsewhere;
mod incoming;
mod init;
pub mod live;
pub mod log_keys;
pub mod lookups;
mod open;
pub mod proving;
pub mod reading;
mod seal;
mod standing;
pub mod telling;
mod upkeep;
pub mod witnessed;

pub use clock::{Clock, ClockFault, SystemClock};
pub use continuing::{Continuation, ContinueError};
pub use elsewhere::{Asked, Elsewhere, Held, Newest};
pub use incoming::{Incoming, Poster};
pub use init::{InitError, Opening, builtin_jurisdictions};
pub use open::{Noticed, OpenError, OpenOptions};
pub use seal::{RandomSalts, Salts, SeededSalts};
pub use standing::{LotFigures, Usable};
pub use upkeep::{Behind, CheckpointError};

use crate::base::{Digest, Stamp};
use crate::domain::{Code, Event, Refusal, State};
use crate::store::{self, Batch, Head, Records, Store};
use desk::{Decided, Decision, Desk, Group};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};

/// The most records that single posts share in one batch (design section 6).
pub const BATCH_RECORDS_MAX: usize = 8192;

/// The most bytes that single posts share in one batch.
pub const BATCH_BYTES_MAX: usize = 8 << 20;

/// The most events of one atomic post.
pub const ATOMIC_EVENTS_MAX: usize = 100_000;

/// The most bytes of one atomic post's bodies.
pub const ATOMIC_BYTES_MAX: usize = 64 << 20;

const _: () = assert!(ATOMIC_BYTES_MAX < store::BATCH_BYTES_MAX, "an atomic post fits one batch");

/// How the events of one call belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All are recorded, or none: deciding stops at the first refusal.
    Atomic,
    /// Each by itself.
    Continue,
}

/// What became of one event, told only when the disk holds what it was decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded, durable.
    Recorded {
        /// Its number.
        seq: u64,
        /// Its leaf hash.
        leaf_hash: Digest,
    },
    /// The same body was recorded before.
    Duplicate {
        /// The first record's number.
        seq: u64,
        /// The first record's leaf hash.
        leaf_hash: Digest,
    },
    /// Not recorded, for this reason.
    Refused(Refusal),
    /// Not recorded because another event of the atomic post was refused, or the ledger stopped.
    NotRecorded,
}

/// An open ledger that can be posted to from many threads.
pub struct Ledger {
    desk: Mutex<Desk>,
    turn: Condvar,
    lead: Mutex<Lead>,
    /// Why nothing is posted any more. Apart from the leader's things, which are held while a batch
    /// is on its way: who waits asks for this with the desk in hand.
    stopped: OnceLock<String>,
    reader: Arc<dyn Records>,
    clock: Box<dyn Clock>,
    log_keys: log_keys::LogKeys,
    folder: Option<store::layout::Layout>,
    /// The size of the state file that the start began from.
    state_file_at: u64,
    figures: Mutex<live::Figures>,
}

/// What only the leader touches: the store and the salts.
struct Lead {
    store: Box<dyn Store>,
    salts: Box<dyn Salts>,
    batch: Batch,
    busy: bool,
}

impl Ledger {
    /// Posts events and waits until their outcomes are durable.
    ///
    /// `events` pairs each incoming body with what it was read as. The outcomes stand in the same
    /// order.
    ///
    /// # Errors
    /// [`store::Error`] when the ledger cannot write any more; nothing is known of the events then
    /// but that they may be posted again under their ids.
    pub fn post(
        &self,
        events: &[(&Incoming, Result<Event<'_>, Refusal>)],
        mode: Mode,
    ) -> Result<Vec<Outcome>, PostError> {
        let ticket = self.submit(events, mode)?;
        self.settle(ticket)
    }

    /// Decides events and puts them in the queue; [`Ledger::settle`] tells what became of them. The
    /// order of submitting is the order of the records.
    ///
    /// # Errors
    /// The clock cannot be trusted.
    pub fn submit(
        &self,
        events: &[(&Incoming, Result<Event<'_>, Refusal>)],
        mode: Mode,
    ) -> Result<Ticket, PostError> {
        let now = self.clock.now()?;
        let mut desk = self.desk();
        let (decisions, group) = match mode {
            Mode::Atomic => self.decide_atomic(&mut desk, events, now),
            Mode::Continue => self.decide_each(&mut desk, events, now),
        };
        desk.waiting.extend(group.clone());
        Ok(Ticket { decisions, group, until: desk.state.size() })
    }

    /// Waits until everything that the outcomes were decided on is durable, and tells them.
    ///
    /// # Errors
    /// As [`Ledger::post`].
    pub fn settle(&self, ticket: Ticket) -> Result<Vec<Outcome>, PostError> {
        self.await_durable(self.desk(), ticket.until)?;
        let group = ticket.group.as_deref();
        ticket.decisions.into_iter().map(|decision| self.outcome(decision, group)).collect()
    }

    /// Decides events on the durable state and records nothing: what [`Ledger::post`] would answer,
    /// with the movements that would be recorded.
    ///
    /// # Errors
    /// As [`Ledger::post`].
    pub fn dry_run(
        &self,
        events: &[(&Incoming, Result<Event<'_>, Refusal>)],
        mode: Mode,
    ) -> Result<Vec<DryOutcome>, PostError> {
        let now = self.clock.now()?;
        let desk = self.desk();
        let until = desk.state.size();
        self.await_durable(desk, until)?;
        let mut desk = self.desk();
        if desk.state.size() != desk.durable {
            // Others posted meanwhile; their events are in the draft and not yet true.
            return Err(PostError::Busy);
        }
        desk.state.open_scope();
        let mut group = Vec::new();
        let mut refused = false;
        let mut outcomes = Vec::with_capacity(events.len());
        for (incoming, event) in events {
            if refused && mode == Mode::Atomic {
                outcomes.push(DryOutcome::NotRecorded);
                continue;
            }
            let decision = self.decide_one(&mut desk, incoming, event, now, &mut group);
            outcomes.push(match decision {
                Decision::Recorded(seq) => {
                    let last = group.last().expect("a recorded event stands in the group");
                    DryOutcome::Recorded { seq, movements: last.movements.clone() }
                }
                Decision::Duplicate(seq) => DryOutcome::Duplicate { seq },
                Decision::Refused(refusal) => {
                    refused = true;
                    DryOutcome::Refused(refusal)
                }
            });
        }
        desk.state.undo_scope();
        Ok(outcomes)
    }

    /// The durable head.
    pub fn head(&self) -> Head {
        self.reader.head()
    }

    /// The root of the durable tree.
    pub fn root(&self) -> Digest {
        self.desk().roots.newest()
    }

    /// The durable records.
    pub fn reader(&self) -> &Arc<dyn Records> {
        &self.reader
    }

    /// The origin that checkpoints bear now.
    pub fn origin(&self) -> String {
        self.desk().state.origin().unwrap_or_default().to_owned()
    }

    /// Shows the state, which may be ahead of the disk while others post.
    pub fn with_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.desk().state)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        // A poisoned desk means that a law was broken while deciding: the writer halts.
        self.desk.lock().expect("no event has broken a law at the desk")
    }

    fn decide_one(
        &self,
        desk: &mut Desk,
        incoming: &Incoming,
        event: &Result<Event<'_>, Refusal>,
        now: Stamp,
        group: &mut Vec<Decided>,
    ) -> Decision {
        match event {
            Ok(event) => desk.decide(incoming, event, now, false, group, &*self.reader),
            Err(refusal) => Decision::Refused(refusal.clone()),
        }
    }

    fn decide_each(
        &self,
        desk: &mut Desk,
        events: &[(&Incoming, Result<Event<'_>, Refusal>)],
        now: Stamp,
    ) -> (Vec<Option<Decision>>, Option<Arc<Group>>) {
        let first = desk.state.size();
        let mut group = Vec::new();
        let decisions = events
            .iter()
            .map(|(incoming, event)| Some(self.decide_one(desk, incoming, event, now, &mut group)))
            .collect();
        (decisions, grouped(first, group))
    }

    fn decide_atomic(
        &self,
        desk: &mut Desk,
        events: &[(&Incoming, Result<Event<'_>, Refusal>)],
        now: Stamp,
    ) -> (Vec<Option<Decision>>, Option<Arc<Group>>) {
        let bytes: usize = events.iter().map(|(incoming, _)| incoming.body.len()).sum();
        if events.len() > ATOMIC_EVENTS_MAX || bytes > ATOMIC_BYTES_MAX {
            let too_large = Refusal::new(Code::BatchTooLarge);
            let mut decisions: Vec<_> = events.iter().map(|_| None).collect();
            if let Some(first) = decisions.first_mut() {
                *first = Some(Decision::Refused(too_large));
            }
            return (decisions, None);
        }
        let first = desk.state.size();
        let mut group = Vec::new();
        let mut decisions: Vec<Option<Decision>> = Vec::with_capacity(events.len());
        desk.state.open_scope();
        for (incoming, event) in events {
            let decision = self.decide_one(desk, incoming, event, now, &mut group);
            let refused = matches!(decision, Decision::Refused(_));
            decisions.push(Some(decision));
            if refused {
                break;
            }
        }
        if !matches!(decisions.last(), Some(Some(Decision::Refused(_)))) {
            desk.state.keep_scope();
            return (decisions, grouped(first, group));
        }
        desk.state.undo_scope();
        for decision in &mut decisions {
            if !matches!(decision, Some(Decision::Refused(_))) {
                *decision = None;
            }
        }
        decisions.resize_with(events.len(), || None);
        (decisions, None)
    }

    /// Waits until so many records are durable, and leads where nobody does.
    fn await_durable<'l>(
        &'l self,
        mut desk: MutexGuard<'l, Desk>,
        until: u64,
    ) -> Result<(), PostError> {
        loop {
            if desk.durable >= until {
                return Ok(());
            }
            if let Some(reason) = self.stopped.get() {
                return Err(PostError::Stopped(reason.clone()));
            }
            if desk.flying == 0 {
                desk.flying = seal::how_many(&desk.waiting);
                let groups: Vec<_> = desk.waiting.iter().take(desk.flying).cloned().collect();
                drop(desk);
                let result = self.append(&groups);
                desk = self.desk();
                self.landed(&mut desk, result);
                self.turn.notify_all();
            } else {
                desk = self.turn.wait(desk).expect("no event has broken a law at the desk");
            }
        }
    }

    /// Seals groups into one batch and appends it: durable when this returns.
    fn append(&self, groups: &[Arc<Group>]) -> Result<Head, store::Error> {
        let mut lead = self.lead.lock().expect("a leader never panics between seal and append");
        assert!(!lead.busy, "one leads at a time");
        lead.busy = true;
        let after = self.reader.head();
        let Lead { store, salts, batch, .. } = &mut *lead;
        let result = match seal::seal(groups, after, &mut **salts, batch) {
            Ok(()) => {
                let since = std::time::Instant::now();
                let result = store.append(&after, batch);
                live::locked(&self.figures).count(groups, since.elapsed());
                result
            }
            Err(too_large) => Err(too_large),
        };
        if let Err(error) = &result {
            self.stop_posting(&error.to_string());
        }
        lead.busy = false;
        result
    }

    fn landed(&self, desk: &mut Desk, result: Result<Head, store::Error>) {
        let flown = std::mem::take(&mut desk.flying);
        let Ok(head) = result else { return };
        for group in desk.waiting.drain(..flown) {
            for leaf in group.leaves.get().expect("a batch that landed was sealed") {
                desk.roots.push(*leaf);
            }
            desk.durable = group.end();
        }
        assert!(desk.durable == head.size, "what landed is what was sent");
        assert!(desk.roots.size() == head.size, "the tree holds every durable record");
    }

    /// Stops posting for good; the first reason is the one that every poster is told.
    pub(crate) fn stop_posting(&self, reason: &str) {
        self.stopped.get_or_init(|| reason.to_owned());
    }

    fn outcome(
        &self,
        decision: Option<Decision>,
        group: Option<&Group>,
    ) -> Result<Outcome, PostError> {
        Ok(match decision {
            None => Outcome::NotRecorded,
            Some(Decision::Refused(refusal)) => Outcome::Refused(refusal),
            Some(Decision::Duplicate(seq)) => {
                let record = self.reader.read(seq).map_err(PostError::Store)?;
                let record = record.expect("what an answer was decided on is durable");
                Outcome::Duplicate { seq, leaf_hash: crate::chain::record::leaf_hash(&record) }
            }
            Some(Decision::Recorded(seq)) => {
                let group = group.expect("a recorded event stands in a group");
                let at = usize::try_from(seq - group.first).expect("a group fits the memory");
                let leaves = group.leaves.get().expect("a durable group was sealed");
                Outcome::Recorded { seq, leaf_hash: leaves[at] }
            }
        })
    }
}

/// Events that were decided and wait for the disk.
#[must_use = "outcomes are told only by settling"]
pub struct Ticket {
    decisions: Vec<Option<Decision>>,
    group: Option<Arc<Group>>,
    until: u64,
}

/// What a dry run says of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DryOutcome {
    /// It would be recorded, with these movements (canonical JSON).
    Recorded {
        /// The number that it would have.
        seq: u64,
        /// Its movements.
        movements: Vec<u8>,
    },
    /// The same body is recorded already.
    Duplicate {
        /// The first record's number.
        seq: u64,
    },
    /// It would be refused.
    Refused(Refusal),
    /// It would not be recorded because an event before it is refused.
    NotRecorded,
}

/// Why events could not be posted at all.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The ledger has stopped writing.
    #[error(
        "the ledger has stopped writing: {0}; open it again, then post again: what was recorded is answered as duplicate"
    )]
    Stopped(String),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The clock cannot be trusted.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// Others post at the same time, so there is no durable state to try the events on.
    #[error("others are posting just now; try the dry run again")]
    Busy,
}

fn grouped(first: u64, events: Vec<Decided>) -> Option<Arc<Group>> {
    match events.is_empty() {
        true => None,
        false => Some(Arc::new(Group { first, events, leaves: OnceLock::new() })),
    }
}
