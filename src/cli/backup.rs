//! `backup` and `restore`: a copy that is checked link by link, and the way back from it.

use super::compose::Others;
use super::{Context, Failure, print};
use crate::base::EventId;
use crate::chain::note::key::VerifierKey;
use crate::chain::{Checkpoint, note::Note};
use crate::ledger::proving::{Prover, SignedHead};
use crate::ledger::{
    Behind, Continuation, ContinueError, Elsewhere, Ledger, Newest, OpenOptions, reading, witnessed,
};
use crate::store::Building;
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
    /// Go on after a loss: the copy's size, behind which everything is lost. Checkpoints bear a new
    /// origin and key from there on.
    #[arg(long, value_name = "SIZE", requires_all = ["origin", "reason", "maker", "checker"])]
    accept_loss_after: Option<u64>,
    /// With --accept-loss-after: the new origin.
    #[arg(long, value_name = "NAME", requires = "accept_loss_after")]
    origin: Option<String>,
    /// With --accept-loss-after: why.
    #[arg(long, requires = "accept_loss_after")]
    reason: Option<String>,
    /// With --accept-loss-after: who makes the entry (a staff reference).
    #[arg(long, value_name = "REF", requires = "accept_loss_after")]
    maker: Option<String>,
    /// With --accept-loss-after: who checks it (another staff reference).
    #[arg(long, value_name = "REF", requires = "accept_loss_after")]
    checker: Option<String>,
    /// Believe the system's clock whatever it says.
    #[arg(long)]
    accept_clock: bool,
    /// The folder of the copy.
    #[arg(value_name = "DIR")]
    from: PathBuf,
}

/// Makes a backup.
pub fn backup(context: &Context, args: &BackupArgs) -> Result<ExitCode, Failure> {
    // The copy does not exist yet: the nearest folder above it that does says where it will lie.
    let above = args.to.ancestors().find_map(|one| match one.as_os_str().is_empty() {
        true => std::env::current_dir().ok(),
        false => one.canonicalize().ok(),
    });
    let ledger = context.ledger.canonicalize().ok();
    let inside = above.zip(ledger).is_some_and(|(above, ledger)| above.starts_with(ledger));
    if inside {
        return Err(Failure::usage(format!(
            "{} lies inside the ledger itself; choose a folder elsewhere, best on another disk",
            args.to.display()
        )));
    }
    let along = Along { keys: args.with_keys, evidence: !args.without_evidence };
    let copied = copy(&context.ledger, &args.to, along)?;
    print_copied(context, &copied)?;
    Ok(ExitCode::SUCCESS)
}

/// Restores a backup.
pub fn restore(context: &Context, args: &RestoreArgs) -> Result<ExitCode, Failure> {
    let accepted = args.accept_unknown_head || args.accept_loss_after.is_some();
    match (&args.head, accepted) {
        (None, false) => {
            return Err(Failure::usage(
                "a restore needs --head FILE, the newest checkpoint that you know of this ledger; \
                 without any, say --accept-unknown-head",
            ));
        }
        (Some(head), _) => refuse_stale(args, head)?,
        (None, true) => {}
    }
    if !super::verify::is_sound(&args.from)? {
        return Err(Failure::ledger(format!(
            "{} is damaged; run `fundtrail --ledger {} verify` and take another copy",
            args.from.display(),
            args.from.display()
        )));
    }
    if let Some(size) = args.accept_loss_after {
        return go_on(context, args, size);
    }
    if args.head.is_none() {
        refuse_behind_witnesses(args)?;
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

/// Restores, records the loss, and signs under a new origin; all of it or nothing.
fn go_on(context: &Context, args: &RestoreArgs, size: u64) -> Result<ExitCode, Failure> {
    let ours = read_checkpoint(&Layout::new(&args.from).checkpoint())?;
    if ours.size != size {
        return Err(Failure::usage(format!(
            "the copy ends at {} records, not {size}; say --accept-loss-after {}",
            ours.size, ours.size
        )));
    }
    let building = Building::begin(&context.ledger)?;
    // The former signing key may be lost or stolen: it does not come along.
    let copied = copy(&args.from, building.path(), Along { keys: false, evidence: true })?;
    let mut key_seed = [0; 32];
    getrandom::fill(&mut key_seed).map_err(Failure::other)?;
    let text = |given: &'_ Option<String>| given.clone().unwrap_or_default();
    let (origin, reason) = (text(&args.origin), text(&args.reason));
    let (maker, checker) = (text(&args.maker), text(&args.checker));
    let continuation = Continuation {
        origin: &origin,
        reason: &reason,
        maker: &maker,
        checker: &checker,
        id: EventId(uuid::Uuid::new_v4().as_u128()),
        key_seed,
    };
    let options = OpenOptions { accept_clock: args.accept_clock, ..OpenOptions::default() };
    let vkey = match Ledger::go_on_after_loss(building.path(), options, &continuation) {
        Ok(vkey) => vkey,
        Err(ContinueError::Open(error)) => return Err(error.into()),
        Err(ContinueError::Refused(refusal)) => {
            print::line(format_args!("refused {refusal}"))?;
            return Ok(ExitCode::from(3));
        }
        Err(error @ ContinueError::Origin(_)) => return Err(Failure::usage(error)),
        Err(error) => return Err(Failure::other(error)),
    };
    building.finish()?;
    let facts = [
        ("size", json!(size + 1)),
        ("documents", json!(copied.documents)),
        ("origin", json!(origin)),
        ("vkey", json!(vkey)),
    ];
    print::fields(context, &facts)?;
    eprintln!(
        "Record {size} says that the ledger goes on as {origin}. Publish the new key. Keep every head \
         of {} beyond {size}: it is the evidence of what was lost. Lost events may be posted again \
         under their ids.",
        ours.origin
    );
    Ok(ExitCode::SUCCESS)
}

/// Refuses a copy that is behind the head that the operator knows (`stale_backup`).
fn refuse_stale(args: &RestoreArgs, head: &Path) -> Result<(), Failure> {
    let known = read_checkpoint(head)?;
    let ours = read_checkpoint(&Layout::new(&args.from).checkpoint())?;
    if known.origin != ours.origin {
        return Err(Failure::usage(format!(
            "{} is a head of {}, but the copy is of {}",
            head.display(),
            known.origin,
            ours.origin
        )));
    }
    if ours.size < known.size && args.accept_loss_after.is_none() {
        return Err(Failure::ledger(format!(
            "stale_backup: the copy ends at {} records, but {} covers {}; restore a newer copy, or \
             take the missing records from a mirror; if they are lost, go on with \
             --accept-loss-after {} --origin NEW --reason TEXT --maker REF --checker REF",
            ours.size,
            head.display(),
            known.size,
            ours.size
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

/// Asks the witnesses that the copy names: one that has cosigned more, or something else, shows
/// that the copy is stale (`behind_witness`).
fn refuse_behind_witnesses(args: &RestoreArgs) -> Result<(), Failure> {
    let Some(used) = witnessed::in_force(&args.from).map_err(Failure::ledger)? else {
        eprintln!("The copy names no witnesses, so nothing shows whether it is the newest.");
        return Ok(());
    };
    let prover = Prover::open(&args.from)?;
    let SignedHead { checkpoint: ours, note } = prover.newest();
    let key = reading::log_key(prover.records())?;
    let asked = Others { policy: Some(used.policy), mirrors: Vec::new() }.heads(&Newest {
        origin: &ours.origin,
        key: &key,
        note: Some(note),
    });
    for silent in &asked.silent {
        eprintln!("fundtrail: warning: {silent}");
    }
    for held in &asked.held {
        let behind = match (held.size > ours.size, held.root) {
            (true, _) => Behind::Ahead { ours: ours.size, theirs: held.size },
            (false, Some(theirs)) => match prover.root(held.size)? {
                root if root == theirs => continue,
                root => Behind::Forked { size: held.size, ours: root, theirs },
            },
            (false, None) => continue,
        };
        return Err(Failure::ledger(format!("behind_witness: {behind}, as {} says", held.by)));
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
