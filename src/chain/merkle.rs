//! The tree over the leaf hashes: RFC 6962 section 2.1, which RFC 9162 keeps.
//!
//! A tree is never held as a whole. [`CompactRange`] grows it leaf by leaf, [`proof`] reads the few
//! nodes that a proof needs from any source, and the verifiers trust only what they are given.

pub mod proof;

use crate::base::Digest;

/// A complete subtree: the `index`-th of those over 2^`level` leaves each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for the leaves.
    pub level: u8,
    /// Counted from 0 within the level.
    pub index: u64,
}

impl Node {
    /// The number of the first leaf below the node.
    pub fn first_leaf(self) -> u64 {
        self.index << self.level
    }
}

/// SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Digest::of(&[&bytes])
}

/// The root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The root of the tree over these leaf hashes.
pub fn root(leaves: &[Digest]) -> Digest {
    let mut range = CompactRange::default();
    for leaf in leaves {
        range.push(*leaf);
    }
    range.root()
}

/// The fewest complete subtrees that cover the leaves from `start` to `end`, left to right.
///
/// From 0 it is all that a growing tree needs to give its root: one hash per set bit of its size.
/// Ranges that begin elsewhere let many threads hash their pieces of one tree, to be appended in
/// order afterwards.
///
/// ```
/// use fundtrail::{base::Digest, chain::merkle::{self, CompactRange}};
/// let leaves = [Digest([1; 32]), Digest([2; 32]), Digest([3; 32])];
/// let (mut left, mut right) = (CompactRange::default(), CompactRange::starting_at(1));
/// left.push(leaves[0]);
/// right.push(leaves[1]);
/// right.push(leaves[2]);
/// left.append(&right);
/// assert_eq!(left.root(), merkle::root(&leaves));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactRange {
    start: u64,
    end: u64,
    hashes: Vec<Digest>,
}

impl CompactRange {
    /// A range without leaves that begins at this leaf.
    pub fn starting_at(start: u64) -> CompactRange {
        CompactRange { start, end: start, hashes: Vec::new() }
    }

    /// The range of the tree of this size, from the hashes that [`CompactRange::hashes`] gave.
    /// Nothing unless their number is that of the size's set bits.
    pub fn from_hashes(size: u64, hashes: Vec<Digest>) -> Option<CompactRange> {
        let fits = hashes.len() == size.count_ones() as usize;
        fits.then_some(CompactRange { start: 0, end: size, hashes })
    }

    /// The number of the first leaf.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The number behind the last leaf; for a range from 0 the tree's size.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The hashes of the subtrees, left to right.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// Adds the next leaf's hash.
    pub fn push(&mut self, leaf: Digest) {
        self.push_with(leaf, |_, _| ());
    }

    /// Adds the next leaf's hash and shows each node that becomes complete, the leaf included.
    pub fn push_with(&mut self, leaf: Digest, shown: impl FnMut(Node, &Digest)) {
        self.push_node(0, leaf, shown);
    }

    /// Adds all leaves of the range that begins where this one ends.
    pub fn append(&mut self, next: &CompactRange) {
        self.append_with(next, |_, _| ());
    }

    /// As [`CompactRange::append`]; shows each node that only the join makes complete.
    pub fn append_with(&mut self, next: &CompactRange, mut shown: impl FnMut(Node, &Digest)) {
        assert_eq!(self.end, next.start, "ranges are appended in order, without a gap");
        let mut at = next.start;
        for hash in &next.hashes {
            let level = largest_level(at, next.end);
            at += 1 << level;
            self.push_node(level, *hash, |node, hash| {
                // The first is the node that came from `next`, which was shown there.
                if node.level > level {
                    shown(node, hash);
                }
            });
        }
        assert_eq!(self.end, next.end, "a range holds one hash for each of its subtrees");
    }

    fn push_node(&mut self, level: u8, hash: Digest, mut shown: impl FnMut(Node, &Digest)) {
        self.end += 1 << level;
        let (mut level, mut hash) = (level, hash);
        shown(Node { level, index: (self.end >> level) - 1 }, &hash);
        // The node is a right child as long as its level's bit of the end is 0; its left sibling
        // is here only when it does not begin before the range.
        while self.end >> level & 1 == 0
            && self.end.checked_sub(2 << level).is_some_and(|first| first >= self.start)
        {
            let left = self.hashes.pop().expect("the left sibling lies inside the range");
            hash = node_hash(&left, &hash);
            level += 1;
            shown(Node { level, index: (self.end >> level) - 1 }, &hash);
        }
        self.hashes.push(hash);
    }

    /// The root of the tree whose leaves these are. The range has to begin at 0.
    pub fn root(&self) -> Digest {
        assert_eq!(self.start, 0, "only a range from 0 is a tree");
        let mut hashes = self.hashes.iter().rev().copied();
        let Some(last) = hashes.next() else { return empty_root() };
        hashes.fold(last, |right, left| node_hash(&left, &right))
    }
}

/// The level of the largest complete subtree that begins at `start` and ends by `end`.
fn largest_level(start: u64, end: u64) -> u8 {
    let fits = (end - start).ilog2();
    u8::try_from(start.trailing_zeros().min(fits)).expect("a level is below 64")
}

#[cfg(test)]
mod tests;
