//! The log's key is changed, or lost: old heads verify for ever, and a verifier follows only what
//! the old key, or the reader, vouches for.

use crate::support::{Ledger, golden, run_with};
use fundtrail::base::Stamp;
use fundtrail::ledger::{Clock, Incoming, Mode, OpenOptions, Outcome};
use std::path::Path;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn vkeys(ledger: &Ledger) -> Vec<String> {
    let keys = ledger.records().into_iter().filter_map(|line| {
        let record: serde_json::Value = serde_json::from_str(&line).unwrap();
        Some(record["event"]["data"]["vkey"].as_str()?.to_owned())
    });
    keys.collect()
}

fn rotated() -> Ledger {
    let ledger = Ledger::with(&["golden.jsonl"]);
    std::fs::copy(ledger.path().join("checkpoint"), ledger.beside("old-head")).unwrap();
    ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).succeeds();
    ledger
}

#[test]
fn both_keys_sign_after_a_change_and_either_verifies() {
    let ledger = rotated();
    let again = ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).exits(2);
    assert!(again.err.contains("signs along until"), "{}", again.err);
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    let note = std::fs::read_to_string(ledger.path().join("checkpoint")).unwrap();
    assert_eq!(note.lines().filter(|line| line.starts_with('\u{2014}')).count(), 2);
    let keys = vkeys(&ledger);
    assert_eq!(keys.len(), 2);
    for key in &keys {
        let old = ledger.beside("old-head");
        let ran = ledger.run(&["verify", "--key", key, "--checkpoint", text(&old)]).succeeds();
        assert!(ran.out.contains("A checkpoint covers all 266 records"), "{}", ran.out);
        let receipt = ledger.beside("r");
        let record = ledger.beside("r.json");
        ledger
            .run(&["proof", "250", "-o", text(&receipt), "--record-to", text(&record)])
            .succeeds();
        ledger.run(&["check", text(&receipt), "--record", text(&record), "--key", key]).succeeds();
    }
    // The former key has to sign along.
    std::fs::remove_file(ledger.path().join("keys/log.key.former")).unwrap();
    let donor = serde_json::json!({ "as": "operator", "event": {
        "id": "0195a7c2-0000-4000-8000-000000000009", "type": "organization_registered",
        "jurisdiction": "130000", "business_date": "2018-01-02",
        "by": { "org": "platform", "maker": "a-1", "checker": "a-2" }, "docs": [],
        "data": { "org": "late-one", "name": "示例", "kind": "payee", "jurisdiction": "130000" } } });
    let ran = ledger.run_with_input(&["post", "-"], &donor.to_string()).exits(5);
    assert!(ran.err.contains("former key signs along until"), "{}", ran.err);
}

#[test]
fn a_changed_key_is_followed_only_through_a_head_that_both_signed() {
    let ledger = rotated();
    let old = vkeys(&ledger)[0].clone();
    // Only the new key's line is left on every head behind the change.
    for name in ["checkpoint", "checkpoints/235"] {
        let path = ledger.path().join(name);
        let note = std::fs::read_to_string(&path).unwrap();
        let (lines, last) = note.trim_end().rsplit_once('\n').unwrap();
        assert!(last.starts_with('\u{2014}'));
        std::fs::write(&path, format!("{lines}\n")).unwrap();
    }
    let ran = ledger.run(&["verify", "--key", &old]).exits(1);
    assert!(ran.out.contains("signed by the key before it too"), "{}", ran.out);
    ledger.run(&["verify", "--key", &vkeys(&ledger)[1]]).succeeds();
}

#[test]
fn an_interrupted_change_goes_on() {
    let ledger = rotated();
    let keys = ledger.path().join("keys");
    // As it stood between the record and the renaming of the files.
    std::fs::rename(keys.join("log.key"), keys.join("log.key.next")).unwrap();
    std::fs::rename(keys.join("log.key.former"), keys.join("log.key")).unwrap();
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    let size = ledger.records().len();
    ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).succeeds();
    assert_eq!(ledger.records().len(), size, "the change was recorded before");
    assert!(!keys.join("log.key.next").exists() && keys.join("log.key.former").exists());
    ledger.run(&["verify", "--key", &vkeys(&ledger)[0]]).succeeds();
}

/// Posts one event by a clock that is so many milliseconds ahead; gives how many keys signed.
fn keys_that_sign(ledger: &Ledger, ahead_ms: i64, id: u8) -> usize {
    let record: serde_json::Value = serde_json::from_str(&ledger.records()[234]).unwrap();
    let changed_at = Stamp::parse(record["recorded_at"].as_str().unwrap()).unwrap();
    let clock: Option<Box<dyn Clock>> = Some(Box::new(Stamp(changed_at.0 + ahead_ms)));
    let options = OpenOptions { clock, ..OpenOptions::default() };
    let (open, _) = fundtrail::ledger::Ledger::open(&ledger.path(), options).unwrap();
    let body = serde_json::json!({
        "id": format!("0195a7c2-0000-4000-8000-0000000000{id:02}"),
        "type": "organization_registered", "jurisdiction": "130000",
        "business_date": "2018-01-02",
        "by": { "org": "platform", "maker": "a-1", "checker": "a-2" }, "docs": [],
        "data": { "org": format!("org-{id}"), "name": "示例", "kind": "payee",
            "jurisdiction": "130000" } });
    let body = body.to_string();
    let incoming = Incoming::from_body(body.as_bytes(), "operator", Vec::new()).unwrap();
    let outcomes = open.post(&[(&incoming, incoming.event())], Mode::Atomic).unwrap();
    assert!(matches!(outcomes[..], [Outcome::Recorded { .. }]), "{outcomes:?}");
    open.close().unwrap();
    let note = std::fs::read_to_string(ledger.path().join("checkpoint")).unwrap();
    note.lines().filter(|line| line.starts_with('\u{2014}')).count()
}

#[test]
fn the_former_key_signs_along_for_thirty_days_and_then_is_needed_no_more() {
    const DAY_MS: i64 = 86_400_000;
    let ledger = rotated();
    assert_eq!(keys_that_sign(&ledger, 30 * DAY_MS - 1, 1), 2);
    assert_eq!(keys_that_sign(&ledger, 30 * DAY_MS, 2), 1);
    std::fs::remove_file(ledger.path().join("keys/log.key.former")).unwrap();
    assert_eq!(keys_that_sign(&ledger, 31 * DAY_MS, 3), 1);
    // Every head still verifies by the key that the reader has had from the beginning.
    for key in vkeys(&ledger) {
        ledger.run(&["verify", "--key", &key]).succeeds();
    }
}

#[test]
fn a_wrong_key_signs_nothing() {
    let ledger = Ledger::new();
    let other = Ledger::new();
    std::fs::copy(other.path().join("keys/log.key"), ledger.path().join("keys/log.key")).unwrap();
    let ran = ledger.run(&["post", text(&golden("golden.jsonl"))]).exits(4);
    assert!(ran.err.contains("not the key that ledger.test/2017 signs with"), "{}", ran.err);
}

#[test]
fn a_restore_behind_the_head_refuses_and_says_how_to_go_on() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (backup, head) = (ledger.beside("backup"), ledger.beside("head"));
    ledger.run(&["backup", text(&backup)]).succeeds();
    ledger
        .run(&["post", "--head-copy", text(&head), text(&golden("golden_yearend.jsonl"))])
        .succeeds();
    let old_key = vkeys(&ledger)[0].clone();
    let place = ledger.beside("again");
    let restore = |extra: &[&str]| {
        let base = ["restore", "--head", text(&head)];
        run_with(&place, &[&base, extra, &[text(&backup)]].concat(), None)
    };
    let stale = restore(&[]).exits(4);
    assert!(
        stale.err.contains("stale_backup")
            && stale.err.contains("234")
            && stale.err.contains("265")
    );
    assert!(stale.err.contains("--accept-loss-after 234"), "{}", stale.err);
    assert!(!place.exists());
    let staff = ["--reason", "disk lost", "--maker", "a-1", "--checker", "a-2"];
    let loss = |size: &str, origin: &str| {
        restore(&[&["--accept-loss-after", size, "--origin", origin], &staff[..]].concat())
    };
    loss("233", "ledger.test/2018").exits(2);
    let same = loss("234", "ledger.test/2017").exits(3);
    assert!(same.out.contains("refused") && !place.exists(), "{}", same.out);
    loss("234", "ledger.test/2018").succeeds();

    // The lost events are posted again, under the new origin; the old head beyond is the evidence.
    let run = |args: &[&str]| run_with(&place, args, None);
    assert_eq!(
        run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds().count("recorded"),
        31
    );
    assert!(run(&["checkpoint"]).succeeds().out.starts_with("ledger.test/2018\n266\n"));
    let followed = run(&["verify", "--key", &old_key]).succeeds();
    assert!(followed.out.contains("goes on after a loss as ledger.test/2018"), "{}", followed.out);
    assert!(followed.out.contains("the ledger's own word, bring it"), "{}", followed.out);
    let lost = run(&["verify", "--checkpoint", text(&head)]).exits(1);
    assert!(lost.out.contains("31 were lost; keep it, it is the evidence"), "{}", lost.out);
    let record = std::fs::read_to_string(place.join("records/000000000000.jsonl")).unwrap();
    let continued: serde_json::Value =
        serde_json::from_str(record.lines().nth(234).unwrap()).unwrap();
    assert_eq!(continued["event"]["data"]["from_origin"], "ledger.test/2017");
    assert_eq!(continued["event"]["data"]["size"], 234);
    let new_key = continued["event"]["data"]["vkey"].as_str().unwrap();
    let brought = run(&["verify", "--key", new_key]).succeeds();
    assert!(brought.out.contains("that key is the one you brought"), "{}", brought.out);
}
