//! The newest inspection by all rules, made beside the service: it reads every record, so nobody
//! waits for it, and whoever opens the page sees the last one and the record that it stands at.
//!
//! A new one begins when somebody asks and records have come since, never two at once, and never
//! so soon that inspecting would take more than a tenth of a processor for long.

use super::Served;
use crate::base::Date;
use crate::ledger::live::{AsOf, Live};
use crate::ledger::reading;
use crate::projections::inspect::{Asked, Hit, Inspection, Limits, RuleKey};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many hits of one rule are kept to be shown, the earliest first: forty pages of fifty. All of
/// them are counted, and a file or the command gives them all.
pub const HITS_KEPT: usize = 2_000;

/// How many records are read between two looks at whether to stop.
const STRIDE: u64 = 10_000;

/// How long a reader waits for an inspection that is nearly done, as that of a small ledger is.
const WAIT: Duration = Duration::from_millis(30);

/// An inspection rests for so many times as long as it took.
const REST: u32 = 9;

/// An inspection.
#[derive(Debug)]
pub struct Inspected {
    /// The records that it read.
    pub as_of: AsOf,
    /// The day up to which days were counted.
    pub on: Date,
    /// What each rule found, in the order of the rules.
    pub rules: Vec<Found>,
}

/// What a rule found.
#[derive(Debug)]
pub struct Found {
    /// The rule.
    pub rule: RuleKey,
    /// How many hits it has.
    pub count: usize,
    /// The earliest of them, at most [`HITS_KEPT`].
    pub hits: Vec<Hit>,
}

/// What a reader sees.
#[derive(Debug, Default)]
pub struct Newest {
    /// The last inspection that was done; none before the first.
    pub inspected: Option<Arc<Inspected>>,
    /// How many records the next one has read, and of how many, while it runs.
    pub running: Option<(u64, u64)>,
}

/// The inspections of a service.
#[derive(Debug, Default)]
pub struct Inspections(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    ends: Condvar,
}

#[derive(Debug, Default)]
struct State {
    inspected: Option<Arc<Inspected>>,
    /// How far the one that runs has come, and how far it goes.
    running: Option<(Arc<AtomicU64>, u64)>,
    /// Not before then does another begin.
    rests_until: Option<Instant>,
}

impl Inspections {
    /// The newest inspection; begins another one where records have come since.
    pub fn newest(&self, live: &Arc<Served>) -> Newest {
        let folded = live.folded();
        let mut state = self.0.lock();
        let size = state.inspected.as_ref().map(|one| one.as_of.size);
        let rests = state.rests_until.is_some_and(|until| Instant::now() < until);
        if size != Some(folded) && state.running.is_none() && !rests {
            let done = Arc::new(AtomicU64::new(0));
            state.running = Some((done.clone(), folded));
            let shared = self.0.clone();
            let begun = live.beside("inspection", move |live| shared.run(live, &done));
            if let Err(error) = begun {
                tracing::error!(%error, "no inspection can begin");
                state.running = None;
            }
        }
        let runs = |state: &mut State| state.running.is_some();
        let waited = self.0.ends.wait_timeout_while(state, WAIT, runs);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let running = state.running.as_ref();
        Newest {
            inspected: state.inspected.clone(),
            running: running.map(|(done, of)| (done.load(Ordering::Relaxed), *of)),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Each statement leaves the state whole, so a panic elsewhere harms nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, live: &Served, done: &AtomicU64) {
        /// However a run ends, another may begin.
        struct Ends<'s>(&'s Shared, Instant);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                let mut state = self.0.lock();
                state.running = None;
                state.rests_until = Some(Instant::now() + self.1.elapsed() * REST);
                drop(state);
                self.0.ends.notify_all();
            }
        }
        let ends = Ends(self, Instant::now());
        match inspect(live, done) {
            Ok(Some(inspected)) => ends.0.lock().inspected = Some(Arc::new(inspected)),
            // The service ends, or there is no record yet.
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "an inspection cannot read the records"),
        }
    }
}

/// Reads every record; nothing where the service ends meanwhile.
fn inspect<F>(live: &Live<F>, done: &AtomicU64) -> Result<Option<Inspected>, reading::ReadError> {
    let (as_of, on) = {
        let views = live.views();
        (live.as_of(&views), views.dues.last_day())
    };
    let Some(on) = on else { return Ok(None) };
    let mut inspection = Inspection::new(Some(on), Limits::default(), None);
    let records = live.records();
    for from in (0..as_of.size).step_by(STRIDE as usize) {
        if live.is_closing() {
            return Ok(None);
        }
        let until = (from + STRIDE).min(as_of.size);
        reading::fold(&*records, from..until, &mut inspection)?;
        done.store(until, Ordering::Relaxed);
    }
    let mut rules = Vec::with_capacity(RuleKey::ALL.len());
    for rule in RuleKey::ALL {
        if live.is_closing() {
            return Ok(None);
        }
        let mut hits = inspection.hits(&Asked { rule: Some(*rule), ..Asked::on(on) });
        let count = hits.len();
        hits.truncate(HITS_KEPT);
        hits.shrink_to_fit();
        rules.push(Found { rule: *rule, count, hits });
    }
    Ok(Some(Inspected { as_of, on, rules }))
}
