//! What operators watch: is it alive, is it ready, how is it doing.

use super::call::Call;
use super::routes::Route;
use crate::ledger::telling::Told;
use crate::service::Served;
use crate::service::problem::Problem;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use serde_json::json;
use std::time::Duration;

/// The kind of the metrics' text.
pub const FIGURES: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted; labels are of closed lists, so that nobody can grow it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<OfRequest, Counter>,
    request_micros: Family<OfRoute, Counter>,
    posts: Family<OfPost, Counter>,
    streams: Gauge,
    positions: Family<OfPosition, Gauge>,
    batches: Gauge,
    batch_records: Gauge,
    append_micros: Gauge,
    ready: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRequest {
    method: &'static str,
    route: &'static str,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPost {
    status: &'static str,
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPosition {
    of: &'static str,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("fundtrail"),
            requests: Family::default(),
            request_micros: Family::default(),
            posts: Family::default(),
            streams: Gauge::default(),
            positions: Family::default(),
            batches: Gauge::default(),
            batch_records: Gauge::default(),
            append_micros: Gauge::default(),
            ready: Gauge::default(),
        };
        let it = &mut metrics.registry;
        it.register("requests", "Requests answered", metrics.requests.clone());
        let micros = Unit::Other("microseconds".to_owned());
        let about = "Time taken to answer";
        it.register_with_unit(
            "request_time",
            about,
            micros.clone(),
            metrics.request_micros.clone(),
        );
        it.register("events", "Events posted, by outcome", metrics.posts.clone());
        it.register("streams", "Streams open", metrics.streams.clone());
        let about = "Records: durable, folded into answers, published, witnessed, verified";
        it.register("records", about, metrics.positions.clone());
        it.register("batches", "Batches appended since the start", metrics.batches.clone());
        let about = "Records in these batches";
        it.register("batch_records", about, metrics.batch_records.clone());
        let about = "Time taken to append and sync these batches";
        it.register_with_unit("append_time", about, micros, metrics.append_micros.clone());
        it.register("ready", "1 when ready to serve", metrics.ready.clone());
        metrics
    }

    /// Counts an answered request.
    pub fn answered(&self, route: &'static Route, status: u16, took: Duration) {
        let (method, route) = (route.method, route.path);
        let status = u32::from(status);
        self.requests.get_or_create(&OfRequest { method, route, status }).inc();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.request_micros.get_or_create(&OfRoute { method, route }).inc_by(micros);
    }

    /// Counts the outcome of an event.
    pub fn posted(&self, told: &Told) {
        let code = told.code.map(|code| code.to_string()).unwrap_or_default();
        self.posts.get_or_create(&OfPost { status: told.status, code }).inc();
    }

    /// One stream more.
    pub fn stream_opened(&self) {
        self.streams.inc();
    }

    /// One stream less.
    pub fn stream_closed(&self) {
        self.streams.dec();
    }

    fn read(&self, live: &Served) {
        let at = |of: &'static str, size: u64| {
            self.positions.get_or_create(&OfPosition { of }).set(whole(size));
        };
        at("durable", live.records().head().size);
        at("folded", live.folded());
        at("published", live.published().checkpoint.size);
        let witnessed = live.prover().witnessed().map_or(0, |head| head.checkpoint.size);
        at("witnessed", witnessed);
        at("verified", live.verified_seq().map_or(0, |seq| seq + 1));
        if let Some(ledger) = live.ledger() {
            let figures = ledger.figures();
            self.batches.set(whole(figures.batches));
            self.batch_records.set(whole(figures.records));
            self.append_micros.set(whole(figures.append_micros));
        }
        self.ready.set(i64::from(is_ready(live).is_ok()));
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What stands against serving, if anything does.
fn is_ready(live: &Served) -> Result<(), Vec<String>> {
    let mut faults = live.faults();
    if !live.is_ready() {
        let (folded, durable) = (live.folded(), live.records().head().size);
        faults.push(format!("the answers hold {folded} of {durable} records"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The process answers.
///
/// # Errors
/// None.
pub async fn alive(_: Call) -> Result<Response, Problem> {
    Ok(uncached("ok\n".into_response()))
}

/// Ready to serve, or what stands against it.
///
/// # Errors
/// None: not being ready is an answer.
pub async fn ready(call: Call) -> Result<Response, Problem> {
    let live = call.live();
    let witnessed = live.prover().witnessed().map(|head| head.checkpoint.size);
    let (status, faults) = match is_ready(live) {
        Ok(()) => (StatusCode::OK, Vec::new()),
        Err(faults) => (StatusCode::SERVICE_UNAVAILABLE, faults),
    };
    let body = json!({
        "ready": faults.is_empty(),
        "faults": faults,
        "folded": live.folded(),
        "durable": live.records().head().size,
        "published": live.published().checkpoint.size,
        "witnessed": witnessed,
        "verified_seq": live.verified_seq(),
    });
    Ok(uncached((status, Json(body)).into_response()))
}

/// The metrics, in the text form of Prometheus.
///
/// # Errors
/// None but failures.
pub async fn metrics(call: Call) -> Result<Response, Problem> {
    let metrics = &call.api.metrics;
    metrics.read(call.live());
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(|error| Problem::Failed(error.to_string()))?;
    let mut response = uncached(text.into_response());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FIGURES));
    Ok(response)
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
