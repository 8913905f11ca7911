//! The switch of fiscal years on home and county pages.

use super::lang::Lang;
use super::visit::{Fields, Visit};
use crate::service::Problem;

/// A link of a switch.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where to.
    pub href: String,
    /// What it is called.
    pub text: String,
    /// Is it what the page shows?
    pub here: bool,
}

/// The fiscal year that is asked for; none for all of them.
///
/// # Errors
/// No lot is of that year.
pub fn asked(query: &Fields, years: &[u16]) -> Result<Option<u16>, Problem> {
    let Some(text) = query.get("year") else { return Ok(None) };
    let year = text.parse().ok().filter(|year| years.contains(year));
    year.map(Some).ok_or(Problem::NotFound("year"))
}

/// The switch: all years, then each, the newest first.
pub fn switch(visit: &Visit, years: &[u16], asked: Option<u16>) -> Vec<Choice> {
    let path = visit.target.split('?').next().unwrap_or("/");
    let all = visit.lang.t("全部年度", "All years");
    let mut choices =
        vec![Choice { href: path.to_owned(), text: all.to_owned(), here: asked.is_none() }];
    choices.extend(years.iter().map(|year| Choice {
        href: format!("{path}?year={year}"),
        text: year.to_string(),
        here: asked == Some(*year),
    }));
    choices
}

/// The year in words, for captions.
pub fn words(year: Option<u16>, lang: Lang) -> String {
    match (year, lang) {
        (None, Lang::Zh) => "全部年度".to_owned(),
        (None, Lang::En) => "all years".to_owned(),
        (Some(year), Lang::Zh) => format!("{year} 年度"),
        (Some(year), Lang::En) => format!("fiscal year {year}"),
    }
}
