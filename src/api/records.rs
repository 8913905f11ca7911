//! `/v1/records`: records as they are stored, whole or not at all.
//!
//! A record that the reader may not see is answered as absent: it changes no page and no cursor.

use super::answer::{keeping, slow};
use super::call::Call;
use crate::base::Digest;
use crate::ledger::live::Stands;
use crate::ledger::lookups::Key;
use crate::service::problem::Problem;
use crate::service::seen::Reader;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::RawValue;

/// The words of `form`.
pub const FORMS: &[&str] = &["raw"];

/// A record.
#[derive(Serialize)]
struct Shown {
    seq: u64,
    leaf_hash: Digest,
    /// The stored bytes, exactly.
    record: Box<RawValue>,
}

/// A page of records.
#[derive(Serialize)]
struct Shelf {
    rows: Vec<Shown>,
    /// The number after which the next page begins; null at the end.
    next: Option<u64>,
}

/// A page of records, all or those with a key.
///
/// # Errors
/// More than one key.
pub async fn list(call: Call) -> Result<Response, Problem> {
    let keys = ["type", "jurisdiction", "lot", "project"];
    let mut given = keys.into_iter().filter(|name| call.query.text(name).is_some());
    let key = given.next();
    if let Some(second) = given.next() {
        let reason = "only one of type, jurisdiction, lot and project is taken".to_owned();
        return Err(Problem::Parameter { name: second.to_owned(), reason });
    }
    // Whoever sees a part of the records may have many read to find it.
    let place = match key.is_none() && !call.viewer.reads_all() {
        true => Some(call.api.service.limits.past()?),
        false => None,
    };
    slow(call, move |call| {
        let _place = place;
        let live = call.live();
        let as_of = live.as_of(&live.views());
        let from = call.query.whole("after").map_or(0, |after| after.saturating_add(1));
        let value = key.and_then(|name| call.query.text(name)).unwrap_or_default();
        let key = key.map(|name| match name {
            "type" => Key::Type(value),
            "jurisdiction" => Key::Jurisdiction(value),
            "lot" => Key::Lot(value),
            _ => Key::Project(value),
        });
        let mut wanted = |seq: u64, bytes: &[u8]| call.reader().may_see(seq, bytes);
        let range = from.min(as_of.size)..as_of.size;
        let page = live.page(range, key, call.query.limit(), &mut wanted)?;
        let rows = page.records.into_iter().map(|(seq, bytes)| shown(seq, &bytes));
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(Stands { as_of, answer: Shelf { rows, next: page.next } })
    })
    .await
}

/// One record.
///
/// # Errors
/// There is none of that number that the reader may see.
pub async fn one(call: Call) -> Result<Response, Problem> {
    let seq = call.path.whole("seq").ok_or(Problem::NotFound("record"))?;
    if call.query.text("form").is_some() {
        let live = call.live().clone();
        let viewer = call.viewer.clone();
        let mut line = tokio::task::spawn_blocking(move || {
            Reader { live: &live, viewer: &viewer }.record(seq)
        })
        .await??;
        line.push(b'\n');
        let mut response = line.into_response();
        let kind = HeaderValue::from_static("application/jsonl");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().insert(header::CACHE_CONTROL, keeping(&call.viewer, true));
        return Ok(response);
    }
    slow(call, move |call| {
        let live = call.live();
        let as_of = live.as_of(&live.views());
        let bytes = call.reader().record(seq)?;
        Ok(Stands { as_of, answer: shown(seq, &bytes)? })
    })
    .await
}

fn shown(seq: u64, bytes: &[u8]) -> Result<Shown, Problem> {
    let record = serde_json::from_slice(bytes)
        .map_err(|error| Problem::Failed(format!("record {seq}: {error}")))?;
    Ok(Shown { seq, leaf_hash: Digest::of(&[&[0], bytes]), record })
}
