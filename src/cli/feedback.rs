//! `feedback due`: what givers are still to be told (Article 28).

use super::inquiry::{self, Position, Where, money, word};
use super::{Context, Failure, Format};
use crate::base::Date;
use crate::interchange::export::{Listing, column};
use crate::projections::dues::{Asked, Due, Dues, Standing};
use serde_json::json;
use std::process::ExitCode;

/// What givers are to be told.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// List the duties that are open or late, the earliest due first.
    Due(DueArgs),
}

/// Which duties are listed.
#[derive(clap::Args)]
struct DueArgs {
    #[command(flatten)]
    place: Where,
    /// Only what this custodian or bureau owes.
    #[arg(long, value_name = "ORG")]
    custodian: Option<String>,
    /// Only those of this lot.
    #[arg(long, value_name = "LOT")]
    lot: Option<String>,
    /// Those that were met as well.
    #[arg(long)]
    all: bool,
}

/// Prints the duties.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let What::Due(args) = &args.what;
    let (position, on, answer) = match context.remote.client()? {
        Some(client) => {
            let there = inquiry::ask_there::<Due>(&client, "/v1/feedback/due", &query(args))?;
            let on = there.position.day(there.on)?;
            (there.position, on, there.rows)
        }
        None => folded(context, args)?,
    };
    position.print(context, Some(on), &answer, || listing(context, &answer))?;
    if context.format == Format::Table {
        let late = answer.iter().filter(|due| due.standing == Standing::Late).count();
        eprintln!("{} duties, {late} late, as of {on}. Amounts in yuan.", answer.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// The duties from the records of a folder.
fn folded(context: &Context, args: &DueArgs) -> Result<(Position, Date, Vec<Due>), Failure> {
    let mut dues = Dues::default();
    let position = inquiry::ask(context, &mut dues)?;
    let jurisdiction = args.place.jurisdiction;
    inquiry::known(jurisdiction.is_some_and(|code| dues.knows(code)), jurisdiction)?;
    let on = position.day(args.place.on)?;
    let answer = dues.answer(&Asked {
        on,
        jurisdiction,
        holder: args.custodian.clone(),
        lot: args.lot.clone(),
        met: args.all,
    });
    Ok((position, on, answer))
}

/// The same question as a query.
fn query(args: &DueArgs) -> Vec<(&'static str, String)> {
    let mut query = args.place.query();
    query.extend(args.custodian.iter().map(|org| ("custodian", org.clone())));
    query.extend(args.lot.iter().map(|lot| ("lot", lot.clone())));
    query.extend(args.all.then(|| ("met", "true".to_owned())));
    query
}

/// The duties as a listing.
pub(super) fn listing(context: &Context, dues: &[Due]) -> Listing {
    let rows = dues.iter().map(|due| {
        vec![
            json!(due.due_on),
            word(context, due.standing.code(), due.standing.label()),
            json!(due.days_late),
            word(context, due.kind.code(), due.kind.label()),
            json!(due.lot),
            json!(due.holder),
            json!(due.cause_on),
            json!(due.project),
            money(context, due.received_fen),
            money(context, due.used_fen),
            money(context, due.remaining_fen),
        ]
    });
    let columns = vec![
        column("due_on", "期限", "due"),
        column("standing", "状态", "standing"),
        column("days_late", "逾期天数", "days late"),
        column("kind", "反馈种类", "feedback"),
        column("lot", "资金批次", "lot"),
        column("holder", "责任单位", "owed by"),
        column("cause_on", "起算日期", "since"),
        column("project", "项目", "project"),
        column("received_fen", "收到", "received"),
        column("used_fen", "已使用", "used"),
        column("remaining_fen", "剩余", "remaining"),
    ];
    Listing { columns, rows: rows.collect() }
}
