//! What a log asks of a witness (C2SP tlog-witness, `add-checkpoint`), as bytes.
//!
//! The size that the log believes the witness saw last, the proof that its head continues it, and
//! the signed head. What a witness answers stands in `peers`: it is status codes.

use super::note::{NOTE_BYTES_MAX, NoteError};
use crate::base::{Digest, decimal};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The most hashes of a consistency proof: a tree of 2^63 records needs no more.
pub const CONSISTENCY_HASHES_MAX: usize = 63;

/// The longest request: the note, the proof, and the first line.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = NOTE_BYTES_MAX + CONSISTENCY_HASHES_MAX * 45 + 64;

/// A request, taken apart; nothing in it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint<'a> {
    /// The size that the witness cosigned last, as the log believes.
    pub old_size: u64,
    /// The consistency proof from there.
    pub proof: Vec<Digest>,
    /// The signed head.
    pub note: &'a [u8],
}

impl<'a> AddCheckpoint<'a> {
    /// Takes a request apart.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<AddCheckpoint<'a>, NoteError> {
        let wrong = |reason: &str| NoteError::Malformed { reason: reason.to_owned() };
        let mut rest = bytes;
        let mut line = || -> Result<&'a str, NoteError> {
            let end = memchr::memchr(b'\n', rest).ok_or_else(|| wrong("a line has no LF"))?;
            let (line, after) = rest.split_at(end);
            rest = &after[1..];
            std::str::from_utf8(line).map_err(|_| wrong("it is not UTF-8"))
        };
        let old_size = line()?.strip_prefix("old ").and_then(decimal);
        let old_size = old_size.ok_or_else(|| wrong("line 1 is not `old SIZE`"))?;
        let mut proof = Vec::new();
        loop {
            let hash = line()?;
            if hash.is_empty() {
                return Ok(AddCheckpoint { old_size, proof, note: rest });
            }
            if proof.len() == CONSISTENCY_HASHES_MAX {
                return Err(wrong("the proof has more than 63 hashes"));
            }
            let bytes = BASE64_STANDARD.decode(hash).ok().and_then(|bytes| bytes.try_into().ok());
            proof.push(Digest(bytes.ok_or_else(|| wrong("a line is no hash in base64"))?));
        }
    }

    /// The request as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("old {}\n", self.old_size).into_bytes();
        for hash in &self.proof {
            bytes.extend(BASE64_STANDARD.encode(hash.0).bytes());
            bytes.push(b'\n');
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(self.note);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &[u8] = b"ledger.example\n2\nAAAA\n\n\xE2\x80\x94 ledger.example AAAA\n";

    #[test]
    fn a_request_is_read_back() {
        for hashes in [0, 1, CONSISTENCY_HASHES_MAX] {
            let proof = (0..hashes).map(|at| Digest::of(&[&[at as u8]])).collect();
            let request = AddCheckpoint { old_size: 7, proof, note: NOTE };
            let bytes = request.to_bytes();
            assert!(bytes.len() <= ADD_CHECKPOINT_BYTES_MAX);
            assert_eq!(AddCheckpoint::parse(&bytes), Ok(request));
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let hash = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";
        let good = format!("old 7\n{hash}\n");
        assert!(AddCheckpoint::parse(good.as_bytes()).is_ok());
        for (from, to) in [
            ("old 7", "old 07"),
            ("old 7", "old -7"),
            ("old 7", "old"),
            ("old 7", "new 7"),
            ("old 7\n", "old 7\r\n"),
            ("QE=\n", "QE\n"),
            ("QE=\n", "QF=\n"),
            ("QE=\n", "QE=QE=\n"),
            ("QE=\n\n", "QE=\n"),
            (hash, &hash.repeat(64)),
        ] {
            let wrong = good.replacen(from, to, 1);
            assert_ne!(wrong, good, "{from}");
            assert!(AddCheckpoint::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
