//! What waits: the money of each lot in each place, the oldest first, and the sums of it by day.
//!
//! The queues answer lot by lot. The sums answer for all lots together, so that the province at a
//! glance never walks over every gift; the two are two accounts of the same money, and the tests
//! hold one against the other.

use crate::base::{Code, Date};
use crate::domain::Type;
use crate::domain::fund::Class;
use crate::domain::place::PlaceKind;
use crate::projections::Told;
use crate::projections::ground::Ground;
use crate::projections::path::Spot;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Money of a lot that came to its place together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tranche {
    /// How much.
    pub fen: i64,
    /// The day on which it reached the jurisdiction.
    pub reached: Date,
    /// The day on which it came to this place.
    pub entered: Date,
}

/// The money of one lot in one place, the oldest first.
#[derive(Debug, Default)]
struct Queue {
    tranches: VecDeque<Tranche>,
    /// What left before it came, as of a day on which a source was dated later than its use.
    owed: i64,
}

impl Queue {
    /// Puts money in; gives what of it was not owed already.
    fn put(&mut self, tranche: Tranche) -> i64 {
        let paid = self.owed.min(tranche.fen);
        self.owed -= paid;
        let tranche = Tranche { fen: tranche.fen - paid, ..tranche };
        if tranche.fen > 0 {
            // Money that comes back keeps its day, so it stands among its like.
            let at = self.tranches.partition_point(|one| one.reached <= tranche.reached);
            self.tranches.insert(at, tranche);
        }
        tranche.fen
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

/// What is summed together: all lots of a class and year in one kind of place of a jurisdiction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Where it waits.
    pub at: Code,
    /// Fiscal or social.
    pub class: Class,
    /// In what kind of place.
    pub place: PlaceKind,
    /// The lots' fiscal year.
    pub year: u16,
}

/// Texts and their numbers, since a text is long and stands in many keys.
#[derive(Debug, Default)]
struct Numbered {
    numbers: HashMap<Arc<str>, u32, RandomState>,
    texts: Vec<Arc<str>>,
}

impl Numbered {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).expect("a ledger has fewer than 2^32 lots");
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }
}

/// The money at one jurisdiction by the numbers of its lot and of its place's path.
type Places = HashMap<(u32, u32), Queue, RandomState>;

/// Everything that waits.
#[derive(Debug, Default)]
pub struct Queues {
    lots: Numbered,
    paths: Numbered,
    by_place: BTreeMap<Code, Places>,
    /// What of each group reached its jurisdiction on which day; only what still waits.
    by_day: BTreeMap<Group, BTreeMap<Date, i128>>,
    /// The first day on which a lot's money reached a jurisdiction.
    reached: HashMap<(u32, Code), Date, RandomState>,
}

impl Queues {
    /// What waits at one jurisdiction, in no order: lot, path, and the money, the oldest first.
    pub fn at(&self, code: Code) -> impl Iterator<Item = (&str, &str, &VecDeque<Tranche>)> {
        let here = self.by_place.get(&code).into_iter().flatten();
        here.map(|((lot, path), queue)| {
            (self.lots.text(*lot), self.paths.text(*path), &queue.tranches)
        })
    }

    /// The jurisdictions where anything ever waited, in the order of their codes.
    pub fn jurisdictions(&self) -> impl Iterator<Item = Code> {
        self.by_place.keys().copied()
    }

    /// The sums of each group, by the day on which the money reached its jurisdiction.
    pub fn sums(&self) -> impl Iterator<Item = (&Group, &BTreeMap<Date, i128>)> {
        self.by_day.iter()
    }

    /// Moves the money of a record.
    pub fn take(&mut self, told: &Told<'_>, ground: &Ground) {
        let undoes = told.kind == Type::EntryReversed;
        for movement in told.movements {
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let lot = self.lots.number(movement.lot);
            let facts = ground.lots.get(movement.lot).map(|lot| (lot.class, lot.year));
            let group = |at, place| facts.map(|(class, year)| Group { at, class, place, year });
            let source = ground.lies_at(&from);
            let taken = match source.filter(|_| from.kind != PlaceKind::Spent) {
                Some(at) => {
                    let taken = self.leave(at, (lot, movement.from), movement.amount_fen, undoes);
                    if let Some(group) = group(at, from.kind) {
                        taken.iter().for_each(|one| self.sum(group, one.reached, -one.fen));
                    }
                    taken
                }
                None => Vec::new(),
            };
            let Some(at) = ground.lies_at(&to) else { continue };
            let first = *self.reached.entry((lot, at)).or_insert(told.date);
            if to.kind == PlaceKind::Spent {
                continue;
            }
            let mut left = movement.amount_fen;
            let mut came: Vec<Tranche> = Vec::new();
            for tranche in taken.into_iter().filter(|_| source == Some(at)) {
                left -= tranche.fen;
                came.push(Tranche { entered: told.date, ..tranche });
            }
            // Money from elsewhere begins to wait here; what an undone entry or a return brings
            // back waited here before.
            let back = undoes || source == Some(at);
            let reached = if back { first } else { told.date };
            if left > 0 {
                came.push(Tranche { fen: left, reached, entered: told.date });
            }
            let group = group(at, to.kind);
            let path = self.paths.number(movement.to);
            for tranche in came {
                let places = self.by_place.entry(at).or_default();
                let put = places.entry((lot, path)).or_default().put(tranche);
                if let Some(group) = group {
                    self.sum(group, tranche.reached, put);
                }
            }
        }
    }

    /// Takes money of a lot out of a place.
    fn leave(&mut self, at: Code, from: (u32, &str), fen: i64, newest: bool) -> Vec<Tranche> {
        let key = (from.0, self.paths.number(from.1));
        let places = self.by_place.entry(at).or_default();
        let queue = places.entry(key).or_default();
        let taken = queue.take(fen, newest);
        // What holds and owes nothing is let go: answers walk over all that are left.
        if queue.tranches.is_empty() && queue.owed == 0 {
            places.remove(&key);
        }
        taken
    }

    /// Adds to what reached a group's jurisdiction on a day; nothing is kept of what is nothing.
    fn sum(&mut self, group: Group, reached: Date, fen: i64) {
        let days = self.by_day.entry(group).or_default();
        let sum = days.entry(reached).or_default();
        *sum += i128::from(fen);
        assert!(*sum >= 0, "what waits since a day is never less than nothing");
        if *sum == 0 {
            days.remove(&reached);
            if days.is_empty() {
                self.by_day.remove(&group);
            }
        }
    }
}
