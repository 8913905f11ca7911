//! The HTTP service: routes, each parsing, asking the ledger and mapping the answer.
//!
//! No rule, no right, no storage stands here: the ledger decides what is recorded, `access` who
//! reads what, and `service/problem.rs` alone knows status codes. All routes stand in one list,
//! `routes.rs` (design section 10).

pub mod answer;
mod balances;
pub mod call;
mod docs;
mod events;
mod evidence;
mod known;
mod log;
mod money;
pub mod openapi;
mod operations;
mod paging;
pub mod parameters;
mod proofs;
mod records;
pub mod routes;
mod spool;
mod standing;
mod stream;
mod supervision;

use crate::service::{Served, Service, bounds, kept};
use axum::Router;
use std::sync::Arc;

/// The service as the API gives it.
pub struct Api {
    service: Arc<Service>,
    kept: kept::Kept,
    metrics: operations::Metrics,
    /// How many records the answers hold; rung as it grows, for streams.
    bell: tokio::sync::watch::Sender<u64>,
}

impl Api {
    /// The API of a service.
    pub fn new(service: &Arc<Service>) -> Arc<Api> {
        let (bell, _) = tokio::sync::watch::channel(service.live.folded());
        Arc::new(Api {
            bell,
            kept: kept::Kept::default(),
            metrics: operations::Metrics::new(),
            service: Arc::clone(service),
        })
    }

    /// Rings the bell whenever the answers hold more, until `end` is over; then streams end.
    pub async fn ring(self: &Arc<Api>, end: impl Future<Output = ()>) {
        let ringing = async {
            loop {
                let live = Arc::clone(&self.service.live);
                let last = *self.bell.borrow();
                let waiting = move || live.wait_folded(last, bounds::RING);
                let Ok(folded) = tokio::task::spawn_blocking(waiting).await else { return };
                if folded > last {
                    self.bell.send_replace(folded);
                }
            }
        };
        tokio::select! {
            () = ringing => {}
            () = end => {}
        }
        self.bell.send_replace(u64::MAX);
    }

    /// The ledger.
    pub fn live(&self) -> &Arc<Served> {
        &self.service.live
    }
}

/// All routes.
pub fn router(api: &Arc<Api>) -> Router {
    let mut router = Router::new();
    for route in routes::ROUTES {
        router = router.route(route.path, call::method_router(api, route));
    }
    router
}
