//! `index/tiles`: the tree's hashes at levels 0, 8, 16 and 24, at fixed offsets in one file each.
//!
//! Three levels in between are folded when asked for: five reads a proof, which a cold disk answers
//! four times sooner than the thirty of storing all levels. Whoever hands out a proof checks it
//! against its checkpoint first, so damage here never reaches a reader; [`Tiles::check`] finds it.

use super::disk::{Disk, RealDisk};
use super::layout::{Layout, ensure_folder};
use super::table::{Mark, PACE_BYTES, Table, leaf_of};
use super::{Error, Head, Records, frame};
use crate::base::Digest;
pub use crate::chain::merkle::Node;
use crate::chain::merkle::{CompactRange, node_hash};
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::Arc;

const WIDTH: usize = 32;
/// Levels of the tree between two stored levels (C2SP tlog-tiles).
const HEIGHT: u8 = 8;
/// Stored levels: 2^32 records have no complete subtree above level 24 that a proof would need
/// more than 256 hashes for.
const LEVELS: usize = 4;

/// The stored hashes. One thread adds; reading and flushing may run in parallel with it.
#[derive(Debug)]
pub struct Tiles {
    levels: Vec<Table<WIDTH>>,
    disk: Arc<dyn Disk>,
    mark: PathBuf,
}

impl Tiles {
    /// Opens the files and brings them up to the durable head. Tells why they were made anew, if
    /// they were.
    ///
    /// # Errors
    /// `Unavailable` when a file cannot be read or written; `Damaged` when a record cannot.
    pub fn open(layout: &Layout, records: &dyn Records) -> Result<(Tiles, Option<String>), Error> {
        Tiles::open_on(Arc::new(RealDisk), layout, records)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        records: &dyn Records,
    ) -> Result<(Tiles, Option<String>), Error> {
        let folder = layout.tiles();
        ensure_folder(&folder)?;
        let mark = folder.join("position");
        let (head, mut why) = match Mark::read(&mark, |seq| leaf_of(records, seq))? {
            Ok(head) => (head, None),
            Err(why) => (Head::EMPTY, Some(why)),
        };
        let mut tiles = Tiles::with_size(disk.clone(), &folder, head.size)?;
        let whole =
            tiles.levels.iter().zip(0..).all(|(table, at)| table.len() == count(head.size, at));
        let last = head.size.checked_sub(1).map_or(Ok(None), |at| tiles.levels[0].get(at))?;
        if !whole || last.is_some_and(|last| last != head.leaf.0) {
            why = Some("it did not match its mark");
        }
        if why.is_some() {
            tiles = Tiles::with_size(disk, &folder, 0)?;
        }
        tiles.catch_up(records)?;
        let rebuilt = why.filter(|_| records.head().size > 0);
        Ok((tiles, rebuilt.map(|why| format!("index/tiles was made anew: {why}"))))
    }

    fn with_size(disk: Arc<dyn Disk>, folder: &std::path::Path, size: u64) -> Result<Tiles, Error> {
        let open = |at: usize| {
            Table::open(&folder.join(format!("{:02}", at * 8)), disk.clone(), count(size, at))
        };
        let levels = (0..LEVELS).map(open).collect::<Result<_, Error>>()?;
        Ok(Tiles { levels, disk, mark: folder.join("position") })
    }

    fn catch_up(&self, records: &dyn Records) -> Result<(), Error> {
        let mut failed = None;
        records.scan(self.len()..u64::MAX, &mut |_, record| {
            let mut result = self.push(frame::leaf(record));
            if result.is_ok() && self.levels[0].waiting_bytes() >= PACE_BYTES {
                result = self.levels.iter().try_for_each(Table::flush);
            }
            match result {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// How many leaves there are.
    pub fn len(&self) -> u64 {
        self.levels[0].len()
    }

    /// Whether there is no leaf.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the next record's leaf hash and every stored hash that it completes. They wait in
    /// memory until [`Tiles::flush`].
    ///
    /// # Errors
    /// `Unavailable` when hashes that a subtree is made of cannot be read back; the tiles must then
    /// be opened again.
    pub fn push(&self, leaf: Digest) -> Result<(), Error> {
        let mut hash = leaf;
        for (at, table) in self.levels.iter().enumerate() {
            table.push(&hash.0);
            let length = table.len();
            if !length.is_multiple_of(1 << HEIGHT) || at + 1 == LEVELS {
                break;
            }
            hash = self.fold(at, length - (1 << HEIGHT)..length)?;
        }
        Ok(())
    }

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// `Unavailable` when it is beyond the leaves or cannot be read.
    pub fn node(&self, node: Node) -> Result<Digest, Error> {
        let at = usize::from(node.level / HEIGHT).min(LEVELS - 1);
        let height = node.level - at as u8 * HEIGHT;
        self.fold(at, node.index << height..(node.index + 1) << height)
    }

    /// Hashes of a stored level (0 for leaves, 1 for level 8 …), for serving a tile: the bytes of
    /// `range`, 32 each.
    ///
    /// # Errors
    /// `Unavailable` when they are beyond the leaves or cannot be read.
    ///
    /// # Panics
    /// For a level that is not stored.
    pub fn tile(&self, level: u8, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; (range.end - range.start) as usize * WIDTH];
        self.levels[usize::from(level)].read(range, &mut bytes)?;
        Ok(bytes)
    }

    /// How many hashes a stored level has.
    pub fn level_len(&self, level: u8) -> u64 {
        self.levels.get(usize::from(level)).map_or(0, Table::len)
    }

    /// The root of a hash tree over 2^n stored hashes.
    fn fold(&self, at: usize, range: Range<u64>) -> Result<Digest, Error> {
        let bytes = self.tile(at as u8, range)?;
        let mut hashes: Vec<Digest> =
            bytes.as_chunks::<WIDTH>().0.iter().map(|hash| Digest(*hash)).collect();
        while hashes.len() > 1 {
            hashes = hashes.as_chunks::<2>().0.iter().map(|[l, r]| node_hash(l, r)).collect();
        }
        Ok(hashes[0])
    }

    /// The root of the tree of the first `size` records, from the stored levels: a few reads.
    ///
    /// # Errors
    /// `Unavailable` when hashes are beyond the leaves or cannot be read.
    pub fn root(&self, size: u64) -> Result<Digest, Error> {
        let mut root = None;
        for level in 0..64 {
            if size >> level & 1 == 1 {
                let left = self.node(Node { level, index: (size >> level) - 1 })?;
                root = Some(root.map_or(left, |right| node_hash(&left, &right)));
            }
        }
        Ok(root.unwrap_or_else(|| CompactRange::default().root()))
    }

    /// Recomputes the tree of the first `size` records from the leaves and compares every stored
    /// level and the root; the answer names the first thing that is wrong. For the background
    /// scrub: it reads 32 bytes for each record.
    ///
    /// # Errors
    /// `Unavailable` when hashes cannot be read.
    pub fn check(&self, size: u64, root: Digest) -> Result<Result<(), String>, Error> {
        let mut range = CompactRange::default();
        for first in (0..size).step_by(1 << HEIGHT) {
            let stop = size.min(first + (1 << HEIGHT));
            let bytes = self.tile(0, first..stop)?;
            bytes.as_chunks::<WIDTH>().0.iter().for_each(|leaf| range.push(Digest(*leaf)));
            let mut length = stop;
            for at in 1..LEVELS {
                if !length.is_multiple_of(1 << HEIGHT) {
                    break;
                }
                let below = length;
                length >>= HEIGHT;
                let folded = self.fold(at - 1, below - (1 << HEIGHT)..below)?;
                if self.levels[at].get(length - 1)? != Some(folded.0) {
                    return Ok(Err(format!("hash {} of level {} is wrong", length - 1, at * 8)));
                }
            }
        }
        Ok(if range.root() == root { Ok(()) } else { Err("the root differs".to_owned()) })
    }

    /// Brings all hashes to the disk, paced; `head` is the durable head, which they must have.
    ///
    /// # Errors
    /// `Unavailable`; may be tried again.
    ///
    /// # Panics
    /// When there are not as many leaves as records.
    pub fn flush(&self, head: &Head) -> Result<(), Error> {
        assert!(head.size == self.len(), "each record's leaf was added, and no other");
        self.levels.iter().try_for_each(Table::flush)?;
        Mark::write(&*self.disk, &self.mark, head)
    }
}

/// How many hashes a stored level has at a size.
fn count(size: u64, at: usize) -> u64 {
    size >> (at * usize::from(HEIGHT))
}

#[cfg(test)]
mod tests {
    use super::super::memory::{Medium, Memory};
    use super::super::{Store, samples};
    use super::*;
    use std::fs;

    fn leaf(at: u64) -> Digest {
        Digest::of(&[&at.to_be_bytes()])
    }

    /// RFC 6962 section 2.1, literally.
    fn tree_hash(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(&[]),
            [leaf] => *leaf,
            _ => {
                let half = leaves.len().next_power_of_two() / 2;
                node_hash(&tree_hash(&leaves[..half]), &tree_hash(&leaves[half..]))
            }
        }
    }

    #[test]
    fn roots_and_nodes_are_those_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let tiles = Tiles::with_size(Arc::new(RealDisk), folder.path(), 0).unwrap();
        let leaves: Vec<Digest> = (0..66_000).map(leaf).collect();
        let mut range = CompactRange::default();
        for (at, leaf) in leaves.iter().enumerate() {
            if [0, 1, 2, 3, 255, 256, 257, 511, 1000, 65_536].contains(&at) {
                assert_eq!(tiles.root(at as u64).unwrap(), tree_hash(&leaves[..at]), "{at}");
                assert_eq!(range.root(), tree_hash(&leaves[..at]), "{at}");
            }
            if at == 300 {
                tiles.levels.iter().try_for_each(Table::flush).unwrap();
            }
            tiles.push(*leaf).unwrap();
            range.push(*leaf);
        }
        let lengths: Vec<u64> = (0..4).map(|level| tiles.level_len(level)).collect();
        assert_eq!(lengths, [66_000, 257, 1, 0]);
        for (level, index) in [(0, 65_999), (3, 8000), (8, 256), (9, 127), (12, 15), (16, 0)] {
            let from = (index << level) as usize;
            let expected = tree_hash(&leaves[from..from + (1 << level)]);
            let node = Node { level, index };
            assert_eq!(tiles.node(node).unwrap(), expected, "{node:?}");
        }
        assert!(tiles.node(Node { level: 8, index: 257 }).is_err());
        assert_eq!(tiles.check(66_000, range.root()).unwrap(), Ok(()));
        assert!(tiles.check(66_000, Digest::ZERO).unwrap().is_err());
    }

    #[test]
    fn wrong_files_are_made_anew_or_found_by_the_check() {
        let mut store = Memory::open(&Medium::new()).unwrap();
        for count in [300, 400] {
            let after = store.head();
            store.append(&after, &samples::batch(after, count)).unwrap();
        }
        let change = |name: &str, change: fn(&mut Vec<u8>)| {
            let folder = tempfile::tempdir().unwrap();
            let layout = Layout::new(folder.path());
            let (tiles, _) = Tiles::open(&layout, &store).unwrap();
            tiles.flush(&store.head()).unwrap();
            let root = tiles.root(700).unwrap();
            drop(tiles);
            let path = layout.tiles().join(name);
            let mut bytes = fs::read(&path).unwrap();
            change(&mut bytes);
            fs::write(&path, bytes).unwrap();
            let (tiles, rebuilt) = Tiles::open(&layout, &store).unwrap();
            let checked = tiles.check(700, root).unwrap();
            assert_eq!(tiles.len(), 700);
            (rebuilt, checked)
        };
        let (rebuilt, checked) = change("00", |_| ());
        assert_eq!((rebuilt, checked), (None, Ok(())));
        for (name, alter) in [
            ("00", (|bytes| bytes.truncate(bytes.len() - 1)) as fn(&mut Vec<u8>)),
            ("08", |bytes| bytes.truncate(32)),
            ("00", |bytes| *bytes.last_mut().unwrap() ^= 1),
            ("position", |bytes| bytes[5] = b'x'),
            ("position", |bytes| bytes.clear()),
        ] {
            let (rebuilt, checked) = change(name, alter);
            assert!(rebuilt.is_some_and(|why| why.contains("made anew")), "{name}");
            assert_eq!(checked, Ok(()), "{name}");
        }
        let (rebuilt, checked) = change("08", |bytes| bytes[3] ^= 1);
        assert_eq!((rebuilt, checked), (None, Err("hash 0 of level 8 is wrong".to_owned())));
        let (rebuilt, checked) = change("00", |bytes| bytes[40] ^= 1);
        assert!(rebuilt.is_none() && checked.is_err());
    }
}
