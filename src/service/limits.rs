//! Limits by address and principal, and on what is dear: each refuses at once and says when to ask
//! again, rather than let a queue grow.

use super::bounds::{
    BULK_POSTS_MAX, LOOKUPS_A_MINUTE, PAST_MAX, REQUESTS_A_SECOND, REQUESTS_BURST,
    SINGLE_POSTS_MAX, STREAMS_EACH_MAX, STREAMS_MAX,
};
use super::door::limited;
use super::problem::Problem;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_governor::governor::GovernorConfigBuilder;

/// Does an address have a turn left?
type Turns = Box<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// What is counted.
pub struct Limits {
    requests: Turns,
    lookups: Turns,
    single: Arc<Semaphore>,
    bulk: Arc<Semaphore>,
    past: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    bulk_by_principal: Holders,
    streams_by_principal: Holders,
}

impl fmt::Debug for Limits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Limits").finish_non_exhaustive()
    }
}

/// How many of something each principal holds.
type Holders = Arc<Mutex<HashMap<String, usize>>>;

/// A place among those that are limited; given back when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    held: Option<(Holders, String)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((holders, name)) = &self.held else { return };
        let mut holders = holders.lock().unwrap_or_else(PoisonError::into_inner);
        let left = holders.get(name).copied().unwrap_or(1) - 1;
        match left {
            0 => drop(holders.remove(name)),
            left => drop(holders.insert(name.clone(), left)),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

impl Limits {
    /// Nothing counted yet.
    pub fn new() -> Limits {
        let every = 1000 / REQUESTS_A_SECOND;
        let lookup_every = 60_000 / u64::from(LOOKUPS_A_MINUTE);
        Limits {
            requests: turns(every, REQUESTS_BURST),
            lookups: turns(lookup_every, LOOKUPS_A_MINUTE),
            single: Arc::new(Semaphore::new(SINGLE_POSTS_MAX)),
            bulk: Arc::new(Semaphore::new(BULK_POSTS_MAX)),
            past: Arc::new(Semaphore::new(PAST_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            bulk_by_principal: Holders::default(),
            streams_by_principal: Holders::default(),
        }
    }

    /// Counts a request; this machine's own are not counted.
    ///
    /// # Errors
    /// Too many came from there.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Problem> {
        match address.is_loopback() || (self.requests)(limited(address)) {
            true => Ok(()),
            false => Err(Problem::TooMany { retry_after: 1 }),
        }
    }

    /// Counts a look-up by code, wherever it comes from: this machine's proxy would hide others.
    ///
    /// # Errors
    /// Too many came from there.
    pub fn check_lookup(&self, address: IpAddr) -> Result<(), Problem> {
        match (self.lookups)(limited(address)) {
            true => Ok(()),
            false => Err(Problem::TooMany { retry_after: 60 / u64::from(LOOKUPS_A_MINUTE) }),
        }
    }

    /// A place for a single post.
    ///
    /// # Errors
    /// The queue is full.
    pub fn single_post(&self) -> Result<Place, Problem> {
        place(&self.single, "the queue of posts is full")
    }

    /// A place for a bulk post: one a principal.
    ///
    /// # Errors
    /// There is none left.
    pub fn bulk_post(&self, principal: &str) -> Result<Place, Problem> {
        let full = "another bulk post is on its way";
        held(&self.bulk, &self.bulk_by_principal, principal, 1, full)
    }

    /// A place for an answer that reads many records.
    ///
    /// # Errors
    /// There is none left.
    pub fn past(&self) -> Result<Place, Problem> {
        place(&self.past, "other answers that read many records are being made")
    }

    /// A place for a stream.
    ///
    /// # Errors
    /// There is none left, in all or for this principal.
    pub fn stream(&self, principal: &str) -> Result<Place, Problem> {
        let full = "too many streams are open";
        held(&self.streams, &self.streams_by_principal, principal, STREAMS_EACH_MAX, full)
    }
}

fn turns(every_ms: u64, burst: u32) -> Turns {
    let mut builder = GovernorConfigBuilder::default();
    let config = builder.per_millisecond(every_ms).burst_size(burst).finish();
    let config = config.expect("neither bound is zero");
    Box::new(move |address| {
        let limiter = config.limiter();
        // Addresses that have all their turns back need not be remembered.
        if limiter.len() > 10_000 {
            limiter.retain_recent();
        }
        limiter.check_key(&address).is_ok()
    })
}

fn place(of: &Arc<Semaphore>, full: &'static str) -> Result<Place, Problem> {
    let permit = Arc::clone(of).try_acquire_owned().map_err(|_| Problem::Busy(full))?;
    Ok(Place { _permit: permit, held: None })
}

fn held(
    of: &Arc<Semaphore>,
    holders: &Holders,
    principal: &str,
    each: usize,
    full: &'static str,
) -> Result<Place, Problem> {
    let mut place = place(of, full)?;
    let mut counts = holders.lock().unwrap_or_else(PoisonError::into_inner);
    let count = counts.entry(principal.to_owned()).or_default();
    if *count >= each {
        return Err(Problem::Busy(full));
    }
    *count += 1;
    drop(counts);
    place.held = Some((Arc::clone(holders), principal.to_owned()));
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_in_all_and_for_each_and_are_given_back() {
        let limits = Limits::new();
        let first = limits.bulk_post("a").unwrap();
        assert!(matches!(limits.bulk_post("a"), Err(Problem::Busy(_))));
        let second = limits.bulk_post("b").unwrap();
        assert!(matches!(limits.bulk_post("c"), Err(Problem::Busy(_))));
        drop(first);
        drop(limits.bulk_post("a").unwrap());
        drop(second);
        assert!(limits.bulk_by_principal.lock().unwrap().is_empty());
        let streams: Vec<_> = (0..STREAMS_EACH_MAX).map(|_| limits.stream("a").unwrap()).collect();
        assert!(limits.stream("a").is_err() && limits.stream("b").is_ok());
        assert_eq!(streams.len(), 4);
    }

    #[test]
    fn an_address_and_its_neighbours_share_their_turns() {
        let limits = Limits::new();
        let six = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last]);
        for last in 0..10 {
            limits.check_lookup(six(last)).unwrap();
        }
        assert!(matches!(limits.check_lookup(six(99)), Err(Problem::TooMany { retry_after: 6 })));
        limits.check_lookup(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 1])).unwrap();
    }

    #[test]
    fn a_flood_from_elsewhere_is_refused_and_this_machine_is_not_counted() {
        let limits = Limits::new();
        let far = IpAddr::from([10, 1, 2, 3]);
        let good = (0..2000).filter(|_| limits.check_address(far).is_ok()).count();
        assert!((400..500).contains(&good), "{good}");
        let near = IpAddr::from([127, 0, 0, 1]);
        assert!((0..2000).all(|_| limits.check_address(near).is_ok()));
    }
}
