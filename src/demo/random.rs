//! Numbers that follow from a seed, so that the same seed tells the same story, byte for byte.
//!
//! SplitMix64 (Steele, Lea, Flood 2014). For stories only: nothing secret may come from here.

use crate::base::Digest;

/// A stream of numbers that follow from a seed and a subject.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of this subject: streams of other subjects do not disturb it, so a change in one
    /// county leaves the others as they were.
    pub fn of(seed: u64, subject: &str) -> Random {
        let digest = Digest::of(&[b"fundtrail-demo/", &seed.to_be_bytes(), subject.as_bytes()]);
        Random(digest.0[..8].iter().fold(0, |state, byte| state << 8 | u64::from(*byte)))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both counted.
    ///
    /// # Panics
    /// When `least` lies above `most`.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        assert!(least <= most, "a range begins before it ends");
        let span = most.abs_diff(least) + 1;
        least + i64::try_from(self.next() % span).expect("a number below a span of i64 fits it")
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        assert!(!from.is_empty(), "there is something to pick from");
        &from[self.index(from.len())]
    }

    /// An index below `count`.
    ///
    /// # Panics
    /// When `count` is 0.
    pub fn index(&mut self, count: usize) -> usize {
        assert!(count > 0, "there is something to pick from");
        let index = self.next() % (count as u64);
        usize::try_from(index).expect("an index below a usize fits one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_subject_others() {
        let first = |subject| Random::of(7, subject).next();
        assert_eq!(first("a"), first("a"));
        assert_ne!(first("a"), first("b"));
        assert_ne!(Random::of(8, "a").next(), first("a"));
    }

    #[test]
    fn splitmix64_gives_the_published_numbers() {
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_range_holds_both_its_ends() {
        let mut random = Random::of(1, "range");
        let all: Vec<i64> = (0..400).map(|_| random.between(-1, 1)).collect();
        assert!(
            all.contains(&-1) && all.contains(&1) && all.iter().all(|one| (-1..=1).contains(one))
        );
    }
}
