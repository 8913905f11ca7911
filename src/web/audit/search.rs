//! Searching records: the query stands in the address, so that a search can be passed on and kept.

use super::table::{self, Links, Row};
use super::{Tab, check, frame, lists, tabs};
use crate::base::Code;
use crate::interchange::money::{Unit, figure};
use crate::projections::excerpt;
use crate::service::search::{Asked, Order, Results, search};
use crate::service::{Problem, projects};
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::marks::State;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;

/// The fields of the form, as they were typed, and what they may be.
pub struct Form {
    values: Vec<(&'static str, String)>,
    pub types: Vec<(&'static str, &'static str)>,
    pub places: Vec<(&'static str, &'static str)>,
}

/// The kinds of places, as a search offers them.
const PLACES: [(&str, &str, &str); 7] = [
    ("available", "待安排", "Available"),
    ("consolidated", "已整合待安排", "Consolidated"),
    ("committed", "已安排到项目", "Committed"),
    ("advanced", "已预拨待报账", "Advanced"),
    ("spent", "已支出", "Spent"),
    ("surplus", "结余", "Surplus"),
    ("reclaim", "应追回", "To reclaim"),
];

const FIELDS: [&str; 12] = [
    "county",
    "lot",
    "project",
    "payee",
    "document",
    "reference",
    "type",
    "place",
    "min",
    "max",
    "from",
    "to",
];

impl Form {
    /// The form as the query fills it.
    pub fn of(visit: &Visit) -> Form {
        let lang = visit.lang;
        let value = |name| (name, visit.query.get(name).unwrap_or_default().to_owned());
        Form {
            values: FIELDS.into_iter().map(value).collect(),
            types: excerpt::types().map(|(name, label)| (name, lang.label(label))).collect(),
            places: PLACES.iter().map(|(code, zh, en)| (*code, lang.t(zh, en))).collect(),
        }
    }

    /// What was typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|one| one.0 == name).map_or("", |one| &one.1)
    }
}

#[derive(Template)]
#[template(path = "audit_search.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    form: Form,
    wrong: Option<String>,
    rows: Vec<Row>,
    count: String,
    links: Links,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let asked = table::Asked::of(visit);
    let (wanted, wrong) = match wanted(visit) {
        Ok(wanted) => (wanted, None),
        Err(wrong) => (Asked::default(), Some(wrong)),
    };
    let order = if asked.is_largest { Order::Largest } else { Order::Oldest };
    let part = asked.from..asked.from + asked.rows;
    let Results { count, shown } = match wanted.is_any() {
        true => search(visit.reader(), &visit.service().limits, &wanted, order, part)?,
        false => Results::default(),
    };
    let told = projects::excerpts(visit.live(), shown.iter().map(|one| one.seq))?;
    let rows = table::rows(visit, &told);
    if let Some(file) = table::file(visit, "search", &rows)? {
        return Ok(file);
    }
    Reply::page(&Page {
        frame: frame(visit, lang.t("检索结果", "Results")),
        tabs: tabs(visit, "/audit"),
        form: Form::of(visit),
        wrong,
        rows,
        count: figures::count(count as i128),
        links: asked.links(visit, count),
    })
}

/// What the query asks for, or what is wrong with it in words.
fn wanted(visit: &Visit) -> Result<Asked, String> {
    let lang = visit.lang;
    let text = |name| visit.query.get(name).map(str::to_owned);
    let none = |zh: &str, en: &str, text: &str| format!("{}：{text}", lang.t(zh, en));
    let county = visit.query.get("county").unwrap_or_default();
    let day = |name| {
        lists::day(visit, name).map_err(|_| {
            none("这不是日期", "This is no day", visit.query.get(name).unwrap_or_default())
        })
    };
    Ok(Asked {
        jurisdiction: jurisdiction(visit, county)
            .map_err(|_| none("没有这个地区", "There is no such place", county))?,
        lot: text("lot"),
        project: text("project").map(|text| id_of(visit, text, true)),
        payee: text("payee").map(|text| id_of(visit, text, false)),
        document: text("document"),
        reference: text("reference"),
        kind: text("type"),
        place: text("place"),
        least_fen: fen(lang, visit.query.get("min"))?,
        most_fen: fen(lang, visit.query.get("max"))?,
        from: day("from")?,
        to: day("to")?,
    })
}

fn fen(lang: Lang, text: Option<&str>) -> Result<Option<i64>, String> {
    let Some(text) = text else { return Ok(None) };
    let wrong = lang.t("金额按元填写，最多两位小数", "Amounts are yuan with at most two decimals");
    let fen = figure(text, Some(Unit::YUAN)).map_err(|_| format!("{wrong}：{text}"))?;
    Ok(Some(fen.get()))
}

/// The id behind what was typed, where it is the name of a project or body.
fn id_of(visit: &Visit, typed: String, is_project: bool) -> String {
    let views = visit.live().views();
    let names = match is_project {
        true => &views.names.projects,
        false => &views.names.organizations,
    };
    if names.contains_key(&typed) {
        return typed;
    }
    let named = names.iter().find(|(_, name)| **name == typed);
    named.map_or(typed, |(id, _)| id.clone())
}

/// A jurisdiction by its code or its name.
///
/// # Errors
/// There is none of that name.
pub fn jurisdiction(visit: &Visit, typed: &str) -> Result<Option<Code>, Problem> {
    if typed.is_empty() {
        return Ok(None);
    }
    let views = visit.live().views();
    let names = &views.names.jurisdictions;
    let by_code = Code::parse(typed).filter(|code| names.contains_key(code));
    let by_name = || names.iter().find(|(_, name)| *name == typed).map(|(code, _)| *code);
    by_code.or_else(by_name).map(Some).ok_or(Problem::NotFound("jurisdiction"))
}
