//! Receipts, proofs and tiles of a ledger: they hold with nothing else.

use crate::support::{Ledger, golden, run_with};
use base64::{Engine, prelude::BASE64_STANDARD};
use fundtrail::base::Digest;
use fundtrail::chain::merkle::proof::{verify_consistency, verify_inclusion};
use fundtrail::chain::merkle::{self, CompactRange};
use fundtrail::chain::note::cosignature_line;
use fundtrail::chain::note::key::{Algorithm, SignerKey};
use fundtrail::chain::proof::Proof;
use fundtrail::chain::record::leaf_hash;
use fundtrail::chain::tile::{Kind, Tile, read_entries};
use fundtrail::ledger::proving::SignedHead;
use serde_json::Value;
use std::path::{Path, PathBuf};

const NOWHERE: &str = "nowhere";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn head(ledger: &Ledger) -> SignedHead {
    SignedHead::parse(&std::fs::read(ledger.path().join("checkpoint")).unwrap()).unwrap()
}

/// The verifier key that record 0 states.
fn vkey(ledger: &Ledger) -> String {
    let first: Value = serde_json::from_str(&ledger.records()[0]).unwrap();
    first["event"]["data"]["vkey"].as_str().unwrap().to_owned()
}

fn write(ledger: &Ledger, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = ledger.beside(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// `check` where there is no ledger at all.
fn check(args: &[&str]) -> crate::support::Ran {
    run_with(Path::new(NOWHERE), &[&["check"], args].concat(), None)
}

fn assert_receipt_holds(ledger: &Ledger, seq: u64) {
    let ran = ledger.run(&["proof", &seq.to_string()]).succeeds();
    let proof = Proof::parse(ran.out.as_bytes()).unwrap();
    let head = SignedHead::parse(proof.checkpoint.as_bytes()).unwrap().checkpoint;
    let leaf = leaf_hash(ledger.records()[usize::try_from(seq).unwrap()].as_bytes());
    verify_inclusion(&leaf, seq, head.size, &proof.hashes, &head.root).unwrap();
}

#[test]
fn receipts_hold_whatever_became_of_the_index() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let size = head(&ledger).checkpoint.size;
    for seq in (0..size).step_by(39).chain([size - 1]) {
        assert_receipt_holds(&ledger, seq);
    }
    let tiles = ledger.path().join("index/tiles");
    let mut level = std::fs::read(tiles.join("00")).unwrap();
    level[40] ^= 1;
    std::fs::write(tiles.join("00"), level).unwrap();
    assert_receipt_holds(&ledger, 0);
    std::fs::remove_dir_all(&tiles).unwrap();
    assert_receipt_holds(&ledger, 7);
    std::fs::remove_dir_all(&tiles).unwrap();
    std::fs::write(&tiles, "no folder").unwrap();
    assert_receipt_holds(&ledger, 7);
    let beyond = ledger.run(&["proof", &size.to_string()]).exits(2);
    assert!(beyond.err.contains("numbered from 0"), "{}", beyond.err);
}

#[test]
fn a_changed_record_gets_no_receipt() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let path = ledger.path().join("records/000000000000.jsonl");
    let changed = std::fs::read_to_string(&path).unwrap().replacen("op-02", "op-03", 1);
    std::fs::write(&path, changed).unwrap();
    let at = ledger.records().iter().position(|line| line.contains("op-03")).unwrap();
    let ran = ledger.run(&["proof", &at.to_string()]).exits(4);
    assert!(ran.out.is_empty() && ran.err.contains("is damaged at line 185"), "{}", ran.err);
}

#[test]
fn consistency_holds_between_any_two_sizes() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let leaves: Vec<_> = ledger.records().iter().map(|line| leaf_hash(line.as_bytes())).collect();
    for (old, new) in [(1, 234), (128, 129), (184, 234), (200, 233), (234, 234)] {
        let ran = ledger.run(&["consistency", &old.to_string(), &new.to_string()]).succeeds();
        let hash = |line| Digest(BASE64_STANDARD.decode(line).unwrap().try_into().unwrap());
        let hashes: Vec<Digest> = ran.out.lines().map(hash).collect();
        let root = |size: u64| merkle::root(&leaves[..usize::try_from(size).unwrap()]);
        verify_consistency((old, &root(old)), (new, &root(new)), &hashes).unwrap();
    }
    ledger.run(&["consistency", "20", "10"]).exits(2);
    let beyond = ledger.run(&["consistency", "20", "235"]).exits(5);
    assert!(beyond.err.contains("covers 234 records, not 235"), "{}", beyond.err);
}

#[test]
fn a_receipt_is_checked_with_nothing_else() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (receipt, record) = (ledger.beside("r.tlog-proof"), ledger.beside("r.json"));
    ledger.run(&["proof", "200", "-o", text(&receipt), "--record-to", text(&record)]).succeeds();
    let key = vkey(&ledger);
    let base = [text(&receipt), "--record", text(&record), "--key"];
    let given = |key: &str, policy: Option<&PathBuf>| {
        let mut args = base.to_vec();
        args.push(key);
        args.extend(policy.iter().flat_map(|path| ["--policy", text(path)]));
        check(&args)
    };
    let alone = given(&key, None).succeeds();
    assert!(alone.out.starts_with("included 已入账\n"), "{}", alone.out);
    let (name_and_id, _) = key.rsplit_once('+').unwrap();
    given(name_and_id, None).exits(2);
    let stranger = SignerKey::new("ledger.test/2017", Algorithm::Ed25519, &[1; 32]).unwrap();
    let forged = given(&stranger.verifier().to_string(), None).exits(1);
    assert!(forged.out.starts_with("refuted 不符\n"), "{}", forged.out);
    let other = write(&ledger, "other.json", &ledger.records()[199]);
    let moved = check(&[text(&receipt), "--record", text(&other), "--key", &key]).exits(1);
    assert!(moved.out.contains("the record's seq is 199"), "{}", moved.out);

    let witness = SignerKey::new("audit/w1", Algorithm::CosignatureV1, &[2; 32]).unwrap();
    let line = format!("witness w1 {}\n", witness.verifier());
    let quorum = write(&ledger, "policy", format!("{line}quorum w1\n"));
    let none = write(&ledger, "none", format!("{line}quorum none\n"));
    let unmet = given(&key, Some(&quorum)).succeeds();
    assert!(unmet.out.starts_with("included 已入账\n"), "{}", unmet.out);
    let head = head(&ledger).checkpoint.to_string();
    let cosigned = std::fs::read_to_string(&receipt).unwrap()
        + &cosignature_line(&head, &witness, 1_511_000_000);
    std::fs::write(&receipt, cosigned).unwrap();
    let met = given(&key, Some(&quorum)).succeeds();
    assert!(met.out.starts_with("witnessed 已见证\n"), "{}", met.out);
    let never = given(&key, Some(&none)).succeeds();
    assert!(never.out.starts_with("included 已入账\n"), "{}", never.out);
    let json = given(&key, None).succeeds();
    assert!(json.out.contains("never that nothing is missing"));
}

#[test]
fn a_principal_keeps_a_receipt_of_each_event() {
    let ledger = Ledger::new();
    let folder = ledger.beside("receipts");
    let post =
        ["post", "--receipt", text(&folder), text(&golden("golden.jsonl"))].map(str::to_owned);
    let post: Vec<&str> = post.iter().map(String::as_str).collect();
    ledger.run(&post).succeeds();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 100);
    // Posting the same again gives the same receipts again.
    assert_eq!(ledger.run(&post).succeeds().count("duplicate"), 50);
    for line in ledger.records().iter().skip(184) {
        let record: Value = serde_json::from_str(line).unwrap();
        let id = record["event"]["id"].as_str().unwrap();
        let (receipt, own) =
            (folder.join(format!("{id}.tlog-proof")), folder.join(format!("{id}.json")));
        check(&[text(&receipt), "--record", text(&own), "--key", &vkey(&ledger)]).succeeds();
    }
    // Each principal keeps its own.
    let mine = ledger.beside("mine");
    std::fs::create_dir(&mine).unwrap();
    let mut last = PathBuf::new();
    for line in ledger.records() {
        let record: Value = serde_json::from_str(&line).unwrap();
        let name = format!("{}.tlog-proof", record["event"]["id"].as_str().unwrap());
        if record["posted_by"] == "kb-finance-desk" {
            last = mine.join(&name);
            std::fs::copy(folder.join(&name), &last).unwrap();
        }
    }
    let args = ["check", "--mine", text(&mine), "--as", "kb-finance-desk"];
    ledger.run(&args).succeeds();
    let kept = std::fs::read(&last).unwrap();
    std::fs::remove_file(&last).unwrap();
    let missing = ledger.run(&args).exits(1);
    assert!(missing.out.contains("there is no receipt of it"), "{}", missing.out);
    std::fs::write(&last, kept).unwrap();
    ledger.run(&["check", "--mine", text(&mine), "--as", "hb-audit-desk"]).exits(1);
    // A ledger that does not hold what was receipted: another one, with the same events.
    let other = Ledger::with(&["golden.jsonl"]);
    let gone = other.run(&args).exits(1);
    assert!(gone.out.contains("keep it"), "{}", gone.out);
}

#[test]
fn a_head_copy_shows_a_stale_or_forked_ledger() {
    let ledger = Ledger::new();
    let copy = ledger.beside("head");
    let backup = ledger.beside("backup");
    ledger.run(&["backup", "--with-keys", text(&backup)]).succeeds();
    let post = |folder: &Path, file: &str| {
        let file = golden(file);
        run_with(folder, &["post", "--head-copy", text(&copy), text(&file)], None)
    };
    post(&ledger.path(), "golden.jsonl").succeeds();
    assert_eq!(
        std::fs::read(&copy).unwrap(),
        std::fs::read(ledger.path().join("checkpoint")).unwrap()
    );
    let behind = post(&backup, "golden.jsonl").exits(4);
    assert!(
        behind.err.contains("behind_witness") && behind.err.contains("head of 234"),
        "{}",
        behind.err
    );
    // Posted without looking at the copy, the two histories differ.
    run_with(&backup, &["post", text(&golden("golden.jsonl"))], None).succeeds();
    let forked = post(&backup, "golden_yearend.jsonl").exits(4);
    assert!(forked.err.contains("two histories"), "{}", forked.err);
}

#[test]
fn exported_tiles_lead_to_the_checkpoint() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let folder = ledger.beside("tiles");
    ledger.run(&["export", "tiles"]).exits(2);
    ledger.run(&["export", "tiles", "-o", text(&folder)]).succeeds();
    assert!(folder.join("tile/0/000.p/234").exists() && !folder.join("tile/entries").exists());
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    ledger.run(&["export", "tiles", "--entries", "-o", text(&folder)]).succeeds();
    let note = std::fs::read(folder.join("checkpoint")).unwrap();
    let head = SignedHead::parse(&note).unwrap().checkpoint;
    assert_eq!(head.size, 265);
    let mut range = CompactRange::default();
    let mut records = Vec::new();
    for index in 0..2 {
        let hashes = Tile::in_tree(Kind::Hashes(0), index, head.size).unwrap();
        let bytes = std::fs::read(folder.join(hashes.to_string())).unwrap();
        assert_eq!(bytes.len(), usize::from(hashes.width) * 32);
        for hash in bytes.chunks_exact(32) {
            range.push(fundtrail::base::Digest(hash.try_into().unwrap()));
        }
        if index == 0 {
            let above = std::fs::read(folder.join("tile/1/000.p/1")).unwrap();
            assert_eq!(above, range.root().0);
        }
        let entries = Tile::in_tree(Kind::Entries, index, head.size).unwrap();
        let bundle = std::fs::read(folder.join(entries.to_string())).unwrap();
        records.extend(read_entries(&bundle).unwrap().iter().map(|record| record.to_vec()));
    }
    assert_eq!(range.root(), head.root);
    let lines: Vec<_> = ledger.records().into_iter().map(String::into_bytes).collect();
    assert_eq!(records, lines);
}

#[test]
fn the_delta_shows_late_entries_and_changed_balances() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let old = write(&ledger, "old", std::fs::read(ledger.path().join("checkpoint")).unwrap());
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    let delta = ledger.run(&["diff", text(&old), "265", "--format", "json"]).succeeds().json();
    assert_eq!(delta["added"].as_array().unwrap().len(), 31);
    // Everything of 2018 is recorded now, behind a head of today.
    assert_eq!(delta["late"], 31);
    let changed = delta["changed"].as_array().unwrap();
    let county = changed.iter().find(|row| row["jurisdiction"] == "130723" && row["lot"] == "L1");
    assert_ne!(county.unwrap()["before"]["spent_fen"], county.unwrap()["after"]["spent_fen"]);
    assert_eq!(
        ledger.run(&["diff", "234", "234", "--format", "json"]).succeeds().json()["changed"],
        serde_json::json!([])
    );
    ledger.run(&["diff", "265", text(&old)]).exits(2);
    let other = Ledger::with(&["golden.jsonl"]);
    let forked = other.run(&["diff", text(&old), "234"]).exits(1);
    assert!(forked.out.contains("was changed, keep it"), "{}", forked.out);
    let early = Ledger::new();
    let cut = early.run(&["diff", text(&old), "100"]).exits(1);
    assert!(cut.out.contains("records were cut off"), "{}", cut.out);
}

#[test]
fn checkpoint_names_witnesses_and_verifications() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let head = head(&ledger).checkpoint;
    let witness = SignerKey::new("audit/w1", Algorithm::CosignatureV1, &[2; 32]).unwrap();
    let by = |org: &str| serde_json::json!({ "org": org, "maker": "a-1", "checker": "a-2" });
    let events = [
        serde_json::json!({ "as": "operator", "event": {
            "id": "0195a7c2-0000-4000-8000-000000000001", "type": "witness_registered",
            "jurisdiction": "130000", "business_date": "2018-01-02", "by": by("platform"), "docs": [],
            "data": { "name": "audit/w1", "org": "hb-audit", "vkey": witness.verifier().to_string() } } }),
        serde_json::json!({ "as": "hb-audit-desk", "event": {
            "id": "0195a7c2-0000-4000-8000-000000000002", "type": "verification_filed",
            "jurisdiction": "130000", "business_date": "2018-01-02", "by": by("hb-audit"), "docs": [],
            "data": { "size": head.size, "root": head.root, "verdict": "sound" } } }),
    ];
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    assert!(ledger.run(&["checkpoint"]).succeeds().err.contains("Verified by nobody yet"));
    let posted = ledger.run_with_input(&["post", "-"], &lines);
    assert_eq!(posted.code, 0, "{}", posted.out);
    let ran = ledger.run(&["checkpoint"]).succeeds();
    assert!(ran.out.starts_with("ledger.test/2017\n236\n"), "{}", ran.out);
    assert!(ran.err.contains("witness audit/w1 of hb-audit"), "{}", ran.err);
    assert!(ran.err.contains("Verified up to 234 records by hb-audit-desk: sound"), "{}", ran.err);
    let json = ledger.run(&["checkpoint", "--format", "json"]).succeeds().json();
    assert_eq!((&json["size"], &json["uncovered"]), (&236.into(), &0.into()));
    assert_eq!(json["verifications"][0]["verdict"], "sound");
}
