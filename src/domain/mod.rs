//! Money: what events mean, when they are refused, and what they move. PURE: no bytes of a record,
//! no disk, no network, no clock.
//!
//! Reading order: `decide.rs` (the order of checks on one page), `events/budget/allocation_made.rs`
//! (an event, whole), `state/mod.rs` (what rules read).

pub mod case;
pub mod decide;
pub mod event;
pub mod events;
pub mod fund;
pub mod movement;
pub mod parts;
pub mod place;
pub mod policy;
pub mod references;
pub mod refusal;
pub mod role;
mod shape;
mod signing;
pub mod state;
#[cfg(test)]
mod tables;
pub mod vkey;

pub use decide::{Facts, Past, PastEvent};
pub use event::{Data, Event, EventSeed, Type};
pub use movement::{Movement, Written};
pub use refusal::{Code, Refusal};
pub use shape::explain;
pub use state::{State, Step};
