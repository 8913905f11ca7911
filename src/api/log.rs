//! `/v1/access-log`: who was shown what that is not for everybody.

use super::answer::slow;
use super::call::Call;
use crate::access::log::Page;
use crate::ledger::live::Stands;
use crate::service::problem::Problem;
use axum::response::Response;

/// A page of the log.
///
/// # Errors
/// The reader may not, or it cannot be read.
pub async fn page(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let from = call.query.whole("after").unwrap_or(0);
        let page: Option<Page> =
            call.api.service.log.page(&call.viewer, from).map_err(|error| {
                tracing::error!(%error, "the access log");
                Problem::Unavailable("the access log")
            })?;
        let live = call.live();
        let as_of = live.as_of(&live.views());
        Ok(Stands { as_of, answer: page.ok_or(Problem::NotOpen)? })
    })
    .await
}
