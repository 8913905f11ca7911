//! Quota documents and their way down the levels (Articles 4, 5, 12, 16).

mod allocation_made;
mod funds_received;

pub use allocation_made::AllocationMade;
pub use funds_received::FundsReceived;
