//! `post`: events from JSON Lines, one JSON line of outcome each, written when it is durable.

use super::compose::{self, Opening};
use super::{Context, Failure, checkpoint, progress, proof};
use crate::base::EventId;
use crate::domain::Refusal;
use crate::ledger::bulk::{self, Line, LineOutcome, id_of};
use crate::ledger::proving::Prover;
use crate::ledger::{DryOutcome, Incoming, Ledger, Mode, Outcome};
use serde_json::value::RawValue;
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
struct Told {
    /// How many outcomes.
    lines: usize,
    /// Was everything recorded, now or before?
    clean: bool,
}

/// The events whose receipts are wanted: number and id; none where nobody asked.
struct Recorded(Option<Vec<(u64, EventId)>>);

impl Recorded {
    fn add(&mut self, id: Option<EventId>, outcome: &Outcome) {
        if let (Some(all), Some(id)) = (&mut self.0, id)
            && let Outcome::Recorded { seq, .. } | Outcome::Duplicate { seq, .. } = outcome
        {
            all.push((*seq, id));
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
) -> Result<Told, Failure> {
    let mut told = Told { lines: 0, clean: true };
    let progress = progress::counter("posted");
    let mut tell = |one: LineOutcome| {
        told.clean &= matches!(one.outcome, Outcome::Recorded { .. } | Outcome::Duplicate { .. });
        told.lines += 1;
        progress.inc(1);
        recorded.add(one.id, &one.outcome);
        write_outcome(out, one.line, one.id, &one.outcome)
    };
    bulk::post_each(ledger, input, args.posted_by.as_deref(), &mut tell)?;
    progress.finish_and_clear();
    Ok(told)
}

fn post_atomic(
    ledger: &Ledger,
    input: &mut dyn BufRead,
    args: &Args,
    out: &mut impl Write,
    recorded: &mut Recorded,
) -> Result<Told, Failure> {
    let lines = bulk::read_all(input, args.posted_by.as_deref())?;
    // Deciding stops at the first refusal, so nothing behind a line that is none is looked at.
    let fault = lines.iter().position(|line| line.incoming.is_err());
    let outcomes = match fault {
        Some(fault) => refused_at(ledger, &lines, fault)?,
        None => ledger.post(&events(&lines), Mode::Atomic)?,
    };
    for (line, outcome) in lines.iter().zip(&outcomes) {
        let id = line.incoming.as_ref().ok().and_then(id_of);
        recorded.add(id, outcome);
        write_outcome(out, line.number, id, outcome)?;
    }
    let stands =
        |one: &Outcome| matches!(one, Outcome::Recorded { .. } | Outcome::Duplicate { .. });
    Ok(Told { lines: outcomes.len(), clean: outcomes.iter().all(stands) })
}

/// The outcomes of an atomic post in which a line is no event: an earlier refusal counts first, and
/// nothing is recorded either way.
fn refused_at(ledger: &Ledger, lines: &[Line], fault: usize) -> Result<Vec<Outcome>, Failure> {
    let before = ledger.dry_run(&events(&lines[..fault]), Mode::Atomic)?;
    let mut outcomes = vec![Outcome::NotRecorded; lines.len()];
    let earlier = before.into_iter().enumerate().find_map(|(at, one)| match one {
        DryOutcome::Refused(refusal) => Some((at, refusal)),
        DryOutcome::Recorded { .. } | DryOutcome::Duplicate { .. } | DryOutcome::NotRecorded => {
            None
        }
    });
    let (at, refusal) = match (earlier, &lines[fault].incoming) {
        (Some(earlier), _) => earlier,
        (None, Err(refusal)) => (fault, refusal.clone()),
        (None, Ok(_)) => unreachable!("the line at fault is no event"),
    };
    outcomes[at] = Outcome::Refused(refusal);
    Ok(outcomes)
}

fn events(lines: &[Line]) -> Vec<(&Incoming, Result<crate::domain::Event<'_>, Refusal>)> {
    let incoming = lines.iter().filter_map(|line| line.incoming.as_ref().ok());
    incoming.map(|incoming| (incoming, incoming.event())).collect()
}

fn dry_run(
    ledger: &Ledger,
    input: &mut dyn BufRead,
    args: &Args,
    mode: PostMode,
    out: &mut impl Write,
) -> Result<Told, Failure> {
    let lines = bulk::read_all(input, args.posted_by.as_deref())?;
    let mode = match mode {
        PostMode::Atomic => Mode::Atomic,
        PostMode::Continue => Mode::Continue,
    };
    let mut outcomes = ledger.dry_run(&events(&lines), mode)?.into_iter();
    let (mut clean, mut refused) = (true, false);
    for line in &lines {
        let id = line.incoming.as_ref().ok().and_then(id_of);
        let outcome = match &line.incoming {
            Ok(_) => outcomes.next().expect("each event has its outcome"),
            Err(refusal) => DryOutcome::Refused(refusal.clone()),
        };
        let outcome = match outcome {
            _ if refused && mode == Mode::Atomic => DryOutcome::NotRecorded,
            outcome => outcome,
        };
        refused |= matches!(outcome, DryOutcome::Refused(_));
        clean &= matches!(outcome, DryOutcome::Recorded { .. } | DryOutcome::Duplicate { .. });
        write_dry(out, line.number, id, &outcome)?;
    }
    Ok(Told { lines: lines.len(), clean })
}

/// One JSON line of outcome; fields that do not apply are left out.
#[derive(serde::Serialize)]
struct OutcomeLine<'o> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EventId>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf_hash: Option<crate::base::Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<crate::domain::Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'o crate::domain::refusal::Details>,
    #[serde(skip_serializing_if = "Option::is_none")]
    movements: Option<&'o RawValue>,
}

impl<'o> OutcomeLine<'o> {
    fn new(line: u64, id: Option<EventId>, status: &'static str) -> OutcomeLine<'o> {
        OutcomeLine {
            line,
            id,
            status,
            seq: None,
            leaf_hash: None,
            code: None,
            message: None,
            details: None,
            movements: None,
        }
    }

    fn refused(self, refusal: &'o Refusal) -> OutcomeLine<'o> {
        OutcomeLine {
            code: Some(refusal.code),
            message: Some(refusal.message()),
            details: Some(&refusal.details),
            ..self
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

fn write_outcome(
    out: &mut impl Write,
    line: u64,
    id: Option<EventId>,
    outcome: &Outcome,
) -> io::Result<()> {
    let shown = |status| OutcomeLine::new(line, id, status);
    match outcome {
        Outcome::Recorded { seq, leaf_hash } => {
            OutcomeLine { seq: Some(*seq), leaf_hash: Some(*leaf_hash), ..shown("recorded") }
                .write(out)
        }
        Outcome::Duplicate { seq, leaf_hash } => {
            OutcomeLine { seq: Some(*seq), leaf_hash: Some(*leaf_hash), ..shown("duplicate") }
                .write(out)
        }
        Outcome::Refused(refusal) => shown("refused").refused(refusal).write(out),
        Outcome::NotRecorded => shown("not_recorded").write(out),
    }
}

fn write_dry(
    out: &mut impl Write,
    line: u64,
    id: Option<EventId>,
    outcome: &DryOutcome,
) -> Result<(), Failure> {
    let shown = |status| OutcomeLine::new(line, id, status);
    let written = match outcome {
        DryOutcome::Recorded { seq, movements } => {
            let movements = serde_json::from_slice(movements).map_err(Failure::other)?;
            OutcomeLine { seq: Some(*seq), movements: Some(movements), ..shown("recorded") }
                .write(out)
        }
        DryOutcome::Duplicate { seq } => {
            OutcomeLine { seq: Some(*seq), ..shown("duplicate") }.write(out)
        }
        DryOutcome::Refused(refusal) => shown("refused").refused(refusal).write(out),
        DryOutcome::NotRecorded => shown("not_recorded").write(out),
    };
    Ok(written?)
}
