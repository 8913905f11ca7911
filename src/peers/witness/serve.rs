//! The witness over HTTP: two routes, thin, bounded.
//!
//! `POST /add-checkpoint` is what logs ask; `GET /HEX/checkpoint` is what monitors read.

use super::{Answer, Witness};
use crate::base::Digest;
use crate::chain::add_checkpoint::ADD_CHECKPOINT_BYTES_MAX;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of a witness.
pub fn routes(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(ADD_CHECKPOINT_BYTES_MAX))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, request: Bytes) -> Response {
    // It writes to the disk before it answers.
    let answered = tokio::task::spawn_blocking(move || witness.add_checkpoint(&request)).await;
    match answered {
        Ok(answer) => respond(&answer),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "it could not be judged\n".to_owned()),
    }
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(origin): Path<String>) -> Response {
    let newest = tokio::task::spawn_blocking(move || witness.newest(Digest::parse(&origin)?)).await;
    match newest.ok().flatten() {
        Some(note) => ([(header::CONTENT_TYPE, TEXT)], note).into_response(),
        None => text(StatusCode::NOT_FOUND, "no head of this log was cosigned here\n".to_owned()),
    }
}

const TEXT: &str = "text/plain; charset=utf-8";

fn respond(answer: &Answer) -> Response {
    let kind = match answer {
        Answer::Conflict(_) => "text/x.tlog.size",
        Answer::Cosigned(_)
        | Answer::BadRequest(_)
        | Answer::NotSigned(_)
        | Answer::UnknownOrigin(_)
        | Answer::Inconsistent(_)
        | Answer::NotStored(_) => TEXT,
    };
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, kind)];
    (status, headers, answer.body()).into_response()
}

fn text(status: StatusCode, sentence: String) -> Response {
    (status, [(header::CONTENT_TYPE, TEXT)], sentence).into_response()
}
