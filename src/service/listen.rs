//! Listening: TLS or not, what surrounds every request, and an orderly end.
//!
//! What surrounds a request is told here once: an id, a line in the log without body, query, token
//! or code, bounds on header and time, gzip, and headers that keep browsers from guessing.

use super::bounds::{GRACE, HEADER_BYTES_MAX, HEADERS_MAX, Patience};
use super::door::OverTls;
use super::problem::Problem;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::PropagateRequestIdLayer;
use tower_http::set_header::{SetRequestHeaderLayer, SetResponseHeaderLayer};
use tower_http::trace::TraceLayer;

/// Where a request's id stands.
const REQUEST_ID: &str = "x-request-id";

/// Bounds on what a client may send before a handler sees it. A macro, because the type of the
/// builder has no name here.
macro_rules! bounded {
    ($server:ident, $idle:expr) => {
        // Before a connection has said which HTTP it speaks, no other bound of it counts.
        $server = $server.first_request_timeout($idle);
        $server
            .http_builder()
            .http1()
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEADER_BYTES_MAX)
            .header_read_timeout($idle);
        $server.http_builder().http2().max_header_list_size(HEADER_BYTES_MAX as u32);
    };
}

/// Where the certificate and its key are, in PEM.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, and those that lead to the root.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// A service that listens.
pub struct Listening {
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it waits for those who ask.
    pub patience: Patience,
}

/// Takes an address, and reads certificate and key.
///
/// # Errors
/// The address is taken, or a file is none.
pub async fn listen(address: SocketAddr, tls: Option<&Tls>) -> io::Result<Listening> {
    let config = match tls {
        None => None,
        Some(files) => Some(RustlsConfig::from_pem_file(&files.cert, &files.key).await?),
    };
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    Ok(Listening { listener, tls: config, address, patience: Patience::default() })
}

impl Listening {
    /// Serves until `end` is over; requests on their way are answered first, within their time.
    ///
    /// # Errors
    /// Listening failed.
    pub async fn serve(self, routes: Router, end: impl Future<Output = ()>) -> io::Result<()> {
        let handle = Handle::new();
        let Patience { idle, whole } = self.patience;
        let app = surrounded(routes, OverTls(self.tls.is_some()), whole);
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let serving: std::pin::Pin<Box<dyn Future<Output = io::Result<()>> + Send>> = match self.tls
        {
            None => {
                let mut server = axum_server::from_tcp(self.listener)?.handle(handle.clone());
                bounded!(server, idle);
                Box::pin(server.serve(app))
            }
            Some(config) => {
                let server = axum_server::from_tcp_rustls(self.listener, config)?;
                let mut server = server.handle(handle.clone());
                bounded!(server, idle);
                Box::pin(server.serve(app))
            }
        };
        let mut serving = serving;
        tokio::select! {
            result = &mut serving => result,
            () = end => {
                handle.graceful_shutdown(Some(GRACE));
                serving.await
            }
        }
    }
}

/// Ends when the process is asked to: by a service manager, or from a terminal.
pub async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                result = tokio::signal::ctrl_c() => drop(result),
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

fn surrounded(routes: Router, tls: OverTls, whole: Duration) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request| {
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
        tracing::info_span!("request", method = %request.method(), route, id)
    });
    // The outermost first; one layer in all, since each boxes what lies inside for every request.
    routes.layer((
        Extension(tls),
        SetRequestHeaderLayer::overriding(HeaderName::from_static(REQUEST_ID), own_id),
        trace,
        PropagateRequestIdLayer::x_request_id(),
        header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        header(header::REFERRER_POLICY, "no-referrer"),
        header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        CompressionLayer::new().gzip(true),
        from_fn(move |request, next| in_time(whole, request, next)),
        CatchPanicLayer::custom(panicked),
    ))
}

/// Answers in time, or says that it does not.
async fn in_time(whole: Duration, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(whole, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::OutOfTime.into_response())
}

/// A request's id is ours: a client's would put its own words into the log.
fn own_id(_: &Request) -> Option<HeaderValue> {
    HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).ok()
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::Failed(text.unwrap_or("a panic without a word").to_owned()).into_response()
}
