//! Proofs from a ledger's folder, each checked against its checkpoint before it is given out.
//!
//! The hashes come from `index/tiles`, which is brought up to date first; where it cannot be used,
//! or holds something wrong, they are hashed anew from the records. Nothing beyond the newest
//! checkpoint is proven (design section 6). No record is written here.

use super::reading::{ReadError, read_durable};
use crate::base::{Digest, EventId};
use crate::chain::Checkpoint;
use crate::chain::glance::Glance;
use crate::chain::merkle::proof::{consistency, inclusion, verify_consistency, verify_inclusion};
use crate::chain::merkle::{self, Node};
use crate::chain::note::Note;
use crate::chain::proof::Proof;
use crate::chain::record::{Record, leaf_hash};
use crate::chain::tile::{Kind, TILE_HEIGHT, Tile};
use crate::store::layout::Layout;
use crate::store::tiles::{self, Tiles};
use crate::store::{self, Records, SegmentsReader};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The records cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Nothing was signed yet.
    #[error("nothing was signed yet; run `fundtrail checkpoint` first")]
    NothingSigned,
    /// No checkpoint covers so many records.
    #[error(
        "the newest checkpoint covers {covered} records, not {asked}; run `fundtrail checkpoint` first"
    )]
    NotCovered {
        /// What was asked for.
        asked: u64,
        /// What the newest checkpoint covers.
        covered: u64,
    },
    /// The second size lies before the first.
    #[error("a tree of {new} cannot continue one of {old}; name the older size first")]
    Shrinks {
        /// The first size.
        old: u64,
        /// The second size.
        new: u64,
    },
    /// The stored checkpoint cannot be read.
    #[error("the stored checkpoint cannot be read: {0}; run `fundtrail verify`")]
    Checkpoint(String),
    /// The records do not lead to the checkpoint's root.
    #[error(
        "the records do not lead to the root of the checkpoint of {size} records, so nothing is proven; run `fundtrail verify`"
    )]
    Differs {
        /// The checkpoint's size.
        size: u64,
    },
}

/// A stored checkpoint.
#[derive(Clone, Debug)]
pub struct SignedHead {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The whole note, with all signatures.
    pub note: String,
}

impl SignedHead {
    /// Reads a note; its signatures are for whoever has keys.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(note: &[u8]) -> Result<SignedHead, String> {
        let text = std::str::from_utf8(note).map_err(|_| "it is not UTF-8".to_owned())?;
        let parsed = Note::parse(note).map_err(|error| error.to_string())?;
        let checkpoint = Checkpoint::parse(parsed.text).map_err(|error| error.to_string())?;
        Ok(SignedHead { checkpoint, note: text.to_owned() })
    }
}

/// What proofs are made from.
pub struct Prover {
    layout: Layout,
    records: Arc<dyn Records>,
    newest: SignedHead,
    witnessed: Option<SignedHead>,
    /// None where another process has them, or they cannot be used.
    tiles: Option<Tiles>,
    /// Held while the tiles are used, so that two processes never bring them up to date at once.
    _lock: Option<File>,
    /// The leaf hashes of all records below the newest checkpoint, hashed anew when needed.
    leaves: OnceLock<Vec<Digest>>,
}

/// Is given each tile and its bytes.
pub type ShowTile<'a, E> = dyn FnMut(Tile, &[u8]) -> Result<(), E> + 'a;

impl Prover {
    /// Opens a ledger's folder for proofs.
    ///
    /// # Errors
    /// [`ProveError`]; `NothingSigned` where there is no checkpoint.
    pub fn open(folder: &Path) -> Result<Prover, ProveError> {
        let segments = SegmentsReader::open(folder)?;
        Prover::over(segments.layout(), segments.reader())
    }

    /// Proofs over records that are open already; [`Prover::follow`] takes in what comes after.
    ///
    /// # Errors
    /// As [`Prover::open`].
    pub fn over(layout: &Layout, records: Arc<dyn Records>) -> Result<Prover, ProveError> {
        let (newest, witnessed) = signed_heads(layout, &*records)?;
        let lock = lock_of(layout);
        let tiles = lock.as_ref().and_then(|_| {
            let (tiles, _) = Tiles::open(layout, &*records).ok()?;
            follow(&tiles, &*records).ok()?;
            Some(tiles)
        });
        let layout = layout.clone();
        Ok(Prover {
            layout,
            records,
            newest,
            witnessed,
            tiles,
            _lock: lock,
            leaves: OnceLock::new(),
        })
    }

    /// Takes in the newest checkpoint and the records that it covers. Tiles that cannot follow are
    /// given up: proofs are then hashed from the records.
    ///
    /// # Errors
    /// The checkpoint cannot be read; proofs go on under the former one.
    pub fn follow(&mut self) -> Result<(), ProveError> {
        let (newest, witnessed) = signed_heads(&self.layout, &*self.records)?;
        if newest.checkpoint != self.newest.checkpoint {
            self.leaves = OnceLock::new();
        }
        if self.tiles.as_ref().is_some_and(|tiles| follow(tiles, &*self.records).is_err()) {
            self.tiles = None;
        }
        (self.newest, self.witnessed) = (newest, witnessed);
        Ok(())
    }

    /// As [`Prover::follow`], with the records opened anew: of a folder that others write.
    ///
    /// # Errors
    /// As [`Prover::follow`].
    pub fn follow_anew(&mut self, records: Arc<dyn Records>) -> Result<(), ProveError> {
        self.records = records;
        self.follow()
    }

    /// Are proofs made from tiles, in O(log n)?
    pub fn has_tiles(&self) -> bool {
        self.tiles.is_some()
    }

    /// The newest witnessed checkpoint, where there is one.
    pub fn witnessed(&self) -> Option<&SignedHead> {
        self.witnessed.as_ref()
    }

    /// The bytes of one tile of hashes of the newest checkpoint's tree, or an earlier part of it;
    /// none where that tree has no such tile.
    ///
    /// # Errors
    /// The hashes cannot be read.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, ProveError> {
        let Kind::Hashes(level) = tile.kind else { return Ok(None) };
        let there = Tile::in_tree(tile.kind, tile.index, self.newest.checkpoint.size);
        if there.is_none_or(|there| there.width < tile.width) {
            return Ok(None);
        }
        let first = tile.index * crate::chain::tile::TILE_WIDTH;
        let range = first..first + u64::from(tile.width);
        if let Some(tiles) = &self.tiles {
            if level < 4 {
                return Ok(Some(tiles.tile(level, range)?));
            }
            let hashes: Result<Vec<_>, _> =
                range.map(|index| node_of(tiles, tile_node(level, index))).collect();
            return Ok(Some(flat(hashes?.into_iter())));
        }
        let leaves = self.leaves()?;
        Ok(Some(flat(range.map(|index| subtree(leaves, tile_node(level, index))))))
    }

    /// The records.
    pub fn records(&self) -> &dyn Records {
        &*self.records
    }

    /// The newest checkpoint.
    pub fn newest(&self) -> &SignedHead {
        &self.newest
    }

    /// The checkpoint that a receipt of this record is given under: the newest witnessed one that
    /// covers it, else the newest.
    pub fn head_for(&self, seq: u64) -> &SignedHead {
        let witnessed = self.witnessed.as_ref().filter(|one| one.checkpoint.size > seq);
        witnessed.unwrap_or(&self.newest)
    }

    /// The receipt of a record.
    ///
    /// # Errors
    /// [`ProveError::NotCovered`] for a record beyond the newest checkpoint, or what cannot be
    /// read.
    pub fn receipt(&self, seq: u64) -> Result<Proof, ProveError> {
        let covered = self.newest.checkpoint.size;
        if seq >= covered {
            return Err(ProveError::NotCovered { asked: seq + 1, covered });
        }
        let SignedHead { checkpoint, note } = self.head_for(seq);
        let (size, root) = (checkpoint.size, checkpoint.root);
        // The record itself, not a stored hash of it, is what the receipt speaks of.
        let leaf = leaf_hash(&read_durable(&*self.records, seq)?);
        let hashes =
            self.checked(size, &|get| inclusion(seq, size, &mut |node| get(node)), &|hashes| {
                verify_inclusion(&leaf, seq, size, hashes, &root).is_ok()
            })?;
        Ok(Proof { extra: None, index: seq, hashes, checkpoint: note.clone() })
    }

    /// The consistency proof between two sizes, neither beyond the newest checkpoint.
    ///
    /// # Errors
    /// [`ProveError::Shrinks`], [`ProveError::NotCovered`], or what cannot be read.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, ProveError> {
        if old > new {
            return Err(ProveError::Shrinks { old, new });
        }
        let (old_root, new_root) = (self.root(old)?, self.root(new)?);
        self.checked(new, &|get| consistency(old, new, &mut |node| get(node)), &|hashes| {
            verify_consistency((old, &old_root), (new, &new_root), hashes).is_ok()
        })
    }

    /// The root at a size, proven to be that of a beginning of the newest checkpoint's tree.
    ///
    /// # Errors
    /// [`ProveError::NotCovered`], or what cannot be read.
    pub fn root(&self, size: u64) -> Result<Digest, ProveError> {
        let Checkpoint { size: covered, root, .. } = self.newest.checkpoint;
        match size {
            0 => return Ok(merkle::empty_root()),
            size if size == covered => return Ok(root),
            size if size > covered => return Err(ProveError::NotCovered { asked: size, covered }),
            _ => {}
        }
        let holds = |found: &Digest, hashes: &[Digest]| {
            verify_consistency((size, found), (covered, &root), hashes).is_ok()
        };
        if let Some(tiles) = &self.tiles
            && let Ok(found) = tiles.root(size)
            && let Ok(hashes) = consistency(size, covered, &mut |node| node_of(tiles, node))
            && holds(&found, &hashes)
        {
            return Ok(found);
        }
        let leaves = self.leaves()?;
        let found = merkle::root(&leaves[..index(size)]);
        let get = &mut |node| Ok::<_, store::Error>(subtree(leaves, node));
        match consistency(size, covered, get).is_ok_and(|hashes| holds(&found, &hashes)) {
            true => Ok(found),
            false => Err(ProveError::Differs { size: covered }),
        }
    }

    /// The number of the record with this event id, among all durable ones.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn find(&self, id: EventId) -> Result<Option<u64>, ProveError> {
        let mut found = None;
        self.records.scan(0..self.records.head().size, &mut |seq, bytes| {
            let glance = Record::parse(bytes).ok();
            let glance = glance.and_then(|record| Glance::of(record.event));
            if glance.is_some_and(|glance| glance.id == id) {
                found = Some(seq);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Shows every tile of hashes of the newest checkpoint's tree with its bytes, level by level,
    /// after the whole tree was checked against the checkpoint.
    ///
    /// # Errors
    /// What cannot be read, or whatever `show` fails with, as its own answer.
    pub fn each_tile<E: From<ProveError>>(&self, show: &mut ShowTile<'_, E>) -> Result<(), E> {
        let Checkpoint { size, root, .. } = self.newest.checkpoint;
        let sound = |tiles: &&Tiles| matches!(tiles.check(size, root), Ok(Ok(())));
        let tiles = self.tiles.as_ref().filter(sound);
        let leaves = match tiles {
            Some(_) => &[],
            None => self.leaves()?,
        };
        for tile in Tile::between(0, size) {
            let Kind::Hashes(level) = tile.kind else { continue };
            let first = tile.index * crate::chain::tile::TILE_WIDTH;
            let range = first..first + u64::from(tile.width);
            let stored = match tiles {
                Some(tiles) if level < 4 => tiles.tile(level, range.clone()).ok(),
                _ => None,
            };
            let bytes = match (stored, tiles) {
                (Some(bytes), _) => bytes,
                (None, Some(tiles)) => {
                    let hash = |index| node_of(tiles, tile_node(level, index));
                    let hashes: Result<Vec<_>, _> = range.map(hash).collect();
                    flat(hashes.map_err(ProveError::from)?.into_iter())
                }
                (None, None) => flat(range.map(|index| subtree(leaves, tile_node(level, index)))),
            };
            show(tile, &bytes)?;
        }
        Ok(())
    }

    /// Makes hashes from the tiles; where they do not hold, from the records.
    fn checked(
        &self,
        size: u64,
        make: &dyn Fn(&mut Get<'_>) -> Result<Vec<Digest>, store::Error>,
        holds: &dyn Fn(&[Digest]) -> bool,
    ) -> Result<Vec<Digest>, ProveError> {
        if let Some(tiles) = &self.tiles
            && let Ok(hashes) = make(&mut |node| node_of(tiles, node))
            && holds(&hashes)
        {
            return Ok(hashes);
        }
        let leaves = self.leaves()?;
        let hashes = make(&mut |node| Ok(subtree(leaves, node)))?;
        if holds(&hashes) { Ok(hashes) } else { Err(ProveError::Differs { size }) }
    }

    /// All leaf hashes below the newest checkpoint, from the records.
    fn leaves(&self) -> Result<&[Digest], ProveError> {
        if let Some(leaves) = self.leaves.get() {
            return Ok(leaves);
        }
        let size = self.newest.checkpoint.size;
        let mut leaves = Vec::with_capacity(index(size));
        self.records.scan(0..size, &mut |_, record| {
            leaves.push(leaf_hash(record));
            ControlFlow::Continue(())
        })?;
        if leaves.len() != index(size) {
            return Err(ProveError::Differs { size });
        }
        Ok(self.leaves.get_or_init(|| leaves))
    }
}

/// The newest checkpoint, and the newest witnessed one.
fn signed_heads(
    layout: &Layout,
    records: &dyn Records,
) -> Result<(SignedHead, Option<SignedHead>), ProveError> {
    let newest = records.checkpoint().ok_or(ProveError::NothingSigned)?;
    let newest = SignedHead::parse(&newest).map_err(ProveError::Checkpoint)?;
    if newest.checkpoint.size > records.head().size {
        return Err(ProveError::Differs { size: newest.checkpoint.size });
    }
    // A witnessed head that is damaged is passed over: the newest one vouches as before.
    let witnessed = std::fs::read(layout.checkpoint_witnessed()).ok();
    let witnessed = witnessed.and_then(|note| SignedHead::parse(&note).ok());
    let witnessed = witnessed.filter(|one| one.checkpoint.size <= newest.checkpoint.size);
    Ok((newest, witnessed))
}

/// Brings tiles up to the durable head.
fn follow(tiles: &Tiles, records: &dyn Records) -> Result<(), store::Error> {
    let head = records.head();
    let mut result = Ok(());
    records.scan(tiles.len()..head.size, &mut |_, record| {
        result = tiles.push(leaf_hash(record));
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result?;
    tiles.flush(&head)
}

type Get<'g> = dyn FnMut(Node) -> Result<Digest, store::Error> + 'g;

/// The lock on `index/tiles`; none where another process has it, which then proves from the tiles.
fn lock_of(layout: &Layout) -> Option<File> {
    std::fs::create_dir_all(layout.tiles()).ok()?;
    let folder = File::open(layout.tiles()).ok()?;
    folder.try_lock().ok()?;
    Some(folder)
}

fn node_of(tiles: &Tiles, node: Node) -> Result<Digest, store::Error> {
    tiles.node(tiles::Node { level: node.level, index: node.index })
}

fn tile_node(level: u8, index: u64) -> Node {
    Node { level: level * TILE_HEIGHT, index }
}

/// The root of a complete subtree over these leaves.
fn subtree(leaves: &[Digest], node: Node) -> Digest {
    let first = index(node.first_leaf());
    merkle::root(&leaves[first..first + (1 << node.level)])
}

fn flat(hashes: impl Iterator<Item = Digest>) -> Vec<u8> {
    hashes.flat_map(|hash| hash.0).collect()
}

fn index(seq: u64) -> usize {
    usize::try_from(seq).expect("the leaves of a tree fit the memory")
}
