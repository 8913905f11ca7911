//! The HTTP service: routes, each parsing, asking the ledger and mapping the answer.
//!
//! No rule, no right, no storage stands here: the ledger decides what is recorded, `access` who
//! reads what, and `problem.rs` alone knows status codes. All routes stand in one list, `routes.rs`
//! (design section 10).

pub mod answer;
mod balances;
pub mod bounds;
pub mod call;
mod cells;
mod docs;
pub mod door;
mod events;
mod evidence;
mod kept;
mod known;
pub mod limits;
pub mod listen;
mod log;
mod money;
pub mod openapi;
mod operations;
mod paging;
pub mod parameters;
pub mod problem;
mod proofs;
mod records;
pub mod routes;
mod spool;
mod standing;
mod stream;
mod supervision;

pub use listen::{Listening, Tls, listen};

use crate::access::{AccessLog, Register, Tokens};
use crate::ledger::live::Live;
use axum::Router;
use call::Door;
use problem::Problem;
use std::sync::Arc;

/// A ledger as it is served: the fold of who may read what stands beside its views.
pub type Served = Live<Register>;

/// What the service is told.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The names that the service goes by; a request that names another is refused, since a page
    /// from elsewhere may have had its name pointed here.
    pub hosts: Vec<String>,
    /// The proxies whose word on where a request came from is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

/// The service.
pub struct Api {
    live: Arc<Served>,
    door: Door,
    tokens: Tokens,
    log: AccessLog,
    limits: limits::Limits,
    kept: kept::Kept,
    metrics: operations::Metrics,
    /// How many records the answers hold; rung as it grows, for streams.
    bell: tokio::sync::watch::Sender<u64>,
}

impl Api {
    /// The service of a ledger.
    pub fn new(live: Arc<Served>, settings: &Settings) -> Arc<Api> {
        let access = live.layout().access();
        let (bell, _) = tokio::sync::watch::channel(live.folded());
        Arc::new(Api {
            bell,
            tokens: Tokens::new(&access),
            log: AccessLog::new(&access),
            door: Door::new(settings),
            limits: limits::Limits::new(),
            kept: kept::Kept::default(),
            metrics: operations::Metrics::new(),
            live,
        })
    }

    /// Rings the bell whenever the answers hold more, until `end` is over; then streams end.
    pub async fn ring(self: &Arc<Api>, end: impl Future<Output = ()>) {
        let ringing = async {
            loop {
                let live = Arc::clone(&self.live);
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

    /// Brings the access log to the disk, as the service ends.
    pub fn close(&self) {
        if let Err(error) = self.log.sync() {
            tracing::error!(%error, "the access log");
        }
    }

    /// The ledger.
    pub fn live(&self) -> &Arc<Served> {
        &self.live
    }
}

/// All routes, and an answer for what is none of them.
pub fn router(api: &Arc<Api>) -> Router {
    let mut router = Router::new();
    for route in routes::ROUTES {
        router = router.route(route.path, call::method_router(api, route));
    }
    router
        .fallback(|| async { Problem::NotFound("path") })
        .method_not_allowed_fallback(|| async { Problem::Method })
}
