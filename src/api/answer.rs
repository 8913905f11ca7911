//! Answers in JSON: with the position they were true at, an ETag, and how long they may be kept.
//!
//! An ETag covers position, question and reader, and nothing else: what a reader may not see
//! changes none (design section 10).

use super::call::Call;
use crate::access::{Register, Viewer};
use crate::base::Digest;
use crate::ledger::live::{AsOf, Stands, Views};
use crate::service::Served;
use crate::service::kept::Position;
use crate::service::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

/// What a quick answer is made from: the views at one position.
pub struct Reading<'r> {
    /// The call.
    pub call: &'r Call,
    /// The views.
    pub views: &'r Views<Register>,
}

impl Reading<'_> {
    /// Who reads.
    pub fn viewer(&self) -> &Viewer {
        &self.call.viewer
    }
}

/// Answers from the views, which stand still meanwhile: for what takes milliseconds.
///
/// # Errors
/// What `make` says.
pub async fn quick<T: Serialize>(
    call: Call,
    make: impl FnOnce(&Reading<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    slow(call, move |call| {
        let views = call.api.service.live.views();
        let as_of = call.api.service.live.as_of(&views);
        let answer = make(&Reading { call, views: &views })?;
        Ok(Stands { as_of, answer })
    })
    .await
}

/// Answers from what takes longer, such as reading many records: `make` says its own position.
///
/// # Errors
/// What `make` says.
pub async fn slow<T: Serialize>(
    mut call: Call,
    make: impl FnOnce(&Call) -> Result<Stands<T>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let question = format!("{} {}", call.viewer.key(), call.target);
    let position = position(call.live());
    let tag = etag(position, &question);
    if is_known(&call.headers, &tag) {
        return Ok(unchanged(&call.viewer, &tag));
    }
    if let Some(answer) = call.api.kept.get(position, &question) {
        return Ok(json(&call.viewer, &tag, answer));
    }
    let viewer = call.viewer.clone();
    let api = Arc::clone(&call.api);
    call.body = Body::empty();
    let made = tokio::task::spawn_blocking(move || {
        let stands = make(&call)?;
        let bytes = serde_json::to_vec(&stands).map_err(|it| Problem::Failed(it.to_string()))?;
        Ok::<_, Problem>((stands.as_of, Bytes::from(bytes)))
    });
    let (as_of, bytes) = made.await??;
    // Records may have come in between: then the answer is of a later position than was asked for.
    let position = match as_of.business_date.is_some() || as_of.size < position.0 {
        true => position,
        false => (as_of.size, as_of.verified_seq),
    };
    api.kept.put(position, question.clone(), &bytes);
    Ok(json(&viewer, &etag(position, &question), bytes))
}

/// Where answers stand now.
fn position(live: &Served) -> Position {
    let size = live.folded();
    (size, live.verified_seq().filter(|seq| *seq < size))
}

/// The answer in JSON, under a tag.
fn json(viewer: &Viewer, tag: &str, bytes: Bytes) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (kind, bytes).into_response();
    tag_and_keep(viewer, tag, response.headers_mut());
    response
}

fn unchanged(viewer: &Viewer, tag: &str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    tag_and_keep(viewer, tag, response.headers_mut());
    response
}

fn tag_and_keep(viewer: &Viewer, tag: &str, headers: &mut HeaderMap) {
    let tag = HeaderValue::from_str(tag).expect("a tag is ASCII");
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, keeping(viewer, false));
}

/// How long an answer may be kept by those it passes: for ever where it cannot change, and never
/// what a token or code opened.
pub fn keeping(viewer: &Viewer, cannot_change: bool) -> HeaderValue {
    HeaderValue::from_static(match (viewer, cannot_change) {
        (Viewer::Public, true) => "public, max-age=31536000, immutable",
        (Viewer::Public, false) => "public, max-age=1, must-revalidate",
        (Viewer::Principal(_) | Viewer::Gift(_), _) => "private, no-store",
    })
}

/// Weak: how far the scrub has come stands in the answer and not in its tag.
fn etag(position: Position, question: &str) -> String {
    let size = position.0;
    let digest = Digest::of(&[question.as_bytes()]).to_string();
    format!("W/\"{size}-{}\"", &digest[..24])
}

/// Does the reader hold what the tag names?
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    held.flat_map(|all| all.split(',')).any(|one| one.trim() == tag || one.trim() == "*")
}

/// The position alone, of an answer that states it in its own way.
pub fn as_of_now(call: &Call) -> AsOf {
    call.api.service.live.as_of(&call.api.service.live.views())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_position_question_and_reader_apart_and_nothing_else() {
        let tag = etag((7, None), "public /v1/ledger");
        assert_eq!(tag, etag((7, Some(3)), "public /v1/ledger"));
        assert_ne!(tag, etag((8, None), "public /v1/ledger"));
        assert_ne!(tag, etag((7, None), "mirror /v1/ledger"));
        let mut headers = HeaderMap::new();
        let held = HeaderValue::from_str(&format!("\"x\", {tag}")).unwrap();
        headers.insert(header::IF_NONE_MATCH, held);
        assert!(is_known(&headers, &tag));
        assert!(!is_known(&headers, &etag((8, None), "public /v1/ledger")));
    }
}
