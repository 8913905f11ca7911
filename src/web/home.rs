//! Home: the province at a glance, for citizens and journalists (pages design, 5.1).

use super::figures::{self, Wan};
use super::frame::{Frame, Here};
use super::reply::Reply;
use super::visit::Visit;
use crate::projections::balances::{Asked, Level, Row};
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "home.html", config = "src/web/askama.toml")]
struct Home {
    frame: Frame,
    counties: Vec<Row>,
    wan: Wan,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let title = lang.t("全省扶贫资金一览", "The province’s poverty-alleviation money");
    let frame = Frame::new(visit, Here::Home, title);
    let asked = Asked { level: Some(Level::County), ..Asked::default() };
    let counties: Vec<Row> = visit.live().views().balances.answer(&asked).rows;
    let counties: Vec<Row> = counties.into_iter().filter(|row| row.class == "fiscal").collect();
    let wan = Wan::fitting(counties.iter().map(|row| row.spent_fen));
    Reply::page(&Home { frame, counties, wan })
}
