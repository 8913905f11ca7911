//! `/v1/evidence/{sha256}`: a stored file, for whoever may read a record that names it; always as
//! an attachment, never rendered here.

use super::answer::keeping;
use super::call::Call;
use crate::service::problem::Problem;
use crate::service::seen::Reader;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::fs::File;
use std::io::{self, Read};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// How many bytes are sent at once.
const SEND_BYTES: usize = 64 << 10;

/// A file.
///
/// # Errors
/// There is none, or the reader sees no record that names it.
pub async fn file(call: Call) -> Result<Response, Problem> {
    let sha256 = call.path.sha256("sha256").ok_or(Problem::NotFound("file"))?;
    let place = call.api.service.limits.past()?;
    let (live, viewer) = (call.live().clone(), call.viewer.clone());
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        Reader { live: &live, viewer: &viewer }.evidence(sha256)
    });
    let file = found.await??;
    let mut response = send(file).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{sha256}\""));
    headers.insert(header::CONTENT_DISPOSITION, name.expect("hex digits are ASCII"));
    headers.insert(header::CACHE_CONTROL, keeping(&call.viewer, true));
    Ok(response)
}

fn send(mut file: File) -> Body {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut buffer = vec![0; SEND_BYTES];
        loop {
            let more = match file.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => Ok(Bytes::copy_from_slice(&buffer[..read])),
                Err(error) => Err(error),
            };
            let sent = handle.block_on(sender.send_timeout(more, crate::service::bounds::IDLE_MAX));
            if sent.is_err() {
                return;
            }
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}
