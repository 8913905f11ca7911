//! Sign-in: a token traded for a session, and the end of one (design section 8; pages design,
//! 5.12).
//!
//! A token comes by the body of a form alone and is kept nowhere. Wrong, revoked and expired get
//! one answer, and none of them says which it was.

use super::again;
use super::frame::{Frame, Here};
use super::marks::State;
use super::own_form::with_token;
use super::reply::Reply;
use super::visit::{Fields, SESSION_COOKIE, Visit};
use crate::access::sessions::{self, SessionError};
use crate::access::{Role, Viewer, posting};
use crate::service::{Problem, door};
use askama::Template;
use axum::http::StatusCode;

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 256;

#[derive(Template)]
#[template(path = "sign_in.html", config = "src/web/askama.toml")]
struct SignIn {
    frame: Frame,
    form_token: String,
    to: String,
    is_wrong: bool,
    /// Was a page asked for that a session opens?
    is_asked: bool,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let to = own_path(visit.query.get("to"));
    shown(visit, to, false)
}

/// Trades the token of the form for a session.
pub fn sign_in(visit: &Visit) -> Result<Reply, Problem> {
    if !visit.origin.private {
        return Err(Problem::Insecure);
    }
    let service = visit.service();
    service.limits.check_lookup(visit.origin.address)?;
    let form = Fields::of_form(&visit.body)?;
    let to = own_path(form.get("to"));
    let token = form.get("token").filter(|token| token.len() <= TOKEN_BYTES_MAX);
    let now = door::now();
    let found = {
        let views = service.live.views();
        token.map(|token| service.tokens.viewer(token, &views.beside, now)).transpose()
    };
    let found = found.map_err(|error| {
        tracing::error!(%error, "no token can be looked up");
        Problem::Unavailable("the tokens")
    })?;
    let kept = again::kept(&form).zip(to.as_deref());
    let Some((id, viewer)) = found.flatten() else {
        if let Some((kept, to)) = &kept {
            return again::wrong(visit, to, kept);
        }
        let reply = shown(visit, to, true)?;
        return Ok(reply.with_status(StatusCode::UNAUTHORIZED));
    };
    // Who signs in anew has left the old session behind.
    if let Some(secret) = &visit.session {
        service.sessions.end(secret);
    }
    let secret = service.sessions.open(&id, now).map_err(|error| match error {
        SessionError::TooMany => Problem::Busy("too many sessions are open"),
        SessionError::NoRandom(reason) => Problem::Failed(reason),
    })?;
    // What was typed before the last session ended goes back to its form.
    let back = kept.as_ref().and_then(|(kept, to)| again::back(visit, to, kept, &secret));
    let mut reply = match back {
        Some(page) => page?,
        None => Reply::see(&to.unwrap_or_else(|| home_of(&viewer).to_owned())),
    };
    let seconds = u32::try_from(sessions::WHOLE_MS / 1000).unwrap_or_default();
    reply.private_cookie(SESSION_COOKIE, &secret, seconds);
    Ok(reply)
}

/// How long the session lasts if nobody uses it, in milliseconds; to ask is to use it.
pub fn session(visit: &Visit) -> Result<Reply, Problem> {
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    let left = visit.service().sessions.left_ms(secret, door::now());
    let left = left.ok_or(Problem::TokenNeeded)?;
    Ok(Reply::bytes("text/plain; charset=utf-8", left.to_string().into_bytes()))
}

/// Ends the session.
pub fn sign_out(visit: &Visit) -> Result<Reply, Problem> {
    // A session that is over already leaves nothing to check and nothing to end.
    if let Some(secret) = visit.session.as_deref() {
        visit.form()?;
        visit.service().sessions.end(secret);
    }
    let mut reply = Reply::see("/");
    reply.private_cookie(SESSION_COOKIE, "", 0);
    Ok(reply)
}

fn shown(visit: &Visit, to: Option<String>, is_wrong: bool) -> Result<Reply, Problem> {
    let frame = Frame::new(visit, Here::Nowhere, visit.lang.t("登录", "Sign in"));
    let is_asked = to.is_some() && visit.session.is_none() && !is_wrong;
    let to = to.unwrap_or_default();
    with_token(visit, |form_token| {
        Reply::page(&SignIn { frame, form_token, to, is_wrong, is_asked })
    })
}

/// Where a role begins its work.
fn home_of(viewer: &Viewer) -> &'static str {
    let role = viewer.principal().map(|one| one.role);
    match role {
        Some(Role::Auditor | Role::Inspector) => "/audit",
        _ if !posting::offered(viewer).is_empty() => "/desk",
        _ => "/",
    }
}

/// The path of a page of ours; nothing else is ever gone to. A browser takes `\` for `/`, and drops
/// tabs and line ends.
fn own_path(to: Option<&str>) -> Option<String> {
    let to = to?;
    let plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let own = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/sign-");
    (own && plain && to.len() <= 1024).then(|| to.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_gone_to() {
        for path in ["/desk", "/desk/post/disbursement_made?x=1", "/"] {
            assert_eq!(own_path(Some(path)).as_deref(), Some(path));
        }
        for path in ["", "desk", "//evil.example", "/\\evil.example", "https://evil.example"] {
            assert_eq!(own_path(Some(path)), None, "{path}");
        }
        for path in ["/\t/evil.example", "/a b", "/账", "/sign-out", "/sign-in?to=/desk"] {
            assert_eq!(own_path(Some(path)), None, "{path}");
        }
    }
}
