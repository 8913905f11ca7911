//! The laws of design section 3, summed up anew from every cell.
//!
//! After each record only the touched places and the running totals are looked at; this full sum is
//! taken at each state file, by `verify`, and in property tests.

use super::{LotId, State};
use crate::base::Fen;

/// A law that does not hold: a bug, or a state that was tampered with.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Broken {
    /// The places of a lot do not add up to what came in less what went out.
    #[error("lot {lot}: its places hold {inside} fen, but {came_in} fen came in and stayed")]
    Lot {
        /// The lot's id.
        lot: String,
        /// The sum over its places.
        inside: i128,
        /// Received less withdrawn and refunded.
        came_in: i128,
    },
    /// The running totals differ from the sums.
    #[error("the running totals of the two classes are {running:?} fen, the sums {summed:?} fen")]
    Totals {
        /// Kept while records were applied.
        running: [i128; 2],
        /// Summed up now.
        summed: [i128; 2],
    },
    /// A project's sums differ from its places'.
    #[error("project {project}: its sums are not those of its places")]
    Project {
        /// The project's id.
        project: String,
    },
}

impl State {
    /// The quick law, after every record: inside and outside agree.
    pub(super) fn assert_totals(&self) {
        assert!(
            self.totals.inside == self.totals.came_in,
            "law: what lies in the places is what came in less what went out, per class"
        );
    }

    /// Every law, from every cell.
    pub fn check_laws(&self) -> Result<(), Broken> {
        let mut by_lot = vec![0_i128; self.lots.len()];
        let mut by_project = vec![0_i128; self.projects.len()];
        for ((lot, place), fen) in self.cells.iter() {
            let fen = i128::from(fen.get());
            by_lot[lot.index()] += fen;
            if let Some(project) = place.project() {
                by_project[project.index()] += fen;
            }
        }
        let mut summed = [0; 2];
        for (index, inside) in by_lot.iter().enumerate() {
            let lot = self.lot(LotId::new(index));
            summed[lot.class as usize] += inside;
            let out = [lot.withdrawn, lot.refunded].map(|fen: Fen| i128::from(fen.get()));
            let came_in = match lot.reversed {
                true => 0,
                false => i128::from(lot.received.get()) - out[0] - out[1],
            };
            if *inside != came_in {
                let lot = self.lot_name(LotId::new(index)).to_owned();
                return Err(Broken::Lot { lot, inside: *inside, came_in });
            }
        }
        for (index, inside) in by_project.iter().enumerate() {
            let (name, project) = self.projects.at(index);
            if project.used().get() != *inside {
                return Err(Broken::Project { project: name.to_string() });
            }
        }
        match summed == self.totals.inside && summed == self.totals.came_in {
            true => Ok(()),
            false => Err(Broken::Totals { running: self.totals.inside, summed }),
        }
    }
}
