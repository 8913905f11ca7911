//! A list of rising numbers in few bytes: the first is in the key, then differences, each in
//! groups of seven bits, the lowest first, with the high bit set on all but the last.

/// The longest value in bytes.
pub(super) const VALUE_BYTES_MAX: usize = 4096;

/// The value of a list that holds its first number alone.
pub(super) fn begin() -> Vec<u8> {
    Vec::new()
}

/// Adds a number above the last one; `false` when it does not fit.
pub(super) fn append(first: u64, value: &mut Vec<u8>, seq: u64) -> bool {
    let mut step = seq - last_of(first, value);
    let length = value.len();
    while step >= 0x80 {
        value.push(step as u8 | 0x80);
        step >>= 7;
    }
    value.push(step as u8);
    let fits = value.len() <= VALUE_BYTES_MAX;
    if !fits {
        value.truncate(length);
    }
    fits
}

/// The last number of a list.
pub(super) fn last_of(first: u64, value: &[u8]) -> u64 {
    steps(value).fold(first, u64::saturating_add)
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
            let mut value = begin();
            let mut numbers = vec![first];
            for step in steps {
                let next = numbers[numbers.len() - 1] + step;
                prop_assert!(append(first, &mut value, next));
                numbers.push(next);
            }
            prop_assert_eq!(last_of(first, &value), numbers[numbers.len() - 1]);
            prop_assert_eq!(decode(first, &value), numbers);
        }

        #[test]
        fn any_bytes_are_survived(first: u64, value in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(!decode(first, &value).is_empty());
        }
    }

    #[test]
    fn a_full_value_takes_no_more() {
        let mut value = begin();
        let count = (1..).take_while(|seq| append(0, &mut value, *seq)).count();
        assert_eq!((count, value.len()), (VALUE_BYTES_MAX, VALUE_BYTES_MAX));
    }
}
