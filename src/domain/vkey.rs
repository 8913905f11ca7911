//! Verifier keys as events state them: `NAME+ID+BASE64` (C2SP signed-note and tlog-cosignature).
//!
//! Only the text is read: name, id and key fit together, and the key is of the kind asked for.
//! Whether its bytes are a sound Ed25519 key is `chain`'s to say, which no rule asks; two keys are
//! the same when their 32 bytes are, whatever their names.

use crate::base::{Digest, Line, hex, name::is_origin};
use base64::{Engine, prelude::BASE64_STANDARD};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

/// The type byte of a key that signs the text alone: a log's (C2SP signed-note).
const ED25519: u8 = 1;
/// The type byte of a key that signs a time and the text: a witness's (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 4;

/// A log's verifier key; its name is the ledger's origin.
pub type LogKey<'a> = Vkey<'a, ED25519>;
/// A witness's verifier key.
pub type WitnessKey<'a> = Vkey<'a, COSIGNATURE>;

/// A verifier key whose parts fit together, of one kind of signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vkey<'a, const KIND: u8> {
    text: Line<'a>,
    key: Digest,
}

impl<const KIND: u8> Vkey<'_, KIND> {
    /// The name.
    pub fn name(&self) -> &str {
        self.text.as_str().split('+').next().unwrap_or_default()
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The 32 bytes of the public key, by which keys are compared.
    pub fn key(&self) -> Digest {
        self.key
    }
}

impl<'de: 'a, 'a, const KIND: u8> Deserialize<'de> for Vkey<'a, KIND> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Line::deserialize(from)?;
        match read(text.as_str(), KIND) {
            Ok(key) => Ok(Vkey { text, key }),
            Err(fault) => Err(de::Error::custom(fault)),
        }
    }
}

impl<const KIND: u8> JsonSchema for Vkey<'_, KIND> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Vkey{KIND}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // Type byte and key are 33 bytes, 44 characters of base64 without padding.
        schemars::json_schema!({
            "type": "string",
            "maxLength": 200,
            "pattern": "^[^\\s+]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}$",
        })
    }
}

/// The key of a vkey of this kind, or what is wrong with the text.
fn read(text: &str, kind: u8) -> Result<Digest, &'static str> {
    const FORM: &str = "a vkey has the form NAME+ID+BASE64";
    // The base64 may hold a `+`, the name may not.
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(FORM);
    };
    let foreign = |it: char| it.is_whitespace() || it.is_control();
    if name.is_empty() || name.contains(foreign) {
        return Err("a vkey's name is not empty and has no white space");
    }
    let id: [u8; 4] = hex::decode(id.as_bytes()).ok_or(FORM)?;
    let bytes = BASE64_STANDARD.decode(base64).map_err(|_| FORM)?;
    let (stated, key) = bytes.split_first().ok_or(FORM)?;
    if *stated != kind {
        return Err("a vkey's kind is not the one asked for: 1 for a log, 4 for a witness");
    }
    let key = Digest(key.try_into().map_err(|_| FORM)?);
    if id != id_of(name, kind, key) {
        return Err("a vkey's id does not fit its name and key");
    }
    if kind == ED25519 && !is_origin(name) {
        return Err("a log key is named by an origin of 3 to 128 characters A-Z a-z 0-9 . _ / -");
    }
    Ok(key)
}

/// The first 32 bits of SHA-256(name ‖ LF ‖ type ‖ key).
fn id_of(name: &str, kind: u8, key: Digest) -> [u8; 4] {
    let digest = Digest::of(&[name.as_bytes(), b"\n", &[kind], &key.0]);
    let [a, b, c, d, ..] = digest.0;
    [a, b, c, d]
}

/// Writes vkeys for the tables of cases.
#[cfg(test)]
pub(super) fn write(name: &str, kind: u8, key: Digest) -> String {
    let base64 = BASE64_STANDARD.encode([&[kind], key.0.as_slice()].concat());
    format!("{name}+{}+{base64}", hex::encode(&id_of(name, kind, key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP signed-note: Go's checksum database.
    const SUMDB: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    #[test]
    fn the_vkey_that_go_publishes_is_read() {
        let key = read(SUMDB, ED25519).unwrap();
        assert_eq!(write("sum.golang.org", ED25519, key), SUMDB);
        let text = format!("\"{SUMDB}\"");
        let vkey: LogKey<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!((vkey.name(), vkey.key()), ("sum.golang.org", key));
    }

    #[test]
    fn a_text_whose_parts_do_not_fit_is_no_vkey() {
        let (name, rest) = SUMDB.split_once('+').unwrap();
        let witness = write(name, COSIGNATURE, Digest([7; 32]));
        let two = write("xy", ED25519, Digest([7; 32]));
        for wrong in [
            name,
            &format!("sum.golang.com+{rest}"),
            &format!("+{rest}"),
            &SUMDB.replace("033de0ae", "033DE0AE"),
            &SUMDB.replace("OuAn8", "OuAn9"),
            &SUMDB.replace("OuAn8", "OuA="),
            &format!("{SUMDB}AA=="),
            &witness,
            &two,
        ] {
            assert!(read(wrong, ED25519).is_err(), "{wrong}");
        }
    }
}
