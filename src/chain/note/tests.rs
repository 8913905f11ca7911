//! Notes against the specification's example and against everything that is no note.

use super::key::KeyError;
use super::*;
use proptest::prelude::*;

const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn log(seed: u8) -> SignerKey {
    SignerKey::new("hebei.example/ledger", Algorithm::Ed25519, &[seed; 32]).unwrap()
}

fn witness() -> SignerKey {
    SignerKey::new("witness.example", Algorithm::CosignatureV1, &[9; 32]).unwrap()
}

fn known(signers: &[&SignerKey]) -> Vec<VerifierKey> {
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}

#[test]
fn the_specifications_key_has_its_id() {
    let key = VerifierKey::parse(VKEY).unwrap();
    assert_eq!((key.name(), key.id()), ("example.com/foo", 0x530d_903a));
    assert_eq!(key.to_string(), VKEY);
    for (wrong, error) in [
        (VKEY.replace("530d903a", "530d903b"), KeyError::WrongId),
        (VKEY.replace("foo", "bar"), KeyError::WrongId),
        (VKEY.replace("+Aek", "+Bek"), KeyError::UnknownAlgorithm(5)),
        (VKEY.replace("530d903a", "530D903A"), KeyError::Form),
        (VKEY.replace("foo", "f oo"), KeyError::Form),
        (VKEY[..VKEY.len() - 4].to_owned(), KeyError::Form),
        (String::new(), KeyError::Form),
    ] {
        assert_eq!(VerifierKey::parse(&wrong), Err(error), "{wrong}");
    }
}

#[test]
fn the_specifications_note_is_verified() {
    let note = concat!(
        "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6",
        "TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    );
    let keys = [VerifierKey::parse(VKEY).unwrap()];
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.text, "This is an example message.\n");
    assert_eq!(parsed.verify(&keys), Ok(vec![Verified { key: &keys[0], cosigned_at_s: None }]));
    let changed = note.replace("example message", "exemple message");
    assert!(Note::parse(changed.as_bytes()).unwrap().verify(&keys).is_err());
}

#[test]
fn the_private_form_is_that_of_gos_note_package() {
    // The test key of golang.org/x/mod/sumdb/note.
    let text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = SignerKey::parse(text).unwrap();
    assert_eq!((key.verifier().to_string(), key.secret_text()), (vkey.into(), text.into()));
}

#[test]
fn a_secret_key_has_one_text_and_does_not_show_it() {
    let key = log(1);
    let text = key.secret_text();
    assert!(text.starts_with("PRIVATE+KEY+hebei.example/ledger+"));
    let again = SignerKey::parse(&format!("{text}\n")).unwrap();
    assert_eq!(again.secret_text(), text);
    assert_eq!(again.verifier(), key.verifier());
    let secret = text.rsplit('+').next().unwrap();
    assert!(!format!("{key:?}").contains(secret));
    assert_eq!(SignerKey::parse(&text.replace("ledger", "lodger")).err(), Some(KeyError::WrongId));
    assert_eq!(SignerKey::parse(VKEY).err(), Some(KeyError::Form));
}

#[test]
fn a_note_is_verified_by_the_keys_that_are_known() {
    let (old, new, text) = (log(1), log(2), "origin\n7\nroot\n");
    let note = sign(text, &[&old, &new]) + &cosignature_line(text, &witness(), 1_700_000_000);
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!((parsed.text, parsed.lines.len()), (text, 3));

    let keys = known(&[&new, &witness()]);
    let verified = parsed.verify(&keys).unwrap();
    assert_eq!(verified[0], Verified { key: &keys[0], cosigned_at_s: None });
    assert_eq!(verified[1], Verified { key: &keys[1], cosigned_at_s: Some(1_700_000_000) });
    assert_eq!(parsed.verify(&known(&[&log(3)])), Err(NoteError::NoKnownKey));
    assert_eq!(parsed.verify(&[]), Err(NoteError::NoKnownKey));
}

#[test]
fn a_known_key_that_fails_refuses_the_whole_note() {
    let (key, text) = (log(1), "origin\n7\nroot\n");
    let keys = known(&[&key, &witness()]);
    let note = sign(text, &[&key]) + &cosignature_line(text, &witness(), 5);
    for wrong in [
        note.replace("\n7\n", "\n8\n"),
        // The witness's line under the log's text at another time.
        sign(text, &[&key]) + &cosignature_line("origin\n6\nroot\n", &witness(), 5),
        sign(text, &[&key]) + &signature_line("other\n", &key),
    ] {
        let error = Note::parse(wrong.as_bytes()).unwrap().verify(&keys).unwrap_err();
        assert!(matches!(error, NoteError::WrongSignature { .. }), "{wrong}");
    }
    // The same signature with another time is no cosignature.
    let mut parsed = Note::parse(note.as_bytes()).unwrap();
    parsed.lines[1].payload[7] ^= 1;
    assert!(parsed.verify(&keys).is_err());
}

#[test]
fn a_cosigners_key_and_a_logs_key_of_the_same_bytes_are_two_keys() {
    let plain = SignerKey::new("same", Algorithm::Ed25519, &[9; 32]).unwrap();
    let cosigner = SignerKey::new("same", Algorithm::CosignatureV1, &[9; 32]).unwrap();
    assert_ne!(plain.verifier().id(), cosigner.verifier().id());
    assert_eq!(plain.verifier().public(), cosigner.verifier().public());
}

#[test]
fn what_is_no_note_is_refused() {
    let note = sign("text\n\nmore\n", &[&log(1)]);
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text, "text\n\nmore\n");
    let line = signature_line("text\n", &log(1));
    let long = "x".repeat(NOTE_BYTES_MAX);
    for wrong in [
        String::new(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        format!("text\n{line}"),
        format!("text\n\n{}", line.trim_end()),
        format!("text\n\n{line}\n"),
        format!("text\n\n{}", line.replace("\u{2014} ", "- ")),
        format!("text\n\n{}", line.replace("\u{2014} ", "\u{2014}")),
        format!("text\n\n{}", line.replace("ledger ", "ledger  ")),
        format!("text\n\n{}", line.replace("hebei", "heb+ei")),
        format!("te\txt\n\n{line}"),
        format!("text\r\n\n{line}"),
        "text\n\n\u{2014} name AAAA\n".to_owned(),
        "text\n\n\u{2014} name AAAAAA\n".to_owned(),
        format!("text\n\n{}", line.repeat(NOTE_SIGNATURES_MAX + 1)),
        format!("{long}\n\n{line}"),
    ] {
        assert!(Note::parse(wrong.as_bytes()).is_err(), "{wrong:.80}");
    }
    let most = format!("text\n\n{}", line.repeat(NOTE_SIGNATURES_MAX));
    assert!(Note::parse(most.as_bytes()).is_ok());
    assert!(Note::parse(b"text\xff\n\n").is_err());
}

proptest! {
    #[test]
    fn a_changed_byte_is_never_verified(at in 0..300usize, change in 1..=255u8) {
        let key = log(1);
        let mut note = sign("origin\n7\nroot\n", &[&key]).into_bytes();
        let at = at % note.len();
        note[at] ^= change;
        let verified = Note::parse(&note).and_then(|note| {
            note.verify(&known(&[&key])).map(|verified| verified.len())
        });
        prop_assert!(verified.is_err());
    }

    #[test]
    fn random_texts_are_survived(text: String, bytes: Vec<u8>) {
        prop_assert!(Note::parse(&bytes).is_err());
        prop_assert!(VerifierKey::parse(&text).is_err());
        prop_assert!(SignatureLine::parse(&text).is_err());
    }
}
