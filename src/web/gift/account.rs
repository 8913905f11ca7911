//! What became of one gift, as its page and its statement print it: figures, steps, wish, projects.
//!
//! Figures are the fold's; steps are the records that its donor may see. Nothing is added up across
//! gifts, and no other gift is ever read.

use super::super::figures::{self, Yuan};
use super::super::lang::Lang;
use super::super::marks::{Chip, State};
use super::super::reading::Taken;
use super::super::visit::Visit;
use crate::access::Viewer;
use crate::base::Date;
use crate::ledger::lookups::Key;
use crate::projections::gifts::Gift;
use crate::service::seen::Reader;
use crate::service::{Problem, door};
use std::collections::{BTreeMap, BTreeSet};

/// The most records of a gift that one page reads; what lies behind is told by the API.
const RECORDS_MAX: usize = 500;

/// A gift, ready to be printed.
pub struct Account {
    /// The fold's row.
    pub gift: Gift,
    /// The records that its donor may see whole, in order.
    pub records: Vec<Taken>,
    /// Are there more than are read?
    pub more: bool,
    /// Headline: given, used, left.
    pub headline: [String; 3],
    /// The bar's parts: class, where it begins and how wide it is, in thousandths.
    pub bar: Vec<(&'static str, i64, i64)>,
    /// Arranged and not yet used, where there is any.
    pub arranged: Option<String>,
    /// Refunded, where anything was.
    pub refunded: Option<String>,
    /// The one sentence.
    pub sentence: String,
    /// Who gave it, as the donor asked to be named.
    pub donor: &'static str,
    /// When it came, in words.
    pub came_on: String,
    /// The holder's name.
    pub holder: String,
    /// The number of the receipt that lives; empty where none was recorded.
    pub receipt_no: String,
    /// The wish: label and words.
    pub wish: Vec<(&'static str, String)>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The projects and this gift's part in each.
    pub projects: Vec<Part>,
    /// Who verified the whole ledger; with whether it was sound.
    pub verified: (String, bool),
    /// Today, in Hebei.
    pub today: Date,
}

/// A step of the way.
pub struct Step {
    /// When, in words.
    pub day: String,
    /// What happened.
    pub what: String,
    /// This gift's part of it.
    pub amount: Option<String>,
    /// The paper behind it.
    pub paper: String,
    /// The record's number, as a link and as it is printed.
    pub record: Option<(u64, String)>,
    /// A mark.
    pub chip: Option<Chip>,
}

/// A gift's part in a project.
pub struct Part {
    /// The project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Spent of this gift.
    pub spent: String,
    /// Spent of it, in fen.
    pub spent_fen: i64,
    /// How far the project is, in words.
    pub stage: String,
    /// When it was accepted.
    pub accepted_on: Option<Date>,
}

impl Account {
    /// The gift that the viewer holds the code of.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn of(visit: &Visit, viewer: &Viewer, lot: &str) -> Result<Account, Problem> {
        let (live, lang) = (visit.live(), visit.lang);
        let gift = live.views().gifts.rows.get(lot).cloned().ok_or(Problem::NotFound("gift"))?;
        let (records, more) = records(visit, viewer, lot)?;
        let fen = [gift.received_fen, gift.used_fen, gift.remaining_fen].map(i128::from);
        let moved = records.iter().map(|one| i128::from(one.sum_fen(Some(lot))));
        let yuan = Yuan::fitting(fen.into_iter().chain(moved));
        let words = Words { visit, lot, yuan, lang };
        let projects = words.parts(&records);
        let arranged_fen = gift.committed_fen + gift.advanced_fen;
        let last = records.last().map_or(0, |one| one.seq);
        Ok(Account {
            headline: fen.map(|fen| yuan.text(fen)),
            bar: bar(&gift, arranged_fen),
            arranged: (arranged_fen != 0).then(|| yuan.text(arranged_fen)),
            refunded: (gift.refunded_fen != 0).then(|| yuan.text(gift.refunded_fen)),
            sentence: words.sentence(&gift, &projects),
            donor: donor(&gift, lang),
            came_on: figures::day(gift.received_on, lang),
            holder: words.organization(&gift.custodian),
            receipt_no: receipt_no(&records),
            wish: words.wish(&records, &gift),
            steps: words.steps(&records, &projects),
            verified: verified(visit, last),
            today: door::now().hebei_date(),
            projects,
            gift: *gift,
            records,
            more,
        })
    }

    /// An amount of the gift in yuan with two decimals.
    pub fn exact(&self, fen: &i64) -> String {
        figures::yuan(*fen)
    }
}

/// The records of a gift that its donor may see, in order: those that move it, and those that name
/// it alone.
fn records(visit: &Visit, viewer: &Viewer, lot: &str) -> Result<(Vec<Taken>, bool), Problem> {
    let live = visit.live();
    let mut seqs: BTreeSet<u64> =
        live.numbers(Key::Lot(lot), 0, RECORDS_MAX + 1)?.into_iter().collect();
    seqs.extend(live.views().links.naming(lot));
    let more = seqs.len() > RECORDS_MAX;
    let reader = Reader { live, viewer };
    let mut records = Vec::new();
    for seq in seqs.into_iter().take(RECORDS_MAX) {
        match reader.record(seq) {
            Ok(bytes) => records.push(Taken::new(seq, bytes)?),
            Err(Problem::NotFound(_)) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok((records, more))
}

/// Used, arranged and left, in thousandths that end at a thousand; what is there is never invisible.
fn bar(gift: &Gift, arranged_fen: i64) -> Vec<(&'static str, i64, i64)> {
    let whole = i128::from(gift.received_fen - gift.refunded_fen);
    let part = |fen: i64| match whole > 0 && fen > 0 {
        true => i64::try_from(i128::from(fen) * 1000 / whole).unwrap_or(1000).clamp(4, 1000),
        false => 0,
    };
    let used = part(gift.used_fen);
    let arranged = part(arranged_fen).min(1000 - used);
    let left = if gift.remaining_fen > arranged_fen { 1000 - used - arranged } else { 0 };
    let parts =
        [("g-used", 0, used), ("g-committed", used, arranged), ("g-left", used + arranged, left)];
    parts.into_iter().filter(|(_, _, width)| *width > 0).collect()
}

fn donor(gift: &Gift, lang: Lang) -> &'static str {
    match gift.anonymity {
        "public" => lang.t("公开捐赠", "A gift in the donor’s name"),
        "alias" => lang.t("爱心人士", "A friend"),
        _ => lang.t("匿名捐赠", "An anonymous gift"),
    }
}

fn receipt_no(records: &[Taken]) -> String {
    let mut named = records.iter().rev().filter(|one| {
        matches!(one.kind(), "donation_received" | "receipt_issued")
            && !one.data("receipt_no").is_empty()
    });
    named.next().map(|one| one.data("receipt_no").to_owned()).unwrap_or_default()
}

/// Who verified the whole ledger last, so far that every record shown is covered.
fn verified(visit: &Visit, last: u64) -> (String, bool) {
    let lang = visit.lang;
    let views = visit.live().views();
    let covers = views.heads.filed.iter().rev().find(|one| one.size > last);
    let Some(filed) = covers else {
        return (lang.t("还没有人核过。", "Verified by nobody yet.").to_owned(), true);
    };
    let org = views.beside.grants().get(&filed.posted_by).map(|grant| grant.org.clone());
    let org = org.as_deref().unwrap_or(&filed.posted_by);
    let who = views.names.organizations.get(org).map_or(org, String::as_str);
    let day = figures::day(filed.recorded_at.hebei_date(), lang);
    let (number, sound) = (figures::count(filed.seq), filed.verdict == "sound");
    let said = match (lang, sound) {
        (Lang::Zh, true) => format!("{who}{day}核过整本账，没有问题（第 {number} 条）。"),
        (Lang::Zh, false) => format!("{who}{day}核过整本账，发现了问题（第 {number} 条）。"),
        (Lang::En, true) => {
            format!("{who} verified the whole ledger on {day}: sound (record {number}).")
        }
        (Lang::En, false) => {
            format!("{who} verified the whole ledger on {day}: not sound (record {number}).")
        }
    };
    (said, sound)
}

/// What words are made from.
struct Words<'w> {
    visit: &'w Visit,
    lot: &'w str,
    yuan: Yuan,
    lang: Lang,
}

impl Words<'_> {
    fn organization(&self, org: &str) -> String {
        let views = self.visit.live().views();
        views.names.organizations.get(org).cloned().unwrap_or_else(|| org.to_owned())
    }

    fn project(&self, project: &str) -> String {
        let views = self.visit.live().views();
        views.names.projects.get(project).cloned().unwrap_or_else(|| project.to_owned())
    }

    fn sum(&self, fen: i64) -> String {
        match self.lang {
            Lang::Zh => format!("{} 元", self.yuan.text(fen)),
            Lang::En => format!("¥{}", self.yuan.text(fen)),
        }
    }

    fn parts(&self, records: &[Taken]) -> Vec<Part> {
        let mut spent: BTreeMap<&str, i64> = BTreeMap::new();
        for moved in records.iter().flat_map(Taken::movements) {
            let ends = [(moved.from, -moved.amount_fen), (moved.to, moved.amount_fen)];
            for (place, fen) in ends.into_iter().filter(|_| moved.lot == self.lot) {
                let mut steps = place.split('/');
                match (steps.next(), steps.next()) {
                    (Some("spent"), Some(project)) => *spent.entry(project).or_default() += fen,
                    (Some("committed"), Some(project)) => *spent.entry(project).or_default() += 0,
                    _ => {}
                }
            }
        }
        let part = |(project, spent_fen): (&str, i64)| {
            let views = self.visit.live().views();
            let row = views.projects.rows.get(project).cloned();
            drop(views);
            let stage = row.as_ref().map_or("", |row| row.stage);
            Part {
                project: project.to_owned(),
                name: self.project(project),
                spent: self.sum(spent_fen),
                spent_fen,
                stage: stage_words(stage, self.lang).to_owned(),
                accepted_on: row.and_then(|row| row.accepted_on),
            }
        };
        spent.into_iter().map(part).collect()
    }

    fn sentence(&self, gift: &Gift, projects: &[Part]) -> String {
        let lang = self.lang;
        let holder = self.organization(&gift.custodian);
        if gift.reversed {
            let zh = "这笔收款已经被更正，账上不再有它。请问管钱单位。";
            let en = "The receipt of this gift was reversed: it stands in the ledger no more.";
            return lang.t(zh, en).to_owned();
        }
        let left = self.sum(gift.remaining_fen);
        let used = self.sum(gift.used_fen);
        if gift.used_fen == 0 {
            return match (lang, gift.remaining_fen == 0) {
                (Lang::Zh, false) => format!("还没有使用。{left} 都在{holder}，留着按您的约定用。"),
                (Lang::En, false) => {
                    format!("Not used yet. {left} lies with {holder}, reserved for your wish.")
                }
                (Lang::Zh, true) => "没有使用，已经全部退还给您。".to_owned(),
                (Lang::En, true) => "Not used: all of it was given back to you.".to_owned(),
            };
        }
        let of = projects.iter().filter(|part| part.spent_fen > 0);
        let names: Vec<&str> = of.clone().map(|part| part.name.as_str()).collect();
        let names = names.join(lang.t("、", ", "));
        let accepted = of.clone().all(|part| part.accepted_on.is_some());
        let done = match (lang, accepted) {
            (Lang::Zh, true) => format!("已用的 {used} 用于{names}，项目已验收。"),
            (Lang::Zh, false) => format!("已用的 {used} 用于{names}。"),
            (Lang::En, true) => format!("{used} was used for {names}, now accepted. "),
            (Lang::En, false) => format!("{used} was used for {names}. "),
        };
        let rest = match (lang, gift.remaining_fen > 0) {
            (Lang::Zh, true) => format!("还剩 {left}，仍留着按您的约定用。"),
            (Lang::En, true) => format!("{left} is left, reserved for your wish."),
            (Lang::Zh, false) => "已经全部用完。".to_owned(),
            (Lang::En, false) => "Nothing is left.".to_owned(),
        };
        done + &rest
    }

    fn wish(&self, records: &[Taken], gift: &Gift) -> Vec<(&'static str, String)> {
        let lang = self.lang;
        let latest = records.iter().rev().find(|one| one.at("/event/data/intent").is_some());
        let Some(latest) = latest else { return Vec::new() };
        let text = latest.data("intent/text").to_owned();
        let mut wish = Vec::new();
        if !text.is_empty() {
            wish.push((lang.t("您的心愿", "Your wish"), text));
        }
        let villages = latest.list("intent/villages");
        let mut only: Vec<String> = villages.into_iter().map(|one| self.village(one)).collect();
        only.extend(latest.list("intent/jurisdictions").into_iter().map(|one| self.place(one)));
        only.extend(latest.list("intent/projects").into_iter().map(|one| self.project(one)));
        if !only.is_empty() {
            wish.push((lang.t("只用在", "Only for"), only.join(lang.t("、", ", "))));
        }
        wish.push((
            lang.t("用不完时", "What is left"),
            fallback(latest.data("intent/fallback"), lang),
        ));
        wish.push((lang.t("管钱单位", "Held by"), self.organization(&gift.custodian)));
        let fee = match (latest.whole("intent/fee_cap_bp").unwrap_or(0), lang) {
            (0, lang) => lang.t("不从您的捐款里扣", "None is taken from your gift").to_owned(),
            (bp, Lang::Zh) => format!("最多 {}", figures::percent(Some(bp.into()))),
            (bp, Lang::En) => format!("at most {}", figures::percent(Some(bp.into()))),
        };
        wish.push((lang.t("管理费", "Fees"), fee));
        wish
    }

    fn place(&self, code: &str) -> String {
        let views = self.visit.live().views();
        let name = crate::base::Code::parse(code)
            .and_then(|code| views.names.jurisdictions.get(&code).cloned());
        name.unwrap_or_else(|| code.to_owned())
    }

    fn village(&self, code: &str) -> String {
        let county = code.get(..6).map(|county| self.place(county)).unwrap_or_default();
        match self.lang {
            Lang::Zh => format!("{county}（村 {code}）"),
            Lang::En => format!("{county} (village {code})"),
        }
    }

    fn steps(&self, records: &[Taken], projects: &[Part]) -> Vec<Step> {
        let mut steps: Vec<(Option<Date>, Step)> = records
            .iter()
            .filter(|one| !one.kind().starts_with("feedback_"))
            .map(|one| (one.date(), self.step(one)))
            .collect();
        for part in projects.iter().filter(|part| part.spent_fen > 0) {
            let Some(day) = part.accepted_on else { continue };
            let what = match self.lang {
                Lang::Zh => format!("{}验收合格", part.name),
                Lang::En => format!("{} was accepted", part.name),
            };
            let day_words = figures::day(day, self.lang);
            let step = Step {
                day: day_words,
                what,
                amount: None,
                paper: String::new(),
                record: None,
                chip: None,
            };
            steps.push((Some(day), step));
        }
        // By the day on which it happened; what happened on one day stays in the ledger's order.
        steps.sort_by_key(|(day, _)| *day);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    fn step(&self, record: &Taken) -> Step {
        let lang = self.lang;
        let fen = record.sum_fen(Some(self.lot));
        let day = record.date().map(|day| figures::day(day, lang)).unwrap_or_default();
        let (what, paper) = self.say(record);
        let chip = match record.kind() {
            _ if record.is_exception() => {
                Some(State::Exception.chip(lang.t("例外入账", "Exception")))
            }
            "entry_reversed" => Some(State::Plain.chip(lang.t("冲正", "Reversal"))),
            _ => None,
        };
        Step {
            day,
            what,
            amount: (fen != 0).then(|| self.sum(fen)),
            paper,
            record: Some((record.seq, figures::count(record.seq))),
            chip,
        }
    }

    /// What happened, and the paper behind it.
    fn say(&self, record: &Taken) -> (String, String) {
        let lang = self.lang;
        let project = self.project(record.data("project"));
        let of = |zh: &str, en: &str, name: &str| match lang {
            Lang::Zh => format!("{zh}{name}"),
            Lang::En => format!("{en}{name}"),
        };
        match record.kind() {
            "donation_received" => {
                let holder = self.organization(record.data("custodian"));
                let number = record.data("receipt_no");
                let paper = if number.is_empty() {
                    String::new()
                } else {
                    of("收据 ", "Receipt ", number)
                };
                let what = match lang {
                    Lang::Zh => format!("{holder}收到您的捐款"),
                    Lang::En => format!("{holder} received your gift"),
                };
                (what, paper)
            }
            "receipt_issued" => {
                (of("开出收据 ", "Receipt issued: ", record.data("receipt_no")), String::new())
            }
            "lookup_replaced" => {
                (lang.t("换了查询码", "The look-up code was replaced").to_owned(), String::new())
            }
            "intent_amended" => {
                (lang.t("您改了约定", "You changed your wish").to_owned(), String::new())
            }
            "donation_refunded" => {
                (lang.t("退还给您", "Given back to you").to_owned(), String::new())
            }
            "funds_committed" => (of("安排给 ", "Arranged for ", &project), String::new()),
            "commitment_released" => {
                (of("不再用于 ", "No longer arranged for ", &project), String::new())
            }
            "disbursement_made" => (self.paid(record), self.basis(record, &project)),
            "reimbursement_accepted" => {
                let unit = self.organization(record.data("unit"));
                let what = match lang {
                    Lang::Zh => format!("{unit}凭票据报账"),
                    Lang::En => format!("{unit} accounted for the advance"),
                };
                (what, project)
            }
            "disbursement_returned" => {
                (lang.t("付出去的钱退了回来", "Money came back").to_owned(), project)
            }
            "entry_reversed" => (
                lang.t("更正：撤销前面记的一笔", "Correction: an earlier entry was reversed")
                    .to_owned(),
                record.data("reason").to_owned(),
            ),
            "recovery_ordered" => {
                (lang.t("查出问题，要求退回", "Ordered to be paid back").to_owned(), project)
            }
            "funds_recovered" => (lang.t("追回来了", "Recovered").to_owned(), String::new()),
            kind => (super::super::record::label(kind, lang).to_owned(), String::new()),
        }
    }

    fn paid(&self, record: &Taken) -> String {
        let payee = self.organization(record.data("payee"));
        let count = record.whole("recipients/count").map(figures::count).unwrap_or_default();
        match (self.lang, record.data("kind")) {
            (Lang::Zh, "advance") => format!("预付给 {payee}，等它凭票据报账"),
            (Lang::En, "advance") => format!("Paid in advance to {payee}, to be accounted for"),
            (Lang::Zh, "fee") => format!("管理费，付给 {payee}"),
            (Lang::En, "fee") => format!("A fee, paid to {payee}"),
            (Lang::Zh, "subsidy_batch") => format!("补贴到户 {count} 户"),
            (Lang::En, "subsidy_batch") => format!("Subsidies to {count} households"),
            (Lang::Zh, _) => format!("付给 {payee}"),
            (Lang::En, _) => format!("Paid to {payee}"),
        }
    }

    fn basis(&self, record: &Taken, project: &str) -> String {
        let kind = super::super::record::word(record.data("basis/kind"), self.lang);
        format!("{kind} {} · {project}", record.data("basis/number"))
    }
}

fn fallback(code: &str, lang: Lang) -> String {
    match code {
        "ask" => lang.t("先问您，再用", "You are asked first"),
        "refund" => lang.t("退还给您", "Given back to you"),
        _ => lang.t("用于同类的项目", "Used for projects of the same kind"),
    }
    .to_owned()
}

/// How far a project is, in words.
pub fn stage_words(stage: &str, lang: Lang) -> &'static str {
    match stage {
        "admitted" => lang.t("已入库，等批复", "In the library, not yet approved"),
        "approved" => lang.t("已批复，在建", "Approved, under way"),
        "accepted" => lang.t("已验收", "Accepted"),
        "closed" => lang.t("已结清", "Closed"),
        "cancelled" => lang.t("已取消", "Cancelled"),
        _ => "",
    }
}
