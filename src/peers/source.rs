//! Where a mirror reads a ledger from: a small trait, and the one reader of it over the network.

use super::client::{Client, ClientError};
use crate::base::{Digest, decimal};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::io::{BufRead, BufReader};
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

/// The most records that are asked for at once.
const PAGE_RECORDS: u64 = 100_000;

/// The longest line of a record, and a little more.
const LINE_BYTES_MAX: u64 = 1 << 17;

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
        let list = self.client.expect(&format!("/checkpoints/?after={after}"))?;
        let list = String::from_utf8(list).map_err(|_| self.unreadable("no list of heads"))?;
        let sizes = list.lines().map(decimal).collect::<Option<Vec<u64>>>();
        let sizes = sizes.ok_or_else(|| self.unreadable("the list of heads holds no sizes"))?;
        let asked = sizes.into_iter().filter(|size| *size > after).take(KEPT_MAX);
        asked.map(|size| Ok(self.client.expect(&format!("/checkpoints/{size}"))?)).collect()
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, SourceError> {
        let answer = self.client.expect(&format!("/v1/consistency?old={old}&new={new}"))?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)
            .map_err(|error| self.unreadable(format!("the proof is no JSON: {error}")))?;
        let hashes = answer["hashes"].as_array().map(|hashes| {
            let digest = |hash: &serde_json::Value| {
                let bytes = BASE64_STANDARD.decode(hash.as_str()?).ok()?;
                bytes.try_into().ok().map(Digest)
            };
            hashes.iter().map(digest).collect::<Option<Vec<_>>>()
        });
        hashes.flatten().ok_or_else(|| self.unreadable("the proof holds no hashes"))
    }

    fn records(&self, range: Range<u64>, take: &mut TakeLine<'_>) -> Result<(), SourceError> {
        let mut next = range.start;
        while next < range.end {
            let end = range.end.min(next + PAGE_RECORDS);
            let path = format!("/v1/export/records?from={next}&to={end}");
            let mut lines = BufReader::new(self.client.stream(&path)?);
            let mut line = Vec::new();
            while next < end {
                line.clear();
                let mut bounded = std::io::Read::take(&mut lines, LINE_BYTES_MAX);
                let read = bounded.read_until(b'\n', &mut line);
                read.map_err(|error| self.unreadable(error.to_string()))?;
                match line.split_last() {
                    Some((b'\n', record)) => take(record)?,
                    _ => return Err(self.unreadable(format!("it broke off at record {next}"))),
                }
                next += 1;
            }
        }
        Ok(())
    }
}
