//! A lot: where it came from, where it stands, and every movement of it.
//!
//! Open to whoever sees a record of it, and no further: a bureau reads what reached its scope, and
//! where nothing did, the lot is answered as absent.

use super::table::{self, Links};
use super::{Tab, check, frame, tabs};
use crate::access::{Register, What};
use crate::ledger::live::Views;
use crate::ledger::lookups::Key;
use crate::projections::path::Spot;
use crate::projections::trace::{Step, Subject};
use crate::service::{Problem, projects};
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::marks::State;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use std::collections::BTreeMap;

/// A movement.
struct Row {
    seq: u64,
    on: String,
    label: &'static str,
    from: String,
    to: String,
    path: String,
    amount: String,
    papers: String,
    excused: bool,
}

#[derive(Template)]
#[template(path = "audit_lot.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    lot: String,
    fund: String,
    social: bool,
    /// Where and when it was received; none where the reader does not see its receipt.
    received: Option<String>,
    /// Where it stands, as far as single lots are open to the reader; none where they are nowhere.
    stands: Option<Vec<(String, String)>>,
    /// Is the reader one who raises findings here?
    raises: bool,
    rows: Vec<Row>,
    count: String,
    more: bool,
    links: Links,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let lot = visit.path.get("lot").unwrap_or_default().to_owned();
    let (mut steps, more) = visit.reader().steps(Key::Lot(&lot), Subject::Lot(lot.clone()))?;
    if steps.is_empty() {
        return Err(Problem::NotFound("lot"));
    }
    let (fund, social, received) = {
        let views = visit.live().views();
        let facts = views.ages.ground.lots.get(&lot).ok_or(Problem::NotFound("lot"))?;
        let fund = format!("{} {}", lang.label(facts.fund.label()), facts.year);
        let receiver = table::place(&views.names.jurisdictions, facts.receiver);
        let came = figures::yuan(facts.received_fen);
        let received = format!("{receiver} · {} · {came}", facts.received_on);
        let is_seen = steps.iter().any(|one| one.seq == facts.seq);
        (fund, facts.class.code() == "social", is_seen.then_some(received))
    };
    let stands = stands(visit, &steps);
    let asked = table::Asked::of(visit);
    match asked.is_largest {
        true => steps.sort_by_key(|one| (-one.amount_fen, one.seq)),
        false => steps.sort_by_key(|one| (one.business_date, one.seq)),
    }
    let count = steps.len();
    let shown: Vec<&Step> = steps.iter().skip(asked.from).take(asked.rows).collect();
    let told = projects::excerpts(visit.live(), shown.iter().map(|one| one.seq))?;
    if visit.query.get("as").is_some() {
        let mut once = told;
        once.dedup_by_key(|one| one.seq);
        let rows = table::rows(visit, &once);
        return table::file(visit, "lot", &rows)?.ok_or(Problem::NotFound("path"));
    }
    let views = visit.live().views();
    let row = |(step, one): (&&Step, &crate::projections::excerpt::Excerpt)| Row {
        seq: step.seq,
        on: step.business_date.to_string(),
        label: lang.label(one.label),
        from: words(lang, &views, &step.from),
        to: words(lang, &views, &step.to),
        path: format!("{} → {}", step.from, step.to),
        amount: figures::yuan(step.amount_fen),
        papers: one.papers.iter().map(|it| it.number.as_str()).collect::<Vec<_>>().join("、"),
        excused: !one.excused.is_empty(),
    };
    let rows = shown.iter().zip(&told).map(row).collect();
    drop(views);
    let raises = check(visit).is_ok();
    let title = format!("{} {lot}", lang.t("资金批次", "Lot"));
    Reply::page(&Page {
        frame: frame(visit, title),
        tabs: if raises { tabs(lang, "") } else { Vec::new() },
        lot,
        fund,
        social,
        received,
        stands,
        raises,
        rows,
        count: figures::count(count as i128),
        more,
        links: asked.links(visit, count),
    })
}

/// Where the lot's money stands, place by place, where single lots are open to the reader: of other
/// places not every movement is seen.
fn stands(visit: &Visit, steps: &[Step]) -> Option<Vec<(String, String)>> {
    let mut places: BTreeMap<&str, i128> = BTreeMap::new();
    for step in steps {
        *places.entry(&step.from).or_default() -= i128::from(step.amount_fen);
        *places.entry(&step.to).or_default() += i128::from(step.amount_fen);
    }
    let views = visit.live().views();
    let is_open = |path: &str| {
        let at = Spot::parse(path).and_then(|spot| views.ages.ground.lies_at(&spot));
        at.is_some_and(|at| views.beside.reaches(&visit.viewer, What::Lots, at))
    };
    let open: Vec<(&str, i128)> = places.into_iter().filter(|(path, _)| is_open(path)).collect();
    if open.is_empty() {
        return None;
    }
    let held = open.into_iter().filter(|(_, fen)| *fen != 0);
    Some(held.map(|(path, fen)| (words(visit.lang, &views, path), figures::yuan(fen))).collect())
}

/// A place in words: what kind, whose, in which project.
pub fn words(lang: Lang, views: &Views<Register>, path: &str) -> String {
    let Some(spot) = Spot::parse(path) else { return path.to_owned() };
    let mut parts = Vec::new();
    if let Some(code) = spot.code {
        parts.push(table::place(&views.names.jurisdictions, code));
    }
    parts.extend(spot.plan.map(str::to_owned));
    if let Some(project) = spot.project {
        let name = views.names.projects.get(project);
        parts.push(name.cloned().unwrap_or_else(|| project.to_owned()));
    }
    if let Some(party) = spot.party {
        let name = views.names.organizations.get(party);
        parts.push(name.cloned().unwrap_or_else(|| party.to_owned()));
    }
    parts.push(lang.label(spot.kind.label()).to_owned());
    parts.join(" · ")
}
