//! What a trial that went well looked at, and what its poster should know before recording.
//!
//! The rules have answered already; this only says in words what they asked.

use crate::access::posting::Type;
use crate::base::Date;
use crate::projections::disclosures::Shown;
use crate::projections::{PlaceKind, Stage, path::Spot};
use crate::service::door;
use crate::service::effect::Moved;
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::marks::State;
use crate::web::visit::Visit;
use serde_json::Value;
use std::collections::BTreeSet;

/// After how many days an entry stands in the list of late ones.
pub const LATE_DAYS: i32 = 30;

/// A sentence with its mark.
pub struct Note {
    /// Good, not yet, or an exception.
    pub state: State,
    /// What it says.
    pub text: String,
}

/// A body that is tried, and what it would move.
pub struct Tried<'t> {
    /// The visit.
    pub visit: &'t Visit,
    /// The type.
    pub kind: Type,
    /// The body.
    pub body: &'t Value,
    /// The movements that it would make.
    pub moved: &'t [Moved],
}

/// What is said of codes that need no figure of their own.
const SAID: &[(&str, &str, &str)] = &[
    ("not_holder", "这些钱由本单位管理", "The money is this body’s to use"),
    ("source_not_approved", "资金来源在批复之内", "The approval names this source"),
    ("purpose_violated", "合乎资金的规定用途", "Within the money’s purpose"),
    ("intent_violated", "合乎捐赠人的意愿", "Within the donor’s wish"),
    ("prohibited_category", "不在禁止支出之列", "Not a prohibited use"),
    ("above_approved", "不超过批复", "Within the approved sum"),
    ("budget_exceeded", "不超过预算", "Within the budget"),
    ("plan_exceeded", "不超过整合方案", "Within the consolidation plan"),
    ("above_allocated", "不超过下达的数", "Within what was allocated"),
    ("above_ordered", "不超过应退的数", "Within what was ordered back"),
    ("not_subordinate", "对方在本地或下级", "The other place lies here or below"),
    ("not_consolidatable", "这笔钱可以整合", "This money may be consolidated"),
    ("gift_not_alone", "有查询码的捐赠单独一条", "A gift with a code stands alone"),
    ("no_live_pairing", "结对关系有效", "The pairing is live"),
    ("figures_differ", "填的数与账上相符", "Stated figures agree with the ledger"),
];

/// What was looked at, in the order in which the rules ask.
pub fn at(tried: &Tried<'_>) -> Vec<Note> {
    let lang = tried.visit.lang;
    let mut said = envelope(tried);
    let excepted: BTreeSet<&str> = exceptions(tried.body).collect();
    let codes = tried.kind.spec().refuses.iter().map(|code| code.code());
    for code in codes.filter(|code| !excepted.contains(code)) {
        let plain = SAID.iter().find(|(known, ..)| *known == code);
        let plain = plain.map(|(_, zh, en)| lang.t(zh, en).to_owned());
        said.extend(special(tried, code, plain));
    }
    if tried.moved.iter().any(|one| one.from != "outside") {
        said.push(lang.t("每一批的余额都够", "Every lot has enough money in its place").to_owned());
    }
    said.into_iter().map(|text| Note { state: State::Done, text }).collect()
}

fn envelope(tried: &Tried<'_>) -> Vec<String> {
    let (lang, body) = (tried.visit.lang, tried.body);
    let mut said = Vec::new();
    let text = |name: &str| body["by"][name].as_str().unwrap_or_default();
    let (maker, checker) = (text("maker"), text("checker"));
    if maker != checker {
        said.push(match lang {
            Lang::Zh => format!("经办 {maker}，复核 {checker}，不是同一人"),
            Lang::En => format!("Made by {maker}, checked by {checker}: two persons"),
        });
    }
    let papers = body["docs"].as_array().map_or(0, Vec::len);
    if papers > 0 {
        said.push(match lang {
            Lang::Zh => format!("有依据文件 {papers} 份"),
            Lang::En if papers == 1 => "It rests on 1 document".to_owned(),
            Lang::En => format!("It rests on {papers} documents"),
        });
    }
    if let Some((year, month)) = body["business_date"].as_str().and_then(|day| day.split_once('-'))
    {
        let month = month.split('-').next().unwrap_or_default();
        said.push(match lang {
            Lang::Zh => format!("{year}年{}月还没有结账", month.trim_start_matches('0')),
            Lang::En => format!("The month {year}-{month} is not closed"),
        });
    }
    said
}

/// What is said of a code, where the body gives reason to say it.
fn special(tried: &Tried<'_>, code: &str, plain: Option<String>) -> Option<String> {
    let lang = tried.visit.lang;
    let data = &tried.body["data"];
    match code {
        "wrong_stage" => stage(tried),
        "duplicate_bank_reference" => data["bank_ref"].as_str().map(|reference| {
            let is_shared = data["transfer_fen"].is_number();
            match (lang, is_shared) {
                (Lang::Zh, false) => format!("流水号 {reference} 没有用过"),
                (Lang::Zh, true) => format!("流水号 {reference} 没有超过整笔转账"),
                (Lang::En, false) => format!("Bank reference {reference} is new"),
                (Lang::En, true) => format!("Bank reference {reference}: within its transfer"),
            }
        }),
        "duplicate_voucher" => data["vouchers"].as_array().map(|all| match lang {
            Lang::Zh => format!("{} 张票据没有重复使用", all.len()),
            Lang::En => format!("{} vouchers are not used up", all.len()),
        }),
        "advance_above_cap" => (data["kind"] == "advance")
            .then(|| lang.t("预拨没有超过上限", "Advances stay under their cap").to_owned()),
        "fee_above_cap" => (data["kind"] == "fee")
            .then(|| lang.t("手续费没有超限", "Fees stay within the gift’s terms").to_owned()),
        "above_approved" => {
            let views = tried.visit.live().views();
            let approved = views.projects.rows.get(data["project"].as_str()?)?.approved_fen;
            let wan = figures::Wan::fitting([i128::from(approved)]).text(approved);
            Some(match lang {
                Lang::Zh => format!("不超过批复 {wan} 万元"),
                Lang::En => format!("Within the approved {} yuan", figures::yuan(approved)),
            })
        }
        "prohibited_category" => {
            let views = tried.visit.live().views();
            let mut lots = tried.moved.iter().map(|one| &one.lot);
            lots.any(|lot| !views.works.is_social(lot)).then_some(plain).flatten()
        }
        "intent_violated" | "gift_not_alone" => {
            let views = tried.visit.live().views();
            tried.moved.iter().any(|one| views.works.is_social(&one.lot)).then_some(plain).flatten()
        }
        "figures_differ" => {
            let has_stated = data["vouchers"].is_array() || data["in"].is_array();
            has_stated.then_some(plain).flatten()
        }
        _ => plain,
    }
}

fn stage(tried: &Tried<'_>) -> Option<String> {
    let lang = tried.visit.lang;
    let project = tried.body["data"]["project"].as_str()?;
    let views = tried.visit.live().views();
    let row = views.projects.rows.get(project)?;
    let stage = lang.label(Stage::parse(row.stage)?.label());
    Some(match lang {
        Lang::Zh => format!("项目{stage}，可以记这一笔"),
        Lang::En => format!("The project is at the stage {stage}, which allows this"),
    })
}

fn exceptions(body: &Value) -> impl Iterator<Item = &str> {
    let all = body["data"]["exceptions"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|one| one["code"].as_str())
}

/// What its poster should know: late, an exception, a notice that is overdue, a letter to come.
pub fn warnings(tried: &Tried<'_>) -> Vec<Note> {
    let lang = tried.visit.lang;
    let today = door::now().hebei_date();
    let date = tried.body["business_date"].as_str().and_then(Date::parse);
    let mut notes = Vec::new();
    let late = date.map_or(0, |date| date.days_until(today));
    if late > LATE_DAYS {
        notes.push(Note { state: State::Exception, text: recorded_late(late, lang) });
    }
    if exceptions(tried.body).next().is_some() {
        let text = lang.t(
            "按例外入账：会在项目页、县页和例外清单上公开标明",
            "An exception: it is shown on the pages of project and county, and in their list",
        );
        notes.push(Note { state: State::Exception, text: text.to_owned() });
    }
    let (unpublished, letters) = (unpublished(tried, today), date.map(|date| letters(tried, date)));
    notes.extend(
        unpublished
            .into_iter()
            .chain(letters.into_iter().flatten())
            .map(|text| Note { state: State::Wait, text }),
    );
    notes
}

/// How late an entry would be recorded.
pub fn recorded_late(days: i32, lang: Lang) -> String {
    let span = figures::span(days, lang);
    match lang {
        Lang::Zh => format!("业务日期在 {span}前：晚记，会列入晚记清单"),
        Lang::En => format!("The business date was {span} ago: it will be listed as recorded late"),
    }
}

/// What of the project should have been shown in public by now.
fn unpublished(tried: &Tried<'_>, today: Date) -> Vec<String> {
    let Some(project) = tried.body["data"]["project"].as_str() else { return Vec::new() };
    let lang = tried.visit.lang;
    let views = tried.visit.live().views();
    let Some(row) = views.projects.rows.get(project) else { return Vec::new() };
    let dues = views.disclosures.due(today, Some(row.jurisdiction));
    let missing = dues
        .iter()
        .filter(|due| due.standing == Shown::Missing && due.project.as_deref() == Some(project));
    let said = missing.map(|due| {
        let what = lang.label(due.kind.label());
        let late = figures::span(due.days_late, lang);
        match lang {
            Lang::Zh => format!("{what}逾期 {late}未公示，请另行公示"),
            Lang::En => format!("{what}: notice {late} overdue; publish it apart"),
        }
    });
    said.collect()
}

/// The givers who are to be told, where money of theirs is spent in a project for the first time.
fn letters(tried: &Tried<'_>, on: Date) -> Vec<String> {
    let lang = tried.visit.lang;
    let views = tried.visit.live().views();
    let mut lots = BTreeSet::new();
    for one in tried.moved {
        let Some(spot) = Spot::parse(&one.to).filter(|spot| spot.kind == PlaceKind::Spent) else {
            continue;
        };
        let work = spot.project.and_then(|project| views.works.rows.get(project));
        let spent = work.and_then(|work| work.lots.get(one.lot.as_str())).map(|lot| lot.spent_fen);
        if views.gifts.rows.contains_key(&one.lot) && spent.unwrap_or_default() == 0 {
            lots.insert(one.lot.as_str());
        }
    }
    let Some(here) = tried.body["jurisdiction"].as_str().and_then(crate::base::Code::parse) else {
        return Vec::new();
    };
    let [_, days, ..] = views.dues.terms(here, on);
    let Some(until) = on.plus_days(days) else { return Vec::new() };
    let said = lots.into_iter().map(|lot| match lang {
        Lang::Zh => format!("用了捐赠 {lot} 的钱：{until} 前要告诉捐赠人"),
        Lang::En => format!("Money of gift {lot} is used: its donor is to be told by {until}"),
    });
    said.collect()
}
