//! The tests of the crate as a whole, in one binary: what the repository freezes is held here.

#![allow(clippy::unwrap_used, reason = "a test that fails may say so by a panic")]
#![allow(clippy::print_stdout, reason = "a run of kills prints the command that replays it")]

mod access;
mod access_over_time;
mod audit_pack;
mod bad_input;
mod browser;
mod demo;
mod faults;
mod golden;
mod held;
mod history;
mod keys;
mod kill;
mod labels;
mod mirror;
mod oracles;
mod pages;
mod pages_audit;
mod pages_desk;
mod pages_gift;
mod pages_proofs;
mod pages_public;
mod pages_rights;
mod pages_tls;
mod pages_words;
mod proofs;
mod python;
mod readme;
mod reconcile;
mod report;
mod roles;
mod schemas;
mod serve;
mod serve_bounds;
mod serve_hostile;
mod serve_post;
mod serving;
mod sheet_bounds;
mod signing;
mod statement;
mod supervision;
mod support;
mod tamper;
mod tidy;
mod witness;
