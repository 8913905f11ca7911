//! `demo`: a ledger with a synthetic year, clearly marked 示例, what stands in it, and the service
//! of it.

use super::serve::{self, Place};
use super::{Context, Failure, Format, print, progress};
use crate::demo::{self, LookUp, Story};
use crate::domain::fund::Level;
use crate::domain::{Data, Type};
use crate::interchange::export::{Column, Listing, column};
use crate::ledger::live::{Keeping, Live};
use crate::ledger::{Ledger, OpenOptions, reading};
use crate::projections::balances::{Asked, Balances, Row};
use crate::projections::{Fold, Told};
use crate::service::Settings;
use crate::store::SegmentsReader;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Make a ledger with a synthetic year of the 62 poor counties, print what stands in it, serve it.
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7017")]
    listen: std::net::SocketAddr,
    /// Print, and serve nothing.
    #[arg(long)]
    no_serve: bool,
    /// What everything follows from: the same seed gives the same ledger, byte for byte.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// About how many events happen.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = event_count())]
    events: u32,
}

/// What is told whatever is asked takes 9 000 events; more than these fit no year of 62 counties.
fn event_count() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(8_000..=400_000)
}

/// Makes the ledger, or takes the demo ledger that is there, prints it and serves it.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let there = std::fs::read_dir(&context.ledger).is_ok_and(|mut folder| folder.next().is_some());
    let look_ups = match there {
        true => {
            is_a_demo(&context.ledger)?;
            eprintln!(
                "{} holds a demo ledger already; this is what stands in it.",
                context.ledger.display()
            );
            Vec::new()
        }
        false => make(&context.ledger, args)?,
    };
    print_balances(context, &look_ups)?;
    if args.no_serve || context.format != Format::Table {
        return Ok(ExitCode::SUCCESS);
    }
    // Its last record is of 2018, so the clock is believed whatever it says.
    let options = OpenOptions { accept_clock: true, ..OpenOptions::default() };
    let (ledger, _) = Ledger::open(&context.ledger, options)?;
    let live = Live::start(ledger, Keeping { head_copies: Vec::new(), scrub: true })?;
    let settings =
        Settings { hosts: serve::hosts(args.listen, &[]), is_demo: true, ..Settings::default() };
    serve::serve(live, &Place { address: args.listen, tls: None, settings })
}

fn make(folder: &Path, args: &Args) -> Result<Vec<LookUp>, Failure> {
    let story = Story { seed: args.seed, events: args.events as usize, ..Story::default() };
    let bar = progress::counter("recorded");
    let made = demo::make(folder, &story, &|told| bar.set_position(told))?;
    bar.finish_and_clear();
    Ok(made.look_ups)
}

/// The folder must be a demo's: nobody's ledger is printed as one, or taken for one.
fn is_a_demo(folder: &Path) -> Result<(), Failure> {
    let segments = SegmentsReader::open(folder)?;
    let mut opened = Opened(false);
    reading::fold(&*segments.reader(), 0..1, &mut opened)?;
    match opened.0 {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{} is not empty and holds no demo ledger; name another folder with --ledger",
            folder.display()
        ))),
    }
}

/// Was the ledger opened under the name of a demo?
struct Opened(bool);

impl Fold for Opened {
    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::LedgerOpened
    }

    fn take(&mut self, told: &Told<'_>) {
        if let Some(Data::LedgerOpened(opened)) = told.event.map(|event| &event.data) {
            self.0 = demo::is_demo(opened.origin.as_str());
        }
    }
}

fn print_balances(context: &Context, look_ups: &[LookUp]) -> Result<(), Failure> {
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    let size = records.head().size;
    let mut balances = Balances::new(None);
    reading::fold(&*records, 0..size, &mut balances)?;
    let answer = balances.answer(&Asked { level: Some(Level::County), ..Asked::default() });
    let root = reading::root(&*records, size)?;
    match context.format {
        Format::Json => {
            let mut value = serde_json::to_value(&answer).map_err(Failure::other)?;
            value["as_of"] = json!({
                "seq": size.checked_sub(1), "size": size, "root": root, "verified_seq": null,
            });
            return print::json(&value);
        }
        Format::Csv => return print::listing(context, &listing(answer.rows.iter(), false)),
        Format::Table => {}
    }
    for class in ["fiscal", "social"] {
        let rows = answer.rows.iter().filter(|row| row.class == class);
        print::listing(context, &listing(rows, true))?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "示例数据 synthetic data: every organization and amount is made up. \
         Amounts in 万元, rounded down."
    )?;
    writeln!(out, "{size} records, root {root}")?;
    drop(out);
    print_next(&context.ledger, look_ups);
    Ok(())
}

const COLUMNS: [Column; 10] = [
    column("came_fen", "收入及上级下达", "came in"),
    column("went_fen", "下达、收回、上缴", "went out"),
    column("available_fen", "待安排", "available"),
    column("consolidated_fen", "已整合待安排", "consolidated"),
    column("committed_fen", "已安排到项目", "committed"),
    column("advanced_fen", "已预拨待报账", "advanced"),
    column("spent_fen", "已支出", "spent"),
    column("surplus_fen", "结余", "surplus"),
    column("reclaim_fen", "应追回", "reclaim"),
    column("execution_bp", "支出进度", "execution"),
];

/// For people in 万元 and percent, else in fen and basis points.
fn listing<'r>(rows: impl Iterator<Item = &'r Row>, for_people: bool) -> Listing {
    let mut columns = vec![
        column("jurisdiction", "区划", "code"),
        column("name", "名称", "name"),
        column("class", "类别", "class"),
    ];
    columns.extend(COLUMNS);
    Listing { columns, rows: rows.map(|row| cells(row, for_people)).collect() }
}

fn cells(row: &Row, for_people: bool) -> Vec<Value> {
    let money = [
        row.received_fen + row.allocated_in_fen + row.recalled_in_fen,
        row.allocated_out_fen + row.recalled_out_fen + row.withdrawn_fen + row.refunded_fen,
        row.available_fen,
        row.consolidated_fen,
        row.committed_fen,
        row.advanced_fen,
        row.spent_fen,
        row.surplus_fen,
        row.reclaim_fen,
    ];
    let mut cells = vec![json!(row.jurisdiction), json!(row.name), json!(row.class)];
    if for_people {
        // What is printed as yuan with two places from fen is 万元 with two places from 万元's
        // hundredths.
        cells.extend(money.map(|fen| json!(print::yuan(fen / 10_000))));
        cells.push(
            row.execution_bp
                .map_or(Value::Null, |bp| json!(format!("{}.{:02}%", bp / 100, bp % 100))),
        );
    } else {
        cells.extend(money.map(|fen| json!(fen)));
        cells.push(json!(row.execution_bp));
    }
    cells
}

/// What to try next, on standard error: it is no data.
fn print_next(folder: &Path, look_ups: &[LookUp]) {
    let named = match folder == Path::new("ledger") {
        true => String::new(),
        false => format!(" --ledger {}", folder.display()),
    };
    eprintln!("Next:");
    for command in [
        "verify",
        "balances --jurisdiction 130723",
        "balances --level city --by tier",
        "list exceptions",
        "list late --days 30",
        "trace lot 2017-central-01",
        "trace project P130723-005",
    ] {
        eprintln!("  fundtrail{named} {command}");
    }
    eprintln!("Posting to it needs --accept-clock: its last record is of 2018.");
    for one in look_ups.iter().take(2) {
        eprintln!("A donor's look-up code to try: {} (gift {})", one.code, one.lot);
    }
}
