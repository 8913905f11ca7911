//! `balances`: what came, went and stands, by jurisdiction (design section 10).

use super::{Context, Failure, Format, print, remote};
use crate::base::{Code, Date};
use crate::domain::fund::Level;
use crate::interchange::export::{Column, Listing, column};
use crate::ledger::reading;
use crate::projections::balances::{Asked, Balances};
use crate::store::{Records, SegmentsReader};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Print balances.
#[derive(clap::Args)]
pub struct Args {
    /// Only this jurisdiction and those below it.
    #[arg(long, value_name = "CODE", value_parser = parse_code)]
    jurisdiction: Option<Code>,
    /// Rolled up to this level: province, city or county.
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    level: Option<Level>,
    /// Divided by any of fund, year, lot, tier.
    #[arg(long, value_delimiter = ',', value_enum, default_values = ["fund", "year"])]
    by: Vec<By>,
    /// What was true on this business day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    as_of: Option<Date>,
    /// What the ledger knew when this record was its last.
    #[arg(long, value_name = "SEQ")]
    at: Option<u64>,
}

/// What rows are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// By fund.
    Fund,
    /// By fiscal year.
    Year,
    /// By lot.
    Lot,
    /// By the tier of government that the money comes from.
    Tier,
}

impl By {
    fn word(self) -> &'static str {
        match self {
            By::Fund => "fund",
            By::Year => "year",
            By::Lot => "lot",
            By::Tier => "tier",
        }
    }
}

pub(super) fn parse_code(text: &str) -> Result<Code, String> {
    Code::parse(text)
        .ok_or_else(|| "a jurisdiction's code has six digits, such as 130723".to_owned())
}

fn parse_level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| "a level is province, city or county".to_owned())
}

pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day has the form YYYY-MM-DD and must exist".to_owned())
}

/// Prints the balances.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let has = |by: By| args.by.contains(&by);
    let asked = Asked {
        jurisdiction: args.jurisdiction,
        level: args.level,
        year: None,
        by_lot: has(By::Lot),
        by_fund: has(By::Fund) || has(By::Lot),
        by_year: has(By::Year) || has(By::Lot),
        by_tier: has(By::Tier),
    };
    let answer = match context.remote.client()? {
        Some(client) => remote::rows(&client, "/v1/balances", &query(args))?,
        None => folded(context, args, &asked)?,
    };
    match context.format {
        Format::Json => print::json(&answer)?,
        Format::Csv => print::listing(context, &listing(&answer["rows"], &asked, false))?,
        Format::Table => print_table(context, &answer, &asked)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer from the records of a folder.
fn folded(context: &Context, args: &Args, asked: &Asked) -> Result<Value, Failure> {
    let records = SegmentsReader::open(&context.ledger)?.reader();
    let size = size_at(&*records, args.at)?;
    let mut balances = Balances::new(args.as_of);
    reading::fold(&*records, 0..size, &mut balances)?;
    if let Some(code) = args.jurisdiction
        && balances.name(code).is_none()
    {
        return Err(Failure::usage(format!("the ledger does not know the jurisdiction {code}")));
    }
    let mut value = serde_json::to_value(balances.answer(asked)).map_err(Failure::other)?;
    let mut as_of = json!({ "seq": size.checked_sub(1), "size": size, "verified_seq": null });
    as_of["root"] = match context.format {
        Format::Json => json!(reading::root(&*records, size)?),
        Format::Table | Format::Csv => Value::Null,
    };
    if let Some(date) = args.as_of {
        as_of["business_date"] = json!(date);
    }
    value["as_of"] = as_of;
    Ok(value)
}

/// The same question as a query.
fn query(args: &Args) -> Vec<(&'static str, String)> {
    let by: Vec<_> = args.by.iter().map(|by| by.word()).collect();
    let mut query = vec![("by", by.join(","))];
    query.extend(args.jurisdiction.map(|code| ("jurisdiction", code.to_string())));
    query.extend(args.level.map(|level| ("level", level.code().to_owned())));
    query.extend(args.as_of.map(|date| ("as_of", date.to_string())));
    query.extend(args.at.map(|at| ("at", at.to_string())));
    query
}

/// The size of the ledger as `--at` asks for it.
pub(super) fn size_at(records: &dyn Records, at: Option<u64>) -> Result<u64, Failure> {
    let size = records.head().size;
    match at {
        None => Ok(size),
        Some(at) if at < size => Ok(at + 1),
        Some(at) => Err(Failure::usage(format!(
            "there is no record {at}: the last of the {size} records is {}",
            size.saturating_sub(1)
        ))),
    }
}

fn print_table(context: &Context, answer: &Value, asked: &Asked) -> Result<(), Failure> {
    let size = answer["as_of"]["size"].as_u64().unwrap_or_default();
    if answer["rows"].as_array().is_none_or(Vec::is_empty) {
        eprintln!("No money stands here after {size} records.");
        return Ok(());
    }
    print::listing(context, &listing(&answer["rows"], asked, true))?;
    print::line("")?;
    print::listing(context, &listing(&answer["totals"], &Asked::default(), true))?;
    eprintln!("Amounts in yuan, after {size} records.");
    Ok(())
}

const MONEY: [Column; 14] = [
    column("received_fen", "收入", "received"),
    column("allocated_in_fen", "上级下达", "alloc. in"),
    column("allocated_out_fen", "下达下级", "alloc. out"),
    column("recalled_in_fen", "从下级收回", "recalled in"),
    column("recalled_out_fen", "被上级收回", "recalled out"),
    column("withdrawn_fen", "核减上缴", "withdrawn"),
    column("refunded_fen", "退还", "refunded"),
    column("available_fen", "待安排", "available"),
    column("consolidated_fen", "已整合待安排", "consolidated"),
    column("committed_fen", "已安排到项目", "committed"),
    column("advanced_fen", "已预拨待报账", "advanced"),
    column("spent_fen", "已支出", "spent"),
    column("surplus_fen", "结余", "surplus"),
    column("reclaim_fen", "应追回", "reclaim"),
];

/// For people the flows between jurisdictions are left to CSV and JSON: a screen has room for what
/// came and what stands.
const SHOWN: std::ops::Range<usize> = 7..14;

fn columns(asked: &Asked, for_people: bool) -> Vec<Column> {
    let mut columns = vec![
        column("jurisdiction", "区划", "code"),
        column("name", "名称", "name"),
        column("class", "类别", "class"),
    ];
    if asked.by_fund {
        columns.push(column("fund", "资金来源", "fund"));
    }
    if asked.by_year {
        columns.push(column("fiscal_year", "年度", "year"));
    }
    if asked.by_lot {
        columns.push(column("lot", "资金批次", "lot"));
    }
    if asked.by_tier {
        columns.push(column("tier", "资金层级", "tier"));
    }
    if for_people {
        columns.push(MONEY[0]);
        columns.extend(&MONEY[SHOWN]);
    } else {
        columns.extend(MONEY);
    }
    columns.push(column("execution_bp", "支出进度", "execution"));
    columns.push(column("passed_on_bp", "下达进度", "passed on"));
    columns
}

/// The rows as a listing; for people in yuan and percent, else in fen and basis points. What a
/// reader may not see of a row stands there in words, and is printed as it is.
pub(super) fn listing(rows: &Value, asked: &Asked, for_people: bool) -> Listing {
    let columns = columns(asked, for_people);
    let shown = |row: &Value, column: &Column| {
        let value = row.get(column.name).cloned().unwrap_or(Value::Null);
        match for_people {
            false => value,
            true if column.name.ends_with("_fen") => {
                whole(&value).map_or(value, |fen| json!(print::yuan(fen)))
            }
            true if column.name.ends_with("_bp") => whole(&value)
                .map_or(value, |bp| json!(format!("{}.{:02}%", bp / 100, bp.unsigned_abs() % 100))),
            true => value,
        }
    };
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = rows.iter().map(|row| columns.iter().map(|column| shown(row, column)).collect());
    Listing { rows: rows.collect(), columns }
}

fn whole(value: &Value) -> Option<i128> {
    value.as_number()?.as_i128()
}
