//! `POST /v1/events`: what the `post` command does, over HTTP: the same lines, the same codes.
//!
//! A single body is answered by its own status; JSON Lines are answered line by line while they are
//! posted. Bulk bodies are spooled to the disk first, so that a slow sender holds no memory and no
//! turn of the desk.

use super::Api;
use super::call::Call;
use super::spool::{read_small, spool};
use crate::access::{Viewer, shown};
use crate::ledger::bulk::{self, BulkError, Line, LineOutcome};
use crate::ledger::telling::{Told, told_as};
use crate::ledger::{Incoming, Ledger, Mode, Outcome, Poster};
use crate::service;
use crate::service::bounds::{
    ATOMIC_BODY_BYTES_MAX, BODY_BYTES_MAX, BULK_BODY_BYTES_MAX, FOLLOW_MAX, IDLE_MAX,
    RECEIPT_WAIT_MAX, RECEIPTS_MAX,
};
use crate::service::limits::Place;
use crate::service::problem::Problem;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::{self, BufRead};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// The words of `mode`.
pub const MODES: &[&str] = &["atomic", "continue"];

/// The words of `receipt`.
pub const RECEIPT: &[&str] = &["wait"];

/// How many lines' bytes are sent together.
const SEND_BYTES: usize = 8 << 10;

/// What is said of a post that nobody takes any more.
const NOBODY_POSTS: &str = "posting has stopped; what was recorded is answered as duplicate";

/// How a post is to be done.
#[derive(Clone, Copy, Debug)]
struct Asked {
    mode: Mode,
    dry_run: bool,
    receipts: bool,
}

/// Who posts to what.
#[derive(Clone)]
struct Desk {
    api: Arc<Api>,
    viewer: Viewer,
    name: String,
}

/// Posts one body, or many lines.
///
/// # Errors
/// The refusal of a single body; whatever keeps lines from being read at all.
pub async fn post(call: Call) -> Result<Response, Problem> {
    let name = call.viewer.principal().map(|one| one.name.to_string());
    let name = name.ok_or(Problem::TokenNeeded)?;
    if call.live().ledger().is_none() {
        return Err(Problem::ReadOnly);
    }
    if call.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::Encoded);
    }
    let lines = is_lines(&call.headers)?;
    let mode = match call.query.text("mode") {
        Some("continue") => Mode::Continue,
        Some(_) | None => Mode::Atomic,
    };
    let receipts = call.query.text("receipt").is_some();
    let asked = Asked { mode, dry_run: call.query.flag("dry_run"), receipts };
    let desk = Desk { api: Arc::clone(&call.api), viewer: call.viewer.clone(), name };
    match lines {
        true => many(desk, asked, call.headers, call.body).await,
        false => one(desk, asked, call.headers, call.body).await,
    }
}

/// Is the body many lines, or one event?
fn is_lines(headers: &HeaderMap) -> Result<bool, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "application/json" => Ok(false),
        "application/jsonl" | "application/x-ndjson" => Ok(true),
        _ => Err(Problem::MediaType("application/json, or application/jsonl with a line an event")),
    }
}

async fn one(
    desk: Desk,
    asked: Asked,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = read_small(&headers, body, BODY_BYTES_MAX).await?;
    // Only what has come in whole takes a place: a slow sender keeps nobody out.
    let place = desk.api.service.limits.single_post()?;
    let told = match asked.dry_run {
        true => {
            let trying = tokio::task::spawn_blocking(move || {
                let _place = place;
                desk.try_one(&body, asked.mode)
            });
            trying.await??
        }
        false => {
            let _place = place;
            desk.post_one(&body, asked).await?
        }
    };
    if !told.stands() {
        return Err(Problem::Refused(Box::new(told)));
    }
    let status = match told.status == "recorded" && !asked.dry_run {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    let mut response = (status, Json(&told)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let (Some(seq), false) = (told.seq, asked.dry_run)
        && let Ok(place) = HeaderValue::from_str(&format!("/v1/records/{seq}"))
    {
        headers.insert(header::LOCATION, place);
    }
    Ok(response)
}

async fn many(
    desk: Desk,
    asked: Asked,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let place = desk.api.service.limits.bulk_post(&desk.name)?;
    let limit = match asked.mode {
        Mode::Atomic => ATOMIC_BODY_BYTES_MAX,
        Mode::Continue => BULK_BODY_BYTES_MAX,
    };
    let mut input = spool(&desk.api.service.live, &headers, body, limit).await?;
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, io::Error>>(16);
    let handle = Handle::current();
    let posting = tokio::task::spawn_blocking(move || {
        let (waiting, place) = (Vec::new(), Some(place));
        let mut out = Out { sender, handle, waiting, last: None, told: false, place };
        let done = desk.post_many(&mut *input, asked, &mut out);
        out.end(&desk, done)
    });
    // Whatever goes wrong before the first line is a problem with a status of its own.
    let Some(first) = receiver.recv().await else {
        posting.await??;
        return Ok(jsonl(Body::empty()));
    };
    let rest = ReceiverStream::new(receiver);
    Ok(jsonl(Body::from_stream(tokio_stream::once(first).chain(rest))))
}

fn jsonl(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

impl Desk {
    fn desk(&self) -> service::desk::Desk<'_> {
        service::desk::Desk { live: &self.api.service.live, viewer: &self.viewer }
    }

    fn ledger(&self) -> &Ledger {
        self.api.service.live.ledger().expect("a desk stands only where the ledger is open")
    }

    /// Posts one body: it is decided and brought to the disk with those that came at the same time.
    async fn post_one(self, body: &[u8], asked: Asked) -> Result<Told, Problem> {
        let incoming = Incoming::read(body, Poster::Only(&self.name));
        let line = Line { number: 1, incoming };
        let (id, here) = (line.id(), line.here());
        let outcome = match line.incoming {
            Err(refusal) => Outcome::Refused(refusal),
            Ok(incoming) => {
                let (sender, receiver) = oneshot::channel();
                // Whoever is gone has nothing to be told.
                let telling = Box::new(move |told| drop(sender.send(told)));
                self.api.service.live.hand_in(incoming, telling);
                let told = receiver.await;
                let told = told.map_err(|_| Problem::Stopped(NOBODY_POSTS.to_owned()))?;
                told.map_err(|error| Problem::from(&*error))?
            }
        };
        let outcome = told_as(outcome, here, &|refusal, here| {
            shown(&self.viewer, refusal, here, &self.api.service.live.views().beside)
        });
        let mut told = Told::of(1, id, &outcome);
        self.api.metrics.posted(&told);
        if let Some(seq) = told.seq.filter(|_| asked.receipts) {
            let receipt = tokio::task::spawn_blocking(move || self.receipt(seq));
            told.receipt = Some(receipt.await??);
        }
        Ok(told)
    }

    /// Decides one body and records nothing.
    fn try_one(&self, body: &[u8], mode: Mode) -> Result<Told, Problem> {
        let incoming = Incoming::read(body, Poster::Only(&self.name));
        let told = self.desk().dry_run(&[Line { number: 1, incoming }], mode)?;
        let told = told.into_iter().next().expect("a line has its outcome");
        self.api.metrics.posted(&told);
        Ok(told)
    }

    fn post_many(
        &self,
        input: &mut (dyn BufRead + Send),
        asked: Asked,
        out: &mut Out,
    ) -> Result<(), Problem> {
        if asked.mode == Mode::Continue && !asked.dry_run && !asked.receipts {
            let mut tell = |one: LineOutcome| {
                let outcome = told_as(one.outcome, one.here, &|refusal, here| {
                    shown(&self.viewer, refusal, here, &self.api.service.live.views().beside)
                });
                out.tell(self, &Told::of(one.line, one.id, &outcome))
            };
            bulk::post_each(self.ledger(), input, Poster::Only(&self.name), &mut tell)?;
            return Ok(());
        }
        let mut told = self.outcomes(input, asked)?;
        if asked.receipts {
            let last = told.iter().filter_map(|one| one.seq).max();
            self.wait_for_receipts(last)?;
            for one in &mut told {
                one.receipt = one.seq.map(|seq| self.receipt(seq)).transpose()?;
                out.tell(self, one).map_err(|_| Problem::TooSlow)?;
            }
            return Ok(());
        }
        for one in &told {
            out.tell(self, one).map_err(|_| Problem::TooSlow)?;
        }
        Ok(())
    }

    /// The outcomes of lines that are all read before the first is told.
    fn outcomes(
        &self,
        input: &mut (dyn BufRead + Send),
        asked: Asked,
    ) -> Result<Vec<Told>, Problem> {
        let lines = bulk::read_all(input, Poster::Only(&self.name))?;
        if asked.receipts && lines.len() > RECEIPTS_MAX {
            let reason = format!("at most {RECEIPTS_MAX} events with a receipt in one post");
            return Err(Problem::Parameter { name: "receipt".to_owned(), reason });
        }
        if asked.dry_run {
            return self.desk().dry_run(&lines, asked.mode);
        }
        self.desk().post(&lines, asked.mode)
    }

    /// Waits until answers hold what was posted: who posts reads it back.
    fn follow(&self, seq: u64) {
        self.api.service.live.wait_folded(seq, FOLLOW_MAX);
    }

    fn wait_for_receipts(&self, last: Option<u64>) -> Result<(), Problem> {
        let Some(last) = last else { return Ok(()) };
        match self.api.service.live.wait_published(last + 1, RECEIPT_WAIT_MAX) {
            true => Ok(()),
            false => Err(Problem::NotCovered(format!(
                "record {last} is durable, and no checkpoint covers it yet; ask \
                 /v1/records/{last}/proof later"
            ))),
        }
    }

    fn receipt(&self, seq: u64) -> Result<String, Problem> {
        self.wait_for_receipts(Some(seq))?;
        Ok(self.api.service.live.prover().receipt(seq)?.to_string())
    }
}

/// Lines on their way out.
struct Out {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    handle: Handle,
    waiting: Vec<u8>,
    /// The last record that was told of.
    last: Option<u64>,
    /// Was anything told?
    told: bool,
    /// The place among bulk posts; given back before the answer ends, so that who has read it may
    /// post again.
    place: Option<Place>,
}

impl Out {
    fn tell(&mut self, desk: &Desk, told: &Told) -> io::Result<()> {
        desk.api.metrics.posted(told);
        self.told = true;
        // A dry run's number is of no record that is there.
        if told.movements.is_none() {
            self.last = self.last.max(told.seq);
        }
        self.waiting.extend_from_slice(&told.to_line());
        if self.waiting.len() >= SEND_BYTES { self.send() } else { Ok(()) }
    }

    /// Sends what waits; a reader that stands still for too long is given up.
    fn send(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let bytes = Bytes::from(std::mem::take(&mut self.waiting));
        let sent = self.handle.block_on(self.sender.send_timeout(Ok(bytes), IDLE_MAX));
        sent.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the poster stopped reading"))
    }

    /// Ends the answer; what failed after the first line breaks it off, so that no reader takes
    /// it for whole.
    fn end(mut self, desk: &Desk, done: Result<(), Problem>) -> Result<(), Problem> {
        if let Some(last) = self.last {
            desk.follow(last);
        }
        self.place = None;
        // Whoever is gone has nothing to be told.
        let sent = self.send();
        match (done, self.told) {
            (Err(problem), true) => {
                let failed = io::Error::other(problem.code());
                let broken = self.sender.send_timeout(Err(failed), IDLE_MAX);
                drop(self.handle.block_on(broken));
                Err(problem)
            }
            (done, _) => done.and(sent.map_err(|_| Problem::TooSlow)),
        }
    }
}

impl From<BulkError> for Problem {
    fn from(error: BulkError) -> Problem {
        match error {
            BulkError::Post(error) => error.into(),
            BulkError::Input { .. } => {
                Problem::Parameter { name: "body".to_owned(), reason: error.to_string() }
            }
            BulkError::Output(_) => Problem::TooSlow,
        }
    }
}
