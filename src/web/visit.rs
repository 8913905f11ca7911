//! One visit of a page: what is checked before the page is made, and what goes out with it. The
//! same for every page.
//!
//! A cookie counts only over a private line, and only for pages: the API never looks at it. A form
//! is taken only from our own pages, which `own_form` tells (design section 8).

use super::lang::Lang;
use super::own_form::{self, Said};
use super::pages::{Keeps, Page};
use super::reply::Reply;
use super::trouble;
use super::{Web, again};
use crate::access::what::is_logged;
use crate::access::{Extent, Viewer, What, extent, sessions};
use crate::service::door::{self, Arrival, Origin};
use crate::service::seen::Reader;
use crate::service::{Problem, Served, Service};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use std::sync::Arc;

/// The cookie of a session of the desk.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The cookie that keeps one gift open.
pub const GIFT_COOKIE: &str = "__Host-gift";

/// What a page may load and where it may send: its own origin alone, and no script or style that
/// stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Names and values, as a query or a form carries them.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a name; an empty field is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let found = fields.find(|(other, _)| other == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    /// Every value of a name, in order.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Names and values, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Names and values that a page fills in itself.
    pub fn of_pairs(pairs: Vec<(String, String)>) -> Fields {
        Fields(pairs)
    }

    /// The form in a body.
    ///
    /// # Errors
    /// It is none.
    pub fn of_form(body: &[u8]) -> Result<Fields, Problem> {
        let uri = format!("/?{}", std::str::from_utf8(body).map_err(|_| Problem::Body)?);
        Fields::of_query(&uri.parse().map_err(|_| Problem::Body)?)
    }

    fn of_query(uri: &axum::http::Uri) -> Result<Fields, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        pairs.map(|pairs| Fields(pairs.0)).map_err(|error| Problem::Parameter {
            name: "query".to_owned(),
            reason: error.body_text(),
        })
    }
}

/// A visit on its way to its page.
pub struct Visit {
    /// The pages.
    pub web: Arc<Web>,
    /// The language.
    pub lang: Lang,
    /// Who reads.
    pub viewer: Viewer,
    /// The secret of the session, where one is open.
    pub session: Option<String>,
    /// Where the request came from.
    pub origin: Origin,
    /// What the browser says of the page that a form was on.
    said: Said,
    /// The address that the reader knows this service by.
    pub home: String,
    /// The values of the path.
    pub path: Fields,
    /// The values of the query.
    pub query: Fields,
    /// The header.
    pub headers: HeaderMap,
    /// Path and query, as asked.
    pub target: String,
    /// The body, whole.
    pub body: Bytes,
}

impl Visit {
    /// What the pages stand on.
    pub fn service(&self) -> &Service {
        &self.web.service
    }

    /// The ledger.
    pub fn live(&self) -> &Served {
        &self.web.service.live
    }

    /// Who reads, from which ledger.
    pub fn reader(&self) -> Reader<'_> {
        Reader { live: self.live(), viewer: &self.viewer }
    }

    /// Writes down that the reader was shown what is not for everybody, before it goes out.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn note(&self, what: What) -> Result<(), Problem> {
        let id = self.headers.get("x-request-id").and_then(|id| id.to_str().ok());
        let about = self.target.trim_start_matches('/');
        self.service().note(&self.viewer, what, about, id.unwrap_or_default())
    }

    /// A cookie that came over a private line.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.origin.private.then(|| cookie(&self.headers, name)).flatten()
    }

    /// The fields of the form, when it carries the token of its session.
    ///
    /// # Errors
    /// It is none, or of another session.
    pub fn form(&self) -> Result<Fields, Problem> {
        let fields = Fields::of_form(&self.body)?;
        self.check_form_token(fields.get("form_token"))?;
        Ok(fields)
    }

    /// Does a form carry the token of its session?
    ///
    /// # Errors
    /// It does not, or there is no session.
    pub fn check_form_token(&self, given: Option<&str>) -> Result<(), Problem> {
        let secret = self.session.as_deref().ok_or(Problem::TokenNeeded)?;
        match given.is_some_and(|given| sessions::is_form_token(secret, given)) {
            true => Ok(()),
            false => Err(Problem::NotOurs),
        }
    }
}

/// The method of a page, as axum takes it.
pub fn method_router(web: &Arc<Web>, page: &'static Page) -> MethodRouter {
    let web = Arc::clone(web);
    let filter = if page.method == "POST" { MethodFilter::POST } else { MethodFilter::GET };
    on(filter, move |request: Request| serve(Arc::clone(&web), page, request))
}

async fn serve(web: Arc<Web>, page: &'static Page, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visit = match arrive(&web, &mut parts).await {
        Ok(visit) => visit,
        Err(problem) => return problem.into_response(),
    };
    if let Some(reply) = switch_language(&visit) {
        return dressed(reply, page, &visit.viewer).into_response();
    }
    let checked = match check(page, &visit) {
        Ok(()) => take_body(page, body).await,
        Err(problem) => {
            // What was typed comes back with the reason, even when the session is over.
            if again::is_form(page, &visit.headers) {
                visit.body = take_body(page, body).await.unwrap_or_default();
            }
            Err(problem)
        }
    };
    let answered = match checked {
        Ok(body) => {
            visit.body = body;
            let visit = Arc::new(visit);
            let made = Arc::clone(&visit);
            let made = tokio::task::spawn_blocking(move || make(page, &made));
            (made.await.unwrap_or_else(|error| Err(error.into())), visit)
        }
        Err(problem) => (Err(problem), Arc::new(visit)),
    };
    let (reply, visit) = answered;
    let reply = match reply {
        Ok(reply) => reply,
        Err(Problem::TokenNeeded) if page.method == "GET" => sign_in(&visit.target),
        Err(problem) => {
            again::page(&visit, page, &problem).unwrap_or_else(|| trouble::page(&visit, &problem))
        }
    };
    dressed(reply, page, &visit.viewer).into_response()
}

/// An answer for what is no page.
pub async fn trouble(web: &Arc<Web>, request: Request, problem: &Problem) -> Response {
    let (mut parts, _) = request.into_parts();
    match arrive(web, &mut parts).await {
        Ok(visit) => {
            let switched = switch_language(&visit);
            let reply = switched.unwrap_or_else(|| trouble::page(&visit, problem));
            dressed(reply, &pages_nothing(), &visit.viewer).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

fn pages_nothing() -> Page {
    Page { keeps: Keeps::Nothing, ..super::pages::OPEN }
}

/// Name, line, address, reader, language.
async fn arrive(web: &Arc<Web>, parts: &mut Parts) -> Result<Visit, Problem> {
    let service = &web.service;
    let Arrival { target, origin, home } = door::arrive(service, parts)?;
    let said = match parts.method {
        Method::POST => own_form::said(&parts.headers, &home)?,
        _ => Said::Ours,
    };
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path
        .map(|path| path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let query = Fields::of_query(&parts.uri)?;
    let (session, viewer) = reader(service, &parts.headers, origin)?;
    Ok(Visit {
        web: Arc::clone(web),
        lang: cookie(&parts.headers, "lang").and_then(Lang::parse).unwrap_or_default(),
        viewer,
        session,
        home,
        said,
        origin,
        path: Fields(path.unwrap_or_default()),
        query,
        headers: std::mem::take(&mut parts.headers),
        target,
        body: Bytes::new(),
    })
}

/// The viewer behind the cookie of a gift that is open; its code may have been replaced since.
pub fn holder(service: &Service, secret: &str) -> Option<Viewer> {
    let code = service.gifts.code(secret, door::now())?;
    service.live.views().beside.viewer_by_digest(&code)
}

/// The reader behind the session's cookie, else behind that of a gift. A session that is over opens
/// nothing and is no fault.
fn reader(
    service: &Service,
    headers: &HeaderMap,
    origin: Origin,
) -> Result<(Option<String>, Viewer), Problem> {
    let private = |name: &str| cookie(headers, name).filter(|_| origin.private);
    let secret = private(SESSION_COOKIE);
    let now = door::now();
    let token = secret.and_then(|secret| service.sessions.token(secret, now));
    let Some(token) = token else {
        let gift = private(GIFT_COOKIE).and_then(|secret| holder(service, secret));
        return Ok((None, gift.unwrap_or(Viewer::Public)));
    };
    let views = service.live.views();
    match service.tokens.viewer_by_id(&token, &views.beside, now) {
        Ok(Some(viewer)) => Ok((secret.map(str::to_owned), viewer)),
        Ok(None) => Ok((None, Viewer::Public)),
        Err(error) => {
            tracing::error!(%error, "no token can be looked up");
            Err(Problem::Unavailable("the tokens"))
        }
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|field| field.to_str().ok());
    let mut pairs = all.flat_map(|field| field.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// `?lang=en` sets the cookie and leads to the same page without it.
fn switch_language(visit: &Visit) -> Option<Reply> {
    let wanted = visit.query.get("lang").and_then(Lang::parse)?;
    let (path, query) = visit.target.split_once('?').unwrap_or((&visit.target, ""));
    let rest: Vec<&str> = query.split('&').filter(|one| !one.starts_with("lang=")).collect();
    let path = format!("/{}", path.trim_start_matches('/'));
    let target = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
    let mut reply = Reply::see(&target);
    let code = wanted.code();
    reply.cookie(&format!("lang={code}; Path=/; Max-Age=31536000; SameSite=Lax"));
    Some(reply)
}

/// May the reader open the page, and can it be made?
fn check(page: &Page, visit: &Visit) -> Result<(), Problem> {
    if page.signed_in && visit.session.is_none() {
        return Err(Problem::TokenNeeded);
    }
    if extent(&visit.viewer, page.what) == Extent::Nothing {
        return Err(match visit.viewer {
            // A code opens one gift and is no account: whoever has one may sign in.
            Viewer::Public | Viewer::Gift(_) => Problem::TokenNeeded,
            Viewer::Principal(_) => Problem::NotOpen,
        });
    }
    if !visit.live().is_ready() {
        return Err(Problem::Rebuilding);
    }
    Ok(())
}

async fn take_body(page: &Page, body: Body) -> Result<Bytes, Problem> {
    if page.method != "POST" {
        return Ok(Bytes::new());
    }
    let limit = page.body_bytes_max;
    let whole = to_bytes(body, limit).await;
    whole.map_err(|_| Problem::TooLarge { limit: limit as u64 })
}

/// Makes the page, or gives again what was made of the same question at the same position; a
/// restricted one goes out only when it stands in the access log.
fn make(page: &Page, visit: &Visit) -> Result<Reply, Problem> {
    if visit.said == Said::Nothing {
        own_form::check_token(visit)?;
    }
    let live = visit.live();
    let shared = page.keeps == Keeps::Shared && visit.viewer == Viewer::Public;
    let position = (live.folded(), None);
    // Witnesses sign without a record being added, and pages say who has signed.
    let signed = live.witnessed_mark();
    let question = format!("{signed} {} {}", visit.lang.code(), visit.target);
    if shared && let Some(made) = visit.web.kept.get(position, &question) {
        return Ok(Reply::bytes("text/html; charset=utf-8", made.to_vec()));
    }
    let reply = (page.make)(visit)?;
    if shared && reply.is_page() && live.folded() == position.0 {
        visit.web.kept.put(position, question, &Bytes::copy_from_slice(reply.body()));
    }
    if is_logged(page.what) && visit.viewer != Viewer::Public {
        visit.note(page.what)?;
    }
    Ok(reply)
}

/// What goes out with every page.
fn dressed(mut reply: Reply, page: &Page, viewer: &Viewer) -> Reply {
    reply.default_header(header::CONTENT_SECURITY_POLICY, POLICY);
    let open = page.keeps == Keeps::Shared && *viewer == Viewer::Public && reply.is_page();
    let keep = if open { "public, max-age=1, must-revalidate" } else { "private, no-store" };
    reply.default_header(header::CACHE_CONTROL, keep);
    reply.header(header::VARY, HeaderValue::from_static("Cookie"));
    reply
}

/// Where to sign in, and come back from.
fn sign_in(target: &str) -> Reply {
    let mut to = String::new();
    for byte in target.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                to.push(char::from(byte));
            }
            other => to.push_str(&format!("%{other:02X}")),
        }
    }
    Reply::see(&format!("/sign-in?to={to}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a-lang=zh; lang=en; lang2=x"));
        assert_eq!(cookie(&headers, "lang"), Some("en"));
        assert_eq!(cookie(&headers, "la"), None);
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields = Fields::of_form("a=%E8%B4%A6+1&b=&a=2".as_bytes()).unwrap();
        assert_eq!(fields.get("a"), Some("账 1"));
        assert_eq!(fields.get("b"), None);
        assert_eq!(fields.all("a").count(), 2);
    }
}
