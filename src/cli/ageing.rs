//! `ageing`: how long money waits, the oldest first.

use super::inquiry::{self, Where, money, word};
use super::{Context, Failure, Format};
use crate::base::Date;
use crate::domain::place::PlaceKind;
use crate::interchange::export::{Column, Listing, column};
use crate::projections::ages::{Ages, Dwell, Waiting};
use serde_json::{Value, json};
use std::process::ExitCode;

/// How long money waits.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
    /// A row per lot and place, the oldest first, instead of sums by jurisdiction.
    #[arg(long)]
    lots: bool,
    /// With --lots: only money that has waited longer than so many days.
    #[arg(long, value_name = "DAYS", default_value_t = 0, requires = "lots")]
    over: u16,
    /// Only money in this kind of place, such as available, advanced or surplus.
    #[arg(long, value_name = "PLACE", value_parser = parse_kind)]
    kind: Option<PlaceKind>,
}

fn parse_kind(text: &str) -> Result<PlaceKind, String> {
    let waits = |kind: &PlaceKind| !matches!(kind, PlaceKind::Outside | PlaceKind::Spent);
    PlaceKind::parse(text).filter(waits).ok_or_else(|| {
        let kinds = PlaceKind::ALL.iter().filter(|kind| waits(kind));
        format!("money waits in {}", kinds.map(|kind| kind.code()).collect::<Vec<_>>().join(", "))
    })
}

/// Prints what waits.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let mut ages = Ages::new(args.place.on);
    let position = inquiry::ask(context, &mut ages)?;
    let within = args.place.jurisdiction;
    inquiry::known(within.is_some_and(|code| ages.ground.knows(code)), within)?;
    let on = position.day(args.place.on)?;
    let wanted = |place: PlaceKind| args.kind.is_none_or(|kind| kind == place);
    if args.lots {
        let mut rows = ages.waiting(on, within);
        rows.retain(|row| wanted(row.place) && row.days > i32::from(args.over));
        position.print(context, Some(on), &rows, || by_lot(context, &rows))?;
    } else {
        let mut rows = ages.dwell(on, within);
        rows.retain(|row| wanted(row.place));
        position.print(context, Some(on), &rows, || by_place(context, &rows))?;
    }
    tell(context, on);
    Ok(ExitCode::SUCCESS)
}

fn tell(context: &Context, on: Date) {
    if context.format == Format::Table {
        eprintln!("Days since the money reached the jurisdiction, as of {on}. Amounts in yuan.");
    }
}

const BANDS: [Column; 6] = [
    column("days_30_fen", "30天内", "to 30 days"),
    column("days_90_fen", "31至90天", "to 90"),
    column("days_180_fen", "91至180天", "to 180"),
    column("days_365_fen", "181至365天", "to 365"),
    column("days_730_fen", "1至2年", "to 730"),
    column("days_over_fen", "2年以上", "longer"),
];

fn by_place(context: &Context, rows: &[Dwell]) -> Listing {
    let cells = |row: &Dwell| {
        let mut cells = vec![
            json!(row.jurisdiction),
            json!(row.name),
            word(context, row.class.code(), row.class.label()),
            word(context, row.place.code(), row.place.label()),
            money(context, row.amount_fen),
        ];
        let band = |fen: &i128| match (context.format, fen) {
            // Empty bands stay empty for people: the eye finds what is there.
            (Format::Table, 0) => Value::Null,
            _ => money(context, *fen),
        };
        cells.extend(row.bands_fen.iter().map(band));
        cells.push(json!(row.oldest_days));
        cells
    };
    let mut columns = vec![
        column("jurisdiction", "区划", "code"),
        column("name", "名称", "name"),
        column("class", "类别", "class"),
        column("place", "资金位置", "place"),
        column("amount_fen", "金额", "amount"),
    ];
    columns.extend(BANDS);
    columns.push(column("oldest_days", "最久天数", "oldest"));
    Listing { columns, rows: rows.iter().map(cells).collect() }
}

fn by_lot(context: &Context, rows: &[Waiting]) -> Listing {
    let cells = |row: &Waiting| {
        vec![
            json!(row.reached_on),
            json!(row.days),
            json!(row.jurisdiction),
            word(context, row.place.code(), row.place.label()),
            money(context, row.amount_fen),
            json!(row.lot),
            word(context, row.fund.code(), row.fund.label()),
            json!(row.project),
            json!(row.party),
            json!(row.entered_on),
        ]
    };
    let columns = vec![
        column("reached_on", "到达日期", "reached"),
        column("days", "天数", "days"),
        column("jurisdiction", "区划", "code"),
        column("place", "资金位置", "place"),
        column("amount_fen", "金额", "amount"),
        column("lot", "资金批次", "lot"),
        column("fund", "资金来源", "fund"),
        column("project", "项目", "project"),
        column("party", "单位", "unit"),
        column("entered_on", "到此日期", "here since"),
    ];
    Listing { columns, rows: rows.iter().map(cells).collect() }
}
