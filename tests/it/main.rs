//! The tests of the crate as a whole, in one binary: what the repository freezes is held here.

#![allow(clippy::unwrap_used, reason = "a test that fails may say so by a panic")]

mod golden;
mod held;
mod keys;
mod labels;
mod oracles;
mod proofs;
mod roles;
mod schemas;
mod signing;
mod support;
mod tamper;
