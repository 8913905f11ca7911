//! `diff OLD NEW`: the delta audit. That the old head was continued, then what came since.

use super::{Context, Failure, Format, print};
use crate::base::{Code, Date, EventId};
use crate::chain::record::Record;
use crate::interchange::export::{Listing, column};
use crate::ledger::proving::{Prover, SignedHead};
use crate::ledger::reading;
use crate::projections::balances::{Asked, Balances, Row};
use crate::projections::{Fold, Told};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// Show what changed between two heads.
#[derive(clap::Args)]
pub struct Args {
    /// The older size, or a checkpoint file.
    #[arg(value_name = "OLD")]
    old: String,
    /// The newer size, or a checkpoint file.
    #[arg(value_name = "NEW")]
    new: String,
}

/// An entry that was added.
#[derive(serde::Serialize)]
struct Added {
    seq: u64,
    id: EventId,
    kind: &'static str,
    business_date: Date,
    jurisdiction: Code,
    posted_by: String,
    amount_fen: i64,
    /// Does its business date lie before the last record of the old head?
    late: bool,
}

/// Balances, and the entries of the newer part.
struct Delta {
    balances: Balances,
    added: Vec<Added>,
    /// The day of the old head's last record; none: nothing is collected yet.
    since: Option<Date>,
}

impl Fold for Delta {
    fn wants_event(&self, kind: crate::domain::Type) -> bool {
        self.balances.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.balances.take(told);
        let Some(since) = self.since else { return };
        self.added.push(Added {
            seq: told.seq,
            id: told.id,
            kind: told.kind.spec().name,
            business_date: told.date,
            jurisdiction: told.here,
            posted_by: told.posted_by.to_owned(),
            amount_fen: told.movements.iter().map(|movement| movement.amount_fen).sum(),
            late: told.date < since,
        });
    }
}

/// Prints the difference.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let prover = Prover::open(&context.ledger)?;
    let (old, new) = (position(&prover, &args.old)?, position(&prover, &args.new)?);
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(refuted), _) | (_, Err(refuted)) => {
            print::line(format_args!("{refuted}"))?;
            return Ok(ExitCode::from(1));
        }
    };
    // Made and checked against both roots: the newer head continues the older one.
    prover.consistency(old, new)?;
    let mut delta = Delta { balances: Balances::new(None), added: Vec::new(), since: None };
    reading::fold(prover.records(), 0..old, &mut delta)?;
    let asked = Asked { by_lot: true, ..Asked::default() };
    let before = delta.balances.answer(&asked).rows;
    delta.since = Some(last_day(&prover, old)?);
    reading::fold(prover.records(), old..new, &mut delta)?;
    let changed = changes(before, delta.balances.answer(&asked).rows);
    show(context, (old, new), &delta.added, &changed)?;
    Ok(ExitCode::SUCCESS)
}

/// A size, or the size of a checkpoint whose root is that of the records; else why it is not.
fn position(prover: &Prover, asked: &str) -> Result<Result<u64, String>, Failure> {
    if let Ok(size) = asked.parse() {
        prover.root(size)?;
        return Ok(Ok(size));
    }
    let note = std::fs::read(Path::new(asked)).map_err(|error| {
        Failure::usage(format!("{asked} is no size and no checkpoint that can be read: {error}"))
    })?;
    let head = SignedHead::parse(&note)
        .map_err(|reason| Failure::usage(format!("{asked} is no checkpoint: {reason}")))?
        .checkpoint;
    let covered = prover.newest().checkpoint.size;
    if head.size > covered {
        return Ok(Err(format!(
            "{asked} covers {} records, but the ledger's newest head only {covered}: records were cut off",
            head.size
        )));
    }
    let root = prover.root(head.size)?;
    Ok(match root == head.root {
        true => Ok(head.size),
        false => Err(format!(
            "{asked} has the root {} at {} records, the ledger {root}: what it covers was changed, keep it",
            head.root, head.size
        )),
    })
}

/// The day on which the last record of a size was recorded.
fn last_day(prover: &Prover, size: u64) -> Result<Date, Failure> {
    let earliest = || Date::new(2000, 1, 1).ok_or_else(|| Failure::other("no such day"));
    let Some(last) = size.checked_sub(1) else { return earliest() };
    let record = reading::read_durable(prover.records(), last)?;
    let record = Record::parse(&record).map_err(|wrong| Failure::ledger(wrong.reason))?;
    Ok(record.recorded_at.hebei_date())
}

/// A row that changed: before and after; one of them may be missing.
type Change = (Option<Row>, Option<Row>);

fn changes(before: Vec<Row>, after: Vec<Row>) -> Vec<Change> {
    let key = |row: &Row| (row.jurisdiction.clone(), row.class, row.lot.clone());
    let mut all: BTreeMap<_, Change> = BTreeMap::new();
    for row in before {
        let key = key(&row);
        all.entry(key).or_default().0 = Some(row);
    }
    for row in after {
        let key = key(&row);
        all.entry(key).or_default().1 = Some(row);
    }
    let figures = |row: &Option<Row>| row.as_ref().map(Row::columns);
    all.into_values().filter(|(one, other)| figures(one) != figures(other)).collect()
}

fn show(
    context: &Context,
    (old, new): (u64, u64),
    added: &[Added],
    changed: &[Change],
) -> Result<(), Failure> {
    let late: Vec<&Added> = added.iter().filter(|one| one.late).collect();
    if context.format == Format::Json {
        let changed: Vec<Value> = changed
            .iter()
            .filter_map(|(before, after)| {
                let row = after.as_ref().or(before.as_ref())?;
                Some(json!({
                    "jurisdiction": row.jurisdiction, "name": row.name, "class": row.class,
                    "lot": row.lot, "before": before, "after": after,
                }))
            })
            .collect();
        return print::json(&json!({
            "old": old, "new": new, "consistent": true, "added": added, "late": late.len(),
            "changed": changed,
        }));
    }
    eprintln!("The head of {new} records continues that of {old}: nothing before it was changed.");
    eprintln!("{} records were added, {} of them late.", added.len(), late.len());
    if !added.is_empty() {
        print::listing(context, &entries(added))?;
    }
    if !changed.is_empty() {
        eprintln!("Changed balances, before and after:");
        print::listing(context, &balances(changed))?;
    }
    Ok(())
}

fn entries(added: &[Added]) -> Listing {
    let columns = vec![
        column("seq", "序号", "seq"),
        column("late", "迟记", "late"),
        column("business_date", "业务日期", "date"),
        column("jurisdiction", "区划", "code"),
        column("type", "业务事件", "event"),
        column("amount_fen", "金额", "amount"),
        column("posted_by", "操作账号", "posted by"),
    ];
    let row = |one: &Added| {
        vec![
            json!(one.seq),
            json!(if one.late { "late" } else { "" }),
            json!(one.business_date),
            json!(one.jurisdiction),
            json!(one.kind),
            json!(print::yuan(one.amount_fen)),
            json!(one.posted_by),
        ]
    };
    Listing { columns, rows: added.iter().map(row).collect() }
}

fn balances(changed: &[Change]) -> Listing {
    let columns = vec![
        column("jurisdiction", "区划", "code"),
        column("name", "名称", "name"),
        column("lot", "资金批次", "lot"),
        column("place", "所在", "place"),
        column("before_fen", "原", "before"),
        column("after_fen", "现", "after"),
    ];
    let mut rows = Vec::new();
    for (before, after) in changed {
        let Some(row) = after.as_ref().or(before.as_ref()) else { continue };
        let figure = |row: &Option<Row>, of: fn(&Row) -> i128| row.as_ref().map_or(0, of);
        for (place, of) in PLACES {
            let (before, after) = (figure(before, *of), figure(after, *of));
            if before != after {
                rows.push(vec![
                    json!(row.jurisdiction),
                    json!(row.name),
                    json!(row.lot),
                    json!(place),
                    json!(print::yuan(before)),
                    json!(print::yuan(after)),
                ]);
            }
        }
    }
    Listing { columns, rows }
}

/// A figure of a row and how it is read.
type Figure = (&'static str, fn(&Row) -> i128);

const PLACES: &[Figure] = &[
    ("received", |row| row.received_fen),
    ("available", |row| row.available_fen),
    ("consolidated", |row| row.consolidated_fen),
    ("committed", |row| row.committed_fen),
    ("advanced", |row| row.advanced_fen),
    ("spent", |row| row.spent_fen),
    ("surplus", |row| row.surplus_fen),
    ("reclaim", |row| row.reclaim_fen),
    ("withdrawn", |row| row.withdrawn_fen),
    ("refunded", |row| row.refunded_fen),
];
