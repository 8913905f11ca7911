//! A refusal in a clerk's words: its figures, and up to three ways out.
//!
//! Only what the refusal tells its poster, and what the poster may read besides, stands here.

use super::trial::place;
use super::words;
use crate::access::posting::{self, Code, Type};
use crate::ledger::lookups::Key;
use crate::ledger::telling::Told;
use crate::projections::{Stage, path::Spot};
use crate::service::projects::excerpts;
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::visit::Visit;
use serde_json::Value;

/// How many of the newest records are looked through for the first use of a bank reference.
const LOOKED_THROUGH: usize = 500;

/// How many places of money are looked through for another lot.
const USABLE_MAX: usize = 300;

/// A way out.
pub struct Way {
    /// What one can do.
    pub text: String,
    /// The form in which it is done: the type, and what people call it.
    pub form: Option<(&'static str, &'static str)>,
}

impl Way {
    fn said(text: String) -> Way {
        Way { text, form: None }
    }
}

/// A refusal's title; where a project stands at the wrong stage, it says which.
pub fn title(visit: &Visit, code: Code, body: &Value) -> String {
    let lang = visit.lang;
    let stage = (code.code() == "wrong_stage").then(|| stage(visit, body)).flatten();
    match stage {
        Some(Stage::Admitted) => {
            lang.t("项目还没有批复", "The project is not approved yet").to_owned()
        }
        Some(Stage::Closed) => lang.t("项目已经关闭", "The project is closed").to_owned(),
        Some(Stage::Cancelled) => lang.t("项目已经取消", "The project is cancelled").to_owned(),
        Some(Stage::Approved | Stage::Accepted) | None => words::refusal_title(code.code(), lang),
    }
}

/// What a refusal is about, name by value.
pub fn facts(visit: &Visit, told: &Told, body: &Value) -> Vec<(String, String)> {
    let lang = visit.lang;
    let Some(details) = &told.details else { return Vec::new() };
    let code = told.code.map(|code| code.code()).unwrap_or_default();
    let mut facts = Vec::new();
    let mut fact = |zh: &str, en: &str, value: String| {
        facts.push((lang.t(zh, en).to_owned(), value));
    };
    if let (Some(asked), Some(left)) = (details.asked_fen, details.left_fen) {
        let (asked, left) = (i128::from(asked.get()), i128::from(left.get()));
        let yuan = |fen: i128| format!("{} {}", figures::yuan(fen), lang.t("元", "yuan"));
        if let ("above_approved", Some(approved)) = (code, approved(visit, body)) {
            fact("批复", "Approved", yuan(approved));
            fact("已占用", "Used", yuan(approved - left));
        }
        fact("这次", "Asked", yuan(asked));
        fact("还剩", "Left", yuan(left));
        if asked > left {
            fact("还差", "Missing", yuan(asked - left));
        }
    }
    if let Some(path) = &details.place {
        let lot = details.lot.as_deref().unwrap_or_default();
        fact("位置", "Place", format!("{lot} · {}", place(path, lang)));
    }
    match details.about.as_deref().map(|about| about.split_once(' ').unwrap_or(("", about))) {
        Some(("lot", lot)) => fact("资金批次", "Lot", lot.to_owned()),
        Some(("project", project)) => fact("项目", "Project", project.to_owned()),
        // The title or a fact of its own says it better.
        Some(_) if matches!(code, "wrong_stage" | "receipt_not_voided") => {}
        // A path of the body: what is said stands above its field.
        Some((_, about)) if about.contains("data.") || about.contains("docs[") => {}
        Some(_) => fact("关于", "About", details.about.clone().unwrap_or_default()),
        None => {}
    }
    match code {
        "wrong_stage" => {
            if let Some(stage) = stage(visit, body) {
                fact("项目现在", "The project is", lang.label(stage.label()).to_owned());
            }
        }
        "duplicate_bank_reference" => {
            if let Some(seq) = first_use(visit, body) {
                fact(
                    "已用于",
                    "Used in",
                    match lang {
                        Lang::Zh => format!("第 {} 条", figures::count(seq)),
                        Lang::En => format!("record {}", figures::count(seq)),
                    },
                );
            }
        }
        "intent_violated" => {
            if let Some(wish) = wish(visit, told) {
                fact("捐赠意愿", "The wish", wish);
            }
        }
        _ => {}
    }
    facts
}

fn approved(visit: &Visit, body: &Value) -> Option<i128> {
    let project = body["data"]["project"].as_str()?;
    let views = visit.live().views();
    views.projects.rows.get(project).map(|row| i128::from(row.approved_fen))
}

fn stage(visit: &Visit, body: &Value) -> Option<Stage> {
    let project = body["data"]["project"].as_str()?;
    let views = visit.live().views();
    Stage::parse(views.projects.rows.get(project)?.stage)
}

/// The giver's wish in words, to the custodian who holds the gift.
fn wish(visit: &Visit, told: &Told) -> Option<String> {
    let details = told.details.as_ref()?;
    let about = details.about.as_deref().and_then(|about| about.strip_prefix("lot "));
    let lot = details.lot.as_deref().or(about)?;
    let views = visit.live().views();
    let gift = views.gifts.rows.get(lot)?;
    let one = visit.viewer.principal()?;
    (gift.custodian == *one.org).then(|| gift.wish.clone()).flatten()
}

/// The record that used the bank reference before; it counts inside one organization, so the first
/// use is always the poster's own.
fn first_use(visit: &Visit, body: &Value) -> Option<u64> {
    let reference = body["data"]["bank_ref"].as_str()?;
    let org = body["by"]["org"].as_str()?;
    let live = visit.live();
    let seqs =
        live.newest_numbers(Key::Jurisdiction(body["jurisdiction"].as_str()?), LOOKED_THROUGH);
    let newest = excerpts(live, seqs.ok()?).ok()?;
    let used = newest.iter().filter(|one| one.org == org);
    used.filter(|one| one.references.iter().any(|known| known == reference))
        .map(|one| one.seq)
        .min()
}

/// Up to three ways out: less money, another lot, what has to be recorded first, an exception.
pub fn ways(visit: &Visit, told: &Told, body: &Value) -> Vec<Way> {
    let lang = visit.lang;
    let mut ways = Vec::new();
    let left = told.details.as_ref().and_then(|details| details.left_fen);
    if let Some(left) = left.filter(|left| !left.is_zero()) {
        let left = figures::yuan(left.get());
        ways.push(Way::said(match lang {
            Lang::Zh => format!("把金额改成不超过 {left} 元。"),
            Lang::En => format!("Ask for at most {left} yuan."),
        }));
    }
    ways.extend(another_lot(visit, told, body).map(Way::said));
    let Some(code) = told.code else { return ways };
    let first = words::earlier_form(code).iter().copied().find(|kind| {
        visit.viewer.principal().is_some_and(|one| posting::may_post(one, *kind))
            && Some(kind.spec().name) != body["type"].as_str()
    });
    let form = first.map(|kind: Type| (kind.spec().name, lang.label(kind.spec().label)));
    let mut said = words::ways_out(code, lang);
    let closed = (code.code() == "wrong_stage").then(|| stage(visit, body)).flatten();
    if let (Some(Stage::Closed), Some(first)) = (closed, said.first_mut()) {
        *first = lang
            .t("请扶贫办先记“项目重开”。", "Have the poverty office reopen the project first.")
            .to_owned();
    }
    let own = said.len() - usize::from(code.yields());
    if own == 0 && form.is_some() {
        ways.push(Way { text: lang.t("先记：", "Record first:").to_owned(), form });
    }
    let last = own.saturating_sub(1);
    ways.extend(
        said.into_iter()
            .enumerate()
            .map(|(at, text)| Way { text, form: form.filter(|_| own > 0 && at == last) }),
    );
    ways.truncate(3);
    ways
}

/// Another lot with money at the same place, which the form does not name yet.
fn another_lot(visit: &Visit, told: &Told, body: &Value) -> Option<String> {
    let details = told.details.as_ref()?;
    let short = (told.code?.code() == "insufficient_funds").then_some(details)?;
    let (wanted, one) = (Spot::parse(short.place.as_deref()?)?, visit.viewer.principal()?);
    let lots = body["data"]["lots"].as_array()?;
    let custodian = (one.role == crate::access::Role::Custodian).then_some(&*one.org);
    let usable = visit.live().ledger()?.usable(one.scope, custodian, USABLE_MAX);
    let other = usable.iter().find(|money| {
        let is_there = Spot::parse(&money.place)
            .is_some_and(|spot| spot.kind == wanted.kind && spot.project == wanted.project);
        is_there && lots.iter().all(|row| row["lot"] != money.lot.as_str())
    })?;
    let lang = visit.lang;
    let fund = crate::projections::Fund::parse(other.fund)?.label();
    let (lot, fund) = (&other.lot, lang.label(fund));
    let (at, left) = (place(&other.place, lang), figures::yuan(other.fen.get()));
    Some(match lang {
        Lang::Zh => format!("再加一批：{lot} {fund}在“{at}”还有 {left} 元。"),
        Lang::En => format!("Add a lot: {lot} ({fund}) has {left} yuan in “{at}”."),
    })
}

/// The refusal in the words that stand above its field, where figures belong to it.
pub fn short(told: &Told, lang: Lang) -> Option<String> {
    let details = told.details.as_ref()?;
    let (asked, left) = (details.asked_fen?.get(), details.left_fen?.get());
    let missing = figures::yuan(i128::from(asked) - i128::from(left));
    let left = figures::yuan(left);
    (told.code?.code() == "insufficient_funds").then(|| match lang {
        Lang::Zh => format!("只剩 {left} 元，还差 {missing} 元"),
        Lang::En => format!("only {left} yuan left, {missing} yuan missing"),
    })
}
