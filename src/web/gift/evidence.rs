//! The proof file of a gift: its records, a receipt of each, the policy and the figures that the
//! page prints. What the reader's browser checks, and what a donor keeps.
//!
//! Nothing in it vouches for itself: a verdict needs keys that came from elsewhere.

use super::super::reply::Reply;
use super::super::visit::Visit;
use super::account::Account;
use super::{opened, unkept};
use crate::access::Viewer;
use crate::service::Problem;
use crate::service::bounds::RECEIPT_WAIT_MAX;
use serde_json::{Value, json};

/// The proof, for the page's own module.
///
/// # Errors
/// No gift is open, or no checkpoint covers its records yet.
pub fn proof(visit: &Visit) -> Result<Reply, Problem> {
    let (_, bundle) = bundle(visit)?;
    Ok(unkept(Reply::bytes("application/json", bundle.to_string().into_bytes())))
}

/// The proof as a file to keep.
///
/// # Errors
/// As [`proof`].
pub fn download(visit: &Visit) -> Result<Reply, Problem> {
    let (lot, bundle) = bundle(visit)?;
    let text = serde_json::to_string_pretty(&bundle).unwrap_or_default() + "\n";
    let name = format!("gift-{lot}.proof.json");
    Ok(unkept(Reply::file("application/json", &name, text.into_bytes())))
}

fn bundle(visit: &Visit) -> Result<(String, Value), Problem> {
    let open = opened(visit, "gift/proof")?;
    Ok((open.lot.to_string(), bundle_of(visit, &open.viewer, &open.lot)?))
}

/// The proof of a gift, of those records that a viewer may see.
///
/// # Errors
/// There is no such gift, no checkpoint covers its records yet, or there are too many: a part of
/// them would add up to other figures.
pub fn bundle_of(visit: &Visit, viewer: &Viewer, lot: &str) -> Result<Value, Problem> {
    let account = Account::of(visit, viewer, lot)?;
    if account.more {
        return Err(Problem::TooLarge { limit: account.records.len() as u64 });
    }
    let live = visit.live();
    if let Some(last) = account.records.last() {
        live.wait_published(last.seq + 1, RECEIPT_WAIT_MAX);
    }
    let prover = live.prover();
    let mut records = Vec::new();
    for record in &account.records {
        let receipt = prover.receipt(record.seq)?.to_string();
        records.push(json!({"seq": record.seq, "record": record.line, "receipt": receipt}));
    }
    drop(prover);
    let gift = &account.gift;
    Ok(json!({
        "format": "fundtrail-gift-proof-v1",
        "lot": gift.lot,
        "figures": {
            "received_fen": gift.received_fen,
            "used_fen": gift.used_fen,
            "refunded_fen": gift.refunded_fen,
            "remaining_fen": gift.remaining_fen,
        },
        "log_keys": live.views().parties.log_keys,
        "policy": policy(visit)?,
        "records": records,
    }))
}

/// The policy in force, as its file stands; null before one was put in force.
fn policy(visit: &Visit) -> Result<Option<String>, Problem> {
    let live = visit.live();
    let Some(sha256) = live.policy_in_force() else { return Ok(None) };
    let kept = live.policy(sha256).map_err(|error| Problem::Failed(error.to_string()))?;
    Ok(kept.and_then(|bytes| String::from_utf8(bytes).ok()))
}
