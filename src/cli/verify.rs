//! `verify`: everything recomputed from the records alone; never writes.

use super::{Context, Failure, Format, print, progress};
use crate::chain::note::key::VerifierKey;
use crate::store::layout::Layout;
use crate::store::segments::unchecked_parts;
use crate::verify::{How, KeyChange, KeySource, Note, Report, Source, verify};
use serde_json::json;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Recompute everything from the records alone.
#[derive(clap::Args)]
pub struct Args {
    /// An exported file of records; without it the ledger's folder is verified.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// A checkpoint to hold the records against.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The log's verifier key, as you got it from outside.
    #[arg(long, value_name = "VKEY", value_parser = super::backup::parse_vkey)]
    key: Option<VerifierKey>,
}

/// Files one after the other, read as one.
struct Files {
    parts: Vec<FilePart>,
    bytes: u64,
}

struct FilePart {
    path: PathBuf,
    file: File,
    start: u64,
    bytes: u64,
}

impl Files {
    fn new() -> Files {
        Files { parts: Vec::new(), bytes: 0 }
    }

    fn add(&mut self, path: &Path, bytes: Option<u64>) -> Result<(), Failure> {
        let failed = |error: io::Error| {
            Failure::ledger(format!("{} cannot be read: {error}", path.display()))
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(Failure::usage(format!(
                "{} is a folder; name it with --ledger",
                path.display()
            )));
        }
        let bytes = bytes.unwrap_or(metadata.len());
        self.parts.push(FilePart { path: path.to_path_buf(), file, start: self.bytes, bytes });
        self.bytes += bytes;
        Ok(())
    }

    /// The file that a position lies in.
    fn part_of(&self, at: u64) -> Option<&FilePart> {
        self.parts.iter().rev().find(|part| part.start <= at)
    }
}

impl Source for Files {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len() {
            let at = at + read as u64;
            let Some(part) = self.part_of(at).filter(|part| at < part.start + part.bytes) else {
                break;
            };
            let left = usize::try_from(part.start + part.bytes - at).unwrap_or(usize::MAX);
            let length = left.min(buffer.len() - read);
            let got = part.file.read_at(&mut buffer[read..read + length], at - part.start)?;
            if got == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the file became shorter",
                ));
            }
            read += got;
        }
        Ok(read)
    }
}

/// Verifies and prints the report.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let mut files = Files::new();
    let mut notes = Vec::new();
    match &args.file {
        Some(file) => {
            files.add(file, None)?;
            let beside = PathBuf::from(format!("{}.checkpoint", file.display()));
            add_note(&mut notes, &beside, false)?;
        }
        None => folder(&context.ledger, &mut files, &mut notes)?,
    }
    for path in &args.checkpoint {
        add_note(&mut notes, path, true)?;
    }
    let bar = progress::bytes(files.len(), "verifying");
    let report = verify(&files, &notes, args.key.as_ref(), &|bytes| bar.set_position(bytes))
        .map_err(|error| Failure::ledger(format!("the records cannot be read: {error}")))?;
    bar.finish_and_clear();
    print_report(context, &files, &report)?;
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Is the ledger in a folder sound?
pub(super) fn is_sound(folder_of: &Path) -> Result<bool, Failure> {
    let (mut files, mut notes) = (Files::new(), Vec::new());
    folder(folder_of, &mut files, &mut notes)?;
    let bar = progress::bytes(files.len(), "verifying");
    let report = verify(&files, &notes, None, &|bytes| bar.set_position(bytes))
        .map_err(|error| Failure::ledger(format!("the records cannot be read: {error}")))?;
    bar.finish_and_clear();
    Ok(report.is_sound())
}

fn folder(folder: &Path, files: &mut Files, notes: &mut Vec<Note>) -> Result<(), Failure> {
    let parts = unchecked_parts(folder)?;
    for part in &parts {
        files.add(&part.path, Some(part.bytes))?;
    }
    let layout = Layout::new(folder);
    add_note(notes, &layout.checkpoint(), false)?;
    if let Ok(kept) = std::fs::read_dir(layout.checkpoints()) {
        let mut paths: Vec<PathBuf> = kept.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            add_note(notes, &path, true)?;
        }
    }
    Ok(())
}

fn add_note(notes: &mut Vec<Note>, path: &Path, needed: bool) -> Result<(), Failure> {
    match std::fs::read(path) {
        Ok(bytes) => notes.push(Note { from: path.display().to_string(), bytes }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !needed => {}
        Err(error) => {
            return Err(Failure::usage(format!("{} cannot be read: {error}", path.display())));
        }
    }
    Ok(())
}

fn print_report(context: &Context, files: &Files, report: &Report) -> Result<(), Failure> {
    if context.format == Format::Json {
        let mut value = serde_json::to_value(report).map_err(Failure::other)?;
        value["sound"] = json!(report.is_sound());
        value["uncovered"] = json!(report.right.saturating_sub(report.covered));
        if let Some(fault) = &report.fault {
            value["fault"]["file"] =
                json!(files.part_of(fault.at).map(|part| part.path.display().to_string()));
        }
        return print::json(&value);
    }
    let mut lines = Vec::new();
    match &report.fault {
        None => lines.push(format!(
            "{} records are right: bytes, links, signatures, rules, movements, balances.",
            report.right
        )),
        Some(fault) => {
            let file = files.part_of(fault.at).map(|part| part.path.display().to_string());
            lines.push(format!(
                "WRONG: record {} in {}: {}.",
                fault.seq,
                file.unwrap_or_default(),
                fault.reason
            ));
            lines.push(format!("The {} records before it are right.", report.right));
        }
    }
    for checkpoint in report.checkpoints.iter().filter(|one| one.fault.is_some()) {
        let fault = checkpoint.fault.as_deref().unwrap_or_default();
        lines.push(format!("WRONG: checkpoint {}: {fault}.", checkpoint.from));
    }
    if let Some(from) = report.not_judged_from {
        lines.push(format!("From record {from} on the money was not judged: it was written by a newer program. Bytes, links and root were."));
    }
    lines.push(coverage(report));
    lines.push(match report.key {
        KeySource::Outside => "The key is the one you brought.".to_owned(),
        KeySource::Ledger => "The key is the ledger's own word (record 0): bring the verifier key from outside with --key to rule out another ledger.".to_owned(),
    });
    lines.extend(report.key_changes.iter().map(key_change));
    lines.push("recorded_at is the operator's word: no cosignature bounds it.".to_owned());
    if report.exceptions > 0 {
        lines.push(format!(
            "{} exceptions are recorded; `list exceptions` shows them.",
            report.exceptions
        ));
    }
    lines.push(format!("origin {}", report.origin.as_deref().unwrap_or("unknown")));
    lines.push(format!("head   {} {}", report.right, report.root));
    print::line(lines.join("\n"))
}

fn key_change(change: &KeyChange) -> String {
    let KeyChange { seq, origin, vkey, .. } = change;
    match (change.how, change.followed) {
        (How::Continued, true) => format!(
            "Record {seq} goes on after a loss as {origin}; that key is the one you brought: {vkey}."
        ),
        (How::Continued, false) => format!(
            "Record {seq} goes on after a loss as {origin}; the key from there on is the ledger's own word, bring it from outside with --key: {vkey}."
        ),
        (How::Opened | How::Changed, true) => format!(
            "Record {seq} changes the log's key; a checkpoint that covers it shows that: {vkey}."
        ),
        (How::Opened | How::Changed, false) => format!(
            "Record {seq} changes the log's key, and no checkpoint signed by the key before it shows that: {vkey}."
        ),
    }
}

fn coverage(report: &Report) -> String {
    match report.right.saturating_sub(report.covered) {
        0 if report.right > 0 => format!("A checkpoint covers all {} records.", report.right),
        left if report.covered == 0 => format!(
            "No checkpoint covers any of the {left} records: a change in the last one, a cut tail or a tail hashed anew could not be seen."
        ),
        left => format!(
            "A checkpoint covers the first {} records; {left} behind it are covered by none: a change in the last one, a cut tail or a tail hashed anew could not be seen there.",
            report.covered
        ),
    }
}
