//! Canonical JSON: RFC 8785 behind a stricter gate, so that one fact has exactly one text.
//!
//! [`canonicalise`] lets foreign JSON in, [`read()`] reads what is stored and refuses any other
//! form, [`write_string`] is for those who compose. Nothing here rounds, normalises or repairs:
//! what fails is [`Malformed`]. The rules stand in `schemas/record.md`.

mod gate;
mod malformed;
mod read;
mod scan;
mod write;

pub use gate::canonicalise;
pub use malformed::{Fault, Malformed};
pub use read::{Reader, check, read, read_as};
pub use write::{write_integer, write_string};

/// The longest event in canonical bytes; together with its movements it has to fit a record.
pub const EVENT_BYTES_MAX: usize = 40_000;

/// How deep objects and lists may be nested, the event itself counted as 1.
pub const DEPTH_MAX: usize = 16;

/// The largest integer and, negated, the smallest: 2^53 − 1, which every JSON reader keeps exactly.
pub const INTEGER_MAX: i64 = 9_007_199_254_740_991;

#[cfg(test)]
mod tests;
