//! The five lists: exceptions, reversals, returns, late entries, what was reopened.

use super::table::{self, Links, Row};
use super::{Tab, check, frame, list_name, tabs};
use crate::base::Date;
use crate::projections::cards::Found;
use crate::projections::entries::Asked;
use crate::projections::lists::Noted;
use crate::service::search::{Order, part_of};
use crate::service::{Problem, projects};
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::marks::State;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;

#[derive(Template)]
#[template(path = "audit_list.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    lists: Vec<(&'static str, &'static str, String, bool)>,
    rows: Vec<Row>,
    count: String,
    links: Links,
    county: String,
    from: String,
    to: String,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let list = visit.path.get("list").and_then(Asked::parse).ok_or(Problem::NotFound("list"))?;
    let text = |name| visit.query.get(name).unwrap_or_default().to_owned();
    let county = super::search::jurisdiction(visit, &text("county"))?;
    let (first, last) = (day(visit, "from")?, day(visit, "to")?);
    let (found, lists) = {
        let views = visit.live().views();
        let ground = &views.disclosures.ground;
        let wanted =
            |one: &&Noted| is_wanted(one, first, last) && ground.is_within(one.here, county);
        let found: Vec<Found> = views.lists.of(list).iter().filter(wanted).map(as_found).collect();
        let tab = |asked: &Asked| {
            let count = figures::count(views.lists.of(*asked).len() as i128);
            (asked.code(), list_name(lang, *asked), count, *asked == list)
        };
        (found, Asked::ALL.iter().map(tab).collect())
    };
    let asked = table::Asked::of(visit);
    let order = if asked.is_largest { Order::Largest } else { Order::Oldest };
    let count = found.len();
    let shown = part_of(found, order, asked.from..asked.from + asked.rows);
    let told = projects::excerpts(visit.live(), shown.iter().map(|one| one.seq))?;
    let rows = table::rows(visit, &told);
    if let Some(file) = table::file(visit, list.code(), &rows)? {
        return Ok(file);
    }
    Reply::page(&Page {
        frame: frame(visit, list_name(lang, list)),
        tabs: tabs(visit, ""),
        lists,
        rows,
        count: figures::count(count as i128),
        links: asked.links(visit, count),
        county: text("county"),
        from: text("from"),
        to: text("to"),
    })
}

fn as_found(one: &Noted) -> Found {
    Found { seq: one.seq, on: one.on, amount_fen: one.amount_fen }
}

fn is_wanted(one: &Noted, first: Option<Date>, last: Option<Date>) -> bool {
    first.is_none_or(|first| first <= one.on) && last.is_none_or(|last| one.on <= last)
}

/// A day of the query.
///
/// # Errors
/// It is none.
pub fn day(visit: &Visit, name: &str) -> Result<Option<Date>, Problem> {
    let wrong = || Problem::Parameter { name: name.to_owned(), reason: "is no day".to_owned() };
    visit.query.get(name).map(|text| Date::parse(text).ok_or_else(wrong)).transpose()
}
