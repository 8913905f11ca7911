//! Searching records as supervision does: by county, lot, project, payee, paper, bank reference,
//! type, place, amount and day.
//!
//! What is found stands on the cards of the records, so that a search reads none of them but for
//! readers who do not read all: what such a reader may not see is not found.

use super::seen::Reader;
use super::{Problem, limits::Limits};
use crate::ledger::lookups::Key;
pub use crate::projections::cards::{Asked, Found};
use std::cmp::Reverse;
use std::ops::Range;

/// In which order records are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The earliest business date first.
    Oldest,
    /// What moves most first.
    Largest,
}

/// What was found: how many records, and those of them that are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// How many were found in all.
    pub count: usize,
    /// The part of them that was asked for, in its order.
    pub shown: Vec<Found>,
}

/// The records that were asked for: those at the places `part` of their order, and how many there
/// are in all.
///
/// # Errors
/// They cannot be read, or others are reading many records.
pub fn search(
    reader: Reader<'_>,
    limits: &Limits,
    asked: &Asked,
    order: Order,
    part: Range<usize>,
) -> Result<Results, Problem> {
    let of_lot = match &asked.lot {
        Some(lot) => Some(reader.live.numbers(Key::Lot(lot), 0, usize::MAX)?),
        None => None,
    };
    let mut found = {
        let views = reader.live.views();
        let hierarchy = &views.disclosures.ground.policies.hierarchy;
        views.cards.find(asked, of_lot.as_deref(), hierarchy)
    };
    if !reader.viewer.reads_all() {
        let _place = limits.past()?;
        found.retain(|one| reader.sees(one.seq));
    }
    let count = found.len();
    Ok(Results { count, shown: part_of(found, order, part) })
}

/// A part of the found ones in their order: no more of them are sorted than come before its end.
pub fn part_of(mut found: Vec<Found>, order: Order, part: Range<usize>) -> Vec<Found> {
    let place = |one: &Found| match order {
        Order::Oldest => (Reverse(0), Some(one.on), one.seq),
        Order::Largest => (Reverse(one.amount_fen), None, one.seq),
    };
    let end = part.end.min(found.len());
    let start = part.start.min(end);
    if end < found.len() {
        found.select_nth_unstable_by_key(end, place);
        found.truncate(end);
    }
    found.sort_unstable_by_key(place);
    found.split_off(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Date;

    #[test]
    fn a_part_is_the_same_as_that_part_of_everything_sorted() {
        let day = |seq: u64| Date::parse(&format!("2017-0{}-11", 1 + seq * 7 % 9)).unwrap();
        let one = |seq: u64| Found { seq, on: day(seq), amount_fen: (seq * 31 % 17) as i64 };
        let all: Vec<Found> = (0..97).map(one).collect();
        for order in [Order::Oldest, Order::Largest] {
            let mut sorted = all.clone();
            match order {
                Order::Oldest => sorted.sort_by_key(|one| (one.on, one.seq)),
                Order::Largest => sorted.sort_by_key(|one| (-one.amount_fen, one.seq)),
            }
            for part in [0..0, 0..10, 10..20, 90..97, 90..150, 97..120, 200..210] {
                let meant = part.start.min(97)..part.end.min(97);
                assert_eq!(part_of(all.clone(), order, part), sorted[meant], "{order:?}");
            }
        }
    }
}
