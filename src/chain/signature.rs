//! Signatures over events: Ed25519 over the DSSE pre-authentication encoding.
//!
//! The type string names the ledger by the leaf hash of its record 0, so what is signed for one
//! ledger counts in no other. Whose key it is, and whether it may sign, is not known here.

use crate::base::{Digest, hex};
use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

/// The most signatures that a record carries.
pub const SIGNATURES_MAX: usize = 4;

/// A signature and the public key that it is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The Ed25519 public key.
    pub key: PublicKey,
    /// The Ed25519 signature (RFC 8032).
    pub sig: [u8; 64],
}

/// An Ed25519 public key as it stands in records: 64 lower-case hexadecimal digits.
///
/// The bytes alone: whether a key is fit to be registered says [`PublicKey::is_sound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is no point of the curve, or one of the few that sign anything.
    #[error("the public key is not a sound Ed25519 key; make a new one with keygen")]
    WeakKey,
    /// The signature is not by this key over this event for this ledger.
    #[error("the signature is not by this key over these bytes for this ledger; sign again")]
    Wrong,
}

impl PublicKey {
    /// The key that 64 lower-case hexadecimal digits stand for.
    pub fn parse(text: &str) -> Option<PublicKey> {
        hex::decode(text.as_bytes()).map(PublicKey)
    }

    /// Is it a point of the curve in its canonical encoding, and not of small order?
    pub fn is_sound(&self) -> bool {
        self.verifying().is_some()
    }

    pub(crate) fn verifying(&self) -> Option<VerifyingKey> {
        // RFC 8032 section 5.1.3: a coordinate of 2^255 − 19 or more is no key. The library would
        // reduce it, and the same key must not have two texts.
        let beyond = self.0[31] & 0x7F == 0x7F
            && self.0[1..31].iter().all(|byte| *byte == 0xFF)
            && self.0[0] >= 0xED;
        let key = VerifyingKey::from_bytes(&self.0).ok()?;
        (!beyond && !key.is_weak()).then_some(key)
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&hex::encode(&self.0))
    }
}

/// The DSSE payload type of an event of the ledger whose record 0 has this leaf hash.
pub fn payload_type(ledger: &Digest) -> String {
    format!("application/vnd.fundtrail.event.v1+json;ledger={ledger}")
}

/// DSSE's pre-authentication encoding: `DSSEv1 LEN TYPE LEN BODY`, lengths in bytes.
pub fn pre_authentication_encoding(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len());
    let mut encoded = head.into_bytes();
    encoded.extend_from_slice(body);
    encoded
}

impl Signature {
    /// Signs an event's canonical bytes for a ledger.
    pub fn sign(key: &SigningKey, ledger: &Digest, event: &[u8]) -> Signature {
        let message = pre_authentication_encoding(&payload_type(ledger), event);
        Signature {
            key: PublicKey(key.verifying_key().to_bytes()),
            sig: key.sign(&message).to_bytes(),
        }
    }

    /// Checks the signature over an event's canonical bytes for a ledger.
    ///
    /// # Errors
    /// [`SignatureError::WeakKey`] or [`SignatureError::Wrong`].
    pub fn verify(&self, ledger: &Digest, event: &[u8]) -> Result<(), SignatureError> {
        let key = self.key.verifying().ok_or(SignatureError::WeakKey)?;
        let message = pre_authentication_encoding(&payload_type(ledger), event);
        let sig = ed25519_dalek::Signature::from_bytes(&self.sig);
        key.verify_strict(&message, &sig).map_err(|_| SignatureError::Wrong)
    }

    /// The signature's bytes from padded base64 (RFC 4648 section 4), unused bits zero.
    pub fn parse_sig(text: &[u8]) -> Option<[u8; 64]> {
        let bytes = BASE64_STANDARD.decode(text).ok()?;
        bytes.try_into().ok()
    }

    /// The signature's bytes as padded base64, 88 characters.
    pub fn sig_text(&self) -> String {
        BASE64_STANDARD.encode(self.sig)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: Digest = Digest([7; 32]);

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn the_encoding_is_that_of_dsse() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn a_signature_counts_for_its_event_and_its_ledger_alone() {
        let signed = Signature::sign(&key(1), &LEDGER, b"{}");
        assert_eq!(signed.verify(&LEDGER, b"{}"), Ok(()));
        assert_eq!(signed.verify(&Digest::ZERO, b"{}"), Err(SignatureError::Wrong));
        assert_eq!(signed.verify(&LEDGER, b"{ }"), Err(SignatureError::Wrong));
        let other = Signature { key: Signature::sign(&key(2), &LEDGER, b"").key, ..signed };
        assert_eq!(other.verify(&LEDGER, b"{}"), Err(SignatureError::Wrong));
        for bit in 0..512 {
            let mut flipped = signed;
            flipped.sig[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(flipped.verify(&LEDGER, b"{}"), Err(SignatureError::Wrong), "bit {bit}");
        }
    }

    #[test]
    fn keys_that_sign_anything_or_have_two_texts_are_not_sound() {
        let mut identity = [0; 32];
        identity[0] = 1;
        // y = 2^255 − 19 + 3 stands for the same point as y = 3.
        let mut unreduced = [0xFF; 32];
        (unreduced[0], unreduced[31]) = (0xF0, 0x7F);
        let mut reduced = [0; 32];
        reduced[0] = 3;
        for (bytes, sound) in
            [([0; 32], false), (identity, false), (unreduced, false), (reduced, true)]
        {
            assert_eq!(PublicKey(bytes).is_sound(), sound, "{bytes:?}");
        }
        let signed = Signature::sign(&key(1), &LEDGER, b"{}");
        assert!(signed.key.is_sound());
        assert_eq!(PublicKey::parse(&signed.key.to_string()), Some(signed.key));
    }

    #[test]
    fn a_signature_has_one_text() {
        let text = Signature::sign(&key(1), &LEDGER, b"{}").sig_text();
        assert_eq!(text.len(), 88);
        assert!(Signature::parse_sig(text.as_bytes()).is_some());
        // The last digit before the padding carries four unused bits, which have to be zero.
        let last = text.as_bytes()[85];
        let wrong = format!("{}{}==", &text[..85], char::from(last + 1));
        assert_eq!(Signature::parse_sig(wrong.as_bytes()), None);
        assert_eq!(Signature::parse_sig(&text.as_bytes()[..86]), None);
    }
}
