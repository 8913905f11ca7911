//! Sums over many lots or events: what counts against a limit, what lies in a project.
//!
//! They never decide a balance: cells do. They must never stop the program, whatever the order of
//! events and reversals, since a reversal asks no limit (design section 5), and however large the
//! lots are that meet in one project; so they have a sign and 128 bits.

use crate::base::{Fen, fen::FEN_MAX};
use serde::{Deserialize, Serialize};

/// A sum that reversals may bring below zero or above the bounds of a figure for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Net(i128);

impl Net {
    /// Adds an amount, or takes it away.
    pub fn change(&mut self, amount: impl Into<Fen>, more: bool) {
        let amount = i128::from(amount.into().get());
        self.0 += if more { amount } else { -amount };
    }

    /// The sum itself.
    pub fn get(self) -> i128 {
        self.0
    }

    /// Is it nothing?
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of all.
    pub fn sum(all: impl IntoIterator<Item = Net>) -> Net {
        Net(all.into_iter().map(|one| one.0).sum())
    }

    /// The sum as a figure: nothing where it lies below zero, the greatest figure where it lies
    /// above.
    pub fn fen(self) -> Fen {
        let bounded = self.0.clamp(0, i128::from(FEN_MAX));
        i64::try_from(bounded).ok().and_then(Fen::new).expect("it was brought within the bounds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_both_bounds_and_finds_back() {
        let most = Fen::new(FEN_MAX).unwrap();
        let mut net = Net::default();
        net.change(most, false);
        assert_eq!(net.fen(), Fen::ZERO);
        for _ in 0..3 {
            net.change(most, true);
        }
        assert_eq!(net.fen(), most);
        net.change(most, false);
        net.change(Fen::new(1).unwrap(), false);
        assert_eq!(net.fen().get(), FEN_MAX - 1);
    }
}
