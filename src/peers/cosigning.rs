//! Asking witnesses to cosign a head (the log's side of C2SP tlog-witness), and what they hold.
//!
//! A witness's answer is believed only by the key that the policy names. One that is silent, or
//! lies, costs its own cosignature and nothing else; one that holds more than the ledger shows that
//! the ledger is behind (design section 6).

use super::client::{Client, ClientError};
use crate::base::{Digest, decimal};
use crate::chain::add_checkpoint::AddCheckpoint;
use crate::chain::note::key::VerifierKey;
use crate::chain::note::{Note, NoteError, SignatureLine};
use crate::chain::policy::{Party, Policy};
use crate::chain::{Checkpoint, checkpoint};
use std::collections::BTreeMap;

/// Proves that one size of the ledger continues another.
pub trait Proves: Sync {
    /// The consistency proof between two sizes that checkpoints may have.
    ///
    /// # Errors
    /// Why there is none, in a sentence.
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, String>;
}

/// Why a witness did not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// The policy gives no address.
    #[error("the policy names no address for it")]
    NoAddress,
    /// It cannot be reached, or will not.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// It cosigned more than this ledger has: the ledger is behind.
    #[error("behind_witness: it has cosigned {theirs} records, but this head has {ours}")]
    Ahead {
        /// What it cosigned.
        theirs: u64,
        /// What the head has.
        ours: u64,
    },
    /// It says that the head does not continue what it cosigned.
    #[error("behind_witness: it cosigned another history up to {size} records: {reason}")]
    Forked {
        /// The size it cosigned.
        size: u64,
        /// What it says.
        reason: String,
    },
    /// There is no proof for it.
    #[error("nothing proves that the head continues its {size} records: {reason}")]
    NotProven {
        /// The size it cosigned.
        size: u64,
        /// Why.
        reason: String,
    },
    /// It answers with what is no cosignature of this head by its key.
    #[error("it answered what is no cosignature of this head by its key: {0}")]
    Lied(String),
}

/// What became of asking one witness.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The name of its key.
    pub name: String,
    /// When it cosigned, in seconds since 1970, or why not.
    pub result: Result<u64, CosignError>,
}

/// A head after its witnesses were asked.
#[derive(Clone, Debug)]
pub struct Cosigned {
    /// The note, with every cosignature that was given and verified.
    pub note: String,
    /// Each witness, in the order of the policy.
    pub heard: Vec<Heard>,
    /// Is the policy's quorum met?
    pub met: bool,
}

/// The sizes that witnesses were seen to hold, so that the next request fits at once.
pub type Sizes = BTreeMap<String, u64>;

/// Asks every witness of a policy to cosign a head, all at once, each within its time.
///
/// # Errors
/// The note is none: nobody was asked.
pub fn cosign(
    policy: &Policy,
    note: &str,
    proves: &dyn Proves,
    sizes: &mut Sizes,
) -> Result<Cosigned, NoteError> {
    let parsed = Note::parse(note.as_bytes())?;
    let head = Checkpoint::parse(parsed.text)?;
    let answers: Vec<Result<(String, u64), CosignError>> = std::thread::scope(|scope| {
        let ask = |witness| {
            let known = sizes.get(&key_text(witness)).copied().unwrap_or(0);
            let (note, head, text) = (note, &head, parsed.text);
            scope.spawn(move || one(witness, &Request { note, text, head, proves }, known))
        };
        let asked: Vec<_> = policy.witnesses().iter().map(ask).collect();
        let lost = |_| Err(CosignError::Lied("the question failed".to_owned()));
        asked.into_iter().map(|thread| thread.join().unwrap_or_else(lost)).collect()
    });
    let (mut cosigned, mut heard) = (note.to_owned(), Vec::new());
    for (witness, answer) in policy.witnesses().iter().zip(answers) {
        let result = answer.map(|(line, at_s)| {
            if !cosigned.contains(&line) {
                cosigned += &line;
            }
            sizes.insert(key_text(witness), head.size);
            at_s
        });
        heard.push(Heard { name: witness.key.name().to_owned(), result });
    }
    let keys = policy.keys();
    let verified = Note::parse(cosigned.as_bytes())?.verify(&keys).unwrap_or_default();
    let met = policy.has_quorum() && policy.is_met(&verified);
    Ok(Cosigned { note: cosigned, heard, met })
}

/// What each witness is asked.
struct Request<'r> {
    note: &'r str,
    text: &'r str,
    head: &'r Checkpoint,
    proves: &'r dyn Proves,
}

fn one(witness: &Party, request: &Request<'_>, known: u64) -> Result<(String, u64), CosignError> {
    let client = Client::new(witness.url.as_deref().ok_or(CosignError::NoAddress)?, None)?;
    let ours = request.head.size;
    // What was seen of it may be old: its answer 409 tells the size that it holds.
    let mut size = known.min(ours);
    for _attempt in 0..3 {
        let proof = match size {
            0 => Vec::new(),
            _ => request
                .proves
                .consistency(size, ours)
                .map_err(|reason| CosignError::NotProven { size, reason })?,
        };
        let body = AddCheckpoint { old_size: size, proof, note: request.note.as_bytes() };
        let answer = client.post(PATH, TEXT, &body.to_bytes())?;
        match answer.status {
            200 => return line_by(&witness.key, request.text, &answer.body),
            409 => {
                let theirs = told_size(&answer.body)?;
                if theirs > ours {
                    return Err(CosignError::Ahead { theirs, ours });
                }
                size = theirs;
            }
            422 => {
                let reason = client.status(PATH, &answer).to_string();
                return Err(CosignError::Forked { size, reason });
            }
            _ => return Err(client.status(PATH, &answer).into()),
        }
    }
    Err(CosignError::Lied("the size that it names changes from answer to answer".to_owned()))
}

const PATH: &str = "/add-checkpoint";
const TEXT: &str = "text/plain; charset=utf-8";

/// The line in an answer that is a cosignature of the text by the key, and its time.
fn line_by(key: &VerifierKey, text: &str, answer: &[u8]) -> Result<(String, u64), CosignError> {
    let lied = |reason: &str| CosignError::Lied(reason.to_owned());
    let lines = std::str::from_utf8(answer).map_err(|_| lied("it is not UTF-8"))?;
    for line in lines.split_terminator('\n') {
        let line = SignatureLine::parse(line).map_err(|error| lied(&error.to_string()))?;
        if line.name != key.name() || line.key_id != key.id() {
            continue;
        }
        let line = line.to_line();
        let note = format!("{text}\n{line}");
        let note = Note::parse(note.as_bytes()).map_err(|error| lied(&error.to_string()))?;
        let keys = std::slice::from_ref(key);
        let verified = note.verify(keys).map_err(|error| lied(&error.to_string()))?;
        return match verified.first().and_then(|one| one.cosigned_at_s) {
            Some(at_s) if at_s > 0 => Ok((line, at_s)),
            Some(_) | None => Err(lied("it says no time")),
        };
    }
    Err(lied("no line is by its key"))
}

fn key_text(witness: &Party) -> String {
    witness.key.to_string()
}

/// The largest head of a ledger that a witness holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The name of its key.
    pub name: String,
    /// How many records.
    pub size: u64,
    /// The root, where the witness shows the head that it cosigned.
    pub root: Option<Digest>,
}

/// What a witness answers when it is asked for what it holds.
pub type AskedFor = (String, Result<Option<Held>, CosignError>);

/// Asks every witness of a policy that has an address for the largest head of a ledger that it
/// holds. `newest` is the ledger's own newest signed head, for witnesses that show none.
pub fn held(policy: &Policy, origin: &str, newest: Option<&str>) -> Vec<AskedFor> {
    assert!(checkpoint::is_origin(origin), "a ledger has an origin");
    let hash = Digest::of(&[origin.as_bytes()]);
    let asked = policy.witnesses().iter().filter(|witness| witness.url.is_some());
    asked
        .map(|witness| {
            let name = witness.key.name().to_owned();
            (name, held_by(witness, hash, policy, newest))
        })
        .collect()
}

fn held_by(
    witness: &Party,
    origin_sha256: Digest,
    policy: &Policy,
    newest: Option<&str>,
) -> Result<Option<Held>, CosignError> {
    let client = Client::new(witness.url.as_deref().ok_or(CosignError::NoAddress)?, None)?;
    let path = format!("/{origin_sha256}/checkpoint");
    let answer = client.get(&path)?;
    match (answer.status, newest) {
        (200, _) => shown(witness, origin_sha256, policy, &answer.body).map(Some),
        (404, Some(newest)) => size_alone(witness, &client, newest),
        (404, None) => Ok(None),
        (..) => Err(client.status(&path, &answer).into()),
    }
}

/// The head that a witness shows, if it is one that it cosigned.
fn shown(
    witness: &Party,
    origin_sha256: Digest,
    policy: &Policy,
    note: &[u8],
) -> Result<Held, CosignError> {
    let lied = |reason: String| CosignError::Lied(reason);
    let keys = policy.keys();
    let note = Note::parse(note).map_err(|error| lied(error.to_string()))?;
    let head = Checkpoint::parse(note.text).map_err(|error| lied(error.to_string()))?;
    let verified = note.verify(&keys).map_err(|error| lied(error.to_string()))?;
    let by_it = verified.iter().any(|one| *one.key == witness.key);
    let of_it = Digest::of(&[head.origin.as_bytes()]) == origin_sha256;
    match by_it && of_it {
        true => {
            Ok(Held { name: witness.key.name().to_owned(), size: head.size, root: Some(head.root) })
        }
        false => Err(lied("the head that it shows is not cosigned by it".to_owned())),
    }
}

/// What a request from size 0 is answered: a conflict tells the size that a witness holds.
fn size_alone(witness: &Party, client: &Client, newest: &str) -> Result<Option<Held>, CosignError> {
    let request = AddCheckpoint { old_size: 0, proof: Vec::new(), note: newest.as_bytes() };
    let answer = client.post(PATH, TEXT, &request.to_bytes())?;
    match answer.status {
        200 => Ok(None),
        409 => {
            let size = told_size(&answer.body)?;
            Ok(Some(Held { name: witness.key.name().to_owned(), size, root: None }))
        }
        _ => Err(client.status(PATH, &answer).into()),
    }
}

/// The size in the body of a conflict.
fn told_size(body: &[u8]) -> Result<u64, CosignError> {
    let told = std::str::from_utf8(body).ok().and_then(|it| it.strip_suffix('\n'));
    told.and_then(decimal).ok_or_else(|| CosignError::Lied("a size is missing".to_owned()))
}

#[cfg(test)]
mod tests;
