//! Wrong files, flags, encodings and numbers: the documented exit code (design section 9), one clear
//! sentence, and no change to the ledger.

use crate::support::{Ledger, golden_lines, run_with};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The ledger that every row of a test is tried on, since none may change it.
fn ledger() -> Rc<Ledger> {
    // Each test has a thread and so a ledger of its own: posting locks it.
    thread_local!(static LEDGER: Rc<Ledger> = Rc::new(prepared()));
    LEDGER.with(Rc::clone)
}

fn prepared() -> Ledger {
    let ledger = Ledger::with(&["golden.jsonl"]);
    std::fs::create_dir(ledger.beside("folder")).unwrap();
    for (name, bytes) in wrong_files() {
        std::fs::write(ledger.beside(name), bytes).unwrap();
    }
    ledger
}

/// A line that would be recorded if nothing were wrong with it.
fn good_line() -> String {
    let line = golden_lines("golden.jsonl").swap_remove(0);
    line.replace("94fa54f7", "94fa54f8").replace("\"org\": \"hb-finance\"", "\"org\": \"new\"")
}

fn wrong_files() -> Vec<(&'static str, Vec<u8>)> {
    let line = good_line();
    let with = |member: &str| line.replacen("\"event\": {", &format!("\"event\": {{{member}, "), 1);
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(line.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let (gb18030, ..) = encoding_rs::GB18030.encode(&line);
    let body = serde_json::from_str::<Value>(&line).unwrap()["event"].to_string();
    vec![
        ("empty", Vec::new()),
        ("blank", b"\n \n\r\n".to_vec()),
        ("binary", (0..3000_u32).map(|at| (at * at % 256) as u8 ^ 0xff).collect()),
        ("text", b"hello\n".to_vec()),
        ("array", b"[1,2]\n".to_vec()),
        ("number", b"7\n".to_vec()),
        ("cut", line.as_bytes()[..150].to_vec()),
        ("bom", [b"\xef\xbb\xbf", line.as_bytes()].concat()),
        ("utf16", utf16),
        ("gb18030", gb18030.into_owned()),
        ("long", vec![b' '; 2 << 20]),
        ("deep", format!("{}{}", "[".repeat(200), "]".repeat(200)).into_bytes()),
        (
            "deep_field",
            with(&format!("\"note\": {}{}", "[".repeat(200), "]".repeat(200))).into_bytes(),
        ),
        ("doubled", with("\"note\": \"a\", \"note\": \"b\"").into_bytes()),
        ("null", with("\"note\": null").into_bytes()),
        ("float", with("\"note\": 1.5").into_bytes()),
        ("exponent", with("\"note\": 1e3").into_bytes()),
        ("huge", with("\"note\": 123456789012345678901234567890").into_bytes()),
        ("unknown_field", with("\"colour\": \"red\"").into_bytes()),
        ("wrong_date", line.replace("2017-01-03", "2017-02-30").into_bytes()),
        ("unknown_type", line.replace("organization_registered", "money_printed").into_bytes()),
        ("unknown_place", line.replace("130000", "999999").into_bytes()),
        ("beside_event", line.replacen('{', "{\"extra\": 1, ", 1).into_bytes()),
        ("poster_number", line.replacen("\"as\": \"operator\"", "\"as\": 1", 1).into_bytes()),
        ("no_poster", body.clone().into_bytes()),
        ("no_grant", line.replacen("\"as\": \"operator\"", "\"as\": \"nobody\"", 1).into_bytes()),
    ]
}

/// The path of a file beside the ledger.
fn file(name: &str) -> String {
    ledger().beside(name).display().to_string()
}

/// Everything in the ledger's folder but `index/`, which is derived: paths and bytes.
fn image(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("index") => {}
                true => folders.push(path),
                false => found.push((path.clone(), std::fs::read(path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

/// The sentence speaks to a person: no name of a Rust type, no panic.
#[track_caller]
fn assert_clear(said: &str, case: &str) {
    assert!(said.trim().len() > 20, "{case} says too little: {said}");
    for noise in ["panicked", "Some(", "None", "Err(", "Error {", "unwrap", "RUST_BACKTRACE", "{ "]
    {
        assert!(!said.contains(noise), "{case} says `{noise}`: {said}");
    }
}

#[test]
fn wrong_files_are_refused_line_by_line_with_the_remedy() {
    for (name, code, words) in [
        ("binary", "malformed", "UTF-8"),
        ("text", "malformed", "begin it with {"),
        ("array", "malformed", "begin it with {"),
        ("number", "malformed", "begin it with {"),
        ("cut", "malformed", "byte"),
        ("bom", "malformed", "save without it"),
        ("utf16", "malformed", "UTF-8"),
        ("gb18030", "malformed", "UTF-8"),
        ("deep", "malformed", "begin it with {"),
        ("deep_field", "malformed", "note"),
        ("doubled", "malformed", "note"),
        ("null", "malformed", "leave the field out"),
        ("float", "malformed", "write a whole number"),
        ("exponent", "malformed", "write a whole number"),
        ("huge", "malformed", "write a smaller one"),
        ("unknown_field", "malformed", "colour"),
        ("wrong_date", "malformed", "business_date"),
        ("unknown_type", "unknown_type", "type"),
        ("unknown_place", "unknown_jurisdiction", "registered code"),
        ("beside_event", "malformed", "expect"),
        ("poster_number", "malformed", "expect"),
        ("no_poster", "not_authorised", "--as PRINCIPAL"),
        ("no_grant", "not_authorised", "grant"),
    ] {
        let before = ledger().records();
        for mode in ["continue", "atomic"] {
            for dry in [&[][..], &["--dry-run"]] {
                let path = file(name);
                let args = [&["post", "--mode", mode], dry, &[path.as_str()]].concat();
                let ran = ledger().run(&args).exits(3);
                let first = &ran.lines()[0];
                let case = format!("{name} {mode}");
                assert_eq!(first["code"], code, "{case}: {first}");
                let message = first["message"].as_str().unwrap();
                assert!(message.contains(words), "{case}: no `{words}` in {message}");
                assert_clear(message, &case);
                assert_eq!(ran.err, "", "{case}");
            }
        }
        assert_eq!(ledger().records(), before, "{name} recorded something");
    }
}

/// Each command line, its exit code, and what its sentence must name.
fn wrong_commands() -> Vec<(Vec<String>, i32, &'static str)> {
    let mut rows = Vec::new();
    let mut row = |line: &str, code: i32, words: &'static str| {
        let fill = |word: &str| match word.strip_prefix('@') {
            Some(name) => file(name),
            None => word.to_owned(),
        };
        rows.push((line.split(' ').map(fill).collect(), code, words));
    };
    row("post @missing", 2, "missing cannot be read");
    row("post @folder", 2, "it is a folder");
    row("post @long", 2, "line 1");
    row("post --mode sideways @empty", 2, "sideways");
    row("post --log-key @missing @empty", 4, "--log-key");
    row("post --log-key @text @empty", 4, "text");
    row("post", 2, "FILE");
    row("frobnicate", 2, "frobnicate");
    row("--format yaml balances", 2, "yaml");
    row("balances --frob", 2, "--frob");
    row("balances --at 234", 2, "there is no record 234");
    row("balances --at 99999999999999999999999", 2, "--at");
    row("balances --at -1", 2, "-1");
    row("balances --as-of 2017-02-30", 2, "YYYY-MM-DD");
    row("balances --as-of gestern", 2, "YYYY-MM-DD");
    row("balances --jurisdiction 13", 2, "six digits");
    row("balances --jurisdiction 999999", 2, "999999");
    row("balances --level village", 2, "province, city or county");
    row("balances --by moon", 2, "moon");
    row("trace lot NOPE", 2, "lot NOPE");
    row("trace voucher NOPE", 2, "voucher NOPE");
    row("trace moon NOPE", 2, "moon");
    row("list moon", 2, "exceptions, reversals");
    row("list late --days x", 2, "--days");
    row("list exceptions --from 2017-13-01", 2, "YYYY-MM-DD");
    row("list exceptions --jurisdiction 999999", 2, "999999");
    row("verify @missing", 4, "missing cannot be read");
    row("verify @folder", 2, "--ledger");
    row("verify --key garbage", 2, "NAME+ID+BASE64");
    row("verify --checkpoint @missing", 2, "missing cannot be read");
    row("verify --checkpoint @folder", 2, "folder cannot be read");
    row("export moon", 2, "moon");
    row("export records -o @nowhere/x.jsonl", 5, "cannot be written");
    row("export records -o @folder", 5, "cannot be written");
    row("export records -o @x.xlsx", 2, ".jsonl");
    row("export balances -o @x.pdf", 2, ".xlsx or .json");
    for (name, words) in [
        ("missing", "cannot be read"),
        ("folder", "cannot be read"),
        ("empty", "empty"),
        ("binary", "GB18030"),
        ("text", "header"),
    ] {
        let line =
            format!("import allocations --as kb-finance-desk --maker a-1 --checker b-1 @{name}");
        row(&line, 2, words);
        row(&line, 2, name);
    }
    row("import moons --as kb-finance-desk --maker a --checker b @text", 2, "allocations");
    row("import allocations --as nobody --maker a --checker b @text", 2, "@");
    row("import allocations --maker a --checker b @text", 2, "--as");
    row("principal revoke nobody --maker op-1 --checker op-2", 2, "--reason");
    row("evidence get zz", 2, "64");
    row("evidence add @missing", 2, "missing cannot be read");
    row("evidence add @folder", 2, "it is a folder");
    row("backup @folder/../ledger/inside", 2, "inside the ledger");
    row("backup @folder", 2, "not empty");
    row("restore @missing", 2, "--head");
    row("restore @folder --accept-unknown-head", 4, "no ledger");
    row("restore @text --head @text", 2, "no checkpoint");
    row("init --origin x", 2, "no origin");
    row("init --origin ledger.test/2018", 2, "not empty");
    row("completions tcsh", 2, "tcsh");
    rows
}

#[test]
fn wrong_commands_end_with_the_documented_code_and_one_sentence() {
    // The folder must not be empty, or a backup could go there.
    std::fs::write(ledger().beside("folder").join("something"), "x").unwrap();
    let before = image(&ledger().path());
    for (args, code, words) in wrong_commands() {
        let case = args.join(" ");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = ledger().run(&args);
        assert_eq!(ran.code, code, "{case}\nout: {}\nerr: {}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{case}");
        // Wrong usage is shown with the usage; anything else is one sentence.
        let ours = ran.err.starts_with("fundtrail: ");
        assert!(ours || ran.err.starts_with("error: "), "{case}: {}", ran.err);
        assert!(!ours || ran.err.trim_end().lines().count() == 1, "{case}: {}", ran.err);
        assert!(words == "@" || ran.err.contains(words), "{case}: no `{words}` in {}", ran.err);
        assert_clear(&ran.err, &case);
    }
    assert_eq!(image(&ledger().path()), before, "a wrong command changed the ledger");
}

#[test]
fn a_file_without_events_is_no_fault_and_is_said() {
    for name in ["empty", "blank"] {
        let ran = ledger().run(&["post", &file(name)]).succeeds();
        assert!(ran.out.is_empty() && ran.err.contains("holds no event"), "{}", ran.err);
    }
}

#[test]
fn a_file_that_is_no_export_does_not_verify() {
    for name in ["empty", "binary", "text", "bom", "utf16", "long"] {
        let ran = run_with(Path::new("nowhere"), &["verify", &file(name)], None).exits(1);
        assert!(ran.out.starts_with("WRONG: record 0 in "), "{name}: {}", ran.out);
        assert_clear(ran.out.lines().next().unwrap(), name);
    }
    let ran = ledger().run(&["verify", "--checkpoint", &file("empty")]).exits(1);
    assert!(ran.out.contains("WRONG: checkpoint"), "{}", ran.out);
}

#[test]
fn wrong_jurisdictions_make_no_ledger() {
    for (name, words) in [
        ("missing", "cannot be read"),
        ("binary", "cannot be read"),
        ("empty", "no column code"),
        ("text", "no column code"),
    ] {
        let place = ledger().beside("new");
        let path = file(name);
        let args = ["init", "--origin", "ledger.test/2019", "--jurisdictions", path.as_str()];
        let ran = run_with(&place, &args, None).exits(2);
        assert!(ran.err.contains(words), "{name}: {}", ran.err);
        assert!(!place.exists(), "{name} left a folder");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    use std::process::{Command, Stdio};
    for args in [&["verify"][..], &["balances"], &["trace", "lot", "L1"], &["export", "records"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fundtrail"))
            .arg("--ledger")
            .arg(ledger().path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        assert_eq!(ended.status.code(), Some(0), "{args:?}: {said}");
    }
}
