//! Pages.
use crate::service::Service;
use axum::Router;
use std::sync::Arc;
/// Router.
pub fn router(_: &Arc<Service>) -> Router {
    Router::new()
}
