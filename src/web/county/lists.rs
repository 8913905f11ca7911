//! The lists of a county's page: projects, notices, the latest records.

use crate::access::Register;
use crate::base::Code;
use crate::ledger::live::Views;
use crate::ledger::lookups::Key;
use crate::ledger::reading;
use crate::projections::disclosures::Shown;
use crate::projections::works::Stands;
use crate::projections::{Class, Stage};
use crate::service::Problem;
use crate::web::figures::{self, Wan};
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::visit::Visit;
use std::cmp::Reverse;

/// How many projects, notices and records the page shows.
const PROJECTS: usize = 7;
const NOTICES: usize = 5;
const ENTRIES: usize = 5;

/// The projects of a county: those moved last.
pub struct Projects {
    pub rows: Vec<Project>,
    pub count: usize,
}

/// A project, with its fiscal money.
pub struct Project {
    pub id: String,
    pub name: String,
    pub stage: Chip,
    pub approved: String,
    pub arranged: String,
    pub spent: String,
    /// Spent of what was approved.
    pub share: String,
    /// The same as a bar of a hundred.
    pub bar: String,
}

/// The projects that moved last.
pub fn projects(views: &Views<Register>, code: Code, lang: Lang) -> Projects {
    let sums = |id: &str| {
        let work = views.works.rows.get(id);
        work.map_or((None, Stands::default()), |work| (Some(work.last_seq), work.fiscal))
    };
    let rows = views.projects.rows.values().filter(|row| row.jurisdiction == code);
    let mut rows: Vec<_> = rows.map(|row| (row, sums(&row.project))).collect();
    rows.sort_by_key(|(row, (last, _))| {
        (Reverse(*last), Reverse(row.admitted_on), row.project.clone())
    });
    let count = rows.len();
    rows.truncate(PROJECTS);
    let amounts = rows.iter().flat_map(|(row, (_, fiscal))| {
        [i128::from(row.approved_fen), fiscal.arranged_fen(), fiscal.spent_fen]
    });
    let wan = Wan::fitting(amounts);
    let rows = rows.into_iter().map(|(row, (_, fiscal))| {
        let (spent, approved) = (fiscal.spent_fen, i128::from(row.approved_fen));
        let bp = if approved > 0 { (spent * 10_000 / approved).clamp(0, 10_000) } else { 0 };
        Project {
            id: row.project.clone(),
            name: row.name.clone(),
            stage: stage(row.stage, lang),
            approved: match row.approved_on {
                Some(_) => wan.text(approved),
                None => figures::NONE.to_owned(),
            },
            arranged: wan.text(fiscal.arranged_fen()),
            spent: wan.text(spent),
            share: figures::share(spent, approved),
            bar: format!("{}.{:02}", bp / 100, bp % 100),
        }
    });
    Projects { rows: rows.collect(), count }
}

fn stage(code: &str, lang: Lang) -> Chip {
    let Some(stage) = Stage::parse(code) else { return State::Plain.chip(code) };
    let word = lang.label(stage.label());
    match stage {
        Stage::Accepted | Stage::Closed => State::Done.chip(word),
        Stage::Admitted | Stage::Approved | Stage::Cancelled => State::Plain.chip(word),
    }
}

/// A notice that was published, or one that is overdue.
pub struct Notice {
    pub when: String,
    pub what: String,
    /// The project that it is of.
    pub project: Option<String>,
    pub chip: Chip,
}

/// The duties that are overdue, then the newest notices.
pub fn notices(views: &Views<Register>, code: Code, lang: Lang) -> Vec<Notice> {
    let Some(on) = views.dues.last_day() else { return Vec::new() };
    let named = |id: &str| views.names.projects.get(id).cloned();
    let dues = views.disclosures.due(on, Some(code)).into_iter();
    let missing = dues.filter(|due| due.standing == Shown::Missing).map(|due| {
        let kind = lang.label(due.kind.label());
        let name = due.project.as_deref().and_then(named).unwrap_or_else(|| due.id.clone());
        Notice {
            when: match lang {
                Lang::Zh => format!("应于 {} 前", due.due_on),
                Lang::En => format!("by {}", due.due_on),
            },
            what: format!("{name} · {kind}"),
            project: due.project,
            chip: State::Overdue.chip(match lang {
                Lang::Zh => format!("逾期 {}未公示", figures::span(due.days_late, lang)),
                Lang::En => format!("{} overdue", figures::span(due.days_late, lang)),
            }),
        }
    });
    let mut notices: Vec<Notice> = missing.take(NOTICES).collect();
    let here = views.disclosures.published.iter().rev().filter(|one| one.jurisdiction == code);
    notices.extend(here.take(NOTICES).map(|one| {
        let kind = lang.label(one.kind.label());
        let name = named(&one.id);
        let place = &one.place;
        Notice {
            when: match lang {
                Lang::Zh => format!("{} 起", one.from),
                Lang::En => format!("from {}", one.from),
            },
            what: match &name {
                Some(name) => format!("{name} · {kind} · {place}"),
                None => format!("{kind} · {place}"),
            },
            project: name.map(|_| one.id.clone()),
            chip: match (one.from <= on && on <= one.until, lang) {
                (true, _) => State::Done.chip(lang.t("公示中", "on show")),
                (false, Lang::Zh) => State::Plain.chip(format!("公示 {} 天", one.days)),
                (false, Lang::En) => State::Plain.chip(format!("{} days on show", one.days)),
            },
        }
    }));
    notices
}

/// One of the latest records.
pub struct Entry {
    pub seq: u64,
    pub record: String,
    pub kind: &'static str,
    /// What it moved, in 10,000 yuan; none where nothing is told.
    pub amount: Option<String>,
    /// May the reader open it?
    pub open: bool,
}

/// The latest records of a county. What moves or names social money is told only to those who may
/// see the record: a single gift is nobody else's.
pub fn latest(visit: &Visit, code: Code) -> Result<Vec<Entry>, Problem> {
    let (live, lang) = (visit.live(), visit.lang);
    let text = code.to_string();
    // Some of the newest may not be told, so more are looked at than are shown.
    let newest = live.newest_numbers(Key::Jurisdiction(&text), ENTRIES * 4);
    let records = live.records();
    let reader = visit.reader();
    let mut entries = Vec::with_capacity(ENTRIES);
    for seq in newest.map_err(Problem::from)? {
        let bytes = reading::read_durable(&*records, seq)
            .map_err(|error| Problem::Failed(error.to_string()))?;
        let open = reader.may_see(seq, &bytes);
        let mut entry = None;
        let views = live.views();
        let lots = &views.ages.ground.lots;
        reading::look(seq, &bytes, &|_| false, &mut |told| {
            let fiscal = |lot: &str| lots.get(lot).is_some_and(|lot| lot.class == Class::Fiscal);
            let moved = told.movements;
            if !open && (moved.is_empty() || !moved.iter().all(|one| fiscal(one.lot))) {
                return;
            }
            let fen: i128 = moved.iter().map(|one| i128::from(one.amount_fen)).sum();
            let amount = (!moved.is_empty()).then(|| Wan::fitting([fen]).text(fen));
            let kind = lang.label(told.kind.spec().label);
            entry = Some(Entry { seq, record: figures::count(seq), kind, amount, open });
        })
        .map_err(Problem::Failed)?;
        entries.extend(entry);
        if entries.len() == ENTRIES {
            break;
        }
    }
    Ok(entries)
}
