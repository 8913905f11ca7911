//! `backup` and `restore`: a copy that is checked link by link, and the way back from it.

use super::{Context, Failure, print};
use crate::chain::note::key::VerifierKey;
use crate::chain::{Checkpoint, note::Note};
use crate::store::copy::{Along, Copied, copy};
use crate::store::layout::Layout;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Copy the ledger, up to its newest checkpoint.
#[derive(clap::Args)]
pub struct BackupArgs {
    /// Copy the log's signing key too: whoever has the copy can then sign as this ledger.
    #[arg(long)]
    with_keys: bool,
    /// Leave the documents stored beside the ledger out.
    #[arg(long)]
    without_evidence: bool,
    /// The folder of the copy, which must not exist.
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

/// Put a copy back into the place named by --ledger.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// The newest head that you know of this ledger: a signed checkpoint.
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Go on without a head: nothing then shows whether this copy is the newest.
    #[arg(long)]
    accept_unknown_head: bool,
    /// The folder of the copy.
    #[arg(value_name = "DIR")]
    from: PathBuf,
}

/// Makes a backup.
pub fn backup(context: &Context, args: &BackupArgs) -> Result<ExitCode, Failure> {
    let along = Along { keys: args.with_keys, evidence: !args.without_evidence };
    let copied = copy(&context.ledger, &args.to, along)?;
    print_copied(context, &copied)?;
    Ok(ExitCode::SUCCESS)
}

/// Restores a backup.
pub fn restore(context: &Context, args: &RestoreArgs) -> Result<ExitCode, Failure> {
    match (&args.head, args.accept_unknown_head) {
        (None, false) => {
            return Err(Failure::usage(
                "a restore needs --head FILE, the newest checkpoint that you know of this ledger; \
                 without any, say --accept-unknown-head",
            ));
        }
        (Some(head), _) => refuse_stale(&args.from, head)?,
        (None, true) => {}
    }
    if !super::verify::is_sound(&args.from)? {
        return Err(Failure::ledger(format!(
            "{} is damaged; run `fundtrail --ledger {} verify` and take another copy",
            args.from.display(),
            args.from.display()
        )));
    }
    let copied = copy(&args.from, &context.ledger, Along { keys: true, evidence: true })?;
    print_copied(context, &copied)?;
    let key = Layout::new(&context.ledger).log_key();
    if !key.exists() {
        eprintln!(
            "The copy holds no signing key: put the log's key at {} or name it with --log-key.",
            key.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a copy that is behind the head that the operator knows (`stale_backup`).
fn refuse_stale(from: &Path, head: &Path) -> Result<(), Failure> {
    let known = read_checkpoint(head)?;
    let ours = read_checkpoint(&Layout::new(from).checkpoint())?;
    if known.origin != ours.origin {
        return Err(Failure::usage(format!(
            "{} is a head of {}, but the copy is of {}",
            head.display(),
            known.origin,
            ours.origin
        )));
    }
    if ours.size < known.size {
        return Err(Failure::ledger(format!(
            "stale_backup: the copy ends at {} records, but {} covers {}; restore a newer copy, or \
             take the missing records from a mirror",
            ours.size,
            head.display(),
            known.size
        )));
    }
    if ours.size == known.size && ours.root != known.root {
        return Err(Failure::ledger(format!(
            "at {} records the copy's root is {}, that of {} is {}: this is another history, keep both",
            ours.size,
            ours.root,
            head.display(),
            known.root
        )));
    }
    Ok(())
}

fn read_checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let fault = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("{} is no checkpoint that can be read: {error}", path.display()))
    };
    let bytes = std::fs::read(path).map_err(|error| fault(&error))?;
    let note = Note::parse(&bytes).map_err(|error| fault(&error))?;
    Checkpoint::parse(note.text).map_err(|error| fault(&error))
}

/// A verifier key as text, for `--key`.
pub fn parse_vkey(text: &str) -> Result<VerifierKey, String> {
    VerifierKey::parse(text).map_err(|error| error.to_string())
}

fn print_copied(context: &Context, copied: &Copied) -> Result<(), Failure> {
    print::fields(
        context,
        &[
            ("size", json!(copied.head.size)),
            ("root", json!(copied.root)),
            ("record_bytes", json!(copied.record_bytes)),
            ("documents", json!(copied.documents)),
        ],
    )
}
