//! A project: what it is, how far it has come, whose money, paid to whom and why (pages design,
//! 5.3). For a villager who followed a notice's code as for an auditor.

mod money;

use super::desk::words::refusal_title;
use super::figures::{self, Wan};
use super::frame::{Crumb, Frame, Here};
use super::lang::Lang;
use super::marks::{Chip, State};
use super::reply::Reply;
use super::villages;
use super::visit::Visit;
use crate::base::{Code, Date};
use crate::projections::disclosures::Shown;
use crate::projections::excerpt::Excerpt;
use crate::projections::projects::Project;
use crate::service::projects::Social;
use crate::service::{Problem, projects};
use askama::Template;
use money::Money;

/// A step of the line of stages.
struct Step {
    name: &'static str,
    text: String,
    done: bool,
}

/// A notice, or the duty to post one.
struct Notice {
    when: String,
    what: String,
    chip: Chip,
    href: Option<String>,
}

/// A broken rule that was recorded as an exception.
struct Excuse {
    on: Date,
    rule: String,
    code: String,
    reason: String,
    approver: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "project.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    id: String,
    category: &'static str,
    lead: String,
    steps: Vec<Step>,
    approved: Option<(String, String)>,
    money: Money,
    excuses: Vec<Excuse>,
    notices: Vec<Notice>,
    office: String,
    more: bool,
}

/// What the views tell of a project, taken while they stood still.
struct Known {
    row: Project,
    category: &'static str,
    unit: String,
    villages: String,
    records: [Option<u64>; 3],
    ended: Option<Date>,
    crumbs: Vec<Crumb>,
    notices: Vec<Notice>,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let id = visit.path.get("project").unwrap_or_default().to_owned();
    let known = know(visit, &id)?;
    let live = visit.live();
    let (entries, more) = projects::entries(live, &id)?;
    let told = projects::excerpts(live, known.records.into_iter().flatten())?;
    let find = |at: usize| told.iter().find(|one| Some(one.seq) == known.records[at]);
    let money = Money::of(visit, &known.row, &entries)?;
    let approved = find(1).map(|one| {
        let paper = one.papers.first().map(|paper| paper.number.clone());
        let fen = i128::from(known.row.approved_fen);
        (Wan::fitting([fen]).text(fen), paper.unwrap_or_default())
    });
    // Whoever took it into the library answers for it.
    let office = find(0).and_then(|one| live.views().names.organizations.get(&one.org).cloned());
    let office = office.unwrap_or_default();
    let lang = visit.lang;
    let frame = Frame::new(visit, Here::Counties, known.row.name.clone());
    let page = Page {
        frame: frame.below(known.crumbs),
        category: known.category,
        lead: lead(lang, find(0), &known.unit, &known.villages),
        steps: steps(lang, &known.row, known.ended, find(2), &entries, &money),
        approved,
        excuses: excuses(lang, &entries, &money),
        notices: known.notices,
        office,
        money,
        more,
        id,
    };
    Reply::page(&page)
}

fn know(visit: &Visit, id: &str) -> Result<Known, Problem> {
    let lang = visit.lang;
    let views = visit.live().views();
    let row = views.projects.rows.get(id).cloned().ok_or(Problem::NotFound("project"))?;
    let ground = &views.disclosures.ground;
    let facts = ground.projects.get(id).ok_or(Problem::NotFound("project"))?;
    let name = |org: &str| views.names.organizations.get(org).cloned();
    let here = row.jurisdiction;
    Ok(Known {
        category: lang.label(facts.category.label()),
        unit: name(&facts.unit).unwrap_or_else(|| facts.unit.clone()),
        villages: villages::named(lang, &facts.villages),
        records: [
            Some(facts.admitted.0),
            facts.approved.map(|(seq, _)| seq),
            facts.progress.map(|(seq, _)| seq),
        ],
        ended: facts.ended,
        crumbs: crumbs(visit, &views.disclosures.ground, here),
        notices: notices(visit, &views.disclosures, id, here),
        row,
    })
}

/// The way down to a jurisdiction, each place a link.
pub fn crumbs(visit: &Visit, ground: &crate::projections::ground::Ground, at: Code) -> Vec<Crumb> {
    let upwards: Vec<Code> = ground.policies.hierarchy.upwards(at).collect();
    let downwards = upwards.into_iter().rev().enumerate();
    downwards
        .map(|(depth, code)| match depth {
            0 => {
                Crumb { href: "/".to_owned(), text: visit.lang.t("全省", "Province").to_owned() }
            }
            _ => Crumb { href: format!("/counties/{code}"), text: ground.name(code).to_owned() },
        })
        .collect()
}

fn lead(lang: Lang, admitted: Option<&Excerpt>, unit: &str, villages: &str) -> String {
    let goals = admitted.and_then(|one| one.goals.as_ref());
    let (goals, households) = goals.map_or(("", 0), |(text, count)| (text.as_str(), *count));
    let goals = goals.trim_end_matches(['。', '.']);
    let before = if villages.is_empty() { "" } else { lang.t("，", ", ") };
    match lang {
        Lang::Zh => {
            format!("{goals}，受益 {households} 户{before}{villages}。建设单位：{unit}。")
        }
        Lang::En => {
            let of = if households == 1 { "household" } else { "households" };
            format!("{goals}. For {households} {of}{before}{villages}. Carried out by {unit}.")
        }
    }
}

fn steps(
    lang: Lang,
    row: &Project,
    ended: Option<Date>,
    progress: Option<&Excerpt>,
    entries: &[Excerpt],
    money: &Money,
) -> Vec<Step> {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let step = |zh, en, text: Option<String>, else_zh, else_en| Step {
        name: lang.t(zh, en),
        done: text.is_some(),
        text: text.unwrap_or_else(|| lang.t(else_zh, else_en).to_owned()),
    };
    let arranged = entries.iter().find(|one| one.kind == "funds_committed").map(|one| one.on);
    let works = progress.map(|one| {
        let share = figures::percent(Some(i128::from(row.progress_bp)));
        let share = share.replace(".00%", "%");
        match lang {
            Lang::Zh => format!("{}，进度 {share}", one.on),
            Lang::En => format!("{}, {share} done", one.on),
        }
    });
    let closed = ended.filter(|_| row.stage == "closed").map(|date| date.to_string());
    let mut steps = vec![
        step("入库", "Listed", Some(row.admitted_on.to_string()), "", ""),
        step("批复", "Approved", day(row.approved_on), "还没有批复", "not yet"),
        step("安排资金", "Funded", day(arranged), "还没有安排", "not yet"),
        step("施工", "Works", works, "还没有进度", "no progress yet"),
        step("验收", "Accepted", day(row.accepted_on), "还没有验收", "not yet"),
    ];
    let ends = match row.stage {
        "cancelled" => step("取消", "Cancelled", day(ended), "", ""),
        _ => Step {
            done: closed.is_some(),
            name: lang.t("结清", "Settled"),
            text: closed.unwrap_or_else(|| money.open_text(lang)),
        },
    };
    steps.push(ends);
    steps
}

fn excuses(lang: Lang, entries: &[Excerpt], money: &Money) -> Vec<Excuse> {
    let open = entries.iter().filter(|one| money.tells(one.seq));
    open.flat_map(|entry| {
        entry.excused.iter().map(|excused| Excuse {
            on: entry.on,
            rule: refusal_title(&excused.code, lang),
            code: excused.code.clone(),
            reason: excused.reason.clone(),
            approver: entry.approver.clone().unwrap_or_default(),
            amount: money.wan.text(entry.amount_fen),
        })
    })
    .collect()
}

fn notices(
    visit: &Visit,
    disclosures: &crate::projections::disclosures::Disclosures,
    project: &str,
    here: Code,
) -> Vec<Notice> {
    let lang = visit.lang;
    let Some(on) = disclosures.ground.last_day else { return Vec::new() };
    let due = disclosures.due(on, Some(here));
    let due: Vec<_> =
        due.into_iter().filter(|due| due.project.as_deref() == Some(project)).collect();
    let posted = disclosures.published.iter().filter(|one| {
        one.id == project || due.iter().any(|due| due.id == one.id && due.kind == one.kind)
    });
    let mut rows: Vec<Notice> = posted
        .map(|one| Notice {
            when: one.from.to_string(),
            what: match lang {
                Lang::Zh => {
                    format!("{}，{}，公示 {} 天", one.kind.label().zh, one.place, one.days)
                }
                Lang::En => {
                    format!("{}, {}, for {} days", one.kind.label().en, one.place, one.days)
                }
            },
            chip: State::Done.chip(lang.t("已公示", "Posted")),
            href: Some(format!("/notices/{}", one.seq)),
        })
        .collect();
    rows.extend(due.iter().filter(|due| due.met_seq.is_none()).map(|due| Notice {
        when: match lang {
            Lang::Zh => format!("应于 {} 前", due.due_on),
            Lang::En => format!("by {}", due.due_on),
        },
        what: lang.label(due.kind.label()).to_owned(),
        chip: match due.standing {
            Shown::Missing => State::Overdue.chip(match lang {
                Lang::Zh => format!("逾期 {}未公示", figures::span(due.days_late, lang)),
                Lang::En => format!("{} overdue", figures::span(due.days_late, lang)),
            }),
            _ => State::Wait.chip(lang.t("还没有到期", "Not due yet")),
        },
        href: None,
    }));
    rows
}
