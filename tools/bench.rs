//! The benchmark: how fast the ledger posts, verifies, answers and opens, each beside a measure that
//! every machine has, taken in turns in the same run.
//!
//! It asserts nothing about time: machines differ and are busy, so the ratios count. Run it by
//! `tools/bench`. The figures to reach stand in the design, those reached in `CHANGELOG.md`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

mod bench_events;
mod bench_proofs;

use bench_events::Events;
use clap::Parser;
use fundtrail::base::EventId;
use fundtrail::ledger::{Incoming, Ledger, Mode, OpenOptions, Outcome};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

/// Measure posting, verifying, answering and opening.
#[derive(Parser)]
struct Args {
    /// How many events are posted.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// How often each thing is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many single posts are measured.
    #[arg(long, default_value_t = 2000)]
    posts: u32,
    /// A folder for the files, on the disk that is to be measured; what it held is deleted.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Only write the events there and end.
    #[arg(long)]
    only_events: bool,
}

/// What one run of something took.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    /// Time of all cores, of a program that was run and ended.
    cpu: Duration,
}

struct Bench {
    args: Args,
    program: PathBuf,
    table: Vec<[String; 3]>,
}

fn main() -> Result<(), Failed> {
    let args = Args::parse();
    fs::create_dir_all(&args.folder)?;
    let program = std::env::current_exe()?.with_file_name("../fundtrail");
    let mut bench = Bench { args, program, table: Vec::new() };
    let events = BufWriter::new(File::create(bench.events())?);
    Events::write(events, bench.args.events)?;
    if bench.args.only_events {
        return Ok(());
    }
    let load_before = load();
    bench.posting()?;
    bench.verifying()?;
    bench.answering()?;
    bench.table.extend(bench_proofs::rows(&bench.ledger())?);
    bench.opening()?;
    bench.single_posts()?;
    bench.print(&load_before);
    Ok(())
}

impl Bench {
    fn events(&self) -> PathBuf {
        self.args.folder.join("events.jsonl")
    }

    fn ledger(&self) -> PathBuf {
        self.args.folder.join("ledger")
    }

    fn fundtrail(&self, args: &[&str], out: Stdio) -> Result<Took, Failed> {
        let ledger = self.ledger();
        run(Command::new(&self.program).arg("--ledger").arg(ledger).args(args).stdout(out))
    }

    fn row(&mut self, work: &str, took: impl Into<String>, measure: impl Into<String>) {
        self.table.push([work.to_owned(), took.into(), measure.into()]);
    }

    /// A new ledger, and the events from file to file; the program's start and clean stop included.
    fn posting(&mut self) -> Result<(), Failed> {
        let events = self.events();
        let input = events.to_str().ok_or("the folder's name is no text")?;
        let mut all = Vec::new();
        for _ in 0..self.args.rounds {
            if self.ledger().exists() {
                fs::remove_dir_all(self.ledger())?;
            }
            self.fundtrail(&["init", "--origin", "bench.example/2017"], Stdio::null())?;
            let out = File::create(self.args.folder.join("outcomes.jsonl"))?;
            all.push(self.fundtrail(&["post", "--mode", "continue", input], out.into())?);
        }
        let per_second = |wall: Duration| self.args.events as f64 / wall.as_secs_f64();
        let (best, median) = (best(&all), median(&all));
        let cpu_us = median.cpu.as_secs_f64() * 1e6 / self.args.events as f64;
        let (events, input_bytes) = (self.args.events, fs::metadata(&events)?.len());
        let best =
            format!("best {:.0}/s, median {:.0}/s", per_second(best.wall), per_second(median.wall));
        self.row(
            &format!("bulk post of {events} events ({} bytes each)", input_bytes / events.max(1)),
            best,
            format!("{cpu_us:.2} µs of CPU an event"),
        );
        Ok(())
    }

    /// `verify` of the folder beside two digests of the same bytes.
    fn verifying(&mut self) -> Result<(), Failed> {
        let records = self.records()?;
        let bytes = sizes(&records)?;
        let hash = |program: &str, args: &[&str]| {
            run(Command::new(program).args(args).args(&records).stdout(Stdio::null()))
        };
        let (mut ours, mut sha256sum, mut openssl) = (Vec::new(), Vec::new(), Vec::new());
        let has_openssl = hash("openssl", &["dgst", "-sha256"]).is_ok();
        for _ in 0..self.args.rounds {
            ours.push(self.fundtrail(&["verify"], Stdio::null())?);
            sha256sum.push(hash("sha256sum", &[])?);
            if has_openssl {
                openssl.push(hash("openssl", &["dgst", "-sha256"])?);
            }
        }
        let shown = |took: Took| {
            let wall = took.wall.as_secs_f64();
            format!("{wall:.2} s, {:.2} GB/s, {:.2} s of CPU", bytes as f64 / wall / 1e9, cpu(took))
        };
        let own = median(&ours);
        let name = format!("verify of {} MB of records", bytes / 1_000_000);
        self.row(&name, shown(own), format!("{} records", self.size()?));
        for (program, others) in [("sha256sum", sha256sum), ("openssl dgst -sha256", openssl)] {
            if others.is_empty() {
                continue;
            }
            let other = median(&others);
            let ratio = own.wall.as_secs_f64() / other.wall.as_secs_f64();
            let of_cpu = cpu(own) / cpu(other);
            let against = format!("verify takes {ratio:.2}× its time, {of_cpu:.2}× its CPU");
            self.row(&format!("  {program}"), shown(other), against);
        }
        Ok(())
    }

    fn answering(&mut self) -> Result<(), Failed> {
        let args = ["--format", "csv", "balances"];
        let each = (0..self.args.rounds).map(|_| self.fundtrail(&args, Stdio::null()));
        let took = median(&each.collect::<Result<Vec<_>, _>>()?);
        let seconds = took.wall.as_secs_f64();
        self.row(
            "balances, all records folded",
            format!("{seconds:.2} s"),
            format!("{:.2} s of CPU", cpu(took)),
        );
        Ok(())
    }

    /// Opening from the state file that a clean stop left, and from the records alone.
    fn opening(&mut self) -> Result<(), Failed> {
        let open = |bench: &Bench| -> Result<Took, Failed> {
            let begun = Instant::now();
            let (ledger, _) = Ledger::open(&bench.ledger(), OpenOptions::default())?;
            let wall = begun.elapsed();
            drop(ledger);
            Ok(Took { wall, cpu: Duration::ZERO })
        };
        let each = (0..self.args.rounds).map(|_| open(self));
        let from_file = median(&each.collect::<Result<Vec<_>, _>>()?).wall.as_secs_f64();
        fs::remove_dir_all(self.ledger().join("index"))?;
        let replay = open(self)?.wall.as_secs_f64();
        self.row(
            "open after a clean stop",
            format!("{from_file:.3} s"),
            format!("without index/ {replay:.2} s: {:.1} times", replay / from_file),
        );
        Ok(())
    }

    /// Single durable posts through the library beside bare appends, in turns.
    fn single_posts(&mut self) -> Result<(), Failed> {
        let (ledger, _) = Ledger::open(&self.ledger(), OpenOptions::default())?;
        let mut bare = File::create(self.args.folder.join("bare"))?;
        let (mut posts, mut appends) = (Vec::new(), Vec::new());
        for number in 0..self.args.posts {
            let begun = Instant::now();
            bare.write_all(&[b'x'; 512])?;
            bare.sync_data()?;
            appends.push(begun.elapsed());
            let line = single(number);
            let begun = Instant::now();
            let incoming =
                Incoming::read(line.as_bytes(), None).map_err(|refusal| refusal.to_string())?;
            let outcomes = ledger.post(&[(&incoming, incoming.event())], Mode::Atomic)?;
            posts.push(begun.elapsed());
            if !matches!(outcomes[..], [Outcome::Recorded { .. }]) {
                return Err(format!("a single post was not recorded: {outcomes:?}").into());
            }
        }
        posts.sort();
        appends.sort();
        let at = |all: &[Duration], share: f64| {
            let index = (all.len() as f64 * share) as usize;
            all[index.min(all.len() - 1)].as_secs_f64() * 1e6
        };
        let shown =
            |all: &[Duration]| format!("p50 {:.0} µs, p99 {:.0} µs", at(all, 0.5), at(all, 0.99));
        let ratio = |share: f64| at(&posts, share) / at(&appends, share);
        let against = format!("p50 {:.2}×, p99 {:.2}× an append", ratio(0.5), ratio(0.99));
        let rows = [shown(&posts), shown(&appends)];
        self.row("one durable post", &*rows[0], against);
        self.row("  append of 512 bytes and fdatasync", &*rows[1], "");
        Ok(())
    }

    /// The files of records, in order.
    fn records(&self) -> Result<Vec<PathBuf>, Failed> {
        let entries = fs::read_dir(self.ledger().join("records"))?;
        let mut paths =
            entries.map(|one| one.map(|one| one.path())).collect::<Result<Vec<_>, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        Ok(paths)
    }

    fn size(&self) -> Result<u64, Failed> {
        let (ledger, _) = Ledger::open(&self.ledger(), OpenOptions::default())?;
        Ok(ledger.head().size)
    }

    fn print(&self, load_before: &str) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        println!("{cores} cores; load before: {load_before}; after: {}", load());
        let width = |column: usize| {
            let cells = self.table.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let (first, second) = (width(0), width(1));
        for [work, took, measure] in &self.table {
            println!("{work:first$}  {took:second$}  {measure}");
        }
    }
}

/// A gift that a county's custodian receives, as a line of `post`.
fn single(number: u32) -> String {
    let id = EventId::derived(&EventId(1), &number.to_be_bytes());
    let code = "130102";
    format!(
        "{{\"as\":\"charity-{code}-desk\",\"event\":{{\"id\":\"{id}\",\"type\":\"donation_received\",\
         \"jurisdiction\":\"{code}\",\"business_date\":\"2017-10-17\",\"by\":{{\"org\":\"charity-{code}\",\
         \"maker\":\"m-02\",\"checker\":\"m-07\"}},\"docs\":[{{\"number\":\"慈收〔2017〕单{number}号\",\
         \"sha256\":\"{:064x}\"}}],\"data\":{{\"lot\":\"S-{number}\",\"donor\":\"d-s{number}\",\
         \"donor_kind\":\"person\",\"custodian\":\"charity-{code}\",\"amount_fen\":5000,\
         \"bank_ref\":\"S2017-{number}\",\"intent\":{{\"fallback\":\"ask\"}},\"anonymity\":\"alias\"}}}}}}",
        u64::from(number) + 1
    )
}

/// Runs a program to its end; it must succeed.
fn run(command: &mut Command) -> Result<Took, Failed> {
    let (begun, cpu_before) = (Instant::now(), children_cpu());
    let status = command.status()?;
    let took = Took { wall: begun.elapsed(), cpu: children_cpu().saturating_sub(cpu_before) };
    match status.success() {
        true => Ok(took),
        false => Err(format!("{command:?} failed: {status}").into()),
    }
}

/// The time of all ended children, from Linux' own account in hundredths of a second; zero where
/// there is none.
fn children_cpu() -> Duration {
    let account = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = account.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

fn cpu(took: Took) -> f64 {
    // Never zero, so that a ratio is a number even where there is no account.
    took.cpu.as_secs_f64().max(0.01)
}

fn best(all: &[Took]) -> Took {
    sorted(all)[0]
}

fn median(all: &[Took]) -> Took {
    sorted(all)[all.len() / 2]
}

fn sorted(all: &[Took]) -> Vec<Took> {
    let mut all = all.to_vec();
    all.sort_by_key(|took| took.wall);
    all
}

fn sizes(paths: &[PathBuf]) -> io::Result<u64> {
    paths.iter().map(|path: &PathBuf| Path::new(path).metadata().map(|one| one.len())).sum()
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
