//! All pages, in one list: method, path, what is asked for, how it may be kept.

use super::reply::Reply;
use super::visit::Visit;
use super::{about, assets, check, counties, county, gift, head, home, picture, record};
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
    Page { path: "/check", make: check::page, ..OPEN },
    // The desk.
    // Supervision.
    // Files that pages load.
    Page { path: "/assets/{digest}/{name}", keeps: Keeps::Nothing, make: asset, ..OPEN },
];

fn asset(visit: &Visit) -> Result<Reply, Problem> {
    let name = |name| visit.path.get(name).unwrap_or_default();
    assets::find(name("digest"), name("name")).ok_or(Problem::NotFound("path"))
}
