//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of the tree, signed as a note.
//!
//! A checkpoint proves nothing by itself about what lies outside its tree. Whether it continues an
//! earlier one is shown by a consistency proof, and whether others see the same by witnesses.

use super::{
    merkle,
    note::{
        Note, NoteError, Verified,
        key::{Algorithm, SignerKey, VerifierKey},
        sign,
    },
};
pub use crate::base::name::is_origin;
use crate::base::{Digest, decimal};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt;

/// The head of a tree, as it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's origin, which is also the name of its log key.
    pub origin: String,
    /// How many records the tree has.
    pub size: u64,
    /// The root of the tree.
    pub root: Digest,
}

impl Checkpoint {
    /// Reads the text of a checkpoint, without extension lines: what nobody can audit is refused.
    ///
    /// # Errors
    /// [`NoteError::Malformed`], with the line that is wrong.
    pub fn parse(text: &str) -> Result<Checkpoint, NoteError> {
        let wrong = |reason: &str| NoteError::Malformed { reason: reason.to_owned() };
        let mut lines = text
            .strip_suffix('\n')
            .ok_or_else(|| wrong("the checkpoint does not end in LF"))?
            .split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong("a checkpoint has three lines: origin, size, root"));
        };
        if !is_origin(origin) {
            return Err(wrong("line 1 is no origin of 3 to 128 characters A-Z a-z 0-9 . _ / -"));
        }
        let size = decimal(size);
        let size = size.ok_or_else(|| wrong("line 2 is no size in decimal digits"))?;
        let root = BASE64_STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let root = root.map(Digest).ok_or_else(|| wrong("line 3 is no root in base64"))?;
        if size == 0 && root != merkle::empty_root() {
            return Err(wrong("the root of a tree of 0 is the hash of nothing"));
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }

    /// Reads a signed checkpoint and verifies it by the keys that the reader knows.
    ///
    /// One of the signatures that hold is by a log key whose name is the checkpoint's origin.
    ///
    /// # Errors
    /// The reason why it is none, or why it is not to be believed.
    pub fn open<'k>(
        note: &[u8],
        known: &'k [VerifierKey],
    ) -> Result<(Checkpoint, Vec<Verified<'k>>), NoteError> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(note.text)?;
        let verified = note.verify(known)?;
        let by_log = verified.iter().any(|signature| {
            signature.key.algorithm() == Algorithm::Ed25519
                && signature.key.name() == checkpoint.origin
        });
        if by_log { Ok((checkpoint, verified)) } else { Err(NoteError::NoKnownKey) }
    }

    /// The checkpoint as a signed note, by the log's key; while a key is changed, by both.
    ///
    /// Panics for an origin that is none, or a key that is not named by it.
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        assert!(is_origin(&self.origin), "a checkpoint has an origin");
        assert!(
            keys.iter().all(|key| key.verifier().name() == self.origin),
            "a log key is named by its origin"
        );
        sign(&self.to_string(), keys)
    }
}

/// The text that is signed, its last LF included.
impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = BASE64_STANDARD.encode(self.root.0);
        writeln!(out, "{}\n{}\n{root}", self.origin, self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, algorithm: Algorithm) -> SignerKey {
        SignerKey::new(name, algorithm, &[3; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "hebei.example/ledger".to_owned(), size: 7, root: Digest([1; 32]) }
    }

    #[test]
    fn a_checkpoint_has_three_lines() {
        let text = "hebei.example/ledger\n7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";
        assert_eq!(checkpoint().to_string(), text);
        assert_eq!(Checkpoint::parse(text), Ok(checkpoint()));
        for (from, to) in [
            ("\n7\n", "\n07\n"),
            ("\n7\n", "\n+7\n"),
            ("\n7\n", "\n\n"),
            ("\n7\n", "\n18446744073709551616\n"),
            ("\n7\n", "\n0\n"),
            ("QE=\n", "QE=\nextension\n"),
            ("QE=\n", "QE="),
            ("QE=\n", "QE\n"),
            ("QE=\n", "QF=\n"),
            ("hebei", "-hebei"),
            ("hebei.example/ledger", "ab"),
            ("hebei", "he bei"),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text, "{from}");
            assert!(Checkpoint::parse(&wrong).is_err(), "{wrong}");
        }
        let empty = Checkpoint { size: 0, root: merkle::empty_root(), ..checkpoint() };
        assert_eq!(Checkpoint::parse(&empty.to_string()), Ok(empty));
    }

    #[test]
    fn a_signed_checkpoint_is_opened_by_the_log_key_of_its_origin() {
        let log = key("hebei.example/ledger", Algorithm::Ed25519);
        let note = checkpoint().sign(&[&log]);
        let known = [log.verifier().clone()];
        let (opened, verified) = Checkpoint::open(note.as_bytes(), &known).unwrap();
        assert_eq!((opened, verified.len()), (checkpoint(), 1));

        // A sound signature by a known key of another name does not make it this log's checkpoint.
        let other = key("other.example/ledger", Algorithm::Ed25519);
        let forged = sign(&checkpoint().to_string(), &[&other]);
        let known = [other.verifier().clone()];
        assert_eq!(Checkpoint::open(forged.as_bytes(), &known), Err(NoteError::NoKnownKey));
    }
}
