//! Balances: what came, what went and what stands, by jurisdiction and lot (design section 10).
//!
//! The columns follow from the places alone: money from outside was received; to outside it was
//! withdrawn, or refunded where it is a gift; between jurisdictions it went down (allocated) or up
//! (recalled). A reversal subtracts from the columns that its original added to. Signed sums, since
//! as of a business date a place may stand below zero where a source was dated later than its use.

use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::fund::{Class, Fund, Level};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type, Written};
use foldhash::HashMapExt;
use foldhash::fast::RandomState;
use serde::Serialize;
use std::collections::HashMap;

type Map<K, V> = HashMap<K, V, RandomState>;

/// The fold behind every balance.
#[derive(Debug)]
pub struct Balances {
    /// Only events up to this business date count.
    as_of: Option<Date>,
    jurisdictions: Map<Code, Place>,
    lots: Map<Box<str>, u32>,
    kinds: Vec<LotKind>,
    projects: Map<Box<str>, Code>,
    cells: Map<(Code, u32), Sums>,
    passed: Map<(Code, Code, u32), Passed>,
}

#[derive(Debug)]
struct Place {
    name: Box<str>,
    level: Level,
    parent: Option<Code>,
}

#[derive(Clone, Debug)]
struct LotKind {
    name: Box<str>,
    fund: Fund,
    class: Class,
    year: u16,
}

/// What came in from and went to outside, and what stands in each kind of place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    received: i128,
    withdrawn: i128,
    refunded: i128,
    standing: [i128; 8],
}

/// What went from one jurisdiction to another.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    allocated: i128,
    recalled: i128,
}

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only this jurisdiction and those below it.
    pub jurisdiction: Option<Code>,
    /// Rolled up to this level.
    pub level: Option<Level>,
    /// A row per lot.
    pub by_lot: bool,
    /// A row per fund.
    pub by_fund: bool,
    /// A row per fiscal year.
    pub by_year: bool,
    /// A row per tier of government that the money comes from.
    pub by_tier: bool,
}

impl Asked {
    /// By fund and year: what is shown when nothing else is asked.
    pub fn by_fund_and_year() -> Asked {
        Asked { by_fund: true, by_year: true, ..Asked::default() }
    }
}

/// A row of balances; amounts in fen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The jurisdiction's code.
    pub jurisdiction: String,
    /// Its present name.
    pub name: String,
    /// `fiscal` or `social`.
    pub class: &'static str,
    /// The fund, where rows are by fund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<&'static str>,
    /// The fiscal year, where rows are by year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<u16>,
    /// The lot, where rows are by lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The tier of government that the money comes from, where rows are by tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<&'static str>,
    /// Came in from outside.
    pub received_fen: i128,
    /// Came down from a level above.
    pub allocated_in_fen: i128,
    /// Went down to a level below.
    pub allocated_out_fen: i128,
    /// Came back up from a level below.
    pub recalled_in_fen: i128,
    /// Went back up to a level above.
    pub recalled_out_fen: i128,
    /// Went outside as cut, returned or paid into the treasury.
    pub withdrawn_fen: i128,
    /// Went back to a donor.
    pub refunded_fen: i128,
    /// Not yet arranged.
    pub available_fen: i128,
    /// Consolidated, not yet arranged.
    pub consolidated_fen: i128,
    /// Arranged for projects.
    pub committed_fen: i128,
    /// Paid in advance, not yet accounted for.
    pub advanced_fen: i128,
    /// Spent.
    pub spent_fen: i128,
    /// Left over.
    pub surplus_fen: i128,
    /// To be paid back.
    pub reclaim_fen: i128,
    /// Spent of what stands, in basis points; fiscal only (支出进度).
    pub execution_bp: Option<i128>,
    /// Passed on of what stood, in basis points; fiscal only (下达进度).
    pub passed_on_bp: Option<i128>,
}

/// Rows, and their totals per jurisdiction and class, never across classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The rows, ordered by jurisdiction, class, fund, fiscal year, lot.
    pub rows: Vec<Row>,
    /// Their sums per jurisdiction and class; rates are of the sums, never averages.
    pub totals: Vec<Row>,
}

impl Balances {
    /// An empty fold; with a date only events up to that business date will count.
    pub fn new(as_of: Option<Date>) -> Balances {
        Balances {
            as_of,
            jurisdictions: Map::new(),
            lots: Map::new(),
            kinds: Vec::new(),
            projects: Map::new(),
            cells: Map::new(),
            passed: Map::new(),
        }
    }

    /// The rows that are asked for.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let mut rows: Map<Key<'_>, Row> = Map::new();
        for ((code, lot), sums) in &self.cells {
            if let Some(at) = self.place_of(*code, asked) {
                self.row(&mut rows, at, *lot, asked).add(sums);
            }
        }
        for ((from, to, lot), passed) in &self.passed {
            let (from, to) = (self.place_of(*from, asked), self.place_of(*to, asked));
            // What moved inside one row's subtree is neither in nor out of it.
            if from == to {
                continue;
            }
            if let Some(from) = from {
                let row = self.row(&mut rows, from, *lot, asked);
                row.allocated_out_fen += passed.allocated;
                row.recalled_out_fen += passed.recalled;
            }
            if let Some(to) = to {
                let row = self.row(&mut rows, to, *lot, asked);
                row.allocated_in_fen += passed.allocated;
                row.recalled_in_fen += passed.recalled;
            }
        }
        let mut rows: Vec<Row> = rows.into_values().filter(|row| !row.is_empty()).collect();
        rows.sort_by(|one, other| one.order().cmp(&other.order()));
        let totals = totals(&rows);
        rows.iter_mut().for_each(Row::rate);
        Answer { rows, totals }
    }

    /// The name of a jurisdiction that records have registered.
    pub fn name(&self, code: Code) -> Option<&str> {
        self.jurisdictions.get(&code).map(|place| &*place.name)
    }

    fn row<'m, 'f>(
        &'f self,
        rows: &'m mut Map<Key<'f>, Row>,
        at: Code,
        lot: u32,
        asked: &Asked,
    ) -> &'m mut Row {
        let kind = &self.kinds[lot as usize];
        let key = Key {
            at,
            class: kind.class,
            fund: asked.by_fund.then_some(kind.fund),
            year: asked.by_year.then_some(kind.year),
            lot: asked.by_lot.then_some(&*kind.name),
            tier: asked.by_tier.then(|| tier(kind.fund)),
        };
        rows.entry(key).or_insert_with_key(|key| Row {
            jurisdiction: at.to_string(),
            name: self.name(at).unwrap_or_default().to_owned(),
            class: key.class.code(),
            fund: key.fund.map(Fund::code),
            fiscal_year: key.year,
            lot: key.lot.map(str::to_owned),
            tier: key.tier,
            ..Row::default()
        })
    }

    /// The jurisdiction whose row a place belongs to; none where it is not asked for.
    fn place_of(&self, code: Code, asked: &Asked) -> Option<Code> {
        let upwards =
            || std::iter::successors(Some(code), |code| self.jurisdictions.get(code)?.parent);
        if let Some(root) = asked.jurisdiction
            && !upwards().any(|code| code == root)
        {
            return None;
        }
        let Some(level) = asked.level else { return Some(code) };
        let of_level =
            |code: &Code| self.jurisdictions.get(code).is_some_and(|it| it.level == level);
        // Where there is none of this level above (a county under the province itself, or the
        // province where cities are asked for) the place keeps a row of its own.
        Some(upwards().find(of_level).unwrap_or(code))
    }

    fn lot(&mut self, name: &str, kind: impl FnOnce(&Balances) -> LotKind) -> u32 {
        if let Some(lot) = self.lots.get(name) {
            return *lot;
        }
        let lot = u32::try_from(self.kinds.len()).expect("a ledger holds fewer than 2^32 lots");
        let kind = kind(self);
        self.kinds.push(kind);
        self.lots.insert(name.into(), lot);
        lot
    }

    fn learn(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::JurisdictionRegistered(data)) => {
                let place = Place {
                    name: data.name.as_str().into(),
                    level: data.level,
                    parent: data.parent,
                };
                self.jurisdictions.insert(data.code, place);
            }
            Some(Data::ProjectAdmitted(data)) => {
                self.projects.insert(data.project.as_str().into(), told.here);
            }
            Some(Data::FundsReceived(data)) => {
                let of = data.of_lot.and_then(|of| self.lots.get(of.as_str()));
                let of_class = of.map(|of| self.kinds[*of as usize].class);
                self.lot(data.lot.as_str(), |_| LotKind {
                    name: data.lot.as_str().into(),
                    fund: data.fund,
                    class: of_class.or(data.class).unwrap_or(Class::Fiscal),
                    year: data.fiscal_year.get(),
                });
            }
            Some(_) | None => {}
        }
    }

    fn move_money(&mut self, movement: &Written<'_>, told: &Told<'_>) {
        let lot = self.lot(movement.lot, |_| LotKind {
            // Every other lot was told of as it was received; a gift's kind follows from its being one.
            name: movement.lot.into(),
            fund: Fund::Donation,
            class: Class::Social,
            year: told.date.year(),
        });
        let reversal = told.kind == Type::EntryReversed;
        let (from, to, fen) = match reversal {
            false => (movement.from, movement.to, i128::from(movement.amount_fen)),
            true => (movement.to, movement.from, -i128::from(movement.amount_fen)),
        };
        let (from, to) = (self.read_place(from), self.read_place(to));
        if let Some((code, kind)) = from {
            self.cell(code, lot).standing[kind as usize] -= fen;
        }
        if let Some((code, kind)) = to {
            self.cell(code, lot).standing[kind as usize] += fen;
        }
        match (from, to) {
            (None, Some((code, _))) => self.cell(code, lot).received += fen,
            (Some((code, _)), None) => {
                let gift = self.kinds[lot as usize].fund == Fund::Donation;
                let sums = self.cell(code, lot);
                if gift { sums.refunded += fen } else { sums.withdrawn += fen }
            }
            (Some((from, _)), Some((to, _))) if from != to => {
                let down = self.is_below(to, from);
                let passed = self.passed.entry((from, to, lot)).or_default();
                if down { passed.allocated += fen } else { passed.recalled += fen }
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    fn cell(&mut self, code: Code, lot: u32) -> &mut Sums {
        self.cells.entry((code, lot)).or_default()
    }

    fn is_below(&self, lower: Code, upper: Code) -> bool {
        let parent = |code: &Code| self.jurisdictions.get(code)?.parent;
        std::iter::successors(parent(&lower), parent).any(|code| code == upper)
    }

    /// Jurisdiction and kind of a path; none for outside.
    fn read_place(&self, path: &str) -> Option<(Code, PlaceKind)> {
        let mut steps = path.split('/');
        let kind = PlaceKind::parse(steps.next()?)?;
        let code = match kind {
            PlaceKind::Outside => return None,
            PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus => {
                Code::parse(steps.next()?)?
            }
            PlaceKind::Committed | PlaceKind::Spent => *self.projects.get(steps.next()?)?,
            PlaceKind::Advanced | PlaceKind::Reclaim => *self.projects.get(steps.nth(1)?)?,
        };
        Some((code, kind))
    }
}

impl Fold for Balances {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::JurisdictionRegistered | Type::ProjectAdmitted | Type::FundsReceived)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.learn(told);
        if self.as_of.is_none_or(|last| told.date <= last) {
            for movement in told.movements {
                self.move_money(movement, told);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key<'f> {
    at: Code,
    class: Class,
    fund: Option<Fund>,
    year: Option<u16>,
    lot: Option<&'f str>,
    tier: Option<&'static str>,
}

/// The tier of government that a fund comes from.
fn tier(fund: Fund) -> &'static str {
    match fund {
        Fund::CentralSpecial => "central",
        Fund::ProvincialSpecial => "province",
        Fund::MunicipalSpecial => "city",
        Fund::CountyOwn => "county",
        Fund::Agri
        | Fund::Relocation
        | Fund::WorkRelief
        | Fund::MinorityDev
        | Fund::Bond
        | Fund::PlatformLoan
        | Fund::Interest
        | Fund::Recovered
        | Fund::Paired
        | Fund::Designated
        | Fund::Donation => "other",
    }
}

impl Row {
    fn add(&mut self, sums: &Sums) {
        let standing = |kind: PlaceKind| sums.standing[kind as usize];
        self.received_fen += sums.received;
        self.withdrawn_fen += sums.withdrawn;
        self.refunded_fen += sums.refunded;
        self.available_fen += standing(PlaceKind::Available);
        self.consolidated_fen += standing(PlaceKind::Consolidated);
        self.committed_fen += standing(PlaceKind::Committed);
        self.advanced_fen += standing(PlaceKind::Advanced);
        self.spent_fen += standing(PlaceKind::Spent);
        self.surplus_fen += standing(PlaceKind::Surplus);
        self.reclaim_fen += standing(PlaceKind::Reclaim);
    }

    /// The columns of money, in their order.
    pub fn columns(&self) -> [i128; 14] {
        [
            self.received_fen,
            self.allocated_in_fen,
            self.allocated_out_fen,
            self.recalled_in_fen,
            self.recalled_out_fen,
            self.withdrawn_fen,
            self.refunded_fen,
            self.available_fen,
            self.consolidated_fen,
            self.committed_fen,
            self.advanced_fen,
            self.spent_fen,
            self.surplus_fen,
            self.reclaim_fen,
        ]
    }

    fn columns_mut(&mut self) -> [&mut i128; 14] {
        [
            &mut self.received_fen,
            &mut self.allocated_in_fen,
            &mut self.allocated_out_fen,
            &mut self.recalled_in_fen,
            &mut self.recalled_out_fen,
            &mut self.withdrawn_fen,
            &mut self.refunded_fen,
            &mut self.available_fen,
            &mut self.consolidated_fen,
            &mut self.committed_fen,
            &mut self.advanced_fen,
            &mut self.spent_fen,
            &mut self.surplus_fen,
            &mut self.reclaim_fen,
        ]
    }

    /// What stands in all places together.
    pub fn standing(&self) -> i128 {
        self.columns()[7..].iter().sum()
    }

    fn is_empty(&self) -> bool {
        self.columns().iter().all(|fen| *fen == 0)
    }

    /// What rows are ordered by: jurisdiction, class, fund, fiscal year, lot, tier.
    fn order(&self) -> impl Ord + '_ {
        let money = (self.class, self.fund, self.fiscal_year);
        (&*self.jurisdiction, money, self.lot.as_deref(), self.tier)
    }

    /// The rates, from the row's own sums; a rate of nothing is none.
    fn rate(&mut self) {
        if self.class != Class::Fiscal.code() {
            return;
        }
        let rate = |part: i128, whole: i128| (whole > 0).then(|| part * 10_000 / whole);
        let standing = self.standing();
        let passed_on = self.allocated_out_fen - self.recalled_in_fen;
        self.execution_bp = rate(self.spent_fen, standing);
        self.passed_on_bp = rate(passed_on, passed_on + standing);
    }
}

fn totals(rows: &[Row]) -> Vec<Row> {
    let mut totals: Vec<Row> = Vec::new();
    for row in rows {
        let same = |total: &Row| total.jurisdiction == row.jurisdiction && total.class == row.class;
        if !totals.last().is_some_and(same) {
            totals.push(Row {
                jurisdiction: row.jurisdiction.clone(),
                name: row.name.clone(),
                class: row.class,
                ..Row::default()
            });
        }
        let total = totals.last_mut().expect("a total was just added");
        for (sum, fen) in total.columns_mut().into_iter().zip(row.columns()) {
            *sum += fen;
        }
    }
    totals.iter_mut().for_each(Row::rate);
    totals
}
