//! The access log as those read it who watch over reading: who was shown what, the newest first
//! (design section 8).

use super::{Tab, frame, tabs};
use crate::service::Problem;
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;

/// A read.
struct Row {
    when: String,
    who: String,
    what: &'static str,
    about: String,
    position: String,
    request: String,
}

#[derive(Template)]
#[template(path = "audit_log.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    is_newest: bool,
    older: Option<u64>,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let wrong = || Problem::Parameter {
        name: "before".to_owned(),
        reason: "is a position in the log".to_owned(),
    };
    let before = visit.query.get("before").map(|text| text.parse().map_err(|_| wrong()));
    let before: Option<u64> = before.transpose()?;
    let newest = visit.service().log.newest(&visit.viewer, before).map_err(|error| {
        tracing::error!(%error, "the access log");
        Problem::Unavailable("the access log")
    })?;
    let newest = newest.ok_or(Problem::NotOpen)?;
    let rows = newest.lines.into_iter().map(|line| Row {
        when: figures::clock(line.when),
        who: line.who,
        what: lang.label(line.what.label()),
        about: line.about,
        position: figures::count(line.position),
        request: line.request_id,
    });
    Reply::page(&Page {
        frame: frame(visit, lang.t("查阅日志", "Access log")),
        tabs: tabs(visit, "/audit/log"),
        rows: rows.collect(),
        is_newest: before.is_none(),
        older: newest.older,
    })
}
