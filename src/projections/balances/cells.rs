//! The sums of balances: what came from and went to outside, what stands where, and what went from
//! one jurisdiction to another.

use super::Map;
use crate::base::Code;
use crate::domain::place::PlaceKind;

/// What moved, by lot or by group of lots.
#[derive(Debug, Default)]
pub struct Cells {
    /// By jurisdiction and lot or group. Boxed, since a table that grows is half empty.
    pub sums: Map<(Code, u32), Box<Sums>>,
    /// By jurisdictions from and to, and lot or group.
    pub passed: Map<(Code, Code, u32), Passed>,
}

/// What came in from and went to outside, and what stands in each kind of place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// What came from outside.
    pub received: i128,
    /// What went there and is no gift.
    pub withdrawn: i128,
    /// What of gifts went there.
    pub refunded: i128,
    /// What stands in each kind of place.
    pub standing: [i128; 8],
}

/// What went from one jurisdiction to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Down.
    pub allocated: i128,
    /// Up.
    pub recalled: i128,
}

/// A movement as the sums take it: one that undoes another is that one with a negative amount.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// From where; none for outside.
    pub from: Option<(Code, PlaceKind)>,
    /// To where; none for outside.
    pub to: Option<(Code, PlaceKind)>,
    /// How much, in fen.
    pub fen: i128,
    /// Does it go to a jurisdiction below?
    pub is_down: bool,
    /// Is it a gift's?
    pub is_gift: bool,
}

impl Moved {
    /// The jurisdictions between which it goes, where it leaves one for another.
    pub fn passes(&self) -> Option<(Code, Code)> {
        let ((from, _), (to, _)) = self.from.zip(self.to)?;
        (from != to).then_some((from, to))
    }

    /// The jurisdictions that it touches, each once.
    pub fn touches(&self) -> impl Iterator<Item = Code> + use<> {
        let (from, to) = (self.from.map(|(code, _)| code), self.to.map(|(code, _)| code));
        from.into_iter().chain(to.filter(|_| to != from))
    }
}

impl Cells {
    /// Adds a movement to the sums of a lot or group.
    pub fn add(&mut self, id: u32, moved: &Moved) {
        let fen = moved.fen;
        if let Some((code, kind)) = moved.from {
            self.sums(code, id).standing[kind as usize] -= fen;
        }
        if let Some((code, kind)) = moved.to {
            self.sums(code, id).standing[kind as usize] += fen;
        }
        match (moved.from, moved.to) {
            (None, Some((code, _))) => self.sums(code, id).received += fen,
            (Some((code, _)), None) => {
                let sums = self.sums(code, id);
                if moved.is_gift { sums.refunded += fen } else { sums.withdrawn += fen }
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        if let Some((from, to)) = moved.passes() {
            let passed = self.passed.entry((from, to, id)).or_default();
            if moved.is_down { passed.allocated += fen } else { passed.recalled += fen }
        }
    }

    /// Did the lot or group go from the one to the other, and was not taken back?
    pub fn went(&self, (from, to): (Code, Code), id: u32) -> bool {
        self.passed.get(&(from, to, id)).is_some_and(|passed| *passed != Passed::default())
    }

    fn sums(&mut self, code: Code, id: u32) -> &mut Sums {
        self.sums.entry((code, id)).or_default()
    }
}
