//! The projects of the province, a city or a county: stage, what was approved, arranged and spent
//! of fiscal money, the latest movement first. Social money stands on each project's own page.

use super::figures::{self, Wan};
use super::frame::{Frame, Here};
use super::lang::Lang;
use super::marks::{Chip, State};
use super::project::crumbs;
use super::reply::Reply;
use super::visit::Visit;
use crate::base::Code;
use crate::projections::projects::Project;
use crate::projections::works::Stands;
use crate::service::Problem;
use askama::Template;

/// The rows of a page.
const ROWS: usize = 50;

struct Row {
    id: String,
    name: String,
    county: String,
    chip: Chip,
    approved: String,
    arranged: String,
    spent: String,
    share: String,
}

#[derive(Template)]
#[template(path = "projects.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    count: String,
    before: Option<String>,
    after: Option<String>,
    jurisdiction: String,
    stage: String,
}

/// The stages, as filters: code, Chinese, English.
const STAGES: [(&str, &str, &str); 5] = [
    ("admitted", "已入库", "Listed"),
    ("approved", "已批复", "Approved"),
    ("accepted", "已验收", "Accepted"),
    ("closed", "已关闭", "Closed"),
    ("cancelled", "已取消", "Cancelled"),
];

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let root = visit
        .query
        .get("jurisdiction")
        .map(|code| Code::parse(code).ok_or(Problem::NotFound("jurisdiction")));
    let root = root.transpose()?;
    let stage = visit.query.get("stage").unwrap_or_default().to_owned();
    let at =
        visit.query.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let frame = Frame::new(visit, Here::Counties, lang.t("项目", "Projects"));
    let views = visit.live().views();
    let ground = &views.disclosures.ground;
    if root.is_some_and(|root| !ground.knows(root)) {
        return Err(Problem::NotFound("jurisdiction"));
    }
    let money = |id: &str| views.works.rows.get(id);
    let mut found: Vec<_> = views
        .projects
        .rows
        .values()
        .filter(|row| ground.is_within(row.jurisdiction, root))
        .filter(|row| stage.is_empty() || row.stage == stage)
        .map(|row| (money(&row.project).map_or(0, |work| work.last_seq), row))
        .collect();
    found.sort_by(|one, other| {
        other.0.cmp(&one.0).then_with(|| one.1.project.cmp(&other.1.project))
    });
    let from = ((at - 1) * ROWS).min(found.len());
    let shown = &found[from..found.len().min(from + ROWS)];
    let fiscal = |id: &str| money(id).map_or(Stands::default(), |work| work.fiscal);
    let wan = Wan::fitting(shown.iter().flat_map(|(_, row)| {
        let fiscal = fiscal(&row.project);
        [i128::from(row.approved_fen), fiscal.arranged_fen(), fiscal.spent_fen]
    }));
    let rows = shown.iter().map(|(_, one)| {
        row(visit.lang, one, &fiscal(&one.project), ground.name(one.jurisdiction), wan)
    });
    let rows = rows.collect();
    let jurisdiction = root.map(|root| root.to_string()).unwrap_or_default();
    let link = |page: usize| {
        let page = format!("/projects?page={page}");
        let with = |name: &str, value: &str| match value.is_empty() {
            true => String::new(),
            false => format!("&{name}={value}"),
        };
        page + &with("jurisdiction", &jurisdiction) + &with("stage", &stage)
    };
    let template = Page {
        rows,
        count: figures::count(found.len() as i128),
        before: (at > 1).then(|| link(at - 1)),
        after: (from + ROWS < found.len()).then(|| link(at + 1)),
        frame: match root {
            Some(root) => frame.below(crumbs(visit, ground, root)),
            None => frame,
        },
        jurisdiction: jurisdiction.clone(),
        stage: stage.clone(),
    };
    drop(views);
    Reply::page(&template)
}

fn row(lang: Lang, one: &Project, fiscal: &Stands, county: &str, wan: Wan) -> Row {
    let (_, zh, en) = STAGES.iter().find(|it| it.0 == one.stage).copied().unwrap_or(STAGES[0]);
    Row {
        id: one.project.clone(),
        name: one.name.clone(),
        county: county.to_owned(),
        chip: State::Plain.chip(lang.t(zh, en)),
        approved: wan.text(one.approved_fen),
        arranged: wan.text(fiscal.arranged_fen()),
        spent: wan.text(fiscal.spent_fen),
        share: figures::share(fiscal.spent_fen, fiscal.arranged_fen()),
    }
}
