//! The desk, where bureaus and custodians post: what one may post, forms, sheets, letters (pages
//! design, 5.7 to 5.9).
//!
//! Nothing here decides whether an event is right: a form becomes a body, and the rules answer.

pub mod feedback;
mod field;
mod form;
mod impact;
mod letter;
mod looked;
mod order;
pub mod post;
mod reading;
mod refused;
pub mod sheet;
pub mod sheet_page;
pub mod sheets;
pub mod staff;
mod trial;
pub mod words;

use super::frame::{Frame, Here};
use super::marks::{Chip, State};
use super::reply::Reply;
use super::visit::Visit;
use crate::access::posting::{self, Family, Type};
use crate::access::{Extent, What, extent};
use crate::service::{Problem, door};
use askama::Template;

/// A family of events with those that the reader may post.
struct Group {
    name: &'static str,
    types: Vec<Offer>,
}

/// An event that the reader may post.
struct Offer {
    code: &'static str,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "desk/overview.html", config = "src/web/askama.toml")]
struct Overview {
    frame: Frame,
    first: Vec<Offer>,
    groups: Vec<Group>,
    imports: bool,
    late: Option<Chip>,
    form_token: String,
    /// Who sits at the desk.
    maker: String,
    is_maker_wrong: bool,
}

/// The types that are posted most, which stand first.
const FIRST: &[Type] = &[
    Type::AllocationMade,
    Type::FundsCommitted,
    Type::DisbursementMade,
    Type::ReimbursementAccepted,
    Type::DonationReceived,
];

/// The overview.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    overview(visit, None)
}

/// The overview; `wrong` is what was typed as a maker and is none.
fn overview(visit: &Visit, wrong: Option<&str>) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    let offered = posting::offered(&visit.viewer);
    let offer =
        |kind: &Type| Offer { code: kind.spec().name, label: lang.label(kind.spec().label) };
    let group = |family: &Family| {
        let types = offered.iter().filter(|kind| kind.spec().family == *family);
        Group { name: lang.label(family.label()), types: types.map(offer).collect() }
    };
    let groups = Family::ALL.iter().map(group).filter(|group| !group.types.is_empty());
    let imports = offered.iter().any(|kind| FIRST.contains(kind));
    let frame = Frame::new(visit, Here::Desk("/desk"), lang.t("记账台", "Desk"));
    let page = Overview {
        first: FIRST.iter().filter(|kind| offered.contains(kind)).map(offer).collect(),
        groups: groups.collect(),
        imports,
        late: late(visit),
        form_token: frame.desk.as_ref().map(|desk| desk.form_token.clone()).unwrap_or_default(),
        maker: wrong.map_or_else(|| staff::maker(visit, one), str::to_owned),
        is_maker_wrong: wrong.is_some(),
        frame,
    };
    Reply::page(&page)
}

/// How many letters the reader's organization owes whose day is past.
fn late(visit: &Visit) -> Option<Chip> {
    let one = visit.viewer.principal()?;
    if extent(&visit.viewer, What::FeedbackDue) == Extent::Nothing {
        return None;
    }
    let on = door::now().hebei_date();
    let views = visit.live().views();
    let late = views.dues.owed_by(&one.org).take_while(|owed| owed.is_late(on)).count();
    drop(views);
    (late > 0).then(|| {
        State::Overdue.chip(match visit.lang.is_zh() {
            true => format!("{late} 件反馈已逾期"),
            false if late == 1 => "1 letter overdue".to_owned(),
            false => format!("{late} letters overdue"),
        })
    })
}
