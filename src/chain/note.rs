//! Signed notes and cosignatures (C2SP signed-note, tlog-cosignature): what heads are signed as.
//!
//! A note is a text and the signatures of named keys over it. Signatures by keys that the reader
//! does not know are passed over; one by a known key that fails refuses the whole note.

pub mod key;

use base64::{Engine, prelude::BASE64_STANDARD};
use key::{Algorithm, SignerKey, VerifierKey};

/// The longest note. A checkpoint with 64 cosignatures has some 16 KiB.
pub const NOTE_BYTES_MAX: usize = 65_536;

/// The most signature lines of a note; the specification asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 64;

/// What a signature line begins with: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a note was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It does not have the form of a note.
    #[error("this is no signed note: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// None of its signatures is by a known key.
    #[error("no signature of the note is by a known key; bring the key that signed it")]
    NoKnownKey,
    /// A signature by a known key does not hold.
    #[error("the signature of {name} does not hold; the note was changed or is forged")]
    WrongSignature {
        /// The key's name.
        name: String,
    },
}

fn malformed(reason: impl Into<String>) -> NoteError {
    NoteError::Malformed { reason: reason.into() }
}

/// A note taken apart, its signatures not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The signed text, with its last LF.
    pub text: &'a str,
    /// The signature lines in their order.
    pub lines: Vec<SignatureLine<'a>>,
}

/// One line `— NAME BASE64` of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    /// The key's name.
    pub name: &'a str,
    /// The key's id: a hint, 32 bits that anybody can hit.
    pub key_id: u32,
    /// What follows the id.
    pub payload: Vec<u8>,
}

/// A signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The known key that it is by.
    pub key: &'k VerifierKey,
    /// Of a cosignature: when it was made, in seconds since 1970. Zero means that it says no time.
    pub cosigned_at_s: Option<u64>,
}

impl<'a> Note<'a> {
    /// Takes a note apart.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Note<'a>, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(malformed(format!("it is longer than {NOTE_BYTES_MAX} bytes")));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(malformed("it holds a control character"));
        }
        let blank = note.rfind("\n\n").ok_or_else(|| malformed("no blank line ends the text"))?;
        let (text, signatures) = (&note[..=blank], &note[blank + 2..]);
        let signatures = signatures
            .strip_suffix('\n')
            .ok_or_else(|| malformed("no signature line follows, or the last has no LF"))?;
        let lines: Vec<_> =
            signatures.split('\n').map(SignatureLine::parse).collect::<Result<_, _>>()?;
        match lines.len() > NOTE_SIGNATURES_MAX {
            true => Err(malformed(format!("it has more than {NOTE_SIGNATURES_MAX} signatures"))),
            false => Ok(Note { text, lines }),
        }
    }

    /// Verifies every signature that is by a known key, in the order of the lines.
    ///
    /// The answer is never empty. One key may have signed twice: a quorum counts keys, not lines.
    ///
    /// # Errors
    /// [`NoteError::NoKnownKey`], or [`NoteError::WrongSignature`] for the first that fails.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified = Vec::new();
        for line in &self.lines {
            let named = |key: &&VerifierKey| key.name() == line.name && key.id() == line.key_id;
            let mut keys = known.iter().filter(named).peekable();
            if keys.peek().is_none() {
                continue;
            }
            // Two keys may share name and id by chance: the signature holds for one of them.
            let holds = keys.find_map(|key| line.verify(self.text, key));
            verified.push(holds.ok_or(NoteError::WrongSignature { name: line.name.to_owned() })?);
        }
        match verified.is_empty() {
            true => Err(NoteError::NoKnownKey),
            false => Ok(verified),
        }
    }
}

impl<'a> SignatureLine<'a> {
    /// Takes one line, without its LF, apart. A witness answers with such lines alone.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(line: &'a str) -> Result<SignatureLine<'a>, NoteError> {
        let wrong = || malformed("a signature line is not `— NAME BASE64`");
        let (name, base64) = line
            .strip_prefix(SIGNATURE_PREFIX)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(wrong)?;
        let bytes = BASE64_STANDARD.decode(base64).map_err(|_| wrong())?;
        let (id, payload) = bytes.split_first_chunk().ok_or_else(wrong)?;
        if !key::is_name(name) || payload.is_empty() {
            return Err(wrong());
        }
        Ok(SignatureLine { name, key_id: u32::from_be_bytes(*id), payload: payload.to_vec() })
    }

    /// The line as it stands in a note, LF included.
    pub fn to_line(&self) -> String {
        let base64 = BASE64_STANDARD.encode([&self.key_id.to_be_bytes(), &*self.payload].concat());
        format!("{SIGNATURE_PREFIX}{} {base64}\n", self.name)
    }

    fn verify<'k>(&self, text: &str, key: &'k VerifierKey) -> Option<Verified<'k>> {
        match key.algorithm() {
            Algorithm::Ed25519 => {
                let holds = key.verifies(text.as_bytes(), &self.payload);
                holds.then_some(Verified { key, cosigned_at_s: None })
            }
            Algorithm::CosignatureV1 => {
                let (time, signature) = self.payload.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                let message = cosigned_message(time, text);
                let holds =
                    time <= i64::MAX.unsigned_abs() && key.verifies(message.as_bytes(), signature);
                holds.then_some(Verified { key, cosigned_at_s: Some(time) })
            }
        }
    }
}

/// What a cosigner signs: its time and the whole text.
fn cosigned_message(time_s: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

/// The line, LF included, by which a key of the plain kind signs a text.
///
/// Panics for a cosigner's key: one key is never used for both.
pub fn signature_line(text: &str, signer: &SignerKey) -> String {
    assert_eq!(signer.verifier().algorithm(), Algorithm::Ed25519, "a cosigner only cosigns");
    line(signer, &signer.sign(text.as_bytes()))
}

/// The line, LF included, by which a witness cosigns a text at a time in seconds since 1970.
///
/// Panics unless the key is a cosigner's.
pub fn cosignature_line(text: &str, signer: &SignerKey, time_s: u64) -> String {
    let algorithm = signer.verifier().algorithm();
    assert_eq!(algorithm, Algorithm::CosignatureV1, "only a cosigner cosigns");
    let signature = signer.sign(cosigned_message(time_s, text).as_bytes());
    line(signer, &[time_s.to_be_bytes().as_slice(), &signature].concat())
}

fn line(signer: &SignerKey, payload: &[u8]) -> String {
    let key = signer.verifier();
    SignatureLine { name: key.name(), key_id: key.id(), payload: payload.to_vec() }.to_line()
}

/// A whole note: the text, a blank line, and a signature by each key.
///
/// Panics when the text could not be read back: it ends in LF, has no other control, and keys that
/// sign are there.
pub fn sign(text: &str, signers: &[&SignerKey]) -> String {
    assert!(text.ends_with('\n') && !signers.is_empty(), "a note has a text and a signature");
    assert!(text.bytes().all(|byte| byte >= 0x20 || byte == b'\n'), "no controls but LF");
    let mut note = format!("{text}\n");
    note.extend(signers.iter().map(|signer| signature_line(text, signer)));
    note
}

#[cfg(test)]
mod tests;
