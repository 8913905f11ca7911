//! What became of one gift, as its page and its statement print it: figures, steps, wish, projects.
//!
//! Figures are the fold's; steps are the records that its donor may see. Nothing is added up across
//! gifts, and no other gift is ever read.

use super::super::figures::{self, Yuan};
use super::super::lang::Lang;
use super::super::reading::Taken;
use super::super::visit::Visit;
use super::super::vouched;
use super::sentence::{self, Facts};
use super::steps::Step;
use crate::access::Viewer;
use crate::base::Date;
use crate::ledger::lookups::Key;
use crate::projections::dues::{Asked, Standing};
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
    /// What else was agreed: who holds it, what fees it may pay.
    pub agreed: Vec<(&'static str, String)>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The projects and this gift's part in each.
    pub projects: Vec<Part>,
    /// Who verified the whole ledger; with whether it was sound.
    pub verified: (String, bool),
    /// Today, in Hebei.
    pub today: Date,
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
        let today = door::now().hebei_date();
        Ok(Account {
            headline: fen.map(|fen| yuan.text(fen)),
            bar: bar(&gift, arranged_fen),
            arranged: (arranged_fen != 0).then(|| yuan.text(arranged_fen)),
            refunded: (gift.refunded_fen != 0).then(|| yuan.text(gift.refunded_fen)),
            sentence: words.sentence(&gift, &projects, today),
            donor: donor(&gift, lang),
            came_on: figures::day(gift.received_on, lang),
            holder: words.organization(&gift.custodian),
            receipt_no: receipt_no(&records),
            wish: words.wish(&records),
            agreed: words.agreed(&records, &gift),
            steps: words.steps(&records, &projects),
            verified: vouched::covering(&visit.live().views(), last, visit.lang),
            today,
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

/// Used, arranged and left, in thousandths that end at a thousand; what is there is never so thin
/// that nobody sees it.
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

/// What words are made from.
pub(super) struct Words<'w> {
    visit: &'w Visit,
    /// The gift.
    pub(super) lot: &'w str,
    yuan: Yuan,
    /// The language.
    pub(super) lang: Lang,
}

impl Words<'_> {
    pub(super) fn organization(&self, org: &str) -> String {
        let views = self.visit.live().views();
        views.names.organizations.get(org).cloned().unwrap_or_else(|| org.to_owned())
    }

    pub(super) fn project(&self, project: &str) -> String {
        let views = self.visit.live().views();
        views.names.projects.get(project).cloned().unwrap_or_else(|| project.to_owned())
    }

    pub(super) fn sum(&self, fen: i64) -> String {
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

    fn sentence(&self, gift: &Gift, projects: &[Part], today: Date) -> String {
        let used_for = projects.iter().filter(|part| part.spent_fen > 0);
        let names: Vec<&str> = used_for.clone().map(|part| part.name.as_str()).collect();
        let sum = |fen: i64| (fen != 0).then(|| self.sum(fen));
        sentence::say(&Facts {
            lang: self.lang,
            holder: self.organization(&gift.custodian),
            is_reversed: gift.reversed,
            used: sum(gift.used_fen),
            left: sum(gift.remaining_fen),
            refunded: sum(gift.refunded_fen),
            names: names.join(self.lang.t("、", ", ")),
            is_accepted: used_for.clone().all(|part| part.accepted_on.is_some()),
            plan_due: self.plan_due(today),
        })
    }

    /// By when the donor is to hear what is planned, and whether that day is past.
    fn plan_due(&self, today: Date) -> Option<(Date, bool)> {
        let mut asked = Asked::on(today);
        asked.lot = Some(self.lot.to_owned());
        let dues = self.visit.live().views().dues.answer(&asked);
        let mut owed = dues.iter().filter(|due| due.kind.code() == "periodic");
        owed.next().map(|due| (due.due_on, due.standing == Standing::Late))
    }

    fn wish(&self, records: &[Taken]) -> Vec<(&'static str, String)> {
        let lang = self.lang;
        let Some(latest) = latest_intent(records) else { return Vec::new() };
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
        wish
    }

    fn agreed(&self, records: &[Taken], gift: &Gift) -> Vec<(&'static str, String)> {
        let lang = self.lang;
        let mut agreed = Vec::new();
        agreed.push((lang.t("管钱单位", "Held by"), self.organization(&gift.custodian)));
        let fee = match (
            latest_intent(records).and_then(|one| one.whole("intent/fee_cap_bp")).unwrap_or(0),
            lang,
        ) {
            (0, lang) => lang.t("不从您的捐款里扣", "None is taken from your gift").to_owned(),
            (bp, Lang::Zh) => format!("最多 {}", figures::percent(Some(bp.into()))),
            (bp, Lang::En) => format!("at most {}", figures::percent(Some(bp.into()))),
        };
        agreed.push((lang.t("管理费", "Fees"), fee));
        agreed
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
}

/// The record that states the wish as it is now.
fn latest_intent(records: &[Taken]) -> Option<&Taken> {
    records.iter().rev().find(|one| one.at("/event/data/intent").is_some())
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
