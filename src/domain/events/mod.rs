//! The event types: a folder per family, a file per event with its fields, what is declared about
//! it, its rule, and its table of cases. The list of all stands in `super::event`.

pub mod budget;
pub mod consolidation;
pub mod correction;
pub mod disbursement;
pub mod donation;
pub mod ledger;
pub mod project;
pub mod registry;

pub use budget::*;
pub use consolidation::*;
pub use correction::*;
pub use disbursement::*;
pub use donation::*;
pub use ledger::*;
pub use project::*;
pub use registry::*;
