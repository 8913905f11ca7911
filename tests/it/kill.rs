//! The process is killed at random moments while it posts: nothing acknowledged is lost, nothing is
//! doubled, no gap, no half of an atomic post, and posting the rest goes on.
//!
//! `FUNDTRAIL_KILLS` says how often (`tools/kill` says 100), `FUNDTRAIL_SEED` replays a run. A
//! moment is a number of bytes of outcomes that were read before the kill, or none at all.

use crate::support::{Ledger, golden_lines};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// A small generator of numbers (splitmix64), so that a seed replays a run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// What the test knows without asking the ledger.
#[derive(Default)]
struct Known {
    /// Every event that was ever sent, by id, and the atomic post it belongs to.
    sent: BTreeMap<String, Option<usize>>,
    /// Every acknowledgement: id, sequence and leaf hash.
    acknowledged: BTreeMap<String, (u64, String)>,
    /// What was sent last and may have to be sent again.
    pending: Vec<String>,
    posts: usize,
}

/// Allocations of one fen, each a line with an id of its own: whatever order they come in, they hold.
fn allocations(dice: &mut Dice, count: u64) -> Vec<String> {
    let model = golden_lines("golden.jsonl")
        .into_iter()
        .find(|line| line.contains("\"allocation_made\""))
        .expect("the golden year allocates");
    (0..count)
        .map(|_| {
            let mut line: Value = serde_json::from_str(&model).unwrap();
            let id = format!(
                "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
                dice.roll(1 << 32),
                dice.roll(1 << 16),
                dice.roll(1 << 12),
                dice.roll(1 << 12),
                dice.roll(1 << 48)
            );
            line["event"]["id"] = Value::from(id);
            line["event"]["data"]["amount_fen"] = Value::from(1);
            line.to_string()
        })
        .collect()
}

fn id_of(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap();
    line["event"]["id"].as_str().unwrap().to_owned()
}

/// Posts lines and kills the process after so many bytes of its answers; gives the whole lines that
/// were read.
fn post_and_kill(
    ledger: &Path,
    mode: &str,
    lines: &[String],
    after_bytes: Option<u64>,
) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fundtrail"))
        .arg("--ledger")
        .arg(ledger)
        .args(["post", "--mode", mode, "-"])
        .env_remove("FUNDTRAIL_LEDGER")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    // A killed process does not read on, so writing may fail and must not hold up the kill.
    let writer = std::thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut read = Vec::new();
    while after_bytes.is_none_or(|after| (read.len() as u64) < after) {
        let available = output.fill_buf().unwrap();
        if available.is_empty() {
            break;
        }
        // Few at a time, so that the moment of the kill is any moment.
        let take = available.len().min(97);
        read.extend_from_slice(&available[..take]);
        output.consume(take);
    }
    if after_bytes.is_some() {
        // It may have ended by itself meanwhile.
        drop(child.kill());
    }
    // What it had written before it died was said too: a promise once made is kept.
    std::io::Read::read_to_end(&mut output, &mut read).unwrap();
    child.wait().unwrap();
    writer.join().unwrap();
    let whole = read.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let text = std::str::from_utf8(&read[..whole]).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Notes what was acknowledged; an answer that differs from an earlier one is a broken promise.
fn note(known: &mut Known, answers: &[Value], case: &str) {
    for answer in answers {
        let status = answer["status"].as_str().unwrap();
        assert!(matches!(status, "recorded" | "duplicate"), "{case}: {answer}");
        let id = answer["id"].as_str().unwrap().to_owned();
        let seq = answer["seq"].as_u64().unwrap();
        let said = (seq, answer["leaf_hash"].as_str().unwrap().to_owned());
        let earlier = known.acknowledged.entry(id).or_insert_with(|| said.clone());
        assert_eq!(*earlier, said, "{case}: answered differently than before");
    }
}

/// Every record of the file, checked against what is known.
fn check(ledger: &Ledger, known: &Known, case: &str) {
    let mut stands: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for (at, record) in ledger.records().iter().enumerate() {
        let leaf = fundtrail::chain::record::leaf_hash(record.as_bytes()).to_string();
        let record: Value = serde_json::from_str(record).unwrap();
        assert_eq!(record["seq"].as_u64(), Some(at as u64), "{case}: a gap");
        let id = record["event"]["id"].as_str().unwrap().to_owned();
        assert!(stands.insert(id, (at as u64, leaf)).is_none(), "{case}: record {at} is doubled");
    }
    for (id, said) in &known.acknowledged {
        assert_eq!(stands.get(id), Some(said), "{case}: acknowledged, and not there");
    }
    let mut halves: BTreeMap<usize, BTreeSet<bool>> = BTreeMap::new();
    for (id, post) in &known.sent {
        if let Some(post) = post {
            halves.entry(*post).or_default().insert(stands.contains_key(id));
        }
    }
    for (post, halves) in halves {
        assert_eq!(halves.len(), 1, "{case}: half of the atomic post {post} stands");
    }
}

/// One kill: what was pending, or new events, by themselves or as one.
fn one_round(ledger: &Ledger, known: &mut Known, dice: &mut Dice, case: &str) {
    let again = !known.pending.is_empty() && dice.roll(3) == 0;
    let (atomic, lines) = if again {
        // What may be half recorded by itself is never sent as one, and the other way round.
        (known.sent[&id_of(&known.pending[0])].is_some(), std::mem::take(&mut known.pending))
    } else {
        let most = if dice.roll(4) == 0 { 4000 } else { 400 };
        let count = 1 + dice.roll(most);
        let lines = allocations(dice, count);
        let atomic = dice.roll(2) == 0;
        let post = atomic.then_some(known.posts);
        known.sent.extend(lines.iter().map(|line| (id_of(line), post)));
        known.posts += 1;
        (atomic, lines)
    };
    let after_bytes = match dice.roll(4) {
        0 => 0,
        1 => 1 + dice.roll(200),
        _ => dice.roll(lines.len() as u64 * 190),
    };
    let mode = if atomic { "atomic" } else { "continue" };
    let answers = post_and_kill(&ledger.path(), mode, &lines, Some(after_bytes));
    note(known, &answers, case);
    known.pending = lines;
}

#[test]
fn kills_lose_nothing_double_nothing_and_leave_no_half() {
    let (kills, seed) =
        (from_environment("FUNDTRAIL_KILLS", 5), from_environment("FUNDTRAIL_SEED", 0));
    // Printed where a failure is shown; one command replays it.
    eprintln!("replay: tools/kill {kills} {seed}");
    let mut dice = Dice(seed);
    let ledger = Ledger::with(&["golden.jsonl"]);
    let mut known = Known::default();
    for kill in 0..kills {
        let case = format!("seed {seed}, kill {kill}");
        one_round(&ledger, &mut known, &mut dice, &case);
        // Opening for writing is what a person would do next; it brings the tail to rest.
        let opened = ledger.run_with_input(&["post", "--mode", "continue", "-"], "").succeeds();
        assert!(opened.out.is_empty(), "{case}");
        check(&ledger, &known, &case);
        if kill % 10 == 4 || kill + 1 == kills {
            ledger.run(&["verify"]).succeeds();
        }
    }
    let rest = known.pending.clone();
    let answers = post_and_kill(&ledger.path(), "continue", &rest, None);
    assert_eq!(answers.len(), rest.len());
    note(&mut known, &answers, "the rest");
    check(&ledger, &known, "the rest");
    ledger.run(&["verify"]).succeeds();
    eprintln!("{kills} kills, {} acknowledged events, none lost", known.acknowledged.len());
}
