//! All routes, in one list: method, path, what it answers, to whom it is open, its parameters.
//!
//! The router, the checks before each handler, `/openapi.json` and `/docs` are made from it.

use super::call::{Call, Running};
use super::known::{
    AFTER_ID, AFTER_OFFSET, AS_OF, AT, CUSTODIAN, DRY_RUN, FORM, FROM, IN_JURISDICTION,
    JURISDICTION, KEPT_SIZE, LEVEL, MET, MODE, NEW, NUMBER, OF_BY, OF_LOT, OF_PROJECT, OF_RECEIPT,
    OF_TYPE, OLD, ON, OPEN, PAYEE, RULE, SHA256, STAGE, TILE_PATH, TO, YEAR,
};
use super::parameters::{AFTER_NAME, AFTER_SEQ, LIMIT, Parameter};
use super::{
    balances, docs, events, evidence, log, money, operations, proofs, records, standing, stream,
    supervision,
};
use crate::access::What;

/// A route.
#[derive(Debug)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// The operation's name.
    pub name: &'static str,
    /// What it answers, in one sentence.
    pub about: &'static str,
    /// What is asked for: `access` says to whom it is open.
    pub what: What,
    /// Is its reader whoever holds the look-up code in the header?
    pub by_code: bool,
    /// Does it wait until the answers have been made from the records?
    pub needs_views: bool,
    /// The names in the path.
    pub path_parameters: &'static [&'static Parameter],
    /// The parameters of the query.
    pub query: &'static [&'static Parameter],
    /// The kind of a good answer.
    pub answer: Answer,
    /// The handler.
    pub run: fn(Call) -> Running,
}

/// The kind of a good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// JSON with the position it was true at.
    Position,
    /// JSON with the position and a page of rows.
    Rows,
    /// JSON of its own.
    Json,
    /// One record, with the position or as its stored line.
    Record,
    /// The outcome of posting.
    Outcome,
    /// Figures in the text form of Prometheus.
    Figures,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Server-sent events.
    Stream,
    /// A page.
    Html,
}

/// A route that reads the views and has no names in its path.
const READ: Route = Route {
    method: "GET",
    path: "",
    name: "",
    about: "",
    what: What::Ledger,
    by_code: false,
    needs_views: true,
    path_parameters: &[],
    query: &[],
    answer: Answer::Position,
    run: |_| Box::pin(async { Err(crate::service::problem::Problem::NotFound("path")) }),
};

/// Every route.
pub static ROUTES: &[Route] = &[
    Route {
        path: "/v1/ledger",
        name: "ledger",
        about: "Which ledger this is, how far it is, and who vouches for it.",
        run: |call| Box::pin(standing::ledger(call)),
        ..READ
    },
    Route {
        path: "/v1/balances",
        name: "balances",
        about: "What came, went and stands, by jurisdiction, class, fund and year.",
        what: What::Totals,
        query: &[&JURISDICTION, &LEVEL, &OF_BY, &AT, &AS_OF, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(balances::answer(call)),
        ..READ
    },
    Route {
        path: "/v1/balances/{jurisdiction}",
        name: "balances_of",
        about: "What came, went and stands in a jurisdiction and those below it.",
        what: What::Totals,
        path_parameters: &[&JURISDICTION],
        query: &[&LEVEL, &OF_BY, &AT, &AS_OF, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(balances::answer(call)),
        ..READ
    },
    Route {
        path: "/v1/jurisdictions",
        name: "jurisdictions",
        about: "The jurisdictions that are registered, by their present names.",
        query: &[&LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(balances::jurisdictions(call)),
        ..READ
    },
    Route {
        method: "POST",
        path: "/v1/events",
        name: "post_events",
        about: "Post one event, or JSON Lines of events; the same codes as the command.",
        what: What::Post,
        query: &[&MODE, &DRY_RUN, &OF_RECEIPT],
        answer: Answer::Outcome,
        run: |call| Box::pin(events::post(call)),
        ..READ
    },
    Route {
        path: "/v1/records",
        name: "records",
        about: "Records as they are stored, in order: all, or those with one key.",
        what: What::Records,
        query: &[&AFTER_SEQ, &LIMIT, &OF_TYPE, &IN_JURISDICTION, &OF_LOT, &OF_PROJECT],
        answer: Answer::Rows,
        run: |call| Box::pin(records::list(call)),
        ..READ
    },
    Route {
        path: "/v1/records/{seq}",
        name: "record",
        about: "One record as it is stored.",
        what: What::Records,
        path_parameters: &[&NUMBER],
        query: &[&FORM],
        answer: Answer::Record,
        run: |call| Box::pin(records::one(call)),
        ..READ
    },
    Route {
        path: "/v1/lots/{lot}",
        name: "lot",
        about: "A lot and those of its movements that you may see.",
        what: What::Lots,
        path_parameters: &[&OF_LOT],
        run: |call| Box::pin(money::lot(call)),
        ..READ
    },
    Route {
        path: "/v1/projects",
        name: "projects",
        about: "Projects: what each is, how far it has come, where its money stands.",
        what: What::Projects,
        query: &[&JURISDICTION, &STAGE, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(money::projects(call)),
        ..READ
    },
    Route {
        path: "/v1/projects/{project}",
        name: "project",
        about: "A project and those of its movements that you may see.",
        what: What::Projects,
        path_parameters: &[&OF_PROJECT],
        run: |call| Box::pin(money::project(call)),
        ..READ
    },
    Route {
        path: "/v1/payees/{payee}",
        name: "payee",
        about: "What was paid to whom, as far as you may see.",
        what: What::Payees,
        path_parameters: &[&PAYEE],
        run: |call| Box::pin(money::payee(call)),
        ..READ
    },
    Route {
        path: "/v1/donations/{lot}",
        name: "donation",
        about: "A gift: what came, each use, what remains.",
        what: What::Donations,
        path_parameters: &[&OF_LOT],
        run: |call| Box::pin(money::donation(call)),
        ..READ
    },
    Route {
        path: "/v1/gift",
        name: "gift",
        about: "The gift whose look-up code stands in the header Gift-Code.",
        what: What::Donations,
        by_code: true,
        run: |call| Box::pin(money::gift(call)),
        ..READ
    },
    Route {
        path: "/v1/feedback/due",
        name: "feedback_due",
        about: "What givers wait to hear, the earliest due first.",
        what: What::FeedbackDue,
        query: &[&JURISDICTION, &CUSTODIAN, &OF_LOT, &ON, &MET, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(supervision::feedback_due(call)),
        ..READ
    },
    Route {
        path: "/v1/flows",
        name: "flows",
        about: "Where money went: from fund to city to county to use.",
        what: What::Totals,
        query: &[&JURISDICTION, &YEAR],
        answer: Answer::Rows,
        run: |call| Box::pin(supervision::flows(call)),
        ..READ
    },
    Route {
        path: "/v1/inspections",
        name: "inspections",
        about: "What an inspector should look into, by rule; a hit is no verdict.",
        what: What::Inspections,
        query: &[&JURISDICTION, &RULE, &FROM, &TO, &ON, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(supervision::inspections(call)),
        ..READ
    },
    Route {
        path: "/v1/findings",
        name: "findings",
        about: "Findings and their course, as far as you may see.",
        what: What::Findings,
        query: &[&JURISDICTION, &OPEN, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(supervision::findings(call)),
        ..READ
    },
    Route {
        path: "/v1/disclosures",
        name: "disclosures",
        about: "What was put up in public, where and until when.",
        what: What::Disclosures,
        query: &[&JURISDICTION, &LIMIT, &AFTER_NAME],
        answer: Answer::Rows,
        run: |call| Box::pin(supervision::disclosures(call)),
        ..READ
    },
    Route {
        path: "/v1/evidence/{sha256}",
        name: "evidence",
        about: "A stored document, for whoever may read a record that names it.",
        what: What::Evidence,
        path_parameters: &[&SHA256],
        answer: Answer::Bytes,
        run: |call| Box::pin(evidence::file(call)),
        ..READ
    },
    Route {
        path: "/v1/stream",
        name: "stream",
        about: "Records as they become durable, as server-sent events; resumable.",
        what: What::Stream,
        query: &[&AFTER_ID],
        answer: Answer::Stream,
        run: |call| Box::pin(stream::follow(call)),
        ..READ
    },
    Route {
        path: "/v1/access-log",
        name: "access_log",
        about: "Who was shown what that is not for everybody.",
        what: What::AccessLog,
        query: &[&AFTER_OFFSET],
        answer: Answer::Position,
        run: |call| Box::pin(log::page(call)),
        ..READ
    },
    Route {
        path: "/v1/records/{seq}/proof",
        name: "proof",
        about: "The receipt of a record (C2SP tlog-proof).",
        what: What::Proofs,
        path_parameters: &[&NUMBER],
        answer: Answer::Text,
        run: |call| Box::pin(proofs::receipt(call)),
        ..READ
    },
    Route {
        path: "/v1/consistency",
        name: "consistency",
        about: "The proof that one size continues another: a base64 hash a line.",
        what: What::Proofs,
        query: &[&OLD, &NEW],
        answer: Answer::Text,
        run: |call| Box::pin(proofs::consistency(call)),
        ..READ
    },
    Route {
        path: "/checkpoint",
        name: "checkpoint",
        about: "The newest published checkpoint (C2SP).",
        what: What::Proofs,
        needs_views: false,
        answer: Answer::Text,
        run: |call| Box::pin(proofs::checkpoint(call)),
        ..READ
    },
    Route {
        path: "/checkpoints",
        name: "kept_heads",
        about: "The sizes of the heads that are kept for ever, one a line; a page of the next.",
        what: What::Proofs,
        needs_views: false,
        query: &[&AFTER_SEQ],
        answer: Answer::Text,
        run: |call| Box::pin(proofs::kept_heads(call)),
        ..READ
    },
    Route {
        path: "/checkpoints/{size}",
        name: "kept_head",
        about: "A head that is kept for ever, with the cosignatures that it was given.",
        what: What::Proofs,
        needs_views: false,
        path_parameters: &[&KEPT_SIZE],
        answer: Answer::Text,
        run: |call| Box::pin(proofs::kept_head(call)),
        ..READ
    },
    Route {
        path: "/checkpoint/witnessed",
        name: "checkpoint_witnessed",
        about: "The newest checkpoint with a quorum of cosignatures.",
        what: What::Proofs,
        needs_views: false,
        answer: Answer::Text,
        run: |call| Box::pin(proofs::witnessed(call)),
        ..READ
    },
    Route {
        path: "/tile/{*path}",
        name: "tile",
        about: "A tile of hashes (C2SP tlog-tiles); bundles of records for those who read all.",
        what: What::Proofs,
        needs_views: false,
        path_parameters: &[&TILE_PATH],
        answer: Answer::Bytes,
        run: |call| Box::pin(proofs::tile(call)),
        ..READ
    },
    Route {
        path: "/policy/{sha256}",
        name: "policy",
        about: "A policy that is or was in force, or the one that the records state.",
        path_parameters: &[&SHA256],
        answer: Answer::Text,
        run: |call| Box::pin(standing::policy(call)),
        ..READ
    },
    Route {
        path: "/openapi.json",
        name: "openapi",
        about: "This service, described for machines (OpenAPI 3.1).",
        needs_views: false,
        answer: Answer::Json,
        run: |call| Box::pin(docs::openapi(call)),
        ..READ
    },
    Route {
        path: "/docs",
        name: "docs",
        about: "This service, described for people.",
        needs_views: false,
        answer: Answer::Html,
        run: |call| Box::pin(docs::page(call)),
        ..READ
    },
    Route {
        path: "/healthz",
        name: "alive",
        about: "The process answers.",
        needs_views: false,
        answer: Answer::Text,
        run: |call| Box::pin(operations::alive(call)),
        ..READ
    },
    Route {
        path: "/readyz",
        name: "ready",
        about: "Ready to serve, or what stands against it.",
        needs_views: false,
        answer: Answer::Json,
        run: |call| Box::pin(operations::ready(call)),
        ..READ
    },
    Route {
        path: "/metrics",
        name: "metrics",
        about: "Figures for those who operate it, in the text form of Prometheus.",
        what: What::Metrics,
        needs_views: false,
        answer: Answer::Figures,
        run: |call| Box::pin(operations::metrics(call)),
        ..READ
    },
];
