//! Was the donor told? Each duty with its day and how it stands, and what the donor answered.
//!
//! Silence past the deadline is as visible as an answer, and what was late stays late.

use super::super::figures;
use super::super::lang::Lang;
use super::super::marks::{Chip, State};
use super::super::reading::Taken;
use super::super::visit::Visit;
use super::account::Account;
use crate::access::{Sight, Viewer};
use crate::base::{Date, EventId};
use crate::ledger::reading::read_durable;
use crate::projections::dues::{Asked, Due, Standing};
use crate::service::seen::Reader;

/// What was told, what is owed, what was answered.
pub struct Told {
    /// The days in force, in one sentence.
    pub terms: String,
    /// The duties, by their day.
    pub rows: Vec<Row>,
    /// What the donor may answer: the newest feedback.
    pub newest: Option<Newest>,
}

/// A duty, or an answer.
pub struct Row {
    on: Date,
    /// When, in words.
    pub day: String,
    /// What.
    pub what: String,
    /// How it stands.
    pub chip: Chip,
    /// By when, or more.
    pub more: String,
}

/// The feedback that the donor may answer.
pub struct Newest {
    /// Its event.
    pub feedback: String,
    /// What kind it is, in words.
    pub kind: &'static str,
    /// Was its receipt acknowledged?
    pub acknowledged: bool,
    /// The ids that the answers will have, so that pressing twice records once.
    pub ids: [String; 2],
}

/// Days before a deadline from which it is marked as near.
const NEAR_DAYS: i32 = 7;

/// What the donor of a gift was told.
pub fn told(visit: &Visit, viewer: &Viewer, account: &Account) -> Told {
    let lang = visit.lang;
    let views = visit.live().views();
    let mut asked = Asked::on(account.today);
    asked.lot = Some(account.gift.lot.clone());
    asked.met = true;
    let dues = views.dues.answer(&asked);
    let at = views.beside.lot(&account.gift.lot).map(|lot| lot.received_at);
    let terms = at.map(|at| views.dues.terms(at, account.today)).unwrap_or_default();
    drop(views);
    let heard = heard(visit, viewer, &account.gift.lot);
    let mut rows: Vec<Row> = dues.iter().map(|due| row(due, &heard, account, lang)).collect();
    rows.extend(heard.iter().filter_map(|one| answer(one, &heard, lang)));
    rows.sort_by_key(|row| row.on);
    Told { terms: terms_words(terms, lang), rows, newest: newest(&heard, lang) }
}

fn terms_words([receipt, used, periodic, last, reply]: [i32; 5], lang: Lang) -> String {
    match lang {
        Lang::Zh => format!(
            "按第二十八条，管钱单位应当及时告诉您。期限：收款后 {receipt} 天，用款后 {used} 天，\
             平时每 {periodic} 天，用完后 {last} 天，答复疑问 {reply} 天。"
        ),
        Lang::En => format!(
            "Under Article 28 the holder must tell you in time: {receipt} days after the gift \
             came, {used} after it was used, every {periodic} otherwise, {last} after the last of \
             it, {reply} for a reply."
        ),
    }
}

/// What a duty or a feedback is called.
pub fn kind_words(kind: &str, lang: Lang) -> &'static str {
    match kind {
        "receipt" => lang.t("收款告知", "Receipt notice"),
        "use" => lang.t("使用告知", "Notice of use"),
        "periodic" => lang.t("定期告知", "Periodic notice"),
        "final" => lang.t("用完告知", "Final notice"),
        _ => lang.t("答复疑问", "Reply"),
    }
}

/// A feedback, or an answer to one, that names the gift.
struct Heard {
    record: Taken,
    /// May the donor see it whole? Else its day and the own figures alone.
    whole: bool,
}

fn heard(visit: &Visit, viewer: &Viewer, lot: &str) -> Vec<Heard> {
    let live = visit.live();
    let seqs = live.views().links.naming(lot).to_vec();
    let reader = Reader { live, viewer };
    let mut heard = Vec::new();
    for seq in seqs {
        let Ok(bytes) = read_durable(&*live.records(), seq) else { continue };
        let sight = reader.sight(seq, &bytes);
        let Ok(record) = Taken::new(seq, bytes) else { continue };
        if sight != Sight::Hidden && record.kind().starts_with("feedback_") {
            heard.push(Heard { record, whole: sight == Sight::Whole });
        }
    }
    heard
}

fn row(due: &Due, heard: &[Heard], account: &Account, lang: Lang) -> Row {
    let kind = kind_words(due.kind.code(), lang);
    let by = |day: Date| match lang {
        Lang::Zh => format!("期限 {}", figures::day(day, lang)),
        Lang::En => format!("due by {}", figures::day(day, lang)),
    };
    let sent = heard.iter().find(|one| Some(one.record.seq) == due.met_seq);
    let channel = sent.map(|one| super::super::record::word(one.record.data("channel"), lang));
    let mut what = kind.to_owned();
    if let Some(channel) = channel.filter(|channel| !channel.is_empty()) {
        what += &match lang {
            Lang::Zh => format!("，{channel}"),
            Lang::En => format!(" ({})", super::super::record::within(&channel, lang)),
        };
    }
    if let Some(one) = sent.filter(|one| one.whole) {
        let figure = |name: &str| figures::yuan(one.record.whole(name).unwrap_or_default());
        let (used, left) = (figure("used_fen"), figure("remaining_fen"));
        what += &match lang {
            Lang::Zh => format!("：已用 {used} 元，还剩 {left} 元"),
            Lang::En => format!(": ¥{used} used, ¥{left} left"),
        };
    }
    let left = account.today.days_until(due.due_on);
    let late = figures::span(due.days_late, lang);
    let (state, word) = match (due.standing, lang) {
        (Standing::Met, _) => (State::Done, lang.t("按时", "on time").to_owned()),
        (Standing::MetLate, Lang::Zh) => (State::Exception, format!("晚 {late}")),
        (Standing::MetLate, Lang::En) => (State::Exception, format!("{late} late")),
        (Standing::Late, Lang::Zh) => (State::Overdue, format!("逾期 {late}，没有收到")),
        (Standing::Late, Lang::En) => (State::Overdue, format!("{late} overdue")),
        (Standing::Open, lang) => {
            let state = if left <= NEAR_DAYS { State::Exception } else { State::Wait };
            let word = match lang {
                Lang::Zh => format!("还有 {}", figures::span(left, lang)),
                Lang::En => format!("{} left", figures::span(left, lang)),
            };
            (state, word)
        }
    };
    let on = due.met_on.unwrap_or(due.due_on);
    let day = figures::day(on, lang);
    let day = match (due.met_on, lang) {
        (Some(_), _) => day,
        (None, Lang::Zh) => format!("应于 {day}前"),
        (None, Lang::En) => format!("by {day}"),
    };
    let more = if due.met_on.is_some() { by(due.due_on) } else { String::new() };
    Row { on, day, what, chip: state.chip(word), more }
}

fn answer(one: &Heard, heard: &[Heard], lang: Lang) -> Option<Row> {
    let (zh, en) = match one.record.kind() {
        "feedback_acknowledged" => ("您说收到了", "You acknowledged: "),
        "feedback_disputed" => ("您对它有疑问：", "You questioned: "),
        _ => return None,
    };
    let about = heard.iter().find(|other| other.record.id() == feedback_of(one));
    let about = about.map_or("", |about| kind_words(about.record.data("kind"), lang));
    let on = one.record.date()?;
    let by_code = one.record.text("/posted_by") == crate::access::grants::GIFT_DESK;
    let by =
        if by_code { lang.t("凭码", "By code") } else { lang.t("本人账号", "By account") };
    let day = figures::day(on, lang);
    let more = String::new();
    Some(Row {
        on,
        day,
        what: format!("{}{about}", lang.t(zh, en)),
        chip: State::Plain.chip(by),
        more,
    })
}

fn feedback_of(one: &Heard) -> Option<EventId> {
    EventId::parse(one.record.data("feedback"))
}

fn newest(heard: &[Heard], lang: Lang) -> Option<Newest> {
    let sent = heard.iter().rev().find(|one| one.record.kind() == "feedback_sent")?;
    let id = sent.record.id()?;
    let acknowledged = heard
        .iter()
        .any(|one| one.record.kind() == "feedback_acknowledged" && feedback_of(one) == Some(id));
    let mut random = [[0; 16]; 2];
    for one in &mut random {
        getrandom::fill(one).ok()?;
    }
    Some(Newest {
        feedback: id.to_string(),
        kind: kind_words(sent.record.data("kind"), lang),
        acknowledged,
        ids: random.map(|one| EventId(u128::from_be_bytes(one)).to_string()),
    })
}

/// Was the feedback of that id told to the gift's donor?
pub fn is_told(visit: &Visit, viewer: &Viewer, lot: &str, feedback: EventId) -> bool {
    heard(visit, viewer, lot)
        .iter()
        .any(|one| one.record.kind() == "feedback_sent" && one.record.id() == Some(feedback))
}
