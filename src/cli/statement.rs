//! `statement`: of one lot, gift or fiscal, what came and from whom, each movement, what remains
//! where, what its giver was told and is owed.

use super::inquiry::{self, Position, money, word};
use super::{Context, Failure, Format, Lang, feedback, print};
use crate::base::Date;
use crate::domain::Type;
use crate::interchange::export::{Listing, column};
use crate::ledger::lookups;
use crate::projections::dues::{Asked, Due, Dues};
use crate::projections::path::Spot;
use crate::projections::statement::{Finding, Movement, Origin, Sent, Statement};
use crate::projections::{Fold, Told};
use crate::store::SegmentsReader;
use serde_json::json;
use std::process::ExitCode;

/// State what became of a lot.
///
/// CSV holds its movements; JSON and tables hold its sums, places and feedback as well.
#[derive(clap::Args)]
pub struct Args {
    /// The lot; a gift is one.
    lot: String,
    /// What was true on this business day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    as_of: Option<Date>,
}

/// What is asked of every record: which are of the lot, and what is owed.
struct First {
    finding: Finding,
    dues: Dues,
}

impl Fold for First {
    fn wants_event(&self, kind: Type) -> bool {
        self.finding.wants_event(kind) || self.dues.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.finding.take(told);
        self.dues.take(told);
    }
}

/// Prints the statement.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let mut first = First { finding: Finding::new(&args.lot), dues: Dues::default() };
    let position = inquiry::ask(context, &mut first)?;
    let mut statement = Statement::new(&args.lot, args.as_of);
    let records = SegmentsReader::open(&context.ledger)?.reader();
    lookups::fold_some(&*records, &first.finding.seqs(), &mut statement)?;
    let on = position.day(args.as_of)?;
    let Some(origin) = &statement.origin else {
        let lot = &args.lot;
        return Err(Failure::usage(
            match args.as_of.filter(|_| !first.finding.seqs().is_empty()) {
                Some(day) => format!("the lot {lot} came after {day}"),
                None => {
                    format!("no record brings a lot {lot}; check the id, capital letters count")
                }
            },
        ));
    };
    let due = first.dues.answer(&Asked { lot: Some(args.lot.clone()), ..Asked::on(on) });
    match context.format {
        Format::Table => table(context, &args.lot, &statement, origin, &due)?,
        Format::Json | Format::Csv => print(context, &position, on, &args.lot, &statement, &due)?,
    }
    if context.format == Format::Table {
        eprintln!("As of {on}. Amounts in yuan.");
    }
    Ok(ExitCode::SUCCESS)
}

fn print(
    context: &Context,
    position: &Position,
    on: Date,
    lot: &str,
    statement: &Statement,
    due: &[Due],
) -> Result<(), Failure> {
    let place = |(place, fen)| json!({ "place": place, "amount_fen": fen });
    let answer = json!({
        "lot": lot,
        "origin": statement.origin,
        "sums": statement.sums,
        "movements": statement.movements,
        "stands": statement.stands().map(place).collect::<Vec<_>>(),
        "feedback_sent": statement.sent,
        "feedback_due": due,
    });
    position.print(context, Some(on), &answer, || movements(context, &statement.movements))
}

fn table(
    context: &Context,
    lot: &str,
    statement: &Statement,
    origin: &Origin,
    due: &[Due],
) -> Result<(), Failure> {
    print::listing(context, &head(context, lot, statement, origin))?;
    let parts = [
        ("每笔变动", "Movements", movements(context, &statement.movements)),
        ("现在何处", "Where it stands", places(context, statement)),
        ("已作反馈", "Feedback sent", sent(context, &statement.sent)),
        ("应作反馈", "Feedback due", feedback::listing(context, due)),
    ];
    for (zh, en, listing) in parts.iter().filter(|(.., listing)| !listing.rows.is_empty()) {
        print::line(format_args!("\n{}", if context.lang == Lang::Zh { zh } else { en }))?;
        print::listing(context, listing)?;
    }
    Ok(())
}

fn head(context: &Context, lot: &str, statement: &Statement, origin: &Origin) -> Listing {
    let sums = statement.sums;
    let row = vec![
        json!(lot),
        word(context, origin.fund.code(), origin.fund.label()),
        json!(origin.received_on),
        json!(origin.provider),
        json!(origin.papers.join(" ")),
        json!(origin.holder),
        money(context, sums.received_fen),
        money(context, sums.used_fen),
        money(context, sums.fees_fen),
        money(context, sums.refunded_fen),
        money(context, sums.remaining_fen),
    ];
    let columns = vec![
        column("lot", "资金批次", "lot"),
        column("fund", "资金来源", "fund"),
        column("received_on", "收到日期", "came"),
        column("provider", "来自", "from"),
        column("papers", "文件", "document"),
        column("holder", "管理单位", "holder"),
        column("received_fen", "收到", "received"),
        column("used_fen", "已使用", "used"),
        column("fees_fen", "其中管理费", "of it fees"),
        column("refunded_fen", "退回", "given back"),
        column("remaining_fen", "剩余", "remaining"),
    ];
    Listing { columns, rows: vec![row] }
}

fn movements(context: &Context, movements: &[Movement]) -> Listing {
    let cells = |one: &Movement| {
        vec![
            json!(one.business_date),
            word(context, one.kind, one.label),
            json!(one.project),
            json!(one.payee),
            json!(one.from),
            json!(one.to),
            money(context, one.amount_fen),
            json!(one.papers.join(" ")),
            json!(one.seq),
        ]
    };
    let columns = vec![
        column("business_date", "日期", "date"),
        column("kind", "业务", "what"),
        column("project", "项目", "project"),
        column("payee", "收款单位", "payee"),
        column("from", "转出", "from"),
        column("to", "转入", "to"),
        column("amount_fen", "金额", "amount"),
        column("papers", "文件凭证", "documents"),
        column("seq", "记录", "record"),
    ];
    Listing { columns, rows: movements.iter().map(cells).collect() }
}

fn places(context: &Context, statement: &Statement) -> Listing {
    let rows = statement.stands().filter_map(|(path, fen)| {
        let kind = Spot::parse(path)?.kind;
        Some(vec![word(context, kind.code(), kind.label()), json!(path), money(context, fen)])
    });
    let columns = vec![
        column("kind", "资金位置", "place"),
        column("place", "路径", "path"),
        column("amount_fen", "金额", "amount"),
    ];
    Listing { rows: rows.collect(), columns }
}

fn sent(context: &Context, sent: &[Sent]) -> Listing {
    let cells = |one: &Sent| {
        vec![
            json!(one.business_date),
            word(context, one.kind.code(), one.kind.label()),
            word(context, one.channel.code(), one.channel.label()),
            json!(one.seq),
        ]
    };
    let columns = vec![
        column("business_date", "日期", "date"),
        column("kind", "反馈种类", "feedback"),
        column("channel", "方式", "channel"),
        column("seq", "记录", "record"),
    ];
    Listing { columns, rows: sent.iter().map(cells).collect() }
}
