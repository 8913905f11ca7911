//! `read-sheet`: the process in which a served ledger has a sheet read; for nobody to type.
//!
//! It bounds its own memory and time before it reads the first byte, and opens nothing.

use super::Failure;
use crate::interchange::import::apart;
use crate::service::bounds;
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{BufReader, BufWriter};
use std::process::ExitCode;

/// The bounds of the process, which whoever starts it sets.
#[derive(Args, Debug)]
pub struct ReadSheetArgs {
    /// The most memory, in bytes.
    #[arg(long, default_value_t = bounds::SHEET_MEMORY_BYTES_MAX)]
    memory_bytes: u64,
    /// The most processor time, in seconds.
    #[arg(long, default_value_t = bounds::SHEET_SECONDS_MAX)]
    seconds: u64,
}

/// Reads an order and a file from standard input and answers on standard output.
pub fn run(args: &ReadSheetArgs) -> Result<ExitCode, Failure> {
    for (resource, most) in [
        (Resource::As, args.memory_bytes),
        (Resource::Cpu, args.seconds),
        (Resource::Core, 0),
        // No file that it might open could be written.
        (Resource::Fsize, 0),
    ] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).map_err(Failure::other)?;
    }
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    apart::serve(&mut input, &mut output).map_err(Failure::other)?;
    Ok(ExitCode::SUCCESS)
}
