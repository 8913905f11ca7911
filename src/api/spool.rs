//! Bodies as they come in: bounded, given up when they stand still, large ones on the disk.

use crate::service::Served;
use crate::service::bounds::BODY_BYTES_MAX;
use crate::service::problem::Problem;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, header};
use std::io::{BufRead, BufReader, Cursor, Seek, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::{Sleep, sleep};
use tokio_stream::{Stream, StreamExt};

/// Reads a body that fits the memory.
///
/// # Errors
/// It is larger than `limit`, stands still or breaks off.
pub async fn read_small(headers: &HeaderMap, body: Body, limit: u64) -> Result<Vec<u8>, Problem> {
    check_announced(headers, limit)?;
    let mut coming = Coming { stream: body.into_data_stream(), left: limit, limit };
    let mut bytes = Vec::new();
    while let Some(more) = coming.next().await? {
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

/// Takes in a bulk body whole, in memory where it is small, else on the disk.
///
/// # Errors
/// As [`read_small`]; or the disk takes no more.
pub async fn spool(
    live: &Served,
    headers: &HeaderMap,
    body: Body,
    limit: u64,
) -> Result<Box<dyn BufRead + Send>, Problem> {
    check_announced(headers, limit)?;
    let mut coming = Coming { stream: body.into_data_stream(), left: limit, limit };
    let mut bytes = Vec::new();
    let mut file = None;
    let failed =
        |error: std::io::Error| Problem::Failed(format!("a body cannot be spooled: {error}"));
    while let Some(more) = coming.next().await? {
        if file.is_none() && bytes.len() as u64 + more.len() as u64 <= BODY_BYTES_MAX {
            bytes.extend_from_slice(&more);
            continue;
        }
        if file.is_none() {
            let mut made = tokio::fs::File::from_std(live.spool().map_err(failed)?);
            made.write_all(&std::mem::take(&mut bytes)).await.map_err(failed)?;
            file = Some(made);
        }
        if let Some(file) = &mut file {
            file.write_all(&more).await.map_err(failed)?;
        }
    }
    let Some(mut file) = file else { return Ok(Box::new(Cursor::new(bytes))) };
    file.flush().await.map_err(failed)?;
    let mut file = file.into_std().await;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(Box::new(BufReader::with_capacity(1 << 18, file)))
}

/// What says beforehand that it is too large is not read at all.
fn check_announced(headers: &HeaderMap, limit: u64) -> Result<(), Problem> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    match length.and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if length > limit => Err(Problem::TooLarge { limit }),
        Some(_) | None => Ok(()),
    }
}

/// A body on its way in.
struct Coming {
    stream: BodyDataStream,
    left: u64,
    limit: u64,
}

impl Coming {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(more) = self.stream.next().await else { return Ok(None) };
        let more = more.map_err(|error| match stood_still(&error) {
            true => Problem::TooSlow,
            false => Problem::Body,
        })?;
        let left = self.left.checked_sub(more.len() as u64);
        self.left = left.ok_or(Problem::TooLarge { limit: self.limit })?;
        Ok(Some(more))
    }
}

/// Did a body break off because its sender was silent? Bodies wrap what goes wrong in them.
fn stood_still(error: &axum::Error) -> bool {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |one| one.source()).any(|one| one.is::<StoodStill>())
}

/// A body that breaks off when its sender is silent for longer than `idle`.
pub fn impatient(body: Body, idle: Duration) -> Body {
    Body::from_stream(Impatient { stream: body.into_data_stream(), idle, waiting: None })
}

/// The sender of a body was silent for too long.
#[derive(Debug, thiserror::Error)]
#[error("the body stood still")]
struct StoodStill;

struct Impatient {
    stream: BodyDataStream,
    idle: Duration,
    /// Runs only while the sender is waited for: how slowly we take the body in is not counted.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Stream for Impatient {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(more) = Pin::new(&mut self.stream).poll_next(context) {
            self.waiting = None;
            return Poll::Ready(more.map(|more| more.map_err(axum::Error::into_inner)));
        }
        let idle = self.idle;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(idle)));
        waiting.as_mut().poll(context).map(|()| Some(Err(StoodStill.into())))
    }
}
