//! Is a form one of our own pages'? A browser says so by `Sec-Fetch-Site` or by `Origin`; one that
//! says neither is believed only for a token that no other site can know.
//!
//! Our pages go out with `Referrer-Policy: no-referrer`, so that no address of theirs, nor that one
//! was there at all, ever leaves this site. The price: a browser without `Sec-Fetch-Site` then
//! writes `Origin: null`, as a stranger's sandboxed page may too. Such a form needs the token of a
//! cookie that is `SameSite=Strict` and bound to this host; pages that stand before any session
//! carry one for that alone (design section 8).

use super::reply::Reply;
use super::visit::{GIFT_COOKIE, SESSION_COOKIE, Visit};
use crate::access::sessions;
use crate::service::Problem;
use axum::http::HeaderMap;

/// The cookie of the forms that stand before any session. It opens nothing.
const FORM_COOKIE: &str = "__Host-form";

/// How long such a form may wait to be sent, in seconds: ten hours, as the longest session.
const FORM_SECONDS: u32 = 10 * 60 * 60;

/// The bytes of a token: SHA-256 in hex.
const TOKEN_BYTES: usize = 64;

/// What a browser says of the page that a form was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// One of ours.
    Ours,
    /// Nothing that would tell it from a stranger's.
    Nothing,
}

/// What the header of a form says.
///
/// # Errors
/// It is of another site.
pub fn said(headers: &HeaderMap, home: &str) -> Result<Said, Problem> {
    let field = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (field("sec-fetch-site"), field("origin")) {
        (Some("same-origin"), _) => Ok(Said::Ours),
        (Some(_), _) => Err(Problem::NotOurs),
        (None, Some(origin)) if origin.eq_ignore_ascii_case(home) => Ok(Said::Ours),
        (None, None | Some("null")) => Ok(Said::Nothing),
        (None, Some(_)) => Err(Problem::NotOurs),
    }
}

/// Does the form carry the token of a cookie that came with it?
///
/// # Errors
/// It does not.
pub fn check_token(visit: &Visit) -> Result<(), Problem> {
    let given = token_in(&visit.body).unwrap_or_default();
    let secrets = [SESSION_COOKIE, GIFT_COOKIE, FORM_COOKIE].map(|name| visit.cookie(name));
    match secrets.into_iter().flatten().any(|secret| sessions::is_form_token(secret, given)) {
        true => Ok(()),
        false => Err(Problem::NotOurs),
    }
}

/// The token in a body, of one part or of several.
fn token_in(body: &[u8]) -> Option<&str> {
    const NAME: &[u8] = b"form_token";
    let at = body.windows(NAME.len()).position(|part| part == NAME)?;
    let behind = &body[at + NAME.len()..];
    let value = behind.strip_prefix(b"=").or_else(|| behind.strip_prefix(b"\"\r\n\r\n"))?;
    std::str::from_utf8(value.get(..TOKEN_BYTES)?).ok()
}

/// A page with a form that stands before any session: `make` is given the token that the form
/// carries, and its cookie goes out with the page where it was not there yet.
///
/// # Errors
/// Those of `make`, or there are no random bytes.
pub fn with_token(
    visit: &Visit,
    make: impl FnOnce(String) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    if !visit.origin.private {
        // No cookie counts over an open line, and no form is taken there.
        return make(String::new());
    }
    if let Some(secret) = visit.cookie(FORM_COOKIE) {
        return make(sessions::form_token(secret));
    }
    let secret = sessions::random().map_err(|error| Problem::Failed(error.to_string()))?;
    let mut reply = make(sessions::form_token(&secret))?;
    reply.private_cookie(FORM_COOKIE, &secret, FORM_SECONDS);
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_form_of_another_site_is_none_of_ours() {
        let own = "https://ledger.example:7";
        let said = |fields: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            said(&headers, own).ok()
        };
        assert_eq!(said(&[("sec-fetch-site", "same-origin")]), Some(Said::Ours));
        assert_eq!(
            said(&[("sec-fetch-site", "same-origin"), ("origin", "null")]),
            Some(Said::Ours)
        );
        assert_eq!(said(&[("sec-fetch-site", "same-site")]), None);
        assert_eq!(said(&[("sec-fetch-site", "cross-site"), ("origin", own)]), None);
        assert_eq!(said(&[("sec-fetch-site", "cross-site"), ("origin", "null")]), None);
        assert_eq!(said(&[("origin", own)]), Some(Said::Ours));
        assert_eq!(said(&[("origin", "https://evil.example")]), None);
        assert_eq!(said(&[("origin", "http://ledger.example:7")]), None);
        assert_eq!(said(&[("origin", "null")]), Some(Said::Nothing));
        assert_eq!(said(&[]), Some(Said::Nothing));
    }

    #[test]
    fn a_token_is_found_in_either_kind_of_form() {
        let token = "ab".repeat(32);
        let plain = format!("a=1&form_token={token}&b=2");
        let parts = format!(
            "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x--"
        );
        for body in [&plain, &parts] {
            assert_eq!(token_in(body.as_bytes()), Some(&*token), "{body}");
        }
        for body in ["", "form_token", "form_token=ab", "a=1", "form_token%3D"] {
            assert_eq!(token_in(body.as_bytes()), None, "{body}");
        }
    }
}
