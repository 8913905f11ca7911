//! A village notice: what was put up in public, as a paper of one page to print and hang (pages
//! design, 5.11). It prints what the records said when it was posted, and leads to today's figures.

use super::figures::{self, Wan};
use super::frame::{Frame, Here};
use super::lang::Lang;
use super::qr::{self, Drawing};
use super::reply::Reply;
use super::villages;
use super::visit::Visit;
use crate::base::Village;
use crate::projections::disclosures::Published;
use crate::projections::excerpt::Excerpt;
use crate::projections::path::Spot;
use crate::service::projects::{self, Social};
use crate::service::{Problem, projects as told};
use askama::Template;
use std::collections::BTreeMap;

/// What was arranged out of one source.
struct Source {
    fund: String,
    paper: String,
    amount: String,
}

/// What a notice says of a project.
struct Work {
    id: String,
    name: String,
    place: String,
    households: String,
    goals: String,
    unit: String,
    approval: String,
    sources: Vec<Source>,
    total: String,
    social: &'static str,
}

#[derive(Template)]
#[template(path = "notice.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    place: String,
    period: String,
    kind: &'static str,
    subject: String,
    work: Option<Work>,
    org: String,
    from: String,
    sha256: String,
    qr: Option<Drawing>,
    address: String,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let absent = || Problem::NotFound("notice");
    let seq: u64 = visit.path.get("id").and_then(|id| id.parse().ok()).ok_or_else(absent)?;
    let (one, project, org, demo_place) = {
        let views = visit.live().views();
        let published = &views.disclosures.published;
        let at = published.binary_search_by_key(&seq, |one| one.seq).map_err(|_| absent())?;
        let one = published[at].clone();
        let project = project_of(&views.disclosures, &one);
        let org = views.names.organizations.get(&one.org).cloned();
        let place = views.disclosures.ground.name(one.jurisdiction).to_owned();
        (one, project, org, place)
    };
    let notice = projects::excerpts(visit.live(), [seq])?;
    let sha256 = notice.first().and_then(|one| one.shown_sha256).ok_or_else(absent)?;
    let work = project.map(|project| work(visit, &project, &one)).transpose()?;
    let path = work.as_ref().map_or("/".to_owned(), |work| format!("/projects/{}", work.id));
    let address = format!("{}{path}", visit.home.clone());
    let page = Page {
        frame: Frame::new(visit, Here::Nowhere, lang.t("扶贫项目资金公示", "Public notice")),
        place: format!("{demo_place} · {}", one.place),
        period: period(lang, &one),
        kind: lang.label(one.kind.label()),
        subject: one.id.clone(),
        work,
        org: org.unwrap_or_else(|| one.org.clone()),
        from: figures::day(one.from, lang),
        sha256: sha256.to_string(),
        qr: qr::svg(&address),
        address,
    };
    Reply::page(&page)
}

/// The project that a notice is about, where it is about one.
fn project_of(
    disclosures: &crate::projections::disclosures::Disclosures,
    one: &Published,
) -> Option<String> {
    if disclosures.ground.projects.contains_key(&one.id) {
        return Some(one.id.clone());
    }
    let due = disclosures.due(one.from, Some(one.jurisdiction));
    due.into_iter().find(|due| due.kind == one.kind && due.id == one.id)?.project
}

fn period(lang: Lang, one: &Published) -> String {
    let (from, until) = (figures::day(one.from, lang), figures::day(one.until, lang));
    match lang {
        Lang::Zh => format!("公示期 {from} 至 {until}（{} 天）", one.days),
        Lang::En => format!("Posted {from} to {until} ({} days)", one.days),
    }
}

fn work(visit: &Visit, id: &str, notice: &Published) -> Result<Work, Problem> {
    let lang = visit.lang;
    let (entries, _) = told::entries(visit.live(), id)?;
    // What had happened by its first day, as far as it was recorded before it.
    let known = |one: &&Excerpt| one.seq <= notice.seq && one.on <= notice.from;
    let then: Vec<&Excerpt> = entries.iter().filter(known).collect();
    let (mut work, seqs, lots, social) = {
        let views = visit.live().views();
        let ground = &views.disclosures.ground;
        let facts = ground.projects.get(id).ok_or(Problem::NotFound("project"))?;
        let unit = views.names.organizations.get(&facts.unit).cloned();
        let social = projects::social(&visit.viewer, &views, id, facts.jurisdiction);
        let was = then.iter().any(|one| one.moves.iter().any(|it| views.works.is_social(&it.lot)));
        let work = Work {
            id: id.to_owned(),
            name: facts.name.clone(),
            place: place(lang, ground.name(facts.jurisdiction), &facts.villages),
            households: String::new(),
            goals: String::new(),
            unit: unit.unwrap_or_else(|| facts.unit.clone()),
            approval: String::new(),
            sources: Vec::new(),
            total: String::new(),
            social: "",
        };
        let mut lots: BTreeMap<String, (String, i128, Option<u64>)> = BTreeMap::new();
        for (lot, fen, from) in arranged(&then, id) {
            if views.works.is_social(&lot) {
                continue;
            }
            let fund = views.ages.ground.lots.get(&lot);
            let fund = fund.map(|it| format!("{} {}", lang.label(it.fund.label()), it.year));
            let came = from.and_then(|at| views.origins.chain(&lot, at).first().map(|it| it.seq));
            let row = lots.entry(lot).or_insert((fund.unwrap_or_default(), 0, came));
            row.1 += fen;
            row.2 = row.2.or(came);
        }
        (work, [Some(facts.admitted.0), facts.approved.map(|it| it.0)], lots, (social, was))
    };
    let facts = projects::excerpts(visit.live(), seqs.into_iter().flatten())?;
    if let Some((goals, households)) = facts.first().and_then(|one| one.goals.clone()) {
        work.goals = goals;
        work.households = figures::count(households);
    }
    let approval = facts.iter().find(|one| Some(one.seq) == seqs[1]);
    work.approval = approval.map(paper).unwrap_or_default();
    work.social = social_text(lang, social);
    let wan = Wan::fitting(lots.values().map(|row| row.1));
    work.total = wan.text(lots.values().map(|row| row.1).sum::<i128>());
    for (fund, fen, came) in lots.into_values().filter(|row| row.1 != 0) {
        let came = projects::excerpts(visit.live(), came)?;
        let paper = came.first().map(paper).unwrap_or_default();
        work.sources.push(Source { fund, paper, amount: wan.text(fen) });
    }
    Ok(work)
}

/// The county, and the villages that it is for.
fn place(lang: Lang, county: &str, villages: &[Village]) -> String {
    match villages::named(lang, villages).as_str() {
        "" => county.to_owned(),
        named => format!("{county}{}{named}", lang.t("，", ", ")),
    }
}

fn paper(one: &Excerpt) -> String {
    one.papers.first().map(|paper| paper.number.clone()).unwrap_or_default()
}

/// What each record arranged for the project, or took back: lot, fen, whose money.
fn arranged(then: &[&Excerpt], id: &str) -> Vec<(String, i128, Option<crate::base::Code>)> {
    let mut all = Vec::new();
    for one in then.iter().flat_map(|one| &one.moves) {
        let spot = |path| Spot::parse(path).filter(|spot: &Spot<'_>| spot.project == Some(id));
        let fen = i128::from(one.fen);
        match (spot(&one.from), spot(&one.to)) {
            (None, Some(to)) => all.push((one.lot.clone(), fen, to.code)),
            (Some(from), None) => all.push((one.lot.clone(), -fen, from.code)),
            _ => {}
        }
    }
    all
}

fn social_text(lang: Lang, (social, was): (Social, bool)) -> &'static str {
    match (social, was) {
        (_, false) => lang.t(
            "公示时没有。以后有捐赠，另行公示，不与财政资金相加。",
            "None when this was posted. Gifts are told apart and never added to fiscal money.",
        ),
        (Social::Withheld(_), true) => lang.t(
            "有，不足5笔，不列金额；不与财政资金相加。",
            "Some, fewer than 5 gifts, so no amount is shown; never added to fiscal money.",
        ),
        (Social::Open(_) | Social::None, true) => lang.t(
            "有，现在的数字见项目页；不与财政资金相加。",
            "Some: see the project’s page for today’s figures; never added to fiscal money.",
        ),
    }
}
