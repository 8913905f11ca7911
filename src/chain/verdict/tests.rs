//! The three verdicts: each reason that keeps a receipt from being green, and each that refutes it.

use super::*;
use crate::base::{Digest, Stamp};
use crate::chain::merkle;
use crate::chain::note::cosignature_line;
use crate::chain::note::key::{Algorithm, SignerKey};
use crate::chain::record::{Parts, compose};

const ORIGIN: &str = "ledger.test/2017";

fn key(name: &str, algorithm: Algorithm, seed: u8) -> SignerKey {
    SignerKey::new(name, algorithm, &[seed; 32]).unwrap()
}

fn log() -> SignerKey {
    key(ORIGIN, Algorithm::Ed25519, 1)
}

fn record(seq: u64) -> Vec<u8> {
    let parts = Parts {
        batch_left: 0,
        event: b"{}",
        movements: b"[]",
        posted_by: "operator",
        prev: Digest::ZERO,
        recorded_at: Stamp::parse("2017-03-15T00:00:00.000Z").unwrap(),
        salt: [7; 16],
        seq,
        signatures: &[],
    };
    let mut line = Vec::new();
    compose(&parts, &mut line).unwrap();
    line
}

/// A receipt of record 1 of two, whose head these witnesses cosigned.
fn receipt(signer: &SignerKey, witnesses: &[&SignerKey]) -> String {
    let leaves = [record(0), record(1)].map(|line| leaf_hash(&line));
    let origin = signer.verifier().name().to_owned();
    let head = Checkpoint { origin, size: 2, root: merkle::root(&leaves) };
    let mut note = head.sign(&[signer]);
    note.extend(
        witnesses.iter().map(|one| cosignature_line(&head.to_string(), one, 1_500_000_000)),
    );
    Proof { extra: None, index: 1, hashes: vec![leaves[0]], checkpoint: note }.to_string()
}

fn verdict(
    receipt: &str,
    record: &[u8],
    key: &VerifierKey,
    policy: Option<&str>,
) -> (Verdict, String) {
    let policy = policy.map(|text| Policy::parse(text).unwrap());
    let brought = Brought { key, policy: policy.as_ref() };
    let judged = judge(receipt.as_bytes(), record, brought);
    assert_eq!(judged.verdict == Verdict::Witnessed, judged.reason.is_none());
    (judged.verdict, judged.reason.unwrap_or_default())
}

#[test]
fn the_verdict_follows_from_what_the_reader_brought() {
    let (one, two) =
        (key("w1", Algorithm::CosignatureV1, 2), key("w2", Algorithm::CosignatureV1, 3));
    let stranger = key("w9", Algorithm::CosignatureV1, 9);
    let log_key = log().verifier().clone();
    let lines = format!("witness w1 {}\nwitness w2 {}\n", one.verifier(), two.verifier());
    let both = format!("{lines}group both all w1 w2\nquorum both\n");
    let any = format!("{lines}group any any w1 w2\nquorum any\n");
    let none = format!("{lines}quorum none\n");
    let named = format!("log {log_key}\n{any}");
    let other = format!("log {}\n{any}", key(ORIGIN, Algorithm::Ed25519, 8).verifier());
    for (witnesses, policy, expected, says) in [
        (vec![&one, &two], Some(&both), Verdict::Witnessed, ""),
        (vec![&one], Some(&both), Verdict::Included, "quorum has not cosigned"),
        (vec![&one], Some(&any), Verdict::Witnessed, ""),
        (vec![&one], Some(&named), Verdict::Witnessed, ""),
        (vec![&one], Some(&other), Verdict::Refuted, "does not name this log's key"),
        (vec![&stranger], Some(&any), Verdict::Included, "quorum has not cosigned"),
        (vec![&one, &one], Some(&both), Verdict::Included, "quorum has not cosigned"),
        (vec![&one, &two], Some(&none), Verdict::Included, "asks for no witness"),
        (vec![&one, &two], None, Verdict::Included, "no policy was given"),
    ] {
        let given =
            verdict(&receipt(&log(), &witnesses), &record(1), &log_key, policy.map(String::as_str));
        assert_eq!(given.0, expected, "{witnesses:?} {policy:?}: {}", given.1);
        assert!(given.1.contains(says), "{} has not {says}", given.1);
    }
}

#[test]
fn what_does_not_fit_is_refuted() {
    let (receipt_of, key_of) = (receipt(&log(), &[]), log().verifier().clone());
    let refuted = |receipt: &str, record: &[u8], key: &VerifierKey, says: &str| {
        let (verdict, reason) = verdict(receipt, record, key, None);
        assert_eq!(verdict, Verdict::Refuted);
        assert!(reason.contains(says), "{reason}");
    };
    // The record of another place, though its bytes lie in the tree.
    refuted(&receipt_of, &record(0), &key_of, "the record's seq is 0");
    let mut changed = record(1);
    let at = changed.len() - 60;
    changed[at] ^= 1;
    let judged = judge(receipt_of.as_bytes(), &changed, Brought { key: &key_of, policy: None });
    assert_eq!(judged.verdict, Verdict::Refuted);
    // A key that has the origin's name, and one that signed under another.
    let same_name = key(ORIGIN, Algorithm::Ed25519, 5);
    refuted(&receipt_of, &record(1), same_name.verifier(), "by a known key");
    let elsewhere = key("other.test/2017", Algorithm::Ed25519, 1);
    refuted(&receipt_of, &record(1), elsewhere.verifier(), "by a known key");
    refuted(&receipt(&elsewhere, &[]), &record(1), &key_of, "by a known key");
    refuted("", &record(1), &key_of, "no signed note");
    refuted(&receipt_of, b"{}", &key_of, "frame");
}

#[test]
fn a_witness_whose_line_is_forged_refutes() {
    let witness = key("w1", Algorithm::CosignatureV1, 2);
    let text = receipt(&log(), &[&witness]);
    let line = text.lines().last().unwrap();
    let forged = format!("{}{}A==", &text[..text.len() - 5], "");
    let policy = format!("witness w1 {}\nquorum w1\n", witness.verifier());
    assert!(line.contains("w1"));
    let (verdict, _) = verdict(&forged, &record(1), log().verifier(), Some(&policy));
    assert_eq!(verdict, Verdict::Refuted);
}
