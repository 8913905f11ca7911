//! `post`: events from JSON Lines, one JSON line of outcome each, written when it is durable.

use super::compose::{self, Opening};
use super::remote::{self, Posting};
use super::{Context, Failure, checkpoint, progress, proof};
use crate::base::EventId;
use crate::ledger::bulk::{self, LineOutcome};
use crate::ledger::proving::Prover;
use crate::ledger::telling::{self, Told};
use crate::ledger::{Ledger, Mode};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Post events.
#[derive(clap::Args)]
pub struct Args {
    /// The principal that posts, where a line names none.
    #[arg(long = "as", value_name = "PRINCIPAL")]
    posted_by: Option<String>,
    /// All or none, or each by itself.
    #[arg(long, value_enum, default_value_t = PostMode::Atomic)]
    mode: PostMode,
    /// Decide, and record nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    opening: Opening,
    /// Write a receipt (ID.tlog-proof) and the record (ID.json) of each recorded event here.
    #[arg(long, value_name = "DIR")]
    receipt: Option<PathBuf>,
    /// Copy the signed head here, durable before the command ends: on another disk it shows when a
    /// restore is stale.
    #[arg(long, value_name = "PATH")]
    head_copy: Option<PathBuf>,
    /// JSON Lines; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// How the events of one post belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PostMode {
    /// All are recorded, or none.
    Atomic,
    /// Each by itself.
    Continue,
}

/// Posts the file and prints a line for each event.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        if args.head_copy.is_some() {
            return Err(Failure::usage(
                "--head-copy is for the machine that signs; leave it out with --url",
            ));
        }
        let mode = match args.mode {
            PostMode::Atomic => "atomic",
            PostMode::Continue => "continue",
        };
        let receipt = args.receipt.as_deref();
        let Args { file, dry_run, .. } = args;
        return remote::post(&client, &Posting { file, mode, dry_run: *dry_run, receipt });
    }
    let mut input = open_input(&args.file)?;
    let ledger = compose::open(context, &args.opening)?;
    if let Some(path) = &args.head_copy {
        checkpoint::refuse_behind(&ledger, path)?;
    }
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    let mut recorded = Recorded(args.receipt.is_some().then(Vec::new));
    let told = match (args.mode, args.dry_run) {
        (PostMode::Continue, false) => {
            post_each(&ledger, &mut *input, args, &mut out, &mut recorded)?
        }
        (PostMode::Atomic, false) => {
            post_atomic(&ledger, &mut *input, args, &mut out, &mut recorded)?
        }
        (mode, true) => dry_run(&ledger, &mut *input, args, mode, &mut out)?,
    };
    out.flush()?;
    if !args.dry_run {
        let note = ledger.checkpoint().map_err(Failure::other)?;
        if let Some(path) = &args.head_copy {
            checkpoint::copy_head(path, &note)?;
        }
        ledger.close().map_err(Failure::other)?;
        if let (Some(folder), Some(recorded)) = (&args.receipt, &recorded.0) {
            write_receipts(&Prover::open(&context.ledger)?, folder, recorded)?;
        }
    }
    if told.lines == 0 {
        eprintln!("fundtrail: the input holds no event, so nothing was posted");
    }
    Ok(if told.clean { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// What was told on standard output.
struct Count {
    /// How many outcomes.
    lines: usize,
    /// Was everything recorded, now or before?
    clean: bool,
}

/// The events whose receipts are wanted: number and id; none where nobody asked.
struct Recorded(Option<Vec<(u64, EventId)>>);

impl Recorded {
    fn add(&mut self, told: &Told) {
        if let (Some(all), Some(id), Some(seq)) = (&mut self.0, told.id, told.seq) {
            all.push((seq, id));
        }
    }
}

/// Writes receipt and record of each event; who posted it again gets them again.
fn write_receipts(
    prover: &Prover,
    folder: &Path,
    recorded: &[(u64, EventId)],
) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::other(format!("{} cannot be made: {error}", folder.display())))?;
    for (seq, id) in recorded {
        proof::write(&folder.join(format!("{id}.json")), &proof::line_of(prover, *seq)?)?;
        let receipt = prover.receipt(*seq)?.to_string();
        proof::write(&folder.join(format!("{id}.tlog-proof")), receipt.as_bytes())?;
    }
    Ok(())
}

fn open_input(file: &Path) -> Result<Box<dyn BufRead + Send>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 18, super::open_file(file)?)))
}

fn post_each(
    ledger: &Ledger,
    input: &mut (dyn BufRead + Send),
    args: &Args,
    out: &mut (impl Write + Send),
    recorded: &mut Recorded,
) -> Result<Count, Failure> {
    let mut count = Count { lines: 0, clean: true };
    let progress = progress::counter("posted");
    let mut tell = |one: LineOutcome| {
        let told = Told::of(one.line, one.id, &one.outcome);
        progress.inc(1);
        recorded.add(&told);
        count.tell(out, &told)
    };
    bulk::post_each(ledger, input, args.posted_by.as_deref(), &mut tell)?;
    progress.finish_and_clear();
    Ok(count)
}

fn post_atomic(
    ledger: &Ledger,
    input: &mut dyn BufRead,
    args: &Args,
    out: &mut impl Write,
    recorded: &mut Recorded,
) -> Result<Count, Failure> {
    let lines = bulk::read_all(input, args.posted_by.as_deref())?;
    let mut count = Count { lines: 0, clean: true };
    for told in telling::post_atomic(ledger, &lines, &telling::whole)? {
        recorded.add(&told);
        count.tell(out, &told)?;
    }
    Ok(count)
}

fn dry_run(
    ledger: &Ledger,
    input: &mut dyn BufRead,
    args: &Args,
    mode: PostMode,
    out: &mut impl Write,
) -> Result<Count, Failure> {
    let lines = bulk::read_all(input, args.posted_by.as_deref())?;
    let mode = match mode {
        PostMode::Atomic => Mode::Atomic,
        PostMode::Continue => Mode::Continue,
    };
    let mut count = Count { lines: 0, clean: true };
    for told in telling::dry_run(ledger, &lines, mode, &telling::whole)? {
        count.tell(out, &told)?;
    }
    Ok(count)
}

impl Count {
    fn tell(&mut self, out: &mut impl Write, told: &Told) -> io::Result<()> {
        self.lines += 1;
        self.clean &= told.stands();
        out.write_all(&told.to_line())
    }
}
