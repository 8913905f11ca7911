//! `/v1/ledger`: which ledger this is, how far it is, and who vouches for it.

use super::answer::{keeping, quick};
use super::call::Call;
use crate::base::{Digest, Stamp};
use crate::ledger::proving::ProveError;
use crate::ledger::reading::read_durable;
use crate::projections::heads::{Filed, Witness};
use crate::service::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The ledger.
#[derive(Serialize)]
struct Ledger {
    /// The origin that checkpoints bear.
    origin: String,
    /// The leaf hash of record 0, which every signature of an event names.
    ledger: Digest,
    /// The verifier keys that the records state, the oldest first: the ledger's own word.
    log_keys: Vec<String>,
    /// SHA-256 of the policy file of these keys, served at `/policy/{sha256}`.
    policy_sha256: Digest,
    /// When the last record was recorded.
    recorded_at: Option<Stamp>,
    /// The newest published checkpoint's size.
    published_size: u64,
    /// The newest witnessed checkpoint's size.
    witnessed_size: Option<u64>,
    /// The witnesses that are registered.
    witnesses: Vec<Witness>,
    /// The verification that covers most records.
    verified: Option<Filed>,
    /// The program's version.
    program: &'static str,
    /// Is anything posted here?
    read_only: bool,
}

/// The ledger, and how far it is.
///
/// # Errors
/// Record 0 cannot be read.
pub async fn ledger(call: Call) -> Result<Response, Problem> {
    quick(call, |reading| {
        let live = reading.call.live();
        let first =
            read_durable(&*live.records(), 0).map_err(|it| Problem::Failed(it.to_string()))?;
        let published = live.published();
        let views = reading.views;
        Ok(Ledger {
            origin: published.checkpoint.origin.clone(),
            ledger: Digest::of(&[&[0], &first]),
            log_keys: views.parties.log_keys.clone(),
            policy_sha256: live
                .policy_in_force()
                .unwrap_or_else(|| Digest::of(&[views.parties.policy().as_bytes()])),
            recorded_at: views.recorded_at,
            published_size: published.checkpoint.size,
            witnessed_size: live.prover().witnessed().map(|head| head.checkpoint.size),
            witnesses: views.heads.witnesses.clone(),
            verified: views.heads.newest_filed().cloned(),
            program: env!("CARGO_PKG_VERSION"),
            read_only: live.ledger().is_none(),
        })
    })
    .await
}

/// A policy file by its digest.
///
/// # Errors
/// There is no such policy.
pub async fn policy(call: Call) -> Result<Response, Problem> {
    let asked = call.path.sha256("sha256").ok_or(Problem::NotFound("policy"))?;
    let live = call.live().clone();
    let used = tokio::task::spawn_blocking(move || live.policy(asked)).await?;
    let policy = match used.map_err(ProveError::from)? {
        Some(used) => used,
        // Before one was put in force, the keys that the records state make one.
        None => {
            let stated = call.live().views().parties.policy().into_bytes();
            let fits = asked == Digest::of(&[&stated]);
            fits.then_some(stated).ok_or(Problem::NotFound("policy"))?
        }
    };
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8".parse());
    let mut response = policy.into_response();
    let headers = response.headers_mut();
    if let (name, Ok(kind)) = kind {
        headers.insert(name, kind);
    }
    headers.insert(header::CACHE_CONTROL, keeping(&call.viewer, true));
    Ok(response)
}
