//! `/v1/balances`: what came, went and stands (design section 10).

use super::answer::{Reading, quick, slow};
use super::call::Call;
use super::paging::{Rows, page};
use crate::access::{Extent, Register, What, extent};
use crate::base::Code;
use crate::ledger::live::{AsOf, Stands, Views};
use crate::ledger::reading;
use crate::projections::balances::{Asked, Balances, Level, Row};
use crate::service::cells::{Figures as Printed, Printing};
use crate::service::problem::Problem;
use axum::response::Response;
use serde::Serialize;

/// The words of `by`.
pub const BY: &[&str] = &["fund", "year", "lot", "tier"];

/// The words of `level`.
pub const LEVELS: &[&str] = &["province", "city", "county"];

/// A page of rows, and the totals of all of them.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    page: Rows<Printed>,
    totals: Vec<Printed>,
}

/// The balances that are asked for.
///
/// # Errors
/// The jurisdiction is unknown, or the reader may not ask for this.
pub async fn answer(call: Call) -> Result<Response, Problem> {
    let lots = call.query.has("by", "lot");
    if lots && extent(&call.viewer, What::Lots) == Extent::Nothing {
        return Err(Problem::TokenNeeded);
    }
    let past = call.query.text("at").is_some() || call.query.text("as_of").is_some();
    if !past {
        return quick(call, |reading| {
            figures(reading.call, reading.views, &reading.views.balances)
        })
        .await;
    }
    if extent(&call.viewer, What::PastPosition) == Extent::Nothing {
        return Err(Problem::TokenNeeded);
    }
    let place = call.api.service.limits.past()?;
    slow(call, move |call| {
        let _place = place;
        past_figures(call)
    })
    .await
}

/// What was true on a business day, or known when a record was the last.
fn past_figures(call: &Call) -> Result<Stands<Figures>, Problem> {
    let live = call.live();
    let now = live.as_of(&live.views());
    let size = match call.query.whole("at") {
        None => now.size,
        Some(at) if at < now.size => at + 1,
        Some(_) => return Err(Problem::NotFound("record")),
    };
    let day = call.query.day("as_of");
    let mut balances = Balances::new(day);
    reading::fold(&*live.records(), 0..size, &mut balances)?;
    let root = if size == now.size { now.root } else { live.root_at(size)? };
    let answer = figures(call, &live.views(), &balances)?;
    let verified_seq = now.verified_seq.filter(|seq| *seq < size);
    let as_of = AsOf { seq: size.checked_sub(1), size, root, business_date: day, verified_seq };
    Ok(Stands { as_of, answer })
}

fn figures(call: &Call, views: &Views<Register>, balances: &Balances) -> Result<Figures, Problem> {
    let named = call.path.jurisdiction("jurisdiction");
    let jurisdiction = named.or(call.query.jurisdiction("jurisdiction"));
    if jurisdiction.is_some_and(|code| balances.name(code).is_none()) {
        return Err(Problem::NotFound("jurisdiction"));
    }
    let by = |word: &str| match call.query.text("by") {
        Some(_) => call.query.has("by", word),
        None => matches!(word, "fund" | "year"),
    };
    let asked = Asked {
        jurisdiction,
        level: call.query.text("level").and_then(Level::parse),
        year: None,
        by_lot: by("lot"),
        by_fund: by("fund") || by("lot"),
        by_year: by("year") || by("lot"),
        by_tier: by("tier"),
    };
    let answer = balances.answer(&asked);
    // Single lots are open as far as the reader's scope reaches.
    let printing = Printing::new(&call.api.service, (views, balances), &call.viewer, &asked);
    let open = |row: &Row| row.lot.is_none() || printing.reaches(row);
    let rows = answer.rows.into_iter().filter(open);
    let page = page(&call.query, rows.map(|row| (cursor(&row), row)));
    let rows = page.rows.into_iter().map(|row| printing.print(row)).collect();
    let totals = answer.totals.into_iter().map(|row| printing.print(row)).collect();
    Ok(Figures { page: Rows { rows, next: page.next }, totals })
}

/// The row's place in the order of rows, as a cursor.
fn cursor(row: &Row) -> String {
    let year = row.fiscal_year.map(|year| year.to_string()).unwrap_or_default();
    let (fund, tier) = (row.fund.unwrap_or_default(), row.tier.unwrap_or_default());
    let lot = row.lot.as_deref().unwrap_or_default();
    format!("{}/{}/{fund}/{year}/{lot}/{tier}", row.jurisdiction, row.class)
}

/// The jurisdictions that are registered.
///
/// # Errors
/// None but failures.
pub async fn jurisdictions(call: Call) -> Result<Response, Problem> {
    quick(call, |reading: &Reading<'_>| {
        let rows = reading.views.names.jurisdictions.iter();
        let rows =
            rows.map(|(code, name)| (code.to_string(), Named { code: *code, name: name.clone() }));
        Ok(page(&reading.call.query, rows))
    })
    .await
}

/// A jurisdiction.
#[derive(Serialize)]
struct Named {
    code: Code,
    name: String,
}
