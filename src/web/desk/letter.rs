//! The letter to a giver: drawn by the ledger, with words around it (Article 28; pages design,
//! 5.9).
//!
//! Figures, uses and dates come from the records and from nowhere else; only salutation and closing
//! are typed.

use super::feedback::dues;
use super::staff;
use crate::access::Principal;
use crate::access::posting::labels_of;
use crate::base::{Date, Digest, EventId, Fen};
use crate::interchange::capitals::capitals;
use crate::ledger::LotFigures;
use crate::ledger::lookups::Key;
use crate::projections::dues::Due;
use crate::projections::excerpt::Excerpt;
use crate::projections::{PlaceKind, path::Spot};
use crate::service::projects::excerpts;
use crate::service::{Problem, door};
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::visit::{Fields, Visit};

/// How many characters salutation and closing may have.
const TYPED_MAX: usize = 500;

/// How many uses a letter tells one by one.
const USES_MAX: usize = 20;

/// How many records of a lot are read for its uses.
const RECORDS_MAX: usize = 500;

/// The ways to tell a giver, as bodies carry them.
const CHANNELS: [&str; 5] = ["letter", "phone", "message", "page", "public_notice"];

/// A letter on its way.
pub struct Letter {
    /// The id of the event that registers it.
    pub id: EventId,
    /// The gift.
    pub lot: String,
    /// What is told, as bodies carry it.
    pub kind: String,
    /// The same in words.
    pub what: &'static str,
    /// Typed above.
    pub salutation: String,
    /// Typed below.
    pub closing: String,
    /// Who made it.
    pub maker: String,
    /// Who checked it.
    pub checker: String,
    /// The ways: code, words, is it chosen?
    pub channels: Vec<(&'static str, &'static str, bool)>,
    /// The figures.
    pub figures: LotFigures,
    /// The digest of what the ledger says in it, to notice that it changed.
    pub stated: String,
    /// The digest of what was typed in it.
    pub worded: String,
    /// The figures in words: each with its name, and the name that a proof has for it.
    pub cells: Vec<(&'static str, String, &'static str)>,
    /// Is it of a gift, whose proof a browser can judge?
    pub is_gift: bool,
    /// The sentence before the figures.
    pub before: String,
    /// The giver's wish.
    pub wish: Option<String>,
    /// Who was paid for what.
    pub uses: Vec<String>,
    /// What is left.
    pub rest: String,
    /// How late it is.
    pub late: Option<String>,
    /// Who writes.
    pub from: String,
    /// The day.
    pub day: Date,
    /// The same in words.
    pub dated: String,
}

impl Letter {
    /// The letter as it is sent and hashed: a text of lines.
    pub fn text(&self) -> String {
        let mut lines = vec![self.salutation.clone()];
        lines.extend(self.stated_lines());
        lines.extend([self.closing.clone(), self.from.clone(), self.dated.clone()]);
        lines.join("\n") + "\n"
    }

    /// Its SHA-256, as it is recorded.
    pub fn sha256(&self) -> Digest {
        Digest::of(&[self.text().as_bytes()])
    }

    fn stated_lines(&self) -> Vec<String> {
        let mut lines = vec![self.before.clone()];
        lines.extend(self.wish.clone());
        lines.extend(self.cells.iter().map(|(name, value, _)| format!("{name} {value}")));
        lines.extend(self.uses.iter().cloned());
        lines.push(self.rest.clone());
        lines.extend(self.late.clone());
        lines
    }
}

/// Draws the letter of a duty that the principal's organization owes.
///
/// # Errors
/// It owes none of that kind: another body's lot is answered as absent, whatever it is.
pub fn draw(
    visit: &Visit,
    one: &Principal,
    lot: &str,
    kind: &str,
    given: &Fields,
) -> Result<Letter, Problem> {
    let lang = visit.lang;
    let absent = || Problem::NotFound("letter");
    let what = kind_name(kind, lang).ok_or_else(absent)?;
    let owed = dues(visit, one, lot).into_iter().find(|due| due.kind.code() == kind);
    let owed = owed.ok_or_else(absent)?;
    let ledger = visit.live().ledger().ok_or(Problem::ReadOnly)?;
    let figures = ledger.lot_figures(lot).ok_or_else(absent)?;
    let (gift, from) = {
        let views = visit.live().views();
        let name = views.names.organizations.get(&*one.org).cloned();
        let gift = views.gifts.rows.get(lot);
        (gift.map(|gift| (gift.received_on, gift.wish.clone())), name)
    };
    let today = door::now().hebei_date();
    let labels = labels_of(&CHANNELS).unwrap_or_default();
    let chosen = given.get("channel").unwrap_or("letter");
    let channel = |(code, label): (&'static str, _)| (code, lang.label(label), code == chosen);
    let id = given.get("id").and_then(EventId::parse);
    let [salutation, closing] = typed(given, gift.is_some(), lang);
    let (came, wish) = gift.map_or((None, None), |(came, wish)| (Some(came), wish));
    let by = staff::of(visit, one, given);
    let mut letter = Letter {
        id: id.unwrap_or_else(|| EventId(uuid::Uuid::new_v4().as_u128())),
        lot: lot.to_owned(),
        kind: kind.to_owned(),
        what,
        salutation,
        closing,
        maker: by.maker,
        checker: by.checker,
        channels: CHANNELS.into_iter().zip(labels).map(channel).collect(),
        stated: String::new(),
        worded: String::new(),
        cells: cells(&figures, lang),
        is_gift: came.is_some(),
        before: before(lot, &figures, came, lang),
        wish: wish.map(|wish| match lang {
            Lang::Zh => format!("您的意愿：{wish}"),
            Lang::En => format!("Your wish: {wish}"),
        }),
        uses: uses(visit, lot)?,
        rest: rest(figures.remaining, lang),
        late: late(&owed, lang),
        from: from.unwrap_or_else(|| one.org.to_string()),
        figures,
        day: today,
        dated: figures::day(today, lang),
    };
    let stated = letter.stated_lines().join("\n");
    letter.stated = Digest::of(&[stated.as_bytes()]).to_string();
    let worded = [letter.salutation.as_bytes(), b"\n", letter.closing.as_bytes()];
    letter.worded = Digest::of(&worded).to_string();
    Ok(letter)
}

/// Salutation and closing, as typed; only a gift has a receipt with a code to scan.
fn typed(given: &Fields, is_gift: bool, lang: Lang) -> [String; 2] {
    let words = match is_gift {
        true => [
            lang.t("爱心人士，您好：", "Dear friend,"),
            lang.t(
                "您可以扫收据上的二维码，自己核对。",
                "Scan the code on your receipt to check all this yourself.",
            ),
        ],
        false => [
            lang.t("帮扶单位，您好：", "To the helping body,"),
            lang.t("有疑问请与我们联系。", "Please write to us with any question."),
        ],
    };
    let [salutation, closing] = words;
    [("salutation", salutation), ("closing", closing)]
        .map(|(name, words)| given.get(name).unwrap_or(words).chars().take(TYPED_MAX).collect())
}

fn yuan(fen: Fen, lang: Lang) -> String {
    format!("{} {}", figures::yuan(fen.get()), lang.t("元", "yuan"))
}

/// An amount as a letter says it in a sentence: with capitals beside it, where they are read.
fn spelled(fen: Fen, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}（{}）", yuan(fen, lang), capitals(fen.get())),
        Lang::En => yuan(fen, lang),
    }
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
    let received = spelled(figures.received, lang);
    match (lang, gave) {
        (Lang::Zh, Some(day)) => {
            format!("您于{day}捐出的 {received}，编号 {lot}，到{today}为止：")
        }
        (Lang::Zh, None) => format!("贵方给出的 {received}，编号 {lot}，到{today}为止："),
        (Lang::En, Some(day)) => format!("On {day} you gave {received} ({lot}). As of {today}:"),
        (Lang::En, None) => format!("You gave {received} ({lot}). As of {today}:"),
    }
}

/// What is left, and that it stays bound.
fn rest(left: Fen, lang: Lang) -> String {
    match (lang, left.is_zero()) {
        (Lang::Zh, true) => "这笔钱已经用完，没有剩余。".to_owned(),
        (Lang::Zh, false) => format!("剩余 {}，仍按您的意愿留用。", spelled(left, lang)),
        (Lang::En, true) => "The gift is used up; nothing is left.".to_owned(),
        (Lang::En, false) => format!("{} is left and stays reserved.", spelled(left, lang)),
    }
}

fn late(owed: &Due, lang: Lang) -> Option<String> {
    let due = figures::day(owed.due_on, lang);
    let late = figures::span(owed.days_late, lang);
    (owed.days_late > 0).then(|| match lang {
        Lang::Zh => format!("按规定应在{due}前告诉您，这封信晚了 {late}，我们向您致歉。"),
        Lang::En => {
            format!("You were to be told by {due}; this letter is {late} late. We apologise.")
        }
    })
}

/// Who was paid for what, a sentence a use in the order of their days; they add up to what is used.
fn uses(visit: &Visit, lot: &str) -> Result<Vec<String>, Problem> {
    let lang = visit.lang;
    let live = visit.live();
    let mut seqs = live.numbers(Key::Lot(lot), 0, RECORDS_MAX + 1)?;
    let is_long = seqs.len() > RECORDS_MAX;
    seqs.truncate(RECORDS_MAX);
    let mut records = excerpts(live, seqs)?;
    records.sort_by_key(|one| (one.on, one.seq));
    let views = live.views();
    let name = |names: &std::collections::BTreeMap<String, String>, id: &str| {
        names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    };
    let mut said = Vec::new();
    let mut rest: (usize, i64) = (0, 0);
    for record in &records {
        let spent = spent(record, lot);
        if spent == 0 {
            continue;
        }
        if said.len() == USES_MAX {
            rest = (rest.0 + 1, rest.1.saturating_add(spent));
            continue;
        }
        let project = record.project.as_deref().unwrap_or_default();
        let project = name(&views.names.projects, project);
        let payee = payee(record, |org| name(&views.names.organizations, org), lang);
        let (day, amount) = (figures::day(record.on, lang), figures::yuan(spent.abs()));
        said.push(match (lang, spent > 0) {
            (Lang::Zh, true) => format!("{day}{payee} {amount} 元，用于{project}。"),
            (Lang::Zh, false) => format!("{day}从{project}退回 {amount} 元。"),
            (Lang::En, true) => format!("{day}: {amount} yuan {payee} for {project}."),
            (Lang::En, false) => format!("{day}: {amount} yuan came back from {project}."),
        });
    }
    let (more, fen) = rest;
    if more > 0 || is_long {
        let amount = figures::yuan(fen);
        said.push(match lang {
            Lang::Zh if is_long => "更多的使用，请凭查询码在网上看。".to_owned(),
            Lang::En if is_long => "Further uses are shown online, by your code.".to_owned(),
            Lang::Zh => format!("另有 {more} 笔，合计 {amount} 元。"),
            Lang::En => format!("And {more} more, {amount} yuan in all."),
        });
    }
    Ok(said)
}

/// What of a lot a record spent, less what it brought back, in fen.
fn spent(record: &Excerpt, lot: &str) -> i64 {
    let is_spent = |path: &str| Spot::parse(path).is_some_and(|spot| spot.kind == PlaceKind::Spent);
    let of_lot = record.moves.iter().filter(|one| one.lot == lot);
    let fen = of_lot.map(|one| match (is_spent(&one.from), is_spent(&one.to)) {
        (false, true) => one.fen,
        (true, false) => -one.fen,
        _ => 0,
    });
    fen.sum()
}

/// Who was paid; a person is never named.
fn payee(record: &Excerpt, name: impl Fn(&str) -> String, lang: Lang) -> String {
    match (&record.households, record.payee.as_deref(), lang) {
        (Some(paid), _, Lang::Zh) => format!("补贴到户 {} 户", paid.count),
        (Some(paid), _, Lang::En) => format!("paid to {} households", paid.count),
        (None, Some(_), Lang::Zh) if record.is_person => "付给个人".to_owned(),
        (None, Some(_), Lang::En) if record.is_person => "paid to a person".to_owned(),
        (None, Some(org), Lang::Zh) => format!("付给{}", name(org)),
        (None, Some(org), Lang::En) => format!("paid to {}", name(org)),
        (None, None, _) => lang.label(record.label).to_owned(),
    }
}

/// What a letter tells, in words.
pub fn kind_name(code: &str, lang: Lang) -> Option<&'static str> {
    Some(match code {
        "receipt" => lang.t("收款告知", "Receipt"),
        "use" => lang.t("使用告知", "Use"),
        "periodic" => lang.t("定期告知", "Periodic"),
        "final" => lang.t("用完告知", "Final"),
        "reply" => lang.t("答复疑问", "Reply"),
        _ => return None,
    })
}
