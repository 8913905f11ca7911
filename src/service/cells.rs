//! Small cells of social money: what `access` withholds, carried over to the rows of an answer.
//!
//! Judged at the finest division that anybody may ask for, jurisdiction by fund and year, so that
//! it does not depend on the question. A coarser row is withheld when exactly one withheld cell
//! lies in it: less what is printed beside it, it would be that cell.

use super::Service;
use crate::access::cells::{Cell, ENOUGH, Printed, Sum, printed};
use crate::access::{Register, Viewer, What};
use crate::base::Code;
use crate::ledger::live::Views;
use crate::projections::balances::{Asked, Balances, Row};
use crate::projections::gifts::Gifts;
use serde::Serialize;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A row as it is printed.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Figures {
    /// With its amounts.
    Open(Box<Row>),
    /// Without.
    Withheld(Withheld),
}

/// A row without its amounts.
#[derive(Clone, Debug, Serialize)]
pub struct Withheld {
    jurisdiction: String,
    name: String,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fund: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fiscal_year: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'static str>,
    /// Why: fewer than five gifts, or not listed apart.
    withheld: Printed,
}

impl Withheld {
    /// Why it is withheld.
    pub fn why(&self) -> Printed {
        self.withheld
    }

    /// The fund, where rows are by fund.
    pub fn fund(&self) -> Option<&'static str> {
        self.fund
    }

    /// The fiscal year, where rows are by year.
    pub fn fiscal_year(&self) -> Option<u16> {
        self.fiscal_year
    }
}

/// How rows of one question are printed for one reader.
pub struct Printing<'p> {
    service: &'p Service,
    views: &'p Views<Register>,
    balances: &'p Balances,
    viewer: &'p Viewer,
    asked: &'p Asked,
    cells: OnceCell<Arc<Cells>>,
}

impl<'p> Printing<'p> {
    /// The printing of an answer: of the balances in the views, or of others, such as those of a
    /// past position.
    pub fn new(
        service: &'p Service,
        (views, balances): (&'p Views<Register>, &'p Balances),
        viewer: &'p Viewer,
        asked: &'p Asked,
    ) -> Printing<'p> {
        Printing { service, views, balances, viewer, asked, cells: OnceCell::new() }
    }

    /// Are single lots open to the reader where the row stands?
    pub fn reaches(&self, row: &Row) -> bool {
        let at = Code::parse(&row.jurisdiction);
        at.is_some_and(|code| self.views.beside.reaches(self.viewer, What::Lots, code))
    }

    /// The row as the reader sees it: sums are open to everybody, but for small cells.
    pub fn print(&self, row: Row) -> Figures {
        if row.class != "social" || self.reaches(&row) {
            return Figures::Open(Box::new(row));
        }
        // A past position is judged by itself.
        let cells =
            self.cells.get_or_init(|| match std::ptr::eq(self.balances, &self.views.balances) {
                true => self.service.cells.at(self.views),
                false => Arc::new(Cells::of(self.balances, &self.views.gifts)),
            });
        cells.print(row, self.balances, self.asked)
    }
}

/// The finest cells of social money, and which of them are withheld.
#[derive(Debug)]
pub struct Cells {
    by_key: BTreeMap<(Code, &'static str, u16), Judged>,
}

#[derive(Debug)]
struct Judged {
    gifts: u64,
    printed: Printed,
}

/// May the reader see single lots everywhere in a jurisdiction, or in all of them?
pub fn reaches_all(viewer: &Viewer, views: &Views<Register>, root: Option<Code>) -> bool {
    match root {
        Some(root) => views.beside.reaches(viewer, What::Lots, root),
        None => viewer.reads_all(),
    }
}

/// The cells as they were judged last: at one position every answer asks for the same.
#[derive(Debug, Default)]
pub struct Judging(Mutex<Option<(u64, Arc<Cells>)>>);

impl Judging {
    /// The cells of the views. Whoever asks while they are judged waits for that, rather than judge
    /// them once more.
    pub fn at(&self, views: &Views<Register>) -> Arc<Cells> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cells)) = last.as_ref().filter(|(size, _)| *size == views.size()) {
            return cells.clone();
        }
        let cells = Arc::new(Cells::of(&views.balances, &views.gifts));
        *last = Some((views.size(), cells.clone()));
        cells
    }
}

impl Cells {
    /// Judges the cells.
    pub fn of(balances: &Balances, gifts: &Gifts) -> Cells {
        let mut cells: BTreeMap<(Code, &'static str, u16), Cell> = BTreeMap::new();
        match balances.social_cells() {
            Some(counted) => {
                let cell = |gifts, amount_fen| Cell { gifts, amount_fen };
                cells.extend(counted.map(|(at, fund, year, gifts, received_fen)| {
                    ((at, fund.code(), year), cell(gifts, received_fen))
                }));
            }
            None => balances.each_social(&mut |at, fund, year, lot, received_fen| {
                let cell = cells.entry((at, fund.code(), year)).or_default();
                let gift = gifts.rows.get(lot);
                cell.gifts += u64::from(gift.is_some_and(|gift| gift.anonymity != "public"));
                cell.amount_fen += received_fen;
            }),
        }
        let mut all: Vec<Cell> = cells.values().copied().collect();
        let mut parts: BTreeMap<Code, Vec<usize>> = BTreeMap::new();
        for (index, (at, _, _)) in cells.keys().enumerate() {
            parts.entry(*at).or_default().push(index);
        }
        let mut sums = Vec::new();
        for parts in parts.into_values() {
            let amount_fen = parts.iter().map(|index| all[*index].amount_fen).sum();
            let gifts = parts.iter().map(|index| all[*index].gifts).sum();
            sums.push(Sum { total: all.len(), parts });
            all.push(Cell { gifts, amount_fen });
        }
        let how = printed(&all, &sums);
        let judged = cells.into_iter().zip(how);
        let judged =
            judged.map(|((key, cell), printed)| (key, Judged { gifts: cell.gifts, printed }));
        Cells { by_key: judged.collect() }
    }

    /// The row as it is printed for a reader who may not see single lots there.
    pub fn print(&self, row: Row, balances: &Balances, asked: &Asked) -> Figures {
        if row.class != "social" {
            return Figures::Open(Box::new(row));
        }
        let at = Code::parse(&row.jurisdiction);
        let inside = self.by_key.iter().filter(|((code, fund, year), _)| {
            balances.row_of(*code, asked) == at
                && row.fund.is_none_or(|wanted| wanted == *fund)
                && row.fiscal_year.is_none_or(|wanted| wanted == *year)
        });
        let (mut gifts, mut withheld) = (0, 0);
        for (_, cell) in inside {
            gifts += cell.gifts;
            withheld += u32::from(cell.printed != Printed::Amounts);
        }
        let how = match (1..ENOUGH).contains(&gifts) {
            true => Printed::FewGifts,
            false if withheld == 1 => Printed::NotListed,
            false => return Figures::Open(Box::new(row)),
        };
        Figures::Withheld(Withheld {
            jurisdiction: row.jurisdiction,
            name: row.name,
            class: row.class,
            fund: row.fund,
            fiscal_year: row.fiscal_year,
            tier: row.tier,
            withheld: how,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_position_is_judged_once() {
        let (judging, views) = (Judging::default(), Views::default());
        let first = judging.at(&views);
        assert!(Arc::ptr_eq(&first, &judging.at(&views)));
        // What was judged elsewhere is not taken for this position.
        *judging.0.lock().unwrap() = Some((views.size() + 1, first.clone()));
        assert!(!Arc::ptr_eq(&first, &judging.at(&views)));
    }
}
