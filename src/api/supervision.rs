//! What supervision, donors and the public ask: feedback due, where money went, findings,
//! disclosures.

use super::answer::{Reading, quick, slow};
use super::call::Call;
use super::paging::{Rows, page};
use crate::access::Register;
use crate::base::Date;
use crate::ledger::live::{Stands, Views};
use crate::ledger::reading;
use crate::projections::dues::{self, Due};
use crate::projections::findings::Finding;
use crate::projections::flows::{self, Link};
use crate::projections::inspect::{Asked, Hit, Inspection, Limits, RuleKey};
use crate::service::problem::Problem;
use axum::response::Response;
use serde::Serialize;

/// The day that was asked for, or the last business day that the records tell of, as commands
/// take it.
fn day(call: &Call, views: &Views<Register>) -> Result<Date, Problem> {
    call.query.day("on").or(views.dues.last_day()).ok_or(Problem::NotFound("business day"))
}

/// The feedback that givers wait for, of lots whose cause the reader may see.
///
/// # Errors
/// None but failures.
pub async fn feedback_due(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let on = day(call, &call.live().views())?;
        let asked = dues::Asked {
            jurisdiction: call.query.jurisdiction("jurisdiction"),
            holder: call.query.text("custodian").map(str::to_owned),
            lot: call.query.text("lot").map(str::to_owned),
            met: call.query.flag("met"),
            ..dues::Asked::on(on)
        };
        let live = call.live();
        let (mut as_of, rows) = {
            let views = live.views();
            (live.as_of(&views), views.dues.answer(&asked))
        };
        as_of.business_date = Some(asked.on);
        let rows = rows.into_iter().filter(|row| call.reader().sees(row.cause_seq));
        let mut rows: Vec<(String, Due)> = rows.map(|row| (cursor_of_due(&row), row)).collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Stands { as_of, answer: page(&call.query, rows.into_iter()) })
    })
    .await
}

fn cursor_of_due(row: &Due) -> String {
    let project = row.project.as_deref().unwrap_or_default();
    format!("{}/{}/{:012}/{}/{project}", row.due_on, row.lot, row.cause_seq, row.kind)
}

/// The bands of the picture of flows.
#[derive(Serialize)]
struct Picture {
    rows: Vec<Link>,
    next: Option<String>,
}

/// Where money went: fund, city, county, use.
///
/// # Errors
/// The jurisdiction is unknown.
pub async fn flows(call: Call) -> Result<Response, Problem> {
    quick(call, |reading: &Reading<'_>| {
        let (call, views) = (reading.call, reading.views);
        let jurisdiction = call.query.jurisdiction("jurisdiction");
        let known = |code| views.names.jurisdictions.contains_key(&code);
        if jurisdiction.is_some_and(|code| !known(code)) {
            return Err(Problem::NotFound("jurisdiction"));
        }
        let year = call.query.whole("year").and_then(|year| u16::try_from(year).ok());
        let asked = flows::Asked { jurisdiction, year, ..flows::Asked::default() };
        let mut rows = views.flows.answer(&asked);
        // A band of social money may be one gift; only whoever reads single lots there sees it.
        let lots = crate::service::cells::reaches_all(&call.viewer, views, jurisdiction);
        rows.retain(|link| lots || link.class.code() != "social");
        Ok(Picture { rows, next: None })
    })
    .await
}

/// The findings that the reader may see.
///
/// # Errors
/// None but failures.
pub async fn findings(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let root = call.query.jurisdiction("jurisdiction");
        let open = call.query.flag("open");
        let live = call.live();
        let (as_of, rows) = {
            let views = live.views();
            let wanted = |row: &&Finding| {
                (!open || row.stage.is_open())
                    && root.is_none_or(|root| views.beside.is_at_or_below(row.jurisdiction, root))
            };
            let rows: Vec<Finding> = views.findings.rows.values().filter(wanted).cloned().collect();
            (live.as_of(&views), rows)
        };
        let rows =
            rows.into_iter().filter(|row| call.reader().sees(row.steps[0].seq)).map(|mut row| {
                // A step that the reader may not see is left out: a case that was passed on.
                row.steps.retain(|step| call.reader().sees(step.seq));
                (row.finding.clone(), row)
            });
        let answer: Rows<Finding> = page(&call.query, rows);
        Ok(Stands { as_of, answer })
    })
    .await
}

/// What was put up in public, the earliest record first.
///
/// # Errors
/// None but failures.
pub async fn disclosures(call: Call) -> Result<Response, Problem> {
    quick(call, |reading: &Reading<'_>| {
        let (query, views) = (&reading.call.query, reading.views);
        let root = query.jurisdiction("jurisdiction");
        let rows = views.disclosures.published.iter().filter(|row| {
            root.is_none_or(|root| views.beside.is_at_or_below(row.jurisdiction, root))
        });
        Ok(page(query, rows.map(|row| (format!("{:012}", row.seq), row.clone()))))
    })
    .await
}

/// What the rules point at, and the limits that they worked with.
#[derive(Serialize)]
struct Inspected {
    #[serde(flatten)]
    page: Rows<Hit>,
    limits: Limits,
}

/// What an inspector should look into: those hits of which the reader sees every record.
///
/// # Errors
/// There is no such rule, or others are reading many records.
pub async fn inspections(call: Call) -> Result<Response, Problem> {
    let unknown = || Problem::Parameter {
        name: "rule".to_owned(),
        reason: "is none of the rules that `inspect --rules` lists".to_owned(),
    };
    let rule = call.query.text("rule").map(|key| RuleKey::find(key).ok_or_else(unknown));
    let rule = rule.transpose()?;
    let place = call.api.service.limits.past()?;
    slow(call, move |call| {
        let _place = place;
        let live = call.live();
        let (mut as_of, on) = {
            let views = live.views();
            (live.as_of(&views), day(call, &views)?)
        };
        let mut inspection = Inspection::new(Some(on), Limits::default(), rule);
        reading::fold(&*live.records(), 0..as_of.size, &mut inspection)?;
        let (jurisdiction, query) = (call.query.jurisdiction("jurisdiction"), &call.query);
        let (from, to) = (query.day("from"), query.day("to"));
        let hits = inspection.hits(&Asked { on, jurisdiction, rule, from, to });
        as_of.business_date = Some(on);
        let seen = |hit: &Hit| hit.seqs.iter().all(|seq| call.reader().sees(*seq));
        // Counted after what is hidden was left out: it changes no cursor.
        let rows = hits.into_iter().filter(seen).enumerate();
        let page = page(query, rows.map(|(at, hit)| (cursor_of_hit(at, &hit), hit)));
        Ok(Stands { as_of, answer: Inspected { page, limits: inspection.limits().clone() } })
    })
    .await
}

/// The hit's place in the order of hits: they come by rule, which is not the order of letters.
fn cursor_of_hit(at: usize, hit: &Hit) -> String {
    format!("{at:09}/{}", hit.rule.code())
}
