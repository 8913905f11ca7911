//! The clock, and when it is not believed (design section 7, Clock).
//!
//! While running, a wall clock that leaves the monotonic clock by over five minutes stops posting;
//! at the start, one that lies over five minutes behind the last record, or over 400 days ahead of
//! it. Up to five minutes behind, the last record's time is repeated.

use crate::base::Stamp;
use std::time::{Duration, Instant, SystemTime};

/// How far the wall clock may stray, in milliseconds.
pub const STRAY_MS_MAX: i64 = 5 * 60_000;

/// How far it may lie ahead of the last record at the start, in milliseconds.
pub const AHEAD_MS_MAX: i64 = 400 * 86_400_000;

/// Tells the time, or that it cannot be told.
pub trait Clock: Send + Sync {
    /// The time now.
    ///
    /// # Errors
    /// The clock cannot be trusted any more.
    fn now(&self) -> Result<Stamp, ClockFault>;
}

/// Why a clock is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// It was set while the program ran.
    #[error(
        "the system's clock was set by {0} seconds while the ledger was open; set it right, or say --accept-clock"
    )]
    Set(i64),
    /// It lies behind the last record.
    #[error(
        "the system's clock says {now}, but the last record was recorded at {last}; set it right, or say --accept-clock"
    )]
    Behind {
        /// What the clock says.
        now: Stamp,
        /// The last record's time.
        last: Stamp,
    },
    /// It lies far ahead of the last record.
    #[error(
        "the system's clock says {now}, over 400 days after the last record ({last}); set it right, or say --accept-clock"
    )]
    Ahead {
        /// What the clock says.
        now: Stamp,
        /// The last record's time.
        last: Stamp,
    },
}

/// Judges the clock at the start against the last record's time.
pub fn judge_start(now: Stamp, last: Option<Stamp>) -> Result<(), ClockFault> {
    let Some(last) = last else { return Ok(()) };
    if now.0 < last.0 - STRAY_MS_MAX {
        return Err(ClockFault::Behind { now, last });
    }
    if now.0 > last.0 + AHEAD_MS_MAX {
        return Err(ClockFault::Ahead { now, last });
    }
    Ok(())
}

/// The system's wall clock, watched by its monotonic one.
#[derive(Debug)]
pub struct SystemClock {
    since: Instant,
    began: Stamp,
    accepted: bool,
}

impl SystemClock {
    /// A clock that is watched from now on; with `accepted` it is believed whatever it says.
    pub fn new(accepted: bool) -> SystemClock {
        SystemClock { since: Instant::now(), began: wall(), accepted }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Result<Stamp, ClockFault> {
        let now = wall();
        let expected = self.began.0 + ms(self.since.elapsed());
        let strayed = now.0 - expected;
        match self.accepted || strayed.abs() <= STRAY_MS_MAX {
            true => Ok(now),
            false => Err(ClockFault::Set(strayed / 1000)),
        }
    }
}

fn wall() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Stamp(since.map_or(0, ms))
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// A clock that tells what it is told: for tests, the demo, and `init`.
impl Clock for Stamp {
    fn now(&self) -> Result<Stamp, ClockFault> {
        Ok(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_believes_a_clock_within_its_bounds_and_no_other() {
        let last = Stamp(1_000_000_000_000);
        let at = |ms: i64| judge_start(Stamp(last.0 + ms), Some(last));
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(-STRAY_MS_MAX), Ok(()));
        assert!(matches!(at(-STRAY_MS_MAX - 1), Err(ClockFault::Behind { .. })));
        assert_eq!(at(AHEAD_MS_MAX), Ok(()));
        assert!(matches!(at(AHEAD_MS_MAX + 1), Err(ClockFault::Ahead { .. })));
        assert_eq!(judge_start(Stamp(0), None), Ok(()));
    }
}
