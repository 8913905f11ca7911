//! The money of each project, fiscal and social apart, and from how many gifts the social part
//! comes: what a public page needs to know before it prints a figure.

use super::path::Spot;
use super::{Fold, Told};
use crate::domain::events::Anonymity;
use crate::domain::fund::Class;
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Money of one class in a project, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stands {
    /// Arranged, not yet paid.
    pub committed_fen: i128,
    /// Paid in advance, not yet accounted for.
    pub advanced_fen: i128,
    /// Spent.
    pub spent_fen: i128,
    /// To be paid back.
    pub reclaim_fen: i128,
}

impl Stands {
    /// All that was arranged and not taken back.
    pub fn arranged_fen(&self) -> i128 {
        self.committed_fen + self.advanced_fen + self.spent_fen + self.reclaim_fen
    }

    /// Adds to one of its places; what lies outside of a project counts nothing.
    pub fn add(&mut self, kind: PlaceKind, fen: i128) {
        match kind {
            PlaceKind::Committed => self.committed_fen += fen,
            PlaceKind::Advanced => self.advanced_fen += fen,
            PlaceKind::Spent => self.spent_fen += fen,
            PlaceKind::Reclaim => self.reclaim_fen += fen,
            PlaceKind::Outside
            | PlaceKind::Available
            | PlaceKind::Consolidated
            | PlaceKind::Surplus => {}
        }
    }
}

/// The money of a project.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Fiscal money.
    pub fiscal: Stands,
    /// Social money.
    pub social: Stands,
    /// Gifts in it whose givers do not want to be named.
    pub gifts: BTreeSet<Box<str>>,
    /// The same by lot; of every class.
    pub lots: BTreeMap<Box<str>, Stands>,
    /// Its newest record.
    pub last_seq: u64,
}

/// Whose social money a lot is.
#[derive(Clone, Copy, Debug)]
struct Social {
    /// A gift of somebody who does not want to be named.
    is_hidden: bool,
}

/// The fold behind the money of projects.
#[derive(Debug, Default)]
pub struct Works {
    /// By project.
    pub rows: BTreeMap<String, Work>,
    /// Social lots.
    social: HashMap<Box<str>, Social>,
}

impl Works {
    /// Is the lot social money?
    pub fn is_social(&self, lot: &str) -> bool {
        self.social.contains_key(lot)
    }

    fn learn(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::DonationReceived(data)) => {
                let is_hidden = data.anonymity != Anonymity::Public;
                self.social.insert(data.lot.as_str().into(), Social { is_hidden });
            }
            Some(Data::FundsReceived(data)) => {
                let of = data.of_lot.and_then(|of| self.social.get(of.as_str())).copied();
                let own = data.class == Some(Class::Social);
                let social = of.or(own.then_some(Social { is_hidden: false }));
                if let Some(social) = social {
                    self.social.insert(data.lot.as_str().into(), social);
                }
            }
            Some(_) | None => {}
        }
    }
}

impl Fold for Works {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::DonationReceived | Type::FundsReceived)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.learn(told);
        for movement in told.movements {
            let social = self.social.get(movement.lot).copied();
            let fen = i128::from(movement.amount_fen);
            for (path, fen) in [(movement.from, -fen), (movement.to, fen)] {
                let Some(spot) = Spot::parse(path) else { continue };
                let Some(project) = spot.project else { continue };
                if !self.rows.contains_key(project) {
                    self.rows.insert(project.to_owned(), Work::default());
                }
                let row = self.rows.get_mut(project).expect("it was just put in");
                row.last_seq = told.seq;
                row.lots.entry(movement.lot.into()).or_default().add(spot.kind, fen);
                match social {
                    None => row.fiscal.add(spot.kind, fen),
                    Some(social) => {
                        row.social.add(spot.kind, fen);
                        if social.is_hidden {
                            row.gifts.insert(movement.lot.into());
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::History;

    #[test]
    fn classes_stand_apart_and_what_is_left_is_arranged() {
        let mut history = History::new();
        history.funds("L1", "central_special", 1000);
        history.project("P1", "industry", 1000);
        history.commit("P1", "L1", 900);
        history.pay("P1", "L1", 400, "payee");
        let works = history.fold(Works::default());
        let work = &works.rows["P1"];
        assert_eq!((work.fiscal.committed_fen, work.fiscal.spent_fen), (500, 400));
        assert_eq!(work.fiscal.arranged_fen(), 900);
        assert_eq!(work.social, Stands::default());
        assert!(work.gifts.is_empty() && !works.is_social("L1"));
        assert_eq!(work.lots["L1"].spent_fen, 400);
    }
}
