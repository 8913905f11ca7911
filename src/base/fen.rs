//! Money: whole fen, never a float, never more than JSON can carry exactly.
//!
//! `Fen` is a figure that may be zero (a balance, a sum), `Amount` one that may not (what a
//! movement carries). Yuan and 万元 exist only at the edges, in `interchange`.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// The largest amount, 2^53 − 1 fen: the largest integer that every JSON reader keeps exactly.
pub const FEN_MAX: i64 = 9_007_199_254_740_991;

/// A figure of money in whole fen, from 0 to [`FEN_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// The figure, if it lies within the bounds.
    pub const fn new(fen: i64) -> Option<Fen> {
        if fen >= 0 && fen <= FEN_MAX { Some(Fen(fen)) } else { None }
    }

    /// The integer inside.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, unless it leaves the bounds.
    pub fn plus(self, other: impl Into<Fen>) -> Option<Fen> {
        Fen::new(self.0.checked_add(other.into().0)?)
    }

    /// The difference, unless it falls below zero.
    pub fn minus(self, other: impl Into<Fen>) -> Option<Fen> {
        Fen::new(self.0.checked_sub(other.into().0)?)
    }

    /// The difference, or zero where it would fall below.
    pub fn less(self, other: impl Into<Fen>) -> Fen {
        self.minus(other).unwrap_or(Fen::ZERO)
    }

    /// Is it nothing?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `bp` ten-thousandths of the figure, rounded down.
    pub fn share_bp(self, bp: u16) -> Fen {
        // 2^53 × 10 000 fits an i128 with room; the quotient is at most the figure when bp ≤ 10
        // 000, and is bounded here for the caller who asks for more.
        let share = i128::from(self.0) * i128::from(bp) / 10_000;
        Fen(i64::try_from(share).unwrap_or(FEN_MAX).min(FEN_MAX))
    }

    /// The sum of all, unless it leaves the bounds.
    pub fn sum<T: Into<Fen>>(all: impl IntoIterator<Item = T>) -> Option<Fen> {
        all.into_iter().try_fold(Fen::ZERO, |sum, one| sum.plus(one))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// An amount of money that is moved: whole fen, from 1 to [`FEN_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// The amount, if it lies within the bounds.
    pub const fn new(fen: i64) -> Option<Amount> {
        if fen >= 1 && fen <= FEN_MAX { Some(Amount(fen)) } else { None }
    }

    /// The integer inside.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The same money as a figure.
    pub const fn fen(self) -> Fen {
        Fen(self.0)
    }
}

impl From<Amount> for Fen {
    fn from(amount: Amount) -> Fen {
        amount.fen()
    }
}

impl TryFrom<Fen> for Amount {
    type Error = ();
    fn try_from(fen: Fen) -> Result<Amount, ()> {
        Amount::new(fen.0).ok_or(())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fen, D::Error> {
        let fen = from.deserialize_i64(Whole)?;
        Fen::new(fen).ok_or_else(|| de::Error::custom(format_args!("{fen} fen is out of range")))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Amount, D::Error> {
        let fen = from.deserialize_i64(Whole)?;
        Amount::new(fen).ok_or_else(|| de::Error::custom(format_args!("{fen} fen is out of range")))
    }
}

struct Whole;

impl de::Visitor<'_> for Whole {
    type Value = i64;
    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a whole number of fen")
    }
    fn visit_i64<E: de::Error>(self, fen: i64) -> Result<i64, E> {
        Ok(fen)
    }
    fn visit_u64<E: de::Error>(self, fen: u64) -> Result<i64, E> {
        i64::try_from(fen).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(fen), &self))
    }
}

macro_rules! schema {
    ($type:ty, $minimum:literal) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "integer", "minimum": $minimum, "maximum": FEN_MAX
                })
            }
        }
    };
}
schema!(Fen, 0);
schema!(Amount, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept_on_both_sides() {
        assert_eq!(Amount::new(0), None);
        assert_eq!(Amount::new(1).map(Amount::get), Some(1));
        assert_eq!(Amount::new(FEN_MAX).map(Amount::get), Some(FEN_MAX));
        assert_eq!(Amount::new(FEN_MAX + 1), None);
        assert_eq!(Fen::new(-1), None);
        assert_eq!(Fen::ZERO.minus(Amount::new(1).unwrap()), None);
        assert_eq!(Fen::new(FEN_MAX).unwrap().plus(Amount::new(1).unwrap()), None);
    }

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(Fen::new(19_999).unwrap().share_bp(1).get(), 1);
        assert_eq!(Fen::new(FEN_MAX).unwrap().share_bp(10_000).get(), FEN_MAX);
    }
}
