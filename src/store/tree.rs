//! The few tree operations that the store needs (RFC 6962, section 2.1).

use crate::base::Digest;

/// A complete subtree: the `index`-th of those over 2^`level` leaves each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// 0 for the leaves.
    pub level: u8,
    /// Counted from 0 within the level.
    pub index: u64,
}

/// SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], &left.0, &right.0])
}

/// The fewest complete subtrees that cover all leaves, left to right.
#[derive(Clone, Debug, Default)]
pub struct CompactRange {
    end: u64,
    hashes: Vec<Digest>,
}

impl CompactRange {
    /// Adds the next leaf's hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for _ in 0..self.end.trailing_ones() {
            let left = self.hashes.pop().expect("each set bit of the size has a subtree");
            hash = node_hash(&left, &hash);
        }
        self.hashes.push(hash);
        self.end += 1;
    }

    /// The root of the tree whose leaves these are.
    pub fn root(&self) -> Digest {
        let mut hashes = self.hashes.iter().rev().copied();
        let Some(last) = hashes.next() else { return Digest::of(&[]) };
        hashes.fold(last, |right, left| node_hash(&left, &right))
    }
}
