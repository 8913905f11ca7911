//! A lot: where it came from, where it stands, and every movement of it.
//!
//! Open to whoever sees a record of it, and no further: a bureau reads what reached its scope, and
//! where nothing did, the lot is answered as absent.

use super::table::{self, Links};
use super::{Tab, check, frame, tabs};
use crate::access::{Register, What};
use crate::ledger::live::Views;
use crate::ledger::lookups::Key;
use crate::projections::PlaceKind;
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
    /// Who was paid: the id and the name.
    payee: Option<(String, String)>,
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
    stands: Option<Stands>,
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
        payee: one.payee.as_ref().filter(|_| !one.is_person).map(|id| {
            let name = views.names.organizations.get(id);
            (id.clone(), name.unwrap_or(id).clone())
        }),
        excused: !one.excused.is_empty(),
    };
    let rows = shown.iter().zip(&told).map(row).collect();
    drop(views);
    let raises = check(visit).is_ok();
    let title = format!("{} {lot}", lang.t("资金批次", "Lot"));
    Reply::page(&Page {
        frame: frame(visit, title),
        tabs: if raises { tabs(visit, "") } else { Vec::new() },
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

/// How many places are told one by one; more are summed by jurisdiction and kind of place.
const PLACES: usize = 12;

/// Where a lot's money stands.
struct Stands {
    /// The places, the fullest first.
    shown: Vec<(String, String)>,
    /// Those that are folded away.
    folded: Vec<(String, String)>,
    /// Are they summed by jurisdiction and kind?
    summed: bool,
}

/// Where the lot's money stands, where single lots are open to the reader: of other places not
/// every movement is seen.
fn stands(visit: &Visit, steps: &[Step]) -> Option<Stands> {
    let lang = visit.lang;
    let mut places: BTreeMap<&str, i128> = BTreeMap::new();
    for step in steps {
        *places.entry(&step.from).or_default() -= i128::from(step.amount_fen);
        *places.entry(&step.to).or_default() += i128::from(step.amount_fen);
    }
    let views = visit.live().views();
    let open = |(path, fen): (&'_ str, i128)| {
        let spot = Spot::parse(path)?;
        let at = views.ages.ground.lies_at(&spot)?;
        let is_open = views.beside.reaches(&visit.viewer, What::Lots, at);
        is_open.then(|| (path.to_owned(), (at, spot.kind), fen))
    };
    let mut open: Vec<_> = places.into_iter().filter_map(open).collect();
    if open.is_empty() {
        return None;
    }
    open.retain(|(_, _, fen)| *fen != 0);
    let summed = open.len() > PLACES;
    let mut rows: Vec<(String, i128)> = match summed {
        false => open.iter().map(|(path, _, fen)| (words(lang, &views, path), *fen)).collect(),
        true => {
            let mut sums: BTreeMap<_, i128> = BTreeMap::new();
            open.iter().for_each(|(_, key, fen)| *sums.entry(*key).or_default() += fen);
            let name = |at| table::place(&views.names.jurisdictions, at);
            let row = |((at, kind), fen): (_, i128)| {
                let kind: PlaceKind = kind;
                (format!("{} · {}", name(at), lang.label(kind.label())), fen)
            };
            sums.into_iter().map(row).collect()
        }
    };
    rows.sort_by_key(|(_, fen)| -fen);
    let mut shown: Vec<(String, String)> =
        rows.into_iter().map(|(place, fen)| (place, figures::yuan(fen))).collect();
    let folded = shown.split_off(shown.len().min(PLACES));
    Some(Stands { shown, folded, summed })
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
