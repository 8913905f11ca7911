//! Telling the story to a ledger: a new folder, each event by its principal at its time, and at the
//! end the auditors' word on the head.
//!
//! A refused event is a mistake in the story, so it stops everything.

use super::calendar::{StoryClock, day, last_day, moment};
use super::diary::Entry;
use super::{LookUp, Story};
use crate::base::{Code, Digest, EventId};
use crate::domain::{Event, Refusal};
use crate::ledger::reading::{self, ReadError};
use crate::ledger::{
    CheckpointError, Incoming, InitError, Ledger, Mode, OpenError, OpenOptions, Opening, Outcome,
    PostError, SeededSalts, Ticket,
};
use crate::projections::balances::Balances;
use crate::projections::{Fold, Told, figures_sha256};
use rayon::prelude::*;
use serde_json::json;
use std::path::Path;

/// How many events are recorded before the ledger is asked whether they are durable: enough that a
/// sync is worth it, few enough to be held in memory at ease.
const CHUNK: usize = 1024;

/// How many events may lie between a report and the newest one that it states: what a report states
/// is read back from the ledger, and a sync before each would take longer than all the rest.
const FRESH: usize = 128;

/// Why a demo ledger could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger could not be begun.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The new ledger could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger stopped writing.
    #[error(transparent)]
    Post(#[from] PostError),
    /// What was recorded could not be read back.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The end could not be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// A demo ledger that was made.
#[derive(Debug)]
pub struct Made {
    /// How many records it holds.
    pub records: u64,
    /// The root of their tree.
    pub root: Digest,
    /// Look-up codes of gifts whose donors heard back.
    pub look_ups: Vec<LookUp>,
}

/// Makes a demo ledger in a folder that does not exist or is empty, and tells `progress` how many
/// events are recorded so far.
///
/// # Errors
/// [`Error`].
///
/// # Panics
/// When an event of the story is refused: the story is wrong then.
pub fn make(folder: &Path, story: &Story, progress: &dyn Fn(u64)) -> Result<Made, Error> {
    let (entries, look_ups) = story.tell();
    // The day of the first records, a year before the story: nothing of them is entered late.
    let clock = StoryClock::at(moment(day(2016, 1, 1), 9 * 60));
    let key_seed = Digest::of(&[b"fundtrail-demo/key/", &story.seed.to_be_bytes()]);
    let origin = story.origin();
    Ledger::init(
        folder,
        Opening {
            key_seed: Some(key_seed.0),
            clock: Box::new(clock.clone()),
            salts: Box::new(SeededSalts::new(story.seed)),
            ..Opening::new(&origin)
        },
    )?;
    let options = OpenOptions {
        clock: Some(Box::new(clock.clone())),
        // Another stream of salts than that of the first records.
        salts: Box::new(SeededSalts::new(!story.seed)),
        accept_clock: true,
        ..OpenOptions::default()
    };
    let (ledger, noticed) = Ledger::open(folder, options)?;
    assert!(noticed.cut.is_none(), "a ledger that was just made was stopped cleanly");
    let mut telling = Telling { ledger, clock, read: Read::new() };
    let mut entries = entries.into_iter().peekable();
    while let Some(first) = entries.next() {
        let least = if telling.read.last.is_none() { 0 } else { FRESH };
        let mut chunk = vec![first];
        let fits = |next: &Entry, long: usize| long < CHUNK && !(is_report(next) && long > least);
        while let Some(next) = entries.next_if(|next| fits(next, chunk.len())) {
            chunk.push(next);
        }
        telling.tell(chunk)?;
        progress(telling.read.size);
    }
    telling.vouch()?;
    let Telling { ledger, .. } = telling;
    let (records, root) = (ledger.head().size, ledger.root());
    ledger.close()?;
    Ok(Made { records, root, look_ups })
}

struct Telling {
    ledger: Ledger,
    clock: StoryClock,
    read: Read,
}

impl Telling {
    /// Posts a chunk, each event at its own time, and reads it back.
    fn tell(&mut self, mut chunk: Vec<Entry>) -> Result<(), Error> {
        chunk.iter_mut().for_each(|entry| self.read.fill_in(entry));
        let incoming: Vec<Incoming> = chunk.par_iter().map(incoming).collect();
        let events: Vec<Result<Event<'_>, Refusal>> =
            incoming.par_iter().map(Incoming::event).collect();
        let mut tickets: Vec<Ticket> = Vec::with_capacity(chunk.len());
        for ((entry, incoming), event) in chunk.iter().zip(&incoming).zip(events) {
            self.clock.put(entry.recorded);
            tickets.push(self.ledger.submit(&[(incoming, event)], Mode::Continue)?);
        }
        for (ticket, incoming) in tickets.into_iter().zip(&incoming) {
            for outcome in self.ledger.settle(ticket)? {
                let body = String::from_utf8_lossy(&incoming.body);
                assert!(
                    matches!(outcome, Outcome::Recorded { .. }),
                    "the story is wrong: {outcome:?} for {} of {body}",
                    incoming.posted_by
                );
            }
        }
        let records = self.ledger.reader().clone();
        let size = records.head().size;
        reading::fold(&*records, self.read.size..size, &mut self.read)?;
        self.read.size = size;
        Ok(())
    }

    /// The auditors have recomputed the ledger and say so.
    fn vouch(&mut self) -> Result<(), Error> {
        let (size, root) = (self.ledger.head().size, self.ledger.root());
        let id = EventId::derived(&EventId(0), format!("vouch/{root}").as_bytes());
        let body = json!({
            "id": id.to_string(), "type": "verification_filed", "jurisdiction": "130000",
            "business_date": last_day(), "docs": [],
            "by": { "org": "hb-audit", "maker": "hb-audit-02", "checker": "hb-audit-07" },
            "data": { "size": size, "root": root, "verdict": "sound", "text": "年度核验(示例)" },
        });
        let recorded = moment(last_day(), 23 * 60);
        self.tell(vec![Entry { recorded, posted_by: "hb-audit-desk".to_owned(), body }])
    }
}

fn is_report(entry: &Entry) -> bool {
    entry.body["type"] == "report_filed"
}

fn incoming(entry: &Entry) -> Incoming {
    let body = entry.body.to_string();
    let incoming = Incoming::from_body(body.as_bytes(), &entry.posted_by, Vec::new());
    incoming.unwrap_or_else(|refusal| panic!("the story is wrong: {refusal} for {body}"))
}

/// What was recorded so far, as reports state it.
struct Read {
    balances: Balances,
    size: u64,
    last: Option<EventId>,
}

impl Read {
    fn new() -> Read {
        Read { balances: Balances::new(None), size: 0, last: None }
    }

    /// A report states the figures of its jurisdiction as of the newest event that was read.
    fn fill_in(&self, entry: &mut Entry) {
        if !is_report(entry) {
            return;
        }
        let last = self.last.expect("a report comes after the first chunk");
        let code = entry.body["jurisdiction"].as_str().and_then(Code::parse);
        let code = code.expect("an entry names the code of its jurisdiction");
        entry.body["data"]["as_of"] = json!(last.to_string());
        entry.body["data"]["figures_sha256"] = json!(figures_sha256(&self.balances, code));
    }
}

impl Fold for Read {
    fn wants_event(&self, kind: crate::domain::Type) -> bool {
        self.balances.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.balances.take(told);
        self.last = Some(told.id);
    }
}

#[cfg(test)]
mod tests;
