//! A ledger that is served: what answers are read from, kept up with what becomes durable.
//!
//! Threads stand beside those who post. The *intake* carries single posts to the disk together;
//! the *follower* folds durable records into the views and the look-ups; the *keeper* signs, at
//! most a second behind, and publishes; the *scrub* decides every record again from the first. No
//! answer is read from anything that is not durable, and nothing is called proven that no published
//! checkpoint covers.

mod answers;
mod cosigned;
mod follower;
mod intake;
mod keeper;
mod scrub;
mod views;

pub use answers::{AsOf, Page, Stands, TileAsked};
pub use cosigned::Cosigned;
pub use intake::{FOLLOW_MAX, Telling};
pub use views::Views;

use super::lookups::KEYS_VERSION;
use super::proving::{ProveError, Prover, SignedHead};
use super::reading::ReadError;
use super::{CheckpointError, Ledger};
use crate::projections::Fold;
use crate::store::layout::Layout;
use crate::store::lookups::Lookups;
use crate::store::{Records, SegmentsReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a thread that waits looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// How much less counts what is done beside the service.
const NICE: i32 = 15;

/// How a served ledger is kept.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// Where each signed head is copied before it is published: another disk.
    pub head_copies: Vec<PathBuf>,
    /// Decide every record again from the first, beside the service.
    pub scrub: bool,
}

/// Why a ledger cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Nothing can be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Nothing can be proven.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The records cannot be read.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// A thread cannot be started.
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
}

/// A ledger that is served. `F` is a fold that stands beside the views at the same position: who
/// may read what is decided from it, and not here.
pub struct Live<F> {
    source: Source,
    layout: Layout,
    keeping: Keeping,
    views: RwLock<Views<F>>,
    /// How many records the views hold.
    folded: Mutex<u64>,
    folds: Condvar,
    prover: RwLock<Prover>,
    /// The newest published head.
    published: Mutex<Arc<SignedHead>>,
    publishes: Condvar,
    /// What the newest witnessed head is told from another by; zero for none.
    witnessed: AtomicU64,
    intake: intake::Intake,
    /// Somebody waits for a checkpoint.
    hurry: AtomicBool,
    lookups: Option<Lookups>,
    /// How many records the scrub has decided again.
    verified: AtomicU64,
    closing: AtomicBool,
    /// What stands against serving: of each thread its own sentence.
    faults: Mutex<Vec<(&'static str, String)>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Where records come from.
enum Source {
    /// A ledger that is open for posting.
    Open(Box<Ledger>),
    /// A folder that another process writes, such as a mirror's.
    Folder { folder: PathBuf, records: RwLock<Arc<dyn Records>> },
}

impl<F: Fold + Default + Send + Sync + 'static> Live<F> {
    /// Serves a ledger that is open; what is durable is signed before this returns.
    ///
    /// # Errors
    /// [`LiveError`].
    pub fn start(ledger: Ledger, keeping: Keeping) -> Result<Arc<Live<F>>, LiveError> {
        let layout = ledger.folder.clone().expect("a served ledger stands in a folder");
        let note = ledger.checkpoint()?;
        keeper::copy_head(&keeping, &note)?;
        let records = ledger.reader.clone();
        let lookups = match Lookups::open(&layout, KEYS_VERSION, &*records) {
            Ok((lookups, _)) => Some(lookups),
            // Derived: who asks while they cannot be used reads every record instead.
            Err(_) => None,
        };
        Live::run(Source::Open(Box::new(ledger)), layout, records, lookups, keeping)
    }

    /// Serves a folder that others write: nothing is posted, signed or changed.
    ///
    /// # Errors
    /// [`LiveError`].
    pub fn follow(folder: &Path) -> Result<Arc<Live<F>>, LiveError> {
        let segments = SegmentsReader::open(folder)?;
        let (layout, records) = (segments.layout().clone(), segments.reader());
        let source =
            Source::Folder { folder: folder.to_owned(), records: RwLock::new(records.clone()) };
        Live::run(source, layout, records, None, Keeping::default())
    }

    fn run(
        source: Source,
        layout: Layout,
        records: Arc<dyn Records>,
        lookups: Option<Lookups>,
        keeping: Keeping,
    ) -> Result<Arc<Live<F>>, LiveError> {
        let prover = Prover::over(&layout, records)?;
        let published = Arc::new(prover.newest().clone());
        let witnessed = AtomicU64::new(cosigned::mark(&prover));
        let scrub = keeping.scrub;
        let live = Arc::new(Live {
            source,
            layout,
            keeping,
            views: RwLock::default(),
            folded: Mutex::new(0),
            folds: Condvar::new(),
            prover: RwLock::new(prover),
            published: Mutex::new(published),
            publishes: Condvar::new(),
            witnessed,
            intake: intake::Intake::default(),
            hurry: AtomicBool::new(false),
            lookups,
            verified: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            faults: Mutex::default(),
            threads: Mutex::default(),
        });
        live.spawn("follower", follower::run)?;
        live.spawn("keeper", keeper::run)?;
        if scrub {
            live.spawn("scrub", scrub::run)?;
        }
        if live.ledger().is_some() {
            for _ in 0..live.employ() {
                live.spawn("intake", intake::run)?;
            }
        }
        Ok(live)
    }

    fn spawn(
        self: &Arc<Live<F>>,
        name: &'static str,
        work: impl FnOnce(&Live<F>) + Send + 'static,
    ) -> Result<(), LiveError> {
        let live = Arc::clone(self);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let work = std::panic::AssertUnwindSafe(|| work(&live));
            if std::panic::catch_unwind(work).is_err() {
                live.fault(name, format!("the {name} has stopped; see the log and restart"));
            }
        });
        let thread = thread.map_err(LiveError::Thread)?;
        let mut threads = locked(&self.threads);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread);
        Ok(())
    }

    /// Does work beside the service, in a thread of its own that gives way to those who serve, and
    /// that the end waits for: work that is long looks at [`Live::is_closing`] on its way.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn beside(
        self: &Arc<Live<F>>,
        name: &'static str,
        work: impl FnOnce(&Live<F>) + Send + 'static,
    ) -> Result<(), LiveError> {
        self.spawn(name, move |live| {
            give_way();
            work(live);
        })
    }
}

impl<F> Live<F> {
    /// The ledger, where it is open for posting.
    pub fn ledger(&self) -> Option<&Ledger> {
        match &self.source {
            Source::Open(ledger) => Some(ledger),
            Source::Folder { .. } => None,
        }
    }

    /// The durable records.
    pub fn records(&self) -> Arc<dyn Records> {
        match &self.source {
            Source::Open(ledger) => ledger.reader.clone(),
            Source::Folder { records, .. } => {
                records.read().unwrap_or_else(PoisonError::into_inner).clone()
            }
        }
    }

    /// The ledger's files.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A file for a body that is too large for the memory: nobody else can open it, and it is gone
    /// when it is closed.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn spool(&self) -> std::io::Result<std::fs::File> {
        let folder = self.layout.index();
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        let path = folder.join(format!("spool-{}", crate::base::hex::encode(&random)));
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }

    /// What answers are read from, and where it stands.
    pub fn views(&self) -> RwLockReadGuard<'_, Views<F>> {
        self.views.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What proofs are made from.
    pub fn prover(&self) -> RwLockReadGuard<'_, Prover> {
        self.prover.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The look-ups, where they can be used.
    pub(super) fn lookups(&self) -> Option<&Lookups> {
        self.lookups.as_ref()
    }

    /// The newest published head.
    pub fn published(&self) -> Arc<SignedHead> {
        locked(&self.published).clone()
    }

    /// How many records the views hold.
    pub fn folded(&self) -> u64 {
        *locked(&self.folded)
    }

    /// The last record that was decided again since the start, where one was.
    pub fn verified_seq(&self) -> Option<u64> {
        self.verified.load(Ordering::Acquire).checked_sub(1)
    }

    /// Waits until the views hold more than so many records; tells how many they hold.
    pub fn wait_folded(&self, more_than: u64, at_most: Duration) -> u64 {
        let folded = locked(&self.folded);
        let waiting = |folded: &mut u64| *folded <= more_than && !self.is_closing();
        let waited = self.folds.wait_timeout_while(folded, at_most, waiting);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until a published checkpoint covers so many records, and has it made at once; tells
    /// whether it does.
    pub fn wait_published(&self, size: u64, at_most: Duration) -> bool {
        let until = Instant::now() + at_most;
        let mut published = locked(&self.published);
        while published.checkpoint.size < size {
            self.hurry.store(true, Ordering::Release);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.is_closing() {
                return false;
            }
            let waited = self.publishes.wait_timeout(published, left.min(LOOK));
            published = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// What stands against serving; empty when all is well.
    pub fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> =
            locked(&self.faults).iter().map(|(_, fault)| fault.clone()).collect();
        faults.extend(self.ledger().and_then(|ledger| ledger.stopped.get().cloned()));
        faults
    }

    /// Do the views hold everything that is durable, but for what became so just now?
    pub fn is_ready(&self) -> bool {
        self.views().is_whole
    }

    /// Takes in a head that was cosigned meanwhile.
    ///
    /// # Errors
    /// The stored heads cannot be read.
    pub fn follow_heads(&self) -> Result<(), String> {
        let mut prover = self.prover.write().unwrap_or_else(PoisonError::into_inner);
        prover.follow().map_err(|error| error.to_string())?;
        self.witnessed.store(cosigned::mark(&prover), Ordering::Release);
        Ok(())
    }

    /// What the newest witnessed head is told from another by, without waiting for anything; zero
    /// where there is none. Witnesses sign without a record being added.
    pub fn witnessed_mark(&self) -> u64 {
        self.witnessed.load(Ordering::Acquire)
    }

    /// Tells all who wait that the end has come.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.folds.notify_all();
        self.publishes.notify_all();
    }

    /// Waits for the end, at most so long.
    pub fn wait_closing(&self, at_most: Duration) {
        let until = Instant::now() + at_most;
        while !self.is_closing() && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
    }

    /// Stops the threads; what is durable is signed, and kept in a state file where much was added.
    ///
    /// # Errors
    /// [`CheckpointError`]; the records are durable all the same.
    pub fn stop(&self) -> Result<(), CheckpointError> {
        self.close();
        let threads = std::mem::take(&mut *locked(&self.threads));
        for thread in threads {
            // A thread that panicked has said so among the faults.
            drop(thread.join());
        }
        let Some(ledger) = self.ledger() else { return Ok(()) };
        ledger.wind_up()?;
        let note = ledger.checkpoint()?;
        keeper::copy_head(&self.keeping, &note)?;
        Ok(())
    }

    /// Has the end come?
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    fn fault(&self, of: &'static str, fault: String) {
        let mut faults = locked(&self.faults);
        faults.retain(|(other, _)| *other != of);
        faults.push((of, fault));
    }

    fn mend(&self, of: &'static str) {
        locked(&self.faults).retain(|(other, _)| *other != of);
    }
}

impl Ledger {
    /// Waits until more than so many records are durable, at most so long; tells how many are.
    pub fn wait_durable(&self, more_than: u64, at_most: Duration) -> u64 {
        let desk = self.desk();
        let waiting = |desk: &mut super::desk::Desk| desk.durable <= more_than;
        let waited = self.turn.wait_timeout_while(desk, at_most, waiting);
        waited.expect("no event has broken a law at the desk").0.durable
    }

    /// What was appended since the start.
    pub fn figures(&self) -> Figures {
        *locked(&self.figures)
    }
}

/// What was appended since the start, for those who watch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// How many batches.
    pub batches: u64,
    /// How many records in them.
    pub records: u64,
    /// How long appending and syncing them took, in microseconds.
    pub append_micros: u64,
}

impl Figures {
    pub(super) fn count(&mut self, groups: &[Arc<super::Group>], took: Duration) {
        let records: usize = groups.iter().map(|group| group.events.len()).sum();
        self.batches += 1;
        self.records += records as u64;
        self.append_micros += u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    }
}

impl From<ReadError> for LiveError {
    fn from(error: ReadError) -> LiveError {
        LiveError::Prove(error.into())
    }
}

/// From here on the present thread counts less than those who serve, when the processor is short.
fn give_way() {
    if rustix::process::nice(NICE).is_err() {
        // Where the system refuses, it runs like any other thread.
    }
}

pub(super) fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is locked here is whole after every statement, so a panic elsewhere harms nothing.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
