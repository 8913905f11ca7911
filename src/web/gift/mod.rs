//! The donor's page: where the gift went, whether that is true, and what its donor was told (pages
//! design, 5.4).
//!
//! A code comes by the body of a form alone and is kept nowhere: what stays is a cookie for half an
//! hour, tied to the code's digest. No address and no log line ever holds a code.

mod account;
mod answer;
mod duties;
mod evidence;
mod sentence;
mod statement;
mod steps;

pub use answer::{acknowledge, dispute};
pub use evidence::{bundle_of, download, proof};
pub use statement::statement;

use super::frame::{Frame, Here};
use super::marks::State;
use super::own_form::with_token;
use super::reply::Reply;
use super::visit::{Fields, GIFT_COOKIE, Visit, holder};
use crate::access::{Viewer, What, gift_sessions::OPEN_SECONDS, sessions};
use crate::base::lookup;
use crate::service::{Problem, door};
use account::Account;
use askama::Template;
use axum::http::{HeaderName, HeaderValue};
use duties::Told;
use std::sync::Arc;

/// A gift that is open.
struct Open {
    lot: Arc<str>,
    viewer: Viewer,
    form_token: String,
}

/// The gift that the visit's cookie keeps open.
fn open(visit: &Visit) -> Option<Open> {
    let secret = visit.cookie(GIFT_COOKIE)?;
    let viewer = holder(visit.service(), secret)?;
    let Viewer::Gift(lot) = &viewer else { return None };
    Some(Open { lot: lot.clone(), form_token: sessions::form_token(secret), viewer })
}

/// The gift that is open, for what needs one; its reading stands in the access log first.
fn opened(visit: &Visit, about: &str) -> Result<Open, Problem> {
    let open = open(visit).ok_or(Problem::NotFound("gift"))?;
    note(visit, &open, about)?;
    Ok(open)
}

fn note(visit: &Visit, open: &Open, about: &str) -> Result<(), Problem> {
    let id = visit.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    visit.service().note(&open.viewer, What::Donations, about, id.unwrap_or_default())
}

/// What every answer about a gift goes out with.
fn unkept(mut reply: Reply) -> Reply {
    let policy = HeaderName::from_static("referrer-policy");
    reply.header(policy, HeaderValue::from_static("no-referrer"));
    reply
}

#[derive(Template)]
#[template(path = "gift_entry.html", config = "src/web/askama.toml")]
struct Entry {
    frame: Frame,
    form_token: String,
    wrong: bool,
}

fn entry(visit: &Visit, wrong: bool) -> Result<Reply, Problem> {
    let title = visit.lang.t("查我的捐赠", "Look up my gift");
    let frame = Frame::new(visit, Here::Gift, title);
    let page = |form_token| Reply::page(&Entry { frame, form_token, wrong });
    with_token(visit, page).map(unkept)
}

#[derive(Template)]
#[template(path = "gift.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    account: Account,
    told: Told,
    form_token: String,
}

impl Page {
    fn mark(&self, state: &str) -> super::marks::Mark {
        match state {
            "witnessed" => State::Witnessed.mark(),
            "included" => State::Included.mark(),
            "refuted" => State::Refuted.mark(),
            "done" => State::Done.mark(),
            "unchecked" => State::Unchecked.mark(),
            _ => State::Wait.mark(),
        }
    }
}

/// The page: the gift that is open, else the field for a code.
///
/// # Errors
/// The records cannot be read.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let Some(open) = open(visit) else { return entry(visit, false) };
    note(visit, &open, "gift")?;
    let account = Account::of(visit, &open.viewer, &open.lot)?;
    let told = duties::told(visit, &open.viewer, &account);
    let title = visit.lang.t("您的捐款去了哪里", "Where your gift went");
    let frame = Frame::new(visit, Here::Gift, title);
    let form_token = open.form_token;
    Reply::page(&Page { frame, account, told, form_token }).map(unkept)
}

/// Trades a code for a cookie. A wrong code and one of no gift get the same answer.
///
/// # Errors
/// Too many codes came from there, or the line is open.
pub fn enter(visit: &Visit) -> Result<Reply, Problem> {
    let fields = Fields::of_form(&visit.body)?;
    if !visit.origin.private {
        return Err(Problem::Insecure);
    }
    visit.service().limits.check_lookup(visit.origin.address)?;
    let typed = fields.get("code").unwrap_or_default();
    let digest = lookup::typed_code(typed);
    let found =
        digest.filter(|digest| visit.live().views().beside.viewer_by_digest(digest).is_some());
    let Some(digest) = found else { return entry(visit, true) };
    let opened = visit.service().gifts.open(digest, door::now());
    let secret = opened.map_err(|error| Problem::Failed(error.to_string()))?;
    let mut reply = Reply::see("/gift");
    reply.private_cookie(GIFT_COOKIE, &secret, OPEN_SECONDS);
    Ok(unkept(reply))
}

/// Closes the gift.
///
/// # Errors
/// None.
pub fn close(visit: &Visit) -> Result<Reply, Problem> {
    if let Some(secret) = visit.cookie(GIFT_COOKIE) {
        visit.service().gifts.end(secret);
    }
    let mut reply = Reply::see("/gift");
    reply.private_cookie(GIFT_COOKIE, "", 0);
    Ok(unkept(reply))
}
