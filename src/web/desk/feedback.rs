//! Feedback: whom to tell by when, the letter, and that it was sent (Article 28; pages design,
//! 5.9).
//!
//! The letter's figures come from the ledger and from nowhere else; only salutation and closing are
//! typed. What is recorded is the letter's hash with exactly the figures that it states.

use super::trial::{self, Trial};
use super::words;
use crate::access::posting::{self, Type, labels_of};
use crate::access::{Principal, What};
use crate::base::{Date, Digest, EventId, Fen};
use crate::ledger::bulk::Line;
use crate::ledger::{Incoming, LotFigures, Mode, Poster};
use crate::projections::dues::{Asked, Due, Standing};
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

/// How many characters salutation and closing may have.
const TYPED_MAX: usize = 500;

/// The ways to tell a giver, as bodies carry them.
const CHANNELS: [&str; 5] = ["letter", "phone", "message", "page", "public_notice"];

/// A duty as the table shows it.
struct Row {
    chip: Chip,
    due_on: String,
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
    moved_on: bool,
    refusal: String,
    sent: Option<String>,
}

/// A letter on its way.
struct Letter {
    id: EventId,
    lot: String,
    kind: String,
    what: &'static str,
    salutation: String,
    closing: String,
    checker: String,
    channels: Vec<(&'static str, &'static str, bool)>,
    figures: LotFigures,
    /// Is it of a gift, whose proof a browser can judge?
    is_gift: bool,
    /// The figures as the form carries them, to notice that they changed.
    stated: String,
    /// Label, amount, and the name that the proof has for it.
    cells: Vec<(&'static str, String, &'static str)>,
    before: String,
    late: Option<String>,
    from: String,
    day: String,
}

impl Letter {
    /// The letter as it is sent and hashed: a text of lines.
    fn text(&self) -> String {
        let mut lines = vec![self.salutation.clone(), self.before.clone()];
        lines.extend(self.cells.iter().map(|(name, value, _)| format!("{name} {value}")));
        lines.extend(self.late.clone());
        lines.extend([self.closing.clone(), self.from.clone(), self.day.clone()]);
        lines.join("\n") + "\n"
    }
}

/// The duties, and a letter where one is asked for.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let one = poster(visit)?;
    let letter = match (visit.query.get("lot"), visit.query.get("kind")) {
        (Some(lot), Some(kind)) => Some(letter(visit, one, lot, kind, &visit.query)?),
        _ => None,
    };
    shown(visit, one, letter, false, None)
}

/// The proof of the gift that a letter is about, for the letter's own page: its browser judges the
/// figures before they are printed.
pub fn proof(visit: &Visit) -> Result<Reply, Problem> {
    let one = poster(visit)?;
    let absent = || Problem::NotFound("letter");
    let lot = visit.query.get("lot").ok_or_else(absent)?;
    if dues(visit, one, Some(lot)).is_empty() {
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
    let letter = letter(visit, one, lot, kind, &given)?;
    match given.get("act") {
        Some("download") => {
            let text = letter.text().into_bytes();
            return Ok(Reply::file("text/plain; charset=utf-8", "letter.txt", text));
        }
        // Whoever read other figures has not sent these.
        Some("send") if given.get("stated") == Some(&letter.stated) => {}
        Some("send") => return shown(visit, one, Some(letter), true, None),
        _ => return shown(visit, one, Some(letter), false, None),
    }
    send(visit, one, letter, &given)
}

fn send(visit: &Visit, one: &Principal, letter: Letter, given: &Fields) -> Result<Reply, Problem> {
    let as_of = given.get("as_of").and_then(EventId::parse).unwrap_or(letter.figures.as_of);
    let figures = &letter.figures;
    let mut data = json!({
        "lots": [letter.lot], "kind": letter.kind, "as_of": as_of,
        "channel": given.get("channel").unwrap_or("letter"), "received_fen": figures.received,
        "used_fen": figures.used, "remaining_fen": figures.remaining,
        "content_sha256": Digest::of(&[letter.text().as_bytes()]),
    });
    if !figures.gone.is_zero() {
        data["refunded_fen"] = json!(figures.gone);
    }
    let body = json!({
        "id": letter.id, "type": Type::FeedbackSent.spec().name, "data": data, "docs": [],
        "jurisdiction": one.scope.to_string(),
        "business_date": given.get("day").unwrap_or_default(),
        "by": { "org": *one.org, "maker": *one.name, "checker": letter.checker },
    });
    let bytes = serde_json::to_vec(&body).map_err(|error| Problem::Failed(error.to_string()))?;
    let line = Line { number: 1, incoming: Incoming::read(&bytes, Poster::Only(&one.name)) };
    let _place = visit.service().limits.single_post()?;
    let desk = Desk { live: visit.live(), viewer: &visit.viewer };
    let told = desk.post(&[line], Mode::Atomic)?;
    let told = told.into_iter().next().expect("a line has its outcome");
    if let (true, Some(seq)) = (told.stands(), told.seq) {
        visit.live().wait_folded(seq, FOLLOW_MAX);
        return Ok(Reply::see(&format!("/desk/feedback?sent={seq}")));
    }
    let refused = trial::of(visit, Type::FeedbackSent, &body, &told)?;
    let reply = shown(visit, one, Some(letter), false, Some(refused))?;
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

fn dues(visit: &Visit, one: &Principal, lot: Option<&str>) -> Vec<Due> {
    let asked = Asked {
        holder: Some(one.org.to_string()),
        lot: lot.map(str::to_owned),
        ..Asked::on(door::now().hebei_date())
    };
    visit.live().views().dues.answer(&asked)
}

fn letter(
    visit: &Visit,
    one: &Principal,
    lot: &str,
    kind: &str,
    given: &Fields,
) -> Result<Letter, Problem> {
    let lang = visit.lang;
    let absent = || Problem::NotFound("letter");
    let what = kind_name(kind, lang).ok_or_else(absent)?;
    // Only what one owes oneself: another body's lot is answered as absent, whatever it is.
    let owed = dues(visit, one, Some(lot)).into_iter().find(|due| due.kind.code() == kind);
    let owed = owed.ok_or_else(absent)?;
    let ledger = visit.live().ledger().ok_or(Problem::ReadOnly)?;
    let figures = ledger.lot_figures(lot).ok_or_else(absent)?;
    let (came, from) = {
        let views = visit.live().views();
        let name = views.names.organizations.get(&*one.org).cloned();
        (views.gifts.rows.get(lot).map(|gift| gift.received_on), name)
    };
    let today = door::now().hebei_date();
    let typed = |name: &str, zh: &str, en: &str| {
        let typed = given.get(name).unwrap_or(lang.t(zh, en));
        typed.chars().take(TYPED_MAX).collect::<String>()
    };
    let labels = labels_of(&CHANNELS).unwrap_or_default();
    let chosen = given.get("channel").unwrap_or("letter");
    let channel = |(code, label): (&'static str, _)| (code, lang.label(label), code == chosen);
    let id = given.get("id").and_then(EventId::parse);
    Ok(Letter {
        id: id.unwrap_or_else(|| EventId(uuid::Uuid::new_v4().as_u128())),
        lot: lot.to_owned(),
        kind: kind.to_owned(),
        what,
        salutation: typed("salutation", "爱心人士，您好：", "Dear friend,"),
        closing: typed(
            "closing",
            "剩余的钱仍按您的意愿留用。您可以扫收据上的二维码，自己核对。",
            "What is left stays reserved for your wish. Scan the code on your receipt to check.",
        ),
        checker: given.get("checker").unwrap_or_default().to_owned(),
        channels: CHANNELS.into_iter().zip(labels).map(channel).collect(),
        stated: format!("{} {} {}", figures.received, figures.used, figures.gone),
        cells: cells(&figures, lang),
        is_gift: came.is_some(),
        before: before(lot, &figures, came, lang),
        late: late(owed.days_late, lang),
        from: from.unwrap_or_else(|| one.org.to_string()),
        figures,
        day: given.get("day").map_or_else(|| today.to_string(), str::to_owned),
    })
}

fn yuan(fen: Fen, lang: Lang) -> String {
    format!("{} {}", figures::yuan(fen.get()), lang.t("元", "yuan"))
}

/// The four figures, each with its name.
fn cells(figures: &LotFigures, lang: Lang) -> Vec<(&'static str, String, &'static str)> {
    vec![
        (lang.t("收到", "Received"), yuan(figures.received, lang), "received"),
        (lang.t("已用", "Used"), yuan(figures.used, lang), "used"),
        (lang.t("退还", "Refunded"), yuan(figures.gone, lang), "refunded"),
        (lang.t("剩余", "Left"), yuan(figures.remaining, lang), "remaining"),
    ]
}

/// The sentence before the figures.
fn before(lot: &str, figures: &LotFigures, came: Option<Date>, lang: Lang) -> String {
    let today = figures::day(door::now().hebei_date(), lang);
    let gave = came.map(|day| figures::day(day, lang));
    let received = yuan(figures.received, lang);
    match (lang, gave) {
        (Lang::Zh, Some(day)) => format!("您于{day}给出的 {received}（{lot}），到{today}为止："),
        (Lang::Zh, None) => format!("贵方给出的 {received}（{lot}），到{today}为止："),
        (Lang::En, Some(day)) => format!("On {day} you gave {received} ({lot}). As of {today}:"),
        (Lang::En, None) => format!("You gave {received} ({lot}). As of {today}:"),
    }
}

fn late(days: i32, lang: Lang) -> Option<String> {
    (days > 0).then(|| match lang {
        Lang::Zh => format!("这封信比规定期限晚了 {days} 天，我们向您致歉。"),
        Lang::En => format!("This letter is {days} days late, for which we apologise."),
    })
}

fn kind_name(code: &str, lang: Lang) -> Option<&'static str> {
    Some(match code {
        "receipt" => lang.t("收款告知", "Receipt"),
        "use" => lang.t("使用告知", "Use"),
        "periodic" => lang.t("定期告知", "Periodic"),
        "final" => lang.t("用完告知", "Final"),
        "reply" => lang.t("答复疑问", "Reply"),
        _ => return None,
    })
}

fn shown(
    visit: &Visit,
    one: &Principal,
    letter: Option<Letter>,
    moved_on: bool,
    refused: Option<Trial>,
) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let today = door::now().hebei_date();
    let dues = dues(visit, one, None);
    let part = |due: &Due| match today.days_until(due.due_on) {
        _ if due.standing == Standing::Late => "late",
        left if left <= SOON_DAYS => "soon",
        _ => "later",
    };
    let show = visit.query.get("show").unwrap_or_default();
    let count = |name: &str| dues.iter().filter(|due| part(due) == name).count();
    let tile = |show_: &'static str, name, count: usize, class| Tile {
        show: show_,
        name,
        count,
        class: if count > 0 { class } else { "" },
        is_here: show == show_,
    };
    let replies = dues.iter().filter(|due| due.kind.code() == "reply").count();
    let tiles = vec![
        tile("late", lang.t("已逾期", "Overdue"), count("late"), "tile-bad"),
        tile("soon", lang.t("七天内到期", "Within 7 days"), count("soon"), "tile-exc"),
        tile("later", lang.t("以后到期", "Later"), count("later"), ""),
        tile("reply", lang.t("捐赠人有疑问", "Questions from donors"), replies, ""),
    ];
    let fits = |due: &&Due| match show {
        "late" | "soon" | "later" => part(due) == show,
        "reply" => due.kind.code() == "reply",
        _ => true,
    };
    let all = dues.iter().filter(fits).count();
    let rows = dues
        .iter()
        .filter(fits)
        .take(ROWS_MAX)
        .map(|due| row(due, part(due), today.days_until(due.due_on), lang));
    let frame =
        Frame::new(visit, Here::Desk("/desk/feedback"), lang.t("捐赠反馈", "Feedback to donors"));
    let sent = visit.query.get("sent").and_then(|seq| seq.parse::<u64>().ok());
    Reply::page(&Page {
        form_token: frame.desk.as_ref().map(|desk| desk.form_token.clone()).unwrap_or_default(),
        tiles,
        rows: rows.collect(),
        more: all.saturating_sub(ROWS_MAX),
        letter,
        moved_on,
        refusal: refused.map(|trial| refusal(&trial, lang)).unwrap_or_default(),
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
