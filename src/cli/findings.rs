//! `findings`: what supervision found, and how far each has come.

use super::inquiry::{self, Position, Where, money, word};
use super::{Context, Failure};
use crate::base::Date;
use crate::interchange::export::{Listing, column};
use crate::projections::findings::{Finding, Findings};
use crate::projections::policies::Policies;
use crate::projections::{Fold, Told};
use serde_json::json;
use std::process::ExitCode;

/// What supervision found.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
    /// Only those that are not closed.
    #[arg(long)]
    open: bool,
}

#[derive(Default)]
struct Both {
    findings: Findings,
    policies: Policies,
}

impl Fold for Both {
    fn wants_event(&self, kind: crate::domain::Type) -> bool {
        self.findings.wants_event(kind) || self.policies.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.findings.take(told);
        self.policies.take(told);
    }
}

/// Prints the findings.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let Some(client) = context.remote.client()? {
        let mut query = args.place.place_query();
        query.extend(args.open.then(|| ("open", "true".to_owned())));
        let mut there = inquiry::ask_there::<Finding>(&client, "/v1/findings", &query)?;
        there.rows.retain(|row| args.place.on.is_none_or(|on| row.raised_on <= on));
        let rows: Vec<&Finding> = there.rows.iter().collect();
        return print_findings(context, &there.position, args.place.on, &rows);
    }
    let mut both = Both::default();
    let position = inquiry::ask(context, &mut both)?;
    let within = args.place.jurisdiction;
    inquiry::known(within.is_some_and(|code| both.findings.knows(code)), within)?;
    let on = position.day(args.place.on)?;
    let hierarchy = &both.policies.hierarchy;
    let wanted = |row: &&Finding| {
        row.raised_on <= on
            && within.is_none_or(|root| hierarchy.is_at_or_below(row.jurisdiction, root))
            && (!args.open || row.stage.is_open())
    };
    let rows: Vec<&Finding> = both.findings.rows.values().filter(wanted).collect();
    print_findings(context, &position, Some(on), &rows)
}

fn print_findings(
    context: &Context,
    position: &Position,
    on: Option<Date>,
    rows: &[&Finding],
) -> Result<ExitCode, Failure> {
    position.print(context, on, &rows, || {
        let cells = |row: &&Finding| {
            vec![
                json!(row.raised_on),
                json!(row.finding),
                json!(row.rule),
                word(context, row.severity.code(), row.severity.label()),
                word(context, row.stage.code(), row.stage.label()),
                json!(row.jurisdiction),
                json!(row.project.as_ref().or(row.lot.as_ref()).or(row.organization.as_ref())),
                row.amount_fen.map_or(json!(null), |fen| money(context, fen)),
                json!(row.due_on),
                money(context, row.outstanding_fen()),
                json!(row.steps.first().map(|step| &step.text)),
            ]
        };
        let columns = vec![
            column("raised_on", "提出日期", "raised"),
            column("finding", "问题编号", "finding"),
            column("rule", "规则", "rule"),
            column("severity", "严重程度", "severity"),
            column("stage", "阶段", "stage"),
            column("jurisdiction", "区划", "code"),
            column("subject", "对象", "about"),
            column("amount_fen", "涉及金额", "amount"),
            column("due_on", "整改期限", "due"),
            column("outstanding_fen", "未追回", "to recover"),
            column("text", "内容", "text"),
        ];
        Listing { columns, rows: rows.iter().map(cells).collect() }
    })?;
    Ok(ExitCode::SUCCESS)
}
