//! Where the money went: fund → city → county → use, per class, for the flow picture (桑基图).
//!
//! Every fen that the ledger holds stands in one cell: its fund, its jurisdiction, its use. Each
//! column of the picture therefore has the same sum, which is what came in less what went out.

use super::ground::Ground;
use super::path::Spot;
use super::{Fold, Told};
use crate::base::words::{Label, vocabulary};
use crate::base::{Code, Date};
use crate::domain::fund::{Category, Class, Fund, Level};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use foldhash::fast::RandomState;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

vocabulary! {
    /// A column of the picture.
    pub enum Column {
        Fund "fund" "资金来源" "Fund",
        City "city" "市" "City",
        County "county" "县" "County",
        Use "use" "用途" "Use",
    }
}

/// What money is used for: a category of projects, or not yet anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// In projects of a category: arranged, advanced, spent or to be paid back.
    Project(Category),
    /// Available or consolidated, not yet arranged.
    Waiting,
    /// Left over.
    Surplus,
}

impl Use {
    /// Its code: the category's, `waiting` or `surplus`.
    pub fn code(self) -> &'static str {
        match self {
            Use::Project(category) => category.code(),
            Use::Waiting => "waiting",
            Use::Surplus => "surplus",
        }
    }

    /// What people call it.
    pub fn label(self) -> Label {
        match self {
            Use::Project(category) => category.label(),
            Use::Waiting => Label { zh: "待安排", en: "Not yet arranged" },
            Use::Surplus => PlaceKind::Surplus.label(),
        }
    }
}

/// A node of the picture: its column and its code in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Node {
    /// The column.
    pub column: Column,
    /// A fund, a jurisdiction's code, or a use.
    pub id: String,
    /// Its Chinese label or name.
    pub zh: String,
    /// Its English label or name.
    pub en: String,
}

/// A band of the picture: so much of the left node's money is the right node's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The class; the two are never drawn in one picture.
    pub class: Class,
    /// The left node.
    pub from: Node,
    /// The right node.
    pub to: Node,
    /// How much, in fen; below zero only as of a day on which use came before its source.
    pub amount_fen: i128,
}

/// Which picture is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Only money at this jurisdiction and those below it.
    pub jurisdiction: Option<Code>,
    /// Only lots of this fiscal year.
    pub year: Option<u16>,
    /// The columns from left to right; at least two.
    pub columns: Vec<Column>,
}

impl Default for Asked {
    fn default() -> Asked {
        Asked { jurisdiction: None, year: None, columns: Column::ALL.to_vec() }
    }
}

/// What a node is, before it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Fund(Fund),
    At(Code),
    Use(Use),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    class: Class,
    fund: Fund,
    year: u16,
    at: Code,
    used: Use,
}

/// What the picture needs to know of a lot.
#[derive(Clone, Copy, Debug)]
struct Kind {
    class: Class,
    fund: Fund,
    year: u16,
}

/// The fold behind the picture.
#[derive(Debug)]
pub struct Flows {
    /// Only events up to this business date count.
    as_of: Option<Date>,
    /// What is known of places; lots are kept here, in less room.
    pub ground: Ground,
    lots: HashMap<Box<str>, Kind, RandomState>,
    cells: BTreeMap<Cell, i128>,
}

impl Flows {
    /// An empty fold; with a date only events up to that business date will count.
    pub fn new(as_of: Option<Date>) -> Flows {
        let (lots, cells) = (HashMap::default(), BTreeMap::new());
        Flows { as_of, ground: Ground::without_lots(), lots, cells }
    }

    /// The bands between each two neighbouring columns, in the order of the columns, then of nodes.
    pub fn answer(&self, asked: &Asked) -> Vec<Link> {
        let mut links = Vec::new();
        for pair in asked.columns.windows(2) {
            // Summed by what a node is; what it is called is looked up once a node.
            let mut sums: BTreeMap<(Class, End, End), i128> = BTreeMap::new();
            for (cell, fen) in self.wanted(asked) {
                let ends = (cell.class, self.end(cell, pair[0]), self.end(cell, pair[1]));
                *sums.entry(ends).or_default() += *fen;
            }
            let link = |((class, from, to), amount_fen)| {
                let (from, to) = (self.node(from, pair[0]), self.node(to, pair[1]));
                Link { class, from, to, amount_fen }
            };
            let mut sums: Vec<Link> =
                sums.into_iter().filter(|(_, fen)| *fen != 0).map(link).collect();
            let order = |link: &Link| (link.class, link.from.clone(), link.to.clone());
            sums.sort_by_cached_key(order);
            links.append(&mut sums);
        }
        links
    }

    /// The sum of each class: what every column adds up to.
    pub fn totals(&self, asked: &Asked) -> Vec<(Class, i128)> {
        let mut sums: BTreeMap<Class, i128> = BTreeMap::new();
        for (cell, fen) in self.wanted(asked) {
            *sums.entry(cell.class).or_default() += *fen;
        }
        sums.into_iter().collect()
    }

    fn wanted<'f>(&'f self, asked: &'f Asked) -> impl Iterator<Item = (&'f Cell, &'f i128)> {
        self.cells.iter().filter(|(cell, _)| {
            asked.year.is_none_or(|year| year == cell.year)
                && self.ground.is_within(cell.at, asked.jurisdiction)
        })
    }

    fn end(&self, cell: &Cell, column: Column) -> End {
        match column {
            Column::Fund => End::Fund(cell.fund),
            Column::Use => End::Use(cell.used),
            Column::City => End::At(self.ground.at_level(cell.at, Level::City)),
            // Money that waits at a city or the province keeps a node of its own.
            Column::County => End::At(self.ground.at_level(cell.at, Level::County)),
        }
    }

    fn node(&self, end: End, column: Column) -> Node {
        let word = |code: &str, label: Label| Node {
            column,
            id: code.to_owned(),
            zh: label.zh.to_owned(),
            en: label.en.to_owned(),
        };
        match end {
            End::Fund(fund) => word(fund.code(), fund.label()),
            End::Use(used) => word(used.code(), used.label()),
            End::At(code) => {
                let name = self.ground.name(code).to_owned();
                Node { column, id: code.to_string(), zh: name.clone(), en: name }
            }
        }
    }

    fn learn(&mut self, told: &Told<'_>) {
        let (lot, kind) = match told.event.map(|event| &event.data) {
            Some(Data::FundsReceived(data)) => {
                let of = data.of_lot.and_then(|of| self.lots.get(of.as_str()));
                let class = of.map(|of| of.class).or(data.class).unwrap_or(Class::Fiscal);
                (data.lot, Kind { class, fund: data.fund, year: data.fiscal_year.get() })
            }
            Some(Data::DonationReceived(data)) => {
                let (class, fund) = (Class::Social, Fund::Donation);
                (data.lot, Kind { class, fund, year: told.date.year() })
            }
            Some(_) | None => return,
        };
        self.lots.insert(lot.as_str().into(), kind);
    }

    fn stand(&mut self, lot: &str, path: &str, fen: i64) {
        let Some(spot) = Spot::parse(path) else { return };
        let (Some(at), Some(lot)) = (self.ground.lies_at(&spot), self.lots.get(lot)) else {
            return;
        };
        let project = spot.project.and_then(|project| self.ground.projects.get(project));
        let used = match project {
            Some(project) => Use::Project(project.category),
            None if spot.kind == PlaceKind::Surplus => Use::Surplus,
            None => Use::Waiting,
        };
        let cell = Cell { class: lot.class, fund: lot.fund, year: lot.year, at, used };
        *self.cells.entry(cell).or_default() += i128::from(fen);
    }
}

impl Fold for Flows {
    fn wants_event(&self, kind: Type) -> bool {
        self.ground.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.ground.take(told);
        self.learn(told);
        if self.as_of.is_none_or(|last| told.date <= last) {
            for movement in told.movements {
                self.stand(movement.lot, movement.from, -movement.amount_fen);
                self.stand(movement.lot, movement.to, movement.amount_fen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    fn story() -> History {
        let mut history = History::new();
        history.at(130_000).on("2017-02-01").funds("L1", "central_special", 1000);
        let down = json!({ "lot": "L1", "to": "130723", "amount_fen": 600 });
        history.tell("allocation_made", down, "L1 600 available/130000 > available/130723");
        history.at(130_723).on("2017-03-01").project("P1", "industry", 500);
        history.commit("P1", "L1", 400);
        history.on("2017-03-09").pay("P1", "L1", 150, "payee");
        history.gift("G1", 70, "public");
        history
    }

    fn links(history: &History, on: Option<&str>, columns: &[Column]) -> Vec<String> {
        let flows = history.fold(Flows::new(on.map(day)));
        let asked = Asked { columns: columns.to_vec(), ..Asked::default() };
        let line = |link: Link| {
            format!("{} {} > {} {}", link.class, link.from.id, link.to.id, link.amount_fen)
        };
        flows.answer(&asked).into_iter().map(line).collect()
    }

    #[test]
    fn every_column_has_the_same_sum_and_what_waits_is_a_use() {
        let history = story();
        assert_eq!(
            links(&history, None, &[Column::Fund, Column::City, Column::Use]),
            [
                "fiscal central_special > 130000 400",
                "fiscal central_special > 130700 600",
                "social donation > 130700 70",
                "fiscal 130000 > waiting 400",
                "fiscal 130700 > industry 400",
                "fiscal 130700 > waiting 200",
                "social 130700 > waiting 70",
            ]
        );
        let flows = history.fold(Flows::new(None));
        assert_eq!(flows.totals(&Asked::default()), [(Class::Fiscal, 1000), (Class::Social, 70)]);
    }

    #[test]
    fn a_county_alone_and_an_earlier_day() {
        let history = story();
        let flows = history.fold(Flows::new(Some(day("2017-02-28"))));
        let asked = Asked { jurisdiction: Some(Code(130_723)), ..Asked::default() };
        assert_eq!(flows.totals(&asked), [(Class::Fiscal, 600)]);
        let asked = Asked { year: Some(2016), ..Asked::default() };
        assert!(flows.answer(&asked).is_empty());
    }
}
