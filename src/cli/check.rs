//! `check`: one receipt with nothing else, or all that a principal keeps of a ledger.

use super::{Context, Failure, Format, print};
use crate::chain::note::key::VerifierKey;
use crate::chain::policy::Policy;
use crate::chain::proof::Proof;
use crate::chain::record::{Record, leaf_hash};
use crate::chain::verdict::{Brought, Judged, Verdict, judge};
use crate::ledger::proving::{Prover, SignedHead};
use serde_json::json;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check a receipt, or the receipts that a principal keeps.
#[derive(clap::Args)]
pub struct Args {
    /// The receipt.
    #[arg(value_name = "RECEIPT", required_unless_present = "mine", requires_all = ["record", "key"])]
    receipt: Option<PathBuf>,
    /// The record: its line as it stands in the ledger.
    #[arg(long, value_name = "FILE", requires = "receipt")]
    record: Option<PathBuf>,
    /// The log's verifier key, whole, as you got it from outside: an id alone proves nothing.
    #[arg(long, value_name = "VKEY", value_parser = super::backup::parse_vkey)]
    key: Option<VerifierKey>,
    /// The policy file that names the witnesses you trust.
    #[arg(long, value_name = "FILE", requires = "receipt")]
    policy: Option<PathBuf>,
    /// The folder of your receipts (*.tlog-proof), held against the ledger.
    #[arg(long, value_name = "DIR", conflicts_with = "receipt", requires = "posted_by")]
    mine: Option<PathBuf>,
    /// The principal whose records are asked for.
    #[arg(long = "as", value_name = "PRINCIPAL", requires = "mine")]
    posted_by: Option<String>,
}

/// Checks.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    match (&args.receipt, &args.record, &args.key, &args.mine, &args.posted_by) {
        (Some(receipt), Some(record), Some(key), ..) => {
            one(context, receipt, record, key, args.policy.as_deref())
        }
        (.., Some(folder), Some(posted_by)) => mine(context, folder, posted_by, args.key.as_ref()),
        _ => Err(Failure::usage(
            "check takes RECEIPT --record FILE --key VKEY, or --mine DIR --as PRINCIPAL",
        )),
    }
}

fn one(
    context: &Context,
    receipt: &Path,
    record: &Path,
    key: &VerifierKey,
    policy: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let (receipt, record) = (read(receipt)?, read(record)?);
    let policy = policy.map(read_policy).transpose()?;
    let line = record.strip_suffix(b"\n").unwrap_or(&record);
    let judged = judge(&receipt, line, Brought { key, policy: policy.as_ref() });
    show(context, &judged)?;
    Ok(match judged.verdict {
        Verdict::Witnessed | Verdict::Included => ExitCode::SUCCESS,
        Verdict::Refuted => ExitCode::from(1),
    })
}

/// Reads a policy file that the reader brought.
pub(super) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Failure::usage(format!("{} is not UTF-8", path.display())))?;
    Policy::parse(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn show(context: &Context, judged: &Judged) -> Result<(), Failure> {
    let (verdict, label) = (judged.verdict.code(), judged.verdict.label());
    let head = judged.checkpoint.as_ref();
    if context.format != Format::Table {
        let facts = [
            ("verdict", json!(verdict)),
            ("label", json!(label.zh)),
            ("reason", json!(judged.reason)),
            ("seq", json!(judged.seq)),
            ("origin", json!(head.map(|head| &head.origin))),
            ("size", json!(head.map(|head| head.size))),
            ("root", json!(head.map(|head| head.root))),
            ("witnesses", json!(judged.witnesses)),
        ];
        return print::fields(context, &facts);
    }
    print::line(format_args!("{verdict} {}", label.zh))?;
    if let Some(reason) = &judged.reason {
        print::line(format_args!("{reason}"))?;
    }
    if let (Some(seq), Some(head)) = (judged.seq, head) {
        print::line(format_args!(
            "record {seq} of {}, head {} {}",
            head.origin, head.size, head.root
        ))?;
        print::line("This says that the record is there, never that nothing is missing.")?;
    }
    for witness in &judged.witnesses {
        print::line(format_args!("cosigned by {witness}"))?;
    }
    Ok(())
}

/// What is wrong between a principal's receipts and the ledger.
#[derive(serde::Serialize)]
struct Gap {
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    what: String,
}

fn mine(
    context: &Context,
    folder: &Path,
    posted_by: &str,
    key: Option<&VerifierKey>,
) -> Result<ExitCode, Failure> {
    let prover = Prover::open(&context.ledger)?;
    // The leaf of each record in that name: what is left over at the end has no receipt.
    let mut records = BTreeMap::new();
    prover.records().scan(0..prover.records().head().size, &mut |seq, line| {
        if Record::parse(line).is_ok_and(|record| record.posted_by == posted_by) {
            records.insert(seq, (leaf_hash(line), false));
        }
        ControlFlow::Continue(())
    })?;
    let mut gaps = Vec::new();
    let mut receipts = 0;
    for path in receipts_in(folder)? {
        receipts += 1;
        match held(&prover, &read(&path)?, &records, key) {
            Ok(seq) => {
                if let Some((_, has_receipt)) = records.get_mut(&seq) {
                    *has_receipt = true;
                }
            }
            Err(what) => {
                gaps.push(Gap { seq: None, file: Some(path.display().to_string()), what });
            }
        }
    }
    let without = records.iter().filter(|(_, (_, has_receipt))| !has_receipt);
    gaps.extend(without.map(|(seq, _)| Gap {
        seq: Some(*seq),
        file: None,
        what: format!("record {seq} is in the name of {posted_by}, and there is no receipt of it"),
    }));
    if context.format == Format::Table {
        for gap in &gaps {
            match &gap.file {
                Some(file) => print::line(format_args!("{file}: {}", gap.what))?,
                None => print::line(&gap.what)?,
            }
        }
        print::line(format_args!(
            "{} records, {receipts} receipts, {} differences",
            records.len(),
            gaps.len()
        ))?;
    } else {
        print::json(&json!({
            "principal": posted_by, "records": records.len(), "receipts": receipts,
            "differences": gaps,
        }))?;
    }
    Ok(if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The number of the record that a receipt holds for, in this ledger and that name.
fn held(
    prover: &Prover,
    receipt: &[u8],
    records: &BTreeMap<u64, (crate::base::Digest, bool)>,
    key: Option<&VerifierKey>,
) -> Result<u64, String> {
    let proof = Proof::parse(receipt).map_err(|error| error.to_string())?;
    let head = SignedHead::parse(proof.checkpoint.as_bytes())?.checkpoint;
    let (leaf, _) = records.get(&proof.index).ok_or_else(|| {
        format!("its record {} is not in the ledger in that name: keep the receipt", proof.index)
    })?;
    crate::chain::merkle::proof::verify_inclusion(
        leaf,
        proof.index,
        head.size,
        &proof.hashes,
        &head.root,
    )
    .map_err(|_| format!("it is of another record {} than the ledger's: keep it", proof.index))?;
    let ours = prover.root(head.size).map_err(|error| error.to_string())?;
    if ours != head.root {
        return Err(format!(
            "its head of {} records is not this ledger's: these are two histories, keep it",
            head.size
        ));
    }
    if let Some(key) = key {
        let known = std::slice::from_ref(key);
        proof.verify(leaf, known).map_err(|refuted| refuted.to_string())?;
    }
    Ok(proof.index)
}

fn receipts_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::usage(format!("{} cannot be read: {error}", folder.display()))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "tlog-proof") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))
}
