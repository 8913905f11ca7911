//! The worked example of `schemas/record.md`, made again from nothing: every line that this gives
//! has to stand in the document, so that neither can change without the other.

use super::*;
use crate::chain::{
    canonical::canonicalise,
    checkpoint::Checkpoint,
    merkle::{self, proof},
    movement::{Movement, write_movements},
    note::key::{Algorithm, SignerKey},
    signature::{payload_type, pre_authentication_encoding},
};
use base64::{Engine, prelude::BASE64_STANDARD};

const DOCUMENT: &str = include_str!("../../../schemas/record.md");
const ORIGIN: &str = "hebei.example/ledger";

/// The second event as its poster sent it: other order, white space, needless escapes.
const SENT: &str = concat!(
    r#"{"id": "0195a7c2-0000-7abc-8def-0123456789ab", "type": "funds_received", "#,
    r#""jurisdiction": "130000", "business_date": "2017-03-15", "#,
    r#""by": {"org": "hb-finance", "maker": "hb-02", "checker": "hb-07"}, "#,
    r#""docs": [{"number": "\u8d22\u519c\u30142017\u301515\u53f7", "sha256": ""#,
    r#"ab30d4a5a06e70d0d5b7b9e2b1d1a4e3f0e5c7a9d8b6c4a2918070605040302f"}], "#,
    r#""data": {"lot": "L1", "fund": "central_special", "fiscal_year": 2017, "#,
    r#""amount_fen": 1000000000, "provider": "\u8d22\u653f\u90e8", "purpose": []}}"#
);

fn composed(event: &[u8], movements: &[Movement<'_>], rest: &Parts<'_>) -> Vec<u8> {
    let (mut list, mut record) = (Vec::new(), Vec::new());
    write_movements(movements.iter().copied(), &mut list);
    compose(&Parts { event, movements: &list, ..*rest }, &mut record).unwrap();
    record
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines of the example, and the whole checkpoint.
fn example() -> Vec<String> {
    let log = SignerKey::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap();
    let opened = format!(
        concat!(
            r#"{{"business_date":"2017-01-01","#,
            r#""by":{{"checker":"op-07","maker":"op-02","org":"platform"}},"#,
            r#""data":{{"hash_algorithm":"sha256","origin":"{}","#,
            r#""program":"fundtrail 0.1.0","vkey":"{}"}},"docs":[],"#,
            r#""id":"0195a7c2-0000-7abc-8def-000000000000","#,
            r#""jurisdiction":"130000","type":"ledger_opened"}}"#
        ),
        ORIGIN,
        log.verifier()
    );
    let first = Parts {
        batch_left: 0,
        event: b"",
        movements: b"",
        posted_by: "operator",
        prev: Digest::ZERO,
        recorded_at: Stamp::parse("2017-01-01T00:00:00.000Z").unwrap(),
        salt: [0x11; 16],
        seq: 0,
        signatures: &[],
    };
    let record_0 = composed(opened.as_bytes(), &[], &first);
    let ledger = leaf_hash(&record_0);

    let mut event = Vec::new();
    canonicalise(SENT.as_bytes(), &mut event).unwrap();
    let principal = SignerKey::new("hb-finance", Algorithm::Ed25519, &[2; 32]).unwrap();
    let signature = Signature::sign(principal.signing_key(), &ledger, &event);
    let movement =
        Movement { amount_fen: 1_000_000_000, from: "outside", lot: "L1", to: "available/130000" };
    let second = Parts {
        posted_by: "hb-finance-desk",
        prev: ledger,
        recorded_at: Stamp::parse("2017-03-15T08:30:00.250Z").unwrap(),
        salt: [0x22; 16],
        seq: 1,
        signatures: &[signature],
        ..first
    };
    let record_1 = composed(&event, &[movement], &second);
    let leaves = [ledger, leaf_hash(&record_1)];
    let root = merkle::root(&leaves);
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: 2, root };

    let encoded = pre_authentication_encoding(&payload_type(&ledger), &event);
    let pae_start = text(&encoded[..encoded.len() - event.len()]);
    assert_eq!(signature.verify(&ledger, &event), Ok(()));
    assert_eq!(proof::verify_inclusion(&leaves[1], 1, 2, &leaves[..1], &root), Ok(()));
    vec![
        log.verifier().to_string(),
        SENT.to_owned(),
        text(&event),
        text(&record_0),
        leaves[0].to_string(),
        pae_start,
        signature.key.to_string(),
        signature.sig_text(),
        text(&record_1),
        leaves[1].to_string(),
        root.to_string(),
        BASE64_STANDARD.encode(root.0),
        checkpoint.sign(&[&log]),
    ]
}

#[test]
fn the_documents_example_is_what_the_program_makes() {
    for piece in example() {
        // Whole lines alone count: a line that was cut short or went on would be another one.
        let lines = format!("\n{}\n", piece.trim_end_matches('\n'));
        assert!(DOCUMENT.contains(&lines), "schemas/record.md lacks:\n{piece}");
    }
}

#[test]
fn the_documents_bounds_are_the_programs() {
    for bound in [
        format!("{RECORD_BYTES_MAX} bytes"),
        format!("{EVENT_BYTES_MAX} bytes"),
        format!("{} deep", canonical::DEPTH_MAX),
        format!("{INTEGER_MAX}"),
        format!("at most {SIGNATURES_MAX} signatures"),
        format!("1 to {} characters", crate::chain::movement::PLACE_BYTES_MAX),
    ] {
        assert!(DOCUMENT.contains(&bound), "schemas/record.md lacks the bound: {bound}");
    }
}
