//! fundtrail: the ledger of poverty-alleviation money under Hebei Province's 2017 responsibility
//! rules. Append-only, event-sourced, hash-chained; anyone who holds an earlier head can prove
//! what changed since.
//!
//! The modules stand in the order in which they may use each other; `ARCHITECTURE.md` is the map.

pub mod access;
pub mod api;
pub mod base;
pub mod chain;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod interchange;
pub mod ledger;
pub mod peers;
pub mod projections;
pub mod seam;
pub mod service;
pub mod store;
pub mod verify;
pub mod web;
