//! Tampering: each case of design section 11 is found, and the record named.

use crate::support::{Ledger, run_with};
use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The records of the golden year, exported once, with their checkpoint.
pub fn exported() -> &'static (Vec<Vec<u8>>, Vec<u8>, tempfile::TempDir) {
    static EXPORTED: OnceLock<(Vec<Vec<u8>>, Vec<u8>, tempfile::TempDir)> = OnceLock::new();
    EXPORTED.get_or_init(|| {
        let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
        let file = ledger.beside("records.jsonl");
        ledger.run(&["export", "records", "-o", file.to_str().unwrap()]).succeeds();
        let bytes = std::fs::read(&file).unwrap();
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let checkpoint = std::fs::read(ledger.beside("records.jsonl.checkpoint")).unwrap();
        (lines, checkpoint, tempfile::tempdir().unwrap())
    })
}

/// Records in a file of their own.
pub struct Case {
    _folder: tempfile::TempDir,
    pub file: PathBuf,
}

/// The lines as a file, with the checkpoint of the untouched records beside it where asked.
pub fn case(lines: &[Vec<u8>], with_checkpoint: bool) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records.jsonl");
    std::fs::write(&file, lines.concat()).unwrap();
    if with_checkpoint {
        std::fs::write(folder.path().join("records.jsonl.checkpoint"), &exported().1).unwrap();
    }
    Case { _folder: folder, file }
}

/// Exit code, and the sequence of the first wrong record.
pub fn verify(lines: &[Vec<u8>], with_checkpoint: bool) -> (i32, Option<u64>, String) {
    let case = case(lines, with_checkpoint);
    let ran = run_with(
        &PathBuf::from("nowhere"),
        &["verify", "--format", "json", case.file.to_str().unwrap()],
        None,
    );
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_default();
    (ran.code, report["fault"]["seq"].as_u64(), ran.out + &ran.err)
}

/// Seals line `at` anew after its content changed, and all behind it: what an operator could do.
pub fn rehash(lines: &mut [Vec<u8>], from: usize) {
    for at in from..lines.len() {
        if at == 0 {
            continue;
        }
        let before = &lines[at - 1];
        let leaf = fundtrail::chain::record::leaf_hash(&before[..before.len() - 1]);
        let text = String::from_utf8(lines[at].clone()).unwrap();
        let start = text.rfind("\"prev\":\"").unwrap() + 8;
        lines[at] = format!("{}{leaf}{}", &text[..start], &text[start + 64..]).into_bytes();
    }
}

#[test]
fn untouched_records_verify_alone_and_against_their_checkpoint() {
    let (lines, ..) = exported();
    assert_eq!(verify(lines, true).0, 0);
    assert_eq!(verify(lines, false).0, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_byte_is_found_and_its_record_named(at in 0usize..264, byte in 0usize..800, bit in 0u8..7) {
        let mut lines = exported().0.clone();
        let byte = byte % (lines[at].len() - 1);
        lines[at][byte] ^= 1 << bit;
        prop_assume!(lines[at][byte] != b'\n');
        let (code, seq, out) = verify(&lines, false);
        prop_assert_eq!((code, seq), (1, Some(at as u64)), "{}", out);
    }

    #[test]
    fn a_deleted_record_is_found(at in 0usize..264) {
        let mut lines = exported().0.clone();
        lines.remove(at);
        let (code, seq, out) = verify(&lines, false);
        prop_assert_eq!((code, seq), (1, Some(at as u64)), "{}", out);
    }

    #[test]
    fn two_swapped_records_are_found(one in 0usize..264, other in 0usize..264) {
        prop_assume!(one != other);
        let mut lines = exported().0.clone();
        lines.swap(one, other);
        let (code, seq, out) = verify(&lines, false);
        prop_assert_eq!((code, seq), (1, Some(one.min(other) as u64)), "{}", out);
    }

    #[test]
    fn an_inserted_record_is_found(at in 0usize..264, copy in 0usize..264) {
        let mut lines = exported().0.clone();
        let copied = lines[copy].clone();
        lines.insert(at, copied);
        let (code, seq, out) = verify(&lines, false);
        // A record doubled where it stands is found as the one too many behind it.
        let expected = if copy == at { at + 1 } else { at };
        prop_assert_eq!((code, seq), (1, Some(expected as u64)), "{}", out);
    }

    #[test]
    fn a_cut_tail_is_found_against_the_checkpoint_alone(keep in 235usize..264) {
        let lines = &exported().0[..keep];
        prop_assert_eq!(verify(lines, true).0, 1);
        let whole_batch = lines.last().unwrap().starts_with(b"{\"batch_left\":0,");
        prop_assert_eq!(verify(lines, false).0, i32::from(!whole_batch));
    }
}

#[test]
fn a_movement_changed_and_hashed_anew_is_found_by_the_rules() {
    let (lines, ..) = exported();
    let is_money = |line: &&Vec<u8>| !line.windows(14).any(|part| part == b"\"movements\":[]");
    let at = lines.iter().position(|line| is_money(&line)).unwrap();
    let text = String::from_utf8(lines[at].clone()).unwrap();
    let start = text.find("\"movements\":[{\"amount_fen\":").unwrap() + 27;
    let mut changed = lines.clone();
    changed[at] = format!("{}9{}", &text[..start], &text[start + 1..]).into_bytes();
    rehash(&mut changed, at + 1);
    let (code, seq, out) = verify(&changed, false);
    assert_eq!((code, seq), (1, Some(at as u64)), "{out}");
}

#[test]
fn a_tail_hashed_anew_is_found_against_the_checkpoint_alone() {
    let mut lines = exported().0.clone();
    let at = lines.len() - 5;
    let text = String::from_utf8(lines[at].clone()).unwrap();
    let start = text.find("\"salt\":\"").unwrap() + 8;
    lines[at] = format!("{}{}{}", &text[..start], "0".repeat(32), &text[start + 32..]).into_bytes();
    rehash(&mut lines, at + 1);
    assert_eq!(verify(&lines, false).0, 0, "the operator can seal a tail anew");
    let (code, _, out) = verify(&lines, true);
    assert_eq!(code, 1);
    assert!(out.contains("were changed after it was signed"), "{out}");
}

#[test]
fn a_change_in_the_last_record_is_found_against_the_checkpoint_alone() {
    let mut lines = exported().0.clone();
    let at = lines.len() - 1;
    let text = String::from_utf8(lines[at].clone()).unwrap();
    let start = text.find("\"salt\":\"").unwrap() + 8;
    lines[at] = format!("{}{}{}", &text[..start], "f".repeat(32), &text[start + 32..]).into_bytes();
    assert_eq!(verify(&lines, false).0, 0);
    assert_eq!(verify(&lines, true).0, 1);
}

#[test]
fn verify_says_which_records_no_checkpoint_covers() {
    let (lines, ..) = exported();
    let case = case(lines, false);
    let ran = run_with(&PathBuf::from("nowhere"), &["verify", case.file.to_str().unwrap()], None);
    assert!(ran.out.contains("No checkpoint covers any of the 265 records"), "{}", ran.out);
}
