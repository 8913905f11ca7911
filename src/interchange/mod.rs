//! Moving files across the border: what bureaus have becomes bodies of events, and what the
//! ledger holds becomes files that others can read.
//!
//! Yuan, 万元, dates in ten spellings and sheets with titles and totals exist only here; inside
//! there are whole fen and days. Nothing here decides whether an event is right: the rules do
//! that when the body is posted. Importing reads the one file it is given and nothing else.

pub mod capitals;
pub mod day;
pub mod draft;
pub mod export;
pub mod import;
pub mod money;
mod text;
