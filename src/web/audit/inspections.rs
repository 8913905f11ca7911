//! What the rules of inspection point at. A hit is no verdict: a finding is raised by people.
//!
//! Every record is read for an inspection, so it is made beside the service: the page shows the
//! newest one, says which record it stands at, and waits for none.

use super::file::{self, Column, Head};
use super::table::{self, Links};
use super::words;
use super::{Tab, check, frame, tabs};
use crate::projections::inspect::{Hit, RuleKey};
use crate::service::Problem;
use crate::service::inspections::Newest;
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderValue, header};
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
    /// Which records were inspected.
    stands: String,
    /// How many rows there are at most, where more were found.
    only_first: Option<String>,
    links: Links,
}

/// The page: all rules with their counts, or one rule with its hits.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let rule =
        visit.query.get("rule").map(|key| RuleKey::find(key).ok_or(Problem::NotFound("rule")));
    let rule = rule.transpose()?;
    let newest = visit.service().inspections.newest(&visit.web.service.live);
    let inspected = newest.inspected.as_deref();
    let found = |key: RuleKey| inspected.and_then(|one| one.rules.iter().find(|it| it.rule == key));
    let asked = table::Asked::of(visit);
    let kept = rule.and_then(found).map_or(&[][..], |found| &found.hits);
    let rows = kept.iter().skip(asked.from).take(asked.rows).map(|hit| row(visit, hit));
    let rows: Vec<Row> = rows.collect();
    let shown = RuleKey::ALL.iter().filter(|key| rule.is_none_or(|only| only == **key));
    let counts: Vec<_> = shown.map(|key| (*key, found(*key).map(|found| found.count))).collect();
    let rules: Vec<Rule> = counts.iter().map(|(key, count)| rule_row(lang, *key, *count)).collect();
    if visit.query.get("as").is_some() {
        // Nothing to give yet: the page says how far the first inspection has come.
        let Some(inspected) = inspected else { return Ok(Reply::see("/audit/inspections")) };
        let head = Head::of(&inspected.as_of, inspected.on);
        let file = match rule {
            Some(rule) => file::file_at(visit, rule.code(), COLUMNS, head, || {
                rows.iter().map(cells).collect()
            }),
            None => file::file_at(visit, "inspections", RULES, head, || {
                rules.iter().map(counted).collect()
            }),
        };
        return file?.ok_or(Problem::NotFound("file"));
    }
    let chosen = rule.map(|rule| lang.label(rule.label()));
    let counted = inspected.map(|_| counts.iter().filter_map(|(_, count)| *count).sum::<usize>());
    let mut reply = Reply::page(&Page {
        frame: frame(visit, chosen.unwrap_or(lang.t("规则检查", "Inspections"))),
        tabs: tabs(visit, "/audit/inspections"),
        rules,
        rows,
        chosen,
        count: number(counted),
        stands: stands(&newest, visit),
        only_first: (rule.is_some() && counted.is_some_and(|count| count > kept.len()))
            .then(|| figures::count(kept.len() as i128)),
        links: asked.links(visit, kept.len()),
    })?;
    if newest.inspected.is_none() {
        // There is nothing to read yet, so nobody is interrupted.
        reply.header(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(reply)
}

/// A rule as the table of all shows it.
fn rule_row(lang: Lang, key: RuleKey, count: Option<usize>) -> Rule {
    let grave = lang.label(key.severity().label());
    Rule {
        key: key.code(),
        number: key.number().unwrap_or(figures::NONE),
        name: lang.label(key.label()),
        severity: severity(key.severity().code(), grave),
        grave,
        articles: key.articles().iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
        count: number(count),
        is_any: count.is_some_and(|count| count > 0),
    }
}

/// A count, or that there is none yet.
fn number(count: Option<usize>) -> String {
    count.map_or(figures::NONE.to_owned(), |count| figures::count(count as i128))
}

/// Which record the inspection stands at, and how far the next one has come.
fn stands(newest: &Newest, visit: &Visit) -> String {
    let (lang, live) = (visit.lang, visit.live());
    let count = |number: u64| figures::count(i128::from(number));
    let stood = newest.inspected.as_ref().map(|one| {
        let seq = count(one.as_of.size.saturating_sub(1));
        match lang.is_zh() {
            true => format!("查到第 {seq} 条记录，按 {} 计算天数。", one.on),
            false => format!("Inspected up to record {seq}; days are counted to {}.", one.on),
        }
    });
    let behind = newest.inspected.as_ref().is_some_and(|one| one.as_of.size < live.folded());
    let next = match newest.running {
        Some((done, of)) if lang.is_zh() => {
            Some(format!("正在查：已读 {} 条，共 {} 条。", count(done), count(of)))
        }
        Some((done, of)) => {
            Some(format!("Inspecting: {} of {} records read.", count(done), count(of)))
        }
        None if behind => Some(
            lang.t(
                "之后又有新记录，过一会儿再打开本页就会查到。",
                "Records have come since; open this page again in a while to see them inspected.",
            )
            .to_owned(),
        ),
        None => None,
    };
    let gap = if lang.is_zh() { "" } else { " " };
    stood.into_iter().chain(next).collect::<Vec<_>>().join(gap)
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
