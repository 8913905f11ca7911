//! Upkeep: signed checkpoints, kept heads, state files.
//!
//! The order never changes: records durable, then signed, then stored; nothing beyond the newest
//! stored checkpoint is published. A state file is written only at a checkpoint's size.

use super::Ledger;
use super::open::Replay;
use crate::chain::checkpoint::Checkpoint;
use crate::store::{self, Records, layout::Layout};

/// Why a checkpoint could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The log's key is not here.
    #[error("the log's key is missing; name it with --log-key")]
    NoKey,
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Ledger {
    /// Signs the durable head and stores the checkpoint; gives its note. The newest stored one is
    /// given again when nothing was added since.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn checkpoint(&self) -> Result<String, CheckpointError> {
        let key = self.log_key.as_ref().ok_or(CheckpointError::NoKey)?;
        let (size, root) = {
            let desk = self.desk();
            (desk.durable, desk.roots.newest())
        };
        if let Some(note) = self.reader.checkpoint()
            && let Ok(text) = std::str::from_utf8(&note)
            && text.lines().nth(1) == Some(size.to_string().as_str())
        {
            return Ok(text.to_owned());
        }
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root };
        let note = checkpoint.sign(&[key]);
        let mut lead = self.lead.lock().expect("a leader never panics between seal and append");
        lead.store.put_checkpoint(note.as_bytes())?;
        Ok(note)
    }

    /// A clean stop: what is durable is covered by a checkpoint when this returns.
    ///
    /// # Errors
    /// [`CheckpointError`]; the records are durable all the same.
    pub fn close(self) -> Result<(), CheckpointError> {
        self.checkpoint().map(drop)
    }
}

/// The newest state file that holds, or the beginning.
pub(super) fn newest_state(_layout: &Layout, _reader: &dyn Records) -> Replay {
    Replay::default()
}
