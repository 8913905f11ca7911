//! The intake: single posts that came in at the same time are decided, brought to the disk and
//! waited for together.
//!
//! Who hands a post in holds no thread while it waits, and is woken once, by its own answer. A few
//! hands do the work, one after the other: one decides all that stands there, one leads what was
//! decided to the disk, and whoever has done so waits for the views and tells. A post that comes
//! alone is carried through by one hand. Nothing is told before the disk holds it.

use super::super::{Incoming, Mode, Outcome, PostError, Ticket};
use super::{LOOK, Live, locked};
use crate::ledger::Ledger;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many hands there are: one decides, one waits for the disk, one for the views.
const HANDS: usize = 3;

/// How many posts are decided before those who came later may be; their bodies fit one batch.
const DECIDE_MAX: usize = 256;

/// How long a poster waits for the answers to hold what was posted.
pub const FOLLOW_MAX: Duration = Duration::from_secs(5);

/// Is told what became of a post. When it is dropped untold, nothing is known of the post.
pub type Telling = Box<dyn FnOnce(Result<Outcome, Arc<PostError>>) + Send>;

/// Posts on their way.
#[derive(Default)]
pub(super) struct Intake {
    works: Mutex<Works>,
    changed: Condvar,
}

#[derive(Default)]
struct Works {
    /// Handed in, not decided.
    waiting: Vec<(Incoming, Telling)>,
    /// Decided, not known to be durable.
    decided: Vec<Decided>,
    deciding: bool,
    settling: bool,
    /// How many hands are at work.
    hands: usize,
}

/// Posts that were decided together.
struct Decided {
    ticket: Ticket,
    tellings: Vec<Telling>,
}

/// What a hand does next.
enum Work {
    Decide(Vec<(Incoming, Telling)>),
    Settle(Vec<Decided>),
}

impl Works {
    /// What can be done now; none where that is nothing, or others do it already. What reaches the
    /// disk goes before what may be decided.
    fn take(&mut self) -> Option<Work> {
        if !self.settling && !self.decided.is_empty() {
            self.settling = true;
            return Some(Work::Settle(std::mem::take(&mut self.decided)));
        }
        if !self.deciding && !self.waiting.is_empty() {
            self.deciding = true;
            let count = self.waiting.len().min(DECIDE_MAX);
            return Some(Work::Decide(self.waiting.drain(..count).collect()));
        }
        None
    }

    /// Is there something that nobody does?
    fn is_open(&self) -> bool {
        !self.settling && !self.decided.is_empty() || !self.deciding && !self.waiting.is_empty()
    }
}

impl<F> Live<F> {
    /// Hands a post in: `telling` is told when its outcome is durable and answers hold it. It is
    /// dropped untold where nobody can post any more.
    pub fn hand_in(&self, incoming: Incoming, telling: Telling) {
        let mut works = locked(&self.intake.works);
        if works.hands == 0 {
            return;
        }
        works.waiting.push((incoming, telling));
        let wake = works.is_open();
        drop(works);
        if wake {
            self.intake.changed.notify_one();
        }
    }

    /// Makes the hands that [`run`] is to be run by, before the first post is handed in.
    pub(super) fn employ(&self) -> usize {
        locked(&self.intake.works).hands = HANDS;
        HANDS
    }
}

/// Works until the ledger is stopped.
pub(super) fn run<F>(live: &Live<F>) {
    let _leaving = Leaving(&live.intake);
    let Some(ledger) = live.ledger() else { return };
    let mut works = locked(&live.intake.works);
    while !live.is_closing() {
        let Some(work) = works.take() else {
            let waited = live.intake.changed.wait_timeout(works, LOOK);
            works = waited.unwrap_or_else(PoisonError::into_inner).0;
            continue;
        };
        // Somebody else may do the rest meanwhile.
        call_another(&live.intake, works);
        works = match work {
            Work::Decide(posts) => {
                let decided = decide(ledger, posts);
                let mut works = locked(&live.intake.works);
                works.deciding = false;
                works.decided.extend(decided);
                works
            }
            Work::Settle(all) => {
                let settled: Vec<_> = all.into_iter().map(|one| settle(ledger, one)).collect();
                let mut works = locked(&live.intake.works);
                works.settling = false;
                call_another(&live.intake, works);
                tell(live, settled);
                locked(&live.intake.works)
            }
        };
    }
}

fn call_another(intake: &Intake, works: MutexGuard<'_, Works>) {
    let open = works.is_open();
    drop(works);
    if open {
        intake.changed.notify_one();
    }
}

/// Decides posts in the order in which they came; none where the clock is not to be believed, which
/// each is told.
fn decide(ledger: &Ledger, posts: Vec<(Incoming, Telling)>) -> Option<Decided> {
    let (incoming, tellings): (Vec<_>, Vec<_>) = posts.into_iter().unzip();
    let events: Vec<_> = incoming.iter().map(|one: &Incoming| (one, one.event())).collect();
    match ledger.submit(&events, Mode::Continue) {
        Ok(ticket) => Some(Decided { ticket, tellings }),
        Err(error) => {
            let error = Arc::new(error);
            tellings.into_iter().for_each(|telling| telling(Err(error.clone())));
            None
        }
    }
}

type Settled = (Result<Vec<Outcome>, Arc<PostError>>, Vec<Telling>);

fn settle(ledger: &Ledger, decided: Decided) -> Settled {
    (ledger.settle(decided.ticket).map_err(Arc::new), decided.tellings)
}

/// Tells what became of posts, once the answers hold them: who posts reads it back. While the views
/// are being folded for the first time nothing is answered from them, and nobody waits for them.
fn tell<F>(live: &Live<F>, settled: Vec<Settled>) {
    let outcomes = settled.iter().filter_map(|(result, _)| result.as_ref().ok()).flatten();
    let last = outcomes.filter_map(|outcome| match outcome {
        Outcome::Recorded { seq, .. } | Outcome::Duplicate { seq, .. } => Some(*seq),
        Outcome::Refused(_) | Outcome::NotRecorded => None,
    });
    if let Some(last) = last.max()
        && live.is_ready()
    {
        live.wait_folded(last, FOLLOW_MAX);
    }
    for (result, tellings) in settled {
        match result {
            Ok(outcomes) => {
                assert!(outcomes.len() == tellings.len(), "each post has its outcome");
                for (outcome, telling) in outcomes.into_iter().zip(tellings) {
                    telling(Ok(outcome));
                }
            }
            Err(error) => tellings.into_iter().for_each(|telling| telling(Err(error.clone()))),
        }
    }
}

/// A hand that leaves, orderly or not. Behind the last one nothing waits for ever; nor behind one
/// that panicked, since a law was broken then and nothing more may be decided.
struct Leaving<'i>(&'i Intake);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut works = locked(&self.0.works);
        works.hands = match std::thread::panicking() {
            true => 0,
            false => works.hands.saturating_sub(1),
        };
        if works.hands == 0 {
            works.waiting.clear();
            works.decided.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{OpenOptions, Opening, Poster};
    use super::super::Keeping;
    use super::*;
    use crate::projections::names::Names;
    use std::sync::mpsc::{Receiver, channel};

    fn served(folder: &std::path::Path) -> Arc<Live<Names>> {
        let path = folder.join("ledger");
        Ledger::init(&path, Opening::new("ledger.test/2017")).unwrap();
        let (ledger, _) = Ledger::open(&path, OpenOptions::default()).unwrap();
        Live::start(ledger, Keeping::default()).unwrap()
    }

    fn hand_in(live: &Live<Names>, at: u32) -> Receiver<Result<Outcome, Arc<PostError>>> {
        let body = format!(
            r#"{{"business_date":"2017-01-01","by":{{"checker":"l-2","maker":"l-1",
            "org":"platform"}},"data":{{"jurisdiction":"130723","kind":"payee","name":"示例",
            "org":"payee-{at}"}},"docs":[],"id":"00000000-0000-4000-8000-{at:012}",
            "jurisdiction":"130000","type":"organization_registered"}}"#
        );
        let incoming = Incoming::read(body.as_bytes(), Poster::Only("operator")).unwrap();
        let (sender, receiver) = channel();
        live.hand_in(incoming, Box::new(move |told| drop(sender.send(told))));
        receiver
    }

    #[test]
    fn each_is_told_its_own_outcome_when_it_is_durable_and_answers_hold_it() {
        let folder = tempfile::tempdir().unwrap();
        let live = served(folder.path());
        let first = live.records().head().size;
        while !live.is_ready() {
            std::thread::yield_now();
        }
        // 7 is handed in twice; the others once, all before the first is waited for.
        let all: Vec<_> = (0..40_u32).chain([7]).map(|at| (at, hand_in(&live, at))).collect();
        for (place, (at, told)) in all.into_iter().enumerate() {
            let outcome = told.recv().unwrap().unwrap();
            let seq = first + u64::from(at);
            match outcome {
                Outcome::Recorded { seq: own, .. } if place < 40 => assert_eq!(own, seq),
                Outcome::Duplicate { seq: own, .. } if place == 40 => assert_eq!(own, seq),
                other => panic!("{place}: {other:?}"),
            }
            assert!(live.records().head().size > seq, "it is durable");
            assert!(live.folded() > seq, "answers hold it");
        }
        live.stop().unwrap();
    }

    #[test]
    fn nobody_waits_behind_the_last_hand() {
        let folder = tempfile::tempdir().unwrap();
        let live = served(folder.path());
        live.stop().unwrap();
        assert!(hand_in(&live, 1).recv().is_err(), "it is dropped untold");
    }

    #[test]
    fn a_stopped_ledger_tells_everybody_why() {
        let folder = tempfile::tempdir().unwrap();
        let live = served(folder.path());
        live.ledger().unwrap().stop_posting("the disk is gone");
        let told = hand_in(&live, 1).recv().unwrap().unwrap_err();
        assert!(matches!(&*told, PostError::Stopped(why) if why == "the disk is gone"), "{told}");
        live.stop().unwrap_or_default();
    }
}
