//! The pages, for people who never open a terminal: what a donor, a citizen, a clerk, an auditor
//! sees in a browser.
//!
//! Every page stands in one list, `pages.rs`. A page parses what was asked, asks the views and
//! `access`, and fills a template: no rule, no right, no storage call, no clock. Nothing is loaded
//! from elsewhere, and all but proofs and hints works without scripts (design sections 8 and 10).

pub mod assets;
pub mod figures;
pub mod frame;
pub mod lang;
pub mod marks;
pub mod pages;
pub mod qr;
pub mod reply;
mod villages;
pub mod visit;

mod about;
mod again;
mod audit;
mod charts;
mod check;
mod counties;
mod county;
mod desk;
mod gift;
mod head;
mod home;
mod notice;
mod own_form;
mod picture;
mod project;
mod projects;
mod ranking;
mod reading;
pub mod record;
mod sign_in;
mod social;
mod trouble;
mod vouched;
mod years;

use crate::service::kept::Kept;
use crate::service::{Problem, Service};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The pages of a service.
pub struct Web {
    /// What they stand on.
    pub service: Arc<Service>,
    kept: Kept,
    sheets: desk::sheets::Sheets,
}

/// The routes of a service, of which `routes` are those of the API: pages beside them, and an
/// answer for what is none of them.
pub fn router(service: &Arc<Service>, routes: Router) -> Router {
    let web = Arc::new(Web {
        service: Arc::clone(service),
        kept: Kept::default(),
        sheets: desk::sheets::Sheets::default(),
    });
    let mut router = routes;
    for page in pages::PAGES {
        router = router.route(page.path, visit::method_router(&web, page));
    }
    let nothing = move |request: Request| nothing(Arc::clone(&web), request);
    router.fallback(nothing).method_not_allowed_fallback(|| async { Problem::Method })
}

/// What is no address of ours: a page for people, problem details for machines.
async fn nothing(web: Arc<Web>, request: Request) -> Response {
    let problem = Problem::NotFound("path");
    match wants_page(request.uri().path(), request.headers()) {
        true => visit::trouble(&web, request, &problem).await,
        false => problem.into_response(),
    }
}

fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    !path.starts_with("/v1/") && accepts.is_some_and(|accepts| accepts.contains("text/html"))
}
