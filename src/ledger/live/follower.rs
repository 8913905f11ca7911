//! The follower: folds durable records into the views and adds them to the look-ups, in order,
//! each once.
//!
//! It never waits for the keeper, and no acknowledgement waits for it.

use super::super::lookups::Keys;
use super::super::reading::{ReadError, tell};
use super::{LOOK, Live, Source, Views, locked};
use crate::chain::record::leaf_hash;
use crate::domain::Type;
use crate::projections::{Fold, Told};
use crate::store::lookups::Lookups;
use crate::store::{Head, SegmentsReader};
use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// How many records are folded while readers wait: some milliseconds.
const STRIDE: u64 = 512;

/// How many entries may wait in memory before the look-ups are written.
const WAITING_MAX: usize = 50_000;

/// How long fewer may wait.
const WRITE_EVERY: Duration = Duration::from_secs(10);

/// How often a folder that another process writes is looked at.
const REOPEN: Duration = Duration::from_secs(1);

/// Follows until the ledger is stopped.
pub(super) fn run<F: Fold>(live: &Live<F>) {
    let mut folded = 0;
    let mut written = Instant::now();
    loop {
        let durable = durable(live, folded);
        while folded < durable && !live.is_closing() {
            if let Err(error) = fold(live, folded, durable.min(folded + STRIDE)) {
                let fault = format!("the answers stand still at {folded} records: {error}");
                return live.fault("follower", fault);
            }
            folded = live.views().size();
            *locked(&live.folded) = folded;
            live.folds.notify_all();
            write_lookups(live, WAITING_MAX);
        }
        live.views.write().unwrap_or_else(PoisonError::into_inner).is_whole = true;
        if written.elapsed() >= WRITE_EVERY {
            write_lookups(live, 1);
            written = Instant::now();
        }
        if live.is_closing() {
            return write_lookups(live, 1);
        }
    }
}

/// How many records are durable: waits a little where no more are than were folded.
fn durable<F>(live: &Live<F>, folded: u64) -> u64 {
    match &live.source {
        Source::Open(ledger) => ledger.wait_durable(folded, LOOK),
        Source::Folder { folder, records } => {
            let mut waited = Duration::ZERO;
            while waited < REOPEN && !live.is_closing() {
                std::thread::sleep(LOOK);
                waited += LOOK;
            }
            match SegmentsReader::open(folder) {
                Ok(segments) => {
                    live.mend("folder");
                    let reader = segments.reader();
                    let size = reader.head().size;
                    *records.write().unwrap_or_else(PoisonError::into_inner) = reader;
                    size
                }
                Err(error) => {
                    live.fault("folder", format!("the folder cannot be read: {error}"));
                    folded
                }
            }
        }
    }
}

fn fold<F: Fold>(live: &Live<F>, from: u64, until: u64) -> Result<(), ReadError> {
    let records = live.records();
    let mut views = live.views.write().unwrap_or_else(PoisonError::into_inner);
    let mut fault = None;
    records.scan(from..until, &mut |seq, bytes| {
        let keys = live.lookups().filter(|lookups| lookups.position() == seq);
        let keys = keys.map(|lookups| Keys { lookups });
        match tell(seq, bytes, &mut Both { views: &mut views, keys }) {
            Ok(()) => {
                views.push(leaf_hash(bytes));
                ControlFlow::Continue(())
            }
            Err(reason) => {
                fault = Some(ReadError::Record { seq, reason });
                ControlFlow::Break(())
            }
        }
    })?;
    views.settle();
    fault.map_or(Ok(()), Err)
}

/// Writes the look-ups where at least so many entries wait and they stand where the views do.
fn write_lookups<F>(live: &Live<F>, at_least: usize) {
    let Some(lookups) = live.lookups().filter(|lookups| lookups.waiting() >= at_least) else {
        return;
    };
    let views = live.views();
    let head = Head { size: views.size(), leaf: views.last };
    drop(views);
    if lookups.position() == head.size {
        write(live, lookups, &head);
    }
}

fn write<F>(live: &Live<F>, lookups: &Lookups, head: &Head) {
    match lookups.write(head) {
        Ok(()) => live.mend("lookups"),
        // They wait in memory and answer from there; writing is tried again.
        Err(error) => live.fault("lookups", format!("the look-ups cannot be written: {error}")),
    }
}

/// The views, and the look-ups where they stand at this record.
struct Both<'b, F> {
    views: &'b mut Views<F>,
    keys: Option<Keys<'b>>,
}

impl<F: Fold> Fold for Both<'_, F> {
    fn wants_event(&self, kind: Type) -> bool {
        self.views.wants_event(kind) || self.keys.as_ref().is_some_and(|one| one.wants_event(kind))
    }

    fn take(&mut self, told: &Told<'_>) {
        self.views.take(told);
        if let Some(keys) = &mut self.keys {
            keys.take(told);
        }
    }
}
