//! One call of a route: what is checked before its handler runs, and what is written down before
//! its answer goes out. The same for every route.

use super::Api;
use super::parameters::Values;
use super::routes::Route;
use super::spool::impatient;
use crate::access::what::is_logged;
use crate::access::{Extent, Viewer, What, extent};
use crate::ledger::live::TileAsked;
use crate::service::Served;
use crate::service::door::{self, Arrival, Origin};
use crate::service::problem::Problem;
use crate::service::seen::Reader;
use axum::body::Body;
use axum::extract::{FromRequestParts, Query, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

/// A call on its way to its handler.
pub struct Call {
    /// The service.
    pub api: Arc<Api>,
    /// Who reads.
    pub viewer: Viewer,
    /// Where the request came from.
    pub origin: Origin,
    /// The values of the path.
    pub path: Values,
    /// The values of the query.
    pub query: Values,
    /// The header.
    pub headers: HeaderMap,
    /// Path and query, as asked.
    pub target: String,
    /// The body.
    pub body: Body,
}

/// A handler at work.
pub type Running = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

impl Call {
    /// The ledger.
    pub fn live(&self) -> &Arc<Served> {
        &self.api.service.live
    }

    /// Who reads, from which ledger.
    pub fn reader(&self) -> Reader<'_> {
        Reader { live: self.live(), viewer: &self.viewer }
    }
}

/// The method of a route, as axum takes it.
pub fn method_router(api: &Arc<Api>, route: &'static Route) -> MethodRouter {
    let api = Arc::clone(api);
    let filter = match route.method {
        "POST" => MethodFilter::POST,
        _ => MethodFilter::GET,
    };
    on(filter, move |request: Request| serve(Arc::clone(&api), route, request))
}

async fn serve(api: Arc<Api>, route: &'static Route, request: Request) -> Response {
    let since = Instant::now();
    let request_id = request_id(request.headers());
    let answered = match prepare(&api, route, request).await {
        Ok(call) => run(route, call, request_id).await,
        Err(problem) => Err(problem),
    };
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    let vary = HeaderValue::from_static("Authorization, Cookie");
    response.headers_mut().append(header::VARY, vary);
    api.metrics.answered(route, response.status().as_u16(), since.elapsed());
    response
}

/// Everything that is looked at before the handler runs, in this order: name, line, reader, right,
/// limits, parameters.
async fn prepare(api: &Arc<Api>, route: &'static Route, request: Request) -> Result<Call, Problem> {
    let (mut parts, body) = request.into_parts();
    let Arrival { target, origin, .. } = door::arrive(&api.service, &parts)?;
    let viewer = match route.by_code {
        true => door::holder(&api.service, &parts.headers, origin)?,
        false => door::viewer(&api.service, &parts.headers, origin)?,
    };
    if extent(&viewer, route.what) == Extent::Nothing {
        return Err(match viewer {
            Viewer::Public => Problem::TokenNeeded,
            Viewer::Principal(_) | Viewer::Gift(_) => Problem::NotOpen,
        });
    }
    let path = RawPathParams::from_request_parts(&mut parts, &()).await;
    let path = path.map_err(|_| Problem::NotFound("path"))?;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let path = Values::read(route.path_parameters, path)?;
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let pairs = pairs.map_err(|error| Problem::Parameter {
        name: "query".to_owned(),
        reason: error.body_text(),
    })?;
    let query = Values::read(route.query, pairs.0.into_iter())?;
    let body = match route.method {
        "POST" => impatient(body, api.service.patience.idle),
        _ => body,
    };
    Ok(Call {
        api: Arc::clone(api),
        viewer,
        origin,
        path,
        query,
        headers: parts.headers,
        target,
        body,
    })
}

/// Runs the handler; a restricted answer goes out only when it stands in the access log.
async fn run(route: &'static Route, call: Call, request_id: String) -> Result<Response, Problem> {
    if route.needs_views && !call.live().is_ready() {
        return Err(Problem::Rebuilding);
    }
    let (api, who, about) = (Arc::clone(&call.api), call.viewer.clone(), call.target.clone());
    let restricted = restricted(route, &call);
    let response = (route.run)(call).await?;
    if let Some(what) = restricted {
        let noted =
            move || api.service.note(&who, what, about.trim_start_matches("/v1/"), &request_id);
        tokio::task::spawn_blocking(noted).await??;
    }
    Ok(response)
}

/// What of the answer is not for everybody: what the route is for, or what this reader asked for
/// or is shown beyond what the public gets on the same route.
fn restricted(route: &Route, call: &Call) -> Option<What> {
    if call.viewer == Viewer::Public {
        return None;
    }
    let past = ["at", "as_of"].iter().any(|name| call.query.text(name).is_some());
    let entries = || {
        let path = call.path.text("path").and_then(TileAsked::parse);
        path.is_some_and(TileAsked::is_entries)
    };
    match route.what {
        what if is_logged(what) => Some(what),
        What::Totals if past => Some(What::PastPosition),
        // Single lots, and sums so small that they are as good as single lots.
        What::Totals if extent(&call.viewer, What::Lots) >= Extent::Scope => Some(What::Lots),
        What::Totals if call.query.has("by", "lot") => Some(What::Lots),
        What::Proofs if entries() => Some(What::EntryBundles),
        // A project's movements are shown as far as the reader sees their records.
        What::Projects if !route.path_parameters.is_empty() => Some(What::Records),
        _ => None,
    }
}

/// The id that the request got as it came in.
fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}
