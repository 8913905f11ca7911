//! All pages, in one list: method, path, what is asked for, how it may be kept.

use super::reply::Reply;
use super::visit::Visit;
use super::{about, assets, audit, check, counties, county, desk, gift, head, home, notice};
use super::{picture, project, projects, record, sign_in};
use crate::access::What;
use crate::service::Problem;

/// May an answer be kept?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// By anybody, while the ledger stands where it stood; the same for all who are not signed in.
    Shared,
    /// By nobody.
    Nothing,
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// What is asked for: `access` says to whom it is open.
    pub what: What,
    /// Only for those who signed in, whatever it asks for?
    pub signed_in: bool,
    /// May it be kept?
    pub keeps: Keeps,
    /// The most bytes of a body.
    pub body_bytes_max: usize,
    /// Makes it.
    pub make: fn(&Visit) -> Result<Reply, Problem>,
}

/// The most bytes of a form without files.
pub const FORM_BYTES_MAX: usize = 64 << 10;

/// A page for everybody.
pub const OPEN: Page = Page {
    method: "GET",
    path: "",
    what: What::Totals,
    signed_in: false,
    keeps: Keeps::Shared,
    body_bytes_max: FORM_BYTES_MAX,
    make: |_| Err(Problem::NotFound("path")),
};

/// A page of supervision.
const SUPERVISION: Page =
    Page { what: What::Lists, signed_in: true, keeps: Keeps::Nothing, ..OPEN };

/// A form for everybody.
pub const FORM: Page = Page { method: "POST", keeps: Keeps::Nothing, ..OPEN };

/// A page for those who post.
pub const DESK: Page = Page { what: What::Post, signed_in: true, keeps: Keeps::Nothing, ..OPEN };

/// A form of those who post.
pub const DESK_FORM: Page = Page { method: "POST", ..DESK };

/// Every page.
pub static PAGES: &[Page] = &[
    // Home and counties.
    Page { path: "/", make: home::page, ..OPEN },
    Page { path: "/about", make: about::page, ..OPEN },
    Page { path: "/head", keeps: Keeps::Nothing, make: head::page, ..OPEN },
    Page { path: "/head.txt", keeps: Keeps::Nothing, make: head::file, ..OPEN },
    Page { path: "/flows.csv", keeps: Keeps::Nothing, make: picture::csv, ..OPEN },
    Page { path: "/counties", make: counties::page, ..OPEN },
    Page { path: "/counties/{code}", make: county::page, ..OPEN },
    Page { path: "/counties/{code}/funds.csv", keeps: Keeps::Nothing, make: county::csv, ..OPEN },
    Page { path: "/counties.csv", keeps: Keeps::Nothing, make: counties::csv, ..OPEN },
    // Projects and notices.
    Page { path: "/projects", what: What::Projects, make: projects::page, ..OPEN },
    Page { path: "/projects/{project}", what: What::Projects, make: project::page, ..OPEN },
    Page { path: "/notices/{id}", what: What::Disclosures, make: notice::page, ..OPEN },
    // Gifts.
    Page { path: "/gift", keeps: Keeps::Nothing, make: gift::page, ..OPEN },
    Page { method: "POST", path: "/gift", keeps: Keeps::Nothing, make: gift::enter, ..OPEN },
    Page { method: "POST", path: "/gift/close", keeps: Keeps::Nothing, make: gift::close, ..OPEN },
    Page { path: "/gift/proof", keeps: Keeps::Nothing, make: gift::proof, ..OPEN },
    Page { path: "/gift/proof/file", keeps: Keeps::Nothing, make: gift::download, ..OPEN },
    Page { path: "/gift/statement", keeps: Keeps::Nothing, make: gift::statement, ..OPEN },
    Page {
        method: "POST",
        path: "/gift/acknowledge",
        keeps: Keeps::Nothing,
        make: gift::acknowledge,
        ..OPEN
    },
    Page {
        method: "POST",
        path: "/gift/dispute",
        keeps: Keeps::Nothing,
        make: gift::dispute,
        ..OPEN
    },
    // Records and checks.
    Page { path: "/records/{seq}", make: record::page, ..OPEN },
    Page { path: "/records/{seq}/proof", keeps: Keeps::Nothing, make: record::receipt, ..OPEN },
    Page { path: "/records/{seq}/bytes", keeps: Keeps::Nothing, make: record::bytes, ..OPEN },
    Page {
        path: "/records/{seq}/files/{sha256}",
        keeps: Keeps::Nothing,
        make: record::file,
        ..OPEN
    },
    Page { path: "/check", make: check::page, ..OPEN },
    // The desk.
    Page { path: "/sign-in", keeps: Keeps::Nothing, make: sign_in::page, ..OPEN },
    // It may carry a form that was typed before the session ended.
    Page { path: "/sign-in", body_bytes_max: 2 * FORM_BYTES_MAX, make: sign_in::sign_in, ..FORM },
    Page {
        path: "/session",
        signed_in: true,
        keeps: Keeps::Nothing,
        make: sign_in::session,
        ..OPEN
    },
    Page { path: "/sign-out", make: sign_in::sign_out, ..FORM },
    Page { path: "/desk", make: desk::page, ..DESK },
    Page { path: "/desk/maker", make: desk::staff::choose, ..DESK_FORM },
    Page { path: "/desk/post/{type}", make: desk::post::page, ..DESK },
    Page { path: "/desk/post/{type}", make: desk::post::submit, ..DESK_FORM },
    Page { path: "/desk/feedback", what: What::FeedbackDue, make: desk::feedback::page, ..DESK },
    Page {
        path: "/desk/feedback",
        what: What::FeedbackDue,
        make: desk::feedback::submit,
        ..DESK_FORM
    },
    Page {
        path: "/desk/feedback/proof",
        what: What::FeedbackDue,
        make: desk::feedback::proof,
        ..DESK
    },
    Page { path: "/desk/import", make: desk::sheet_page::page, ..DESK },
    Page {
        path: "/desk/import",
        body_bytes_max: desk::sheet::UPLOAD_BYTES_MAX,
        make: desk::sheet::take,
        ..DESK_FORM
    },
    Page { path: "/desk/import/confirm", make: desk::sheet::confirm, ..DESK_FORM },
    Page { path: "/desk/import/refused.csv", make: desk::sheet::refused_rows, ..DESK },
    Page { path: "/desk/receipt/{seq}", what: What::Records, make: desk::post::receipt, ..DESK },
    // Supervision.
    Page { path: "/audit", make: audit::page, ..SUPERVISION },
    Page { path: "/audit/lists/{list}", make: audit::lists::page, ..SUPERVISION },
    Page { path: "/audit/search", make: audit::search::page, ..SUPERVISION },
    Page { path: "/audit/idle/{county}", make: audit::idle::page, ..SUPERVISION },
    Page { path: "/audit/lots/{lot}", what: What::Lots, make: audit::lot::page, ..SUPERVISION },
    Page {
        path: "/audit/payees/{payee}",
        what: What::Payees,
        make: audit::payee::page,
        ..SUPERVISION
    },
    Page {
        path: "/audit/inspections",
        what: What::Inspections,
        make: audit::inspections::page,
        ..SUPERVISION
    },
    Page {
        path: "/audit/findings",
        what: What::Findings,
        make: audit::findings::page,
        ..SUPERVISION
    },
    Page { path: "/audit/log", what: What::AccessLog, make: audit::log::page, ..SUPERVISION },
    Page { path: "/audit/raise", what: What::Findings, make: audit::findings::form, ..SUPERVISION },
    Page {
        method: "POST",
        path: "/audit/raise",
        what: What::Post,
        make: audit::findings::raise,
        ..SUPERVISION
    },
    // Files that pages load.
    Page { path: "/assets/{digest}/{name}", keeps: Keeps::Nothing, make: asset, ..OPEN },
];

fn asset(visit: &Visit) -> Result<Reply, Problem> {
    let name = |name| visit.path.get(name).unwrap_or_default();
    assets::find(name("digest"), name("name")).ok_or(Problem::NotFound("path"))
}
