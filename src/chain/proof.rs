//! Receipts (C2SP tlog-proof): that one record lies in the tree of a signed checkpoint.
//!
//! A receipt proves what was recorded, never that nothing is missing, and it is worth no more than
//! the keys that its reader brought from elsewhere.

use super::{
    checkpoint::Checkpoint,
    merkle::proof::{ProofError, verify_inclusion},
    note::{NOTE_BYTES_MAX, NoteError, Verified, key::VerifierKey},
};
use crate::base::{Digest, decimal};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a path: a tree has at most 2^64 leaves.
const HASHES_MAX: usize = 64;

/// The most bytes of extra data; ours have none.
const EXTRA_BYTES_MAX: usize = 4096;

/// The longest receipt: the note, the extra data in base64, and a line for each hash.
pub const PROOF_BYTES_MAX: usize = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX + 64 * HASHES_MAX;

/// A receipt taken apart, nothing of it verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What came along unsigned; nobody trusts it.
    pub extra: Option<Vec<u8>>,
    /// The record's number, counted from 0.
    pub index: u64,
    /// The path from the leaf's sibling up.
    pub hashes: Vec<Digest>,
    /// The checkpoint as a signed note, with all cosignatures.
    pub checkpoint: String,
}

/// Why a receipt does not hold: it is refuted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refuted {
    /// Its checkpoint is none, or not to be believed.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
    /// The record is not where the receipt says.
    #[error(transparent)]
    Path(#[from] ProofError),
}

impl Proof {
    /// Reads a receipt.
    ///
    /// # Errors
    /// [`NoteError::Malformed`], with the line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Proof, NoteError> {
        let wrong = |reason: &str| NoteError::Malformed { reason: reason.to_owned() };
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(wrong("the receipt is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("the receipt is not UTF-8"))?;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or_else(|| wrong("the receipt has no empty line before its checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong("the first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| {
            let extra = BASE64_STANDARD.decode(&line["extra ".len()..]).ok();
            extra.filter(|extra| extra.len() <= EXTRA_BYTES_MAX)
        });
        if extra == Some(None) {
            return Err(wrong("the extra data is not base64, or too long"));
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or_else(|| wrong("no line `index` with a decimal number follows"))?;
        let hash = |line| {
            let bytes = BASE64_STANDARD.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.map(Digest).ok_or_else(|| wrong("a line of the path is no hash in base64"))
        };
        let hashes: Vec<_> = lines.map(hash).collect::<Result<_, _>>()?;
        if hashes.len() > HASHES_MAX {
            return Err(wrong("the path has more than 64 hashes"));
        }
        Ok(Proof { extra: extra.flatten(), index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies that the record with this leaf hash lies in the checkpoint's tree, and the
    /// checkpoint by the keys that the reader knows. Whether its cosignatures suffice says a
    /// policy; whether the record's own `seq` is the index, whoever read the record.
    ///
    /// # Errors
    /// Why the receipt is refuted.
    pub fn verify<'k>(
        &self,
        leaf: &Digest,
        known: &'k [VerifierKey],
    ) -> Result<(Checkpoint, Vec<Verified<'k>>), Refuted> {
        let (checkpoint, verified) = Checkpoint::open(self.checkpoint.as_bytes(), known)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        Ok((checkpoint, verified))
    }
}

/// The receipt as it is stored, extension `.tlog-proof`.
impl fmt::Display for Proof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(out, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(out, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(out, "{}", BASE64_STANDARD.encode(hash.0))?;
        }
        write!(out, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{
        merkle::{self, node_hash},
        note::key::{Algorithm, SignerKey},
    };
    use proptest::prelude::*;

    fn log() -> SignerKey {
        SignerKey::new("hebei.example/ledger", Algorithm::Ed25519, &[1; 32]).unwrap()
    }

    fn leaves() -> [Digest; 3] {
        [1, 2, 3].map(|byte| Digest([byte; 32]))
    }

    fn receipt() -> Proof {
        let [first, second, third] = leaves();
        let root = merkle::root(&[first, second, third]);
        assert_eq!(root, node_hash(&node_hash(&first, &second), &third));
        let origin = "hebei.example/ledger".to_owned();
        let checkpoint = Checkpoint { origin, size: 3, root }.sign(&[&log()]);
        Proof { extra: None, index: 1, hashes: vec![first, third], checkpoint }
    }

    #[test]
    fn a_receipt_is_read_as_it_was_written() {
        for extra in [None, Some(vec![]), Some(b"more".to_vec())] {
            let proof = Proof { extra, ..receipt() };
            let text = proof.to_string();
            assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"));
            assert_eq!(Proof::parse(text.as_bytes()), Ok(proof));
        }
        let text = receipt().to_string();
        for (from, to) in [
            ("@v1", "@v2"),
            ("index 1", "index 01"),
            ("index 1", "index -1"),
            ("index 1", "Index 1"),
            ("index 1\n", ""),
            ("index 1\n", "extra !\nindex 1\n"),
            ("AQEB", "AQE"),
            ("\n\n", "\n"),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text);
            let parsed = Proof::parse(wrong.as_bytes());
            assert!(parsed.is_err(), "{from} -> {to}");
        }
    }

    #[test]
    fn a_receipt_holds_for_its_record_its_place_and_its_log() {
        let known = [log().verifier().clone()];
        let (checkpoint, verified) = receipt().verify(&leaves()[1], &known).unwrap();
        assert_eq!((checkpoint.size, verified.len()), (3, 1));

        let other = receipt().verify(&leaves()[2], &known);
        assert_eq!(other.unwrap_err(), Refuted::Path(ProofError::RootDiffers));
        let moved = Proof { index: 0, ..receipt() }.verify(&leaves()[1], &known);
        assert_eq!(moved.unwrap_err(), Refuted::Path(ProofError::RootDiffers));
        let beyond = Proof { index: 3, ..receipt() }.verify(&leaves()[1], &known);
        assert!(matches!(beyond.unwrap_err(), Refuted::Path(ProofError::BeyondTree { .. })));
        let unknown = receipt().verify(&leaves()[1], &[]);
        assert_eq!(unknown.unwrap_err(), Refuted::Checkpoint(NoteError::NoKnownKey));
    }

    proptest! {
        #[test]
        fn random_and_changed_receipts_are_survived(bytes: Vec<u8>, at in 0..400usize, byte: u8) {
            prop_assert!(Proof::parse(&bytes).is_err());
            let mut changed = receipt().to_string().into_bytes();
            let at = at % changed.len();
            prop_assume!(changed[at] != byte);
            changed[at] = byte;
            let known = [log().verifier().clone()];
            let holds = Proof::parse(&changed).is_ok_and(|proof| {
                proof.verify(&leaves()[1], &known).is_ok()
            });
            prop_assert!(!holds, "byte {} became {}", at, byte);
        }
    }
}
