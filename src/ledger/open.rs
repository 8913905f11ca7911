//! The start: from the disk to a state that may be posted to.
//!
//! Every record that no state file covers is hashed, linked, decided again and compared with what
//! it says; the root must equal or extend the newest checkpoint. Anything else stops the start with
//! file, record and reason: a ledger that is wrong is not written to.

use super::clock::{Clock, ClockFault, SystemClock, judge_start};
use super::desk::Desk;
use super::elsewhere::Elsewhere;
use super::log_keys::LogKeys;
use super::seal::{RandomSalts, Salts};
use super::upkeep::Behind;
use super::{Lead, Ledger};
use crate::base::Digest;
use crate::chain::checkpoint::Checkpoint;
use crate::chain::note::Note;
use crate::chain::record::{Record, leaf_hash};
use crate::chain::roots::Roots;
use crate::domain::{Facts, Past, PastEvent, State, Step};
use crate::seam::{look_at_record, movement_bytes_max, read_event, signed_by, written};
use crate::store::{self, Batch, Cut, Records, Segments, Store};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, OnceLock};

/// How a ledger is opened.
pub struct OpenOptions {
    /// The clock; none: the system's.
    pub clock: Option<Box<dyn Clock>>,
    /// Where salts come from.
    pub salts: Box<dyn Salts>,
    /// Believe the clock whatever it says.
    pub accept_clock: bool,
    /// The log's key file, where it is not in the ledger's folder.
    pub log_key: Option<PathBuf>,
    /// Who may hold larger heads of this ledger; asked after an unclean stop, a restore or a move.
    pub elsewhere: Option<Box<dyn Elsewhere>>,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            clock: None,
            salts: Box::new(RandomSalts),
            accept_clock: false,
            log_key: None,
            elsewhere: None,
        }
    }
}

/// What a start noticed and an operator has to know.
#[derive(Debug, Default)]
pub struct Noticed {
    /// What it cut away.
    pub cut: Option<Cut>,
    /// Who may hold a larger head and could not be asked.
    pub silent: Vec<String>,
}

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A record is not what it must be.
    #[error(
        "record {seq} is wrong: {reason}; run `fundtrail verify` and restore from a backup or a mirror"
    )]
    Record {
        /// Its number.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
    /// The records do not continue the newest checkpoint.
    #[error("the records do not continue the newest checkpoint: {reason}; run `fundtrail verify`")]
    Checkpoint {
        /// Both heads.
        reason: String,
    },
    /// Somebody else holds a head that these records do not continue.
    #[error("behind_witness: {behind}, as {by} says")]
    Behind {
        /// Who holds it.
        by: String,
        /// Both heads.
        behind: Behind,
    },
    /// The clock is not to be believed.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// The log's key is missing or not this ledger's.
    #[error("{path}: {reason}")]
    Key {
        /// The key file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

impl Ledger {
    /// Opens a ledger's folder for posting; tells what the start noticed.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed but for an incomplete last batch, which is kept in
    /// `cut/`.
    pub fn open(folder: &Path, mut options: OpenOptions) -> Result<(Ledger, Noticed), OpenError> {
        let (key, elsewhere) = (options.log_key.take(), options.elsewhere.take());
        let (mut ledger, cut) = Ledger::open_without_key(folder, options)?;
        let layout = store::layout::Layout::new(folder);
        let keys = LogKeys::read(&key.unwrap_or_else(|| layout.log_key()), &ledger.desk().state)?;
        ledger.log_keys = keys;
        let silent = match elsewhere {
            Some(elsewhere) => ledger.ask_elsewhere(&layout, &*elsewhere)?,
            None => Vec::new(),
        };
        Ok((ledger, Noticed { cut, silent }))
    }

    /// Opens a ledger that cannot sign yet.
    pub(super) fn open_without_key(
        folder: &Path,
        options: OpenOptions,
    ) -> Result<(Ledger, Option<Cut>), OpenError> {
        let (store, cut) = Segments::open(folder)?;
        let layout = store.layout().clone();
        let begun = super::upkeep::newest_state(&layout, &*store.reader(), &store.parts())?;
        let mut ledger = Ledger::from_state(Box::new(store), begun, options)?;
        ledger.folder = Some(layout);
        Ok((ledger, cut))
    }

    /// Opens a ledger on any store; without a folder there are no state files and no key.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn on_store(store: Box<dyn Store>, options: OpenOptions) -> Result<Ledger, OpenError> {
        Ledger::from_state(store, Replay::default(), options)
    }

    fn from_state(
        store: Box<dyn Store>,
        mut replay: Replay,
        options: OpenOptions,
    ) -> Result<Ledger, OpenError> {
        let reader = store.reader();
        let state_file_at = replay.state.size();
        replay.run(&*reader, reader.head().size)?;
        replay.is_at_head(&*reader)?;
        agrees_with_checkpoint(&replay, &*reader)?;
        let last = (replay.state.size() > 0).then_some(replay.state.recorded_at);
        let clock =
            options.clock.unwrap_or_else(|| Box::new(SystemClock::new(options.accept_clock)));
        if !options.accept_clock {
            judge_start(clock.now()?, last)?;
        }
        let desk = Desk {
            durable: replay.state.size(),
            state: replay.state,
            waiting: VecDeque::new(),
            flying: 0,
            roots: replay.roots,
            ledger: replay.ledger,
        };
        let batch = Batch::new(desk.durable);
        Ok(Ledger {
            desk: Mutex::new(desk),
            turn: Condvar::new(),
            lead: Mutex::new(Lead { store, salts: options.salts, batch, busy: false }),
            stopped: OnceLock::new(),
            reader,
            clock,
            log_keys: LogKeys::default(),
            folder: None,
            state_file_at,
            figures: Mutex::default(),
        })
    }
}

/// Records decided again, in order.
#[derive(Debug)]
pub(super) struct Replay {
    pub state: State,
    pub roots: Roots,
    /// The leaf hash of the last record.
    pub last: Digest,
    /// The leaf hash of record 0.
    pub ledger: Digest,
}

impl Default for Replay {
    fn default() -> Replay {
        Replay {
            state: State::new(),
            roots: Roots::default(),
            last: Digest::ZERO,
            ledger: Digest::ZERO,
        }
    }
}

impl Replay {
    /// Decides every record below `until` that is not yet in the state.
    pub fn run(&mut self, reader: &dyn Records, until: u64) -> Result<(), OpenError> {
        let from = self.state.size();
        let mut fault = None;
        reader.scan(from..until, &mut |seq, bytes| match self.step(seq, bytes, reader) {
            Ok(()) => ControlFlow::Continue(()),
            Err(reason) => {
                fault = Some(OpenError::Record { seq, reason });
                ControlFlow::Break(())
            }
        })?;
        fault.map_or(Ok(()), Err)
    }

    /// Is the last leaf hash the head's?
    fn is_at_head(&self, reader: &dyn Records) -> Result<(), OpenError> {
        match self.last == reader.head().leaf || self.state.size() == 0 {
            true => Ok(()),
            false => Err(OpenError::Checkpoint { reason: "the last leaf hash differs".to_owned() }),
        }
    }

    fn step(&mut self, seq: u64, bytes: &[u8], reader: &dyn Records) -> Result<(), String> {
        let record = Record::parse(bytes).map_err(|fault| fault.reason)?;
        if record.seq != seq {
            return Err(format!("its seq is {}", record.seq));
        }
        if record.prev != self.last {
            return Err("its prev is not the leaf hash of the record before".to_owned());
        }
        if record.recorded_at < self.state.recorded_at {
            return Err("its recorded_at lies before that of the record before".to_owned());
        }
        let event = read_event(record.event).map_err(|refusal| refusal.to_string())?;
        let signed = signed_by(&record.signatures, &self.ledger, record.event);
        let facts = Facts {
            seq,
            recorded_at: record.recorded_at,
            posted_by: record.posted_by,
            signed_by: &signed.keys,
            badly_signed: signed.wrong,
            by_program: true,
            body: record.event,
            movement_bytes_max: movement_bytes_max(record.event),
            past: &Stored { reader, roots: &self.roots },
        };
        match self.state.step(&event, &facts) {
            Ok(Step::Recorded(movements))
                if written(&movements, &self.state) == record.movements => {}
            Ok(Step::Recorded(_)) => {
                return Err("its movements are not what the rules decide".to_owned());
            }
            Ok(Step::Duplicate(first)) => {
                return Err(format!("its id stands in record {first} already"));
            }
            Err(refusal) => return Err(format!("the rules refuse it: {refusal}")),
        }
        self.last = leaf_hash(bytes);
        self.roots.push(self.last);
        if seq == 0 {
            self.ledger = self.last;
        }
        Ok(())
    }
}

/// Earlier records, all durable.
struct Stored<'s> {
    reader: &'s dyn Records,
    roots: &'s Roots,
}

impl Past for Stored<'_> {
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>)) {
        look_at_record(&self.record(seq), show);
    }

    fn root(&self, size: u64) -> Option<Digest> {
        self.roots.root(size, |seq| leaf_hash(&self.record(seq)))
    }
}

impl Stored<'_> {
    fn record(&self, seq: u64) -> Vec<u8> {
        let found = self.reader.read(seq).expect("a record that was just scanned can be read");
        found.expect("a record before the one that is decided is there")
    }
}

/// The root at the newest checkpoint's size is the checkpoint's. Its signature is not looked at
/// here: whoever can write the folder can sign, and `verify` judges by keys from outside.
fn agrees_with_checkpoint(replay: &Replay, reader: &dyn Records) -> Result<(), OpenError> {
    let Some(note) = reader.checkpoint() else { return Ok(()) };
    let fault = |reason: String| OpenError::Checkpoint { reason };
    let note = Note::parse(&note).map_err(|error| fault(error.to_string()))?;
    let checkpoint = Checkpoint::parse(note.text).map_err(|error| fault(error.to_string()))?;
    let stored = Stored { reader, roots: &replay.roots };
    match stored.root(checkpoint.size) {
        Some(root) if root == checkpoint.root => Ok(()),
        Some(root) => Err(fault(format!(
            "at {} records the checkpoint's root is {}, the records' is {root}",
            checkpoint.size, checkpoint.root
        ))),
        None => Err(fault(format!(
            "it covers {} records, but there are only {}",
            checkpoint.size,
            replay.state.size()
        ))),
    }
}
