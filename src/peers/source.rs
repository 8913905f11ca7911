//! Where a mirror reads a ledger from: a small trait, and the one reader of it over the network.

use super::client::{Client, ClientError};
use crate::base::{Digest, decimal};
use crate::chain::tile::{Kind, TILE_WIDTH, Tile};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::ops::Range;

/// Why a source gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The other machine cannot be asked; asking again later is safe.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// It cannot be read.
    #[error("{name} cannot be read: {reason}")]
    Unreadable {
        /// What.
        name: String,
        /// Why.
        reason: String,
    },
}

/// Takes a record's line without its LF; an error ends the reading.
pub type TakeLine<'t> = dyn FnMut(&[u8]) -> Result<(), SourceError> + 't;

/// A ledger as another party shows it. Nothing that it says is believed by itself.
pub trait LedgerSource {
    /// What it is called in messages.
    fn name(&self) -> String;

    /// The newest signed head.
    ///
    /// # Errors
    /// [`SourceError`].
    fn newest(&self) -> Result<Vec<u8>, SourceError>;

    /// The heads that it keeps for ever with more records than these: verifiers follow a changed
    /// key through them. None where the source shows none.
    ///
    /// # Errors
    /// [`SourceError`].
    fn kept(&self, after: u64) -> Result<Vec<Vec<u8>>, SourceError>;

    /// The proof that one size continues another.
    ///
    /// # Errors
    /// [`SourceError`], also where it cannot prove it.
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, SourceError>;

    /// Gives the lines of records in order.
    ///
    /// # Errors
    /// [`SourceError`], also where there are fewer; what was given before counts.
    fn records(&self, range: Range<u64>, take: &mut TakeLine<'_>) -> Result<(), SourceError>;
}

/// The longest bundle: every entry as long as two bytes can tell.
const BUNDLE_BYTES_MAX: u64 = TILE_WIDTH * (2 + u16::MAX as u64);

/// The most kept heads that are asked for at once; more are asked for next time.
const KEPT_MAX: usize = 1_000;

/// A ledger that is served somewhere.
pub struct Served {
    client: Client,
}

impl Served {
    /// A ledger behind an address; records need the token of a principal that may read them.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn new(url: &str, token: Option<String>) -> Result<Served, ClientError> {
        Ok(Served { client: Client::new(url, token)? })
    }

    fn unreadable(&self, reason: impl Into<String>) -> SourceError {
        SourceError::Unreadable { name: self.client.base().to_owned(), reason: reason.into() }
    }
}

impl LedgerSource for Served {
    fn name(&self) -> String {
        self.client.base().to_owned()
    }

    fn newest(&self) -> Result<Vec<u8>, SourceError> {
        Ok(self.client.expect("/checkpoint")?)
    }

    fn kept(&self, after: u64) -> Result<Vec<Vec<u8>>, SourceError> {
        let path = format!("/checkpoints?after={after}");
        let answer = self.client.get(&path)?;
        // Another program's log keeps no heads, or does not show them.
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        let list = match answer.status {
            200 => {
                String::from_utf8(answer.body).map_err(|_| self.unreadable("no list of heads"))?
            }
            _ => return Err(self.client.status(&path, &answer).into()),
        };
        let sizes = list.lines().map(decimal).collect::<Option<Vec<u64>>>();
        let sizes = sizes.ok_or_else(|| self.unreadable("the list of heads holds no sizes"))?;
        let asked = sizes.into_iter().filter(|size| *size > after).take(KEPT_MAX);
        asked.map(|size| Ok(self.client.expect(&format!("/checkpoints/{size}"))?)).collect()
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, SourceError> {
        let lines = self.client.expect(&format!("/v1/consistency?old={old}&new={new}"))?;
        let lines = String::from_utf8(lines).map_err(|_| self.unreadable("no proof"))?;
        let digest = |line: &str| {
            let bytes = BASE64_STANDARD.decode(line).ok()?;
            bytes.try_into().ok().map(Digest)
        };
        let hashes = lines.lines().map(digest).collect::<Option<Vec<_>>>();
        hashes.ok_or_else(|| self.unreadable("the proof holds no hashes"))
    }

    fn records(&self, range: Range<u64>, take: &mut TakeLine<'_>) -> Result<(), SourceError> {
        let mut next = range.start;
        while next < range.end {
            let tile = Tile::in_tree(Kind::Entries, next / TILE_WIDTH, range.end);
            let tile = tile.expect("a record inside the tree lies in a tile");
            let bundle = self.client.bytes(&format!("/{tile}"), BUNDLE_BYTES_MAX)?;
            let first = tile.index * TILE_WIDTH;
            let broken = || self.unreadable(format!("the bundle {tile} is not whole"));
            let mut rest = bundle.as_slice();
            for seq in first..first + u64::from(tile.width) {
                let (length, entry) = rest.split_first_chunk().ok_or_else(broken)?;
                let length = usize::from(u16::from_be_bytes(*length));
                let (entry, after) = entry.split_at_checked(length).ok_or_else(broken)?;
                if seq >= next {
                    take(entry)?;
                }
                rest = after;
            }
            if !rest.is_empty() {
                return Err(broken());
            }
            next = first + u64::from(tile.width);
        }
        Ok(())
    }
}
