//! `init`: a new ledger.

use super::{Context, Failure, print};
use crate::ledger::{Ledger, Opening};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Make a new ledger.
#[derive(clap::Args)]
pub struct Args {
    /// The ledger's name, which is also its log key's, such as ledger.hebei.example/2017.
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// Jurisdictions as CSV with the columns code, name, pinyin, level, parent_code,
    /// poverty_status, heavy_task_city. Built in: the 180 codes of Hebei.
    #[arg(long, value_name = "FILE")]
    jurisdictions: Option<PathBuf>,
}

/// Makes the ledger and prints its verifier key.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let jurisdictions = match &args.jurisdictions {
        None => None,
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!("{} cannot be read: {error}", path.display()))
        })?),
    };
    let opening = Opening { jurisdictions: jurisdictions.as_deref(), ..Opening::new(&args.origin) };
    let vkey = Ledger::init(&context.ledger, opening)?;
    let records = crate::store::SegmentsReader::open(&context.ledger)?.reader();
    let first = crate::ledger::reading::read_durable(&*records, 0)?;
    let ledger_hash = crate::chain::record::leaf_hash(&first);
    match context.format {
        super::Format::Table => print::fields(context, &[("vkey", json!(vkey))])?,
        super::Format::Json | super::Format::Csv => {
            print::fields(context, &[("vkey", json!(vkey)), ("ledger_hash", json!(ledger_hash))])?
        }
    }
    if context.format == super::Format::Table {
        eprintln!(
            "The ledger is ready in {}. Give the key above to everyone who will verify it: \
             whoever brings it from elsewhere need not trust this folder.\n\
             Events are signed for the ledger {ledger_hash} (the leaf hash of record 0).",
            context.ledger.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}
