//! The counties and how far each has come with its fiscal money: the table of home and `/counties`,
//! and its CSV.
//!
//! Rates are of sums, never averages; social money has no part in it (pages design, 5.1).

use super::figures::{self, Wan};
use super::lang::Lang;
use super::visit::Fields;
use crate::access::Register;
use crate::base::Code;
use crate::interchange::export::{Listing, column};
use crate::ledger::live::Views;
use crate::projections::balances::{Asked, Row};
use crate::projections::{Class, Level, PlaceKind, PovertyStatus};
use serde_json::json;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A county's fiscal money, in fen.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    /// The county; none in the row of totals.
    pub code: Option<Code>,
    /// Its name.
    pub name: String,
    /// Its name as Latin letters spell it.
    pub spelled: String,
    /// The city above it.
    pub city: String,
    /// What stands there in all places.
    pub arrived: i128,
    /// What was arranged for projects, wherever it has come to.
    pub arranged: i128,
    /// Spent.
    pub spent: i128,
    /// Not yet arranged.
    pub waiting: i128,
    /// Waiting outside of projects for more than 365 days.
    pub idle: i128,
}

impl Ranked {
    /// Spent of what arrived, in basis points, rounded down.
    pub fn rate(&self) -> Option<i128> {
        (self.arrived > 0).then(|| self.spent * 10_000 / self.arrived)
    }

    fn amounts(&self) -> [i128; 5] {
        [self.arrived, self.arranged, self.spent, self.waiting, self.idle]
    }

    fn add(&mut self, row: &Row) {
        self.arrived += row.standing();
        self.arranged += arranged(row);
        self.spent += row.spent_fen;
        self.waiting += row.available_fen + row.consolidated_fen;
    }
}

/// What was arranged for projects, wherever it has come to.
pub fn arranged(row: &Row) -> i128 {
    row.committed_fen + row.advanced_fen + row.spent_fen + row.reclaim_fen
}

/// What waits outside of projects for more than 365 days, by jurisdiction: fiscal money.
fn idle(views: &Views<Register>, year: Option<u16>) -> BTreeMap<Code, i128> {
    let mut idle: BTreeMap<Code, i128> = BTreeMap::new();
    let Some(on) = views.dues.last_day() else { return idle };
    for row in views.ages.dwell_of_year(on, None, year) {
        if row.class == Class::Fiscal && is_waiting(row.place) {
            *idle.entry(row.jurisdiction).or_default() += row.bands_fen[4] + row.bands_fen[5];
        }
    }
    idle
}

/// Is it a place outside of projects, where money waits to be arranged?
pub fn is_waiting(place: PlaceKind) -> bool {
    matches!(place, PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus)
}

/// The counties on the poor list, ever, and those that hold money; in the order of their codes.
pub fn counties(views: &Views<Register>, year: Option<u16>) -> Vec<Ranked> {
    let ground = &views.flows.ground;
    let asked =
        Asked { level: Some(Level::County), year, by_year: year.is_some(), ..Asked::default() };
    let mut rows: BTreeMap<Code, Ranked> = BTreeMap::new();
    let county = |code: Code| Ranked {
        code: Some(code),
        name: ground.name(code).to_owned(),
        spelled: views.names.spelled.get(&code).cloned().unwrap_or_default(),
        city: ground.name(ground.at_level(code, Level::City)).to_owned(),
        ..Ranked::default()
    };
    for (code, place) in &ground.jurisdictions {
        let listed = |status: &PovertyStatus| *status != PovertyStatus::None;
        if place.level == Level::County && place.statuses.iter().any(|(_, one)| listed(one)) {
            rows.insert(*code, county(*code));
        }
    }
    for row in views.balances.answer(&asked).rows.iter().filter(|row| row.class == "fiscal") {
        let Some(code) = Code::parse(&row.jurisdiction) else { continue };
        if ground.level(code) == Some(Level::County) {
            rows.entry(code).or_insert_with(|| county(code)).add(row);
        }
    }
    for (code, fen) in idle(views, year) {
        if let Some(row) = rows.get_mut(&code) {
            row.idle += fen;
        }
    }
    rows.into_values().collect()
}

/// The rate of all counties together, as the total row of the table has it.
pub fn rate_of_all(views: &Views<Register>, year: Option<u16>) -> Option<i128> {
    let asked =
        Asked { level: Some(Level::County), year, by_year: year.is_some(), ..Asked::default() };
    let mut all = Ranked::default();
    for row in views.balances.answer(&asked).rows.iter().filter(|row| row.class == "fiscal") {
        let code = Code::parse(&row.jurisdiction);
        if code.and_then(|code| views.flows.ground.level(code)) == Some(Level::County) {
            all.add(row);
        }
    }
    all.rate()
}

/// The sums of counties.
pub fn total(rows: &[Ranked]) -> Ranked {
    rows.iter().fold(Ranked::default(), |mut total, row| {
        total.arrived += row.arrived;
        total.arranged += row.arranged;
        total.spent += row.spent;
        total.waiting += row.waiting;
        total.idle += row.idle;
        total
    })
}

/// What counties are ordered by, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    by: &'static str,
    falling: bool,
}

/// The columns that may be sorted by.
const KEYS: [&str; 7] = ["name", "arrived", "arranged", "spent", "rate", "waiting", "idle"];

impl Sort {
    /// What is asked for: by rate, the lowest first, when nothing is.
    pub fn asked(query: &Fields) -> Sort {
        let by = query.get("sort").and_then(|asked| KEYS.iter().find(|key| **key == asked));
        Sort { by: by.copied().unwrap_or("rate"), falling: query.get("dir") == Some("desc") }
    }

    /// As a query.
    pub fn query(self) -> String {
        format!("sort={}&dir={}", self.by, if self.falling { "desc" } else { "asc" })
    }

    /// Puts the rows in order; those without a rate come last.
    pub fn order(self, rows: &mut [Ranked]) {
        let figure = |row: &Ranked| match self.by {
            "arrived" => row.arrived,
            "arranged" => row.arranged,
            "spent" => row.spent,
            "waiting" => row.waiting,
            "idle" => row.idle,
            "rate" => row.rate().unwrap_or_default(),
            _ => row.code.map_or(0, |code| i128::from(code.0)),
        };
        let none = |row: &Ranked| self.by == "rate" && row.rate().is_none();
        match self.falling {
            false => rows.sort_by_key(|row| (none(row), figure(row), row.code)),
            true => rows.sort_by_key(|row| (none(row), Reverse(figure(row)), row.code)),
        }
    }
}

/// A heading of the table.
#[derive(Clone, Debug)]
pub struct Heading {
    /// What it says.
    pub text: &'static str,
    /// Where it leads: the same page in this order.
    pub href: String,
    /// `ascending` or `descending` where the rows stand in its order.
    pub sorted: Option<&'static str>,
    /// Is it shown on a phone?
    pub on_phone: bool,
    /// Does it hold names, not figures?
    pub is_name: bool,
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The language.
    pub lang: Lang,
    /// The headings, before the bar and behind it.
    pub headings: Vec<Heading>,
    /// The rows that are shown.
    pub rows: Vec<Ranked>,
    /// The sums of all rows, shown or not.
    pub total: Ranked,
    /// How many there are.
    pub count: usize,
    /// How amounts are printed.
    pub wan: Wan,
}

impl Table {
    /// The table of some rows, at most so many of them shown. `path` is the page's address and
    /// `kept` the rest of its query.
    pub fn new(
        mut rows: Vec<Ranked>,
        at_most: usize,
        sort: Sort,
        (path, kept): (&str, &str),
        lang: Lang,
    ) -> Table {
        let total = total(&rows);
        let count = rows.len();
        let wan = Wan::fitting(rows.iter().flat_map(Ranked::amounts).chain(total.amounts()));
        sort.order(&mut rows);
        rows.truncate(at_most);
        Table { lang, headings: headings(sort, (path, kept), lang), rows, total, count, wan }
    }

    /// A rate as a bar of a hundred: whole percent and hundredths.
    pub fn bar(&self, row: &Ranked) -> String {
        let bp = row.rate().unwrap_or(0).clamp(0, 10_000);
        format!("{}.{:02}", bp / 100, bp % 100)
    }

    /// A rate.
    pub fn rate(&self, row: &Ranked) -> String {
        figures::percent(row.rate())
    }

    /// An amount.
    pub fn amount(&self, fen: &i128) -> String {
        self.wan.text(*fen)
    }
}

fn headings(sort: Sort, (path, kept): (&str, &str), lang: Lang) -> Vec<Heading> {
    let text = |key: &str| match key {
        "arrived" => lang.t("到县", "In county"),
        "arranged" => lang.t("已安排", "Committed"),
        "spent" => lang.t("已支出", "Spent"),
        "rate" => lang.t("支出进度", "Spent, %"),
        "waiting" => lang.t("待安排", "Waiting"),
        "idle" => lang.t("闲置超一年", "Idle over 1 year"),
        _ => lang.t("县区", "County"),
    };
    let heading = |key: &'static str| {
        let here = sort.by == key;
        // The column that the rows stand by turns round; money begins with the most.
        let falling = if here { !sort.falling } else { !matches!(key, "name" | "rate") };
        let next = Sort { by: key, falling };
        Heading {
            text: text(key),
            href: format!("{path}?{kept}{}#counties", next.query()),
            sorted: here.then_some(if sort.falling { "descending" } else { "ascending" }),
            on_phone: matches!(key, "name" | "rate" | "waiting"),
            is_name: key == "name",
        }
    };
    KEYS.into_iter().map(heading).collect()
}

/// The rows as a listing, in yuan; no row of totals, which a spreadsheet makes itself.
pub fn listing(rows: &[Ranked]) -> Listing {
    let columns = vec![
        column("code", "代码", "Code"),
        column("county", "县区", "County"),
        column("city", "市", "City"),
        column("arrived_yuan", "到县(元)", "In county (yuan)"),
        column("arranged_yuan", "已安排(元)", "Committed (yuan)"),
        column("spent_yuan", "已支出(元)", "Spent (yuan)"),
        column("execution_percent", "支出进度(%)", "Spent (%)"),
        column("waiting_yuan", "待安排(元)", "Waiting (yuan)"),
        column("idle_over_year_yuan", "闲置超一年(元)", "Idle over a year (yuan)"),
    ];
    let plain = |fen: i128| figures::yuan(fen).replace(',', "").replace('\u{2212}', "-");
    let rows = rows.iter().map(|row| {
        let rate = row.rate().map(|bp| figures::percent(Some(bp)).replace('%', ""));
        vec![
            json!(row.code.map(|code| code.to_string())),
            json!(row.name),
            json!(row.city),
            json!(plain(row.arrived)),
            json!(plain(row.arranged)),
            json!(plain(row.spent)),
            json!(rate),
            json!(plain(row.waiting)),
            json!(plain(row.idle)),
        ]
    });
    Listing { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn county(code: u32, arrived: i128, spent: i128) -> Ranked {
        Ranked { code: Some(Code(code)), arrived, spent, ..Ranked::default() }
    }

    #[test]
    fn the_lowest_rate_comes_first_and_none_last() {
        let mut rows = [county(130_101, 0, 0), county(130_102, 100, 90), county(130_103, 100, 10)];
        let sort = Sort::asked(&Fields::default());
        sort.order(&mut rows);
        let codes: Vec<u32> = rows.iter().filter_map(|row| row.code.map(|code| code.0)).collect();
        assert_eq!(codes, [130_103, 130_102, 130_101]);
        Sort { falling: true, ..sort }.order(&mut rows);
        assert_eq!(rows[2].code, Some(Code(130_101)));
    }

    #[test]
    fn a_total_rate_is_of_sums_and_no_average() {
        let rows = [county(130_101, 100, 100), county(130_102, 300, 0)];
        assert_eq!(total(&rows).rate(), Some(2_500));
    }
}
