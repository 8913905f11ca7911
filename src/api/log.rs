//! `/v1/access-log`: who was shown what that is not for everybody.
//!
//! It grows while the ledger stands still, so its pages are made anew each time: neither kept nor
//! told apart by the ledger's position.

use super::answer::{as_of_now, keeping};
use super::call::Call;
use crate::access::log::Page;
use crate::ledger::live::Stands;
use crate::service::problem::Problem;
use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A page of the log.
///
/// # Errors
/// The reader may not, or it cannot be read.
pub async fn page(mut call: Call) -> Result<Response, Problem> {
    let viewer = call.viewer.clone();
    call.body = Body::empty();
    let made = tokio::task::spawn_blocking(move || {
        let from = call.query.whole("after").unwrap_or(0);
        let page: Option<Page> =
            call.api.service.log.page(&call.viewer, from).map_err(|error| {
                tracing::error!(%error, "the access log");
                Problem::Unavailable("the access log")
            })?;
        Ok::<_, Problem>(Stands { as_of: as_of_now(&call), answer: page.ok_or(Problem::NotOpen)? })
    });
    let mut response = Json(made.await??).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, keeping(&viewer, false));
    Ok(response)
}
