//! A mirror follows a ledger that grows, changes its key, or goes on after a loss, and refuses one
//! that goes back, forks, or shows what is not sound; both heads are kept then.

use crate::serving::Server;
use crate::support::{Ledger, Ran, golden, golden_lines, run_with};
use fundtrail::base::Digest;
use fundtrail::chain::Checkpoint;
use fundtrail::chain::note::key::SignerKey;
use fundtrail::chain::record::leaf_hash;
use fundtrail::peers::mirror::{MirrorError, Watch, pull as pull_library};
use fundtrail::peers::source::{LedgerSource, SourceError, TakeLine};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn pull(ledger: &Ledger, more: &[&str]) -> Ran {
    let (from, to) = (ledger.path(), ledger.beside("mirror"));
    let args = [&["--format", "json", "mirror", text(&from), text(&to)], more].concat();
    ledger.run(&args)
}

fn on_mirror(ledger: &Ledger, args: &[&str]) -> Ran {
    run_with(&ledger.beside("mirror"), args, None)
}

fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut segments: Vec<PathBuf> =
        fs::read_dir(folder.join("records")).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    segments.iter().flat_map(|path| fs::read(path).unwrap()).collect()
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// The one folder of evidence.
fn evidence(ledger: &Ledger) -> PathBuf {
    let mut found = fs::read_dir(ledger.beside("mirror.refused")).unwrap();
    let one = found.next().unwrap().unwrap().path();
    assert!(found.next().is_none(), "one refusal, one place");
    one
}

#[test]
fn a_mirror_follows_a_ledger_and_can_be_read_as_one() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let key = ledger.run(&["--format", "json", "verify"]).json()["keys"][0].clone();
    let first = pull(&ledger, &["--key", key.as_str().unwrap()]).succeeds().json();
    assert_eq!((&first["size"], &first["added"]), (&234.into(), &234.into()));
    assert_eq!(pull(&ledger, &[]).succeeds().json()["added"], 0);
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    let second = pull(&ledger, &[]).succeeds().json();
    assert_eq!((&second["size"], &second["added"]), (&265.into(), &31.into()));
    assert_eq!(bytes_of(&ledger.beside("mirror")), bytes_of(&ledger.path()));
    on_mirror(&ledger, &["verify", "--key", key.as_str().unwrap()]).succeeds();
    let balances = ["--format", "json", "balances"];
    assert_eq!(on_mirror(&ledger, &balances).succeeds().out, ledger.run(&balances).out);
    for name in ["234", "265"] {
        assert!(ledger.beside("mirror").join("checkpoints").join(name).exists(), "{name}");
    }
    assert!(!ledger.beside("mirror.incoming").exists());
    // It holds no key, so nothing can be posted to it.
    let posted = on_mirror(&ledger, &["post", text(&golden("golden.jsonl"))]).exits(4);
    assert!(posted.err.contains("key"), "{}", posted.err);
}

#[test]
fn a_rollback_is_refused_and_both_heads_are_kept() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    copy_tree(&ledger.path(), &ledger.beside("old"));
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    pull(&ledger, &[]).succeeds();
    let before = bytes_of(&ledger.beside("mirror"));
    fs::remove_dir_all(ledger.path()).unwrap();
    fs::rename(ledger.beside("old"), ledger.path()).unwrap();
    let ran = pull(&ledger, &[]).exits(1);
    assert!(
        ran.out.starts_with("rollback: it signed 265 records before and shows 234"),
        "{}",
        ran.out
    );
    let kept = evidence(&ledger);
    let heads = ["pinned.checkpoint", "shown.checkpoint"]
        .map(|name| fs::read_to_string(kept.join(name)).unwrap());
    assert!(heads[0].contains("\n265\n") && heads[1].contains("\n234\n"));
    assert_eq!(bytes_of(&ledger.beside("mirror")), before);
}

#[test]
fn another_ledger_of_the_same_name_is_refused() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    pull(&ledger, &[]).succeeds();
    let before = bytes_of(&ledger.beside("mirror"));
    let lines = golden_lines("golden.jsonl");
    for count in [20, 50] {
        let other = Ledger::new();
        other.run_with_input(&["post", "-"], &lines[..count].join("\n")).succeeds();
        let (from, to) = (other.path(), ledger.beside("mirror"));
        let ran = ledger.run(&["mirror", text(&from), text(&to)]).exits(1);
        // Its key is another one: refused, and no evidence against this log's operator.
        assert!(ran.out.contains("is not signed by the key that is known for it"), "{}", ran.out);
    }
    assert_eq!(bytes_of(&ledger.beside("mirror")), before);
}

#[test]
fn the_same_key_under_two_histories_is_a_fork() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    copy_tree(&ledger.path(), &ledger.beside("twin"));
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    pull(&ledger, &[]).succeeds();
    let before = bytes_of(&ledger.beside("mirror"));
    // The twin goes its own way under the same key.
    let lines = golden_lines("golden_yearend.jsonl");
    let twin = ledger.beside("twin");
    for (count, shown) in [(20, 254), (31, 265)] {
        let some = lines[..count].join("\n");
        run_with(&twin, &["post", "-"], Some(&some)).succeeds();
        let ran = ledger.run(&["mirror", text(&twin), text(&ledger.beside("mirror"))]).exits(1);
        let says = format!("fork: its head of {shown} records does not continue the head of 265");
        assert!(ran.out.starts_with(&says), "{}", ran.out);
    }
    assert_eq!(bytes_of(&ledger.beside("mirror")), before);
    let kept: Vec<_> = fs::read_dir(ledger.beside("mirror.refused")).unwrap().collect();
    assert_eq!(kept.len(), 2, "each fork keeps its own two heads");
}

#[test]
fn an_interrupted_pull_goes_on() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let records = ledger.records();
    let incoming = ledger.beside("mirror.incoming");
    // As it lies there after an interruption: whole lines, and a torn one.
    fs::write(&incoming, format!("{}\n{}", records[..100].join("\n"), &records[100][..40]))
        .unwrap();
    pull(&ledger, &[]).succeeds();
    assert_eq!(bytes_of(&ledger.beside("mirror")), bytes_of(&ledger.path()));
}

/// A ledger that shows what it likes.
struct Liar {
    records: Vec<String>,
    head: Vec<u8>,
    proof: Vec<Digest>,
}

impl LedgerSource for Liar {
    fn name(&self) -> String {
        "liar".to_owned()
    }

    fn newest(&self) -> Result<Vec<u8>, SourceError> {
        Ok(self.head.clone())
    }

    fn kept(&self, _after: u64) -> Result<Vec<Vec<u8>>, SourceError> {
        Ok(Vec::new())
    }

    fn consistency(&self, _old: u64, _new: u64) -> Result<Vec<Digest>, SourceError> {
        Ok(self.proof.clone())
    }

    fn records(&self, range: Range<u64>, take: &mut TakeLine<'_>) -> Result<(), SourceError> {
        let range = range.start as usize..range.end as usize;
        self.records[range].iter().try_for_each(|line| take(line.as_bytes()))
    }
}

struct Unwatched;

impl Watch for Unwatched {
    fn fetched(&self, _done: u64, _of: u64) {}
    fn verified(&self, _done: u64, _of: u64) {}
}

/// A record as it would stand had its batch and link been made anew.
fn relinked(line: &str, prev: Digest) -> String {
    let (before, after) = line.split_once("\"prev\":\"").unwrap();
    format!("{before}\"prev\":\"{prev}{}", &after[64..])
}

#[test]
fn what_a_liar_shows_is_refused_and_kept() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let records = ledger.records();
    let head = fs::read(ledger.path().join("checkpoint")).unwrap();
    let key = SignerKey::parse(&fs::read_to_string(ledger.path().join("keys/log.key")).unwrap());
    let key = key.unwrap();
    // One byte is another, the links behind it are made anew, and so is the head.
    let mut changed = records.clone();
    let at = changed.iter().position(|line| line.contains("600000000")).unwrap();
    changed[at] = changed[at].replace("600000000", "600000001");
    let mut rehashed = changed.clone();
    for next in at + 1..rehashed.len() {
        rehashed[next] = relinked(&rehashed[next], leaf_hash(rehashed[next - 1].as_bytes()));
    }
    let leaves: Vec<Digest> = rehashed.iter().map(|line| leaf_hash(line.as_bytes())).collect();
    let other = Checkpoint {
        origin: "ledger.test/2017".to_owned(),
        size: leaves.len() as u64,
        root: fundtrail::chain::merkle::root(&leaves),
    };
    let other = other.sign(&[&key]).into_bytes();
    for (what, records, says) in [
        ("one byte", &changed, "leaf hash"),
        ("a tail hashed anew", &rehashed, "its root at 265 records is"),
    ] {
        let place = ledger.beside(what);
        let liar = Liar { records: records.clone(), head: head.clone(), proof: Vec::new() };
        let refused = pull_library(&liar, &place, None, &Unwatched).unwrap_err();
        let MirrorError::Refused { reason, evidence } = refused else { panic!("{refused}") };
        assert!(reason.contains(says), "{what}: {reason}");
        assert!(!place.exists(), "{what}: nothing was taken over");
        for name in ["shown.checkpoint", "shown.jsonl"] {
            assert!(Path::new(&evidence).join(name).exists(), "{what}: {name} is kept");
        }
    }
    // With a head hashed anew too, only who knows an earlier head can tell: who mirrored the true
    // history is shown the fork before a record is fetched.
    let mirror = ledger.beside("mirror");
    let honest = Liar { records, head, proof: Vec::new() };
    pull_library(&honest, &mirror, None, &Unwatched).unwrap();
    let liar = Liar { records: rehashed, head: other, proof: Vec::new() };
    let fork = pull_library(&liar, &mirror, None, &Unwatched).unwrap_err();
    assert!(matches!(fork, MirrorError::Fork { pinned: 265, shown: 265, .. }), "{fork}");
}

#[test]
fn a_mirror_follows_a_changed_key_and_a_continued_ledger() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    pull(&ledger, &[]).succeeds();
    ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).succeeds();
    let ran = pull(&ledger, &[]).succeeds();
    assert!(
        ran.err.contains("changes the log's key; a checkpoint that covers it shows that"),
        "{}",
        ran.err
    );
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    pull(&ledger, &[]).succeeds();

    // A loss: the ledger goes on from a backup that is as new as the mirror.
    let backup = ledger.beside("backup");
    ledger.run(&["backup", text(&backup)]).succeeds();
    fs::remove_dir_all(ledger.path()).unwrap();
    ledger
        .run(&[
            "restore",
            "--accept-loss-after",
            "266",
            "--origin",
            "ledger.test/2018",
            "--reason",
            "示例",
            "--maker",
            "a-1",
            "--checker",
            "a-2",
            text(&backup),
        ])
        .succeeds();
    let ran = pull(&ledger, &[]).succeeds();
    assert!(ran.err.contains("Record 266 goes on after a loss as ledger.test/2018"), "{}", ran.err);
    assert_eq!(ran.json()["origin"], "ledger.test/2018");
    assert_eq!(pull(&ledger, &[]).succeeds().json()["added"], 0);
    on_mirror(&ledger, &["verify"]).succeeds();
}

#[test]
fn a_folder_that_is_no_mirror_is_left_alone() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let place = ledger.beside("mirror");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("letter.txt"), "dear").unwrap();
    let ran = pull(&ledger, &[]).exits(4);
    assert!(ran.err.contains("no mirror, choose another"), "{}", ran.err);
    let nowhere = ledger.beside("nowhere");
    let ran = ledger.run(&["mirror", text(&nowhere), text(&ledger.beside("m"))]).exits(5);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
}

#[test]
fn a_mirror_follows_a_ledger_that_is_served() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    ledger
        .run(&[
            "principal",
            "register",
            "copyist",
            "--role",
            "mirror",
            "--scope",
            "130000",
            "--org",
            "platform",
            "--maker",
            "a-1",
            "--checker",
            "a-2",
        ])
        .succeeds();
    let token = ledger.run(&["principal", "token", "copyist"]).succeeds();
    let token_file = ledger.beside("token");
    let secret = token.out.split_whitespace().find(|word| word.starts_with("ft_")).unwrap();
    fs::write(&token_file, secret).unwrap();
    let server = Server::start(&ledger);
    let url = format!("http://{}", server.address);
    let mirror = ledger.beside("mirror");
    let pull = ["--format", "json", "mirror", &url, text(&mirror)];
    // Heads and proofs are for everybody; the records are not.
    let refused = ledger.run(&pull).exits(5);
    assert!(refused.err.contains("401"), "{}", refused.err);
    let with_token = [&pull[..], &["--token-file", text(&token_file)]].concat();
    assert_eq!(ledger.run(&with_token).succeeds().json()["size"], 235);
    let lines: Vec<String> = golden_lines("golden_yearend.jsonl");
    drop(server);
    ledger.run_with_input(&["post", "-"], &lines.join("\n")).succeeds();
    let server = Server::start(&ledger);
    let url = format!("http://{}", server.address);
    let pull = ["--format", "json", "mirror", &url, text(&mirror), "--token-file"];
    let pulled = ledger.run(&[&pull[..], &[text(&token_file)]].concat()).succeeds().json();
    assert_eq!((&pulled["size"], &pulled["added"]), (&266.into(), &31.into()));
    assert_eq!(bytes_of(&mirror), bytes_of(&ledger.path()));
    // What it kept for ever came along.
    for kept in fs::read_dir(ledger.path().join("checkpoints")).unwrap() {
        let name = kept.unwrap().file_name();
        assert!(mirror.join("checkpoints").join(&name).exists(), "{name:?}");
    }
}
