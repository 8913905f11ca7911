//! The policy by which a ledger's heads are cosigned, and the heads that were.
//!
//! `policy` is in force; every policy that ever was is kept at `policies/SHA256`, since receipts
//! name it for ever. A head that met the quorum stands in `checkpoint.witnessed` and never gives
//! way to a smaller one.

use super::proving::SignedHead;
use crate::base::Digest;
use crate::chain::policy::{Policy, PolicyError};
use crate::store;
use crate::store::layout::{Layout, write_durably};
use std::io::ErrorKind;
use std::path::Path;

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UsePolicyError {
    /// It is none.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// It is not UTF-8.
    #[error("the policy is not UTF-8; save it as such")]
    NotText,
    /// It accepts another log.
    #[error("the policy does not name this ledger's key ({0}); add the line `log {0}`")]
    OtherLog(String),
    /// It cannot be read or written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A policy in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The policy.
    pub policy: Policy,
    /// The SHA-256 of its file, by which receipts name it.
    pub sha256: Digest,
}

/// The policy in force; none where none was ever put in force.
///
/// # Errors
/// The file is there and cannot be used.
pub fn in_force(folder: &Path) -> Result<Option<InForce>, UsePolicyError> {
    let path = Layout::new(folder).policy();
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        // A folder that is no ledger is for whoever opens it to name.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(store::Error::unavailable("read", &path, error).into()),
    };
    Ok(Some(read(&bytes)?))
}

/// Puts a policy in force. `vkey` is the ledger's key, which the policy has to accept.
///
/// # Errors
/// [`UsePolicyError`].
pub fn put_in_force(folder: &Path, bytes: &[u8], vkey: &str) -> Result<InForce, UsePolicyError> {
    let read = read(bytes)?;
    if !read.policy.logs().iter().any(|log| log.key.to_string() == vkey) {
        return Err(UsePolicyError::OtherLog(vkey.to_owned()));
    }
    let layout = Layout::new(folder);
    let kept = layout.policy_kept(read.sha256);
    std::fs::create_dir_all(layout.policies())
        .map_err(|error| store::Error::unavailable("create", &layout.policies(), error))?;
    write_durably(&kept, bytes, 0o644)?;
    write_durably(&layout.policy(), bytes, 0o644)?;
    Ok(read)
}

fn read(bytes: &[u8]) -> Result<InForce, UsePolicyError> {
    let text = std::str::from_utf8(bytes).map_err(|_| UsePolicyError::NotText)?;
    Ok(InForce { policy: Policy::parse(text)?, sha256: Digest::of(&[bytes]) })
}

/// Keeps a head with the cosignatures that it was given: always at `checkpoints/SIZE` where that
/// head is kept, and as the newest witnessed one where the quorum was met.
///
/// # Errors
/// It cannot be written.
pub fn keep(folder: &Path, head: &SignedHead, met: bool) -> Result<(), store::Error> {
    let layout = Layout::new(folder);
    let kept = layout.checkpoint_at(head.checkpoint.size);
    if kept.exists() {
        write_durably(&kept, head.note.as_bytes(), 0o644)?;
    }
    let witnessed = newest(folder);
    let newer = witnessed.is_none_or(|old| old.checkpoint.size <= head.checkpoint.size);
    match met && newer {
        true => write_durably(&layout.checkpoint_witnessed(), head.note.as_bytes(), 0o644),
        false => Ok(()),
    }
}

/// The newest witnessed head; none where there is none that can be read.
pub fn newest(folder: &Path) -> Option<SignedHead> {
    let note = std::fs::read(Layout::new(folder).checkpoint_witnessed()).ok()?;
    SignedHead::parse(&note).ok()
}
