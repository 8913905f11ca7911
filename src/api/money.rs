//! Lots, projects, payees and gifts: what each is, and every movement of it that the reader may
//! see.

use super::answer::{quick, slow};
use super::call::Call;
use super::paging::page;
use crate::access::Viewer;
use crate::base::Code;
use crate::ledger::live::Stands;
use crate::ledger::lookups::Key;
use crate::projections::gifts::Gift;
use crate::projections::projects::Project;
use crate::projections::trace::{Step, Subject};
use crate::service::problem::Problem;
use crate::service::projects;
use axum::response::Response;
use serde::Serialize;

/// A lot.
#[derive(Serialize)]
struct Lot {
    lot: String,
    gift: bool,
    received_at: Code,
    custodian: Option<String>,
    steps: Vec<Step>,
    /// Are there more movements than are told here?
    more: bool,
}

/// A lot and its movements.
///
/// # Errors
/// The reader sees no record of such a lot.
pub async fn lot(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let name = call.path.text("lot").unwrap_or_default();
        let live = call.live();
        let as_of = live.as_of(&live.views());
        let (steps, more) = call.reader().steps(Key::Lot(name), Subject::Lot(name.to_owned()))?;
        let views = live.views();
        let lot = views.beside.lot(name).filter(|_| !steps.is_empty());
        let lot = lot.ok_or(Problem::NotFound("lot"))?;
        let answer = Lot {
            lot: name.to_owned(),
            gift: lot.gift,
            received_at: lot.received_at,
            custodian: lot.custodian.as_deref().map(str::to_owned),
            steps,
            more,
        };
        Ok(Stands { as_of, answer })
    })
    .await
}

/// Whom money was paid to.
#[derive(Serialize)]
struct Payee {
    payee: String,
    name: Option<String>,
    steps: Vec<Step>,
    more: bool,
}

/// A payee and what was paid.
///
/// # Errors
/// The reader sees no record of such a payee.
pub async fn payee(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let payee = call.path.text("payee").unwrap_or_default().to_owned();
        let live = call.live();
        let as_of = live.as_of(&live.views());
        let (steps, more) =
            call.reader().steps(Key::Payee(&payee), Subject::Payee(payee.clone()))?;
        if steps.is_empty() {
            return Err(Problem::NotFound("payee"));
        }
        let name = live.views().names.organizations.get(&payee).cloned();
        Ok(Stands { as_of, answer: Payee { payee, name, steps, more } })
    })
    .await
}

/// The projects, all or those of a jurisdiction and below it.
///
/// # Errors
/// None but failures.
pub async fn projects(call: Call) -> Result<Response, Problem> {
    quick(call, |reading| {
        let query = &reading.call.query;
        let (root, stage) = (query.jurisdiction("jurisdiction"), query.text("stage"));
        let register = &reading.views.beside;
        let wanted = |row: &&Project| {
            root.is_none_or(|root| register.is_at_or_below(row.jurisdiction, root))
                && stage.is_none_or(|stage| row.stage == stage)
        };
        let rows = reading.views.projects.rows.values().filter(wanted);
        Ok(page(
            query,
            rows.map(|row| {
                let shown = projects::shown(&reading.call.viewer, reading.views, row);
                (row.project.clone(), shown)
            }),
        ))
    })
    .await
}

/// A project and those of its movements that the reader may see.
#[derive(Serialize)]
struct OneProject {
    #[serde(flatten)]
    project: projects::Shown,
    steps: Vec<Step>,
    more: bool,
}

/// A project.
///
/// # Errors
/// There is none of that id.
pub async fn project(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let name = call.path.text("project").unwrap_or_default();
        let live = call.live();
        let as_of = live.as_of(&live.views());
        let project = {
            let views = live.views();
            let row = views.projects.rows.get(name).ok_or(Problem::NotFound("project"))?;
            projects::shown(&call.viewer, &views, row)
        };
        let (steps, more) =
            call.reader().steps(Key::Project(name), Subject::Project(name.to_owned()))?;
        Ok(Stands { as_of, answer: OneProject { project, steps, more } })
    })
    .await
}

/// A gift and its movements.
#[derive(Serialize)]
struct Statement {
    #[serde(flatten)]
    gift: Gift,
    steps: Vec<Step>,
    more: bool,
}

/// A gift, by its lot.
///
/// # Errors
/// The reader does not see its receipt.
pub async fn donation(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let lot = call.path.text("lot").unwrap_or_default().to_owned();
        statement(call, &lot)
    })
    .await
}

/// The gift that a look-up code opens.
///
/// # Errors
/// No code was sent.
pub async fn gift(call: Call) -> Result<Response, Problem> {
    slow(call, |call| {
        let lot = of_code(&call.viewer)?;
        statement(call, &lot)
    })
    .await
}

fn of_code(viewer: &Viewer) -> Result<String, Problem> {
    match viewer {
        Viewer::Gift(lot) => Ok(lot.to_string()),
        Viewer::Public | Viewer::Principal(_) => Err(Problem::NotFound("gift")),
    }
}

fn statement(call: &Call, lot: &str) -> Result<Stands<Statement>, Problem> {
    let live = call.live();
    let as_of = live.as_of(&live.views());
    let (steps, more) = call.reader().steps(Key::Lot(lot), Subject::Lot(lot.to_owned()))?;
    let gift = live.views().gifts.rows.get(lot).filter(|_| !steps.is_empty()).cloned();
    let gift = gift.ok_or(Problem::NotFound("gift"))?;
    Ok(Stands { as_of, answer: Statement { gift: *gift, steps, more } })
}
