//! Records are read as they were composed, and in no other form.

use super::*;
use crate::chain::movement::{Movement, write_movements};
use proptest::prelude::*;
use serde_json::{Value, json};

const EVENT: &str = r#"{"data":{"movements":[],"note":"],\"posted_by\":\"x\""},"id":"县"}"#;

/// A record with so many signatures, composed.
fn composed(signatures: usize) -> Vec<u8> {
    let mut movements = Vec::new();
    let (from, to) = ("outside", "available/130000");
    write_movements([Movement { amount_fen: 5, from, lot: "L1", to }; 2], &mut movements);
    let signature =
        |index| Signature { key: PublicKey([index; 32]), sig: [index.wrapping_mul(99); 64] };
    let signatures: Vec<_> = (1..=4u8).map(signature).take(signatures).collect();
    let parts = Parts {
        batch_left: 12,
        event: EVENT.as_bytes(),
        movements: &movements,
        posted_by: "kb-finance-desk",
        prev: Digest([0xAB; 32]),
        recorded_at: Stamp(1_489_593_599_007),
        salt: [0x0F; 16],
        seq: 9_007_199_254_740_991,
        signatures: &signatures,
    };
    let mut out = b"before\n".to_vec();
    compose(&parts, &mut out).unwrap();
    out.split_off(7)
}

/// What serde_json makes of a record, written again: its map is sorted, as RFC 8785 is for ASCII.
fn rewritten(line: &[u8]) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(line).ok()?;
    Some(value.to_string().into_bytes())
}

fn sound(line: &[u8]) -> bool {
    Record::parse(line).and_then(|record| record.check_form()).is_ok()
}

#[test]
fn a_record_is_canonical_json_with_these_fields() {
    let line = composed(1);
    let value: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(rewritten(&line).unwrap(), line);
    assert_eq!(value["batch_left"], json!(12));
    assert_eq!(value["event"], serde_json::from_str::<Value>(EVENT).unwrap());
    assert_eq!(value["movements"][1]["to"], json!("available/130000"));
    assert_eq!(value["recorded_at"], json!("2017-03-15T15:59:59.007Z"));
    assert_eq!(value["salt"], json!("0f".repeat(16)));
    assert_eq!(value["signatures"][0]["key"], json!("01".repeat(32)));
    assert_eq!(value["v"], json!(1));
    assert_eq!(value.as_object().unwrap().len(), 10);
}

#[test]
fn a_record_is_read_as_it_was_composed() {
    for count in 0..=4 {
        let line = composed(count);
        let record = Record::parse(&line).unwrap();
        assert_eq!(record.event, EVENT.as_bytes());
        assert_eq!(read_movements(record.movements).filter(Result::is_ok).count(), 2);
        assert_eq!((record.batch_left, record.seq, record.v), (12, 9_007_199_254_740_991, 1));
        assert_eq!((record.posted_by, record.prev), ("kb-finance-desk", Digest([0xAB; 32])));
        assert_eq!((record.recorded_at, record.salt), (Stamp(1_489_593_599_007), [0x0F; 16]));
        assert_eq!(record.signatures.len(), count);
        assert!(record.signatures.iter().all(|one| one.sig[9] == one.key.0[0].wrapping_mul(99)));
        assert_eq!(record.check_form(), Ok(()));
    }
}

#[test]
fn other_forms_of_the_frame_are_refused() {
    let line = String::from_utf8(composed(2)).unwrap();
    let (key_1, key_2) = ("01".repeat(32), "02".repeat(32));
    for (from, to) in [
        (r#""batch_left":12"#, r#""batch_left":012"#),
        (r#""batch_left":12"#, r#""batch_left":4294967296"#),
        (r#""batch_left":12"#, r#""batch_left":"12""#),
        (r#""batch_left":12,"#, r#""batch_left":12, "#),
        (r#""event":{"#, r#""event": {"#),
        (r#""event":{"#, r#""event":[],"x":{"#),
        (r#""posted_by":"kb-"#, r#""posted_by":"-kb-"#),
        (r#""posted_by":"kb-"#, r#""posted_by":"县"#),
        (r#""prev":"ab"#, r#""prev":"AB"#),
        (".007Z", "Z"),
        ("2017-03-15T", "2017-02-30T"),
        (r#""salt":"0f"#, r#""salt":"0f0f"#),
        ("9007199254740991", "9007199254740992"),
        ("9007199254740991", "09007199254740991"),
        ("9007199254740991", "-1"),
        (r#""v":1}"#, r#""v":0}"#),
        (r#""v":1}"#, r#""v":1} "#),
        (r#""v":1}"#, r#""v":1,"w":1}"#),
        (key_1.as_str(), key_2.as_str()),
        (key_1.as_str(), "03"),
        ("==\"}],", "=\"}],"),
        (r#""amount_fen":5"#, r#""amount_fen":0"#),
        (r#""to":"available/130000"}]"#, r#""to":"available/130000"},]"#),
    ] {
        let wrong = line.replacen(from, to, 1);
        assert_ne!(wrong, line, "{from}");
        assert!(!sound(wrong.as_bytes()), "{from} -> {to}");
    }
    let higher = line.replace(r#""v":1}"#, r#""v":2}"#);
    assert_eq!(Record::parse(higher.as_bytes()).map(|record| record.v), Ok(2));
}

#[test]
fn an_error_says_where_in_the_frame() {
    let line = String::from_utf8(composed(0)).unwrap().replace("\"seq\"", "\"sep\"");
    let reason = Record::parse(line.as_bytes()).unwrap_err().reason;
    let end = line.find("\",\"sep\":").unwrap() + 8;
    let expected =
        format!("the record's frame is wrong at \",\"seq\":, between bytes 25 and {end}");
    assert_eq!(reason, expected);
}

#[test]
fn every_changed_byte_is_found_or_leaves_a_canonical_record() {
    let line = composed(1);
    for at in 0..line.len() {
        for change in 1..=255u8 {
            let mut wrong = line.clone();
            wrong[at] ^= change;
            if sound(&wrong) {
                assert_eq!(rewritten(&wrong).as_ref(), Some(&wrong));
            }
        }
    }
}

#[test]
fn a_record_is_bounded_and_a_refused_one_leaves_nothing() {
    let movement = Movement { amount_fen: 1, from: "outside", lot: "L1", to: &"a".repeat(200) };
    let mut movements = Vec::new();
    write_movements([movement; 250], &mut movements);
    let parts = |event| Parts {
        batch_left: 0,
        event,
        movements: &movements,
        posted_by: "a",
        prev: Digest::ZERO,
        recorded_at: Stamp(0),
        salt: [0; 16],
        seq: 0,
        signatures: &[],
    };
    let event = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    let mut out = Vec::new();
    let small = event(100);
    compose(&parts(small.as_bytes()), &mut out).unwrap();
    let exact = 100 + RECORD_BYTES_MAX - out.len();
    let (fits, longer) = (event(exact), event(exact + 1));
    out.clear();
    compose(&parts(fits.as_bytes()), &mut out).unwrap();
    assert_eq!(out.len(), RECORD_BYTES_MAX);
    assert!(sound(&out));
    let refused = compose(&parts(longer.as_bytes()), &mut out);
    assert_eq!(refused, Err(RecordTooLarge { bytes: RECORD_BYTES_MAX + 1 }));
    assert_eq!(out.len(), RECORD_BYTES_MAX);
    out.push(b'}');
    assert!(Record::parse(&out).is_err());
}

#[test]
fn a_leaf_is_tagged() {
    // RFC 6962: the leaf hash of the empty string.
    assert_eq!(
        leaf_hash(b"").to_string(),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
}

proptest! {
    #[test]
    fn cut_or_random_lines_are_survived(bytes: Vec<u8>, end in 0..900usize) {
        prop_assert!(!sound(&bytes));
        let line = composed(1);
        prop_assert!(end >= line.len() || !sound(&line[..end]));
    }
}
