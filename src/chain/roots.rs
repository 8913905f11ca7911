//! The durable tree's roots at any past size, from one hash in 256 and the leaves behind the last.
//!
//! Rules ask for a past root when an event says which head its poster saw; all else asks for the
//! newest. Kept in memory: 1/8 byte a record.

use super::merkle::{CompactRange, node_hash};
use super::tile::{TILE_HEIGHT, TILE_WIDTH};
use crate::base::Digest;
use serde::{Deserialize, Serialize};

/// The durable tree: its right edge, and the root of each 256 leaves.
#[derive(Debug, Default)]
pub struct Roots {
    edge: CompactRange,
    of_256: Vec<Digest>,
}

/// What a state file keeps of the tree.
#[derive(Debug, Serialize, Deserialize)]
pub struct RootsImage {
    size: u64,
    edge: Vec<Digest>,
    of_256: Vec<Digest>,
}

impl Roots {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let of_256 = &mut self.of_256;
        self.edge.push_with(leaf, |node, hash| {
            if node.level == TILE_HEIGHT {
                of_256.push(*hash);
            }
        });
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.edge.end()
    }

    /// The newest root.
    pub fn newest(&self) -> Digest {
        self.edge.root()
    }

    /// The root at a past size; `leaf` gives the hash of a leaf that is in the tree. None beyond
    /// it.
    pub fn root(&self, size: u64, leaf: impl Fn(u64) -> Digest) -> Option<Digest> {
        if size > self.size() {
            return None;
        }
        if size == self.size() {
            return Some(self.newest());
        }
        let full = size / TILE_WIDTH;
        let mut past = self.range_of(full);
        for seq in full * TILE_WIDTH..size {
            past.push(leaf(seq));
        }
        Some(past.root())
    }

    /// The compact range of the first `full` groups of 256 leaves: their complete subtrees, left to
    /// right, are those of a tree that has these groups as leaves.
    fn range_of(&self, full: u64) -> CompactRange {
        let mut hashes: Vec<(u64, Digest)> = Vec::new();
        for hash in self.of_256.iter().take(usize::try_from(full).unwrap_or(usize::MAX)) {
            let (mut width, mut hash) = (1, *hash);
            while let Some((left_width, left)) = hashes.last()
                && *left_width == width
            {
                hash = node_hash(left, &hash);
                width *= 2;
                hashes.pop();
            }
            hashes.push((width, hash));
        }
        let hashes = hashes.into_iter().map(|(_, hash)| hash).collect();
        CompactRange::from_hashes(full * TILE_WIDTH, hashes)
            .expect("a subtree stands for each bit of the size")
    }

    /// What a state file keeps.
    pub fn image(&self) -> RootsImage {
        RootsImage {
            size: self.size(),
            edge: self.edge.hashes().to_vec(),
            of_256: self.of_256.clone(),
        }
    }

    /// The tree that a state file kept, if its parts belong together.
    pub fn from_image(image: RootsImage) -> Option<Roots> {
        let fits = image.of_256.len() as u64 == image.size / TILE_WIDTH;
        let edge = CompactRange::from_hashes(image.size, image.edge)?;
        fits.then_some(Roots { edge, of_256: image.of_256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::merkle;

    #[test]
    fn every_past_root_is_that_of_its_leaves() {
        let leaves: Vec<Digest> = (0_u32..1300).map(|n| Digest::of(&[&n.to_be_bytes()])).collect();
        let mut roots = Roots::default();
        leaves.iter().for_each(|leaf| roots.push(*leaf));
        let leaf = |seq: u64| leaves[usize::try_from(seq).unwrap()];
        for size in (0..=1300).step_by(7).chain([255, 256, 257, 512, 1024, 1299, 1300]) {
            let expected = merkle::root(&leaves[..size]);
            assert_eq!(roots.root(size as u64, leaf), Some(expected), "{size}");
        }
        assert_eq!(roots.root(1301, leaf), None);
        let image = Roots::from_image(roots.image()).unwrap();
        assert_eq!(image.newest(), roots.newest());
    }
}
