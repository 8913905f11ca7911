//! What both pillars, money and bytes, speak with: amounts, names, dates, digests.
//!
//! Everything here is a value that was parsed once and cannot be wrong afterwards. Nothing here
//! touches a disk, a network or a clock.

pub mod date;
pub mod fen;
pub mod hex;
pub mod id;
pub mod lookup;
pub mod name;
pub mod personal;
pub mod sha256;
pub(crate) mod text;
pub mod words;

pub use date::{Date, Month, Stamp, Year};
pub use fen::{Amount, Fen};
pub use id::EventId;
pub use name::{Code, Line, Name, Text, Village};
pub use sha256::Digest;
pub use text::decimal;
