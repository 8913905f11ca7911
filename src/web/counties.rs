//! `/counties`: all counties with their fiscal money, in any order; found by name, spelling or
//! code; the same as CSV.

use super::frame::{Frame, Here};
use super::ranking::{self, Ranked, Sort, Table};
use super::reply::Reply;
use super::visit::Visit;
use super::years::{self, Choice};
use crate::interchange::export::write_csv;
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "counties.html", config = "src/web/askama.toml")]
struct Counties {
    frame: Frame,
    years: Vec<Choice>,
    words: String,
    asked: String,
    table: Table,
    csv: String,
}

/// The page; one county alone is shown itself.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let asked = visit.query.get("q").unwrap_or_default();
    let (years, year, rows) = {
        let views = visit.live().views();
        let years = views.balances.years();
        let year = years::asked(&visit.query, &years)?;
        (years, year, ranking::counties(&views, year))
    };
    let rows: Vec<Ranked> = rows.into_iter().filter(|row| is_meant(row, asked)).collect();
    if let ([only], false) = (&rows[..], asked.is_empty())
        && let Some(code) = only.code
    {
        return Ok(Reply::see(&format!("/counties/{code}")));
    }
    let sort = Sort::asked(&visit.query);
    let kept = year.map(|year| format!("year={year}&")).unwrap_or_default();
    let title = lang.t("各县支出进度", "Counties: how far each has spent");
    let page = Counties {
        frame: Frame::new(visit, Here::Counties, title),
        years: years::switch(visit, &years, year),
        words: years::words(year, lang),
        asked: asked.to_owned(),
        csv: format!("/counties.csv?{kept}{}", sort.query()),
        table: Table::new(rows, usize::MAX, sort, ("/counties", &kept), lang),
    };
    Reply::page(&page)
}

/// The same rows as a file.
pub fn csv(visit: &Visit) -> Result<Reply, Problem> {
    let mut rows = {
        let views = visit.live().views();
        let year = years::asked(&visit.query, &views.balances.years())?;
        ranking::counties(&views, year)
    };
    Sort::asked(&visit.query).order(&mut rows);
    let mut bytes = Vec::new();
    write_csv(&ranking::listing(&rows), &mut bytes)
        .map_err(|error| Problem::Failed(error.to_string()))?;
    Ok(Reply::file("text/csv; charset=utf-8", "counties.csv", bytes))
}

/// Is a county what a reader typed: a part of its name or its city's, its spelling, its code?
fn is_meant(row: &Ranked, asked: &str) -> bool {
    if asked.is_empty() {
        return true;
    }
    let code = row.code.map(|code| code.to_string()).unwrap_or_default();
    let typed = letters(asked);
    row.name.contains(asked)
        || row.city.contains(asked)
        || code == asked
        || (!typed.is_empty() && letters(&row.spelled).starts_with(&typed))
}

/// The Latin letters of a text, small: blanks, hyphens and apostrophes are left out.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphabetic);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Code;

    #[test]
    fn a_county_is_found_by_name_spelling_and_code() {
        let row = Ranked {
            code: Some(Code(130_723)),
            name: "康保县".to_owned(),
            spelled: "Kangbao Xian".to_owned(),
            city: "张家口市".to_owned(),
            ..Ranked::default()
        };
        for asked in ["康保", "康保县", "kangbao", "Kang bao", "KANGBAOXIAN", "130723", "张家口"]
        {
            assert!(is_meant(&row, asked), "{asked}");
        }
        for asked in ["沽源", "bao", "13072", "-", "'"] {
            assert!(!is_meant(&row, asked), "{asked}");
        }
    }
}
