//! `list`: what an auditor asks first.

use super::{Context, Failure, print};
use crate::base::{Code, Date};
use crate::interchange::export::{Listing, column};
use crate::ledger::reading;
use crate::projections::entries::{Asked, Entries};
use crate::store::SegmentsReader;
use serde_json::json;
use std::process::ExitCode;

/// List entries of a kind.
#[derive(clap::Args)]
pub struct Args {
    /// exceptions, reversals, returns, late or reopened.
    #[arg(value_parser = parse_asked)]
    asked: Asked,
    /// Only this jurisdiction and those below it.
    #[arg(long, value_name = "CODE", value_parser = super::balances::parse_code)]
    jurisdiction: Option<Code>,
    /// The first business date.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    from: Option<Date>,
    /// The last business date.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    to: Option<Date>,
    /// With late: recorded more than so many days after the business date.
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u16,
}

fn parse_asked(text: &str) -> Result<Asked, String> {
    Asked::parse(text).ok_or_else(|| {
        let lists: Vec<_> = Asked::ALL.iter().map(|asked| asked.code()).collect();
        format!("the lists are {}", lists.join(", "))
    })
}

/// Prints the list.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    let mut entries = Entries::new(args.asked);
    entries.jurisdiction = args.jurisdiction;
    entries.from = args.from;
    entries.to = args.to;
    entries.days = i32::from(args.days);
    reading::fold(&*records, 0..records.head().size, &mut entries)?;
    if let Some(code) = args.jurisdiction
        && !entries.knows(code)
    {
        return Err(Failure::usage(format!("the ledger does not know the jurisdiction {code}")));
    }
    let people = context.format == super::Format::Table;
    let rows = entries.rows.iter().map(|row| {
        vec![
            json!(row.seq),
            json!(row.business_date),
            json!(row.recorded_on),
            json!(row.days_later),
            json!(row.jurisdiction),
            json!(row.kind),
            if people { json!(print::yuan(row.amount_fen)) } else { json!(row.amount_fen) },
            json!(row.posted_by),
            json!(row.about),
            json!(row.id),
        ]
    });
    let columns = vec![
        column("seq", "序号", "seq"),
        column("business_date", "业务日期", "date"),
        column("recorded_on", "记账日期", "recorded"),
        column("days_later", "相隔天数", "days"),
        column("jurisdiction", "区划", "code"),
        column("type", "业务事件", "event"),
        column("amount_fen", "金额", "amount"),
        column("posted_by", "操作账号", "posted by"),
        column("about", "说明", "about"),
        column("id", "事件编号", "id"),
    ];
    let listing = Listing { columns, rows: rows.collect() };
    if people && listing.rows.is_empty() {
        eprintln!("There are none.");
        return Ok(ExitCode::SUCCESS);
    }
    print::listing(context, &listing)?;
    Ok(ExitCode::SUCCESS)
}
