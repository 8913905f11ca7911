//! Faults: each call to the store fails in turn, with and without the write having landed, and every
//! kind of damage that a folder can suffer. Nothing acknowledged is lost, nothing is doubled.

use crate::support::{Ledger, golden, golden_lines, run_with};
use fundtrail::ledger::{
    Clock, ClockFault, Incoming, Ledger as Library, Mode, OpenOptions, Opening, Outcome,
    SeededSalts, builtin_jurisdictions,
};
use fundtrail::store::Records;
use fundtrail::store::memory::{Fault, Medium, Memory};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A clock that stands still: 2019-01-01, after every date of the golden year.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Result<fundtrail::base::Stamp, ClockFault> {
        Ok(fundtrail::base::Stamp(1_546_315_200_000))
    }
}

/// The ledger of the faults: the province and its first city suffice, so that starting is quick.
pub fn begin(medium: &Medium) -> Result<Library, String> {
    let wanted = ["code", "130000", "130700", "130722", "130723"];
    let jurisdictions: String = builtin_jurisdictions()
        .lines()
        .filter(|line| wanted.iter().any(|code| line.starts_with(code)))
        .map(|line| format!("{line}\n"))
        .collect();
    let store = Memory::open(medium).map_err(|error| error.to_string())?;
    let opening = Opening {
        jurisdictions: Some(&jurisdictions),
        clock: Box::new(Noon),
        salts: Box::new(SeededSalts::new(7)),
        ..Opening::new("ledger.test/faults")
    };
    Library::begin(Box::new(store), opening, &vkey()).map_err(|error| error.to_string())
}

fn vkey() -> String {
    let key = fundtrail::chain::note::key::SignerKey::new(
        "ledger.test/faults",
        fundtrail::chain::note::key::Algorithm::Ed25519,
        &[7; 32],
    );
    key.expect("the origin is one").verifier().to_string()
}

pub fn reopen(medium: &Medium) -> Library {
    let options = OpenOptions {
        clock: Some(Box::new(Noon)),
        salts: Box::new(SeededSalts::new(8)),
        ..OpenOptions::default()
    };
    Library::on_store(Box::new(Memory::open(medium).unwrap()), options).unwrap()
}

/// The posts of one run: singles in threes, and every third post atomic.
fn posts() -> Vec<(Mode, Vec<Incoming>)> {
    let lines = golden_lines("golden.jsonl");
    let incoming: Vec<Incoming> =
        lines.iter().map(|line| Incoming::read(line.as_bytes(), None).unwrap()).collect();
    let mode = |at: usize| if at % 3 == 2 { Mode::Atomic } else { Mode::Continue };
    incoming.chunks(7).enumerate().map(|(at, chunk)| (mode(at), chunk.to_vec())).collect()
}

fn post(ledger: &Library, post: &(Mode, Vec<Incoming>)) -> Result<Vec<Outcome>, String> {
    let events: Vec<_> = post.1.iter().map(|one| (one, one.event())).collect();
    ledger.post(&events, post.0).map_err(|error| error.to_string())
}

/// The bodies that are recorded, and under which number.
fn recorded(medium: &Medium) -> BTreeMap<Vec<u8>, u64> {
    let mut bodies = BTreeMap::new();
    for seq in 0..medium.head().size {
        let bytes = Records::read(medium, seq).unwrap().unwrap();
        let record = fundtrail::chain::record::Record::parse(&bytes).unwrap();
        assert_eq!(record.seq, seq, "no gap");
        let doubled = bodies.insert(record.event.to_vec(), seq);
        assert_eq!(doubled, None, "record {seq} stands twice");
    }
    bodies
}

/// Lets one call fail and holds what must hold afterwards.
fn one_fault(call: u64, fault: Fault, power_cut: bool) {
    let case = format!("call {call}, {fault:?}, power cut: {power_cut}");
    let medium = Medium::new();
    medium.fail_at(call, fault);
    let posts = posts();
    let mut acknowledged: Vec<(Vec<u8>, Outcome)> = Vec::new();
    let failed = match begin(&medium) {
        Err(message) => Some(message),
        Ok(ledger) => {
            let failed = posts.iter().find_map(|one| match post(&ledger, one) {
                Ok(outcomes) => {
                    let bodies = one.1.iter().map(|incoming| incoming.body.clone());
                    acknowledged.extend(bodies.zip(outcomes));
                    None
                }
                Err(message) => Some(message),
            });
            // The writer has stopped: it says so again, and it does not try.
            let calls = medium.calls();
            assert!(failed.is_none() || post(&ledger, &posts[0]).is_err(), "{case}");
            assert!(calls == medium.calls(), "{case}: a stopped writer tried again");
            failed
        }
    };
    let message = failed.unwrap_or_else(|| panic!("{case}: nothing failed"));
    assert!(message.contains("open") && message.len() > 40, "{case}: {message}");
    if power_cut {
        medium.power_cut();
    }
    let ledger = match call {
        // The first batch makes the ledger: without it there is none to open.
        0 if Memory::open(&medium).unwrap().head().size == 0 => begin(&medium).unwrap(),
        _ => reopen(&medium),
    };
    let stands = recorded(&medium);
    for (body, outcome) in &acknowledged {
        let Outcome::Recorded { seq, .. } = outcome else { panic!("{case}: {outcome:?}") };
        assert_eq!(stands.get(body), Some(seq), "{case}: an acknowledged record is lost");
    }
    for (mode, incoming) in &posts {
        let there = incoming.iter().filter(|one| stands.contains_key(&one.body)).count();
        let whole = there == 0 || there == incoming.len();
        assert!(*mode == Mode::Continue || whole, "{case}: half an atomic post");
    }
    for one in &posts {
        for (incoming, outcome) in one.1.iter().zip(post(&ledger, one).unwrap()) {
            match (stands.get(&incoming.body), outcome) {
                (Some(first), Outcome::Duplicate { seq, .. }) => assert_eq!(seq, *first, "{case}"),
                (None, Outcome::Recorded { .. }) => {}
                (first, outcome) => panic!("{case}: {first:?} was answered {outcome:?}"),
            }
        }
    }
    assert_eq!(recorded(&medium).len() as u64, medium.head().size, "{case}");
    // Opening decides every record again: links, rules, movements.
    reopen(&medium).with_state(|state| state.check_laws()).unwrap();
}

#[test]
fn each_call_of_the_store_fails_in_turn_and_nothing_acknowledged_is_lost_or_doubled() {
    let medium = Medium::new();
    let ledger = begin(&medium).unwrap();
    let posts = posts();
    assert!(posts.iter().all(|one| post(&ledger, one).is_ok()));
    let calls = medium.calls();
    assert_eq!(calls, posts.len() as u64 + 1, "one append a post, and the first records");
    for call in 0..calls {
        for fault in [
            Fault::Unavailable,
            Fault::Full,
            Fault::Lost,
            Fault::Landed,
            Fault::Torn,
            Fault::Cached,
        ] {
            one_fault(call, fault, false);
            one_fault(call, fault, true);
        }
    }
}

#[test]
fn a_full_disk_is_said_and_reading_goes_on() {
    let medium = Medium::new();
    let ledger = begin(&medium).unwrap();
    medium.fail_at(1, Fault::Full);
    let message = post(&ledger, &posts()[0]).unwrap_err();
    assert!(message.contains("no room for"), "{message}");
    let size = medium.head().size;
    assert_eq!(recorded(&medium).len() as u64, size, "what stands can be read");
}

#[test]
fn a_changed_record_stops_the_start_and_is_named() {
    let medium = Medium::new();
    let ledger = begin(&medium).unwrap();
    for one in posts() {
        post(&ledger, &one).unwrap();
    }
    drop(ledger);
    medium.tamper(20, |record| {
        let at = record.len() / 2;
        record[at] ^= 1;
    });
    let options = OpenOptions { clock: Some(Box::new(Noon)), ..OpenOptions::default() };
    let store = Box::new(Memory::open(&medium).unwrap());
    let Err(error) = Library::on_store(store, options) else { panic!("opened") };
    let message = error.to_string();
    // A change that leaves the record readable is found by the next one's link.
    assert!(message.contains("record 20 ") || message.contains("record 21 "), "{message}");
    assert!(message.contains("fundtrail verify"), "{message}");
}

/// A ledger of the golden year, made once and copied for each case.
fn year() -> Ledger {
    Ledger::with(&["golden.jsonl"])
}

fn segment(ledger: &Ledger) -> PathBuf {
    ledger.path().join("records/000000000000.jsonl")
}

/// Writes a file that may have been made read-only.
fn overwrite(path: &Path, bytes: &[u8]) {
    // A new file in its place: permissions of the old one do not matter.
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn post_year_end(ledger: &Ledger) -> crate::support::Ran {
    ledger.run(&["post", golden("golden_yearend.jsonl").to_str().unwrap()])
}

/// One sentence on standard error that names this.
#[track_caller]
fn assert_says(ran: &crate::support::Ran, words: &[&str]) {
    assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "no `{word}` in: {}", ran.err);
    }
}

#[test]
fn damage_in_the_middle_stops_posting_and_is_found_by_verify() {
    for line in [0, 100, 183] {
        let ledger = year();
        let mut lines = ledger.records();
        let at = lines[line].find("\"recorded_at\":\"").unwrap() + 17;
        lines[line].replace_range(at..=at, "x");
        overwrite(&segment(&ledger), (lines.join("\n") + "\n").as_bytes());
        let seq = format!("record {line}");
        let posted = post_year_end(&ledger).exits(4);
        assert!(
            posted.err.contains(&seq) || posted.err.contains(&format!("line {}", line + 1)),
            "{}",
            posted.err
        );
        let verified = ledger.run(&["verify"]).exits(1);
        let said = verified.out + &verified.err;
        assert!(said.to_lowercase().contains(&seq), "{said}");
    }
}

#[test]
fn a_line_lost_in_the_middle_stops_posting_and_is_found_by_verify() {
    let ledger = year();
    let mut lines = ledger.records();
    lines.remove(150);
    overwrite(&segment(&ledger), (lines.join("\n") + "\n").as_bytes());
    post_year_end(&ledger).exits(4);
    let verified = ledger.run(&["verify"]).exits(1);
    assert!((verified.out + &verified.err).contains("150"));
}

#[test]
fn damage_at_the_end_below_the_checkpoint_is_never_cut() {
    for keep in ["half", "none"] {
        let ledger = year();
        let bytes = std::fs::read(segment(&ledger)).unwrap();
        let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let end = if keep == "half" { last + 40 } else { last };
        overwrite(&segment(&ledger), &bytes[..end]);
        let posted = post_year_end(&ledger).exits(4);
        assert_says(&posted, &["000000000000.jsonl", "line"]);
        assert_eq!(std::fs::read(segment(&ledger)).unwrap().len(), end, "nothing is cut");
        ledger.run(&["verify"]).exits(1);
    }
}

#[test]
fn a_torn_batch_beyond_the_checkpoint_is_cut_kept_and_told() {
    let ledger = year();
    let before = std::fs::read(segment(&ledger)).unwrap();
    let last = ledger.records().pop().unwrap();
    let leaf = fundtrail::chain::record::leaf_hash(last.as_bytes());
    let torn = last.replace("\"batch_left\":0", "\"batch_left\":1");
    let mut torn = torn.replace("\"seq\":233", "\"seq\":234");
    let prev = torn.rfind("\"prev\":\"").unwrap() + 8;
    torn.replace_range(prev..prev + 64, &leaf.to_string());
    overwrite(&segment(&ledger), &[&before[..], torn.as_bytes(), b"\n{\"batch_l"].concat());
    let posted = post_year_end(&ledger).succeeds();
    assert!(posted.err.contains("warning") && posted.err.contains("cut"), "{}", posted.err);
    assert_eq!(posted.count("recorded"), 31);
    assert_eq!(std::fs::read_dir(ledger.path().join("cut")).unwrap().count(), 1);
    ledger.run(&["verify"]).succeeds();
}

/// Every file under a folder, deepest last.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_folder(&path, &target),
            false => drop(std::fs::copy(&path, target).unwrap()),
        }
    }
}

/// What the commands that read answer.
fn answers(folder: &Path) -> Vec<String> {
    let asked: [&[&str]; 4] = [
        &["balances", "--by", "lot", "--format", "json"],
        &["trace", "lot", "L1", "--format", "json"],
        &["list", "exceptions", "--format", "json"],
        &["verify", "--format", "json"],
    ];
    let place = folder.display().to_string();
    let answer = |args: &&[&str]| run_with(folder, args, None).succeeds().out;
    asked.iter().map(|args| answer(args).replace(&place, "LEDGER")).collect()
}

/// Writes a state file, which a clean stop does only after many records.
fn write_state(ledger: &Ledger) {
    let (opened, _) = Library::open(&ledger.path(), OpenOptions::default()).unwrap();
    opened.checkpoint().unwrap();
    opened.write_state().unwrap();
    opened.close().unwrap();
}

#[test]
fn whatever_becomes_of_the_index_every_command_answers_as_before() {
    let ledger = Ledger::new();
    write_state(&ledger);
    let older = ledger.beside("older");
    copy_folder(&ledger.path().join("index"), &older);
    ledger.run(&["post", golden("golden.jsonl").to_str().unwrap()]).succeeds();
    write_state(&ledger);
    let expected = answers(&ledger.path());
    let index = ledger.path().join("index");
    let inside: Vec<PathBuf> =
        files(&index).iter().map(|file| file.strip_prefix(&index).unwrap().to_path_buf()).collect();
    for kind in ["durable", "state-000000000184", "state-000000000234"] {
        assert!(inside.contains(&PathBuf::from(kind)), "{inside:?}");
    }
    for file in &inside {
        for damage in ["deleted", "emptied", "halved", "garbage", "older", "longer"] {
            let case = format!("{} {damage}", file.display());
            let copy = ledger.beside("copy");
            copy_folder(&ledger.path(), &copy);
            let hurt = copy.join("index").join(file);
            let bytes = std::fs::read(&hurt).unwrap();
            match damage {
                "deleted" => std::fs::remove_file(&hurt).unwrap(),
                "emptied" => overwrite(&hurt, b""),
                "halved" => overwrite(&hurt, &bytes[..bytes.len() / 2]),
                "garbage" => overwrite(&hurt, &bytes.iter().map(|b| b ^ 0x5a).collect::<Vec<_>>()),
                "longer" => overwrite(&hurt, &[&bytes[..], &bytes[..]].concat()),
                _ => {
                    let same = older.join(file);
                    let stands_in = if same.exists() { same } else { files(&older).pop().unwrap() };
                    overwrite(&hurt, &std::fs::read(stands_in).unwrap());
                }
            }
            assert_eq!(answers(&copy), expected, "{case}");
            let year_end = golden("golden_yearend.jsonl");
            let ran = run_with(&copy, &["post", year_end.to_str().unwrap()], None);
            assert_eq!(ran.code, 0, "{case}: {}", ran.err);
            assert_eq!(ran.count("recorded"), 31, "{case}");
            run_with(&copy, &["verify"], None).succeeds();
            std::fs::remove_dir_all(&copy).unwrap();
        }
    }
    std::fs::remove_dir_all(&index).unwrap();
    assert_eq!(answers(&ledger.path()), expected, "without any index");
    post_year_end(&ledger).succeeds();
}

#[test]
fn a_missing_or_foreign_key_is_said_and_nothing_is_recorded() {
    let ledger = year();
    let key = ledger.path().join("keys/log.key");
    let kept = std::fs::read(&key).unwrap();
    let before = ledger.records();
    std::fs::remove_file(&key).unwrap();
    assert_says(&post_year_end(&ledger).exits(4), &["log.key", "--log-key"]);
    std::fs::write(&key, "no key").unwrap();
    assert_says(&post_year_end(&ledger).exits(4), &["log.key"]);
    let foreign = Ledger::named("ledger.other/2017");
    std::fs::copy(foreign.path().join("keys/log.key"), &key).unwrap();
    assert_says(&post_year_end(&ledger).exits(4), &["log.key", "ledger.other/2017"]);
    assert_eq!(ledger.records(), before);
    ledger.run(&["balances"]).succeeds();
    let elsewhere = ledger.beside("log.key");
    std::fs::write(&elsewhere, kept).unwrap();
    let year_end = golden("golden_yearend.jsonl");
    let named = ["post", "--log-key", elsewhere.to_str().unwrap(), year_end.to_str().unwrap()];
    ledger.run(&named).succeeds();
}

#[test]
fn a_second_writer_is_told_who_it_waits_for() {
    let ledger = year();
    let options = OpenOptions::default();
    let (held, _) = Library::open(&ledger.path(), options).unwrap();
    assert_says(&post_year_end(&ledger).exits(4), &["another process holds the ledger"]);
    ledger.run(&["balances"]).succeeds();
    ledger.run(&["verify"]).succeeds();
    held.close().unwrap();
    post_year_end(&ledger).succeeds();
}

#[test]
fn a_folder_that_is_no_ledger_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let file = folder.path().join("file");
    std::fs::write(&file, "a file").unwrap();
    let year = golden("golden.jsonl");
    for place in [folder.path(), &nowhere, &file] {
        let shown = place.display().to_string();
        for args in [&["post", year.to_str().unwrap()][..], &["balances"], &["verify"]] {
            assert_says(&run_with(place, args, None).exits(4), &[&shown, "init"]);
        }
    }
    assert!(!nowhere.exists(), "a refused command makes no folder");
}

#[test]
fn a_read_only_segment_stops_a_writer_or_does_not_but_loses_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let ledger = year();
    let before = ledger.records();
    let read_only = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(segment(&ledger), read_only).unwrap();
    // Who may do everything, such as root, is not stopped by it.
    let posted = post_year_end(&ledger);
    let expected = match posted.code {
        0 => before.len() + 31,
        _ => {
            assert_says(&posted, &["000000000000.jsonl"]);
            assert_eq!(posted.code, 4, "{}", posted.err);
            before.len()
        }
    };
    // A read-only file counts as sealed: what is posted then begins the next one.
    assert_eq!(ledger.records()[..before.len()], before);
    let verified = ledger.run(&["verify", "--format", "json"]).succeeds().json();
    assert_eq!(verified["right"], expected);
}
