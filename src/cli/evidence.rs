//! `evidence`: documents stored beside the ledger, under the SHA-256 that records name.

use super::{Context, Failure, print, remote};
use crate::base::Digest;
use crate::store::evidence::Evidence;
use crate::store::layout::Layout;
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Store or fetch a document.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Store a document; prints the SHA-256 to name in `docs`.
    Add {
        /// Seal it: 64 random hex digits and LF go before it, so that its hash says nothing once
        /// the file is erased. For anything with personal data or a short text.
        #[arg(long)]
        sealed: bool,
        /// The document.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write a document to standard output.
    Get {
        /// The SHA-256 that a record names.
        #[arg(value_name = "SHA256", value_parser = parse_digest)]
        sha256: Digest,
    },
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| "a SHA-256 has 64 lower-case hexadecimal digits".to_owned())
}

/// Stores or fetches.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        return match &args.command {
            Command::Get { sha256 } => {
                remote::fetch(&client, &format!("/v1/evidence/{sha256}"), None)
            }
            Command::Add { .. } => Err(Failure::usage(
                "documents are stored beside the ledger, on its own machine; leave --url out",
            )),
        };
    }
    let layout = Layout::new(&context.ledger);
    if !layout.records().is_dir() {
        return Err(crate::store::Error::Missing { folder: context.ledger.clone() }.into());
    }
    let evidence = Evidence::new(&layout);
    match &args.command {
        Command::Add { sealed, file } => {
            let mut opened = super::open_file(file)?;
            let mut seal = [0; 32];
            getrandom::fill(&mut seal).map_err(Failure::other)?;
            let sha256 = evidence.add(&mut opened, sealed.then_some(&seal))?;
            print::fields(context, &[("sha256", json!(sha256))])?;
        }
        Command::Get { sha256 } => match evidence.get(*sha256)? {
            Some(bytes) => io::stdout().write_all(&bytes)?,
            None => {
                return Err(Failure::usage(format!(
                    "no document {sha256} is stored beside this ledger"
                )));
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}
