//! What the rules of inspection point at. A hit is no verdict: a finding is raised by people.
//!
//! Every record is read for an inspection, so it is made beside the service: the page shows the
//! newest one, says which record it stands at, and waits for none.

use super::table::{self, Links};
use super::{Tab, check, frame, tabs};
use crate::projections::inspect::{Hit, RuleKey};
use crate::service::Problem;
use crate::service::inspections::Newest;
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderValue, header};

/// A rule and how much it points at.
struct Rule {
    key: &'static str,
    number: &'static str,
    name: &'static str,
    severity: Chip,
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
    let rows = kept.iter().skip(asked.from).take(asked.rows).map(|hit| row(visit, hit)).collect();
    let rules = RuleKey::ALL.iter().filter(|key| rule.is_none_or(|only| only == **key));
    let rules = rules.map(|key| {
        let count = found(*key).map(|found| found.count);
        Rule {
            key: key.code(),
            number: key.number().unwrap_or(figures::NONE),
            name: lang.label(key.label()),
            severity: severity(key.severity().code(), lang.label(key.severity().label())),
            articles: key.articles().iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
            count: count.map_or(figures::NONE.to_owned(), |count| figures::count(count as i128)),
            is_any: count.is_some_and(|count| count > 0),
        }
    });
    let chosen = rule.map(|rule| lang.label(rule.label()));
    let title = chosen.unwrap_or(lang.t("规则检查", "Inspections"));
    let counted = inspected.map(|one| {
        let asked = one.rules.iter().filter(|found| rule.is_none_or(|only| only == found.rule));
        asked.map(|found| found.count).sum::<usize>()
    });
    let mut reply = Reply::page(&Page {
        frame: frame(visit, title),
        tabs: tabs(lang, "/audit/inspections"),
        rules: rules.collect(),
        rows,
        chosen,
        count: counted.map_or(figures::NONE.to_owned(), |count| figures::count(count as i128)),
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
        hit.about.clone(),
    ];
    let about: Vec<String> = parts.into_iter().flatten().collect();
    let figure = |one: &crate::projections::inspect::Figure| format!("{} {}", one.name, one.value);
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
        figures: hit.figures.iter().map(figure).collect::<Vec<_>>().join(", "),
        severity: severity(hit.severity.code(), lang.label(hit.severity.label())),
        raise: table::href("/audit/raise", pairs),
        seqs: hit.seqs.clone(),
    }
}
