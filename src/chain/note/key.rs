//! The keys of notes and their texts: `NAME+ID+BASE64`, and `PRIVATE+KEY+…` for the secret half.
//!
//! The first form is C2SP signed-note's vkey; the second is the one that Go's note package reads.
//! Log, witness and principal keys are never the same: that is checked where one is registered.

use crate::base::{Digest, hex};
use crate::chain::signature::PublicKey;
use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use std::fmt;

/// What kind of signatures a key makes; its number is the type byte of C2SP signed-note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 over the text: the log's kind.
    Ed25519 = 1,
    /// Ed25519 over a time and the text: the witness's kind, cosignature/v1.
    CosignatureV1 = 4,
}

impl Algorithm {
    fn of_type(byte: u8) -> Option<Algorithm> {
        [Algorithm::Ed25519, Algorithm::CosignatureV1].into_iter().find(|it| *it as u8 == byte)
    }
}

/// Why a key's text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not `NAME+ID+BASE64`, or for a private key not `PRIVATE+KEY+NAME+ID+BASE64`.
    #[error("this is no key of the form NAME+ID+BASE64; copy the whole line")]
    Form,
    /// The id is not that of name and key.
    #[error("the key's id does not fit its name and bytes; copy the whole line again")]
    WrongId,
    /// Its kind of signatures is not known.
    #[error("the key's algorithm {0} is not known here; ask for an Ed25519 key")]
    UnknownAlgorithm(u8),
    /// It is no sound Ed25519 key.
    #[error("this is no sound Ed25519 key; make a new one with keygen")]
    Weak,
}

/// Is it a name that a key may have: not empty, without white space and `+`?
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|it: char| it.is_whitespace() || it.is_control() || it == '+')
}

/// A public key with its name, as it stands in a vkey.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerifierKey {
    name: String,
    algorithm: u8,
    public: PublicKey,
}

impl VerifierKey {
    /// The key, if name and key are fit.
    ///
    /// # Errors
    /// [`KeyError::Form`] for the name, [`KeyError::Weak`] for the key.
    pub fn new(name: &str, algorithm: Algorithm, public: PublicKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Form);
        }
        match public.is_sound() {
            true => Ok(VerifierKey { name: name.to_owned(), algorithm: algorithm as u8, public }),
            false => Err(KeyError::Weak),
        }
    }

    /// Reads a vkey.
    ///
    /// # Errors
    /// The reason why it is none, or none that is known here.
    pub fn parse(vkey: &str) -> Result<VerifierKey, KeyError> {
        let (name, id, algorithm, bytes) = take_apart(vkey)?;
        let key = VerifierKey::new(name, algorithm, PublicKey(bytes))?;
        if key.id() == id { Ok(key) } else { Err(KeyError::WrongId) }
    }

    /// The name; a log's is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of signatures it makes.
    pub fn algorithm(&self) -> Algorithm {
        Algorithm::of_type(self.algorithm).expect("a key is made of a known algorithm")
    }

    /// The key itself: two keys are the same when this is, whatever their names.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The id: the first 32 bits of SHA-256(name ‖ LF ‖ type ‖ key). No key is trusted by it.
    pub fn id(&self) -> u32 {
        let digest = Digest::of(&[self.name.as_bytes(), b"\n", &[self.algorithm], &self.public.0]);
        let [a, b, c, d, ..] = digest.0;
        u32::from_be_bytes([a, b, c, d])
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Some(key), Ok(signature)) = (self.public.verifying(), signature.try_into()) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(&self.name, self.id(), self.algorithm, &self.public.0, out)
    }
}

/// A secret key with its name. It shows its public half alone, never the secret.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl SignerKey {
    /// The key that 32 random bytes make.
    ///
    /// # Errors
    /// [`KeyError::Form`] for the name.
    pub fn new(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<SignerKey, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let public = PublicKey(secret.verifying_key().to_bytes());
        Ok(SignerKey { verifier: VerifierKey::new(name, algorithm, public)?, secret })
    }

    /// Reads the private form.
    ///
    /// # Errors
    /// The reason why it is none; it never repeats the text.
    pub fn parse(text: &str) -> Result<SignerKey, KeyError> {
        let rest = text.trim_end().strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Form)?;
        let (name, id, algorithm, seed) = take_apart(rest)?;
        let key = SignerKey::new(name, algorithm, &seed)?;
        if key.verifier.id() == id { Ok(key) } else { Err(KeyError::WrongId) }
    }

    /// The private form, without an LF. It is written to the key file and nowhere else.
    pub fn secret_text(&self) -> String {
        let VerifierKey { name, algorithm, .. } = &self.verifier;
        let mut text = PRIVATE_PREFIX.to_owned();
        write_key(name, self.verifier.id(), *algorithm, self.secret.as_bytes(), &mut text)
            .expect("a String takes all that is written to it");
        text
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }

    /// The key inside, for signing events: a principal's key, never a log's.
    pub fn signing_key(&self) -> &SigningKey {
        &self.secret
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SignerKey({})", self.verifier)
    }
}

const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

fn write_key(
    name: &str,
    id: u32,
    algorithm: u8,
    key: &[u8; 32],
    out: &mut impl fmt::Write,
) -> fmt::Result {
    let base64 = BASE64_STANDARD.encode([&[algorithm], key.as_slice()].concat());
    write!(out, "{name}+{id:08x}+{base64}")
}

/// Name, id, algorithm and key bytes. The base64 may hold a `+`, the name may not.
fn take_apart(text: &str) -> Result<(&str, u32, Algorithm, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let id = hex::decode(id.as_bytes()).map(u32::from_be_bytes).ok_or(KeyError::Form)?;
    let bytes = BASE64_STANDARD.decode(base64).map_err(|_| KeyError::Form)?;
    let (algorithm, key) = bytes.split_first().ok_or(KeyError::Form)?;
    let kind = Algorithm::of_type(*algorithm).ok_or(KeyError::UnknownAlgorithm(*algorithm))?;
    Ok((name, id, kind, key.try_into().map_err(|_| KeyError::Form)?))
}
