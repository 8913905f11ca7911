//! `inspect`: what an inspector should look into, by rule; exit code 1 when something was found.

use super::inquiry::{self, Position, Where, money, word};
use super::{Context, Failure, Format, print};
use crate::base::Date;
use crate::base::words::Label;
use crate::interchange::export::{Listing, column};
use crate::peers::client::Client;
use crate::projections::inspect::{Asked, Figure, Hit, Inspection, Limit, Limits, RuleKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Inspect the ledger.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
    /// Only this rule, by its key or its number, such as idle_money or R01.
    #[arg(long, value_name = "KEY", value_parser = parse_rule)]
    rule: Option<RuleKey>,
    /// The first business date.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    from: Option<Date>,
    /// The last business date.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    to: Option<Date>,
    /// A limit that no policy sets, such as cash_fen=500000; the answer names all limits.
    #[arg(long, value_name = "LIMIT=VALUE", value_parser = parse_limit)]
    set: Vec<(Limit, i64)>,
    /// Count by rule and jurisdiction instead of listing every hit.
    #[arg(long)]
    summary: bool,
    /// List the rules, and inspect nothing.
    #[arg(long)]
    rules: bool,
}

fn parse_rule(text: &str) -> Result<RuleKey, String> {
    RuleKey::find(text).ok_or_else(|| {
        let keys: Vec<_> = RuleKey::ALL.iter().map(|key| key.code()).collect();
        format!("the rules are {}", keys.join(", "))
    })
}

fn parse_limit(text: &str) -> Result<(Limit, i64), String> {
    let parsed = text.split_once('=').and_then(|(name, value)| {
        let value = value.parse().ok().filter(|value| *value >= 0)?;
        Some((Limit::parse(name)?, value))
    });
    parsed.ok_or_else(|| {
        let names: Vec<_> = Limit::ALL.iter().map(|limit| limit.code()).collect();
        format!("a limit is set as NAME=WHOLE NUMBER; the names are {}", names.join(", "))
    })
}

/// Prints what the rules point at.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if args.rules {
        print::listing(context, &rules(context))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(client) = context.remote.client()? {
        return by_address(context, args, &client);
    }
    let mut limits = Limits::default();
    args.set.iter().for_each(|(limit, value)| limits.set(*limit, *value));
    let mut inspection = Inspection::new(args.place.on, limits, args.rule);
    let position = inquiry::ask(context, &mut inspection)?;
    let jurisdiction = args.place.jurisdiction;
    let knows = jurisdiction.is_some_and(|code| inspection.world().ground().knows(code));
    inquiry::known(knows, jurisdiction)?;
    let on = position.day(args.place.on)?;
    let asked = Asked { on, jurisdiction, rule: args.rule, from: args.from, to: args.to };
    let hits = inspection.hits(&asked);
    let limits = serde_json::to_value(inspection.limits()).map_err(Failure::other)?;
    print_hits(context, args, &position, on, &hits, &limits)
}

/// The same of a ledger that is served elsewhere, by the limits that hold there.
fn by_address(context: &Context, args: &Args, client: &Client) -> Result<ExitCode, Failure> {
    if !args.set.is_empty() {
        return Err(Failure::usage(
            "--set needs the records: pull a copy with `fundtrail mirror URL DIR` first",
        ));
    }
    let mut query = args.place.query();
    query.extend(args.rule.map(|rule| ("rule", rule.code().to_owned())));
    query.extend(args.from.map(|day| ("from", day.to_string())));
    query.extend(args.to.map(|day| ("to", day.to_string())));
    let answer = inquiry::ask_there::<Hit>(client, "/v1/inspections", &query)?;
    let on = answer.position.day(answer.on)?;
    print_hits(context, args, &answer.position, on, &answer.rows, &answer.whole["limits"])
}

fn print_hits(
    context: &Context,
    args: &Args,
    position: &Position,
    on: Date,
    hits: &[Hit],
    limits: &Value,
) -> Result<ExitCode, Failure> {
    let answer = json!({ "hits": hits, "limits": limits });
    position.print(context, Some(on), &answer, || match args.summary {
        true => summary(context, hits),
        false => listing(context, hits),
    })?;
    if context.format == Format::Table && !hits.is_empty() {
        eprintln!("{} hits, as of {on}. Amounts in yuan. A hit is no verdict.", hits.len());
    }
    Ok(if hits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn listing(context: &Context, hits: &[Hit]) -> Listing {
    let cells = |hit: &Hit| {
        let subject = hit.project.as_ref().or(hit.lot.as_ref());
        let seqs: Vec<String> = hit.seqs.iter().take(SEQS_SHOWN).map(u64::to_string).collect();
        let more = if hit.seqs.len() > SEQS_SHOWN { " …" } else { "" };
        let figures: Vec<String> = hit.figures.iter().map(|one| figure(context, one)).collect();
        vec![
            word(context, hit.rule.code(), hit.rule.label()),
            word(context, hit.severity.code(), hit.severity.label()),
            json!(hit.jurisdiction),
            json!(hit.on),
            money(context, hit.amount_fen),
            json!(subject),
            json!(hit.organization),
            json!(figures.join(" · ")),
            json!(hit.about),
            json!(format!("{}{more}", seqs.join(" "))),
        ]
    };
    let columns = vec![
        column("rule", "规则", "rule"),
        column("severity", "程度", "severity"),
        column("jurisdiction", "区划", "code"),
        column("on", "日期", "date"),
        column("amount_fen", "金额", "amount"),
        column("subject", "项目或资金批次", "about"),
        column("organization", "单位", "body"),
        column("figures", "数据", "figures"),
        column("about", "说明", "more"),
        column("seqs", "记录", "records"),
    ];
    Listing { columns, rows: hits.iter().map(cells).collect() }
}

/// A row of a screen has room for so many records; JSON names them all.
const SEQS_SHOWN: usize = 3;

/// A figure as people read it: `days 400`, `share 83.20%`, `limit 1,000.00`.
fn figure(context: &Context, figure: &Figure) -> String {
    if context.format != Format::Table {
        return format!("{}={}", figure.name, figure.value);
    }
    let label = figure_label(&figure.name).map_or(&*figure.name, |label| label.of(context.lang));
    match figure.name.rsplit('_').next() {
        Some("fen") => format!("{label} {}", print::yuan(figure.value)),
        Some("bp") => format!("{label} {}.{:02}%", figure.value / 100, figure.value % 100),
        Some(_) | None => format!("{label} {}", figure.value),
    }
}

fn figure_label(name: &str) -> Option<Label> {
    let label = |zh, en| Label { zh, en };
    Some(match name {
        "accepted" => label("已验收", "accepted"),
        "apart_fen" => label("相差", "apart"),
        "approved" => label("已批复", "approved"),
        "approved_fen" => label("批复", "approved"),
        "cap_bp" => label("上限", "cap"),
        "central_fen" => label("中央资金", "central"),
        "certified_bp" => label("认定进度", "certified"),
        "counties" => label("县数", "counties"),
        "days" => label("天数", "days"),
        "days_apart" => label("相隔天数", "days apart"),
        "days_before" => label("提前天数", "days before"),
        "days_below" => label("为负天数", "days below zero"),
        "days_late" => label("逾期天数", "days late"),
        "duties" => label("项数", "duties"),
        "fees_fen" => label("管理费", "fees"),
        "filed" => label("已报", "filed"),
        "fiscal_year" | "year" => label("年度", "year"),
        "kept_bp" => label("完成", "kept"),
        "last_days" => label("年底天数", "last days"),
        "least_bp" => label("应完成", "least"),
        "limit" | "limit_bp" | "limit_days" | "limit_fen" => label("限", "limit"),
        "paid_bp" => label("已付", "paid"),
        "payments" => label("笔数", "payments"),
        "planned_fen" => label("计划", "planned"),
        "round_fen" => label("整数单位", "multiples of"),
        "share_bp" => label("占比", "share"),
        "used_fen" => label("已用", "used"),
        _ => return None,
    })
}

fn summary(context: &Context, hits: &[Hit]) -> Listing {
    let mut sums: BTreeMap<_, (i64, i128)> = BTreeMap::new();
    for hit in hits {
        let key = (hit.rule, hit.severity, hit.jurisdiction);
        let sum = sums.entry(key).or_default();
        sum.0 += 1;
        sum.1 += i128::from(hit.amount_fen);
    }
    let rows = sums.into_iter().map(|((rule, severity, code), (count, fen))| {
        vec![
            json!(rule.number()),
            word(context, rule.code(), rule.label()),
            word(context, severity.code(), severity.label()),
            json!(code),
            json!(count),
            money(context, fen),
        ]
    });
    let columns = vec![
        column("number", "编号", "no."),
        column("rule", "规则", "rule"),
        column("severity", "程度", "severity"),
        column("jurisdiction", "区划", "code"),
        column("hits", "条数", "hits"),
        column("amount_fen", "金额", "amount"),
    ];
    Listing { columns, rows: rows.collect() }
}

fn rules(context: &Context) -> Listing {
    let rows = RuleKey::ALL.iter().map(|key| {
        let articles: Vec<String> = key.articles().iter().map(u8::to_string).collect();
        vec![
            json!(key.code()),
            json!(key.number()),
            json!(key.label().of(context.lang)),
            word(context, key.severity().code(), key.severity().label()),
            json!(articles.join(", ")),
        ]
    });
    let columns = vec![
        column("key", "规则代码", "key"),
        column("number", "编号", "no."),
        column("label", "名称", "what it points at"),
        column("severity", "程度", "severity"),
        column("articles", "条款", "articles"),
    ];
    Listing { columns, rows: rows.collect() }
}
