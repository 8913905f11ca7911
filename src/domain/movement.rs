//! Movements: fen of one lot leave one place and enter another. Nothing else changes a balance.

use super::place::Place;
use super::refusal::{Code, Refusal};
use super::state::{LotId, State};
use crate::base::{Amount, Fen};

/// Fen of one lot that leave one place and enter another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The lot, which the money never leaves.
    pub lot: LotId,
    /// The place it leaves.
    pub from: Place,
    /// The place it enters.
    pub to: Place,
    /// How much.
    pub amount: Amount,
}

/// A movement as a record writes it: names instead of indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// How much, in fen.
    pub amount_fen: i64,
    /// The path of the place it leaves.
    pub from: &'a str,
    /// The lot's id.
    pub lot: &'a str,
    /// The path of the place it enters.
    pub to: &'a str,
}

impl Written<'_> {
    /// The movement among the state's own indices, if the state knows every name in it.
    pub fn read(&self, state: &State) -> Option<Movement> {
        Some(Movement {
            lot: state.lot_id(self.lot)?,
            from: Place::parse(self.from, state)?,
            to: Place::parse(self.to, state)?,
            amount: Amount::new(self.amount_fen)?,
        })
    }
}

/// What the rules decided: the movements, and the refusal that counts last if one was met.
///
/// Drawing never fails; the first shortage is remembered and refused only after every other check
/// (design section 5, "from the movements"). So no rule asks for balances itself.
#[derive(Debug, Default)]
pub struct Movements {
    list: Vec<Movement>,
    late: Option<Refusal>,
}

/// One way by which money of a lot may be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The place it leaves.
    pub from: Place,
    /// The place it enters.
    pub to: Place,
}

impl Movements {
    /// No money moves.
    pub fn none() -> Movements {
        Movements::default()
    }

    /// No money moves, and the event is refused after every other check unless this holds.
    pub fn none_if(late: Result<(), Refusal>) -> Movements {
        Movements::none().only_if(late)
    }

    /// The event is refused after every other check unless this holds; the first that does not hold
    /// counts.
    pub fn only_if(mut self, late: Result<(), Refusal>) -> Movements {
        self.late = self.late.or(late.err());
        self
    }

    /// The movements, in the order of the body's lots.
    pub fn list(&self) -> &[Movement] {
        &self.list
    }

    /// The movements, or the refusal that counts last.
    pub fn settle(self) -> Result<Vec<Movement>, Refusal> {
        match self.late {
            None => Ok(self.list),
            Some(refusal) => Err(refusal),
        }
    }

    /// Brings money in from outside, which always holds enough.
    pub fn bring_in(mut self, lot: LotId, amount: Amount, to: Place) -> Movements {
        self.list.push(Movement { lot, from: Place::Outside, to, amount });
        self
    }

    /// Draws money of a lot from one place.
    pub fn draw(self, state: &State, lot: LotId, amount: Amount, way: Way) -> Movements {
        self.draw_in_order(state, lot, amount, &[way])
    }

    /// Draws money of a lot from several places, each emptied before the next.
    ///
    /// Where all of them together hold too little, the first place is named with what is left in
    /// all of them; `ways` must not be empty.
    pub fn draw_in_order(
        mut self,
        state: &State,
        lot: LotId,
        amount: Amount,
        ways: &[Way],
    ) -> Movements {
        assert!(!ways.is_empty(), "money is drawn from somewhere");
        let mut missing = amount.fen();
        for way in ways {
            let there = self.standing(state, lot, way.from);
            if let Ok(piece) = Amount::try_from(there.min(missing)) {
                missing = missing.less(piece);
                self.list.push(Movement { lot, from: way.from, to: way.to, amount: piece });
            }
            if missing.is_zero() {
                return self;
            }
        }
        // What is missing is listed all the same: checks of dates and months come before the
        // shortage.
        if let Ok(piece) = Amount::try_from(missing) {
            self.list.push(Movement { lot, from: ways[0].from, to: ways[0].to, amount: piece });
        }
        let left = amount.fen().less(missing);
        self.late.get_or_insert_with(|| {
            shortage(state, lot, ways[0].from.path(state), amount.fen(), left)
        });
        self
    }

    /// Undoes movements exactly: the same lots and amounts in the same order, places exchanged.
    pub fn undo(mut self, state: &State, movements: &[Movement]) -> Movements {
        for movement in movements {
            let there = self.standing(state, movement.lot, movement.to);
            let amount = movement.amount.fen();
            if movement.to != Place::Outside && there < amount {
                self.late.get_or_insert_with(|| Refusal {
                    code: Code::FundsMovedOn,
                    ..shortage(state, movement.lot, movement.to.path(state), amount, there)
                });
            }
            self.list.push(Movement { from: movement.to, to: movement.from, ..*movement });
        }
        self
    }

    /// What stands in a place after the movements so far.
    fn standing(&self, state: &State, lot: LotId, place: Place) -> Fen {
        let mut there = state.balance(lot, place);
        for earlier in self.list.iter().filter(|earlier| earlier.lot == lot) {
            if earlier.from == place {
                there = there.less(earlier.amount);
            }
            if earlier.to == place {
                there = there.plus(earlier.amount).unwrap_or(there);
            }
        }
        there
    }
}

/// The refusal of more than is left in a place, which is named by its path.
pub fn shortage(state: &State, lot: LotId, place: String, asked: Fen, left: Fen) -> Refusal {
    let mut refusal = Refusal::new(Code::InsufficientFunds).figures(asked, left);
    refusal.details.place = Some(place);
    refusal.details.lot = Some(state.lot_name(lot).to_owned());
    refusal
}
