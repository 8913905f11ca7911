//! A witness's folder: `witness.key`, `logs` (a verifier key a line) and `heads/HEX/checkpoint`,
//! HEX being the SHA-256 of the origin, as monitors ask for it.

use crate::base::Digest;
use crate::chain::Checkpoint;
use crate::chain::note::Note;
use crate::chain::note::key::{Algorithm, SignerKey, VerifierKey};
use crate::store::{self, layout::write_durably};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The most logs that one witness knows.
const LOGS_MAX: usize = 1_000;

/// Why a witness's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The store's way of writing failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A log that a witness knows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Known {
    /// Its origin.
    pub origin: String,
    /// How many records the head has that was cosigned last; 0 for none yet.
    pub size: u64,
    /// That head's root.
    pub root: Option<Digest>,
}

/// The folder of the one process that has it.
pub(super) struct Folder {
    root: PathBuf,
    _lock: File,
}

impl Folder {
    pub fn create(root: &Path, key: &SignerKey) -> Result<(), WitnessError> {
        let failed = |error: io::Error| fault(root, error);
        fs::create_dir_all(root).map_err(failed)?;
        if fs::read_dir(root).map_err(failed)?.next().is_some() {
            return Err(fault(root, "the folder is not empty; choose another"));
        }
        fs::create_dir(root.join("heads")).map_err(failed)?;
        write_durably(&root.join("logs"), b"", 0o644)?;
        let secret = format!("{}\n", key.secret_text());
        Ok(write_durably(&key_path(root), secret.as_bytes(), 0o600)?)
    }

    pub fn open(root: &Path) -> Result<(Folder, SignerKey), WitnessError> {
        let path = key_path(root);
        let text = fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
        let key = SignerKey::parse(&text).map_err(|error| fault(&path, error))?;
        if key.verifier().algorithm() != Algorithm::CosignatureV1 {
            return Err(fault(&path, "this is no witness's key; make one with `witness new`"));
        }
        let lock = File::open(root).map_err(|error| fault(root, error))?;
        lock.try_lock().map_err(|_| fault(root, "another process has this witness open"))?;
        let folder = Folder { root: root.to_path_buf(), _lock: lock };
        folder.logs()?;
        Ok((folder, key))
    }

    /// Adds a log's key; false when it was known.
    pub fn trust(root: &Path, log: &VerifierKey) -> Result<bool, WitnessError> {
        let mut logs = read_logs(root)?;
        if logs.contains(log) {
            return Ok(false);
        }
        if logs.len() == LOGS_MAX {
            return Err(fault(&logs_path(root), "a witness knows at most 1000 keys of logs"));
        }
        logs.push(log.clone());
        let text: String = logs.iter().map(|log| format!("{log}\n")).collect();
        write_durably(&logs_path(root), text.as_bytes(), 0o644)?;
        Ok(true)
    }

    /// The keys that are trusted for an origin. The file is read each time, so that a key that was
    /// just added counts at once.
    pub fn keys_of(&self, origin: &str) -> Vec<VerifierKey> {
        let logs = self.logs().unwrap_or_default();
        logs.into_iter().filter(|log| log.name() == origin).collect()
    }

    pub fn known(&self) -> Result<Vec<Known>, WitnessError> {
        let origins: BTreeSet<String> =
            self.logs()?.iter().map(|log| log.name().to_owned()).collect();
        let known = origins.into_iter().map(|origin| {
            let last = self.last(&origin)?;
            let (size, root) = last.map_or((0, None), |head| (head.size, Some(head.root)));
            Ok(Known { origin, size, root })
        });
        known.collect()
    }

    /// The head that was cosigned last.
    pub fn last(&self, origin: &str) -> Result<Option<Checkpoint>, WitnessError> {
        let hash = Digest::of(&[origin.as_bytes()]);
        let Some(note) = self.head(hash)? else { return Ok(None) };
        let path = self.head_path(hash);
        let parsed = Note::parse(&note).and_then(|note| Checkpoint::parse(note.text));
        let head = parsed.map_err(|error| fault(&path, error))?;
        match head.origin == origin {
            true => Ok(Some(head)),
            false => Err(fault(&path, format!("it is a head of {}", head.origin))),
        }
    }

    /// A kept head; a file that is there and cannot be read is an error, never no head at all: a
    /// witness that forgets would cosign a rollback.
    pub fn head(&self, origin_sha256: Digest) -> Result<Option<Vec<u8>>, WitnessError> {
        let path = self.head_path(origin_sha256);
        match fs::read(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault(&path, error)),
        }
    }

    /// Keeps a head, durable when this returns.
    pub fn keep(&mut self, origin: &str, note: &[u8]) -> Result<(), WitnessError> {
        let path = self.head_path(Digest::of(&[origin.as_bytes()]));
        let folder = path.parent().expect("a head lies in a folder");
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
            let heads = File::open(self.root.join("heads")).and_then(|heads| heads.sync_all());
            heads.map_err(|error| fault(folder, error))?;
        }
        Ok(write_durably(&path, note, 0o644)?)
    }

    fn logs(&self) -> Result<Vec<VerifierKey>, WitnessError> {
        read_logs(&self.root)
    }

    fn head_path(&self, origin_sha256: Digest) -> PathBuf {
        self.root.join("heads").join(origin_sha256.to_string()).join("checkpoint")
    }
}

fn read_logs(root: &Path) -> Result<Vec<VerifierKey>, WitnessError> {
    let path = logs_path(root);
    let text = fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let keys = lines.map(|line| VerifierKey::parse(line.trim()));
    keys.collect::<Result<Vec<_>, _>>().map_err(|error| fault(&path, error))
}

fn key_path(root: &Path) -> PathBuf {
    root.join("witness.key")
}

fn logs_path(root: &Path) -> PathBuf {
    root.join("logs")
}

fn fault(path: &Path, reason: impl std::fmt::Display) -> WitnessError {
    WitnessError::File { path: path.display().to_string(), reason: reason.to_string() }
}
