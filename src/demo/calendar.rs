//! The days of the story: working days of Hebei's offices, and the clock that the ledger reads.
//!
//! No wall clock is read: a demo of the same seed has the same times.

use crate::base::{Date, Stamp};
use crate::ledger::{Clock, ClockFault};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// The year that the story tells.
pub const YEAR: u16 = 2017;

/// Public holidays of 2017 and the beginning of 2018, first and last day (State Council notices).
const HOLIDAYS: [(u16, u8, u8, u16, u8, u8); 7] = [
    (2017, 1, 27, 2017, 2, 2),
    (2017, 4, 2, 2017, 4, 4),
    (2017, 5, 1, 2017, 5, 1),
    (2017, 5, 28, 2017, 5, 30),
    (2017, 10, 1, 2017, 10, 8),
    (2018, 1, 1, 2018, 1, 1),
    (2018, 2, 15, 2018, 2, 21),
];

/// A day of the story.
///
/// # Panics
/// When the calendar does not have it.
pub fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("the story names days that exist")
}

/// The last day on which the story records anything.
pub fn last_day() -> Date {
    day(YEAR + 1, 3, 30)
}

/// So many days later.
pub fn plus(date: Date, days: i64) -> Date {
    let later = i32::try_from(days).ok().and_then(|days| date.plus_days(days));
    later.expect("the story stays within the calendar")
}

/// The day itself, or the next one on which offices are open.
pub fn working(mut date: Date) -> Date {
    while is_free(date) {
        date = plus(date, 1);
    }
    date
}

fn is_free(date: Date) -> bool {
    let since_monday = day(2017, 1, 2).days_until(date).rem_euclid(7);
    let holiday = HOLIDAYS.iter().any(|(y, m, d, to_y, to_m, to_d)| {
        (day(*y, *m, *d)..=day(*to_y, *to_m, *to_d)).contains(&date)
    });
    since_monday >= 5 || holiday
}

/// A moment of a civil day in Hebei, so many minutes after its midnight.
pub fn moment(date: Date, minutes: i64) -> Stamp {
    let midnight = Stamp::parse(&format!("{date}T00:00:00Z")).expect("a day has a midnight");
    // Hebei's clock is eight hours ahead of UTC.
    Stamp(midnight.0 - DAY_MS / 3 + minutes * 60_000)
}

/// The clock of the ledger while the story is told: it stands where it was put.
#[derive(Clone, Debug)]
pub struct StoryClock(Arc<AtomicI64>);

impl StoryClock {
    /// A clock that stands at this moment.
    pub fn at(now: Stamp) -> StoryClock {
        StoryClock(Arc::new(AtomicI64::new(now.0)))
    }

    /// Puts it to a moment.
    ///
    /// # Panics
    /// When that lies before where it stands.
    pub fn put(&self, now: Stamp) {
        let before = self.0.swap(now.0, Ordering::SeqCst);
        assert!(before <= now.0, "the story is told in the order of its time");
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Result<Stamp, ClockFault> {
        Ok(Stamp(self.0.load(Ordering::SeqCst)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_are_closed_on_weekends_and_holidays() {
        for (date, open) in [
            (day(2017, 1, 6), day(2017, 1, 6)),
            (day(2017, 1, 7), day(2017, 1, 9)),
            (day(2017, 1, 27), day(2017, 2, 3)),
            (day(2017, 10, 1), day(2017, 10, 9)),
            (day(2017, 12, 30), day(2018, 1, 2)),
        ] {
            assert_eq!(working(date), open, "{date}");
        }
    }

    #[test]
    fn a_moment_lies_on_its_own_day_in_hebei() {
        let date = day(2017, 3, 15);
        assert_eq!(moment(date, 0).hebei_date(), date);
        assert_eq!(moment(date, 24 * 60 - 1).hebei_date(), date);
        assert_eq!(moment(date, 9 * 60).to_string(), "2017-03-15T01:00:00.000Z");
    }
}
