//! `proof` and `consistency`: what a stranger needs to check a record, or that nothing before a
//! head was changed.

use super::compose::Opening;
use super::{Context, Failure, checkpoint, remote};
use crate::base::{EventId, decimal};
use crate::ledger::proving::Prover;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write the receipt of one record.
#[derive(clap::Args)]
pub struct ProofArgs {
    /// The record's number, or its event's id.
    #[arg(value_name = "SEQ|ID")]
    record: String,
    /// The file, by custom NAME.tlog-proof; without it: standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write the record itself here, which `check` reads beside the receipt.
    #[arg(long, value_name = "FILE")]
    record_to: Option<PathBuf>,
    #[command(flatten)]
    opening: Opening,
}

/// Print the proof that one size continues another.
#[derive(clap::Args)]
pub struct ConsistencyArgs {
    /// The older size.
    old: u64,
    /// The newer size.
    new: u64,
}

/// Writes a receipt.
pub fn proof(context: &Context, args: &ProofArgs) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        let seq = decimal(&args.record).ok_or_else(|| {
            Failure::usage("with --url a record is asked for by its number; `post` tells it")
        })?;
        if let Some(path) = &args.record_to {
            remote::fetch(&client, &format!("/v1/records/{seq}?form=raw"), Some(path))?;
        }
        let path = format!("/v1/records/{seq}/proof");
        return remote::fetch(&client, &path, args.output.as_deref());
    }
    let mut prover = Prover::open(&context.ledger)?;
    let seq = sequence(&prover, &args.record)?;
    if seq >= prover.newest().checkpoint.size {
        // The tiles are let go while the ledger is open.
        drop(prover);
        checkpoint::sign_uncovered(context, &args.opening, None)?;
        prover = Prover::open(&context.ledger)?;
    }
    let receipt = prover.receipt(seq)?.to_string();
    match &args.output {
        None => std::io::stdout().lock().write_all(receipt.as_bytes())?,
        Some(path) => write(path, receipt.as_bytes())?,
    }
    if let Some(path) = &args.record_to {
        write(path, &line_of(&prover, seq)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a consistency proof, one base64 hash a line.
pub fn consistency(context: &Context, args: &ConsistencyArgs) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        let path = format!("/v1/consistency?old={}&new={}", args.old, args.new);
        return remote::fetch(&client, &path, None);
    }
    let prover = Prover::open(&context.ledger)?;
    let mut out = std::io::stdout().lock();
    for hash in prover.consistency(args.old, args.new)? {
        writeln!(out, "{}", BASE64_STANDARD.encode(hash.0))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A record as it stands in its file, LF included.
pub(super) fn line_of(prover: &Prover, seq: u64) -> Result<Vec<u8>, Failure> {
    let mut line = crate::ledger::reading::read_durable(prover.records(), seq)?;
    line.push(b'\n');
    Ok(line)
}

fn sequence(prover: &Prover, asked: &str) -> Result<u64, Failure> {
    let durable = prover.records().head().size;
    if asked.bytes().all(|byte| byte.is_ascii_digit()) && !asked.is_empty() {
        let seq = asked.parse().ok().filter(|seq| *seq < durable);
        return seq.ok_or_else(|| {
            Failure::usage(format!(
                "the ledger has {durable} records, numbered from 0; not {asked}"
            ))
        });
    }
    let id = EventId::parse(asked)
        .ok_or_else(|| Failure::usage(format!("{asked} is no number and no event id")))?;
    let found = prover.find(id)?;
    found.ok_or_else(|| Failure::usage(format!("no record has the event id {asked}")))
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes)
        .map_err(|error| Failure::other(format!("{} cannot be written: {error}", path.display())))
}
