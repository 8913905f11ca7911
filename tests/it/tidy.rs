//! Tidy: the shape of the code that `ARCHITECTURE.md` promises, held by reading `src`.
//!
//! Import arrows, crates that stand in one place, width of lines, length of functions and files,
//! headers, leftover markers, no floats. What is excepted is named here, with its reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const WIDTH_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 70;
/// Lines of code: neither blank, nor comment, nor the tests at the file's foot.
const FILE_LINES_MAX: usize = 400;

/// The modules, each with those that it may use beside itself and `base`.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("chain", &[]),
    ("domain", &[]),
    ("seam", &["chain", "domain"]),
    ("store", &["chain"]),
    ("projections", &["domain"]),
    ("ledger", &["domain", "chain", "seam", "store", "projections"]),
    ("verify", &["chain", "domain", "seam"]),
    ("access", &["domain", "projections"]),
    ("peers", &["verify", "chain", "store"]),
    ("interchange", &["projections", "domain", "chain", "seam"]),
    ("demo", &["ledger", "domain", "projections"]),
    ("service", &["ledger", "projections", "access"]),
    ("api", &["service", "ledger", "projections", "access", "interchange"]),
    ("web", &["service", "ledger", "projections", "access", "interchange"]),
    (
        "cli",
        &[
            "chain",
            "domain",
            "seam",
            "store",
            "projections",
            "ledger",
            "verify",
            "access",
            "peers",
            "interchange",
            "demo",
            "service",
            "api",
            "web",
        ],
    ),
];

/// Crates that may be named only in these places.
const PLACES_OF_CRATES: &[(&str, &[&str])] = &[
    ("axum", &["service", "api", "web", "peers", "cli"]),
    ("tokio", &["service", "api", "web", "peers", "cli"]),
    ("sled", &["store"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("ed25519_dalek", &["chain"]),
    // A document of many MiB is hashed while it streams to the disk, which `base` does not do.
    ("sha2", &["base", "chain", "store/evidence.rs"]),
];

/// Files that may hold a float, and why.
const FLOATS: &[(&str, &str)] = &[
    ("interchange/export/xlsx.rs", "a spreadsheet's cells are floats; its figures are whole"),
    ("interchange/import/sheet/xlsx.rs", "a spreadsheet's cells are floats; read digit by digit"),
    ("interchange/import/sheet/tests.rs", "writes such cells"),
    ("interchange/import/tests/messy.rs", "writes such cells"),
];

struct Source {
    /// Below `src`, with `/`.
    path: String,
    /// The text with the content of every literal and comment blanked out, line by line as it was.
    code: Vec<String>,
    lines: Vec<String>,
}

impl Source {
    /// The first step of the path: the module.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// Where the tests at the foot begin.
    fn foot(&self) -> usize {
        let opens = |at: usize| {
            let next = self.lines.get(at + 1);
            self.lines[at].trim() == "#[cfg(test)]"
                && next.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
        };
        (0..self.lines.len()).find(|at| opens(*at)).unwrap_or(self.lines.len())
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 100, "the sources are there");
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let path = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let code = blanked(&text).lines().map(str::to_owned).collect();
            Source { path, code, lines: text.lines().map(str::to_owned).collect() }
        })
        .collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

/// The text without the content of literals and comments; every LF stays.
fn blanked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        let end = literal_end(&letters, at).unwrap_or(at);
        if end == at {
            out.push(letters[at]);
            at += 1;
            continue;
        }
        out.push('"');
        out.extend(letters[at..end].iter().filter(|letter| **letter == '\n'));
        out.push('"');
        at = end;
    }
    out
}

/// Where the literal or comment that begins here ends.
fn literal_end(letters: &[char], at: usize) -> Option<usize> {
    let next = |ahead: usize| letters.get(at + ahead).copied();
    let line_end =
        || (at..letters.len()).find(|end| letters[*end] == '\n').unwrap_or(letters.len());
    match letters[at] {
        '/' if next(1) == Some('/') => Some(line_end()),
        '"' => Some(quote_end(letters, at + 1)),
        'r' if at == 0 || !(letters[at - 1].is_alphanumeric() || letters[at - 1] == '_') => {
            let fences = (1..).take_while(|ahead| next(*ahead) == Some('#')).count();
            (next(1 + fences) == Some('"')).then(|| raw_end(letters, at + 2 + fences, fences))
        }
        // A lifetime has no closing quote; a character has one behind it.
        '\'' if next(1) == Some('\\') => {
            (at + 3..letters.len()).find(|end| letters[*end] == '\'').map(|end| end + 1)
        }
        '\'' if next(2) == Some('\'') => Some(at + 3),
        _ => None,
    }
}

fn quote_end(letters: &[char], mut at: usize) -> usize {
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(letters.len())
}

fn raw_end(letters: &[char], from: usize, fences: usize) -> usize {
    let ends = |at: &usize| {
        letters[*at] == '"' && letters[at + 1..].iter().take(fences).all(|one| *one == '#')
    };
    (from..letters.len()).find(ends).map_or(letters.len(), |at| at + 1 + fences)
}

/// The words of a line of code: identifiers.
fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|one| !one.is_empty())
}

#[track_caller]
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_arrows_between_modules_are_those_of_the_map() {
    let mut faults = Vec::new();
    for source in sources() {
        // A test may hold two rooms against each other.
        let is_test = source.path.ends_with("tests.rs") || source.path.contains("/tests/");
        if is_test || matches!(source.path.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let module = source.module();
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
            faults.push(format!("{}: the module {module} stands in no map", source.path));
            continue;
        };
        for (at, line) in source.code[..source.foot()].iter().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used = words(used).next().unwrap_or_default();
                let known = ARROWS.iter().any(|(name, _)| *name == used);
                if known && used != module && used != "base" && !allowed.contains(&used) {
                    faults.push(format!("{}:{}: {module} uses {used}", source.path, at + 1));
                }
                if line.contains("crate::{") {
                    faults.push(format!("{}:{}: name each module", source.path, at + 1));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn a_crate_with_a_place_stands_nowhere_else() {
    let mut faults = Vec::new();
    for source in sources() {
        for (at, line) in source.code.iter().enumerate() {
            for (name, places) in PLACES_OF_CRATES {
                let named =
                    line.contains(&format!("{name}::")) && words(line).any(|one| one == *name);
                let here =
                    places.iter().any(|place| *place == source.module() || *place == source.path);
                if named && !here {
                    faults.push(format!(
                        "{}:{}: {name} belongs in {places:?}",
                        source.path,
                        at + 1
                    ));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn lines_are_at_most_100_wide() {
    let mut faults = Vec::new();
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            // A literal cannot be broken without changing how it reads: tables of cases, sentences.
            let counted = if is_comment { line } else { &source.code[at] };
            if counted.chars().count() > WIDTH_MAX {
                faults.push(format!(
                    "{}:{}: {} wide",
                    source.path,
                    at + 1,
                    counted.chars().count()
                ));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn functions_fit_on_a_screen() {
    let mut faults = Vec::new();
    for source in sources() {
        for (at, line) in source.code.iter().enumerate() {
            if !words(line).any(|one| one == "fn") || !line.contains("fn ") {
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            let closing = format!("{}}}", " ".repeat(indent));
            let opens = source.code[at..].iter().position(|line| line.trim_end().ends_with('{'));
            let signature =
                source.code[at..].iter().position(|line| line.trim_end().ends_with(';'));
            if signature.is_some_and(|end| opens.is_none_or(|opens| end < opens)) {
                continue;
            }
            let length = source.code[at..].iter().position(|line| line.starts_with(&closing));
            let length = length.map_or(0, |end| end + 1);
            if length > FUNCTION_LINES_MAX {
                faults.push(format!("{}:{}: a function of {length} lines", source.path, at + 1));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn files_are_a_room_and_not_a_house() {
    let mut faults = Vec::new();
    for source in sources() {
        let counts = |line: &&String| !line.trim().is_empty() && !line.trim().starts_with("//");
        let lines = source.lines[..source.foot()].iter().filter(counts).count();
        if lines > FILE_LINES_MAX {
            faults.push(format!("{}: {lines} lines of code; look for the seam", source.path));
        }
        if !source.lines.first().is_some_and(|line| line.starts_with("//! ")) {
            faults.push(format!("{}: does not open with what it is for", source.path));
        }
    }
    assert_none(faults);
}

#[test]
fn no_float_stands_anywhere_but_where_a_spreadsheet_has_them() {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources() {
        for (at, line) in source.code.iter().enumerate() {
            // The visitor that refuses floats names their methods.
            let forwards = line.trim().starts_with("i128 u128") || line.contains("visit_f64");
            if forwards || !words(line).any(|word| matches!(word, "f32" | "f64")) {
                continue;
            }
            match FLOATS.iter().find(|(path, _)| *path == source.path) {
                Some((path, _)) => drop(used.insert(*path)),
                None => faults.push(format!("{}:{}: a float", source.path, at + 1)),
            }
        }
    }
    assert_none(faults);
    for (path, reason) in FLOATS {
        let there = used.contains(path) || path.ends_with("tests.rs");
        assert!(
            there && !reason.is_empty(),
            "{path} holds no float any more: take it off the list"
        );
    }
}

#[test]
fn nothing_is_left_over() {
    let markers = ["TODO", "FIXME", "XXX", "HACK"];
    let calls = ["todo", "unimplemented", "dbg"];
    // In two parts, so that the word this test looks for does not stand in the test itself.
    let ignored = concat!("#[", "ignore");
    let mut faults = Vec::new();
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            let marker = words(line).find(|word| markers.contains(word));
            let call = calls.iter().find(|call| source.code[at].contains(&format!("{call}!")));
            if marker.is_some() || call.is_some() || source.code[at].contains(ignored) {
                faults.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn the_reader_of_code_tells_code_from_text() {
    for (text, code) in [
        ("let a = \"fn f64\"; // crate::x", "let a = \"\"; \"\""),
        ("let a = r#\"a \" b\"# + 'x' + '\\n';", "let a = \"\" + \"\" + \"\";"),
        ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
        ("\"two\nlines\" f64", "\"\n\" f64"),
        ("\"\\\"\" crate::a", "\"\" crate::a"),
    ] {
        assert_eq!(blanked(text), code);
    }
}
