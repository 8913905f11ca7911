//! The flow picture of a place's fiscal money, its figures as a table, and the same as CSV.
//!
//! Social money has no picture here: a band of it may be one gift (design section 8). Its small one
//! stands on the pages of counties alone, which say of what.

use super::charts::{self, Chart, Flow, Hue, Knot};
use super::figures::{self, Wan};
use super::lang::Lang;
use super::reply::Reply;
use super::visit::Visit;
use super::years;
use crate::access::Register;
use crate::base::Code;
use crate::interchange::export::{Listing, column, write_csv};
use crate::ledger::live::Views;
use crate::projections::flows::{Asked, Column, Link, Node};
use crate::projections::{Class, Level};
use crate::service::Problem;
use serde_json::json;
use std::collections::BTreeMap;

/// A picture, with its figures.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The drawing; none where no money stands.
    pub chart: Option<Chart>,
    /// The bands: from, to, amount.
    pub bands: Vec<[String; 3]>,
    /// What each column adds up to.
    pub total: String,
}

/// The columns of a picture on a desk; a phone shows the first and the last.
pub const PROVINCE: &[Column] = &[Column::Fund, Column::City, Column::Use];
/// Of a city: its counties stand between.
pub const CITY: &[Column] = &[Column::Fund, Column::County, Column::Use];
/// Of a county.
pub const COUNTY: &[Column] = &[Column::Fund, Column::Use];

impl Picture {
    /// The picture of a place's money of a year or of all years.
    pub fn of(
        views: &Views<Register>,
        (at, year): (Option<Code>, Option<u16>),
        columns: &[Column],
        lang: Lang,
    ) -> Picture {
        let links = |columns: &[Column]| {
            let asked = Asked { jurisdiction: at, year, columns: columns.to_vec() };
            let mut links = views.flows.answer(&asked);
            links.retain(|link| link.class == Class::Fiscal && link.amount_fen > 0);
            links
        };
        let (wide, ends) = (links(columns), links(COUNTY));
        let asked = Asked { jurisdiction: at, year, columns: columns.to_vec() };
        let totals = views.flows.totals(&asked);
        let total = totals.iter().find(|(class, _)| *class == Class::Fiscal);
        let total = total.map_or(0, |(_, fen)| *fen);
        let says = match lang {
            Lang::Zh => "财政资金流向图：从资金来源到用途，数字见下面的表",
            Lang::En => {
                "Flow of fiscal money from funds to uses; the figures are in the table below"
            }
        };
        let names = Names { views, lang };
        Picture::laid(Hue::Fiscal, (&wide, columns), &ends, &names, (total, says))
    }

    /// The small picture of a county's social money, of bands that may be shown.
    pub fn of_social(views: &Views<Register>, bands: &[Link], lang: Lang) -> Picture {
        let total = bands.iter().map(|link| link.amount_fen).sum();
        let says = match lang {
            Lang::Zh => "社会帮扶资金流向图：从资金来源到用途，数字见下面的表",
            Lang::En => {
                "Flow of social money from funds to uses; the figures are in the table below"
            }
        };
        let names = Names { views, lang };
        Picture::laid(Hue::Social, (bands, COUNTY), bands, &names, (total, says))
    }

    fn laid(
        hue: Hue,
        (wide, columns): (&[Link], &[Column]),
        ends: &[Link],
        names: &Names<'_>,
        (total, says): (i128, &str),
    ) -> Picture {
        let (knots, flows) = laid(wide, columns, names);
        let (few, short) = laid(ends, COUNTY, names);
        let cells = wide.iter().map(|link| link.amount_fen);
        let standing = knots.iter().chain(&few).flatten().map(|knot| knot.fen);
        let wan = Wan::fitting(cells.chain(standing).chain([total]));
        let chart = (!wide.is_empty())
            .then(|| charts::sankey(hue, &knots, &flows, (&few, &short), wan, says.to_owned()));
        let band =
            |link: &Link| [names.of(&link.from), names.of(&link.to), wan.text(link.amount_fen)];
        Picture { chart, bands: wide.iter().map(band).collect(), total: wan.text(total) }
    }
}

/// What knots are called.
struct Names<'n> {
    views: &'n Views<Register>,
    lang: Lang,
}

impl Names<'_> {
    fn of(&self, node: &Node) -> String {
        let lang = self.lang;
        let code =
            Code::parse(&node.id).filter(|_| matches!(node.column, Column::City | Column::County));
        let level = code.and_then(|code| self.views.flows.ground.level(code));
        match (node.column, level) {
            (Column::City | Column::County, Some(Level::Province)) => {
                lang.t("省级未下达", "Not passed on").to_owned()
            }
            (Column::County, Some(Level::City)) => lang.t("市级未下达", "Not passed on").to_owned(),
            _ => lang.t(&node.zh, &node.en).to_owned(),
        }
    }
}

/// Does money wait in a knot: not arranged, or not passed on?
fn waits(node: &Node, views: &Views<Register>) -> bool {
    match node.column {
        Column::Use => node.id == "waiting" || node.id == "surplus",
        Column::Fund => false,
        Column::City | Column::County => {
            let level = Code::parse(&node.id).and_then(|code| views.flows.ground.level(code));
            let own = if node.column == Column::City { Level::City } else { Level::County };
            level != Some(own)
        }
    }
}

/// Knots and bands as a drawing takes them: the largest knot first, waiting ones last.
fn laid(links: &[Link], columns: &[Column], names: &Names<'_>) -> (Vec<Vec<Knot>>, Vec<Vec<Flow>>) {
    let mut sums: Vec<BTreeMap<Node, i128>> = vec![BTreeMap::new(); columns.len()];
    for link in links {
        let Some(at) = columns.iter().position(|column| *column == link.from.column) else {
            continue;
        };
        if at == 0 {
            *sums[0].entry(link.from.clone()).or_default() += link.amount_fen;
        }
        *sums[at + 1].entry(link.to.clone()).or_default() += link.amount_fen;
    }
    let mut knots = Vec::with_capacity(columns.len());
    let mut places: Vec<BTreeMap<Node, usize>> = Vec::with_capacity(columns.len());
    for column in sums {
        let mut nodes: Vec<(Node, i128)> = column.into_iter().collect();
        nodes.sort_by_key(|(node, fen)| (waits(node, names.views), std::cmp::Reverse(*fen)));
        places.push(nodes.iter().enumerate().map(|(at, (node, _))| (node.clone(), at)).collect());
        let knot = |(node, fen): &(Node, i128)| Knot {
            name: names.of(node),
            waits: waits(node, names.views),
            fen: *fen,
        };
        knots.push(nodes.iter().map(knot).collect());
    }
    let mut flows: Vec<Vec<Flow>> = vec![Vec::new(); columns.len().saturating_sub(1)];
    for link in links {
        let at = columns.iter().position(|column| *column == link.from.column).unwrap_or(0);
        let (from, to) = (places[at].get(&link.from), places[at + 1].get(&link.to));
        if let (Some(from), Some(to)) = (from, to) {
            flows[at].push(Flow { from: *from, to: *to, fen: link.amount_fen });
        }
    }
    // Bands leave in the order of where they lead, so that few of them cross.
    flows.iter_mut().for_each(|flows| flows.sort_by_key(|flow| (flow.from, flow.to)));
    (knots, flows)
}

/// The city that is asked for.
///
/// # Errors
/// It is no city of this ledger.
pub fn city(visit: &Visit, views: &Views<Register>) -> Result<Option<Code>, Problem> {
    let Some(text) = visit.query.get("city") else { return Ok(None) };
    let city = Code::parse(text);
    let city = city.filter(|code| views.flows.ground.level(*code) == Some(Level::City));
    city.map(Some).ok_or(Problem::NotFound("city"))
}

/// The columns for a city, or for the province.
pub fn columns(city: Option<Code>) -> &'static [Column] {
    if city.is_some() { CITY } else { PROVINCE }
}

/// `/flows.csv`: the bands of the picture, in yuan.
pub fn csv(visit: &Visit) -> Result<Reply, Problem> {
    let views = visit.live().views();
    let year = years::asked(&visit.query, &views.balances.years())?;
    let jurisdiction = city(visit, &views)?;
    let asked = Asked { jurisdiction, year, columns: columns(jurisdiction).to_vec() };
    let links = views.flows.answer(&asked);
    drop(views);
    let columns = vec![
        column("from_column", "从(列)", "From (column)"),
        column("from", "从", "From"),
        column("to_column", "到(列)", "To (column)"),
        column("to", "到", "To"),
        column("amount_yuan", "金额(元)", "Amount (yuan)"),
    ];
    let fiscal = links.iter().filter(|link| link.class == Class::Fiscal);
    let rows = fiscal.map(|link| {
        let yuan = figures::yuan(link.amount_fen).replace(',', "").replace('\u{2212}', "-");
        let (from, to) = (&link.from, &link.to);
        vec![
            json!(from.column.code()),
            json!(visit.lang.t(&from.zh, &from.en)),
            json!(to.column.code()),
            json!(visit.lang.t(&to.zh, &to.en)),
            json!(yuan),
        ]
    });
    let listing = Listing { columns, rows: rows.collect() };
    let mut bytes = Vec::new();
    write_csv(&listing, &mut bytes).map_err(|error| Problem::Failed(error.to_string()))?;
    Ok(Reply::file("text/csv; charset=utf-8", "flows.csv", bytes))
}
