//! What the tests share: the program, a ledger to run it on, and the golden files.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A golden file.
pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The lines of a golden file.
pub fn golden_lines(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(golden(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A ledger in a folder that goes away with the test.
pub struct Ledger {
    folder: tempfile::TempDir,
}

impl Ledger {
    /// A place where no ledger is yet.
    pub fn nowhere() -> Ledger {
        Ledger { folder: tempfile::tempdir().unwrap() }
    }

    /// A new ledger, made by `init`.
    pub fn new() -> Ledger {
        Ledger::named("ledger.test/2017")
    }

    /// A new ledger of this origin.
    pub fn named(origin: &str) -> Ledger {
        let ledger = Ledger::nowhere();
        ledger.run(&["init", "--origin", origin]).succeeds();
        ledger
    }

    /// A new ledger with a golden file posted.
    pub fn with(files: &[&str]) -> Ledger {
        let ledger = Ledger::new();
        for file in files {
            ledger.run(&["post", golden(file).to_str().unwrap()]).succeeds();
        }
        ledger
    }

    /// The ledger's folder.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// A file beside the ledger.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command on the ledger.
    pub fn run(&self, args: &[&str]) -> Ran {
        run_with(&self.path(), args, None)
    }

    /// Runs a command on the ledger with standard input.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        run_with(&self.path(), args, Some(input))
    }

    /// The records of all segments, one line each.
    pub fn records(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.path().join("records")).unwrap();
        let mut segments: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        segments.sort();
        let texts = segments.iter().map(|path| std::fs::read_to_string(path).unwrap());
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

/// What a command did.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The command succeeded.
    #[track_caller]
    pub fn succeeds(self) -> Ran {
        assert_eq!(self.code, 0, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// The command ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Standard output as JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    /// How many outcomes have this status.
    pub fn count(&self, status: &str) -> usize {
        self.lines().iter().filter(|line| line["status"] == status).count()
    }
}

/// Runs the program on a folder.
pub fn run_with(folder: &Path, args: &[&str], input: Option<&str>) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fundtrail"));
    command.arg("--ledger").arg(folder).args(args);
    command.env_remove("FUNDTRAIL_LEDGER").env("RUST_BACKTRACE", "0");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().unwrap();
    if let Some(input) = input {
        use std::io::Write;
        // A command that refuses its arguments does not read what it is given.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    }
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
