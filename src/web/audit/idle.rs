//! What lies idle at one jurisdiction, lot by lot, the longest first; fiscal and social apart.

use super::file::{self, Column};
use super::table::{self, Links};
use super::{IDLE_DAYS, Tab, check, frame, tabs, today};
use crate::base::Code;
use crate::projections::ages::{self, Waiting};
use crate::service::Problem;
use crate::web::figures::{self, Wan};
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Money of a lot that waits.
struct Row {
    lot: String,
    fund: String,
    place: &'static str,
    /// The id and name of the project that it lies in.
    project: Option<(String, String)>,
    amount: String,
    since: String,
    chip: Chip,
}

struct Class {
    name: &'static str,
    social: bool,
    rows: Vec<Row>,
    sum: String,
    count: String,
}

#[derive(Template)]
#[template(path = "audit_idle.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    classes: Vec<Class>,
    county: String,
    links: Links,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let absent = Problem::NotFound("jurisdiction");
    let county = visit.path.get("county").and_then(Code::parse).ok_or(absent)?;
    let days = visit.query.get("days").and_then(|days| days.parse().ok());
    let days: i32 = days.unwrap_or(IDLE_DAYS).clamp(0, 36_500);
    let Known { name, waiting, projects } = know(visit, county, days)?;
    let project = |id: &String| projects.get(id).unwrap_or(id).clone();
    let asked = table::Asked::of(visit);
    let mut classes = Vec::new();
    let mut most = 0;
    let mut cells = Vec::new();
    for social in [false, true] {
        let mut own: Vec<&Waiting> =
            waiting.iter().filter(|one| (one.class.code() == "social") == social).collect();
        if asked.is_largest {
            own.sort_by_key(|one| -one.amount_fen);
        }
        most = most.max(own.len());
        let fens = || own.iter().map(|one| i128::from(one.amount_fen));
        let sum: i128 = fens().sum();
        let wan = Wan::fitting(fens().chain([sum]));
        let shown = asked.page(&own);
        cells.extend(shown.iter().map(|one| self::cells(lang, one)));
        let rows = shown.into_iter().map(|one| Row {
            lot: one.lot.clone(),
            fund: format!("{} {}", lang.label(one.fund.label()), one.fiscal_year),
            place: lang.label(one.place.label()),
            project: one.project.as_ref().map(|id| (id.clone(), project(id))),
            amount: wan.text(one.amount_fen),
            since: one.reached_on.to_string(),
            chip: State::Exception.chip(figures::span(one.days, lang)),
        });
        let name = lang.t(
            if social { "社会帮扶资金" } else { "财政资金" },
            if social { "Social money" } else { "Fiscal money" },
        );
        let (rows, sum) = (rows.collect(), wan.text(sum));
        let count = figures::count(own.len() as i128);
        classes.push(Class { name, social, rows, sum, count });
    }
    if let Some(file) = file::file(visit, &format!("idle-{county}"), COLUMNS, || cells)? {
        return Ok(file);
    }
    let title = match lang.is_zh() {
        true => format!("{name}：等着用的钱，停留超过 {days} 天"),
        false => format!("{name}: money that waits for more than {days} days"),
    };
    Reply::page(&Page {
        frame: frame(visit, title),
        tabs: tabs(visit, ""),
        classes,
        county: county.to_string(),
        links: asked.links(visit, most),
    })
}

/// What the views tell of a jurisdiction, taken while they stood still.
struct Known {
    name: String,
    waiting: Vec<Waiting>,
    /// The names of the projects that something waits in.
    projects: BTreeMap<String, String>,
}

fn know(visit: &Visit, county: Code, days: i32) -> Result<Known, Problem> {
    let on = today(visit)?;
    let views = visit.live().views();
    let name = views.names.jurisdictions.get(&county).cloned();
    let name = name.ok_or(Problem::NotFound("jurisdiction"))?;
    let all = views.ages.waiting(on, Some(county)).into_iter();
    let idle =
        |one: &Waiting| one.jurisdiction == county && ages::is_idle(one.place) && one.days > days;
    let waiting: Vec<Waiting> = all.filter(idle).collect();
    let named = |id: &String| Some((id.clone(), views.names.projects.get(id)?.clone()));
    let ids = waiting.iter().filter_map(|one| one.project.as_ref());
    let projects = ids.filter_map(named).collect();
    Ok(Known { name, waiting, projects })
}

/// The columns of its file.
const COLUMNS: &[Column] = &[
    ("class", "资金性质", "class"),
    ("lot", "资金批次", "lot"),
    ("fund", "资金来源", "fund"),
    ("fiscal_year", "资金年度", "fiscal year"),
    ("place", "位置", "place"),
    ("project", "项目", "project"),
    ("amount_yuan", "金额（元）", "amount (yuan)"),
    ("since", "从哪天起", "since"),
    ("days", "停留天数", "days"),
];

fn cells(lang: Lang, one: &Waiting) -> Vec<Value> {
    vec![
        json!(lang.label(one.class.label())),
        json!(one.lot),
        json!(lang.label(one.fund.label())),
        json!(one.fiscal_year),
        json!(lang.label(one.place.label())),
        json!(one.project.clone().unwrap_or_default()),
        json!(file::yuan(one.amount_fen)),
        json!(one.reached_on.to_string()),
        json!(one.days),
    ]
}
