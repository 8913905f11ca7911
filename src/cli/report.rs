//! `report`: the figures that a jurisdiction's report states, and the digest to file with them
//! (`report_filed`, design section 10).

use super::balances::{self, parse_code, parse_date};
use super::{Context, Failure, Format, print};
use crate::base::{Code, Date, EventId};
use crate::domain::Type;
use crate::ledger::reading;
use crate::projections::balances::{Asked, Balances};
use crate::projections::{Fold, Told, canonical, figures, figures_sha256};
use crate::store::SegmentsReader;
use serde::Serialize;
use serde_json::json;
use std::process::ExitCode;

/// What a report states.
///
/// The digest is over the rows of all years as JSON prints them; `--at` gives again what a report
/// stated that was filed as of an earlier event.
#[derive(clap::Args)]
pub struct Args {
    /// Whose report it is.
    #[arg(long, value_name = "CODE", value_parser = parse_code)]
    jurisdiction: Code,
    /// Show only the rows of this fiscal year; the digest stays that of all years.
    #[arg(long, value_name = "YYYY")]
    year: Option<u16>,
    /// What was true on this business day. A report states what the ledger knew, so these figures
    /// have no digest to file.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    as_of: Option<Date>,
    /// What the ledger knew when this record was its last.
    #[arg(long, value_name = "SEQ")]
    at: Option<u64>,
}

/// The balances, and the newest event that they know of.
struct Newest {
    balances: Balances,
    event: Option<EventId>,
}

impl Fold for Newest {
    fn wants_event(&self, kind: Type) -> bool {
        self.balances.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.event = Some(told.id);
        self.balances.take(told);
    }
}

/// Prints the figures and their digest.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let records = SegmentsReader::open(&context.ledger)?.reader();
    let size = balances::size_at(&*records, args.at)?;
    let mut newest = Newest { balances: Balances::new(args.as_of), event: None };
    reading::fold(&*records, 0..size, &mut newest)?;
    let code = args.jurisdiction;
    let known = newest.balances.name(code).is_some();
    super::inquiry::known(known, Some(code))?;
    let answer = figures(&newest.balances, code, args.year);
    let digest = args.as_of.is_none().then(|| figures_sha256(&newest.balances, code));
    match context.format {
        Format::Json => {
            let as_of = json!({ "seq": size.checked_sub(1), "size": size, "event": newest.event,
                "root": reading::root(&*records, size)?, "business_date": args.as_of,
                "verified_seq": null });
            let whole = Whole {
                as_of,
                figures_sha256: digest.map(|digest| digest.to_string()),
                rows: canonical(&answer.rows),
                totals: canonical(&answer.totals),
            };
            print::line(serde_json::to_string(&whole).map_err(Failure::other)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        Format::Csv | Format::Table => {
            let people = context.format == Format::Table;
            let asked = Asked::by_fund_and_year();
            let rows = serde_json::to_value(&answer.rows).map_err(Failure::other)?;
            print::listing(context, &balances::listing(&rows, &asked, people))?;
            if people {
                let totals = serde_json::to_value(&answer.totals).map_err(Failure::other)?;
                print::line("")?;
                print::listing(context, &balances::listing(&totals, &Asked::default(), true))?;
            }
        }
    }
    match (digest, newest.event) {
        (Some(digest), Some(event)) if context.format == Format::Table => {
            print::line(format_args!("\nfigures_sha256  {digest}\nas_of           {event}"))?;
        }
        (Some(digest), Some(event)) => eprintln!("figures_sha256 {digest}, as of event {event}"),
        (_, None) | (None, _) => {
            eprintln!("Figures as of a business day have no digest: leave --as-of out to file.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer for programs; rows stand in it as the digest is over them, in numbers of any length.
#[derive(Serialize)]
struct Whole {
    as_of: serde_json::Value,
    figures_sha256: Option<String>,
    rows: Vec<crate::projections::Figures>,
    totals: Vec<crate::projections::Figures>,
}
