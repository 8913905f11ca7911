//! What the rules of inspection point at. A hit is no verdict: a finding is raised by people.
//!
//! Every record is read once for an answer, so it takes one of the few places for that.

use super::table::{self, Links};
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
    let rows = rows.into_iter().map(|hit| row(visit, hit)).collect();
    let rules = RuleKey::ALL.iter().filter(|key| rule.is_none_or(|only| only == **key));
    let rules = rules.map(|key| {
        let count = hits.iter().filter(|hit| hit.rule == *key).count();
        Rule {
            key: key.code(),
            number: key.number().unwrap_or(figures::NONE),
            name: lang.label(key.label()),
            severity: severity(key.severity().code(), lang.label(key.severity().label())),
            articles: key.articles().iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
            count: figures::count(count as i128),
            is_any: count > 0,
        }
    });
    let chosen = rule.map(|rule| lang.label(rule.label()));
    let title = chosen.unwrap_or(lang.t("规则检查", "Inspections"));
    Reply::page(&Page {
        frame: frame(visit, title),
        tabs: tabs(lang, "/audit/inspections"),
        rules: rules.collect(),
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
