//! State files, `index/state-SIZE`: what the ledger knows at a checkpoint, so that a start need not
//! read every record.
//!
//! The body is opaque here. A file counts only whole: SHA-256 of each MiB piece, and one over those
//! and the header. Which tables the body holds, and what version they are of, is the ledger's.
//! Layout: magic, header length, header, body; then the pieces' digests and the last digest.

mod writer;

pub use writer::ImageWriter;

use super::layout::{Layout, STATE_PREFIX};
use super::segments::Part;
use super::table::{PACE_BYTES, leaf_of};
use super::{Error, Head, Records};
use crate::base::Digest;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"fundtrail-state\n";
/// Magic and the header's length.
const PREFIX_BYTES: u64 = 24;
/// The longest header: some thousand segments.
const HEADER_BYTES_MAX: u64 = 16 << 20;

/// What a state file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the body's form.
    pub format: u32,
    /// The version of the rules that made it.
    pub rules: u32,
    /// The number of records it stands behind: a checkpoint's size.
    pub size: u64,
    /// The leaf hash of the last of them.
    pub leaf: Digest,
    /// The checkpoint of that size.
    pub checkpoint: Vec<u8>,
    /// Every segment up to there.
    pub segments: Vec<SegmentMark>,
    /// How long the body is.
    pub body_bytes: u64,
}

impl Header {
    /// The head that the state stands behind.
    pub fn head(&self) -> Head {
        Head { size: self.size, leaf: self.leaf }
    }
}

/// What a state file remembers of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentMark {
    /// The number of its first record.
    pub first: u64,
    /// The number behind its last record at that time.
    pub end: u64,
    /// Its bytes at that time.
    pub bytes: u64,
    /// The leaf hash of that last record.
    pub last_leaf: Digest,
}

impl SegmentMark {
    /// The mark of a segment as it is now.
    ///
    /// # Errors
    /// `Damaged` or `Unavailable` when its last record cannot be read.
    pub fn of(part: &Part) -> Result<SegmentMark, Error> {
        let last_leaf = part.last_leaf()?;
        Ok(SegmentMark { first: part.first, end: part.end, bytes: part.bytes, last_leaf })
    }
}

/// A state file that holds.
#[derive(Debug)]
pub struct Image {
    /// What it says of itself.
    pub header: Header,
    /// The ledger's tables.
    pub body: Vec<u8>,
}

/// A state file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The file.
    pub path: PathBuf,
    /// Why it does not count.
    pub reason: String,
}

/// What state files there are.
#[derive(Debug)]
pub struct Found {
    /// The newest that holds; without one the state is made from all records.
    pub image: Option<Image>,
    /// Those that were passed over before it, newest first.
    pub ignored: Vec<Ignored>,
}

/// Finds the newest state file of this version whose digests hold and whose position, segment
/// lengths and last leaf hashes are those of the records. Reads and hashes on all cores.
///
/// # Errors
/// `Unavailable` when the folder cannot be listed or a record cannot be read.
pub fn newest(
    layout: &Layout,
    (format, rules): (u32, u32),
    records: &dyn Records,
    parts: &[Part],
) -> Result<Found, Error> {
    let mut found = Found { image: None, ignored: Vec::new() };
    for path in list(layout)?.into_iter().rev() {
        let judged = match read_header(&path) {
            Ok(header) if (header.format, header.rules) != (format, rules) => Err(format!(
                "it is of version {}.{}, this program writes {format}.{rules}",
                header.format, header.rules
            )),
            Ok(header) => match matches_records(&header, records, parts)? {
                Ok(()) => read_body(&path, &header).map(|body| Image { header, body }),
                Err(reason) => Err(reason),
            },
            Err(reason) => Err(reason),
        };
        match judged {
            Ok(image) => {
                found.image = Some(image);
                break;
            }
            Err(reason) => found.ignored.push(Ignored { path, reason }),
        }
    }
    Ok(found)
}

/// All state files, oldest first.
fn list(layout: &Layout) -> Result<Vec<PathBuf>, Error> {
    let folder = layout.index();
    let failed = |source| Error::unavailable("list", &folder, source);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut sizes = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let size = name.to_str().and_then(|name| name.strip_prefix(STATE_PREFIX)?.parse().ok());
        sizes.extend(size.filter(|size| layout.state(*size).ends_with(&name)));
    }
    sizes.sort_unstable();
    Ok(sizes.into_iter().map(|size| layout.state(size)).collect())
}

/// Whether the records are still those that the state was made of.
fn matches_records(
    header: &Header,
    records: &dyn Records,
    parts: &[Part],
) -> Result<Result<(), String>, Error> {
    let head = records.head();
    if header.size > head.size {
        return Ok(Err(format!("it stands at {} of {} records", header.size, head.size)));
    }
    let leaf = header.size.checked_sub(1).map_or(Ok(None), |seq| leaf_of(records, seq))?;
    if leaf.unwrap_or(Digest::ZERO) != header.leaf {
        return Ok(Err(format!("record {} is not the one it was made of", header.size - 1)));
    }
    let Some((last, sealed)) = header.segments.split_last() else { return Ok(Ok(())) };
    for mark in sealed {
        let part = parts.iter().find(|part| part.first == mark.first);
        let now = part.map(SegmentMark::of).transpose()?;
        if now.as_ref() != Some(mark) {
            return Ok(Err(format!("segment {:012} is not as it was", mark.first)));
        }
    }
    let part = parts.iter().find(|part| part.first == last.first);
    if part.is_none_or(|part| part.bytes < last.bytes || part.end < last.end) {
        return Ok(Err(format!("segment {:012} is shorter than it was", last.first)));
    }
    Ok(Ok(()))
}

fn read_header(path: &Path) -> Result<Header, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let file = File::open(path).map_err(unreadable)?;
    let mut prefix = [0; PREFIX_BYTES as usize];
    file.read_exact_at(&mut prefix, 0).map_err(unreadable)?;
    let (magic, length) = prefix.split_at(MAGIC.len());
    let length = length.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    if magic != MAGIC || length > HEADER_BYTES_MAX {
        return Err("it is no state file".to_owned());
    }
    let mut header = vec![0; length as usize];
    file.read_exact_at(&mut header, PREFIX_BYTES).map_err(unreadable)?;
    let bytes = [&prefix[..], &header].concat();
    let header: Header =
        postcard::from_bytes(&header).map_err(|_| "its header is damaged".to_owned())?;
    if start_of(&header) != bytes {
        return Err("its header is damaged".to_owned());
    }
    let length = file.metadata().map_err(unreadable)?.len();
    if Plan::of(&header).is_none_or(|plan| plan.end != length) {
        return Err("it is not as long as it says".to_owned());
    }
    Ok(header)
}

/// Where the parts of a file stand.
struct Plan {
    body: u64,
    digests: u64,
    end: u64,
}

impl Plan {
    fn of(header: &Header) -> Option<Plan> {
        let body = PREFIX_BYTES + encode(header).len() as u64;
        let digests = body.checked_add(header.body_bytes)?;
        let pieces = header.body_bytes.div_ceil(PACE_BYTES as u64);
        Some(Plan { body, digests, end: digests.checked_add((pieces + 1) * 32)? })
    }
}

fn encode(header: &Header) -> Vec<u8> {
    postcard::to_stdvec(header).expect("a header is numbers and bytes, which always encode")
}

fn start_of(header: &Header) -> Vec<u8> {
    let header = encode(header);
    [&MAGIC[..], &(header.len() as u64).to_le_bytes(), &header].concat()
}

/// Reads the body; every piece is compared with its digest.
fn read_body(path: &Path, header: &Header) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let file = File::open(path).map_err(unreadable)?;
    let plan = Plan::of(header).ok_or("its header is damaged")?;
    let mut digests = vec![0; (plan.end - plan.digests) as usize];
    file.read_exact_at(&mut digests, plan.digests).map_err(unreadable)?;
    let (pieces, last) = digests.split_at(digests.len() - 32);
    if Digest::of(&[&start_of(header), pieces]).0 != *last {
        return Err("its header or its list of digests is damaged".to_owned());
    }
    let mut body = vec![0; header.body_bytes as usize];
    body.par_chunks_mut(PACE_BYTES).zip(pieces.par_chunks(32)).enumerate().try_for_each(
        |(at, (piece, digest))| {
            let from = plan.body + (at * PACE_BYTES) as u64;
            file.read_exact_at(piece, from).map_err(unreadable)?;
            let right = Digest::of(&[piece]).0 == *digest;
            if right { Ok(()) } else { Err(format!("its MiB {} is damaged", at + 1)) }
        },
    )?;
    Ok(body)
}

#[cfg(test)]
mod tests;
