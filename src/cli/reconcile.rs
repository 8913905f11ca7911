//! `reconcile` (对账): a bank's statement against the ledger's bank references; exit code 1 when
//! something differs.

use super::inquiry::{self, Position, money, word};
use super::{Context, Failure, Format, Lang, balances};
use crate::base::{Code, Date};
use crate::interchange::export::{Listing, column};
use crate::interchange::import::bank::{self, Statement};
use crate::interchange::import::{Choices, Sheet, chinese};
use crate::projections::reconciliation::{Asked, Reconciliation, Row, Standing};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare a bank's statement with the ledger.
///
/// Columns are found by header: the bank's reference (流水号), the day, and the sum: 借 and 贷, in
/// and out, or one signed column. Ends with 1 when anything differs.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("whose").required(true).multiple(true)))]
pub struct Args {
    /// The organization whose account it is.
    #[arg(long, value_name = "ORG", group = "whose")]
    org: Option<String>,
    /// Only what was recorded for this jurisdiction and those below it.
    #[arg(long, value_name = "CODE", group = "whose", value_parser = balances::parse_code)]
    jurisdiction: Option<Code>,
    /// The statement's first day; without it, that of its earliest row.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = balances::parse_date)]
    from: Option<Date>,
    /// The statement's last day; without it, that of its latest row.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = balances::parse_date)]
    to: Option<Date>,
    /// A text file of lines `header = field`, for headers that are not recognised; the fields are
    /// reference, date, in, out, amount and side.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// A value for every row whose cell is blank, or `amount_unit=万元`.
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Leave out what matches.
    #[arg(long)]
    differences: bool,
    /// CSV (UTF-8 or GB18030) or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Prints the comparison.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let statement = statement(args)?;
    let mut reconciliation = Reconciliation::default();
    let position = inquiry::ask(context, &mut reconciliation)?;
    let knows = |code| reconciliation.hierarchy.knows(code);
    inquiry::known(args.jurisdiction.is_some_and(knows), args.jurisdiction)?;
    if let Some(org) = args.org.as_ref().filter(|org| !reconciliation.knows_organization(org)) {
        return Err(Failure::usage(format!("the ledger knows no organization {org}")));
    }
    let days = statement.lines.iter().map(|line| line.on);
    let (from, to) = (args.from.or(days.clone().min()), args.to.or(days.max()));
    if from.is_none() || to.is_none() {
        let unread = unread(context, &statement).into_iter().next();
        return Err(Failure::usage(match unread {
            Some(Row { row: Some(row), reason: Some(reason), .. }) => format!(
                "no row of the sheet can be read, the first of them row {row}: {reason}; mend the \
                 sheet, or name its days with --from and --to to see every row"
            ),
            _ => "the sheet holds no row that moved money; name its days with --from and --to"
                .to_owned(),
        }));
    }
    let asked = Asked { org: args.org.clone(), within: args.jurisdiction, from, to };
    let mut rows = reconciliation.compare(&statement.lines, &asked);
    rows.extend(unread(context, &statement));
    let differ = rows.iter().filter(|row| row.standing != Standing::Matched).count();
    let matched = rows.len() - differ;
    rows.retain(|row| !args.differences || row.standing != Standing::Matched);
    print(context, &position, &asked, &rows, json!({ "matched": matched, "differ": differ }))?;
    if context.format == Format::Table {
        if statement.unit_assumed {
            eprintln!("No unit is said in the sheet: sums were read as yuan.");
        }
        eprintln!("{matched} match, {differ} differ. Amounts in yuan.");
    }
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn statement(args: &Args) -> Result<Statement, Failure> {
    let about =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", args.file.display()));
    let sheet = Sheet::open(&args.file).map_err(|error| about(&error))?;
    let mut choices = Choices::default();
    if let Some(map) = &args.map {
        let bytes = std::fs::read(map).map_err(|error| {
            Failure::usage(format!("{} cannot be read: {error}", map.display()))
        })?;
        choices.read_map(bank::shape(), &bytes).map_err(Failure::usage)?;
    }
    for setting in &args.set {
        choices.set(bank::shape(), setting).map_err(Failure::usage)?;
    }
    bank::read(&sheet, &choices).map_err(|error| about(&error))
}

fn unread(context: &Context, statement: &Statement) -> Vec<Row> {
    let row = |row: &crate::interchange::import::RefusedRow| {
        let reason = match (context.format, context.lang) {
            (Format::Table, Lang::Zh) => chinese::reason(&row.reason, row.header.as_deref()),
            _ => row.reason.to_string(),
        };
        Row::unreadable(row.row, reason)
    };
    statement.unread.iter().map(row).collect()
}

fn print(
    context: &Context,
    position: &Position,
    asked: &Asked,
    rows: &[Row],
    counts: Value,
) -> Result<(), Failure> {
    let answer = json!({ "from": asked.from, "to": asked.to, "counts": counts, "rows": rows });
    position.print(context, None, &answer, || listing(context, rows))
}

fn listing(context: &Context, rows: &[Row]) -> Listing {
    let sum = |fen: Option<i64>| fen.map_or(Value::Null, |fen| money(context, fen));
    let cells = |row: &Row| {
        let seqs: Vec<String> = row.seqs.iter().map(u64::to_string).collect();
        vec![
            word(context, row.standing.code(), row.standing.label()),
            json!(row.row),
            json!(row.reference),
            row.direction.map_or(Value::Null, |way| word(context, way.code(), way.label())),
            json!(row.statement_on),
            sum(row.statement_fen),
            json!(row.ledger_on),
            sum(row.ledger_fen),
            sum(row.recorded_fen),
            json!(row.org),
            json!(seqs.join(" ")),
            json!(row.reason),
        ]
    };
    let columns = vec![
        column("standing", "对账结果", "standing"),
        column("row", "行号", "row"),
        column("reference", "银行流水号", "reference"),
        column("direction", "收支", "way"),
        column("statement_on", "银行日期", "bank day"),
        column("statement_fen", "银行金额", "bank"),
        column("ledger_on", "业务日期", "date"),
        column("ledger_fen", "账上金额", "ledger"),
        column("recorded_fen", "其中入账", "recorded"),
        column("org", "单位", "by"),
        column("seqs", "记录", "records"),
        column("reason", "原因", "reason"),
    ];
    Listing { columns, rows: rows.iter().map(cells).collect() }
}
