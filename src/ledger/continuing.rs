//! A ledger goes on after a loss: the one event that only a restore writes.
//!
//! Records and their signatures stay; from here on checkpoints bear a new origin and a new key, so
//! that a head of the old origin beyond this record stays the evidence of what was lost.

use super::desk::Decision;
use super::incoming::Incoming;
use super::log_keys::LogKeys;
use super::open::{OpenError, OpenOptions};
use super::upkeep::CheckpointError;
use super::{Ledger, PostError};
use crate::base::EventId;
use crate::chain::note::key::{Algorithm, SignerKey};
use crate::domain::Refusal;
use crate::seam::read_event;
use crate::store::{self, layout};
use serde_json::json;
use std::path::Path;

/// How a ledger goes on.
pub struct Continuation<'c> {
    /// The origin from here on: none that the ledger bore before.
    pub origin: &'c str,
    /// Why.
    pub reason: &'c str,
    /// Who makes the entry.
    pub maker: &'c str,
    /// Who checks it.
    pub checker: &'c str,
    /// The event's id.
    pub id: EventId,
    /// The seed of the new key.
    pub key_seed: [u8; 32],
}

/// Why a ledger does not go on.
#[derive(Debug, thiserror::Error)]
pub enum ContinueError {
    /// The origin is none.
    #[error("{0} is no origin: 3 to 128 letters, digits and . _ / -, such as ledger.example/2018")]
    Origin(String),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The rules refuse it.
    #[error("{0}")]
    Refused(Refusal),
    /// It cannot be written.
    #[error(transparent)]
    Post(#[from] PostError),
    /// It cannot be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The new key cannot be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Ledger {
    /// Records `ledger_continued` in a folder that was just restored and signs under the new
    /// origin; gives the new verifier key.
    ///
    /// # Errors
    /// [`ContinueError`].
    pub fn go_on_after_loss(
        folder: &Path,
        options: OpenOptions,
        continuation: &Continuation<'_>,
    ) -> Result<String, ContinueError> {
        let Continuation { origin, reason, maker, checker, id, key_seed } = continuation;
        if !crate::chain::checkpoint::is_origin(origin) {
            return Err(ContinueError::Origin((*origin).to_owned()));
        }
        let key = SignerKey::new(origin, Algorithm::Ed25519, key_seed)
            .map_err(|_| ContinueError::Origin((*origin).to_owned()))?;
        let vkey = key.verifier().to_string();
        let (mut ledger, _) = Ledger::open_without_key(folder, options)?;
        let (body, at) = {
            let now = ledger.clock.now().map_err(OpenError::from)?;
            let desk = ledger.desk();
            let operator = desk.state.principals.get("operator");
            let place = operator.map(|one| (one.scope.to_string(), one.org.to_string()));
            let (scope, org) = place.unwrap_or_default();
            let body = json!({
                "id": id.to_string(), "type": "ledger_continued", "jurisdiction": scope,
                "business_date": now.hebei_date().to_string(),
                "by": { "org": org, "maker": maker, "checker": checker }, "docs": [],
                "data": {
                    "from_origin": desk.state.origin(), "size": desk.durable,
                    "root": desk.roots.newest(), "origin": origin, "vkey": vkey, "reason": reason,
                },
            });
            (body, now)
        };
        let incoming = Incoming::from_body(body.to_string().as_bytes(), "operator", Vec::new());
        ledger.record_by_program(&incoming.map_err(ContinueError::Refused)?, at)?;
        let layout = layout::Layout::new(folder);
        layout::write_durably(
            &layout.log_key(),
            format!("{}\n", key.secret_text()).as_bytes(),
            0o600,
        )?;
        ledger.log_keys = LogKeys::of(key);
        ledger.checkpoint_kept()?;
        ledger.close()?;
        Ok(vkey)
    }

    fn record_by_program(
        &self,
        incoming: &Incoming,
        at: crate::base::Stamp,
    ) -> Result<(), ContinueError> {
        let event = read_event(&incoming.body).map_err(ContinueError::Refused)?;
        let mut desk = self.desk();
        let first = desk.state.size();
        let mut group = Vec::new();
        match desk.decide(incoming, &event, at, true, &mut group, &*self.reader) {
            Decision::Refused(refusal) => return Err(ContinueError::Refused(refusal)),
            Decision::Recorded(_) | Decision::Duplicate(_) => {}
        }
        let until = desk.state.size();
        desk.waiting.extend(super::grouped(first, group));
        Ok(self.await_durable(desk, until)?)
    }
}
