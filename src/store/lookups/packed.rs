//! A list of rising numbers in few bytes: the first is in the key, then differences, each in
//! groups of seven bits, the lowest first, with the high bit set on all but the last.

/// The longest value in bytes.
pub(super) const VALUE_BYTES_MAX: usize = 4096;

/// A list on its way to the disk. Its last number is kept beside it, so that adding many numbers
/// does not read the whole value for each.
pub(super) struct Chunk {
    /// Its first number, which stands in the key.
    pub first: u64,
    /// The others, packed.
    pub value: Vec<u8>,
    last: u64,
}

impl Chunk {
    /// A list that holds one number.
    pub fn begin(first: u64) -> Chunk {
        Chunk { first, value: Vec::new(), last: first }
    }

    /// A list as it was stored.
    pub fn stored(first: u64, value: &[u8]) -> Chunk {
        let last = steps(value).fold(first, u64::saturating_add);
        Chunk { first, value: value.to_vec(), last }
    }

    /// Its last number.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Adds a number above the last one; `false` when it does not fit.
    pub fn push(&mut self, seq: u64) -> bool {
        let mut step = seq - self.last;
        let length = self.value.len();
        while step >= 0x80 {
            self.value.push(step as u8 | 0x80);
            step >>= 7;
        }
        self.value.push(step as u8);
        let fits = self.value.len() <= VALUE_BYTES_MAX;
        match fits {
            true => self.last = seq,
            false => self.value.truncate(length),
        }
        fits
    }
}

/// All numbers of a list.
pub(super) fn decode(first: u64, value: &[u8]) -> Vec<u64> {
    let mut last = first;
    let rest = steps(value).map(|step| {
        last = last.saturating_add(step);
        last
    });
    std::iter::once(first).chain(rest).collect()
}

fn steps(value: &[u8]) -> impl Iterator<Item = u64> {
    value
        .split_inclusive(|byte| byte & 0x80 == 0)
        .map(|bytes| bytes.iter().rev().fold(0, |step, byte| step << 7 | u64::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            first in 0..1_u64 << 40,
            steps in prop::collection::vec(1..1_u64 << 30, 0..300),
        ) {
            let mut chunk = Chunk::begin(first);
            let mut numbers = vec![first];
            for step in steps {
                let next = numbers[numbers.len() - 1] + step;
                prop_assert!(chunk.push(next));
                numbers.push(next);
            }
            prop_assert_eq!(chunk.last(), numbers[numbers.len() - 1]);
            prop_assert_eq!(Chunk::stored(first, &chunk.value).last(), chunk.last());
            prop_assert_eq!(decode(first, &chunk.value), numbers);
        }

        #[test]
        fn any_bytes_are_survived(first: u64, value in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(!decode(first, &value).is_empty());
        }
    }

    #[test]
    fn a_full_value_takes_no_more() {
        let mut chunk = Chunk::begin(0);
        let count = (1..).take_while(|seq| chunk.push(*seq)).count();
        assert_eq!((count, chunk.value.len()), (VALUE_BYTES_MAX, VALUE_BYTES_MAX));
        assert_eq!(chunk.last(), VALUE_BYTES_MAX as u64);
    }
}
