//! What a trial by the real rules showed: where the money would stand, or why not.

use super::impact::{self, Impact};
use super::looked::{self, Note, Tried};
use super::refused::{self, Way};
use crate::access::posting::Type;
use crate::ledger::telling::Told;
use crate::projections::path::Spot;
use crate::service::Problem;
use crate::service::bounds::FOLLOW_MAX;
use crate::service::effect::{self, Effect};
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::visit::Visit;
use serde_json::Value;
use std::collections::BTreeSet;

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
        /// What would change in project and jurisdiction, a table a class.
        impacts: Vec<Impact>,
        /// What one should know.
        warnings: Vec<Note>,
        /// What was looked at.
        looked: Vec<Note>,
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
        ways: Vec<Way>,
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
            title: refused::title(visit, code, body),
            facts: refused::facts(visit, told, body),
            ways: refused::ways(visit, told, body),
            code: code.code(),
            message: told.message.clone().unwrap_or_default(),
        });
    }
    if let ("duplicate", Some(seq)) = (told.status, told.seq) {
        return Ok(Trial::Duplicate { seq });
    }
    let behind = told.seq.and_then(|seq| seq.checked_sub(1));
    // The figures of project and county are as new as the trial.
    visit.live().wait_folded(behind.unwrap_or_default(), FOLLOW_MAX);
    let moved = effect::moved([told])?;
    let social: BTreeSet<String> =
        effect::new_social(body, &visit.live().views()).map(str::to_owned).into_iter().collect();
    let effect = Effect::of(visit.service(), &visit.viewer, &moved, &social);
    let tried = Tried { visit, kind, body, moved: &moved };
    Ok(Trial::Accepted {
        behind: behind.map(figures::count).unwrap_or_default(),
        moved: impact::places(visit.live(), &moved, lang)?,
        impacts: impact::of(&effect, &visit.live().views(), lang),
        warnings: looked::warnings(&tried),
        looked: looked::at(&tried),
    })
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
