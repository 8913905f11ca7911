//! `/counties/{code}`: what came to a county, what waits there and how long, which projects it
//! pays for (pages design, 5.2).

mod giving;
mod lists;
mod money;
mod plans;
mod waiting;

use super::frame::{Frame, Here};
use super::home;
use super::picture::{self, Picture};
use super::reply::Reply;
use super::visit::Visit;
use super::years::{self, Choice};
use super::{figures, lang::Lang};
use crate::access::{Register, What};
use crate::base::Code;
use crate::interchange::export::write_csv;
use crate::ledger::live::Views;
use crate::projections::{Level, PovertyStatus};
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "county.html", config = "src/web/askama.toml")]
struct County {
    frame: Frame,
    code: Code,
    /// The name in Latin letters, on pages in English.
    spelled: String,
    status: String,
    years: Vec<Choice>,
    year: Option<u16>,
    words: String,
    headings: [&'static str; 9],
    fiscal: money::Fiscal,
    social: Option<money::Gifts>,
    waiting: waiting::Waiting,
    picture: Picture,
    giving: Option<Picture>,
    projects: lists::Projects,
    plans: Vec<plans::Plan>,
    notices: Vec<lists::Notice>,
    latest: Vec<lists::Entry>,
}

/// The headings of the table by fund and year, behind the fund's.
fn headings(lang: Lang) -> [&'static str; 9] {
    [
        lang.t("到县", "In county"),
        lang.t("待安排", "Available"),
        lang.t("已整合", "Consolidated"),
        lang.t("已安排未支付", "Committed, unpaid"),
        lang.t("预拨", "Advanced"),
        lang.t("已支出", "Spent"),
        lang.t("结余", "Surplus"),
        lang.t("应追回", "To reclaim"),
        lang.t("支出进度", "Spent, %"),
    ]
}

/// The page. A city's address leads to its counties, the province's home.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let code = match asked(visit)? {
        (code, Level::County) => code,
        (code, Level::City) => return Ok(Reply::see(&format!("/?city={code}#flows"))),
        (_, Level::Province) => return Ok(Reply::see("/")),
    };
    let lang = visit.lang;
    let latest = lists::latest(visit, code)?;
    let name = visit.live().views().flows.ground.name(code).to_owned();
    let frame = Frame::new(visit, Here::Counties, name);
    let views = visit.live().views();
    let known = views.balances.years();
    let year = years::asked(&visit.query, &known)?;
    let city = views.flows.ground.at_level(code, Level::City);
    let crumbs = home::crumbs(&views, (city != code).then_some(city), lang);
    let with_lots = views.beside.reaches(&visit.viewer, What::Lots, code);
    let reader = (visit.service(), &visit.viewer);
    let spelled = views.names.spelled.get(&code).map_or("", String::as_str);
    let page = County {
        frame: frame.below(crumbs),
        code,
        spelled: lang.t("", spelled).to_owned(),
        status: status(&views, code, lang),
        years: years::switch(visit, &known, year),
        year,
        words: years::words(year, lang),
        headings: headings(lang),
        fiscal: money::fiscal(&views, code, year, lang),
        social: money::gifts(&views, reader, (code, year), lang),
        waiting: waiting::of(&views, code, (year, with_lots), lang),
        picture: Picture::of(&views, (Some(code), year), picture::COUNTY, lang),
        giving: giving::picture(&views, reader, (code, year), &money::of_social(code, year), lang),
        projects: lists::projects(&views, code, lang),
        plans: plans::plans(&views, code, year, lang),
        notices: lists::notices(&views, code, lang),
        latest,
    };
    drop(views);
    if with_lots {
        // Single lots are not for everybody: the page goes out only behind its line in the log.
        let id = visit.headers.get("x-request-id").and_then(|id| id.to_str().ok());
        let about = visit.target.trim_start_matches('/');
        visit.service().note(&visit.viewer, What::Lots, about, id.unwrap_or_default())?;
    }
    Reply::page(&page)
}

/// `/counties/{code}/funds.csv`: the tables by fund and year, in yuan.
pub fn csv(visit: &Visit) -> Result<Reply, Problem> {
    let (code, _) = asked(visit)?;
    let listing = {
        let views = visit.live().views();
        let year = years::asked(&visit.query, &views.balances.years())?;
        money::listing(&views, (visit.service(), &visit.viewer), (code, year), visit.lang)
    };
    let mut bytes = Vec::new();
    write_csv(&listing, &mut bytes).map_err(|error| Problem::Failed(error.to_string()))?;
    Ok(Reply::file("text/csv; charset=utf-8", &format!("{code}-funds.csv"), bytes))
}

/// The jurisdiction of the path, and its level.
fn asked(visit: &Visit) -> Result<(Code, Level), Problem> {
    let absent = Problem::NotFound("jurisdiction");
    let code = visit.path.get("code").and_then(Code::parse);
    let views = visit.live().views();
    let known = code.and_then(|code| Some((code, views.flows.ground.level(code)?)));
    known.ok_or(absent)
}

/// What kind of county it is on the day of the figures: `国家级贫困县`, `已于 2018年9月29日 退出`.
fn status(views: &Views<Register>, code: Code, lang: Lang) -> String {
    let statuses = views.flows.ground.jurisdictions.get(&code).map(|place| &place.statuses);
    let on = views.dues.last_day();
    let mut past = statuses.into_iter().flatten().enumerate();
    // What it was registered as counts from the beginning, whatever day that was told on.
    let now =
        past.by_ref().filter(|(at, (since, _))| *at == 0 || on.is_some_and(|on| *since <= on));
    match now.max_by_key(|(at, (since, _))| (*since, *at)) {
        Some((_, (since, PovertyStatus::Exited))) => {
            let day = figures::day(*since, lang);
            match lang {
                Lang::Zh => format!("已于 {day}退出贫困县"),
                Lang::En => format!("left the poor list on {day}"),
            }
        }
        Some((_, (_, status))) => lang.label(status.label()).to_owned(),
        None => String::new(),
    }
}
