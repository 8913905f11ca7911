//! `read-sheet`: the process in which a served ledger has a sheet read; for nobody to type.
//!
//! It bounds its own memory and time before it reads the first byte, and opens nothing.

use super::Failure;
use crate::interchange::import::apart;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{BufReader, BufWriter};
use std::process::ExitCode;

/// The most memory that reading a sheet may take: what the largest one unpacks to, several times.
const MEMORY_BYTES_MAX: u64 = 2 << 30;

/// The most processor time, in seconds.
const SECONDS_MAX: u64 = 60;

/// Reads an order and a file from standard input and answers on standard output.
pub fn run() -> Result<ExitCode, Failure> {
    for (resource, most) in [
        (Resource::As, MEMORY_BYTES_MAX),
        (Resource::Cpu, SECONDS_MAX),
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
