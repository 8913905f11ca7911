//! The money of projects, fiscal and social apart, and when each was last moved.
//!
//! The two classes are never added up here; [`super::projects`] says what a project is.

use super::path::Spot;
use super::{Fold, Told};
use crate::base::Date;
use crate::domain::fund::Class;
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use std::collections::{BTreeMap, HashSet};

/// The fold behind projects' money by class.
#[derive(Debug, Default)]
pub struct ProjectSums {
    /// By project.
    pub rows: BTreeMap<String, Sums>,
    /// The lots of social money; every other is fiscal.
    social: HashSet<String>,
}

/// A project's money, by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Of fiscal lots.
    pub fiscal: Standing,
    /// Of social lots.
    pub social: Standing,
    /// The record that moved it last, and its business date.
    pub last: Option<(u64, Date)>,
}

/// What stands in a project, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Arranged, not yet paid.
    pub committed_fen: i64,
    /// Paid in advance, not yet accounted for.
    pub advanced_fen: i64,
    /// Spent.
    pub spent_fen: i64,
    /// To be paid back.
    pub reclaim_fen: i64,
}

impl Standing {
    /// What was arranged for it: all of it, wherever it has come to.
    pub fn arranged_fen(&self) -> i64 {
        self.committed_fen + self.advanced_fen + self.spent_fen + self.reclaim_fen
    }

    fn place(&mut self, kind: PlaceKind) -> Option<&mut i64> {
        match kind {
            PlaceKind::Committed => Some(&mut self.committed_fen),
            PlaceKind::Advanced => Some(&mut self.advanced_fen),
            PlaceKind::Spent => Some(&mut self.spent_fen),
            PlaceKind::Reclaim => Some(&mut self.reclaim_fen),
            PlaceKind::Outside
            | PlaceKind::Available
            | PlaceKind::Consolidated
            | PlaceKind::Surplus => None,
        }
    }
}

impl ProjectSums {
    fn stand(&mut self, told: &Told<'_>, lot: &str, path: &str, fen: i64) {
        let Some(spot) = Spot::parse(path) else { return };
        let Some(project) = spot.project else { return };
        let social = self.social.contains(lot);
        let sums = self.rows.entry(project.to_owned()).or_default();
        let standing = if social { &mut sums.social } else { &mut sums.fiscal };
        if let Some(place) = standing.place(spot.kind) {
            *place += fen;
            sums.last = Some((told.seq, told.date));
        }
    }
}

impl Fold for ProjectSums {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsReceived | Type::DonationReceived)
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::FundsReceived(data)) => {
                let of = data.of_lot.map(|of| self.social.contains(of.as_str()));
                if of.unwrap_or(data.class == Some(Class::Social)) {
                    self.social.insert(data.lot.to_string());
                }
            }
            Some(Data::DonationReceived(data)) => {
                self.social.insert(data.lot.to_string());
            }
            Some(_) | None => {}
        }
        for movement in told.movements {
            self.stand(told, movement.lot, movement.from, -movement.amount_fen);
            self.stand(told, movement.lot, movement.to, movement.amount_fen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::History;

    #[test]
    fn the_two_classes_of_a_project_stand_apart() {
        let mut history = History::new();
        history.at(130_723).on("2017-03-01").funds("L1", "central_special", 1000);
        history.gift("G1", 70, "public");
        history.project("P1", "industry", 500);
        history.commit("P1", "L1", 400);
        history.commit("P1", "G1", 70);
        history.on("2017-03-09").pay("P1", "L1", 150, "payee");
        let sums = history.fold(ProjectSums::default()).rows["P1"];
        assert_eq!((sums.fiscal.arranged_fen(), sums.fiscal.spent_fen), (400, 150));
        assert_eq!((sums.social.arranged_fen(), sums.social.spent_fen), (70, 0));
        assert_eq!(sums.last.map(|(_, day)| day.to_string()).as_deref(), Some("2017-03-09"));
    }
}
