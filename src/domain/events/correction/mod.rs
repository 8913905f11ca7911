//! Corrections: nothing is edited, an error is reversed and booked again; closed months stay as
//! they are.

mod entry_reversed;
mod period_closed;
mod period_reopened;

pub use entry_reversed::EntryReversed;
pub use period_closed::PeriodClosed;
pub use period_reopened::PeriodReopened;
