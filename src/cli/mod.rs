//! Commands: a file each, thin; what they print goes through one printer.
//!
//! Data goes to standard output, everything else to standard error. Exit codes (design section 9):
//! 0 done; 1 verification, inspection or reconciliation found something; 2 usage; 3 at least one
//! event refused; 4 the ledger cannot be read, is damaged or locked; 5 other failure.

mod ageing;
mod audit_pack;
mod backup;
mod balances;
mod check;
mod checkpoint;
mod compose;
mod demo;
mod diff;
mod disclosure;
mod draft;
mod evidence;
mod export;
mod export_tiles;
mod failure;
mod feedback;
mod findings;
mod import;
mod init;
mod inquiry;
mod inspect;
mod keygen;
mod list;
mod log_key;
mod mirror;
mod post;
mod principal;
mod print;
mod progress;
mod proof;
mod read_sheet;
mod reconcile;
mod remote;
mod report;
mod serve;
mod sign;
mod statement;
mod token;
mod trace;
mod verify;
mod witness;

pub use failure::Failure;

use clap::{Parser, Subcommand, ValueEnum};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The ledger of poverty-alleviation money that anyone can verify.
#[derive(Parser)]
#[command(name = "fundtrail", version, max_term_width = 100)]
struct Cli {
    /// The ledger's folder.
    #[arg(
        long,
        global = true,
        env = "FUNDTRAIL_LEDGER",
        value_name = "DIR",
        default_value = "ledger"
    )]
    ledger: PathBuf,
    /// How answers are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The language of labels.
    #[arg(long, global = true, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    #[command(flatten)]
    remote: remote::Remote,
    #[command(subcommand)]
    command: Command,
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// JSON, stable and documented.
    Json,
    /// CSV, safe to open in a spreadsheet.
    Csv,
}

/// The language of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// 中文.
    Zh,
}

/// What every command knows.
pub struct Context {
    /// The ledger's folder.
    pub ledger: PathBuf,
    /// How answers are printed.
    pub format: Format,
    /// The language of labels.
    pub lang: Lang,
    /// The served ledger, where an address is named.
    remote: remote::Remote,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new ledger; prints its verifier key.
    Init(init::Args),
    /// Post events from a file of JSON Lines.
    Post(post::Args),
    /// Print what came, went and stands, by jurisdiction.
    Balances(balances::Args),
    /// Recompute everything from the records alone.
    Verify(verify::Args),
    /// Make a ledger with a synthetic year of the 62 poor counties, print what stands in it, and
    /// serve it.
    Demo(demo::Args),
    /// List exceptions, reversals, returns, late entries, what was reopened.
    List(list::Args),
    /// Serve the ledger over HTTP.
    Serve(serve::Args),
    /// Follow money from its origin to its use.
    Trace(trace::Args),
    /// Point at what an inspector should look into, rule by rule.
    Inspect(inspect::Args),
    /// How long money waits, and where.
    Ageing(ageing::Args),
    /// What is shown to the public, and what is still to be shown.
    Disclosure(disclosure::Args),
    /// What supervision found, and how far each finding has come.
    Findings(findings::Args),
    /// What givers are still to be told, and since when it is late.
    Feedback(feedback::Args),
    /// State what became of a lot: what came, each use, what remains, what its giver was told.
    Statement(statement::Args),
    /// Print the figures that a report states, and the digest to file with them.
    Report(report::Args),
    /// Compare a bank's statement with the ledger's bank references.
    Reconcile(reconcile::Args),
    /// Export records, figures, or all that an auditor needs.
    Export(export::Args),
    /// Post a bureau's CSV or XLSX sheet, each row by itself.
    Import(import::Args),
    /// Write a body for you: ids, look-up codes, lots drawn, figures.
    Draft(draft::Args),
    /// List, grant or revoke who may post and read.
    Principal(principal::Args),
    /// Store or fetch a document beside the ledger.
    Evidence(evidence::Args),
    /// Copy the ledger, up to its newest checkpoint.
    Backup(backup::BackupArgs),
    /// Put a copy back into the place named by --ledger.
    Restore(backup::RestoreArgs),
    /// Print the newest signed head, and sign it where records stand behind the last.
    Checkpoint(checkpoint::Args),
    /// Show what changed between two heads: entries, late ones among them, and balances.
    Diff(diff::Args),
    /// Change the log's key.
    LogKey(log_key::Args),
    /// Make a key for signing events; prints its public half.
    Keygen(keygen::Args),
    /// Sign bodies offline; prints the lines that `post` takes.
    Sign(sign::Args),
    /// Check a receipt with nothing else, or all receipts that a principal keeps.
    Check(check::Args),
    /// Write the receipt of one record (.tlog-proof).
    Proof(proof::ProofArgs),
    /// Pull a ledger into a verified copy that never goes back.
    Mirror(mirror::Args),
    /// Cosign heads of ledgers, or have this ledger's heads cosigned.
    Witness(witness::Args),
    /// Print the proof that one size continues another, one base64 hash a line.
    Consistency(proof::ConsistencyArgs),
    /// Read a sheet from standard input; a served ledger starts it.
    #[command(hide = true)]
    ReadSheet(read_sheet::ReadSheetArgs),
    /// Print a script that completes commands in your shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Opens a file that the command line names, for reading.
fn open_file(path: &Path) -> Result<File, Failure> {
    let opened = File::open(path).and_then(|opened| match opened.metadata()?.is_dir() {
        true => Err(io::Error::other("it is a folder")),
        false => Ok(opened),
    });
    opened.map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))
}

/// Runs the program; gives its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing can be done when even the usage cannot be written.
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let Cli { ledger, format, lang, remote, command } = cli;
    let context = Context { ledger, format, lang, remote };
    match run(&context, command) {
        Ok(code) => code,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fundtrail: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// Does the command work on a ledger that is served elsewhere, or need none at all?
fn works_by_address(command: &Command) -> bool {
    matches!(
        command,
        Command::Post(_)
            | Command::Balances(_)
            | Command::Checkpoint(_)
            | Command::Proof(_)
            | Command::Consistency(_)
            | Command::Evidence(_)
            | Command::Feedback(_)
            | Command::Findings(_)
            | Command::Inspect(_)
            | Command::Disclosure(_)
            | Command::Keygen(_)
            | Command::Mirror(_)
            | Command::ReadSheet(_)
            | Command::Completions { .. }
    )
}

fn run(context: &Context, command: Command) -> Result<ExitCode, Failure> {
    if !works_by_address(&command) {
        context.remote.refuse()?;
    }
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Post(args) => post::run(context, &args),
        Command::Balances(args) => balances::run(context, &args),
        Command::Verify(args) => verify::run(context, &args),
        Command::Demo(args) => demo::run(context, &args),
        Command::List(args) => list::run(context, &args),
        Command::Serve(args) => serve::run(context, &args),
        Command::Trace(args) => trace::run(context, &args),
        Command::Inspect(args) => inspect::run(context, &args),
        Command::Ageing(args) => ageing::run(context, &args),
        Command::Disclosure(args) => disclosure::run(context, &args),
        Command::Findings(args) => findings::run(context, &args),
        Command::Feedback(args) => feedback::run(context, &args),
        Command::Statement(args) => statement::run(context, &args),
        Command::Report(args) => report::run(context, &args),
        Command::Reconcile(args) => reconcile::run(context, &args),
        Command::Export(args) => export::run(context, &args),
        Command::Import(args) => import::run(context, &args),
        Command::Draft(args) => draft::run(context, &args),
        Command::Principal(args) => principal::run(context, &args),
        Command::Evidence(args) => evidence::run(context, &args),
        Command::Backup(args) => backup::backup(context, &args),
        Command::Restore(args) => backup::restore(context, &args),
        Command::Checkpoint(args) => checkpoint::run(context, &args),
        Command::Diff(args) => diff::run(context, &args),
        Command::LogKey(args) => log_key::run(context, &args),
        Command::Keygen(args) => keygen::run(context, &args),
        Command::Sign(args) => sign::run(context, &args),
        Command::Check(args) => check::run(context, &args),
        Command::Proof(args) => proof::proof(context, &args),
        Command::Mirror(args) => mirror::run(context, &args),
        Command::Witness(args) => witness::run(context, &args),
        Command::Consistency(args) => proof::consistency(context, &args),
        Command::ReadSheet(args) => read_sheet::run(&args),
        Command::Completions { shell } => {
            let mut command = <Cli as clap::CommandFactory>::command();
            clap_complete::generate(shell, &mut command, "fundtrail", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
