//! A store in memory that fails on demand, for tests, simulations and dry runs.
//!
//! The medium outlives its writers as a disk does. It tells apart what is durable and what the page
//! cache shows, so that a failed sync whose bytes can still be read is as treacherous here as on a
//! real machine. The contract is [`Store`]'s.

use super::{Batch, Error, Head, Records, Store, Visit, frame, judge_checkpoint};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a call of the writer fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was appended and asking again is safe.
    Unavailable,
    /// No room; nothing was appended.
    Full,
    /// The outcome is unknown and nothing landed.
    Lost,
    /// The outcome is unknown and the whole batch landed.
    Landed,
    /// The outcome is unknown, half of the batch landed.
    Torn,
    /// The sync failed and the bytes can still be read: they outlive a killed process, not a power
    /// cut.
    Cached,
}

/// What the writers write on.
#[derive(Clone, Debug, Default)]
pub struct Medium {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The newest writer's term.
    term: u64,
    /// Records that are on the medium, or that the page cache shows.
    records: Vec<Vec<u8>>,
    /// How many of them a power cut spares.
    on_medium: usize,
    /// What was acknowledged, and what readers see.
    head: Head,
    checkpoint: Option<Arc<[u8]>>,
    calls: u64,
    plan: Vec<(u64, Fault)>,
}

impl Medium {
    /// An empty medium.
    pub fn new() -> Medium {
        Medium::default()
    }

    /// Makes the writer's call number `call` (appends and checkpoints, counted from 0 over the
    /// medium's whole life) fail.
    pub fn fail_at(&self, call: u64, fault: Fault) {
        self.lock().plan.push((call, fault));
    }

    /// How many calls writers have made so far.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Takes the power away: what was only in the page cache is gone.
    pub fn power_cut(&self) {
        let mut inner = self.lock();
        let spared = inner.on_medium;
        inner.records.truncate(spared);
        inner.term += 1;
    }

    /// Changes a stored record, as damage or a forger would.
    pub fn tamper(&self, seq: u64, change: impl FnOnce(&mut Vec<u8>)) {
        if let Some(record) = self.lock().records.get_mut(seq as usize) {
            change(record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A writer on a [`Medium`].
#[derive(Debug)]
pub struct Memory {
    medium: Medium,
    term: u64,
    stopped: bool,
}

impl Memory {
    /// Opens the medium under a new term; earlier writers are fenced. A torn last batch is cut.
    ///
    /// # Errors
    /// `Damaged` when an acknowledged record is gone.
    pub fn open(medium: &Medium) -> Result<Memory, Error> {
        let mut inner = medium.lock();
        inner.term += 1;
        let whole = |record: &Vec<u8>| frame::batch_left(record) == Some(0);
        let good = inner.records.iter().rposition(whole).map_or(0, |at| at + 1);
        if (good as u64) < inner.head.size {
            let reason = format!("{} records were acknowledged, {good} are whole", inner.head.size);
            return Err(Error::damaged(Path::new("memory"), good as u64 + 1, reason));
        }
        inner.records.truncate(good);
        inner.on_medium = good;
        if let Some(last) = inner.records.last() {
            inner.head = Head { size: good as u64, leaf: frame::leaf(last) };
        }
        let term = inner.term;
        drop(inner);
        Ok(Memory { medium: medium.clone(), term, stopped: false })
    }

    fn begin(&self) -> Result<(MutexGuard<'_, Inner>, Option<Fault>), Error> {
        let mut inner = self.medium.lock();
        if self.stopped {
            return Err(unknown());
        }
        if inner.term != self.term {
            return Err(Error::Fenced);
        }
        let call = inner.calls;
        inner.calls += 1;
        let fault = inner.plan.iter().find(|(at, _)| *at == call).map(|(_, fault)| *fault);
        Ok((inner, fault))
    }
}

fn unknown() -> Error {
    Error::OutcomeUnknown { reason: "a write to memory failed on demand".to_owned() }
}

fn unavailable() -> Error {
    let source = io::Error::other("failed on demand");
    Error::unavailable("write", Path::new("memory"), source)
}

impl Store for Memory {
    fn append(&mut self, after: &Head, batch: &Batch) -> Result<Head, Error> {
        let (mut inner, fault) = self.begin()?;
        if *after != inner.head {
            return Err(Error::HeadMoved { head: inner.head });
        }
        batch.assert_follows(after);
        let records: Vec<Vec<u8>> = batch.records().map(<[u8]>::to_vec).collect();
        let (shown, on_medium) = match fault {
            None | Some(Fault::Landed) => (records.len(), records.len()),
            Some(Fault::Cached) => (records.len(), 0),
            Some(Fault::Torn) => (records.len() / 2, records.len() / 2),
            Some(Fault::Lost) => (0, 0),
            Some(Fault::Unavailable) => return Err(unavailable()),
            Some(Fault::Full) => {
                let needed_bytes = batch.lines().len() as u64;
                return Err(Error::StorageFull { needed_bytes, path: "memory".into() });
            }
        };
        inner.records.extend(records.into_iter().take(shown));
        inner.on_medium += on_medium;
        if fault.is_some() {
            drop(inner);
            self.stopped = true;
            return Err(unknown());
        }
        inner.head = batch.head();
        assert!(inner.head.size == inner.records.len() as u64, "every record is there");
        Ok(inner.head)
    }

    fn put_checkpoint(&mut self, note: &[u8]) -> Result<(), Error> {
        let (mut inner, fault) = self.begin()?;
        let ends = |size: u64| Ok(frame::batch_left(&inner.records[size as usize - 1]) == Some(0));
        judge_checkpoint(note, inner.checkpoint.as_deref(), &inner.head, ends)?;
        match fault {
            None => {
                inner.checkpoint = Some(note.into());
                Ok(())
            }
            Some(Fault::Landed | Fault::Cached) => {
                inner.checkpoint = Some(note.into());
                Err(unavailable())
            }
            Some(Fault::Unavailable | Fault::Full | Fault::Lost | Fault::Torn) => {
                Err(unavailable())
            }
        }
    }

    fn reader(&self) -> Arc<dyn Records> {
        Arc::new(self.medium.clone())
    }
}

impl Records for Medium {
    fn head(&self) -> Head {
        self.lock().head
    }

    fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        let inner = self.lock();
        if seq >= inner.head.size {
            return Ok(None);
        }
        Ok(inner.records.get(seq as usize).cloned())
    }

    fn scan(&self, range: Range<u64>, visit: &mut Visit<'_>) -> Result<(), Error> {
        for seq in range.start..range.end.min(self.head().size) {
            // The lock is not kept while the visitor runs: it may read.
            let Some(record) = self.read(seq)? else { break };
            if visit(seq, &record).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn checkpoint(&self) -> Option<Arc<[u8]>> {
        self.lock().checkpoint.clone()
    }
}

impl Records for Memory {
    fn head(&self) -> Head {
        self.medium.head()
    }

    fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        self.medium.read(seq)
    }

    fn scan(&self, range: Range<u64>, visit: &mut Visit<'_>) -> Result<(), Error> {
        self.medium.scan(range, visit)
    }

    fn checkpoint(&self) -> Option<Arc<[u8]>> {
        self.medium.checkpoint()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{contract, samples};
    use super::*;

    #[test]
    fn it_keeps_the_contract() {
        let medium = Medium::new();
        contract::keeps(&|| Memory::open(&medium).map(|store| Box::new(store) as Box<dyn Store>));
    }

    #[test]
    fn each_fault_leaves_all_or_nothing_and_says_so() {
        for (fault, after_kill, after_power_cut) in [
            (Fault::Unavailable, 2, 2),
            (Fault::Full, 2, 2),
            (Fault::Lost, 2, 2),
            (Fault::Landed, 6, 6),
            (Fault::Torn, 2, 2),
            (Fault::Cached, 6, 2),
        ] {
            for (power_cut, expected) in [(false, after_kill), (true, after_power_cut)] {
                let medium = Medium::new();
                let mut store = Memory::open(&medium).unwrap();
                let head = store.append(&Head::EMPTY, &samples::batch(Head::EMPTY, 2)).unwrap();
                medium.fail_at(1, fault);
                let batch = samples::batch(head, 4);
                let error = store.append(&head, &batch).unwrap_err();
                let known = matches!(error, Error::Unavailable { .. } | Error::StorageFull { .. });
                assert_eq!(known, matches!(fault, Fault::Unavailable | Fault::Full));
                assert_eq!(store.head(), head, "readers see what was acknowledged");
                assert_eq!(store.append(&head, &batch).is_ok(), known, "{fault:?}");
                if power_cut {
                    medium.power_cut();
                }
                let expected = if known { 6 } else { expected };
                assert_eq!(Memory::open(&medium).unwrap().head().size, expected, "{fault:?}");
            }
        }
    }
}
