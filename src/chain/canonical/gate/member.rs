//! The members of an object that is being put in order, and the order: RFC 8785 section 3.2.3.

use super::unescaped;
use std::cmp::Ordering;

/// A member of an open object, by where its parts stand in `out`.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// Where its name's opening quote stands.
    pub(super) start: usize,
    /// Where its name's closing quote stands.
    pub(super) name_end: usize,
    /// Behind its value.
    pub(super) end: usize,
    /// The name's first eight bytes as a number, since few names need a look at more.
    pub(super) rank: u64,
    /// Does the name hold an escape?
    pub(super) escaped: bool,
    /// Where the name stands in the text.
    pub(super) at: usize,
}

impl Member {
    /// The name in its escaped form.
    pub(super) fn name<'o>(&self, out: &'o [u8]) -> &'o [u8] {
        &out[self.start + 1..self.name_end]
    }

    /// RFC 8785 section 3.2.3: by UTF-16 units, which for ASCII are the bytes.
    pub(super) fn compare(&self, other: &Member, out: &[u8]) -> Ordering {
        match self.rank.cmp(&other.rank) {
            Ordering::Equal => self.compare_whole(other, out),
            unequal => unequal,
        }
    }

    #[cold]
    fn compare_whole(&self, other: &Member, out: &[u8]) -> Ordering {
        let (one, two) = (self.name(out), other.name(out));
        match self.escaped || other.escaped {
            false => one.cmp(two),
            true => unescaped(one).cmp(&unescaped(two)),
        }
    }
}

/// The first eight bytes of the name of so many bytes as a number that orders as they do. Shorter
/// names are filled up with zeros, which no name holds.
pub(super) fn rank(name_and_more: &[u8], length: usize) -> u64 {
    let mut first = [0; 8];
    match name_and_more.first_chunk() {
        Some(chunk) => first = *chunk,
        None => first[..name_and_more.len()].copy_from_slice(name_and_more),
    }
    let beyond = if length < 8 { u64::MAX >> (8 * length) } else { 0 };
    u64::from_be_bytes(first) & !beyond
}
