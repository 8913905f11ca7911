//! What came to a county: fiscal and social side by side, never in one sum, and by fund and year.

use crate::access::{Register, Viewer};
use crate::base::Code;
use crate::interchange::export::{Listing, column};
use crate::ledger::live::Views;
use crate::projections::balances::{Asked, Row};
use crate::projections::{Class, Fund, Level, PlaceKind};
use crate::service::Service;
use crate::service::cells::{Figures, Printing};
use crate::web::charts::{self, Chart, Part};
use crate::web::figures::{self, Wan};
use crate::web::lang::Lang;
use crate::web::ranking;
use crate::web::social::{self, Social};
use serde_json::{Value, json};

/// Fiscal money of a county.
pub struct Fiscal {
    pub arrived: String,
    pub spent: String,
    pub rate: String,
    /// The same rate of all counties together.
    pub of_all: String,
    pub bar: Chart,
    pub legend: Vec<Key>,
    pub rows: Vec<Line>,
    /// Are its amounts long?
    pub dense: bool,
    pub total: Line,
}

/// A line of the legend of a bar.
pub struct Key {
    pub class: &'static str,
    pub name: String,
    pub amount: String,
}

/// A line of the table by fund and year.
#[derive(Default)]
pub struct Line {
    pub fund: String,
    pub year: String,
    /// Amounts by place, and whether each is nothing.
    pub cells: Vec<(String, bool)>,
    pub rate: String,
}

/// The places in their order, with the class of their colour.
const PLACES: [(PlaceKind, &str); 7] = [
    (PlaceKind::Spent, "f-spent"),
    (PlaceKind::Advanced, "f-advanced"),
    (PlaceKind::Committed, "f-committed"),
    (PlaceKind::Consolidated, "f-consolidated"),
    (PlaceKind::Available, "f-available"),
    (PlaceKind::Surplus, "f-surplus"),
    (PlaceKind::Reclaim, "f-reclaim"),
];

/// What a place is called beside its amount; what is arranged is said to be unpaid there.
fn place_name(place: PlaceKind, lang: Lang) -> &'static str {
    match place {
        PlaceKind::Committed => lang.t("已安排未支付", "Committed, unpaid"),
        other => lang.label(other.label()),
    }
}

/// The columns of the table, in the order of its headings.
fn columns(row: &Row) -> [i128; 8] {
    [
        row.standing(),
        row.available_fen,
        row.consolidated_fen,
        row.committed_fen,
        row.advanced_fen,
        row.spent_fen,
        row.surplus_fen,
        row.reclaim_fen,
    ]
}

fn question(code: Code, year: Option<u16>) -> Asked {
    Asked {
        jurisdiction: Some(code),
        level: Some(Level::County),
        year,
        ..Asked::by_fund_and_year()
    }
}

/// The fiscal money of a county.
pub fn fiscal(views: &Views<Register>, code: Code, year: Option<u16>, lang: Lang) -> Fiscal {
    let answer = views.balances.answer(&question(code, year));
    let is_fiscal = |row: &Row| row.class == Class::Fiscal.code();
    let rows: Vec<Row> = answer.rows.into_iter().filter(is_fiscal).collect();
    let total = answer.totals.into_iter().find(is_fiscal).unwrap_or_default();
    let wan = Wan::fitting(rows.iter().chain([&total]).flat_map(columns));
    let parts: Vec<Part> = PLACES
        .iter()
        .map(|(place, class)| Part {
            name: place_name(*place, lang).to_owned(),
            class,
            fen: total.place(*place),
        })
        .collect();
    let says = lang.t(
        "财政资金所在位置，颜色越深，钱走得越远；数字见图例",
        "Where fiscal money stands, the darker the further it has gone; figures in the legend",
    );
    let of_all = ranking::rate_of_all(views, year);
    Fiscal {
        arrived: wan.text(total.standing()),
        spent: wan.text(total.spent_fen),
        rate: figures::percent(total.execution_bp),
        of_all: figures::percent(of_all),
        legend: legend(&parts, wan),
        bar: charts::places(&parts, says.to_owned()),
        // What came and went again, and stands nowhere, is in the file alone.
        rows: rows
            .iter()
            .filter(|row| columns(row) != [0; 8])
            .map(|row| line(row, wan, lang))
            .collect(),
        dense: wan.is_long(),
        total: line(&total, wan, lang),
    }
}

fn legend(parts: &[Part], wan: Wan) -> Vec<Key> {
    let key = |part: &Part| Key {
        class: part.class,
        name: part.name.clone(),
        amount: wan.text(part.fen),
    };
    parts.iter().map(key).collect()
}

fn line(row: &Row, wan: Wan, lang: Lang) -> Line {
    Line {
        fund: fund(row.fund, lang),
        year: fiscal_year(row.fiscal_year, lang),
        cells: columns(row).into_iter().map(|fen| (wan.text(fen), fen == 0)).collect(),
        rate: figures::percent(row.execution_bp),
    }
}

fn fund(code: Option<&str>, lang: Lang) -> String {
    let fund = code.and_then(Fund::parse);
    fund.map_or(String::new(), |fund| lang.label(fund.label()).to_owned())
}

fn fiscal_year(year: Option<u16>, lang: Lang) -> String {
    match (year, lang) {
        (Some(year), Lang::Zh) => format!("{year} 年度"),
        (Some(year), Lang::En) => format!("FY {year}"),
        (None, _) => String::new(),
    }
}

/// Social money of a county.
pub struct Gifts {
    pub came: String,
    pub withheld: Option<&'static str>,
    pub bar: Option<Chart>,
    pub legend: Vec<Key>,
    pub by_fund: Vec<String>,
    /// What went back to donors or out of the ledger, where anything did.
    pub gone: Option<String>,
    /// Is anything at all withheld?
    pub any_withheld: bool,
}

/// What is asked of the social money of a county, which is one row.
pub fn of_social(code: Code, year: Option<u16>) -> Asked {
    Asked { by_fund: false, by_year: year.is_some(), ..question(code, year) }
}

/// The social money of a county; none where none ever came.
pub fn gifts(
    views: &Views<Register>,
    reader: (&Service, &Viewer),
    (code, year): (Code, Option<u16>),
    lang: Lang,
) -> Option<Gifts> {
    let social = Social::of(views, reader, &of_social(code, year), lang);
    if !social.is_any() {
        return None;
    }
    let wan = Wan::fitting(social.amounts());
    let by_fund = social::line(&social, wan, lang);
    let any_withheld =
        social.withheld.is_some() || social.by_fund.iter().any(|(_, it)| it.is_err());
    let Some(row) = &social.open else {
        let (came, legend) = (String::new(), Vec::new());
        let withheld = social.withheld;
        return Some(Gifts {
            came,
            withheld,
            bar: None,
            legend,
            by_fund,
            gone: None,
            any_withheld,
        });
    };
    let gone = social::gone(row);
    let (bar, parts) = social::bar(row, lang);
    Some(Gifts {
        came: wan.text(social::came(row)),
        withheld: None,
        bar: Some(bar),
        legend: legend(&parts, wan),
        by_fund,
        gone: (gone != 0).then(|| wan.text(gone)),
        any_withheld,
    })
}

/// Both classes by fund and year as a listing, in yuan: rows of one class only, and no totals.
pub fn listing(
    views: &Views<Register>,
    reader: (&Service, &Viewer),
    (code, year): (Code, Option<u16>),
    lang: Lang,
) -> Listing {
    let headings = vec![
        column("class", "资金性质", "Class"),
        column("fund", "资金来源", "Fund"),
        column("fiscal_year", "年度", "Fiscal year"),
        column("standing_yuan", "到县(元)", "In county (yuan)"),
        column("available_yuan", "待安排(元)", "Available (yuan)"),
        column("consolidated_yuan", "已整合(元)", "Consolidated (yuan)"),
        column("committed_yuan", "已安排未支付(元)", "Committed, unpaid (yuan)"),
        column("advanced_yuan", "预拨(元)", "Advanced (yuan)"),
        column("spent_yuan", "已支出(元)", "Spent (yuan)"),
        column("surplus_yuan", "结余(元)", "Surplus (yuan)"),
        column("reclaim_yuan", "应追回(元)", "To reclaim (yuan)"),
        column("execution_percent", "支出进度(%)", "Spent (%)"),
    ];
    let asked = question(code, year);
    let printing = Printing::new(reader.0, (views, &views.balances), reader.1, &asked);
    let plain = |fen: i128| figures::yuan(fen).replace(',', "").replace('\u{2212}', "-");
    let class = |social: bool| {
        let class = if social { Class::Social } else { Class::Fiscal };
        json!(lang.label(class.label()))
    };
    let rows = views.balances.answer(&asked).rows.into_iter();
    let rows = rows.map(|row| match printing.print(row) {
        Figures::Open(row) => {
            let head = [
                class(row.class == Class::Social.code()),
                json!(fund(row.fund, lang)),
                json!(row.fiscal_year),
            ];
            let rate = row.execution_bp.map(|bp| figures::percent(Some(bp)).replace('%', ""));
            let amounts = columns(&row).map(|fen| json!(plain(fen)));
            head.into_iter().chain(amounts).chain([json!(rate)]).collect()
        }
        Figures::Withheld(one) => {
            let why = social::why(one.why(), lang);
            let mut row =
                vec![class(true), json!(fund(one.fund(), lang)), json!(one.fiscal_year())];
            row.push(json!(why));
            row.resize(headings.len(), Value::Null);
            row
        }
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    Listing { columns: headings, rows }
}
