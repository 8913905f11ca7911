//! The audit pack: the same bytes for every auditor at the same head, and enough in it to verify it.

use crate::python::{has_python, python, python_at};
use crate::support::{Ledger, run_with};
use fundtrail::base::Digest;
use std::path::{Path, PathBuf};

fn pack(ledger: &Ledger, name: &str) -> (PathBuf, Vec<u8>) {
    let file = ledger.beside(name);
    ledger.run(&["export", "audit-pack", "-o", file.to_str().unwrap()]).succeeds();
    let bytes = std::fs::read(&file).unwrap();
    (file, bytes)
}

fn unpack(bytes: &[u8], into: &Path) -> PathBuf {
    tar::Archive::new(flate2::read::GzDecoder::new(bytes)).unpack(into).unwrap();
    into.join("audit-pack")
}

#[test]
fn two_auditors_get_the_same_hash_at_the_same_head() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (_, first) = pack(&ledger, "first.tar.gz");
    let (_, second) = pack(&ledger, "second.tar.gz");
    assert_eq!(Digest::of(&[&first]), Digest::of(&[&second]));

    let copy = ledger.beside("copy");
    ledger.run(&["backup", copy.to_str().unwrap()]).succeeds();
    let third = ledger.beside("third.tar.gz");
    run_with(&copy, &["export", "audit-pack", "-o", third.to_str().unwrap()], None).succeeds();
    assert_eq!(Digest::of(&[&std::fs::read(third).unwrap()]), Digest::of(&[&first]), "of a copy");

    let more = crate::support::golden("golden_yearend.jsonl");
    ledger.run(&["post", more.to_str().unwrap()]).succeeds();
    let (_, later) = pack(&ledger, "later.tar.gz");
    assert_ne!(Digest::of(&[&later]), Digest::of(&[&first]), "another head");
}

#[test]
fn what_is_packed_are_the_bytes_that_are_stored() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let folder = unpack(&pack(&ledger, "a.tar.gz").1, &ledger.beside("unpacked"));
    let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
    let stored = |path: &str| std::fs::read(ledger.path().join(path)).unwrap();
    assert_eq!(read("records.jsonl"), stored("records/000000000000.jsonl"));
    assert_eq!(read("records.jsonl.checkpoint"), stored("checkpoint"));
    for path in ["schemas/record.md", "schemas/characters.txt", "schemas/event/funds_received.json"]
    {
        assert_eq!(read(path), std::fs::read(crate::held::path(path)).unwrap(), "{path}");
    }
    let key = String::from_utf8(read("log.vkey")).unwrap();
    let readme = String::from_utf8(read("README.txt")).unwrap();
    assert!(readme.contains(key.trim()) && readme.contains("三条命令"), "{readme}");
    let policy = String::from_utf8(read("policy.txt")).unwrap();
    assert!(
        policy.contains(&format!("log {key}")) && policy.ends_with("quorum none\n"),
        "{policy}"
    );
    let records = folder.join("records.jsonl");
    let args = ["verify", records.to_str().unwrap(), "--key", key.trim()];
    let ran = run_with(&ledger.beside("nowhere"), &args, None).succeeds();
    assert!(ran.out.contains("A checkpoint covers all"), "{}", ran.out);
}

#[test]
fn the_verifier_in_the_pack_verifies_it_packed_and_unpacked() {
    if !has_python() {
        return;
    }
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let (file, bytes) = pack(&ledger, "a.tar.gz");
    let folder = unpack(&bytes, &ledger.beside("unpacked"));
    let key = std::fs::read_to_string(folder.join("log.vkey")).unwrap();
    let within = folder.join("verify.py");
    let packed = python(&["--json", "--key", key.trim(), file.to_str().unwrap()]).succeeds().json();
    let args = ["--json", "--key", key.trim(), folder.to_str().unwrap()];
    let unpacked = python_at(&within, &args).succeeds().json();
    assert_eq!(packed, unpacked);
    assert_eq!(packed["covered"], packed["right"]);
    assert_eq!(packed["key"], "outside");
    assert_eq!(packed["checkpoints"].as_array().unwrap().len(), 2, "the kept one, and the newest");
    let balances = python(&["--balances", ledger.path().to_str().unwrap()]).succeeds().out;
    assert_eq!(
        python_at(&within, &["--balances", file.to_str().unwrap()]).succeeds().out,
        balances
    );

    let records = std::fs::read(folder.join("records.jsonl")).unwrap();
    let cut = &records[..records.len() - 1];
    std::fs::write(folder.join("records.jsonl"), cut).unwrap();
    python_at(&within, &args).exits(1);
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 4;
    std::fs::write(&file, flipped).unwrap();
    python(&[file.to_str().unwrap()]).exits(2);
}

#[test]
fn a_pack_needs_a_file_to_go_to() {
    let ledger = Ledger::new();
    ledger.run(&["export", "audit-pack"]).exits(2);
    let ran = ledger.run(&["export", "audit-pack", "-o", "pack.zip"]).exits(2);
    assert!(ran.err.contains("-o FILE.tar.gz"), "{}", ran.err);
}
