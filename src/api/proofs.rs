//! Heads and proofs: C2SP tlog-tiles paths, receipts, consistency. Nothing beyond the newest
//! published checkpoint is given out, and each proof is checked against it first.

use super::answer::{as_of_now, keeping};
use super::call::Call;
use crate::access::{Extent, What, extent};
use crate::ledger::live::TileAsked;
use crate::ledger::proving::ProveError;
use crate::service::bounds::PAGE_MAX;
use crate::service::problem::Problem;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The newest published checkpoint.
///
/// # Errors
/// None but failures.
pub async fn checkpoint(call: Call) -> Result<Response, Problem> {
    Ok(text(&call, call.live().published().note.clone(), false))
}

/// The newest checkpoint with a quorum of cosignatures.
///
/// # Errors
/// There is none.
pub async fn witnessed(call: Call) -> Result<Response, Problem> {
    let head = call.live().prover().witnessed().cloned();
    let head = head.ok_or(Problem::NotFound("witnessed checkpoint"))?;
    Ok(text(&call, head.note, false))
}

/// The sizes of the kept heads, one a line, at most a page of them.
///
/// # Errors
/// They cannot be listed.
pub async fn kept_heads(call: Call) -> Result<Response, Problem> {
    let after = call.query.whole("after").unwrap_or(0);
    let live = call.live().clone();
    let listed = tokio::task::spawn_blocking(move || live.kept_heads(after, PAGE_MAX)).await?;
    let sizes = listed.map_err(ProveError::from)?;
    let lines = sizes.into_iter().map(|size| format!("{size}\n")).collect();
    Ok(text(&call, lines, false))
}

/// A kept head.
///
/// # Errors
/// No head of this size is kept.
pub async fn kept_head(call: Call) -> Result<Response, Problem> {
    let size = call.path.whole("size").ok_or(Problem::NotFound("head"))?;
    let live = call.live().clone();
    let read = tokio::task::spawn_blocking(move || live.kept_head(size)).await?;
    let note = read.map_err(ProveError::from)?.ok_or(Problem::NotFound("head"))?;
    // It may still be given cosignatures.
    Ok(text(&call, note, false))
}

/// A tile of hashes, or a bundle of records for those who may read all of them.
///
/// # Errors
/// There is no such tile, or the reader may not have it.
pub async fn tile(call: Call) -> Result<Response, Problem> {
    let path = call.path.text("path").unwrap_or_default().to_owned();
    let asked = TileAsked::parse(&path).ok_or(Problem::NotFound("tile"))?;
    if asked.is_entries() && extent(&call.viewer, What::EntryBundles) != Extent::All {
        return Err(match call.viewer.principal() {
            None => Problem::TokenNeeded,
            Some(_) => Problem::NotOpen,
        });
    }
    let live = call.live().clone();
    let bytes = tokio::task::spawn_blocking(move || live.tile(&asked)).await??;
    let bytes = bytes.ok_or(Problem::NotFound("tile"))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    // What a published checkpoint covers never changes, partial tiles under their own names either.
    headers.insert(header::CACHE_CONTROL, keeping(&call.viewer, true));
    Ok(response)
}

/// The receipt of a record.
///
/// # Errors
/// There is no such record, or no checkpoint covers it yet.
pub async fn receipt(call: Call) -> Result<Response, Problem> {
    let seq = call.path.whole("seq").ok_or(Problem::NotFound("record"))?;
    if seq >= call.live().folded() {
        return Err(Problem::NotFound("record"));
    }
    let live = call.live().clone();
    let made = tokio::task::spawn_blocking(move || {
        live.wait_published(seq + 1, crate::service::bounds::RECEIPT_WAIT_MAX);
        live.prover().receipt(seq).map(|receipt| receipt.to_string())
    });
    let made = made.await??;
    Ok(text(&call, made, false))
}

/// The proof that one size continues another: one base64 hash a line.
///
/// # Errors
/// A size is beyond the newest checkpoint, or they stand in the wrong order.
pub async fn consistency(call: Call) -> Result<Response, Problem> {
    let size = |name: &str| {
        let missing =
            || Problem::Parameter { name: name.to_owned(), reason: "is missing".to_owned() };
        call.query.whole(name).ok_or_else(missing)
    };
    let (old, new) = (size("old")?, size("new")?);
    if new > call.live().folded() {
        return Err(Problem::HeadMoved(Box::new(as_of_now(&call))));
    }
    let live = call.live().clone();
    let lines = tokio::task::spawn_blocking(move || {
        live.wait_published(new, crate::service::bounds::RECEIPT_WAIT_MAX);
        live.consistency_lines(old, new)
    });
    let lines = lines.await??;
    Ok(text(&call, lines, true))
}

fn text(call: &Call, text: String, cannot_change: bool) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, keeping(&call.viewer, cannot_change));
    response
}
