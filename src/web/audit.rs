//! Supervision: what lies idle, what was excused, undone, brought back, late or reopened, and the
//! way from a tile to every single movement in three clicks (pages design, 5.10).
//!
//! Only for those to whom the lists are open altogether; `access` says who they are, and each
//! opening is written down by the pipeline before it goes out.

pub mod file;
pub mod findings;
pub mod idle;
pub mod inspections;
pub mod lists;
pub mod log;
pub mod lot;
pub mod payee;
pub mod search;
pub mod table;
pub mod words;

use super::figures::{self, Wan};
use super::frame::{Frame, Here};
use super::lang::Lang;
use super::reply::Reply;
use super::visit::Visit;
use crate::access::{Extent, What, extent};
use crate::base::{Code, Date};
use crate::projections::ages::Idle;
use crate::projections::disclosures::Shown;
use crate::projections::entries::Asked;
use crate::service::Problem;
use askama::Template;
use search::Form;
use serde_json::{Value, json};

/// Money that waits longer lies idle.
pub const IDLE_DAYS: i32 = 365;

/// A tile: a figure that leads somewhere.
struct Tile {
    class: &'static str,
    href: String,
    figure: String,
    unit: &'static str,
    name: String,
    under: String,
}

/// A county and what lies idle in it.
struct County {
    code: Code,
    name: String,
    fiscal: String,
    social: String,
    oldest: String,
}

#[derive(Template)]
#[template(path = "audit.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    tiles: Vec<Tile>,
    form: Form,
    counties: Vec<County>,
    lists: Vec<(&'static str, &'static str, String)>,
}

/// A page of supervision beside this one.
pub struct Tab {
    pub href: &'static str,
    pub name: &'static str,
    pub here: bool,
}

/// May the reader open supervision?
///
/// # Errors
/// The lists are not open to the reader altogether.
pub fn check(visit: &Visit) -> Result<(), Problem> {
    match extent(&visit.viewer, What::Lists) {
        Extent::All => Ok(()),
        Extent::Scope | Extent::Seen | Extent::Nothing => Err(Problem::NotOpen),
    }
}

/// The pages of supervision, of which one is open.
pub fn tabs(visit: &Visit, here: &str) -> Vec<Tab> {
    let tab = |href, zh, en| Tab { href, name: visit.lang.t(zh, en), here: href == here };
    let log = tab("/audit/log", "查阅日志", "Access log");
    let may = extent(&visit.viewer, What::AccessLog) == Extent::All;
    let tabs = [
        tab("/audit", "检索与追溯", "Search and trace"),
        tab("/audit/inspections", "规则检查", "Inspections"),
        tab("/audit/findings", "问题与整改", "Findings"),
    ];
    tabs.into_iter().chain(may.then_some(log)).collect()
}

/// The frame of a page of supervision.
pub fn frame(visit: &Visit, title: impl Into<String>) -> Frame {
    Frame::new(visit, Here::Desk("/audit"), title)
}

/// The day up to which days are counted: that of the newest record.
///
/// # Errors
/// There is no record yet.
pub fn today(visit: &Visit) -> Result<Date, Problem> {
    visit.live().views().dues.last_day().ok_or(Problem::NotFound("business day"))
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let on = today(visit)?;
    let cells: Vec<Vec<Value>>;
    let (tiles, counties, lists) = {
        let views = visit.live().views();
        let idle = views.ages.idle(on, IDLE_DAYS);
        let count = |asked| figures::count(views.lists.of(asked).len() as i128);
        let lists: Vec<_> = Asked::ALL
            .iter()
            .map(|asked| (asked.code(), list_name(lang, *asked), count(*asked)))
            .collect();
        let feedback = views.dues.late(on);
        let notices = views.disclosures.due(on, None);
        let notices = notices.iter().filter(|due| due.standing == Shown::Missing).count();
        let tiles = vec![
            idle_tile(lang, &idle),
            tile(lang, "exc", "exceptions", &count(Asked::Exceptions), ["例外入账", "Exceptions"]),
            tile(lang, "wait", "late", &count(Asked::Late), ["晚记超 30 天", "Over 30 days late"]),
            overdue_tile(lang, notices, feedback),
        ];
        let name = |code: Code| table::place(&views.names.jurisdictions, code);
        let rows = by_place(&idle);
        cells = rows.iter().map(|row| self::cells(row, name)).collect();
        (tiles, counties(lang, &rows, name), lists)
    };
    if let Some(file) = file::file(visit, "idle", COLUMNS, || cells)? {
        return Ok(file);
    }
    let title = lang.t("检索与追溯", "Search and trace");
    let form = Form::of(visit);
    let frame = frame(visit, title);
    Reply::page(&Page { frame, tabs: tabs(visit, "/audit"), tiles, form, counties, lists })
}

/// What a list is called on its tab.
pub fn list_name(lang: Lang, asked: Asked) -> &'static str {
    match asked {
        Asked::Exceptions => lang.t("例外", "Exceptions"),
        Asked::Reversals => lang.t("冲正", "Reversals"),
        Asked::Returns => lang.t("退回", "Returns"),
        Asked::Late => lang.t("晚记", "Late"),
        Asked::Reopened => lang.t("重开", "Reopened"),
    }
}

fn tile(lang: Lang, class: &'static str, list: &str, count: &str, name: [&str; 2]) -> Tile {
    Tile {
        class,
        href: format!("/audit/lists/{list}"),
        figure: count.to_owned(),
        unit: lang.t("条", "records"),
        name: lang.t(name[0], name[1]).to_owned(),
        under: lang.t("看清单", "See the list").to_owned(),
    }
}

type IdleBy = std::collections::BTreeMap<(Code, crate::projections::ages::Class), Idle>;

fn idle_tile(lang: Lang, idle: &IdleBy) -> Tile {
    let fiscal = || idle.iter().filter(|((_, class), _)| class.code() == "fiscal");
    let fen: i128 = fiscal().map(|(_, row)| row.amount_fen).sum();
    let places = fiscal().count();
    Tile {
        class: "exc",
        href: "#idle".to_owned(),
        figure: Wan::fitting([fen]).text(fen),
        unit: lang.t("万元", "×10,000 yuan"),
        name: lang.t("闲置超一年（财政资金）", "Idle over a year (fiscal)").to_owned(),
        under: match lang {
            Lang::Zh => format!("{places} 个地区，R01"),
            Lang::En => format!("{places} jurisdictions, R01"),
        },
    }
}

fn overdue_tile(lang: Lang, notices: usize, feedback: usize) -> Tile {
    Tile {
        class: "bad",
        href: "/audit/inspections?rule=undisclosed".to_owned(),
        figure: figures::count((notices + feedback) as i128),
        unit: lang.t("项", "duties"),
        name: lang.t("逾期", "Overdue").to_owned(),
        under: match lang {
            Lang::Zh => format!("公示 {notices}，反馈 {feedback}"),
            Lang::En => format!("notices {notices}, feedback {feedback}"),
        },
    }
}

/// What lies idle at each jurisdiction, fiscal and social apart, the largest first.
fn by_place(idle: &IdleBy) -> Vec<(Code, [Idle; 2])> {
    let mut by_code: std::collections::BTreeMap<Code, [Idle; 2]> =
        std::collections::BTreeMap::new();
    for ((code, class), row) in idle {
        by_code.entry(*code).or_default()[usize::from(class.code() == "social")] = *row;
    }
    let mut rows: Vec<(Code, [Idle; 2])> = by_code.into_iter().collect();
    rows.sort_by_key(|(code, by)| (-by[0].amount_fen, -by[1].amount_fen, *code));
    rows
}

fn counties(lang: Lang, rows: &[(Code, [Idle; 2])], name: impl Fn(Code) -> String) -> Vec<County> {
    let wan = Wan::fitting(rows.iter().flat_map(|(_, by)| [by[0].amount_fen, by[1].amount_fen]));
    let county = |(code, by): &(Code, [Idle; 2])| County {
        name: name(*code),
        code: *code,
        fiscal: wan.text(by[0].amount_fen),
        social: wan.text(by[1].amount_fen),
        oldest: figures::span(by[0].oldest_days.max(by[1].oldest_days), lang),
    };
    rows.iter().map(county).collect()
}

/// The columns of the file of the table by place.
const COLUMNS: &[file::Column] = &[
    ("jurisdiction", "地区代码", "place (code)"),
    ("name", "地区", "place"),
    ("fiscal_yuan", "财政资金（元）", "fiscal (yuan)"),
    ("social_yuan", "社会帮扶资金（元）", "social (yuan)"),
    ("oldest_days", "最久（天）", "oldest (days)"),
];

fn cells((code, by): &(Code, [Idle; 2]), name: impl Fn(Code) -> String) -> Vec<Value> {
    vec![
        json!(code.to_string()),
        json!(name(*code)),
        json!(file::yuan(by[0].amount_fen)),
        json!(file::yuan(by[1].amount_fen)),
        json!(by[0].oldest_days.max(by[1].oldest_days)),
    ]
}
