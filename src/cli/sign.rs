//! `sign`: signs bodies offline and prints the lines that `post` takes.
//!
//! What is signed names the ledger by the leaf hash of its record 0, so it counts in no other.
//! `seen` is filled with the newest head that was looked at here: nothing below it can be rewritten
//! without breaking the signature.

use super::{Context, Failure};
use crate::base::Digest;
use crate::chain::canonical;
use crate::chain::note::key::SignerKey;
use crate::chain::record::leaf_hash;
use crate::chain::signature::{SIGNATURES_MAX, Signature};
use crate::ledger::proving::{Prover, SignedHead};
use crate::ledger::{Incoming, reading};
use crate::seam::read_event;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Sign bodies offline.
#[derive(clap::Args)]
pub struct Args {
    /// The secret key that `keygen` made.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The ledger's folder whose newest head the poster has seen; by default --ledger.
    #[arg(long, value_name = "LEDGER", conflicts_with = "checkpoint")]
    seen_from: Option<PathBuf>,
    /// The checkpoint that the poster has seen and verified.
    #[arg(long, value_name = "FILE", requires = "ledger_hash")]
    checkpoint: Option<PathBuf>,
    /// The leaf hash of the ledger's record 0, where no folder of it is at hand.
    #[arg(long = "for", value_name = "HASH", value_parser = parse_digest, conflicts_with = "seen_from")]
    ledger_hash: Option<Digest>,
    /// JSON Lines of bodies, or of lines that others signed before; `-` is standard input.
    #[arg(value_name = "BODY")]
    body: PathBuf,
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| "this is not 64 lower-case hexadecimal digits".to_owned())
}

/// Signs, and prints a line for each body.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let shown = args.key.display();
    let text = std::fs::read_to_string(&args.key)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    let key = SignerKey::parse(&text)
        .map_err(|error| Failure::usage(format!("{shown} holds no secret key: {error}")))?;
    let (ledger, seen) = target(context, args)?;
    let input = read_input(&args.body)?;
    let mut out = std::io::stdout().lock();
    for value in serde_json::Deserializer::from_str(&input).into_iter::<Value>() {
        let value = value.map_err(|error| {
            Failure::usage(format!("{} is not JSON: {error}", args.body.display()))
        })?;
        writeln!(out, "{}", signed_line(value, &key, &ledger, seen.as_ref())?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// For which ledger is signed, and the head that the poster has seen.
fn target(context: &Context, args: &Args) -> Result<(Digest, Option<Value>), Failure> {
    let seen =
        |head: &SignedHead| json!({ "root": head.checkpoint.root, "size": head.checkpoint.size });
    match (args.ledger_hash, &args.checkpoint) {
        (Some(ledger), Some(path)) => {
            let note = std::fs::read(path).map_err(|error| {
                Failure::usage(format!("{} cannot be read: {error}", path.display()))
            })?;
            let head = SignedHead::parse(&note).map_err(|reason| {
                Failure::usage(format!("{} is no checkpoint: {reason}", path.display()))
            })?;
            Ok((ledger, Some(seen(&head))))
        }
        (Some(ledger), None) => Ok((ledger, None)),
        (None, _) => {
            let folder = args.seen_from.as_deref().unwrap_or(&context.ledger);
            let prover = Prover::open(folder)?;
            let first = reading::read_durable(prover.records(), 0)?;
            // Before it is vouched for by a signature, the head is held against the records.
            prover.receipt(prover.newest().checkpoint.size.saturating_sub(1))?;
            Ok((leaf_hash(&first), Some(seen(prover.newest()))))
        }
    }
}

fn read_input(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        false => std::fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text)
}

/// A line for `post`: the body with `seen`, and all signatures over it.
fn signed_line(
    value: Value,
    key: &SignerKey,
    ledger: &Digest,
    seen: Option<&Value>,
) -> Result<Value, Failure> {
    let text = value.to_string();
    // Gate and shape are looked at before a key vouches for it; who posts it is said at the post.
    let incoming = Incoming::read(text.as_bytes(), Some("nobody")).map_err(Failure::usage)?;
    let wrapped = value.get("event").is_some();
    let mut body: Value = serde_json::from_slice(&incoming.body).map_err(Failure::other)?;
    if incoming.signatures.is_empty()
        && let (Some(seen), Some(fields)) = (seen, body.as_object_mut())
        && !fields.contains_key("seen")
    {
        // A body that was signed already stays as it is, or those signatures would break.
        fields.insert("seen".to_owned(), seen.clone());
    }
    let mut bytes = Vec::new();
    canonical::canonicalise(body.to_string().as_bytes(), &mut bytes)
        .map_err(|fault| Failure::usage(format!("the body is malformed: {}", fault.reason)))?;
    read_event(&bytes).map_err(Failure::usage)?;
    let mut signatures = incoming.signatures;
    signatures.retain(|one| one.key != key.verifier().public());
    signatures.push(Signature::sign(key.signing_key(), ledger, &bytes));
    signatures.sort_by_key(|one| one.key);
    if signatures.len() > SIGNATURES_MAX {
        return Err(Failure::usage(format!(
            "an event carries at most {SIGNATURES_MAX} signatures"
        )));
    }
    let signatures: Vec<Value> = signatures
        .iter()
        .map(|one| json!({ "key": one.key.to_string(), "sig": one.sig_text() }))
        .collect();
    let mut line = json!({ "event": body, "signatures": signatures });
    if wrapped && let Some(posted_by) = value.get("as") {
        line["as"] = posted_by.clone();
    }
    Ok(line)
}
