//! Corrections: nothing is edited, an error is reversed and booked again.

mod entry_reversed;

pub use entry_reversed::EntryReversed;
