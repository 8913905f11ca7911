//! The program: parse the command line, run the command, give its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    fundtrail::cli::main()
}
