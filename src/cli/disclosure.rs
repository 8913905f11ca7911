//! `disclosure due` and `disclosure list`: what a county has to show, and what was shown.

use super::inquiry::{self, Where, word};
use super::{Context, Failure, Format};
use crate::interchange::export::{Listing, column};
use crate::projections::disclosures::{Disclosures, Due, Published, Shown};
use serde_json::json;
use std::process::ExitCode;

/// What is shown to the public.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// List the projects, plans and acceptances that are still to be shown (Article 17).
    Due {
        #[command(flatten)]
        place: Where,
        /// Those that were shown as well.
        #[arg(long)]
        all: bool,
    },
    /// List the notices that were published.
    List {
        #[command(flatten)]
        place: Where,
    },
}

/// Prints the duties or the notices.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let (What::List { place }, Some(client)) = (&args.what, context.remote.client()?) {
        let query = place.place_query();
        let mut there = inquiry::ask_there::<Published>(&client, "/v1/disclosures", &query)?;
        there.rows.retain(|row| place.on.is_none_or(|on| row.from <= on));
        there.position.print(context, place.on, &there.rows, || published(context, &there.rows))?;
        return Ok(ExitCode::SUCCESS);
    }
    // What is due needs every record of projects, which no route gives whole.
    context.remote.refuse()?;
    let mut disclosures = Disclosures::default();
    let position = inquiry::ask(context, &mut disclosures)?;
    let (What::Due { place, .. } | What::List { place }) = &args.what;
    let within = place.jurisdiction;
    inquiry::known(within.is_some_and(|code| disclosures.ground.knows(code)), within)?;
    let on = position.day(place.on)?;
    match &args.what {
        What::Due { all, .. } => {
            let mut dues = disclosures.due(on, within);
            dues.retain(|due| *all || matches!(due.standing, Shown::Open | Shown::Missing));
            position.print(context, Some(on), &dues, || due_listing(context, &dues))?;
            if context.format == Format::Table {
                let missing = dues.iter().filter(|due| due.standing == Shown::Missing).count();
                eprintln!("{} duties, {missing} overdue, as of {on}.", dues.len());
            }
        }
        What::List { .. } => {
            let mut rows = disclosures.published.clone();
            rows.retain(|row| {
                row.from <= on && disclosures.ground.is_within(row.jurisdiction, within)
            });
            position.print(context, Some(on), &rows, || published(context, &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn due_listing(context: &Context, dues: &[Due]) -> Listing {
    let cells = |due: &Due| {
        vec![
            json!(due.due_on),
            word(context, due.standing.code(), due.standing.label()),
            json!(due.days_late),
            json!(due.jurisdiction),
            word(context, due.kind.code(), due.kind.label()),
            json!(due.project.as_ref().unwrap_or(&due.id)),
            json!(due.cause_on),
            json!(due.cause_seq),
        ]
    };
    let columns = vec![
        column("due_on", "期限", "due"),
        column("standing", "状态", "standing"),
        column("days_late", "逾期天数", "days late"),
        column("jurisdiction", "区划", "code"),
        column("kind", "公开事项", "what"),
        column("id", "编号", "id"),
        column("cause_on", "起算日期", "since"),
        column("cause_seq", "序号", "seq"),
    ];
    Listing { columns, rows: dues.iter().map(cells).collect() }
}

fn published(context: &Context, rows: &[Published]) -> Listing {
    let cells = |row: &Published| {
        vec![
            json!(row.seq),
            json!(row.from),
            json!(row.until),
            json!(row.days),
            json!(row.jurisdiction),
            word(context, row.kind.code(), row.kind.label()),
            json!(row.id),
            word(context, row.level.code(), row.level.label()),
            word(context, row.channel.code(), row.channel.label()),
            json!(row.place),
        ]
    };
    let columns = vec![
        column("seq", "序号", "seq"),
        column("from", "起", "from"),
        column("until", "止", "until"),
        column("days", "天数", "days"),
        column("jurisdiction", "区划", "code"),
        column("kind", "公开事项", "what"),
        column("id", "编号", "id"),
        column("level", "级别", "level"),
        column("channel", "方式", "channel"),
        column("place", "地点", "place"),
    ];
    Listing { columns, rows: rows.iter().map(cells).collect() }
}
