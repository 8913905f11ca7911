//! Tiles: the tree's hashes in files of 256, named as C2SP tlog-tiles does.
//!
//! A tile of level L holds the hashes of nodes at tree level 8 × L. Full tiles never change; the
//! last of a level may be partial, and its name says how many hashes it holds.

use super::merkle::{Node, node_hash};
use crate::base::Digest;
use std::fmt;

/// How many hashes a full tile holds, or records a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// How many levels of the tree lie between two levels of tiles.
pub const TILE_HEIGHT: u8 = 8;

/// The bytes of one hash in a tile.
const HASH_BYTES: usize = 32;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of this level of tiles, 0 to 7: more leaves than 256^8 there are not.
    Hashes(u8),
    /// Records, each behind its length as a big-endian 16-bit number.
    Entries,
}

/// One tile's place and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub kind: Kind,
    /// Its number within the level, counted from 0.
    pub index: u64,
    /// How many hashes or records it holds, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile as it is in the tree of this size; nothing where that tree has no such tile.
    pub fn in_tree(kind: Kind, index: u64, size: u64) -> Option<Tile> {
        let level = match kind {
            Kind::Hashes(level) => u32::from(level),
            Kind::Entries => 0,
        };
        let hashes = size.checked_shr(level * u32::from(TILE_HEIGHT)).unwrap_or(0);
        let width = hashes.saturating_sub(index.checked_mul(TILE_WIDTH)?).min(TILE_WIDTH);
        let width = u16::try_from(width).expect("a width is at most 256");
        (width > 0).then_some(Tile { kind, index, width })
    }

    /// The tile that holds a node's hash or what it is made of, in the tree of this size.
    pub fn of_node(node: Node, size: u64) -> Option<Tile> {
        let height = node.level % TILE_HEIGHT;
        let first = node.index.checked_mul(1 << height)?;
        let tile = Tile::in_tree(Kind::Hashes(node.level / TILE_HEIGHT), first / TILE_WIDTH, size)?;
        (first % TILE_WIDTH + (1 << height) <= u64::from(tile.width)).then_some(tile)
    }

    /// The tiles that are new or wider in the tree of the new size, level by level, bundles last.
    ///
    /// They are what a published checkpoint of that size needs beside those of the old one.
    pub fn between(old: u64, new: u64) -> impl Iterator<Item = Tile> {
        let kinds = (0..=7).map(Kind::Hashes).chain([Kind::Entries]);
        kinds.flat_map(move |kind| {
            let level = match kind {
                Kind::Hashes(level) => u32::from(level * TILE_HEIGHT),
                Kind::Entries => 0,
            };
            let first = (old >> level) / TILE_WIDTH;
            let grown = new >> level > old >> level;
            let tiles = (first..).map_while(move |index| Tile::in_tree(kind, index, new));
            tiles.take_while(move |_| grown)
        })
    }

    /// Is it full, so that it never changes again?
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// The hash of a node from the bytes of its tile; nothing unless the bytes hold all of it.
    pub fn node_hash(bytes: &[u8], node: Node) -> Option<Digest> {
        let height = node.level % TILE_HEIGHT;
        let first = usize::try_from((node.index << height) % TILE_WIDTH).ok()?;
        let hashes = bytes.get(first * HASH_BYTES..(first + (1 << height)) * HASH_BYTES)?;
        let (chunks, _) = hashes.as_chunks();
        let mut level: Vec<Digest> = chunks.iter().map(|chunk| Digest(*chunk)).collect();
        while level.len() > 1 {
            level = level.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        level.pop()
    }

    /// Reads the path that [`Tile`] displays as, and no other form of it.
    pub fn parse(path: &str) -> Option<Tile> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match level {
            "entries" => Kind::Entries,
            _ => Kind::Hashes(level.parse().ok().filter(|level| *level < 8)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok()?),
            None => (rest, 256),
        };
        let groups = index.split('/').map(|group| group.strip_prefix('x').unwrap_or(group));
        let index = groups.collect::<String>().parse().ok()?;
        let tile = Tile { kind, index, width };
        // What is written differently, such as 7.p/256 or 01, is not this tile's path.
        (matches!(width, 1..=256) && tile.to_string() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(out, "tile/{level}/")?,
            Kind::Entries => out.write_str("tile/entries/")?,
        }
        let digits = self.index.to_string();
        let groups = digits.len().div_ceil(3);
        let padded = format!("{:0>1$}", digits, groups * 3);
        for group in 0..groups - 1 {
            write!(out, "x{}/", &padded[group * 3..][..3])?;
        }
        out.write_str(&padded[(groups - 1) * 3..])?;
        if !self.is_full() {
            write!(out, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Appends a record to an entry bundle: its length in 16 bits, big-endian, and its bytes.
///
/// Panics when the record is longer than a record may be.
pub fn push_entry(record: &[u8], bundle: &mut Vec<u8>) {
    let length = u16::try_from(record.len()).expect("a record has at most 65 535 bytes");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(record);
}

/// The records of an entry bundle; nothing when it ends inside one.
pub fn read_entries(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut records = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk() {
        let (record, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        records.push(record);
        bundle = rest;
    }
    bundle.is_empty().then_some(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::merkle::CompactRange;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn tile(kind: Kind, index: u64, width: u16) -> Tile {
        Tile { kind, index, width }
    }

    #[test]
    fn paths_are_those_of_tlog_tiles() {
        for (tile, path) in [
            (tile(Kind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(Kind::Hashes(1), 5, 17), "tile/1/005.p/17"),
            (tile(Kind::Entries, 999, 256), "tile/entries/999"),
            (tile(Kind::Entries, 1000, 1), "tile/entries/x001/000.p/1"),
        ] {
            assert_eq!(tile.to_string(), path);
            assert_eq!(Tile::parse(path), Some(tile));
        }
        for wrong in [
            "tile/0/5",
            "tile/00/005",
            "tile/8/005",
            "tile/0/x000/005",
            "tile/0/005.p/256",
            "tile/0/005.p/0",
            "tile/0/005.p/01",
            "tile/0/005.p/+1",
            "tile/0/x001",
            "tile/0/",
            "tile/0/001/005",
            "/tile/0/005",
            "tile/0/005/",
            "tile/-1/005",
            "tile/data/005",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() {
        let all: Vec<_> = Tile::between(0, 70_000).collect();
        assert_eq!(all.iter().filter(|tile| tile.kind == Kind::Hashes(0)).count(), 274);
        for (kind, index, width) in [
            (Kind::Hashes(0), 273, 112),
            (Kind::Hashes(1), 0, 256),
            (Kind::Hashes(1), 1, 17),
            (Kind::Hashes(2), 0, 1),
            (Kind::Entries, 273, 112),
        ] {
            assert!(all.contains(&tile(kind, index, width)), "{kind:?} {index}");
        }
        assert_eq!(all.len(), 274 + 2 + 1 + 274);
        assert_eq!(Tile::between(256, 256).count(), 0);
    }

    #[test]
    fn nodes_are_found_in_the_tiles_that_hold_them() {
        let size = 70_000;
        let mut levels: Vec<Vec<u8>> = vec![Vec::new(); 3];
        let mut nodes = Vec::new();
        let mut range = CompactRange::default();
        for leaf in 0..size {
            range.push_with(Digest::of(&[&leaf.to_string().into_bytes()]), |node, hash| {
                nodes.push((node, *hash));
                if node.level.is_multiple_of(TILE_HEIGHT) {
                    levels[usize::from(node.level / TILE_HEIGHT)].extend_from_slice(&hash.0);
                }
            });
        }
        for (node, hash) in nodes.into_iter().step_by(61) {
            let tile = Tile::of_node(node, size).unwrap();
            let Kind::Hashes(level) = tile.kind else { panic!("a node lies in a tile of hashes") };
            let first = usize::try_from(tile.index * TILE_WIDTH).unwrap() * HASH_BYTES;
            let bytes = &levels[usize::from(level)][first..];
            let bytes = &bytes[..usize::from(tile.width) * HASH_BYTES];
            assert_eq!(Tile::node_hash(bytes, node), Some(hash), "{node:?}");
        }
        assert_eq!(Tile::of_node(Node { level: 0, index: size }, size), None);
        assert_eq!(Tile::of_node(Node { level: 4, index: size >> 4 }, size), None);
    }

    #[test]
    fn entries_are_read_as_they_were_written() {
        let mut bundle = Vec::new();
        let long = vec![b'x'; 65_535];
        for record in [b"".as_slice(), b"ab", &long] {
            push_entry(record, &mut bundle);
        }
        assert_eq!(read_entries(&bundle), Some(vec![b"".as_slice(), b"ab", &long]));
        for end in [1, 3, 5, bundle.len() - 1] {
            assert_eq!(read_entries(&bundle[..end]), None, "{end}");
        }
    }

    proptest! {
        #[test]
        fn growing_tiles_end_as_those_of_the_whole(old in 0..140_000u64, more in 0..140_000u64) {
            let new = old + more;
            let mut kept: BTreeSet<_> = Tile::between(0, old).filter(Tile::is_full).collect();
            kept.extend(Tile::between(old, new));
            let whole: BTreeSet<_> = Tile::between(0, new).collect();
            // A partial tile that did not grow is the same at both sizes.
            kept.extend(Tile::between(0, old).filter(|tile| whole.contains(tile)));
            prop_assert_eq!(kept, whole);
        }

        #[test]
        fn random_paths_are_survived(path in "(tile/)?[0-9a-z./x]{0,20}") {
            prop_assert!(Tile::parse(&path).is_none_or(|tile| tile.to_string() == path));
        }
    }
}
