//! `verify`: everything recomputed from the records alone; never writes.

use super::{Context, Failure, Format, print, progress};
use crate::chain::note::key::VerifierKey;
use crate::peers::files::Files;
use crate::store::layout::Layout;
use crate::store::segments::unchecked_parts;
use crate::verify::{Brought, How, KeyChange, KeySource, Note, Report, Source, verify};
use serde_json::json;
use std::io;
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
    /// The policy file that names the witnesses you trust: their cosignatures bound the times.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Verifies and prints the report.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let mut files = Files::default();
    let mut notes = Vec::new();
    match &args.file {
        Some(file) => {
            add(&mut files, file, None)?;
            let beside = PathBuf::from(format!("{}.checkpoint", file.display()));
            add_note(&mut notes, &beside, false)?;
        }
        None => folder(&context.ledger, &mut files, &mut notes)?,
    }
    for path in &args.checkpoint {
        add_note(&mut notes, path, true)?;
    }
    let bar = progress::bytes(files.len(), "verifying");
    let policy = args.policy.as_deref().map(super::check::read_policy).transpose()?;
    let brought = Brought { key: args.key.as_ref(), policy: policy.as_ref() };
    let report = verify(&files, &notes, brought, &|bytes| bar.set_position(bytes))
        .map_err(|error| Failure::ledger(format!("the records cannot be read: {error}")))?;
    bar.finish_and_clear();
    print_report(context, &files, &report)?;
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Is the ledger in a folder sound?
pub(super) fn is_sound(folder_of: &Path) -> Result<bool, Failure> {
    let (mut files, mut notes) = (Files::default(), Vec::new());
    folder(folder_of, &mut files, &mut notes)?;
    let bar = progress::bytes(files.len(), "verifying");
    let report = verify(&files, &notes, Brought::default(), &|bytes| bar.set_position(bytes))
        .map_err(|error| Failure::ledger(format!("the records cannot be read: {error}")))?;
    bar.finish_and_clear();
    Ok(report.is_sound())
}

fn add(files: &mut Files, path: &Path, bytes: Option<u64>) -> Result<(), Failure> {
    files.add(path, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => {
            Failure::usage(format!("{} is a folder; name it with --ledger", path.display()))
        }
        _ => Failure::ledger(format!("{} cannot be read: {error}", path.display())),
    })
}

fn folder(folder: &Path, files: &mut Files, notes: &mut Vec<Note>) -> Result<(), Failure> {
    let parts = unchecked_parts(folder)?;
    for part in &parts {
        add(files, &part.path, Some(part.bytes))?;
    }
    let layout = Layout::new(folder);
    add_note(notes, &layout.checkpoint(), false)?;
    add_note(notes, &layout.checkpoint_witnessed(), false)?;
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
                json!(files.path_at(fault.at).map(|path| path.display().to_string()));
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
            let file = files.path_at(fault.at).map(|path| path.display().to_string());
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
    let contradicted = report.time_contradicted.iter();
    lines.extend(contradicted.map(|one| format!("WRONG: time_contradicted: {}.", one.sentence())));
    lines.push(times(report));
    lines.push(match &report.filed {
        Some(filed) => format!(
            "Verified up to {} records by {}: {} (record {}, {}).",
            filed.size, filed.posted_by, filed.verdict, filed.seq, filed.recorded_at
        ),
        None => "No verification of it was filed by anybody yet.".to_owned(),
    });
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

/// A change of the log's key, in a sentence.
pub(super) fn key_change(change: &KeyChange) -> String {
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

/// What bounds the records' times.
fn times(report: &Report) -> String {
    let cosigned = report.checkpoints.iter().filter(|one| one.fault.is_none());
    let newest = cosigned.filter(|one| !one.cosignatures.is_empty()).max_by_key(|one| one.size);
    match newest {
        None => "recorded_at is the operator's word: no cosignature bounds it.".to_owned(),
        Some(newest) => format!(
            "Cosignatures bound recorded_at up to {} records ({}); the quorum of your policy covers {}.",
            newest.size,
            newest.cosignatures.iter().map(|one| &*one.witness).collect::<Vec<_>>().join(", "),
            report.witnessed
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
