//! The second verifier, `tools/verify.py`, against the first: two programs that share no line must
//! say the same of the same bytes. Skipped, with a word, where there is no python3; `tools/test`
//! installs it.

use crate::support::{Ledger, Ran};
use crate::tamper::{case, exported, rehash, verify};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Is there a python3?
pub fn has_python() -> bool {
    let found =
        Command::new("python3").arg("--version").output().is_ok_and(|it| it.status.success());
    if !found {
        eprintln!("skipped: python3 is not installed");
    }
    found
}

/// Runs `verify.py` from where it stands in the repository.
pub fn python(args: &[&str]) -> Ran {
    python_at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/verify.py"), args)
}

/// Runs a `verify.py`.
pub fn python_at(program: &Path, args: &[&str]) -> Ran {
    let ran = Command::new("python3").arg("-B").arg(program).args(args).output().unwrap();
    Ran {
        code: ran.status.code().unwrap_or(-1),
        out: String::from_utf8(ran.stdout).unwrap(),
        err: String::from_utf8(ran.stderr).unwrap(),
    }
}

/// Exit code, and the sequence of the first wrong record.
fn verify_by_python(lines: &[Vec<u8>], with_checkpoint: bool) -> (i32, Option<u64>, String) {
    let case = case(lines, with_checkpoint);
    let ran = python(&["--json", case.file.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    (ran.code, report["fault"]["seq"].as_u64(), ran.out + &ran.err)
}

/// Both verifiers say the same; gives what.
#[track_caller]
fn agreed(name: &str, lines: &[Vec<u8>], with_checkpoint: bool) -> (i32, Option<u64>) {
    let (code, seq, ours) = verify(lines, with_checkpoint);
    let (other_code, other_seq, theirs) = verify_by_python(lines, with_checkpoint);
    let both = format!("{name}\nfundtrail: {ours}\nverify.py: {theirs}");
    assert_eq!((code, seq), (other_code, other_seq), "{both}");
    (code, seq)
}

/// The golden year, with other bytes in place of some of line `at`, and everything behind sealed anew.
fn with_replaced(at: usize, old: &str, new: &str) -> Vec<Vec<u8>> {
    let mut lines = exported().0.clone();
    let text = String::from_utf8(lines[at].clone()).unwrap();
    assert!(text.contains(old), "record {at} lacks {old}");
    lines[at] = text.replacen(old, new, 1).into_bytes();
    rehash(&mut lines, at + 1);
    lines
}

#[test]
fn both_verifiers_agree_on_the_golden_year() {
    if !has_python() {
        return;
    }
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let ours = ledger.run(&["verify", "--format", "json"]).succeeds().json();
    let theirs = python(&["--json", ledger.path().to_str().unwrap()]).succeeds().json();
    for field in ["sound", "right", "root", "origin", "covered", "signed", "key", "fault"] {
        assert_eq!(ours[field], theirs[field], "{field}");
    }
    assert_eq!(ours["checkpoints"].as_array().unwrap().len(), 2);
    assert_eq!(theirs["checkpoints"].as_array().unwrap().len(), 2);
    assert_eq!(theirs["unknown_types"], serde_json::json!([]));
}

#[test]
fn both_verifiers_follow_a_changed_key_and_a_continued_ledger() {
    if !has_python() {
        return;
    }
    let ledger = Ledger::with(&["golden.jsonl"]);
    let agree = |size: u64, origin: &str| {
        let pack = ledger.beside(&format!("{size}.tar.gz"));
        ledger.run(&["export", "audit-pack", "-o", pack.to_str().unwrap()]).succeeds();
        let theirs = python(&["--json", pack.to_str().unwrap()]).succeeds().json();
        let ours = ledger.run(&["--format", "json", "verify"]).succeeds().json();
        assert_eq!((&ours["right"], &ours["origin"]), (&size.into(), &origin.into()));
        for field in ["right", "root", "origin", "covered"] {
            assert_eq!(ours[field], theirs[field], "{field}: {ours} {theirs}");
        }
    };
    ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).succeeds();
    agree(235, "ledger.test/2017");
    let backup = ledger.beside("backup");
    ledger.run(&["backup", backup.to_str().unwrap()]).succeeds();
    std::fs::remove_dir_all(ledger.path()).unwrap();
    let to = ["--origin", "ledger.test/2018", "--reason", "示例", "--maker", "a-1"];
    let restore = ["restore", "--accept-loss-after", "235", "--checker", "a-2"];
    ledger.run(&[&restore[..], &to, &[backup.to_str().unwrap()]].concat()).succeeds();
    agree(236, "ledger.test/2018");
}

#[test]
fn both_programs_print_the_same_balances() {
    if !has_python() {
        return;
    }
    for files in [&["golden.jsonl"][..], &["golden.jsonl", "golden_yearend.jsonl"][..]] {
        let ledger = Ledger::with(files);
        let ours = ledger.run(&["balances", "--by", "lot", "--format", "json"]).succeeds().json();
        let mut expected = BTreeMap::<String, BTreeMap<String, Value>>::new();
        for row in ours["rows"].as_array().unwrap() {
            let mut money = row.as_object().unwrap().clone();
            money.retain(|name, _| name.ends_with("_fen"));
            let of = |name: &str| row[name].as_str().unwrap().to_owned();
            expected.entry(of("jurisdiction")).or_default().insert(of("lot"), Value::Object(money));
        }
        let theirs = python(&["--balances", ledger.path().to_str().unwrap()]).succeeds().json();
        assert_eq!(serde_json::to_value(&expected).unwrap(), theirs);
        assert!(expected.values().map(BTreeMap::len).sum::<usize>() > 3);
    }
}

#[test]
fn both_verifiers_name_the_same_record_of_tampered_files() {
    if !has_python() {
        return;
    }
    let whole = &exported().0;
    let last = whole.len() - 1;
    for (at, byte) in [(0, 3), (1, 40), (7, 200), (60, 90), (190, 333), (230, 700), (263, 20)] {
        let mut lines = whole.clone();
        let byte = byte % (lines[at].len() - 1);
        lines[at][byte] ^= 1;
        assert_eq!(agreed("flip", &lines, false), (1, Some(at as u64)));
    }
    for at in [0, 1, 100, 263] {
        let mut lines = whole.clone();
        lines.remove(at);
        assert_eq!(agreed("delete", &lines, false), (1, Some(at as u64)));
    }
    for (one, other) in [(0, 1), (5, 200), (262, 264)] {
        let mut lines = whole.clone();
        lines.swap(one, other);
        assert_eq!(agreed("swap", &lines, false), (1, Some(one as u64)));
    }
    for (at, copy) in [(0, 9), (50, 49), (50, 50), (264, 3)] {
        let mut lines = whole.clone();
        lines.insert(at, whole[copy].clone());
        assert_eq!(agreed("insert", &lines, false).0, 1);
    }
    for keep in [0, 1, 190, 240, last] {
        agreed("cut", &whole[..keep], false);
        assert_eq!(agreed("cut, against the checkpoint", &whole[..keep], true).0, 1);
    }
    let mut lines = whole.clone();
    lines[last].pop();
    assert_eq!(agreed("cut within a line", &lines, false), (1, Some(last as u64)));
}

#[test]
fn both_verifiers_judge_what_was_sealed_anew() {
    if !has_python() {
        return;
    }
    let whole = &exported().0;
    let text = |at: usize| String::from_utf8(whole[at].clone()).unwrap();
    // The frame: what stands behind it is sealed anew, so the link betrays nothing.
    let salt = |at: usize| text(at).split("\"salt\":\"").nth(1).unwrap()[..32].to_owned();
    let rows = [
        ("a salt in capitals", salt(200), "A".repeat(32)),
        ("a salt too short", salt(200), "0".repeat(31)),
        (
            "a time that runs back",
            "\"recorded_at\":\"2".to_owned(),
            "\"recorded_at\":\"1".to_owned(),
        ),
        ("a countdown", "{\"batch_left\":".to_owned(), "{\"batch_left\":7".to_owned()),
        ("a field too many", "\"v\":1}".to_owned(), "\"v\":1,\"w\":1}".to_owned()),
        ("a version of none", "\"v\":1}".to_owned(), "\"v\":0}".to_owned()),
        ("no list of signatures", "\"signatures\":[]".to_owned(), "\"signatures\":{}".to_owned()),
        ("a poster of none", "\"posted_by\":\"".to_owned(), "\"posted_by\":\" ".to_owned()),
    ];
    for (name, old, new) in rows {
        assert_eq!(agreed(name, &with_replaced(200, &old, &new), false), (1, Some(200)), "{name}");
    }
    let salted = with_replaced(260, &salt(260), &"0".repeat(32));
    assert_eq!(agreed("a tail sealed anew", &salted, false), (0, None));
    assert_eq!(agreed("a tail sealed anew, against the checkpoint", &salted, true).0, 1);
}

#[test]
fn both_verifiers_have_the_same_canonical_form() {
    if !has_python() {
        return;
    }
    let deep = format!("{}{}", "[".repeat(16), "]".repeat(16));
    let rows = [
        ("plain", "\"note\":\"fine\"", true),
        ("Chinese, and a line end", "\"note\":\"扶贫\\n款\"", true),
        ("quotes", "\"note\":\"a\\\"b\\\\c\"", true),
        ("null", "\"note\":null", false),
        ("a fraction", "\"note\":1.0", false),
        ("an exponent", "\"note\":1e3", false),
        ("minus nothing", "\"note\":-0", false),
        ("too large an integer", "\"note\":9007199254740992", false),
        ("not NFC", "\"note\":\"e\u{301}\"", false),
        ("an escape that is not needed", "\"note\":\"\\u0041\"", false),
        ("half of a pair", "\"note\":\"\\ud800\"", false),
        ("a slash escaped", "\"note\":\"\\/\"", false),
        ("a tab", "\"note\":\"\\t\"", false),
        ("text that turns", "\"note\":\"a\u{202e}b\"", false),
        ("private use", "\"note\":\"\u{e000}\"", false),
        ("younger than Unicode 14.0", "\"note\":\"\u{1fae8}\"", false),
        ("a byte order mark", "\"note\":\"\u{feff}\"", false),
        ("white space", "\"note\": \"a\"", false),
        ("a name twice", "\"note\":\"a\",\"note\":\"a\"", false),
        ("out of order", "\"zzz\":\"a\"", false),
        ("a field that the schema lacks", "\"nothing\":\"a\"", false),
        ("an empty note", "\"note\":\"\"", false),
        ("a note of another type", "\"note\":true", false),
        ("too deep", &format!("\"note\":{deep}"), false),
    ];
    let last = exported().0.len() - 1;
    for (name, field, fits) in rows {
        let lines = with_replaced(last, ",\"type\":\"", &format!(",{field},\"type\":\""));
        let expected = if fits { (0, None) } else { (1, Some(last as u64)) };
        assert_eq!(agreed(name, &lines, false), expected, "{name}");
    }
}

#[test]
fn movements_that_the_rules_would_not_decide_are_found_where_sums_or_a_checkpoint_tell() {
    if !has_python() {
        return;
    }
    let is_money = |line: &&Vec<u8>| !line.windows(14).any(|part| part == b"\"movements\":[]");
    let at = exported().0.iter().position(|line| is_money(&line)).unwrap();
    let more = with_replaced(at, "[{\"amount_fen\":1", "[{\"amount_fen\":2");
    assert_eq!(verify(&more, false).0, 1, "the rules are the first verifier's alone");
    assert_eq!(verify_by_python(&more, false).0, 0);
    assert_eq!(verify_by_python(&more, true).0, 1, "a checkpoint tells");
    let less = with_replaced(at, "[{\"amount_fen\":1000", "[{\"amount_fen\":1");
    let (code, seq, out) = verify_by_python(&less, false);
    assert_eq!(code, 1);
    assert!(seq > Some(at as u64) && out.contains("less than nothing"), "{out}");
}

#[test]
fn the_worked_example_holds_and_a_signature_of_other_bytes_does_not() {
    if !has_python() {
        return;
    }
    let page = std::fs::read_to_string(crate::held::path("schemas/record.md")).unwrap();
    let records: Vec<Vec<u8>> = page
        .lines()
        .filter(|line| line.starts_with("{\"batch_left\""))
        .map(|line| format!("{line}\n").into_bytes())
        .collect();
    assert_eq!(records.len(), 2);
    let (_, checkpoint) = page.split_once("```\nhebei.example/ledger\n2\n").unwrap();
    let checkpoint = checkpoint.split_once("```").unwrap().0;
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("records.jsonl");
    let beside = folder.path().join("records.jsonl.checkpoint");
    std::fs::write(&file, records.concat()).unwrap();
    std::fs::write(&beside, format!("hebei.example/ledger\n2\n{checkpoint}")).unwrap();
    let key = "hebei.example/ledger+9e73fbb5+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
    let args = ["--json", "--key", key, file.to_str().unwrap()];
    let report = python(&args).succeeds().json();
    assert_eq!((report["covered"].as_u64(), report["signed"].as_u64()), (Some(2), Some(1)));

    let other = "hebei.example/ledger+00000000+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
    python(&["--key", other, file.to_str().unwrap()]).exits(2);
    std::fs::write(&beside, format!("hebei.example/ledger\n1\n{checkpoint}")).unwrap();
    assert!(python(&args).exits(1).out.contains("signature of hebei.example/ledger does not hold"));

    std::fs::remove_file(&beside).unwrap();
    let text = String::from_utf8(records.concat()).unwrap();
    let changed = text.replace("\"fiscal_year\":2017", "\"fiscal_year\":2016");
    std::fs::write(&file, changed).unwrap();
    let ran = python(&["--json", file.to_str().unwrap()]).exits(1);
    let report = ran.json();
    assert_eq!(report["fault"]["seq"], 1, "{}", ran.out);
    assert!(ran.out.contains("the signature of key 8139770e"), "{}", ran.out);
}
