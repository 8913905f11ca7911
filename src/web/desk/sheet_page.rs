//! How a sheet's preview looks: what becomes of each row, which column is what.

use super::impact::{self, Impact};
use super::looked;
use super::sheet::kinds;
use super::sheets::{Fate, Prepared, Standing};
use super::staff;
use crate::access::posting::Type;
use crate::interchange::import::Kind;
use crate::interchange::import::whole::Whole;
use crate::service::Problem;
use crate::web::figures;
use crate::web::frame::{Frame, Here};
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use axum::http::StatusCode;

/// How many rows a page shows.
const ROWS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "desk/upload.html", config = "src/web/askama.toml")]
struct UploadForm {
    frame: Frame,
    form_token: String,
    kinds: Vec<(&'static str, &'static str)>,
    maker: String,
    wrong: Option<Said>,
}

/// Why a sheet was not taken.
pub struct Wrong {
    title: [&'static str; 2],
    said: [String; 2],
    code: String,
}

impl Wrong {
    /// Something is missing in the form.
    pub fn said(zh: &'static str, en: &'static str) -> Wrong {
        Wrong { title: [zh, en], said: Default::default(), code: String::new() }
    }

    /// The sheet cannot be read.
    pub fn of(whole: &Whole) -> Wrong {
        Wrong {
            title: ["这张表读不了", "This sheet cannot be read"],
            said: whole.said.clone(),
            code: whole.code.clone(),
        }
    }
}

/// The same in the language of the page.
struct Said {
    title: String,
    said: String,
    code: String,
}

/// The form that takes a sheet.
pub fn upload_form(visit: &Visit, wrong: Option<Wrong>) -> Result<Reply, Problem> {
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    let lang = visit.lang;
    let name = |kind: &Kind| {
        let label = Type::parse(kind.event_type()).map(|kind| lang.label(kind.spec().label));
        (kind.name(), label.unwrap_or(kind.name()))
    };
    let frame = frame(visit);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let reply = Reply::page(&UploadForm {
        form_token: frame.desk.as_ref().map(|desk| desk.form_token.clone()).unwrap_or_default(),
        kinds: kinds(one).iter().map(name).collect(),
        maker: staff::maker(visit, one),
        wrong: wrong.map(|wrong| {
            let [title, said] = match (lang, wrong.said) {
                (Lang::Zh, [zh, _]) => [wrong.title[0].to_owned(), zh],
                (Lang::En, [_, en]) => [wrong.title[1].to_owned(), en],
            };
            Said { title, said, code: wrong.code }
        }),
        frame,
    })?;
    Ok(reply.with_status(status))
}

fn frame(visit: &Visit) -> Frame {
    let title =
        visit.lang.t("导入表格：先看结果，再入账", "Import a sheet: see first, then record");
    Frame::new(visit, Here::Desk("/desk/import"), title)
}

/// A number that leads to its rows.
struct Tile {
    show: &'static str,
    name: &'static str,
    count: usize,
    sum: Option<String>,
    class: &'static str,
    is_here: bool,
}

/// A row as it is shown.
struct Row {
    numbers: String,
    chip: Chip,
    about: [String; 2],
    amount: String,
    reason: String,
    code: &'static str,
    is_refused: bool,
}

/// A column as it was recognised.
struct Column {
    at: u16,
    header: String,
    fields: Vec<(&'static str, String, bool)>,
    first: String,
}

#[derive(Template)]
#[template(path = "desk/sheet.html", config = "src/web/askama.toml")]
struct Preview {
    frame: Frame,
    form_token: String,
    name: String,
    sha256: String,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
    all: usize,
    show: String,
    page: usize,
    pages: usize,
    fits: usize,
    refused: usize,
    recorded: usize,
    columns: Vec<Column>,
    unit_assumed: bool,
    is_posted: bool,
    impacts: Vec<Impact>,
}

/// What becomes of the session's sheet, or the form that takes one.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    if kinds(one).is_empty() {
        return Err(Problem::NotOpen);
    }
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    match visit.web.sheets.get(secret) {
        Some(prepared) => preview(visit, &prepared),
        None => upload_form(visit, None),
    }
}

fn kind_of(fate: &Fate) -> &'static str {
    match fate.standing {
        Standing::Fits | Standing::Recorded(_) => "fits",
        Standing::Duplicate(_) => "duplicate",
        Standing::Refused(..) => "refused",
    }
}

fn preview(visit: &Visit, prepared: &Prepared) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let show = visit.query.get("show").unwrap_or("all");
    let page = visit.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize);
    let shown: Vec<&Fate> =
        prepared.fates.iter().filter(|fate| show == "all" || kind_of(fate) == show).collect();
    let pages = shown.len().div_ceil(ROWS_MAX).max(1);
    let page = page.clamp(1, pages);
    let rows = shown.iter().skip((page - 1) * ROWS_MAX).take(ROWS_MAX);
    let count = |wanted: fn(&Standing) -> bool| {
        prepared.fates.iter().filter(|fate| wanted(&fate.standing)).count()
    };
    let frame = frame(visit);
    Reply::page(&Preview {
        form_token: frame.desk.as_ref().map(|desk| desk.form_token.clone()).unwrap_or_default(),
        name: prepared.order.name.clone(),
        sha256: prepared.sha256.clone(),
        tiles: tiles(prepared, show, lang),
        rows: rows.map(|fate| row(fate, lang)).collect(),
        all: shown.len(),
        show: show.to_owned(),
        page,
        pages,
        fits: count(|one| matches!(one, Standing::Fits)),
        refused: count(|one| matches!(one, Standing::Refused(..))),
        recorded: count(|one| matches!(one, Standing::Recorded(_))),
        columns: columns(prepared, lang),
        unit_assumed: prepared.unit_assumed,
        is_posted: prepared.is_posted,
        impacts: impact::before_and_after(&prepared.effect, &visit.live().views(), lang),
        frame,
    })
}

fn tiles(prepared: &Prepared, show: &str, lang: Lang) -> Vec<Tile> {
    let fitting =
        if prepared.is_posted { ("已入账", "Recorded") } else { ("可入账", "Acceptable") };
    let tile = |name: &'static str, (zh, en): (&'static str, &'static str), class| {
        let fates = || {
            let all = prepared.fates.iter();
            all.filter(move |fate| name == "all" || kind_of(fate) == name)
        };
        let sum: i128 = fates().filter_map(|fate| fate.fen).map(i128::from).sum();
        let invalid = fates().filter(|fate| fate.fen.is_none()).count();
        let yuan = figures::yuan(sum);
        let said = match (invalid, lang) {
            (0, Lang::Zh) => format!("合计 {yuan} 元"),
            (0, Lang::En) => format!("{yuan} yuan"),
            (more, Lang::Zh) => format!("{yuan} 元；{more} 行金额无效或没有读出"),
            (more, Lang::En) => format!("{yuan} yuan; {more} rows without a valid amount"),
        };
        Tile {
            show: name,
            name: lang.t(zh, en),
            count: fates().count(),
            sum: (name != "all").then_some(said),
            class,
            is_here: show == name,
        }
    };
    vec![
        tile("all", ("全部行", "All rows"), ""),
        tile("fits", fitting, ""),
        tile("duplicate", ("重复，不会重记", "Duplicates, not recorded again"), ""),
        tile("refused", ("不予入账", "Refused"), "tile-bad"),
    ]
}

fn row(fate: &Fate, lang: Lang) -> Row {
    let numbers: Vec<String> = fate.rows.iter().map(u32::to_string).collect();
    let chip = match fate.standing {
        Standing::Fits if fate.late_days > 0 => {
            State::Exception.chip(lang.t("可入账，有提醒", "Acceptable, note"))
        }
        Standing::Fits => State::Done.chip(lang.t("可入账", "Acceptable")),
        Standing::Recorded(_) => State::Done.chip(lang.t("已入账", "Recorded")),
        Standing::Duplicate(_) => State::Wait.chip(lang.t("重复", "Duplicate")),
        Standing::Refused(..) => State::Refuted.chip(lang.t("不予入账", "Refused")),
    };
    let (reason, code) = match &fate.standing {
        Standing::Refused([zh, en], code) => (lang.t(zh, en).to_owned(), code.unwrap_or_default()),
        Standing::Recorded(Some(seq)) => match lang {
            Lang::Zh => (format!("第 {} 条", figures::count(*seq)), ""),
            Lang::En => (format!("record {}", figures::count(*seq)), ""),
        },
        Standing::Duplicate(Some(seq)) => match lang {
            Lang::Zh => (format!("与第 {} 条内容相同，不会重记", figures::count(*seq)), ""),
            Lang::En => (format!("The same as record {}", figures::count(*seq)), ""),
        },
        Standing::Duplicate(None) => {
            (lang.t("与已入账的内容相同，不会重记", "The same is recorded already").to_owned(), "")
        }
        Standing::Fits if fate.late_days > 0 => (looked::recorded_late(fate.late_days, lang), ""),
        Standing::Fits | Standing::Recorded(None) => (String::new(), ""),
    };
    Row {
        numbers: numbers.join("、"),
        chip,
        about: fate
            .about
            .clone()
            .map(|text| if text.is_empty() { figures::NONE.to_owned() } else { text }),
        amount: fate.fen.map_or_else(|| figures::NONE.to_owned(), figures::yuan),
        reason,
        code,
        is_refused: kind_of(fate) == "refused",
    }
}

fn columns(prepared: &Prepared, lang: Lang) -> Vec<Column> {
    let kind = Kind::parse(&prepared.order.kind);
    let known: Vec<_> = kind.iter().flat_map(|kind| kind.columns()).collect();
    // Of the words that headers may use, the first Chinese one is what a clerk calls the field.
    let name = |column: &crate::interchange::import::Column| match lang {
        Lang::Zh => {
            let word = column.headers.iter().find(|word| !word.is_ascii());
            word.copied().unwrap_or(column.field).to_owned()
        }
        Lang::En => column.field.replace('_', " "),
    };
    let first = |column: u16| {
        let cell = prepared.first.iter().find(|(at, _)| *at == column);
        cell.map_or_else(|| figures::NONE.to_owned(), |(_, text)| text.clone())
    };
    let column = |used: &crate::interchange::import::apart::ColumnRead| Column {
        at: used.column,
        header: used.header.clone(),
        fields: known
            .iter()
            .map(|one| (one.field, name(one), used.field.as_deref() == Some(one.field)))
            .collect(),
        first: first(used.column),
    };
    prepared.columns.iter().map(column).collect()
}
