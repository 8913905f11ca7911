//! The ledger's own events: its opening, its keys, its witnesses.

mod ledger_opened;

pub use ledger_opened::LedgerOpened;
