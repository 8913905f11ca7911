//! How many lots stand in each cell of social money, and how many of them are gifts whose givers
//! stay unnamed: what decides which cells are too small to be printed, counted as records come.

use super::Map;
use super::cells::{Cells, Moved, Sums};
use crate::base::Code;

/// What stands in the cells; a cell is a jurisdiction and a group of lots.
#[derive(Debug, Default)]
pub struct Crowds {
    cells: Map<(Code, u32), Crowd>,
    /// How often a lot went from or to a jurisdiction and was not taken back.
    went: Map<(Code, u32), u32>,
}

/// How many stand in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Lots of any kind.
    pub lots: u64,
    /// Gifts among them whose givers are not named in public.
    pub gifts: u64,
}

/// A lot as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Its number.
    pub lot: u32,
    /// The number of its group.
    pub group: u32,
    /// Is it a gift whose giver is not named in public?
    pub is_unnamed: bool,
}

impl Crowds {
    /// The cells in which a lot stands: jurisdiction, group and how many.
    pub fn cells(&self) -> impl Iterator<Item = (Code, u32, Crowd)> {
        self.cells.iter().map(|((at, group), crowd)| (*at, *group, *crowd))
    }

    /// Adds a movement to the sums of a lot, and counts where the lot begins or ends to stand.
    pub fn add(&mut self, cells: &mut Cells, one: Counted, moved: &Moved) {
        let touched = moved.touches().map(|at| (at, self.stands(at, one.lot, cells)));
        let touched: Vec<(Code, bool)> = touched.collect();
        let went = moved.passes().is_some_and(|passes| cells.went(passes, one.lot));
        cells.add(one.lot, moved);
        if let Some(passes) = moved.passes() {
            self.went(passes, one.lot, (went, cells.went(passes, one.lot)));
        }
        for (at, stood) in touched {
            let stands = self.stands(at, one.lot, cells);
            self.count(at, one, (stood, stands));
        }
    }

    /// Has the lot a row at the jurisdiction?
    fn stands(&self, at: Code, lot: u32, cells: &Cells) -> bool {
        let holds = cells.sums.get(&(at, lot)).is_some_and(|sums| **sums != Sums::default());
        holds || self.went.contains_key(&(at, lot))
    }

    fn count(&mut self, at: Code, one: Counted, (before, after): (bool, bool)) {
        if before == after {
            return;
        }
        let cell = self.cells.entry((at, one.group)).or_default();
        let gift = u64::from(one.is_unnamed);
        if after {
            cell.lots += 1;
            cell.gifts += gift;
        } else {
            assert!(cell.lots > 0 && cell.gifts >= gift, "a lot that ends to stand was counted");
            cell.lots -= 1;
            cell.gifts -= gift;
        }
        if cell.lots == 0 {
            self.cells.remove(&(at, one.group));
        }
    }

    fn went(&mut self, (from, to): (Code, Code), lot: u32, (before, after): (bool, bool)) {
        for at in [from, to] {
            let times = self.went.entry((at, lot)).or_default();
            *times = *times + u32::from(after) - u32::from(before);
            if *times == 0 {
                self.went.remove(&(at, lot));
            }
        }
    }
}
