//! Projections: pure folds over records, and the answers they give.
//!
//! They fold what records say, movements above all, and decide nothing; the state at the desk is a
//! second fold of the same history, and the two are compared. Disposable: folding again gives the
//! same bytes.

pub mod ages;
pub mod balances;
pub mod cards;
pub mod disclosures;
pub mod dues;
pub mod entries;
pub mod excerpt;
mod figures;
pub mod findings;
pub mod flows;
pub mod gifts;
pub mod ground;
pub mod heads;
pub mod hierarchy;
pub mod inspect;
pub mod links;
pub mod lists;
pub mod names;
pub mod origins;
pub mod parties;
pub mod path;
pub mod plan_lines;
pub mod policies;
pub mod projects;
pub mod reconciliation;
pub mod statement;
#[cfg(test)]
mod tests;
pub mod trace;
pub mod words;
pub mod works;

pub use crate::domain::fund::{Category, Class, Fund, Level};
pub use crate::domain::place::PlaceKind;
pub use crate::domain::policy::PolicyKey;
pub use crate::domain::state::{PovertyStatus, Stage};
pub use figures::{Figures, canonical, figures, figures_sha256};

use crate::base::{Code, Date, EventId, Stamp};
use crate::domain::{Event, Type, Written};

/// A record as a fold is told of it.
#[derive(Debug)]
pub struct Told<'t> {
    /// Its number.
    pub seq: u64,
    /// The type of its event.
    pub kind: Type,
    /// The event's jurisdiction.
    pub here: Code,
    /// The event's business date.
    pub date: Date,
    /// The event's id.
    pub id: EventId,
    /// The principal that posted it.
    pub posted_by: &'t str,
    /// When it was recorded.
    pub recorded_at: Stamp,
    /// Its movements, as written.
    pub movements: &'t [Written<'t>],
    /// The event, where the fold wants it.
    pub event: Option<&'t Event<'t>>,
}

/// A fold over records.
pub trait Fold {
    /// Does the fold want to see whole events of this type?
    fn wants_event(&self, kind: Type) -> bool;

    /// Takes the next record in.
    fn take(&mut self, told: &Told<'_>);
}
