//! A form that could not be taken: what was typed stands in the page, to be sent once more.
//!
//! After a session's end one signs in on that page and goes on, and the form comes back to be seen
//! before it is recorded; when the service is busy one presses again, and the event's id in the
//! form keeps it from being recorded twice. Nothing typed is kept by the server.

use super::frame::{Frame, Here};
use super::lang::Lang;
use super::marks::State;
use super::pages::{Keeps, Page};
use super::reply::Reply;
use super::trouble;
use super::visit::{Fields, Visit};
use crate::access::sessions;
use crate::service::Problem;
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

/// What a kept field's name begins with while one signs in.
const KEPT: &str = "kept.";

/// Forms whose content can be seen once more, and what asks them to show it and do nothing else.
const SHOWN_BY: &[(&str, &str)] = &[
    ("/desk/post/", "try"),
    ("/desk/feedback", "redraw"),
    ("/audit/raise", "show"),
    ("/desk/maker", "show"),
];

#[derive(Template)]
#[template(path = "again.html", config = "src/web/askama.toml")]
struct Again {
    frame: Frame,
    state: State,
    what: String,
    next: String,
    /// Where the form goes.
    action: String,
    /// Is it the form that signs in?
    signs_in: bool,
    /// Where one goes after it.
    to: String,
    is_wrong: bool,
    fields: Vec<(String, String)>,
    /// What the button says.
    button: &'static str,
    request_id: String,
}

/// Is it a form whose fields can be kept?
pub fn is_form(page: &Page, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_plain = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    page.method == "POST" && page.signed_in && page.keeps == Keeps::Nothing && is_plain
}

/// The page that keeps a form which could not be taken; none where nothing is to be kept.
pub fn page(visit: &Visit, page: &Page, problem: &Problem) -> Option<Reply> {
    if !is_form(page, &visit.headers) {
        return None;
    }
    let fields = Fields::of_form(&visit.body).ok().filter(|given| !given.pairs().is_empty())?;
    let path = visit.target.split('?').next().unwrap_or_default();
    let reply = match problem {
        Problem::TokenNeeded => {
            let shown_by = shown_by(path)?;
            sign_in(visit, path, &resumed(fields.pairs(), shown_by), false)
        }
        // The form is of an earlier session; its page was ours, which the browser vouched for.
        Problem::NotOurs => {
            let shown_by = shown_by(path)?;
            let secret = visit.session.as_deref()?;
            resume(visit, path, resumed(fields.pairs(), shown_by), secret)
        }
        Problem::TooMany { .. }
        | Problem::Busy(_)
        | Problem::Unavailable(_)
        | Problem::Stopped(_)
        | Problem::Rebuilding => busy(visit, path, &fields, problem),
        _ => return None,
    };
    let mut reply = reply.ok()?.with_status(problem.status());
    if let Some(seconds) = problem.retry_after() {
        reply.header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Some(reply)
}

/// What asks the form of a path to show itself.
fn shown_by(path: &str) -> Option<&'static str> {
    SHOWN_BY.iter().find(|(form, _)| path.starts_with(form)).map(|(_, act)| *act)
}

/// The fields that go on: all but the session's own token, with an act that only shows.
fn resumed(pairs: &[(String, String)], shown_by: &str) -> Vec<(String, String)> {
    let own = |name: &str| matches!(name, "form_token" | "act" | "live");
    let mut fields: Vec<_> = pairs.iter().filter(|(name, _)| !own(name)).cloned().collect();
    fields.push(("act".to_owned(), shown_by.to_owned()));
    fields
}

/// The session is over: sign in here.
fn sign_in(
    visit: &Visit,
    to: &str,
    fields: &[(String, String)],
    is_wrong: bool,
) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let kept = |(name, value): &(String, String)| (format!("{KEPT}{name}"), value.clone());
    Reply::page(&Again {
        frame: Frame::new(visit, Here::Nowhere, lang.t("登录已经结束", "Your session has ended")),
        state: State::Wait,
        what: lang
            .t(
                "没有记任何账。您填的都还在。",
                "Nothing was recorded. All that you typed is still here.",
            )
            .to_owned(),
        next: lang
            .t(
                "请再登录一次，然后接着填。请不要关掉这一页。",
                "Sign in once more and go on. Do not close this page.",
            )
            .to_owned(),
        action: "/sign-in".to_owned(),
        signs_in: true,
        to: to.to_owned(),
        is_wrong,
        fields: fields.iter().map(kept).collect(),
        button: lang.t("登录，接着填", "Sign in and go on"),
        request_id: String::new(),
    })
}

/// Signed in: back to the form, with what was typed.
fn resume(
    visit: &Visit,
    to: &str,
    mut fields: Vec<(String, String)>,
    secret: &str,
) -> Result<Reply, Problem> {
    let lang = visit.lang;
    fields.push(("form_token".to_owned(), sessions::form_token(secret)));
    Reply::page(&Again {
        frame: Frame::new(visit, Here::Nowhere, lang.t("接着填", "Go on with your form")),
        state: State::Done,
        what: lang
            .t("已经登录。您填的都还在。", "You are signed in. All that you typed is still here.")
            .to_owned(),
        next: lang
            .t(
                "回到单子，看一遍再入账。",
                "Go back to the form and look it over before you record.",
            )
            .to_owned(),
        action: to.to_owned(),
        signs_in: false,
        to: String::new(),
        is_wrong: false,
        fields,
        button: lang.t("回到单子", "Back to the form"),
        request_id: String::new(),
    })
}

/// Nothing was recorded for now: the same form once more, which carries its event's id.
fn busy(visit: &Visit, path: &str, fields: &Fields, problem: &Problem) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let [title, what, next] = trouble::words(problem, lang);
    let seconds = problem.retry_after().unwrap_or(1);
    let id = visit.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    Reply::page(&Again {
        frame: Frame::new(visit, Here::Nowhere, title),
        state: State::Wait,
        what: match lang {
            Lang::Zh => format!("单子还在，请过 {seconds} 秒再按，不会重复。"),
            Lang::En => {
                format!("Your form is here; press again in {seconds} s, it is not doubled.")
            }
        },
        next: if matches!(problem, Problem::TooMany { .. }) { what } else { next },
        action: path.to_owned(),
        signs_in: false,
        to: String::new(),
        is_wrong: false,
        fields: fields.pairs().to_vec(),
        button: lang.t("再按一次", "Press again"),
        request_id: id.unwrap_or_default().to_owned(),
    })
}

/// The kept fields of a form that signs in; none where it keeps none.
pub fn kept(form: &Fields) -> Option<Vec<(String, String)>> {
    let kept = form
        .pairs()
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone())));
    Some(kept.collect::<Vec<_>>()).filter(|kept| !kept.is_empty())
}

/// The token was wrong: the same page once more.
pub fn wrong(visit: &Visit, to: &str, kept: &[(String, String)]) -> Result<Reply, Problem> {
    Ok(sign_in(visit, to, kept, true)?.with_status(StatusCode::UNAUTHORIZED))
}

/// The token was right: the way back to the form, where its path is one that shows itself.
pub fn back(
    visit: &Visit,
    to: &str,
    kept: &[(String, String)],
    secret: &str,
) -> Option<Result<Reply, Problem>> {
    let act = shown_by(to)?;
    Some(resume(visit, to, resumed(kept, act), secret))
}
