//! Balances: what came, what went and what stands, by jurisdiction and lot (design section 10).
//!
//! The columns follow from the places alone: money from outside was received; to outside it was
//! withdrawn, or refunded where it is a gift; between jurisdictions it went down (allocated) or up
//! (recalled). A reversal subtracts from the columns that its original added to. Signed sums, since
//! as of a business date a place may stand below zero where a source was dated later than its use.

mod cells;
mod crowds;
mod row;
#[cfg(test)]
mod tests;

use cells::{Cells, Moved, Passed, Sums};
use crowds::{Counted, Crowds};
pub use row::Row;

use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::events::Anonymity;
pub use crate::domain::fund::Level;
use crate::domain::fund::{Class, Fund};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type, Written};
use foldhash::HashMapExt;
use foldhash::fast::RandomState;
use row::totals;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};

type Map<K, V> = HashMap<K, V, RandomState>;

/// The fold behind every balance.
#[derive(Debug)]
pub struct Balances {
    /// Only events up to this business date count.
    as_of: Option<Date>,
    jurisdictions: Map<Code, Place>,
    lots: Map<Box<str>, u32>,
    kinds: Vec<LotKind>,
    /// The lots of one fund, class and year together, so that most answers read few sums.
    groups: Vec<LotKind>,
    projects: Map<Box<str>, Code>,
    of_lots: Cells,
    of_groups: Cells,
    /// Who stands in the cells of social money, where that is counted.
    crowds: Option<Crowds>,
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
    group: u32,
    /// Is it a gift whose giver is not named in public? Known only where crowds are counted.
    is_unnamed: bool,
}

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only this jurisdiction and those below it.
    pub jurisdiction: Option<Code>,
    /// Rolled up to this level.
    pub level: Option<Level>,
    /// Only lots of this fiscal year.
    pub year: Option<u16>,
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
            groups: Vec::new(),
            projects: Map::new(),
            of_lots: Cells::default(),
            of_groups: Cells::default(),
            crowds: None,
        }
    }

    /// An empty fold that counts who stands in the cells of social money as well, for an answer
    /// that is asked for again and again.
    pub fn counting() -> Balances {
        Balances { crowds: Some(Crowds::default()), ..Balances::new(None) }
    }

    /// Each cell of social money in which any lot stands: where, its fund and year, how many of its
    /// gifts have a giver who stays unnamed, and what came in there, in fen. In no order; none
    /// where that is not counted.
    pub fn social_cells(&self) -> Option<impl Iterator<Item = (Code, Fund, u16, u64, i128)>> {
        let crowds = self.crowds.as_ref()?;
        Some(crowds.cells().map(|(at, group, crowd)| {
            let kind = &self.groups[group as usize];
            let sums = self.of_groups.sums.get(&(at, group));
            (at, kind.fund, kind.year, crowd.gifts, sums.map_or(0, |sums| sums.received))
        }))
    }

    /// The rows that are asked for.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let mut rows: Map<Key<'_>, Row> = Map::new();
        let cells = if asked.by_lot { &self.of_lots } else { &self.of_groups };
        let kinds = if asked.by_lot { &self.kinds } else { &self.groups };
        let is_asked = |lot: u32| asked.year.is_none_or(|year| year == kinds[lot as usize].year);
        for ((code, lot), sums) in cells.sums.iter().filter(|((_, lot), _)| is_asked(*lot)) {
            if let Some(at) = self.place_of(*code, asked) {
                self.row(&mut rows, at, *lot, asked).add(sums);
            }
        }
        for ((from, to, lot), passed) in &cells.passed {
            if !is_asked(*lot) {
                continue;
            }
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

    /// Shows each social lot that has a row somewhere: where, its fund, year and name, and what of
    /// it came in there, in fen. In no order.
    pub fn each_social(&self, show: &mut dyn FnMut(Code, Fund, u16, &str, i128)) {
        let Cells { sums, passed } = &self.of_lots;
        let is_social = |lot: u32| self.kinds[lot as usize].class == Class::Social;
        let mut went: HashSet<(Code, u32)> = HashSet::new();
        for ((from, to, lot), one) in passed.iter().filter(|((_, _, lot), _)| is_social(*lot)) {
            if *one != Passed::default() {
                went.extend([(*from, *lot), (*to, *lot)]);
            }
        }
        for ((code, lot), sums) in sums.iter().filter(|((_, lot), _)| is_social(*lot)) {
            if **sums != Sums::default() || went.contains(&(*code, *lot)) {
                let kind = &self.kinds[*lot as usize];
                show(*code, kind.fund, kind.year, &kind.name, sums.received);
            }
        }
    }

    /// The fiscal years that lots have, the newest first.
    pub fn years(&self) -> Vec<u16> {
        let years: BTreeSet<u16> = self.groups.iter().map(|kind| kind.year).collect();
        years.into_iter().rev().collect()
    }

    /// The name of a jurisdiction that records have registered.
    pub fn name(&self, code: Code) -> Option<&str> {
        self.jurisdictions.get(&code).map(|place| &*place.name)
    }

    /// The jurisdiction in whose row a jurisdiction's money stands; none where it is not asked for.
    pub fn row_of(&self, code: Code, asked: &Asked) -> Option<Code> {
        self.place_of(code, asked)
    }

    fn row<'m, 'f>(
        &'f self,
        rows: &'m mut Map<Key<'f>, Row>,
        at: Code,
        lot: u32,
        asked: &Asked,
    ) -> &'m mut Row {
        let kinds = if asked.by_lot { &self.kinds } else { &self.groups };
        let kind = &kinds[lot as usize];
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
        let mut kind = kind(self);
        kind.group = self.group(&kind);
        self.kinds.push(kind);
        self.lots.insert(name.into(), lot);
        lot
    }

    fn group(&mut self, kind: &LotKind) -> u32 {
        let of = |kind: &LotKind| (kind.fund, kind.class, kind.year);
        let known = self.groups.iter().position(|group| of(group) == of(kind));
        let group = known.unwrap_or(self.groups.len());
        if group == self.groups.len() {
            self.groups.push(LotKind { name: "".into(), ..kind.clone() });
        }
        u32::try_from(group).expect("there are few funds, classes and years")
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
                    group: 0,
                    is_unnamed: false,
                });
            }
            Some(Data::DonationReceived(data)) => {
                let is_unnamed = data.anonymity != Anonymity::Public;
                self.lot(data.lot.as_str(), |_| LotKind {
                    is_unnamed,
                    ..gift(data.lot.as_str(), told.date.year())
                });
            }
            Some(_) | None => {}
        }
    }

    fn move_money(&mut self, movement: &Written<'_>, told: &Told<'_>) {
        // Every other lot was told of as it was received; a gift's kind follows from its being one.
        let lot = self.lot(movement.lot, |_| gift(movement.lot, told.date.year()));
        let kind = &self.kinds[lot as usize];
        let (class, group, is_unnamed) = (kind.class, kind.group, kind.is_unnamed);
        let is_gift = kind.fund == Fund::Donation;
        let (from, to, fen) = match told.kind == Type::EntryReversed {
            false => (movement.from, movement.to, i128::from(movement.amount_fen)),
            true => (movement.to, movement.from, -i128::from(movement.amount_fen)),
        };
        let (from, to) = (self.read_place(from), self.read_place(to));
        let is_down =
            matches!((from, to), (Some((from, _)), Some((to, _))) if self.is_below(to, from));
        let moved = Moved { from, to, fen, is_down, is_gift };
        match self.crowds.as_mut().filter(|_| class == Class::Social) {
            Some(crowds) => {
                crowds.add(&mut self.of_lots, Counted { lot, group, is_unnamed }, &moved);
            }
            None => self.of_lots.add(lot, &moved),
        }
        self.of_groups.add(group, &moved);
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
            || (kind == Type::DonationReceived && self.crowds.is_some())
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

/// What a lot is that no record of its kind told of before it moved.
fn gift(name: &str, year: u16) -> LotKind {
    LotKind {
        name: name.into(),
        fund: Fund::Donation,
        class: Class::Social,
        year,
        group: 0,
        is_unnamed: false,
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
