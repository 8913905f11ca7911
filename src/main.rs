//! The program: parse the command line, run the command, give its exit code.

fn main() {}
