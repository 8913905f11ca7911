//! What stands in the state of an open ledger, by the names that people use: for drafts, letters
//! and forms. Nothing here decides or changes anything.

use super::Ledger;
use crate::base::{Code, EventId, Fen};
use crate::domain::place::Place;
use crate::domain::state::Lot;

/// A lot's figures as a letter to its giver states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotFigures {
    /// The newest event: what the letter knew of.
    pub as_of: EventId,
    /// What came in.
    pub received: Fen,
    /// What was spent.
    pub used: Fen,
    /// What was refunded or withdrawn.
    pub gone: Fen,
    /// What is left.
    pub remaining: Fen,
}

impl LotFigures {
    /// The figures of a lot in a state whose newest event is named.
    pub fn of(lot: &Lot, as_of: EventId) -> LotFigures {
        LotFigures {
            as_of,
            received: lot.received,
            used: lot.spent,
            gone: lot.refunded.plus(lot.withdrawn).unwrap_or(Fen::ZERO),
            remaining: lot.remaining(),
        }
    }
}

/// Money that may be used: of a lot, in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usable {
    /// The lot.
    pub lot: String,
    /// The kind of origin that it has.
    pub fund: &'static str,
    /// The place's path.
    pub place: String,
    /// How much stands there.
    pub fen: Fen,
}

impl Ledger {
    /// What stands in each place of a lot; nothing for names that the ledger does not know.
    pub fn standing(&self, spots: &[(&str, &str)]) -> Vec<Fen> {
        self.with_state(|state| {
            let fen = |(lot, path): &(&str, &str)| {
                let (lot, place) = (state.lot_id(lot)?, Place::parse(path, state)?);
                Some(state.balance(lot, place))
            };
            spots.iter().map(|spot| fen(spot).unwrap_or_default()).collect()
        })
    }

    /// A lot's figures as they stand; none for a lot that the ledger does not know.
    pub fn lot_figures(&self, lot: &str) -> Option<LotFigures> {
        self.with_state(|state| {
            let lot = state.lot(state.lot_id(lot)?);
            Some(LotFigures::of(lot, state.ids.id(state.size().checked_sub(1)?)?))
        })
    }

    /// The number of the record of an event; none where there is no such event.
    pub fn seq_of(&self, id: EventId) -> Option<u64> {
        self.with_state(|state| state.ids.seq(id))
    }

    /// The money that waits at a jurisdiction or in its projects, social money only of this
    /// custodian: at most so many places, in the order of lots.
    pub fn usable(&self, here: Code, custodian: Option<&str>, at_most: usize) -> Vec<Usable> {
        self.with_state(|state| {
            let own = custodian.and_then(|org| state.organization_id(org));
            let fits = |place: &Place| match place {
                Place::Available(code) | Place::Consolidated(code, _) => *code == here,
                Place::Committed(project, _) => state.project(*project).jurisdiction == here,
                _ => false,
            };
            let cells = state.cells.iter().filter(|((id, place), fen)| {
                let lot = state.lot(*id);
                let held = match lot.is_social() {
                    true => own.is_some() && lot.custodian == own,
                    false => custodian.is_none(),
                };
                !fen.is_zero() && fits(place) && held
            });
            let cells = cells.take(at_most).map(|((id, place), fen)| Usable {
                lot: state.lot_name(*id).to_owned(),
                fund: state.lot(*id).fund.code(),
                place: place.path(state),
                fen: *fen,
            });
            cells.collect()
        })
    }
}
