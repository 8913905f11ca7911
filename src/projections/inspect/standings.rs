//! What stands in each project, as several rules ask; fiscal and social money together.

use crate::base::Date;
use crate::domain::place::PlaceKind;
use crate::projections::Told;
use crate::projections::path::Spot;
use std::collections::BTreeMap;

/// What stands in a project, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Arranged.
    pub committed: i64,
    /// Paid in advance.
    pub advanced: i64,
    /// Spent.
    pub spent: i64,
    /// To be paid back.
    pub reclaim: i64,
    /// The last record and day on which its money moved.
    pub last: Option<(u64, Date)>,
}

impl Standing {
    /// Everything that counts against the approval.
    pub fn used(&self) -> i64 {
        self.committed + self.advanced + self.spent + self.reclaim
    }
}

/// What stands in each project.
#[derive(Debug, Default)]
pub struct Standings {
    rows: BTreeMap<String, Standing>,
}

impl Standings {
    /// What stands in a project; nothing where none ever moved.
    pub fn of(&self, project: &str) -> Standing {
        self.rows.get(project).copied().unwrap_or_default()
    }

    /// Takes a record in.
    pub fn take(&mut self, told: &Told<'_>) {
        for movement in told.movements {
            let fen = movement.amount_fen;
            for (path, fen) in [(movement.from, -fen), (movement.to, fen)] {
                let Some(spot) = Spot::parse(path) else { continue };
                let Some(project) = spot.project else { continue };
                if !self.rows.contains_key(project) {
                    self.rows.insert(project.to_owned(), Standing::default());
                }
                let row = self.rows.get_mut(project).expect("it was just put in");
                row.last = Some((told.seq, told.date));
                match spot.kind {
                    PlaceKind::Committed => row.committed += fen,
                    PlaceKind::Advanced => row.advanced += fen,
                    PlaceKind::Spent => row.spent += fen,
                    PlaceKind::Reclaim => row.reclaim += fen,
                    PlaceKind::Outside
                    | PlaceKind::Available
                    | PlaceKind::Consolidated
                    | PlaceKind::Surplus => {}
                }
            }
        }
    }
}
