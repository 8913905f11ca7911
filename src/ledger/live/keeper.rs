//! The keeper: signs what became durable at most a second later, copies the head, brings the tiles
//! up, and only then publishes; writes a state file now and then.
//!
//! A head that cannot be signed, stored or copied for ten seconds stops posting (design section 7).

use super::super::proving::SignedHead;
use super::{CheckpointError, Keeping, LOOK, Live, LiveError, Source, locked};
use crate::store::layout::write_durably;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How long records may be durable and not signed, with time left for the signing itself.
const SIGN_WITHIN: Duration = Duration::from_millis(700);

/// How long heads may fail before posting stops.
const FAILING_MAX: Duration = Duration::from_secs(10);

/// How many records may follow a state file before the next is written.
const STATE_EVERY: u64 = 500_000;

/// Keeps until the ledger is stopped.
pub(super) fn run<F>(live: &Live<F>) {
    let mut failing: Option<Instant> = None;
    let mut state_at = live.published().checkpoint.size;
    while !live.is_closing() {
        let covered = live.published().checkpoint.size;
        if durable(live, covered) <= covered {
            live.hurry.store(false, Ordering::Release);
            continue;
        }
        gather(live);
        match publish(live) {
            Ok(()) => {
                failing = None;
                live.mend("keeper");
            }
            Err(error) => {
                live.fault("keeper", format!("no head can be published: {error}"));
                let since = *failing.get_or_insert_with(Instant::now);
                if let Some(ledger) = live.ledger().filter(|_| since.elapsed() > FAILING_MAX) {
                    ledger.stop_posting(&format!("no head could be published: {error}"));
                }
                std::thread::sleep(LOOK);
                continue;
            }
        }
        let size = live.published().checkpoint.size;
        if size >= state_at + STATE_EVERY && write_state(live) {
            state_at = size;
        }
    }
}

fn durable<F>(live: &Live<F>, covered: u64) -> u64 {
    match &live.source {
        Source::Open(ledger) => ledger.wait_durable(covered, LOOK),
        Source::Folder { .. } => {
            std::thread::sleep(LOOK);
            let note = live.records().checkpoint();
            let head = note.and_then(|note| SignedHead::parse(&note).ok());
            head.map_or(covered, |head| head.checkpoint.size)
        }
    }
}

/// Lets more records come, unless somebody waits for the checkpoint.
fn gather<F>(live: &Live<F>) {
    let until = Instant::now() + SIGN_WITHIN;
    while Instant::now() < until && !live.is_closing() {
        if live.hurry.swap(false, Ordering::AcqRel) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn publish<F>(live: &Live<F>) -> Result<(), LiveError> {
    if let Some(ledger) = live.ledger() {
        let note = ledger.checkpoint()?;
        copy_head(&live.keeping, &note)?;
        live.prover.write().unwrap_or_else(PoisonError::into_inner).follow()?;
    } else {
        let records = live.records();
        live.prover.write().unwrap_or_else(PoisonError::into_inner).follow_anew(records)?;
    }
    let prover = live.prover();
    live.witnessed.store(super::cosigned::mark(&prover), Ordering::Release);
    let newest = Arc::new(prover.newest().clone());
    drop(prover);
    *locked(&live.published) = newest;
    live.publishes.notify_all();
    Ok(())
}

fn write_state<F>(live: &Live<F>) -> bool {
    match live.ledger().map(super::Ledger::write_state) {
        Some(Ok(written)) => {
            live.mend("state file");
            written
        }
        Some(Err(error)) => {
            live.fault("state file", format!("a state file cannot be written: {error}"));
            true
        }
        None => true,
    }
}

/// Copies a head to the places on other disks, durable before it is published.
pub(super) fn copy_head(keeping: &Keeping, note: &str) -> Result<(), CheckpointError> {
    for path in &keeping.head_copies {
        write_durably(path, note.as_bytes(), 0o644)?;
    }
    Ok(())
}
