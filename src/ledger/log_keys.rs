//! The log's secret keys on disk: the present one, the next one while it is changed, and the former
//! one, which signs along for 30 days.
//!
//! Which of them counts says the state, never a file's name: so a change that was interrupted
//! between its record and the renaming of files goes on where it stopped.

use super::Ledger;
use super::open::OpenError;
use super::upkeep::CheckpointError;
use crate::base::Digest;
use crate::chain::note::key::SignerKey;
use crate::domain::State;
use crate::store::layout::{sibling, write_durably};
use std::path::{Path, PathBuf};

/// The secret keys that a start found.
#[derive(Debug, Default)]
pub(super) struct LogKeys(Vec<SignerKey>);

impl LogKeys {
    /// One key.
    pub fn of(key: SignerKey) -> LogKeys {
        LogKeys(vec![key])
    }

    /// Reads the keys at a path and beside it; one of them must be the one that the state names.
    ///
    /// # Errors
    /// [`OpenError::Key`].
    pub fn read(path: &Path, state: &State) -> Result<LogKeys, OpenError> {
        let shown = path.display().to_string();
        let fault = |reason: String| OpenError::Key { path: shown.clone(), reason };
        let mut keys = LogKeys::default();
        let mut missing = None;
        for (file, needed) in
            [(path.to_path_buf(), true), (next(path), false), (former(path), false)]
        {
            match std::fs::read_to_string(&file) {
                Ok(text) => {
                    let key = SignerKey::parse(&text).map_err(|error| fault(error.to_string()))?;
                    keys.0.push(key);
                }
                Err(error) if needed => missing = Some(error),
                Err(_) => {}
            }
        }
        let origin = state.origin().unwrap_or_default();
        let present = state.log_key().unwrap_or_default();
        if keys.find(present).is_some_and(|key| key.verifier().name() == origin) {
            return Ok(keys);
        }
        Err(fault(match (missing, keys.0.first()) {
            (Some(error), _) => format!(
                "the log's key cannot be read ({error}); put it back or name it with --log-key"
            ),
            (None, Some(key)) if key.verifier().name() != origin => {
                format!("this is the key of {}, not of {origin}", key.verifier().name())
            }
            (None, _) => format!(
                "this is not the key that {origin} signs with now; name the right one with --log-key"
            ),
        }))
    }

    fn find(&self, public: Digest) -> Option<&SignerKey> {
        self.0.iter().find(|key| key.verifier().public().0 == public.0)
    }
}

impl Ledger {
    /// Takes a key along that a `log_key_changed` is about to name.
    pub fn bring_log_key(&mut self, key: SignerKey) {
        self.log_keys.0.push(key);
    }

    /// The verifier key of the one that signs now; a ledger that was opened has it.
    pub(super) fn vkey(&self) -> String {
        let desk = self.desk();
        let present = desk.state.log_key().and_then(|key| self.log_keys.find(key));
        present.map(|key| key.verifier().to_string()).unwrap_or_default()
    }

    /// The keys that sign now: the present one, then those that sign along.
    pub(super) fn signers(&self, state: &State) -> Result<Vec<&SignerKey>, CheckpointError> {
        let present = state.log_key().and_then(|key| self.log_keys.find(key));
        let mut signers = vec![present.ok_or(CheckpointError::NoKey)?];
        // A clock that is not believed stops posting; until then the last record's time counts.
        let now = self.clock.now().unwrap_or(state.recorded_at);
        for (key, until) in state.log_keys_leaving(now) {
            let key = self.log_keys.find(key);
            signers.push(key.ok_or(CheckpointError::NoFormerKey { until })?);
        }
        Ok(signers)
    }
}

/// Where the next key waits until the ledger has recorded it.
pub fn next(path: &Path) -> PathBuf {
    sibling(path, "next")
}

/// Where the former key stays while it signs along.
pub fn former(path: &Path) -> PathBuf {
    sibling(path, "former")
}

/// Gives the keys their names after the change was recorded: the former one first, durable, then
/// the next in its place.
///
/// # Errors
/// The files cannot be written; doing it again is safe.
pub fn finish_change(path: &Path) -> Result<(), crate::store::Error> {
    let failed = |source| crate::store::Error::unavailable("rename", path, source);
    let present = std::fs::read(path).map_err(failed)?;
    write_durably(&former(path), &present, 0o600)?;
    let coming = std::fs::read(next(path)).map_err(failed)?;
    write_durably(path, &coming, 0o600)?;
    std::fs::remove_file(next(path)).map_err(failed)
}
