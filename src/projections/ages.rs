//! How long money waits: dwell time by lot, jurisdiction and place, first in first out.
//!
//! Days run from the day on which the lot's money reached the jurisdiction, wherever it lies there:
//! a released commitment keeps the old day. An advance and a debt count from their own day as well.
//! What was spent waits no more.

use super::ground::Ground;
use super::path::Spot;
use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::Type;
pub use crate::domain::fund::Class;
use crate::domain::fund::Fund;
use crate::domain::place::PlaceKind;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// The last day of each band but the last, which has no end.
pub const BANDS: [i32; 5] = [30, 90, 180, 365, 730];

/// Money of a lot that came to its place together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tranche {
    fen: i64,
    reached: Date,
    entered: Date,
}

/// The money of one lot in one place, the oldest first.
#[derive(Debug, Default)]
struct Queue {
    tranches: VecDeque<Tranche>,
    /// What left before it came, as of a day on which a source was dated later than its use.
    owed: i64,
}

impl Queue {
    fn put(&mut self, tranche: Tranche) {
        let paid = self.owed.min(tranche.fen);
        self.owed -= paid;
        let tranche = Tranche { fen: tranche.fen - paid, ..tranche };
        if tranche.fen > 0 {
            // Money that comes back keeps its day, so it stands among its like.
            let at = self.tranches.partition_point(|one| one.reached <= tranche.reached);
            self.tranches.insert(at, tranche);
        }
    }

    /// Takes money out, the oldest first, or the newest where an entry is undone.
    fn take(&mut self, mut fen: i64, newest: bool) -> Vec<Tranche> {
        let mut taken = Vec::new();
        while fen > 0 {
            let next = if newest { self.tranches.back_mut() } else { self.tranches.front_mut() };
            let Some(next) = next else {
                self.owed += fen;
                break;
            };
            let part = next.fen.min(fen);
            taken.push(Tranche { fen: part, ..*next });
            next.fen -= part;
            fen -= part;
            if next.fen == 0 {
                if newest {
                    self.tranches.pop_back()
                } else {
                    self.tranches.pop_front()
                };
            }
        }
        taken
    }
}

/// Money that waits; a row of the itemised answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Where it waits.
    pub jurisdiction: Code,
    /// Fiscal or social.
    pub class: Class,
    /// The kind of its origin.
    pub fund: Fund,
    /// The lot's fiscal year.
    pub fiscal_year: u16,
    /// The lot.
    pub lot: String,
    /// In what kind of place.
    pub place: PlaceKind,
    /// The project that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The unit that got the advance, or the debtor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// How much, in fen.
    pub amount_fen: i64,
    /// The day on which it reached the jurisdiction.
    pub reached_on: Date,
    /// The day on which it came to this place.
    pub entered_on: Date,
    /// How many days it has waited at the jurisdiction.
    pub days: i32,
    /// How many days it has waited in this place.
    pub days_here: i32,
}

/// What waits at a jurisdiction in one kind of place, by how long; amounts in fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dwell {
    /// Where it waits.
    pub jurisdiction: Code,
    /// Its name.
    pub name: String,
    /// Fiscal or social.
    pub class: Class,
    /// In what kind of place.
    pub place: PlaceKind,
    /// Up to 30, 90, 180, 365, 730 days, and longer.
    pub bands_fen: [i128; 6],
    /// All of it.
    pub amount_fen: i128,
    /// The days of the oldest fen.
    pub oldest_days: i32,
}

/// What lies idle at a jurisdiction; the amount in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idle {
    /// How much.
    pub amount_fen: i128,
    /// In how many places of how many lots: the rows that an answer lot by lot has at least.
    pub places: usize,
    /// The days of the oldest fen.
    pub oldest_days: i32,
}

/// Does money in such a place wait for its use? What a unit holds has an age of its own.
pub fn is_idle(kind: PlaceKind) -> bool {
    matches!(
        kind,
        PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus | PlaceKind::Committed
    )
}

type Key = (Code, String, String);

/// The fold behind dwell times.
#[derive(Debug, Default)]
pub struct Ages {
    /// Only events up to this business date count.
    as_of: Option<Date>,
    /// What is known of places and lots.
    pub ground: Ground,
    queues: BTreeMap<Key, Queue>,
    /// The first day on which a lot's money reached a jurisdiction.
    reached: BTreeMap<(String, Code), Date>,
}

impl Ages {
    /// An empty fold; with a date only events up to that business date will count.
    pub fn new(as_of: Option<Date>) -> Ages {
        Ages { as_of, ..Ages::default() }
    }

    /// Everything that waits on a day at or below a jurisdiction, the oldest first.
    pub fn waiting(&self, on: Date, within: Option<Code>) -> Vec<Waiting> {
        let mut rows = Vec::new();
        for ((at, lot, path), queue) in &self.queues {
            let known = self.ground.lots.get(lot).zip(Spot::parse(path));
            let Some((facts, spot)) = known.filter(|_| self.ground.is_within(*at, within)) else {
                continue;
            };
            rows.extend(queue.tranches.iter().map(|tranche| Waiting {
                jurisdiction: *at,
                class: facts.class,
                fund: facts.fund,
                fiscal_year: facts.year,
                lot: lot.clone(),
                place: spot.kind,
                project: spot.project.map(str::to_owned),
                party: spot.party.map(str::to_owned),
                amount_fen: tranche.fen,
                reached_on: tranche.reached,
                entered_on: tranche.entered,
                days: tranche.reached.days_until(on).max(0),
                days_here: tranche.entered.days_until(on).max(0),
            }));
        }
        rows.sort_by(|one, other| {
            let order = |row: &Waiting| (row.reached_on, row.jurisdiction, row.place);
            order(one).cmp(&order(other)).then_with(|| one.lot.cmp(&other.lot))
        });
        rows
    }

    /// What lies idle for more than so many days, by jurisdiction and class: neither spent nor with
    /// a unit. The oldest of a queue is in front, so what is young is passed by unread.
    pub fn idle(&self, on: Date, more_than: i32) -> BTreeMap<(Code, Class), Idle> {
        let mut idle: BTreeMap<(Code, Class), Idle> = BTreeMap::new();
        let days = |one: &Tranche| one.reached.days_until(on).max(0);
        for ((at, lot, path), queue) in &self.queues {
            let oldest = queue.tranches.front().map(days);
            let Some(oldest) = oldest.filter(|days| *days > more_than) else { continue };
            let known = self.ground.lots.get(lot).zip(Spot::parse(path));
            let Some((facts, _)) = known.filter(|(_, spot)| is_idle(spot.kind)) else {
                continue;
            };
            let long = queue.tranches.iter().take_while(|one| days(one) > more_than);
            let row = idle.entry((*at, facts.class)).or_default();
            row.amount_fen += long.map(|one| i128::from(one.fen)).sum::<i128>();
            row.oldest_days = row.oldest_days.max(oldest);
            row.places += 1;
        }
        idle
    }

    /// The same by jurisdiction, class and place, in bands.
    pub fn dwell(&self, on: Date, within: Option<Code>) -> Vec<Dwell> {
        self.dwell_of_year(on, within, None)
    }

    /// The same of lots of one fiscal year, where one is asked for.
    pub fn dwell_of_year(&self, on: Date, within: Option<Code>, year: Option<u16>) -> Vec<Dwell> {
        let mut rows: BTreeMap<(Code, Class, PlaceKind), Dwell> = BTreeMap::new();
        let of_year = |one: &Waiting| year.is_none_or(|year| year == one.fiscal_year);
        for one in self.waiting(on, within).into_iter().filter(of_year) {
            let key = (one.jurisdiction, one.class, one.place);
            let row = rows.entry(key).or_insert_with(|| Dwell {
                jurisdiction: one.jurisdiction,
                name: self.ground.name(one.jurisdiction).to_owned(),
                class: one.class,
                place: one.place,
                bands_fen: [0; 6],
                amount_fen: 0,
                oldest_days: 0,
            });
            row.bands_fen[band(one.days)] += i128::from(one.amount_fen);
            row.amount_fen += i128::from(one.amount_fen);
            row.oldest_days = row.oldest_days.max(one.days);
        }
        rows.into_values().collect()
    }

    fn move_money(&mut self, told: &Told<'_>) {
        let undoes = told.kind == Type::EntryReversed;
        for movement in told.movements {
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let lot = movement.lot.to_owned();
            let source = self.ground.lies_at(&from);
            let taken = match source.filter(|_| from.kind != PlaceKind::Spent) {
                Some(at) => {
                    let key = (at, lot.clone(), movement.from.to_owned());
                    let queue = self.queues.entry(key.clone()).or_default();
                    let taken = queue.take(movement.amount_fen, undoes);
                    // What holds and owes nothing is let go: answers walk over all that are left.
                    if queue.tranches.is_empty() && queue.owed == 0 {
                        self.queues.remove(&key);
                    }
                    taken
                }
                None => Vec::new(),
            };
            let Some(at) = self.ground.lies_at(&to) else { continue };
            let first = *self.reached.entry((lot.clone(), at)).or_insert(told.date);
            if to.kind == PlaceKind::Spent {
                continue;
            }
            let key = (at, lot, movement.to.to_owned());
            let queue = self.queues.entry(key).or_default();
            let mut left = movement.amount_fen;
            for tranche in taken.into_iter().filter(|_| source == Some(at)) {
                left -= tranche.fen;
                queue.put(Tranche { entered: told.date, ..tranche });
            }
            // Money from elsewhere begins to wait here; what an undone entry or a return brings
            // back waited here before.
            let back = undoes || source == Some(at);
            let reached = if back { first } else { told.date };
            if left > 0 {
                queue.put(Tranche { fen: left, reached, entered: told.date });
            }
        }
    }
}

/// The band that so many days fall into.
fn band(days: i32) -> usize {
    BANDS.iter().position(|last| days <= *last).unwrap_or(BANDS.len())
}

impl Fold for Ages {
    fn wants_event(&self, kind: Type) -> bool {
        self.ground.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.ground.take(told);
        if self.as_of.is_none_or(|last| told.date <= last) {
            self.move_money(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    /// `place amount days days here`, the oldest first.
    fn rows(history: &History, on: &str) -> Vec<String> {
        let ages = history.fold(Ages::new(Some(day(on))));
        let line = |row: Waiting| {
            format!("{} {} {} {}", row.place, row.amount_fen, row.days, row.days_here)
        };
        ages.waiting(day(on), Some(Code(130_723))).into_iter().map(line).collect()
    }

    fn passed_down() -> History {
        let mut history = History::new();
        history.at(130_000).on("2017-01-01").funds("L1", "central_special", 1000);
        for (on, fen) in [("2017-02-01", 300), ("2017-03-01", 300)] {
            let down = json!({ "lot": "L1", "to": "130723", "amount_fen": fen });
            let moved = format!("L1 {fen} available/130000 > available/130723");
            history.on(on).tell("allocation_made", down, &moved);
        }
        history.at(130_723).project("P1", "industry", 1000);
        history
    }

    #[test]
    fn the_oldest_money_leaves_first_and_days_run_from_its_coming() {
        let mut history = passed_down();
        assert_eq!(rows(&history, "2017-03-11"), ["available 300 38 38", "available 300 10 10"]);
        history.on("2017-03-06").commit("P1", "L1", 400);
        assert_eq!(
            rows(&history, "2017-03-11"),
            ["committed 300 38 5", "available 200 10 10", "committed 100 10 5"]
        );
        history.on("2017-03-08").pay("P1", "L1", 350, "payee");
        assert_eq!(rows(&history, "2017-03-11"), ["available 200 10 10", "committed 50 10 5"]);
    }

    #[test]
    fn a_released_commitment_keeps_its_old_day() {
        let mut history = passed_down();
        history.on("2017-03-06").commit("P1", "L1", 300);
        let data = json!({ "project": "P1", "to": "available",
            "lots": [{ "lot": "L1", "amount_fen": 300 }] });
        let moved = "L1 300 committed/P1/130723 > available/130723";
        history.on("2017-03-10").tell("commitment_released", data, moved);
        assert_eq!(rows(&history, "2017-03-11"), ["available 300 38 1", "available 300 10 10"]);
    }

    #[test]
    fn an_undone_entry_gives_back_the_days_and_use_before_its_source_owes() {
        let mut history = passed_down();
        let id = history.on("2017-03-06").commit("P1", "L1", 100);
        history.on("2017-03-09").reverse(&id, "L1 100 committed/P1/130723 > available/130723");
        assert_eq!(
            rows(&history, "2017-03-11"),
            ["available 200 38 38", "available 100 38 2", "available 300 10 10"]
        );
        history.on("2017-02-10").commit("P1", "L1", 500);
        // On that day only 300 had come: the rest is owed to what comes later.
        assert_eq!(rows(&history, "2017-02-11"), ["committed 300 10 1", "committed 200 10 1"]);
        assert_eq!(rows(&history, "2017-03-05").len(), 3);
    }

    #[test]
    fn bands_end_where_they_say() {
        for (days, at) in [(0, 0), (30, 0), (31, 1), (365, 3), (366, 4), (730, 4), (731, 5)] {
            assert_eq!(band(days), at, "{days}");
        }
        let history = passed_down();
        let idle = history.fold(Ages::default()).idle(day("2017-03-11"), 10);
        let row = idle[&(Code(130_723), Class::Fiscal)];
        assert_eq!((row.amount_fen, row.places, row.oldest_days), (300, 1, 38));
        assert_eq!(idle[&(Code(130_000), Class::Fiscal)].amount_fen, 400);
        let dwell = history.fold(Ages::default()).dwell(day("2017-03-11"), Some(Code(130_723)));
        assert_eq!(dwell.len(), 1);
        assert_eq!((dwell[0].bands_fen[0], dwell[0].bands_fen[1]), (300, 300));
        assert_eq!((dwell[0].amount_fen, dwell[0].oldest_days), (600, 38));
    }
}
