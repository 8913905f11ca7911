//! A witness: a second party that cosigns the heads it saw grow, and no other (C2SP tlog-witness).
//!
//! Its folder holds its key, the keys of the logs it knows, and of each log the newest head that it
//! cosigned. What it answers is on the disk before it is answered, and it never goes back: whoever
//! shows it another history gets no signature. It looks at heads alone, never at records.

mod folder;
pub mod serve;

pub use folder::{Known, WitnessError};

use crate::base::Digest;
use crate::chain::Checkpoint;
use crate::chain::add_checkpoint::AddCheckpoint;
use crate::chain::merkle::proof::verify_consistency;
use crate::chain::note::key::{Algorithm, SignerKey, VerifierKey};
use crate::chain::note::{Note, NoteError, cosignature_line, key};
use folder::Folder;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

/// Tells the time in seconds since 1970.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// A witness at work.
pub struct Witness {
    key: SignerKey,
    /// One request at a time: what is checked is what is stored.
    folder: Mutex<Folder>,
    now_s: Clock,
}

/// What a witness answers; each is a status of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: the cosignature line, LF included; stored already.
    Cosigned(String),
    /// 400: this is no request, or `old` is beyond the head.
    BadRequest(String),
    /// 403: no signature by a key that is trusted for this origin, or one that fails.
    NotSigned(String),
    /// 404: the origin is not known here.
    UnknownOrigin(String),
    /// 409: another size was cosigned last.
    Conflict(u64),
    /// 422: the proof does not hold: another history.
    Inconsistent(String),
    /// 500: it cannot be stored, so nothing was cosigned.
    NotStored(String),
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Answer::Cosigned(_) => 200,
            Answer::BadRequest(_) => 400,
            Answer::NotSigned(_) => 403,
            Answer::UnknownOrigin(_) => 404,
            Answer::Conflict(_) => 409,
            Answer::Inconsistent(_) => 422,
            Answer::NotStored(_) => 500,
        }
    }

    /// The body: of a conflict the size, of a cosignature its line, else a sentence.
    pub fn body(&self) -> String {
        match self {
            Answer::Cosigned(line) => line.clone(),
            Answer::Conflict(size) => format!("{size}\n"),
            Answer::BadRequest(reason)
            | Answer::NotSigned(reason)
            | Answer::UnknownOrigin(reason)
            | Answer::Inconsistent(reason)
            | Answer::NotStored(reason) => format!("{reason}\n"),
        }
    }
}

impl Witness {
    /// Makes the folder of a new witness.
    ///
    /// # Errors
    /// [`WitnessError`]: the folder holds something, or cannot be written.
    pub fn create(folder: &Path, key: &SignerKey) -> Result<(), WitnessError> {
        assert_eq!(key.verifier().algorithm(), Algorithm::CosignatureV1, "a witness cosigns");
        Folder::create(folder, key)
    }

    /// Opens a witness's folder; only one process may have it.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn open(folder: &Path, now_s: Clock) -> Result<Witness, WitnessError> {
        let (folder, key) = Folder::open(folder)?;
        Ok(Witness { key, folder: Mutex::new(folder), now_s })
    }

    /// Trusts a log's key: heads of its origin are cosigned from now on.
    ///
    /// # Errors
    /// [`WitnessError`]: it cannot be written.
    pub fn trust(folder: &Path, log: &VerifierKey) -> Result<bool, WitnessError> {
        Folder::trust(folder, log)
    }

    /// The key that others know it by.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Every log that it knows, with the size it cosigned last.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn known(&self) -> Result<Vec<Known>, WitnessError> {
        self.folder().known()
    }

    /// The newest head of a log with this witness's cosignature, by the hexadecimal SHA-256 of its
    /// origin: what monitors ask for.
    pub fn newest(&self, origin_sha256: Digest) -> Option<Vec<u8>> {
        self.folder().head(origin_sha256).ok().flatten()
    }

    /// Answers an `add-checkpoint` request, checked in the order of the specification.
    pub fn add_checkpoint(&self, request: &[u8]) -> Answer {
        let request = match AddCheckpoint::parse(request) {
            Ok(request) => request,
            Err(error) => return Answer::BadRequest(error.to_string()),
        };
        self.judge(&request).unwrap_or_else(|answer| answer)
    }

    fn judge(&self, request: &AddCheckpoint<'_>) -> Result<Answer, Answer> {
        let bad = |error: NoteError| Answer::BadRequest(error.to_string());
        let note = Note::parse(request.note).map_err(bad)?;
        let checkpoint =
            Checkpoint::parse(note.text).map_err(|error| match is_of_nothing(&note) {
                true => {
                    Answer::Inconsistent("the root of a tree of 0 is the hash of nothing".into())
                }
                false => bad(error),
            })?;
        let mut folder = self.folder();
        let trusted = folder.keys_of(&checkpoint.origin);
        if trusted.is_empty() {
            let reason = format!("no log {} is known here", checkpoint.origin);
            return Err(Answer::UnknownOrigin(reason));
        }
        note.verify(&trusted).map_err(|error| Answer::NotSigned(error.to_string()))?;
        if request.old_size > checkpoint.size {
            return Err(Answer::BadRequest("old is beyond the head itself".to_owned()));
        }
        let stored = |error: WitnessError| Answer::NotStored(error.to_string());
        let last = folder.last(&checkpoint.origin).map_err(stored)?;
        let (last_size, last_root) = last.map_or((0, None), |it| (it.size, Some(it.root)));
        if request.old_size != last_size {
            return Err(Answer::Conflict(last_size));
        }
        continues(request, &checkpoint, last_root).map_err(Answer::Inconsistent)?;
        let line = cosignature_line(note.text, &self.key, (self.now_s)().max(1));
        let kept = kept(&note, &trusted, &line);
        folder.keep(&checkpoint.origin, kept.as_bytes()).map_err(stored)?;
        Ok(Answer::Cosigned(line))
    }

    fn folder(&self) -> MutexGuard<'_, Folder> {
        self.folder.lock().expect("no request panics while it is judged")
    }
}

/// Does a head that cannot be read speak of an empty tree? Then its root is what is wrong with it.
fn is_of_nothing(note: &Note<'_>) -> bool {
    note.text.lines().nth(1) == Some("0")
}

/// Does the head continue the one that was cosigned last?
fn continues(
    request: &AddCheckpoint<'_>,
    head: &Checkpoint,
    last_root: Option<Digest>,
) -> Result<(), String> {
    let Some(last_root) = last_root.filter(|_| request.old_size > 0) else {
        return match request.proof.is_empty() {
            true => Ok(()),
            false => Err("a proof from size 0 is empty".to_owned()),
        };
    };
    let (old, new) = ((request.old_size, &last_root), (head.size, &head.root));
    verify_consistency(old, new, &request.proof).map_err(|error| {
        format!(
            "this head of {} records does not continue the head of {} that was cosigned: {error}",
            head.size, request.old_size
        )
    })
}

/// The head as it is kept: with the log's signatures that were verified and this cosignature, and
/// no line that anybody else added.
fn kept(note: &Note<'_>, trusted: &[VerifierKey], cosignature: &str) -> String {
    let mut kept = format!("{}\n", note.text);
    for line in &note.lines {
        let by = |key: &&VerifierKey| key.name() == line.name && key.id() == line.key_id;
        if trusted.iter().any(|key| by(&key)) {
            kept += &line.to_line();
        }
    }
    kept + cosignature
}

/// Makes the key of a new witness.
///
/// # Errors
/// The name is none.
pub fn new_key(name: &str, seed: &[u8; 32]) -> Result<SignerKey, key::KeyError> {
    SignerKey::new(name, Algorithm::CosignatureV1, seed)
}

#[cfg(test)]
mod tests;
