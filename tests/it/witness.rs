//! Witnesses as processes: they cosign a ledger that grows, the head is shown as witnessed, and a
//! ledger that went back is stopped before it signs.

use crate::support::{Ledger, golden};
use fundtrail::chain::note::key::SignerKey;
use fundtrail::chain::note::{Note, cosignature_line};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A witness that is ended by its own process id when the test is over.
pub struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn new(folder: &Path) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fundtrail"))
            .args(["witness", "serve", text(folder), "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let (_, address) =
            line.trim().split_once("listens on ").unwrap_or_else(|| panic!("{line}"));
        Served { child, address: address.to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A ledger and a witness that trusts it.
pub struct Scene {
    /// The ledger.
    pub ledger: Ledger,
    /// Its verifier key.
    pub log: String,
    witness: String,
}

impl Scene {
    /// A ledger and the folder of a witness that trusts it.
    pub fn new() -> Scene {
        let ledger = Ledger::with(&["golden.jsonl"]);
        let log = ledger.run(&["--format", "json", "verify"]).json()["keys"][0].clone();
        let log = log.as_str().unwrap().to_owned();
        let folder = ledger.beside("witness");
        let made = ledger.run(&["witness", "new", text(&folder), "--name", "audit.test/witness"]);
        let witness = made.succeeds().out.trim().to_owned();
        ledger.run(&["witness", "trust", text(&folder), &log]).succeeds();
        Scene { ledger, log, witness }
    }

    pub fn serve(&self) -> Served {
        Served::new(&self.ledger.beside("witness"))
    }

    /// Puts a policy in force that names the witness at an address.
    pub fn use_policy(&self, served: &Served) {
        let policy = self.ledger.beside("policy");
        let Scene { log, witness, .. } = self;
        let address = &served.address;
        let lines = format!("log {log}\nwitness audit {witness} {address}\nquorum audit\n");
        fs::write(&policy, lines).unwrap();
        self.ledger.run(&["witness", "use", text(&policy)]).succeeds();
    }
}

#[test]
fn heads_are_cosigned_and_receipts_are_green() {
    let scene = Scene::new();
    let ledger = &scene.ledger;
    let served = scene.serve();
    let none = ledger.run(&["witness", "ask"]).exits(2);
    assert!(none.err.contains("no policy is in force"), "{}", none.err);
    scene.use_policy(&served);
    let shown = ledger.run(&["checkpoint"]).succeeds();
    assert!(shown.err.contains("Not witnessed yet"), "{}", shown.err);
    let asked = ledger.run(&["--format", "json", "witness", "ask"]).succeeds();
    assert_eq!(asked.lines()[0]["witness"], "audit.test/witness");
    let shown = ledger.run(&["checkpoint"]).succeeds();
    assert!(shown.err.contains("Witnessed up to 234 records"), "{}", shown.err);

    let (receipt, record) = (ledger.beside("r"), ledger.beside("r.json"));
    ledger.run(&["proof", "200", "-o", text(&receipt), "--record-to", text(&record)]).succeeds();
    let check = |policy: &[&str]| {
        let args = ["check", text(&receipt), "--record", text(&record), "--key", &scene.log];
        ledger.run(&[&args, policy].concat()).succeeds().out
    };
    let policy = ledger.beside("policy");
    assert!(check(&["--policy", text(&policy)]).starts_with("witnessed 已见证"));
    assert!(check(&[]).starts_with("included 已入账"), "no policy was brought");

    // What is posted then is not witnessed until it is asked for; the post itself does not wait.
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    let shown = ledger.run(&["checkpoint"]).succeeds();
    assert!(shown.err.contains("31 records behind it are not witnessed since"), "{}", shown.err);
    ledger.run(&["witness", "ask"]).succeeds();
    let verified = ledger.run(&["verify", "--policy", text(&policy)]).succeeds();
    assert!(verified.out.contains("Cosignatures bound recorded_at"), "{}", verified.out);
    drop(served);
    let known =
        ledger.run(&["--format", "json", "witness", "show", text(&ledger.beside("witness"))]);
    assert_eq!(known.succeeds().json()["size"], 265);
}

#[test]
fn posts_go_on_without_a_witness_and_the_head_is_not_witnessed() {
    let scene = Scene::new();
    let served = scene.serve();
    scene.use_policy(&served);
    drop(served);
    let ledger = &scene.ledger;
    fs::remove_file(ledger.path().join("index/clean")).unwrap();
    let posted = ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    assert!(
        posted.err.contains("could not be asked of witness audit.test/witness"),
        "{}",
        posted.err
    );
    let asked = ledger.run(&["witness", "ask"]).exits(1);
    assert!(asked.out.contains("does not answer"), "{}", asked.out);
    assert!(!ledger.path().join("checkpoint.witnessed").exists());
}

#[test]
fn a_copy_behind_its_witness_signs_nothing() {
    let scene = Scene::new();
    let ledger = &scene.ledger;
    let served = scene.serve();
    scene.use_policy(&served);
    let old = ledger.beside("old");
    ledger.run(&["backup", "--with-keys", text(&old)]).succeeds();
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    ledger.run(&["witness", "ask"]).succeeds();

    // The operator puts the old copy back; the witness remembers.
    fs::remove_dir_all(ledger.path()).unwrap();
    let stale = ledger.run(&["restore", "--accept-unknown-head", text(&old)]).exits(4);
    assert!(stale.err.contains("behind_witness"), "{}", stale.err);
    assert!(stale.err.contains("234 records") && stale.err.contains("265"), "{}", stale.err);
    assert!(!ledger.path().exists());
    fs::rename(&old, ledger.path()).unwrap();
    let head = fs::read(ledger.path().join("checkpoint")).unwrap();
    let posted = ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).exits(4);
    assert!(posted.err.contains("behind_witness"), "{}", posted.err);
    assert_eq!(fs::read(ledger.path().join("checkpoint")).unwrap(), head);
}

/// A head of the ledger with a cosignature by the witness's key, made at a time.
fn cosigned_at(scene: &Scene, head: &Path, at_s: u64) -> String {
    let secret = fs::read_to_string(scene.ledger.beside("witness").join("witness.key")).unwrap();
    let key = SignerKey::parse(&secret).unwrap();
    let note = fs::read_to_string(head).unwrap();
    let text = Note::parse(note.as_bytes()).unwrap().text.to_owned();
    note + &cosignature_line(&text, &key, at_s)
}

#[test]
fn a_clock_that_was_turned_is_contradicted_by_cosignatures() {
    let scene = Scene::new();
    let ledger = &scene.ledger;
    let before = ledger.beside("before");
    fs::copy(ledger.path().join("checkpoint"), &before).unwrap();
    ledger.run(&["log-key", "rotate", "--maker", "a-1", "--checker", "a-2"]).succeeds();
    let after = ledger.path().join("checkpoint");
    let record: Value = serde_json::from_str(&ledger.records()[234]).unwrap();
    let recorded_at = record["recorded_at"].as_str().unwrap().to_owned();
    let at_s = fundtrail::base::Stamp::parse(&recorded_at).unwrap().0.unsigned_abs() / 1000;
    let policy = ledger.beside("policy");
    let Scene { log, witness, .. } = &scene;
    fs::write(&policy, format!("log {log}\nwitness audit {witness}\nquorum audit\n")).unwrap();
    // The head of 234 records, before the record that changes the key; and that of 235.
    for (of, at_s, wrong) in [
        (&after, at_s + 5, None),
        (&after, at_s - 100, None),
        (&after, at_s - 200, Some("over 120 s after audit.test/witness cosigned the head of 235")),
        (&before, at_s - 5, None),
        (&before, at_s + 100, None),
        (
            &before,
            at_s + 200,
            Some("over 120 s before audit.test/witness cosigned the head of 234"),
        ),
    ] {
        let head = ledger.beside("cosigned");
        fs::write(&head, cosigned_at(&scene, of, at_s)).unwrap();
        let args = ["verify", "--policy", text(&policy), "--checkpoint", text(&head)];
        let ran = ledger.run(&args).exits(i32::from(wrong.is_some()));
        match wrong {
            Some(says) => {
                assert!(ran.out.contains("time_contradicted"), "{}", ran.out);
                let record = "record 234 says that it was recorded at";
                assert!(ran.out.contains(record) && ran.out.contains(says), "{}", ran.out);
            }
            None => assert!(ran.out.contains("Cosignatures bound recorded_at"), "{}", ran.out),
        }
    }
    // A line under the witness's name that it did not sign refuses the whole head; one under an
    // unknown name is passed over.
    let sound = cosigned_at(&scene, &after, at_s);
    let head = ledger.beside("junk");
    let last = sound.trim_end().lines().last().unwrap();
    let mut forged = last.to_owned();
    let middle = forged.len() - 20;
    let letter = if &forged[middle..=middle] == "A" { "B" } else { "A" };
    forged.replace_range(middle..=middle, letter);
    for (line, code) in [(forged.clone(), 1), (forged.replace("audit.test", "junk.test"), 0)] {
        fs::write(&head, sound.replace(last, &line)).unwrap();
        let args = ["verify", "--policy", text(&policy), "--checkpoint", text(&head)];
        ledger.run(&args).exits(code);
    }
}

#[test]
fn a_copy_behind_its_mirror_signs_nothing() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (old, mirror) = (ledger.beside("old"), ledger.beside("mirror"));
    ledger.run(&["backup", "--with-keys", text(&old)]).succeeds();
    ledger.run(&["post", text(&golden("golden_yearend.jsonl"))]).succeeds();
    ledger.run(&["mirror", text(&ledger.path()), text(&mirror)]).succeeds();
    fs::remove_dir_all(ledger.path()).unwrap();
    fs::rename(&old, ledger.path()).unwrap();
    let events = golden("golden_yearend.jsonl");
    let post = ["post", "--mirror", text(&mirror), text(&events)];
    let posted = ledger.run(&post).exits(4);
    assert!(
        posted.err.contains("behind_witness") && posted.err.contains("mirror"),
        "{}",
        posted.err
    );
    // A mirror of another ledger says nothing about this one.
    let other = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let foreign = other.path();
    let post = ["post", "--mirror", text(&foreign), text(&events)];
    let posted = ledger.run(&post).succeeds();
    assert!(posted.err.contains("could not be asked of mirror"), "{}", posted.err);
}
