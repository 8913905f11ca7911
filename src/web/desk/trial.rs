//! What a trial by the real rules showed: where the money would stand, or why not.

use super::words;
use crate::access::posting::Type;
use crate::base::Date;
use crate::ledger::telling::Told;
use crate::projections::path::Spot;
use crate::service::{Problem, door};
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::visit::Visit;
use serde_json::Value;
use std::collections::BTreeMap;

/// After how many days an entry stands in the list of late ones.
const LATE_DAYS: i32 = 30;

/// What a trial showed.
pub enum Trial {
    /// None was made.
    Nothing,
    /// Fields are blank, or are no figures.
    Missing {
        /// Each with the id of its element and its name.
        labels: Vec<(String, String)>,
        /// Is anything wrong, beside blank?
        is_wrong: bool,
    },
    /// It can be recorded.
    Accepted {
        /// Behind which record it was tried.
        behind: String,
        /// Where money would stand: place, now, after.
        moved: Vec<[String; 3]>,
        /// What one should know.
        warnings: Vec<String>,
        /// The rules of this type that were asked.
        asked: Vec<String>,
    },
    /// It is recorded already.
    Duplicate {
        /// The record's number.
        seq: u64,
    },
    /// The rules refuse it.
    Refused {
        /// The rule in words.
        title: String,
        /// Names and values.
        facts: Vec<(String, String)>,
        /// What one can do.
        ways: Vec<String>,
        /// The code.
        code: &'static str,
        /// The rules' own sentence.
        message: String,
    },
}

impl Trial {
    /// May it be recorded as it stands?
    pub fn is_recordable(&self) -> bool {
        matches!(self, Trial::Accepted { .. } | Trial::Nothing)
    }

    /// The line above the button, on a phone.
    pub fn line(&self, lang: Lang) -> String {
        match self {
            Trial::Nothing => String::new(),
            Trial::Missing { labels, .. } => match lang {
                Lang::Zh => format!("还差 {} 项", labels.len()),
                Lang::En => format!("{} fields to fill in", labels.len()),
            },
            Trial::Accepted { .. } => {
                lang.t("试算通过，可以入账", "This can be recorded").to_owned()
            }
            Trial::Duplicate { seq } => match lang {
                Lang::Zh => format!("已经是第 {} 条", figures::count(*seq)),
                Lang::En => format!("Already record {}", figures::count(*seq)),
            },
            Trial::Refused { title, .. } => match lang {
                Lang::Zh => format!("不予入账：{title}"),
                Lang::En => format!("Refused: {title}"),
            },
        }
    }
}

/// What an outcome shows of a body.
///
/// # Errors
/// The ledger is not open for posting.
pub fn of(visit: &Visit, kind: Type, body: &Value, told: &Told) -> Result<Trial, Problem> {
    let lang = visit.lang;
    if let Some(code) = told.code {
        return Ok(Trial::Refused {
            title: words::refusal_title(code.code(), lang),
            facts: facts(told, lang),
            ways: ways(told, lang),
            code: code.code(),
            message: told.message.clone().unwrap_or_default(),
        });
    }
    if let ("duplicate", Some(seq)) = (told.status, told.seq) {
        return Ok(Trial::Duplicate { seq });
    }
    let moved = told.movements.as_ref().map(|raw| moved(visit, raw.get()));
    let rules = kind.spec().refuses.iter();
    Ok(Trial::Accepted {
        behind: told.seq.and_then(|seq| seq.checked_sub(1)).map(figures::count).unwrap_or_default(),
        moved: moved.transpose()?.unwrap_or_default(),
        warnings: warnings(body, lang),
        asked: rules.map(|code| words::refusal_title(code.code(), lang)).collect(),
    })
}

/// Where money would stand: each place of each lot, now and after.
fn moved(visit: &Visit, raw: &str) -> Result<Vec<[String; 3]>, Problem> {
    let ledger = visit.live().ledger().ok_or(Problem::ReadOnly)?;
    let movements: Vec<Value> = serde_json::from_str(raw).unwrap_or_default();
    let mut changes: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for movement in &movements {
        let text = |name: &str| movement[name].as_str().unwrap_or_default();
        let fen = i128::from(movement["amount_fen"].as_i64().unwrap_or_default());
        for (path, fen) in [(text("from"), -fen), (text("to"), fen)] {
            if path != "outside" {
                *changes.entry((text("lot"), path)).or_default() += fen;
            }
        }
    }
    let spots: Vec<(&str, &str)> = changes.keys().copied().collect();
    let now = ledger.standing(&spots);
    let rows = changes.iter().zip(now).map(|(((lot, path), change), now)| {
        let now = i128::from(now.get());
        [
            format!("{lot} · {}", place(path, visit.lang)),
            figures::yuan(now),
            figures::yuan(now + change),
        ]
    });
    Ok(rows.collect())
}

/// A place in words.
pub fn place(path: &str, lang: Lang) -> String {
    let Some(spot) = Spot::parse(path) else { return path.to_owned() };
    let mut said = lang.label(spot.kind.label()).to_owned();
    for part in [spot.project, spot.party].into_iter().flatten() {
        said += &format!(" {part}");
    }
    if let (None, Some(code)) = (spot.project, spot.code) {
        said += &format!(" {code}");
    }
    if let Some(plan) = spot.plan {
        said += &match lang {
            Lang::Zh => format!("（整合方案 {plan}）"),
            Lang::En => format!(" (plan {plan})"),
        };
    }
    said
}

fn facts(told: &Told, lang: Lang) -> Vec<(String, String)> {
    let Some(details) = &told.details else { return Vec::new() };
    let mut facts = Vec::new();
    let mut fact = |zh: &str, en: &str, value: String| {
        facts.push((lang.t(zh, en).to_owned(), value));
    };
    let yuan = |fen: i128| format!("{} {}", figures::yuan(fen), lang.t("元", "yuan"));
    if let (Some(asked), Some(left)) = (details.asked_fen, details.left_fen) {
        let (asked, left) = (i128::from(asked.get()), i128::from(left.get()));
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
    if let Some(about) = &details.about {
        fact("关于", "About", about.clone());
    }
    facts
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

/// Up to three ways out.
fn ways(told: &Told, lang: Lang) -> Vec<String> {
    let mut ways = Vec::new();
    let left = told.details.as_ref().and_then(|details| details.left_fen);
    if let Some(left) = left.filter(|left| !left.is_zero()) {
        let left = figures::yuan(left.get());
        ways.push(match lang {
            Lang::Zh => format!("把金额改成不超过 {left} 元。"),
            Lang::En => format!("Ask for at most {left} yuan."),
        });
    }
    ways.extend(told.code.iter().flat_map(|code| words::ways_out(*code, lang)));
    ways.truncate(3);
    ways
}

fn warnings(body: &Value, lang: Lang) -> Vec<String> {
    let date = body["business_date"].as_str().and_then(Date::parse);
    let late = date.map_or(0, |date| date.days_until(door::now().hebei_date()));
    let late = (late > LATE_DAYS).then(|| match lang {
        Lang::Zh => format!("业务日期在 {late} 天前：晚记，会列入晚记清单"),
        Lang::En => format!(
            "The business date was {late} days ago: it will stand in the list of late entries"
        ),
    });
    late.into_iter().collect()
}
