//! Files that are printed from the code and kept in the repository.
//!
//! A test compares what the code prints with what is kept; `FUNDTRAIL_BLESS=1` writes it instead, so
//! that a change of the contract is a change that a reader of the commit sees.

use std::{env, fs, path::PathBuf};

/// Does the run write what it would compare?
pub fn blessing() -> bool {
    env::var_os("FUNDTRAIL_BLESS").is_some_and(|value| value == "1")
}

/// A path inside the repository.
pub fn path(inside: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// Holds a kept file to what the code prints; gives the fault, if it is stale.
pub fn compare(inside: &str, printed: &str) -> Option<String> {
    let file = path(inside);
    if blessing() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, printed).unwrap();
        return None;
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    if kept == printed {
        return None;
    }
    let line = kept.lines().zip(printed.lines()).take_while(|(one, other)| one == other).count();
    Some(format!(
        "{inside} differs from what the code prints at line {}:\n  kept:    {}\n  printed: {}\n",
        line + 1,
        kept.lines().nth(line).unwrap_or("(nothing)"),
        printed.lines().nth(line).unwrap_or("(nothing)"),
    ))
}

/// Fails with all faults, and says how what is kept is renewed.
pub fn assert_none(faults: Vec<String>) {
    assert!(
        faults.is_empty(),
        "{}\nIf the change is meant, run `FUNDTRAIL_BLESS=1 cargo test --test it` and read the diff.",
        faults.join("\n")
    );
}
