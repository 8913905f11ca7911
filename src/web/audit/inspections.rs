//! What the rules of inspection point at. A hit is no verdict: a finding is raised by people.
//!
//! Every record is read once for an answer, so it takes one of the few places for that.

use super::file::{self, Column};
use super::table::{self, Links};
use super::words;
use super::{Tab, check, frame, tabs, today};
use crate::ledger::reading;
use crate::projections::inspect::{Asked, Hit, Inspection, Limits, RuleKey};
use crate::service::Problem;
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use serde_json::{Value, json};

/// A rule and how much it points at.
struct Rule {
    key: &'static str,
    number: &'static str,
    name: &'static str,
    severity: Chip,
    grave: &'static str,
    articles: String,
    count: String,
    is_any: bool,
}

/// Something to look into.
struct Row {
    on: String,
    place: String,
    about: String,
    amount: String,
    figures: String,
    severity: Chip,
    grave: &'static str,
    seqs: Vec<u64>,
    raise: String,
}

#[derive(Template)]
#[template(path = "audit_inspections.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rules: Vec<Rule>,
    rows: Vec<Row>,
    chosen: Option<&'static str>,
    count: String,
    links: Links,
}

/// The page: all rules with their counts, or one rule with its hits.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let rule =
        visit.query.get("rule").map(|key| RuleKey::find(key).ok_or(Problem::NotFound("rule")));
    let rule = rule.transpose()?;
    let on = today(visit)?;
    let hits = {
        let _place = visit.service().limits.past()?;
        let live = visit.live();
        let mut inspection = Inspection::new(Some(on), Limits::default(), rule);
        reading::fold(&*live.records(), 0..live.folded(), &mut inspection)?;
        inspection.hits(&Asked { rule, ..Asked::on(on) })
    };
    let asked = table::Asked::of(visit);
    let rows = match rule {
        Some(_) => hits.iter().skip(asked.from).take(asked.rows).collect(),
        None => Vec::new(),
    };
    let rows: Vec<Row> = rows.into_iter().map(|hit| row(visit, hit)).collect();
    let rules = RuleKey::ALL.iter().filter(|key| rule.is_none_or(|only| only == **key));
    let rules: Vec<Rule> = rules
        .map(|key| {
            let count = hits.iter().filter(|hit| hit.rule == *key).count();
            Rule {
                key: key.code(),
                number: key.number().unwrap_or(figures::NONE),
                name: lang.label(key.label()),
                severity: severity(key.severity().code(), lang.label(key.severity().label())),
                grave: lang.label(key.severity().label()),
                articles: key.articles().iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
                count: figures::count(count as i128),
                is_any: count > 0,
            }
        })
        .collect();
    let file = match rule {
        Some(rule) => file::file(visit, rule.code(), COLUMNS, || rows.iter().map(cells).collect()),
        None => file::file(visit, "inspections", RULES, || rules.iter().map(counted).collect()),
    };
    if let Some(file) = file? {
        return Ok(file);
    }
    let chosen = rule.map(|rule| lang.label(rule.label()));
    let title = chosen.unwrap_or(lang.t("规则检查", "Inspections"));
    Reply::page(&Page {
        frame: frame(visit, title),
        tabs: tabs(lang, "/audit/inspections"),
        rules,
        rows,
        chosen,
        count: figures::count(hits.len() as i128),
        links: asked.links(visit, hits.len()),
    })
}

fn severity(code: &str, word: &str) -> Chip {
    match code {
        "violation" => State::Overdue.chip(word),
        "risk" => State::Exception.chip(word),
        _ => State::Plain.chip(word),
    }
}

fn row(visit: &Visit, hit: &Hit) -> Row {
    let lang = visit.lang;
    let views = visit.live().views();
    let named = |id: &Option<String>, names: &std::collections::BTreeMap<String, String>| {
        id.as_ref().map(|id| names.get(id).cloned().unwrap_or_else(|| id.clone()))
    };
    let parts = [
        named(&hit.project, &views.names.projects),
        hit.lot.clone(),
        named(&hit.organization, &views.names.organizations),
        words::about(lang, hit, &views),
    ];
    let about: Vec<String> = parts.into_iter().flatten().collect();
    let text = |id: &Option<String>| id.clone().unwrap_or_default();
    let seqs: Vec<String> = hit.seqs.iter().map(u64::to_string).collect();
    let amount = figures::yuan(hit.amount_fen);
    let (lot, project, organization) =
        (text(&hit.lot), text(&hit.project), text(&hit.organization));
    let place = hit.jurisdiction.to_string();
    let mut pairs: Vec<(&str, &str)> = vec![
        ("rule", hit.rule.number().unwrap_or(hit.rule.code())),
        ("severity", hit.severity.code()),
        ("lot", &lot),
        ("project", &project),
        ("organization", &organization),
        ("jurisdiction", &place),
        ("amount", &amount),
    ];
    pairs.extend(seqs.iter().map(|seq| ("seq", seq.as_str())));
    Row {
        on: hit.on.to_string(),
        place: table::place(&views.names.jurisdictions, hit.jurisdiction),
        about: about.join(" · "),
        amount: if hit.amount_fen == 0 { figures::NONE.to_owned() } else { amount.clone() },
        figures: words::figures(lang, &hit.figures),
        severity: severity(hit.severity.code(), lang.label(hit.severity.label())),
        grave: lang.label(hit.severity.label()),
        raise: table::href("/audit/raise", pairs),
        seqs: hit.seqs.clone(),
    }
}

/// The columns of the file of one rule's hits.
const COLUMNS: &[Column] = &[
    ("business_date", "日期", "date"),
    ("jurisdiction", "地区", "place"),
    ("about", "涉及", "about"),
    ("severity", "轻重", "severity"),
    ("amount_yuan", "金额（元）", "amount (yuan)"),
    ("figures", "数据", "figures"),
    ("records", "记录", "records"),
];

fn cells(row: &Row) -> Vec<Value> {
    let seqs: Vec<String> = row.seqs.iter().map(u64::to_string).collect();
    let amount = if row.amount == figures::NONE { String::new() } else { file::plain(&row.amount) };
    vec![
        json!(row.on),
        json!(row.place),
        json!(row.about),
        json!(row.grave),
        json!(amount),
        json!(row.figures),
        json!(seqs.join(" ")),
    ]
}

/// The columns of the file of all rules.
const RULES: &[Column] = &[
    ("rule", "规则", "rule"),
    ("name", "名称", "name"),
    ("number", "编号", "number"),
    ("severity", "轻重", "severity"),
    ("articles", "条款", "articles"),
    ("hits", "命中", "hits"),
];

fn counted(rule: &Rule) -> Vec<Value> {
    let number = if rule.number == figures::NONE { "" } else { rule.number };
    vec![
        json!(rule.key),
        json!(rule.name),
        json!(number),
        json!(rule.grave),
        json!(rule.articles),
        json!(file::plain(&rule.count)),
    ]
}
