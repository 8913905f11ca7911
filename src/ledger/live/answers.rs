//! What every answer says of itself, and records in pages.

use super::super::lookups::Key;
use super::super::reading::ReadError;
use super::super::upkeep::kept;
use super::{Live, ProveError, Views};
use crate::base::{Date, Digest};
use crate::chain::tile::{Kind, TILE_WIDTH, Tile, push_entry};
use crate::store;
use crate::store::evidence::Evidence;
use crate::store::lookups::Order;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use std::ops::ControlFlow;

/// How far back the newest records are looked for where the look-ups cannot be used.
const NEWEST_RECORDS_MAX: u64 = 20_000;

/// The position that an answer was true at (design section 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The last record; null before the first.
    pub seq: Option<u64>,
    /// How many records.
    pub size: u64,
    /// The root of their tree.
    pub root: Digest,
    /// The business day asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_date: Option<Date>,
    /// The last record that the scrub has decided again since the start.
    pub verified_seq: Option<u64>,
}

/// What an answer is of: the position, and the answer's own fields beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Stands<T> {
    /// The position.
    pub as_of: AsOf,
    /// The answer.
    #[serde(flatten)]
    pub answer: T,
}

/// Records in order, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Number and bytes of each.
    pub records: Vec<(u64, Vec<u8>)>,
    /// The number after which the next page begins; none at the end.
    pub next: Option<u64>,
    /// Is there a record behind those given?
    pub is_more: bool,
}

impl<F> Live<F> {
    /// The position of the views.
    pub fn as_of(&self, views: &Views<F>) -> AsOf {
        let size = views.size();
        AsOf {
            seq: size.checked_sub(1),
            size,
            root: views.root(),
            business_date: None,
            verified_seq: self.verified_seq().filter(|seq| *seq < size),
        }
    }

    /// The root at a past size.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn root_at(&self, size: u64) -> Result<Digest, ProveError> {
        let prover = self.prover();
        match size <= prover.newest().checkpoint.size {
            true => prover.root(size),
            false => {
                drop(prover);
                Ok(super::super::reading::root(&*self.records(), size)?)
            }
        }
    }

    /// Up to `limit` records from `from` on and below `size`, with a key or all, that `wanted`
    /// lets pass.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn page(
        &self,
        range: std::ops::Range<u64>,
        key: Option<Key<'_>>,
        limit: usize,
        wanted: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<Page, ReadError> {
        let mut page = Page::default();
        let mut take = |seq: u64, bytes: &[u8]| {
            if !wanted(seq, bytes) {
                return true;
            }
            if page.records.len() == limit {
                // One more is there: the page that follows is not empty.
                page.next = page.records.last().map(|(seq, _)| *seq);
                page.is_more = true;
                return false;
            }
            page.records.push((seq, bytes.to_vec()));
            true
        };
        let records = self.records();
        let Some(key) = key else {
            records.scan(range, &mut |seq, bytes| match take(seq, bytes) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })?;
            return Ok(page);
        };
        let mut from = range.start;
        'pages: loop {
            let found = self.numbers(key, from, limit + 1)?;
            let Some(last) = found.last().copied() else { break };
            for seq in found.into_iter().filter(|seq| *seq < range.end) {
                if !take(seq, &super::super::reading::read_durable(&*records, seq)?) {
                    break 'pages;
                }
            }
            if last >= range.end {
                break;
            }
            from = last + 1;
        }
        Ok(page)
    }

    /// A file of evidence, whole and with the right hash; none where it is not stored here.
    ///
    /// # Errors
    /// It is there and cannot be read, or is not what its name says.
    pub fn evidence(&self, sha256: Digest) -> Result<Option<std::fs::File>, crate::store::Error> {
        Evidence::new(self.layout()).open(sha256)
    }

    /// The numbers of the newest records with a key, at most so many, the newest first.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn newest_numbers(&self, key: Key<'_>, limit: usize) -> Result<Vec<u64>, ReadError> {
        let folded = self.folded();
        if let Some(lookups) = self.lookups().filter(|one| one.position() >= folded)
            && let Ok(found) = lookups.list(&key.bytes(), Order::Descending, folded, limit)
        {
            return Ok(found);
        }
        // Without look-ups the newest are looked for from the end, a bounded way back.
        let from = folded.saturating_sub(NEWEST_RECORDS_MAX);
        let most = usize::try_from(NEWEST_RECORDS_MAX).unwrap_or(usize::MAX);
        let records = self.records();
        let mut found = super::super::lookups::search(&*records, from..folded, key, most)?;
        found.reverse();
        found.truncate(limit);
        Ok(found)
    }

    /// Keeps a short text sealed beside the records, durably; gives the hash that a record may name
    /// it by, from which nothing can be guessed.
    ///
    /// # Errors
    /// It cannot be written, or there are no random bytes.
    pub fn keep_sealed(&self, text: &str) -> Result<Digest, String> {
        let mut seal = [0; 32];
        getrandom::fill(&mut seal).map_err(|error| error.to_string())?;
        let kept = Evidence::new(self.layout()).add(&mut text.as_bytes(), Some(&seal));
        kept.map_err(|error| error.to_string())
    }

    /// The numbers of up to `limit` records with a key, from one on: from the look-ups where they
    /// have caught up, else from the records themselves.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn numbers(&self, key: Key<'_>, from: u64, limit: usize) -> Result<Vec<u64>, ReadError> {
        let whole = |position: u64| position >= self.folded();
        if let Some(lookups) = self.lookups().filter(|one| whole(one.position()))
            && let Ok(found) = lookups.list(&key.bytes(), Order::Ascending, from, limit)
        {
            return Ok(found);
        }
        super::super::lookups::search(&*self.records(), from..self.folded(), key, limit)
    }
}

/// A tile, as a path asks for it (C2SP tlog-tiles).
#[derive(Clone, Copy, Debug)]
pub struct TileAsked(Tile);

impl TileAsked {
    /// Reads the path behind `tile/`, and no other form of it.
    pub fn parse(path: &str) -> Option<TileAsked> {
        Tile::parse(&format!("tile/{path}")).map(TileAsked)
    }

    /// Does it hold records, not hashes?
    pub fn is_entries(self) -> bool {
        self.0.kind == Kind::Entries
    }
}

impl<F> Live<F> {
    /// The bytes of a tile of the newest published checkpoint's tree, or an earlier part of it;
    /// none where that tree has no such tile.
    ///
    /// # Errors
    /// The hashes or records cannot be read.
    pub fn tile(&self, asked: &TileAsked) -> Result<Option<Vec<u8>>, ProveError> {
        let tile = asked.0;
        if !asked.is_entries() {
            return self.prover().tile(tile);
        }
        let there = Tile::in_tree(tile.kind, tile.index, self.published().checkpoint.size);
        if there.is_none_or(|there| there.width < tile.width) {
            return Ok(None);
        }
        let first = tile.index * TILE_WIDTH;
        let mut bundle = Vec::new();
        let range = first..first + u64::from(tile.width);
        self.records().scan(range, &mut |_, record| {
            push_entry(record, &mut bundle);
            ControlFlow::Continue(())
        })?;
        Ok(Some(bundle))
    }

    /// The sizes of the heads that are kept for ever, in order: those above a size, at most so
    /// many, and none beyond the newest published one.
    ///
    /// # Errors
    /// They cannot be listed.
    pub fn kept_heads(&self, after: u64, at_most: u64) -> Result<Vec<u64>, store::Error> {
        let published = self.published().checkpoint.size;
        let mut sizes = kept(&self.layout)?;
        sizes.retain(|size| *size > after && *size <= published);
        sizes.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        Ok(sizes)
    }

    /// The head of a size that is kept for ever; none where none is, or it is not published yet.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn kept_head(&self, size: u64) -> Result<Option<String>, store::Error> {
        if size > self.published().checkpoint.size {
            return Ok(None);
        }
        let path = self.layout.checkpoint_at(size);
        match std::fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(store::Error::unavailable("read", &path, error)),
        }
    }

    /// A policy that is, or ever was, in force, by the SHA-256 of its file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn policy(&self, sha256: Digest) -> Result<Option<Vec<u8>>, store::Error> {
        let path = self.layout.policy_kept(sha256);
        match std::fs::read(&path) {
            Ok(policy) => Ok(Some(policy)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(store::Error::unavailable("read", &path, error)),
        }
    }

    /// The SHA-256 of the policy in force, where one is.
    pub fn policy_in_force(&self) -> Option<Digest> {
        let used = super::super::witnessed::in_force(self.layout.root());
        used.ok().flatten().map(|used| used.sha256)
    }

    /// The consistency proof between two sizes, one base64 hash a line.
    ///
    /// # Errors
    /// As [`super::Prover::consistency`].
    pub fn consistency_lines(&self, old: u64, new: u64) -> Result<String, ProveError> {
        let hashes = self.prover().consistency(old, new)?;
        Ok(hashes.iter().map(|hash| BASE64_STANDARD.encode(hash.0) + "\n").collect())
    }
}
