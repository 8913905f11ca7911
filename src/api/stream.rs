//! `/v1/stream`: records as they become durable, as server-sent events, resumable: none is missed
//! and none is doubled, across restarts too.
//!
//! An event's id is the record's number and the first 16 hex of its leaf hash, so that whoever
//! comes back with an id of another history is told so instead of going on.

use super::Api;
use super::answer::as_of_now;
use super::call::Call;
use crate::access::{Viewer, may_stream};
use crate::base::Digest;
use crate::ledger::reading::read_durable;
use crate::service::Served;
use crate::service::bounds::{IDLE_MAX, RIGHT_EVERY};
use crate::service::door::{self, Origin};
use crate::service::problem::Problem;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// How many records are read at once.
const READ_RECORDS: u64 = 64;

/// How many hex digits of the leaf hash an id holds.
const LEAF_DIGITS: usize = 16;

/// Streams records from behind the one that the reader has, or from the first.
///
/// # Errors
/// The reader may not, or holds what this ledger does not continue.
pub async fn follow(call: Call) -> Result<Response, Problem> {
    if !may_stream(&call.viewer) {
        return Err(Problem::NotOpen);
    }
    let held = call.headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let held = held.or(call.query.text("after")).map(str::to_owned);
    let from = match held {
        None => 0,
        Some(id) => {
            let live = call.live().clone();
            let checked = tokio::task::spawn_blocking(move || behind(&live, &id)).await?;
            match checked? {
                Some(from) => from,
                None => return Err(Problem::HeadMoved(Box::new(as_of_now(&call)))),
            }
        }
    };
    let place = call.api.service.limits.stream(&call.viewer.name())?;
    let (sender, receiver) = mpsc::channel(READ_RECORDS as usize);
    let api = Arc::clone(&call.api);
    let right = Right { viewer: call.viewer, headers: call.headers, origin: call.origin };
    tokio::spawn(async move {
        api.metrics.stream_opened();
        feed(&api, from, right, &sender).await;
        api.metrics.stream_closed();
        drop(place);
    });
    let events = ReceiverStream::new(receiver).map(Ok::<Event, Infallible>);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// The number behind an id; none where the id is ahead or of another history.
fn behind(live: &Served, id: &str) -> Result<Option<u64>, Problem> {
    let wrong =
        |reason: &str| Problem::Parameter { name: "after".to_owned(), reason: reason.to_owned() };
    let (seq, leaf) = id.split_once('-').ok_or_else(|| wrong("is SEQ-HASH, as ids are given"))?;
    let seq: u64 = seq.parse().map_err(|_| wrong("its number is none"))?;
    let hex = leaf.len() == LEAF_DIGITS && leaf.bytes().all(|it| it.is_ascii_hexdigit());
    if !hex {
        return Err(wrong("its hash has not 16 hex digits"));
    }
    if seq >= live.folded() {
        return Ok(None);
    }
    let record = read_durable(&*live.records(), seq);
    let record = record.map_err(|error| Problem::Failed(error.to_string()))?;
    Ok((leaf_of(&record) == leaf).then_some(seq + 1))
}

/// By what right a stream was opened.
struct Right {
    viewer: Viewer,
    headers: HeaderMap,
    origin: Origin,
}

impl Right {
    /// Does it still stand? A grant or a token may have been revoked or have expired since.
    fn stands(&self, api: &Api) -> bool {
        let now = door::viewer(&api.service, &self.headers, self.origin);
        now.is_ok_and(|viewer| viewer == self.viewer && may_stream(&viewer))
    }
}

/// Sends until the reader goes away, stands still or may not read any more, or the service ends.
async fn feed(api: &Arc<Api>, mut next: u64, right: Right, sender: &mpsc::Sender<Event>) {
    let mut folded = api.bell.subscribe();
    let right = Arc::new(right);
    loop {
        let folded_now = *folded.borrow_and_update();
        if folded_now == u64::MAX {
            return;
        }
        let until = folded_now.min(next + READ_RECORDS);
        if next >= until {
            let ended = tokio::select! {
                changed = folded.changed() => changed.is_err(),
                () = sender.closed() => true,
                () = tokio::time::sleep(RIGHT_EVERY) => !right.stands(api),
            };
            if ended {
                return;
            }
            continue;
        }
        let (api, right) = (Arc::clone(api), Arc::clone(&right));
        // The answers already hold these records, so a revocation among them counts before any of
        // them is sent.
        let page = tokio::task::spawn_blocking(move || {
            let live = &api.service.live;
            let page = |()| live.page(next..until, None, READ_RECORDS as usize, &mut |_, _| true);
            right.stands(&api).then_some(()).map(page)
        });
        let Ok(Some(Ok(page))) = page.await else { return };
        for (seq, record) in page.records {
            let id = format!("{seq}-{}", leaf_of(&record));
            let Ok(text) = String::from_utf8(record) else { return };
            let event = Event::default().event("record").id(id).data(text);
            if sender.send_timeout(event, IDLE_MAX).await.is_err() {
                return;
            }
            next = seq + 1;
        }
    }
}

fn leaf_of(record: &[u8]) -> String {
    Digest::of(&[&[0], record]).to_string()[..LEAF_DIGITS].to_owned()
}
