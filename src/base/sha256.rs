//! SHA-256 (FIPS 180-4) and the digest it gives.

use super::{hex, text::read_from_text};
use sha2::Digest as _;
use std::fmt;

/// A SHA-256 digest; in JSON 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    const WHAT: &'static str = "64 lower-case hexadecimal digits";
    const PATTERN: &'static str = "^[0-9a-f]{64}$";

    /// 32 zero bytes: what stands before the first record.
    pub const ZERO: Digest = Digest([0; 32]);

    /// The digest of the parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Digest {
        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }

    /// The digest that 64 lower-case hexadecimal digits stand for.
    pub fn parse(text: &str) -> Option<Digest> {
        hex::decode(text.as_bytes()).map(Digest)
    }

    /// The first 16 bytes, enough to tell keys of our own making apart.
    pub fn half(self) -> [u8; 16] {
        let mut half = [0; 16];
        half.copy_from_slice(&self.0[..16]);
        half
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

read_from_text!(Digest, [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_vector() {
        assert_eq!(
            Digest::of(&[b"a", b"bc"]).to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
