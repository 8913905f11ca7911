//! Other machines: the client that speaks to them, mirrors of a ledger, witnesses of its heads.
//!
//! Nothing that another machine says is believed here but by a key that was brought from outside.
//! Mirrors and witnesses are second parties' programs: they share no state with a ledger.

pub mod client;
pub mod cosigning;
pub mod files;
pub mod mirror;
#[cfg(test)]
mod samples;
pub mod source;
pub mod witness;
