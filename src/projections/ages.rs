//! How long money waits: dwell time by lot, jurisdiction and place, first in first out.
//!
//! Days run from the day on which the lot's money reached the jurisdiction, wherever it lies there:
//! a released commitment keeps the old day. An advance and a debt count from their own day as well.
//! What was spent waits no more.

mod queues;

use super::ground::Ground;
use super::path::Spot;
use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::Type;
pub use crate::domain::fund::Class;
use crate::domain::fund::Fund;
use crate::domain::place::PlaceKind;
use queues::Queues;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The last day of each band but the last, which has no end.
pub const BANDS: [i32; 5] = [30, 90, 180, 365, 730];

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

impl Waiting {
    /// The order of answers: the oldest first, then by where it waits.
    fn order(&self) -> impl Ord + '_ {
        let place = (&self.lot, &self.project, &self.party, self.entered_on);
        let place = (place, Reverse(self.amount_fen));
        (self.reached_on, self.jurisdiction, self.place, place)
    }
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

/// The fold behind dwell times.
#[derive(Debug, Default)]
pub struct Ages {
    /// Only events up to this business date count.
    as_of: Option<Date>,
    /// What is known of places and lots.
    pub ground: Ground,
    queues: Queues,
}

impl Ages {
    /// An empty fold; with a date only events up to that business date will count.
    pub fn new(as_of: Option<Date>) -> Ages {
        Ages { as_of, ..Ages::default() }
    }

    /// Everything that waits on a day at or below a jurisdiction, the oldest first.
    pub fn waiting(&self, on: Date, within: Option<Code>) -> Vec<Waiting> {
        let places = self.queues.jurisdictions();
        let mut rows: Vec<Waiting> = places
            .filter(|at| self.ground.is_within(*at, within))
            .flat_map(|at| self.waiting_at(on, at))
            .collect();
        rows.sort_by(|one, other| one.order().cmp(&other.order()));
        rows
    }

    /// What waits at one jurisdiction and not below it, by lot and place.
    fn waiting_at(&self, on: Date, at: Code) -> impl Iterator<Item = Waiting> {
        self.queues.at(at).flat_map(move |(lot, path, tranches)| {
            let known = self.ground.lots.get(lot).zip(Spot::parse(path));
            known.into_iter().flat_map(move |(facts, spot)| {
                tranches.iter().map(move |tranche| Waiting {
                    jurisdiction: at,
                    class: facts.class,
                    fund: facts.fund,
                    fiscal_year: facts.year,
                    lot: lot.to_owned(),
                    place: spot.kind,
                    project: spot.project.map(str::to_owned),
                    party: spot.party.map(str::to_owned),
                    amount_fen: tranche.fen,
                    reached_on: tranche.reached,
                    entered_on: tranche.entered,
                    days: tranche.reached.days_until(on).max(0),
                    days_here: tranche.entered.days_until(on).max(0),
                })
            })
        })
    }

    /// What lies idle for more than so many days, by jurisdiction and class: neither spent nor with
    /// a unit.
    pub fn idle(&self, on: Date, more_than: i32) -> BTreeMap<(Code, Class), Idle> {
        let mut idle: BTreeMap<(Code, Class), Idle> = BTreeMap::new();
        for (group, days) in self.queues.sums().filter(|(group, _)| is_idle(group.place)) {
            let aged = days.iter().map(|(reached, fen)| (reached.days_until(on).max(0), *fen));
            // The oldest come first, so what is young is passed by unread.
            for (days, fen) in aged.take_while(|(days, _)| *days > more_than) {
                let row = idle.entry((group.at, group.class)).or_default();
                row.amount_fen += fen;
                row.oldest_days = row.oldest_days.max(days);
            }
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
        let asked = self.queues.sums().filter(|(group, _)| {
            year.is_none_or(|year| year == group.year) && self.ground.is_within(group.at, within)
        });
        for (group, days) in asked {
            let row = rows.entry((group.at, group.class, group.place)).or_insert_with(|| Dwell {
                jurisdiction: group.at,
                name: self.ground.name(group.at).to_owned(),
                class: group.class,
                place: group.place,
                bands_fen: [0; 6],
                amount_fen: 0,
                oldest_days: 0,
            });
            for (reached, fen) in days {
                let days = reached.days_until(on).max(0);
                row.bands_fen[band(days)] += fen;
                row.amount_fen += fen;
                row.oldest_days = row.oldest_days.max(days);
            }
        }
        rows.into_values().collect()
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
            self.queues.take(told, &self.ground);
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
        agree(&ages, day(on));
        ages.waiting(day(on), Some(Code(130_723))).into_iter().map(line).collect()
    }

    /// The sums by day are those of the lots, whatever is asked of them.
    fn agree(ages: &Ages, on: Date) {
        let mut bands: BTreeMap<(Code, Class, PlaceKind), [i128; 6]> = BTreeMap::new();
        let mut idle: BTreeMap<(Code, Class), Idle> = BTreeMap::new();
        for row in ages.waiting(on, None) {
            let fen = i128::from(row.amount_fen);
            let key = (row.jurisdiction, row.class, row.place);
            bands.entry(key).or_default()[band(row.days)] += fen;
            if is_idle(row.place) && row.days > 10 {
                let sum = idle.entry((row.jurisdiction, row.class)).or_default();
                sum.amount_fen += fen;
                sum.oldest_days = sum.oldest_days.max(row.days);
            }
        }
        let dwell = ages.dwell(on, None).into_iter();
        let sums: BTreeMap<_, _> =
            dwell.map(|row| ((row.jurisdiction, row.class, row.place), row.bands_fen)).collect();
        assert_eq!(sums, bands);
        assert_eq!(ages.idle(on, 10), idle);
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
        assert_eq!((row.amount_fen, row.oldest_days), (300, 38));
        assert_eq!(idle[&(Code(130_000), Class::Fiscal)].amount_fen, 400);
        let dwell = history.fold(Ages::default()).dwell(day("2017-03-11"), Some(Code(130_723)));
        assert_eq!(dwell.len(), 1);
        assert_eq!((dwell[0].bands_fen[0], dwell[0].bands_fen[1]), (300, 300));
        assert_eq!((dwell[0].amount_fen, dwell[0].oldest_days), (600, 38));
    }
}
