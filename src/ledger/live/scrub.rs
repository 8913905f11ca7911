//! The scrub: decides every record again from the first, beside the service and at low priority,
//! trusting no state file, and holds the result against the state at the desk.
//!
//! A difference stops posting: what is wrong must not be built on. It keeps a second state in
//! memory, which is its price.

use super::super::open::Replay;
use super::super::{Ledger, open::OpenError};
use super::{LOOK, Live};
use crate::domain::State;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How many records are decided between two looks at whether to stop.
const STRIDE: u64 = 2_000;

/// How often the whole state is held against the desk's: posts wait meanwhile.
const COMPARE_EVERY: Duration = Duration::from_secs(600);

/// How often the position is told: answers name it, and are kept while it stands.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Scrubs until the ledger is stopped.
pub(super) fn run<F>(live: &Live<F>) {
    let Some(ledger) = live.ledger() else { return };
    super::give_way();
    let mut replay = Replay::default();
    let (mut told, mut compared) = (Instant::now(), None::<Instant>);
    while !live.is_closing() {
        let durable = ledger.wait_durable(replay.state.size(), LOOK);
        if durable == replay.state.size() && live.verified.load(Ordering::Acquire) == durable {
            continue;
        }
        let until = durable.min(replay.state.size() + STRIDE);
        let compare = compared.is_none_or(|at| at.elapsed() >= COMPARE_EVERY);
        let held = match replay.run(&*ledger.reader, until) {
            Ok(()) if compare => ledger.hold_against(&replay),
            Ok(()) => Held::Elsewhere,
            Err(OpenError::Store(error)) => {
                live.fault("scrub", format!("the scrub cannot read: {error}"));
                std::thread::sleep(Duration::from_secs(1));
                continue;
            }
            Err(error) => Held::Differs(error.to_string()),
        };
        match held {
            Held::Elsewhere => {}
            Held::Same => compared = Some(Instant::now()),
            Held::Differs(reason) => {
                let fault = format!("the scrub found the ledger wrong: {reason}");
                ledger.stop_posting(&fault);
                return live.fault("scrub", fault);
            }
        }
        if told.elapsed() >= TELL_EVERY || until == durable {
            live.verified.store(replay.state.size(), Ordering::Release);
            told = Instant::now();
        }
        if until == durable {
            // Those who post are not joined at each batch: what came meanwhile is decided at once.
            std::thread::sleep(LOOK);
        }
    }
}

/// What holding a replay against the desk showed.
#[derive(Debug, PartialEq, Eq)]
enum Held {
    /// They stand at different positions.
    Elsewhere,
    /// They are the same.
    Same,
    /// What differs.
    Differs(String),
}

impl Ledger {
    /// Holds a replay against the desk, where both stand at the same position.
    fn hold_against(&self, replay: &Replay) -> Held {
        let desk = self.desk();
        let size = replay.state.size();
        if desk.state.size() != size || desk.durable != size {
            return Held::Elsewhere;
        }
        let (root, ours) = (desk.roots.newest(), replay.roots.newest());
        if root != ours {
            return Held::Differs(format!("at {size} records the root is {ours}, not {root}"));
        }
        match image(&desk.state) == image(&replay.state) {
            true => Held::Same,
            false => {
                Held::Differs(format!("the state after {size} records is not what they lead to"))
            }
        }
    }
}

/// What tells two states apart: accidents, not adversaries, who could change this process anyway.
fn image(state: &State) -> u64 {
    let mut hasher = Hashing(DefaultHasher::new());
    postcard::to_io(state, &mut hasher).expect("a state is written to a hasher");
    hasher.0.finish()
}

struct Hashing(DefaultHasher);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{OpenOptions, Opening};
    use super::super::{Keeping, Live};
    use super::*;
    use crate::projections::names::Names;

    fn opened(folder: &std::path::Path) -> Ledger {
        let path = folder.join("ledger");
        Ledger::init(&path, Opening::new("ledger.test/2017")).unwrap();
        Ledger::open(&path, OpenOptions::default()).unwrap().0
    }

    #[test]
    fn a_replay_is_the_desk_or_what_differs_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = opened(folder.path());
        let size = ledger.head().size;
        let mut replay = Replay::default();
        replay.run(&*ledger.reader, size - 1).unwrap();
        assert_eq!(ledger.hold_against(&replay), Held::Elsewhere);
        replay.run(&*ledger.reader, size).unwrap();
        assert_eq!(ledger.hold_against(&replay), Held::Same);
        replay.state.recorded_at.0 += 1;
        assert!(matches!(ledger.hold_against(&replay), Held::Differs(_)));
    }

    #[test]
    fn a_served_ledger_is_folded_signed_and_decided_again() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = opened(folder.path());
        let (head, root) = (ledger.head(), ledger.root());
        let copy = folder.path().join("head");
        let keeping = Keeping { head_copies: vec![copy.clone()], scrub: true };
        let live = Live::<Names>::start(ledger, keeping).unwrap();
        let long = Duration::from_secs(60);
        assert_eq!(live.wait_folded(head.size - 1, long), head.size);
        assert_eq!((live.views().size(), live.views().root()), (head.size, root));
        assert_eq!(live.views().beside.jurisdictions, live.views().names.jurisdictions);
        assert!(live.wait_published(head.size, long));
        let note = std::fs::read_to_string(copy).unwrap();
        assert_eq!(note, live.published().note);
        while live.verified_seq() != Some(head.size - 1) {
            std::thread::yield_now();
        }
        assert_eq!(live.faults(), Vec::<String>::new());
        live.stop().unwrap();
    }
}
