//! The ledger's own events: its opening, its keys, its witnesses.

mod ledger_continued;
mod ledger_opened;
mod log_key_changed;
mod witness_registered;
mod witness_retired;

pub use ledger_continued::LedgerContinued;
pub use ledger_opened::LedgerOpened;
pub use log_key_changed::LogKeyChanged;
pub use witness_registered::WitnessRegistered;
pub use witness_retired::WitnessRetired;
