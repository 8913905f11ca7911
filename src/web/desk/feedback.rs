//! Feedback: whom to tell by when, the letter, and that it was sent (Article 28; pages design,
//! 5.9).
//!
//! What is recorded is the hash of the letter that was seen, with exactly its figures and the event
//! that they stand behind; whoever saw another letter is shown the new one first.

use super::letter::{self, Letter, kind_name};
use super::staff;
use super::trial::{self, Trial};
use super::words;
use crate::access::posting::{self, Type};
use crate::access::{Principal, What};
use crate::base::EventId;
use crate::ledger::bulk::Line;
use crate::ledger::{Incoming, Mode, Poster};
use crate::projections::dues::{Asked, Due, Owed};
use crate::service::bounds::FOLLOW_MAX;
use crate::service::desk::Desk;
use crate::service::{Problem, door};
use crate::web::figures;
use crate::web::frame::{Frame, Here};
use crate::web::gift::bundle_of;
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::http::StatusCode;
use serde_json::json;

/// How many duties a page lists.
const ROWS_MAX: usize = 50;

/// Within how many days a duty is pressing.
const SOON_DAYS: i32 = 7;

/// What a letter is shown with.
#[derive(Default)]
struct Beside {
    /// Why it is not the one that was to be registered.
    anew: Option<Anew>,
    /// Why it was not registered.
    refused: Option<Trial>,
}

/// Why a letter was drawn anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anew {
    /// The ledger moved on, or the day.
    Ledger,
    /// What was typed was not in the letter that was seen.
    Words,
}

/// A duty as the table shows it.
struct Row {
    chip: Chip,
    due_on: String,
    cause_on: String,
    lot: String,
    kind: &'static str,
    what: &'static str,
    received: String,
    used: String,
    remaining: String,
}

/// A number that leads to its part of the table.
struct Tile {
    show: &'static str,
    name: &'static str,
    count: usize,
    class: &'static str,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "desk/feedback.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    form_token: String,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
    more: usize,
    letter: Option<Letter>,
    ledger_moved_on: bool,
    words_changed: bool,
    refusal: String,
    sent: Option<String>,
    /// The days in force for receipt, use, periodic, final and reply.
    terms: [i32; 5],
}

/// The duties, and a letter where one is asked for.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let one = poster(visit)?;
    let letter = match (visit.query.get("lot"), visit.query.get("kind")) {
        (Some(lot), Some(kind)) => Some(letter::draw(visit, one, lot, kind, &visit.query)?),
        _ => None,
    };
    shown(visit, one, letter, Beside::default())
}

/// The proof of the gift that a letter is about, for the letter's own page: its browser judges the
/// figures before they are printed.
pub fn proof(visit: &Visit) -> Result<Reply, Problem> {
    let one = poster(visit)?;
    let absent = || Problem::NotFound("letter");
    let lot = visit.query.get("lot").ok_or_else(absent)?;
    if dues(visit, one, lot).is_empty() {
        return Err(absent());
    }
    visit.note(What::Records)?;
    let bundle = bundle_of(visit, &visit.viewer, lot)?;
    Ok(Reply::bytes("application/json", bundle.to_string().into_bytes()))
}

/// Draws the letter anew, gives its text, or records that it was sent.
pub fn submit(visit: &Visit) -> Result<Reply, Problem> {
    let one = poster(visit)?;
    let given = visit.form()?;
    // Pressed twice: the form carries the event's id, and what is told is owed no more.
    let first = given.get("id").and_then(EventId::parse);
    let ledger = visit.live().ledger().ok_or(Problem::ReadOnly)?;
    if let Some(seq) = first.and_then(|id| ledger.seq_of(id)) {
        return Ok(Reply::see(&format!("/desk/feedback?sent={seq}")));
    }
    let none = || Problem::NotFound("letter");
    let (lot, kind) = (given.get("lot").ok_or_else(none)?, given.get("kind").ok_or_else(none)?);
    let letter = letter::draw(visit, one, lot, kind, &given)?;
    match given.get("act") {
        Some("download") => {
            let text = letter.text().into_bytes();
            return Ok(Reply::file("text/plain; charset=utf-8", "letter.txt", text));
        }
        Some("send") => {}
        _ => return shown(visit, one, Some(letter), Beside::default()),
    }
    // Whoever saw another letter has not sent this one.
    let anew = match given.get("stated") {
        Some(seen) if seen != letter.stated => Some(Anew::Ledger),
        Some(_) if given.get("worded") != Some(&letter.worded) => Some(Anew::Words),
        Some(_) => None,
        None => Some(Anew::Ledger),
    };
    match anew {
        Some(_) => shown(visit, one, Some(letter), Beside { anew, refused: None }),
        None => send(visit, one, letter, &given),
    }
}

fn send(visit: &Visit, one: &Principal, letter: Letter, given: &Fields) -> Result<Reply, Problem> {
    // The newest event when the letter was seen: the rules hold that nothing moved since.
    let as_of = given.get("as_of").and_then(EventId::parse).unwrap_or(letter.figures.as_of);
    let figures = &letter.figures;
    let mut data = json!({
        "lots": [letter.lot], "kind": letter.kind, "as_of": as_of,
        "channel": given.get("channel").unwrap_or("letter"), "received_fen": figures.received,
        "used_fen": figures.used, "remaining_fen": figures.remaining,
        "content_sha256": letter.sha256(),
    });
    if !figures.gone.is_zero() {
        data["refunded_fen"] = json!(figures.gone);
    }
    let body = json!({
        "id": letter.id, "type": Type::FeedbackSent.spec().name, "data": data, "docs": [],
        "jurisdiction": one.scope.to_string(), "business_date": letter.day.to_string(),
        "by": { "org": *one.org, "maker": letter.maker, "checker": letter.checker },
    });
    let bytes = serde_json::to_vec(&body).map_err(|error| Problem::Failed(error.to_string()))?;
    let line = Line { number: 1, incoming: Incoming::read(&bytes, Poster::Only(&one.name)) };
    let _place = visit.service().limits.single_post()?;
    let desk = Desk { live: visit.live(), viewer: &visit.viewer };
    let told = desk.post(&[line], Mode::Atomic)?;
    let told = told.into_iter().next().expect("a line has its outcome");
    if let (true, Some(seq)) = (told.stands(), told.seq) {
        staff::remember(visit, &letter.maker);
        visit.live().wait_folded(seq, FOLLOW_MAX);
        return Ok(Reply::see(&format!("/desk/feedback?sent={seq}")));
    }
    if told.code.is_some_and(|code| code.code() == "figures_differ") {
        // Money of the gift moved since the letter was seen, though its figures may be the same.
        let letter = letter::draw(visit, one, &letter.lot, &letter.kind, given)?;
        let beside = Beside { anew: Some(Anew::Ledger), refused: None };
        return shown(visit, one, Some(letter), beside);
    }
    let refused = Some(trial::of(visit, Type::FeedbackSent, &body, &told)?);
    let reply = shown(visit, one, Some(letter), Beside { anew: None, refused })?;
    Ok(reply.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

/// Who owes letters; nobody else opens this page.
fn poster(visit: &Visit) -> Result<&Principal, Problem> {
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    match posting::may_post(one, Type::FeedbackSent) {
        true => Ok(one),
        false => Err(Problem::NotOpen),
    }
}

/// What an organization owes now of one lot.
pub fn dues(visit: &Visit, one: &Principal, lot: &str) -> Vec<Due> {
    let asked = Asked {
        holder: Some(one.org.to_string()),
        lot: Some(lot.to_owned()),
        ..Asked::on(door::now().hebei_date())
    };
    visit.live().views().dues.answer(&asked)
}

fn shown(
    visit: &Visit,
    one: &Principal,
    letter: Option<Letter>,
    beside: Beside,
) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let today = door::now().hebei_date();
    let part = |owed: &Owed| match today.days_until(owed.due_on) {
        _ if owed.is_late(today) => "late",
        left if left <= SOON_DAYS => "soon",
        _ => "later",
    };
    let show = visit.query.get("show").unwrap_or_default();
    let views = visit.live().views();
    let owed = || views.dues.owed_by(&one.org);
    let count = |name: &str| owed().filter(|owed| part(owed) == name).count();
    let tile = |show_: &'static str, name, count: usize, class| Tile {
        show: show_,
        name,
        count,
        class: if count > 0 { class } else { "" },
        is_here: show == show_,
    };
    let replies = owed().filter(|owed| owed.kind.code() == "reply").count();
    let tiles = vec![
        tile("late", lang.t("已逾期", "Overdue"), count("late"), "tile-bad"),
        tile("soon", lang.t("七天内到期", "Within 7 days"), count("soon"), "tile-exc"),
        tile("later", lang.t("以后到期", "Later"), count("later"), ""),
        tile("reply", lang.t("捐赠人有疑问", "Questions from donors"), replies, ""),
    ];
    let fits = |owed: &&Owed| match show {
        "late" | "soon" | "later" => part(owed) == show,
        "reply" => owed.kind.code() == "reply",
        _ => true,
    };
    let all = owed().filter(fits).count();
    let rows = owed().filter(fits).take(ROWS_MAX).filter_map(|owed| {
        let due = views.dues.due(owed, today)?;
        Some(row(&due, part(owed), today.days_until(owed.due_on), lang))
    });
    let rows: Vec<Row> = rows.collect();
    drop(views);
    let frame =
        Frame::new(visit, Here::Desk("/desk/feedback"), lang.t("捐赠反馈", "Feedback to donors"));
    let sent = visit.query.get("sent").and_then(|seq| seq.parse::<u64>().ok());
    Reply::page(&Page {
        form_token: frame.desk.as_ref().map(|desk| desk.form_token.clone()).unwrap_or_default(),
        tiles,
        rows,
        more: all.saturating_sub(ROWS_MAX),
        letter,
        ledger_moved_on: beside.anew == Some(Anew::Ledger),
        words_changed: beside.anew == Some(Anew::Words),
        terms: visit.live().views().dues.terms(one.scope, today),
        refusal: beside.refused.map(|trial| refusal(&trial, lang)).unwrap_or_default(),
        sent: sent.map(figures::count),
        frame,
    })
}

fn row(due: &Due, part: &str, left: i32, lang: Lang) -> Row {
    let late = figures::span(due.days_late, lang);
    let chip = match (part, lang) {
        ("late", Lang::Zh) => State::Overdue.chip(format!("逾期 {late}")),
        ("late", Lang::En) => State::Overdue.chip(format!("{late} overdue")),
        (_, Lang::Zh) => soon(part).chip(format!("还有 {left} 天")),
        (_, Lang::En) => soon(part).chip(format!("{left} days left")),
    };
    Row {
        chip,
        due_on: due.due_on.to_string(),
        cause_on: due.cause_on.to_string(),
        lot: due.lot.clone(),
        kind: due.kind.code(),
        what: kind_name(due.kind.code(), lang).unwrap_or_default(),
        received: figures::yuan(due.received_fen),
        used: figures::yuan(due.used_fen),
        remaining: figures::yuan(due.remaining_fen),
    }
}

fn soon(part: &str) -> State {
    if part == "soon" { State::Exception } else { State::Wait }
}

/// The title of a refusal of a letter.
fn refusal(trial: &Trial, lang: Lang) -> String {
    match trial {
        Trial::Refused { code, .. } => words::refusal_title(code, lang),
        _ => String::new(),
    }
}
