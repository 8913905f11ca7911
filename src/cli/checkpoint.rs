//! `checkpoint`: the newest signed head, and who vouches for it. Signs one where records stand
//! behind the newest and the ledger can be opened.

use super::compose::{self, Opening};
use super::{Context, Failure, Format, print, remote};
use crate::chain::Record;
use crate::ledger::proving::{ProveError, Prover, SignedHead};
use crate::ledger::{reading, witnessed};
use crate::projections::heads::Heads;
use crate::store::SegmentsReader;
use crate::store::layout::write_durably;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print the newest signed head.
#[derive(clap::Args)]
pub struct Args {
    /// Also write it here, durably: a copy on another disk.
    #[arg(long, value_name = "PATH")]
    head_copy: Option<PathBuf>,
    #[command(flatten)]
    opening: Opening,
}

/// Prints the checkpoint.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        return remote::checkpoint(&client, context);
    }
    if let Err(failure) = sign_uncovered(context, &args.opening, args.head_copy.as_deref()) {
        eprintln!("fundtrail: warning: no new checkpoint was signed: {failure}");
    }
    let prover = Prover::open(&context.ledger)?;
    let SignedHead { checkpoint, note } = prover.newest();
    if let Some(path) = &args.head_copy {
        copy_head(path, note)?;
    }
    let durable = prover.records().head().size;
    let mut heads = Heads::default();
    reading::fold(prover.records(), 0..durable, &mut heads)?;
    let uncovered = durable - checkpoint.size;
    let witnessed = witnessed_up_to(context, &prover)?;
    if context.format == Format::Json {
        print::json(&json!({
            "origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root,
            "uncovered": uncovered, "checkpoint": note, "witnesses": heads.witnesses,
            "witnessed": witnessed.as_ref().map(|(size, _)| size),
            "not_witnessed_since": witnessed.as_ref().map_or(Some(FROM_THE_FIRST), |(_, since)| since.as_deref()),
            "verifications": heads.filed,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(note.trim_end_matches('\n'))?;
    if uncovered > 0 {
        eprintln!("{uncovered} records behind it are covered by no checkpoint yet.");
    }
    match &witnessed {
        None => eprintln!("Not witnessed yet: see `witness use` and `witness ask`."),
        Some((size, None)) => eprintln!("Witnessed up to {size} records, all of them."),
        Some((size, Some(since))) => eprintln!(
            "Witnessed up to {size} records; {} records behind it are not witnessed since {since}.",
            durable - size
        ),
    }
    for witness in heads.witnesses.iter().filter(|one| !one.retired) {
        eprintln!("witness {} of {}: {}", witness.name, witness.org, witness.vkey);
    }
    match heads.newest_filed() {
        None => eprintln!("Verified by nobody yet."),
        Some(filed) => eprintln!(
            "Verified up to {} records by {}: {} (record {}, {}).",
            filed.size, filed.posted_by, filed.verdict, filed.seq, filed.recorded_at
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// What stands for a head that no quorum has ever cosigned.
const FROM_THE_FIRST: &str = "the first record";

/// How many records the newest witnessed head covers, and since when those behind it stand there
/// without one; none where no head was ever witnessed.
fn witnessed_up_to(
    context: &Context,
    prover: &Prover,
) -> Result<Option<(u64, Option<String>)>, Failure> {
    let Some(head) = witnessed::newest(&context.ledger) else { return Ok(None) };
    let size = head.checkpoint.size;
    let first = prover.records().read(size)?;
    let since = first.and_then(|line| Some(Record::parse(&line).ok()?.recorded_at.to_string()));
    Ok(Some((size, since)))
}

/// Signs a checkpoint where the newest does not cover every durable record.
pub(super) fn sign_uncovered(
    context: &Context,
    opening: &Opening,
    head_copy: Option<&Path>,
) -> Result<(), Failure> {
    let records = SegmentsReader::open(&context.ledger)?.reader();
    let newest = records.checkpoint().and_then(|note| SignedHead::parse(&note).ok());
    if newest.is_some_and(|newest| newest.checkpoint.size >= records.head().size) {
        return Ok(());
    }
    let ledger = compose::open(context, opening)?;
    if let Some(path) = head_copy {
        refuse_behind(&ledger, path)?;
    }
    ledger.close().map_err(Failure::other)
}

/// Stops where a copy of the head is ahead of the ledger or differs (`behind_witness`): nothing may
/// be signed then, or two histories would bear one name.
pub(super) fn refuse_behind(ledger: &crate::ledger::Ledger, path: &Path) -> Result<(), Failure> {
    let note = match std::fs::read(path) {
        Ok(note) => note,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Failure::ledger(format!("{} cannot be read: {error}", path.display())));
        }
    };
    let head = SignedHead::parse(&note).map_err(|reason| {
        Failure::ledger(format!("{} is no head that can be read: {reason}", path.display()))
    })?;
    ledger.agrees_with(&head.checkpoint).map_err(|behind| {
        Failure::ledger(format!("behind_witness: {behind}, as {} says", path.display()))
    })
}

/// Copies the head, durable when this returns.
pub(super) fn copy_head(path: &Path, note: &str) -> Result<(), Failure> {
    write_durably(path, note.as_bytes(), 0o644).map_err(Failure::other)
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Failure {
        match error {
            ProveError::Store(error) => error.into(),
            ProveError::Read(error) => error.into(),
            ProveError::Checkpoint(_) | ProveError::Differs { .. } => Failure::ledger(error),
            ProveError::NothingSigned | ProveError::NotCovered { .. } => Failure::other(error),
            ProveError::Shrinks { .. } => Failure::usage(error),
        }
    }
}
