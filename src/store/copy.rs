//! Copies of a ledger: a backup of a running one, and the first step of a restore.
//!
//! A copy holds the records up to a checkpoint and that checkpoint, so that it can be checked by
//! itself. Every link and the root are compared while copying: damage is never copied in silence.
//! It is built in a folder beside its place and renamed, so that no half copy is taken for one.

use super::building::{Building, entries};
use super::disk::{Disk, RealDisk};
use super::evidence::hash_of;
use super::layout::{Layout, ensure_folder, segment_name, write_durably};
use super::segments::SegmentsReader;
use super::{Error, Head, Records, frame};
use crate::base::Digest;
use crate::chain::merkle::CompactRange;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What a copy takes along beside records and checkpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// The log's signing key: whoever has the copy can then sign as this ledger.
    pub keys: bool,
    /// The documents stored beside the ledger.
    pub evidence: bool,
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The head of the copy: the checkpoint's size, and the last record's leaf hash.
    pub head: Head,
    /// The root of its tree, which is the checkpoint's.
    pub root: Digest,
    /// The checkpoint's text.
    pub checkpoint: Vec<u8>,
    /// How many bytes of records.
    pub record_bytes: u64,
    /// How many documents.
    pub documents: u64,
}

/// Copies the ledger in `from` to `to`, which must not exist or be empty. `from` may be in use.
///
/// # Errors
/// `Missing`; `NotEmpty`; `Unavailable`, also when nothing was ever signed; `Damaged` when a link,
/// the root or a document is not as it must be. After an error `to` does not exist.
pub fn copy(from: &Path, to: &Path, along: Along) -> Result<Copied, Error> {
    let building = Building::begin(to)?;
    let copied = build(&Layout::new(from), building.path(), along)?;
    building.finish()?;
    Ok(copied)
}

fn build(from: &Layout, building: &Path, along: Along) -> Result<Copied, Error> {
    // The checkpoint first: all it covers is durable, whatever is posted meanwhile.
    let ledger = SegmentsReader::open(from.root())?;
    let Some(checkpoint) = ledger.checkpoint() else {
        let source = io::Error::other("nothing was signed yet; run `fundtrail checkpoint` first");
        return Err(Error::unavailable("copy", from.root(), source));
    };
    let (size, root) = frame::checkpoint(&checkpoint)
        .ok_or_else(|| Error::damaged(&from.checkpoint(), 2, "this is no signed checkpoint"))?;
    let to = Layout::new(building);
    to.create()?;
    let (head, record_bytes) = copy_records(from, &to, &ledger, size, root)?;
    write_durably(&to.checkpoint(), &checkpoint, 0o644)?;
    copy_checkpoints(from, &to, size)?;
    copy_policies(from, &to)?;
    if along.keys {
        copy_flat(&from.keys(), &to.keys(), 0o600, |_| true)?;
    }
    let documents = if along.evidence { copy_evidence(from, &to)? } else { 0 };
    Ok(Copied { head, root, checkpoint: checkpoint.to_vec(), record_bytes, documents })
}

/// Copies the first `size` records into segments of the same names, link by link.
fn copy_records(
    from: &Layout,
    to: &Layout,
    ledger: &SegmentsReader,
    size: u64,
    root: Digest,
) -> Result<(Head, u64), Error> {
    let mut head = Head::EMPTY;
    let mut tree = CompactRange::default();
    let mut record_bytes = 0;
    for part in ledger.parts().into_iter().filter(|part| part.first < size) {
        let path = to.records().join(segment_name(part.first));
        let mut writer = SegmentWriter::create(&path)?;
        let mut wrong = None;
        ledger.scan(part.first..part.end.min(size), &mut |seq, record| {
            let read = frame::read(record);
            if read.is_none_or(|read| read.seq != seq || read.prev != head.leaf) {
                let reason = "the record is not the one that its neighbours name";
                wrong = Some(Error::damaged(&part.path, seq - part.first + 1, reason));
                return ControlFlow::Break(());
            }
            head = Head { size: seq + 1, leaf: frame::leaf(record) };
            tree.push(head.leaf);
            match writer.line(record) {
                Ok(()) => ControlFlow::Continue(()),
                Err(source) => {
                    wrong = Some(Error::unavailable("write", &path, source));
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = wrong {
            return Err(error);
        }
        let sealed = part.end <= size && ledger.head().size > part.end;
        record_bytes +=
            writer.finish(sealed).map_err(|source| Error::unavailable("write", &path, source))?;
    }
    if tree.root() != root || head.size != size {
        let reason = format!(
            "the first {} records have the root {}, the checkpoint of {size} says {root}; \
             run `fundtrail verify`",
            head.size,
            tree.root()
        );
        return Err(Error::damaged(&from.checkpoint(), 3, reason));
    }
    Ok((head, record_bytes))
}

struct SegmentWriter {
    file: BufWriter<File>,
    bytes: u64,
}

impl SegmentWriter {
    fn create(path: &Path) -> Result<SegmentWriter, Error> {
        let file = RealDisk.create(path, 0o644);
        let file = file.map_err(|source| Error::unavailable("create", path, source))?;
        Ok(SegmentWriter { file: BufWriter::with_capacity(1 << 20, file), bytes: 0 })
    }

    fn line(&mut self, record: &[u8]) -> io::Result<()> {
        self.bytes += record.len() as u64 + 1;
        self.file.write_all(record)?;
        self.file.write_all(b"\n")
    }

    fn finish(self, sealed: bool) -> io::Result<u64> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()?;
        if sealed {
            RealDisk.seal(&file, self.bytes)?;
        }
        Ok(self.bytes)
    }
}

/// Copies the kept checkpoints and the witnessed one, as far as the copy's records go.
fn copy_checkpoints(from: &Layout, to: &Layout, size: u64) -> Result<(), Error> {
    copy_flat(&from.checkpoints(), &to.checkpoints(), 0o644, |name| {
        name.parse::<u64>().is_ok_and(|at| at <= size)
    })?;
    let witnessed = super::layout::read_if_there(&from.checkpoint_witnessed())?;
    match witnessed {
        Some(note) if frame::checkpoint(&note).is_some_and(|(at, _)| at <= size) => {
            write_durably(&to.checkpoint_witnessed(), &note, 0o644)
        }
        _ => Ok(()),
    }
}

/// Copies the policy in force and every one that ever was: receipts name them for ever.
fn copy_policies(from: &Layout, to: &Layout) -> Result<(), Error> {
    if let Some(policy) = super::layout::read_if_there(&from.policy())? {
        ensure_folder(&to.policies())?;
        copy_flat(&from.policies(), &to.policies(), 0o644, |name| Digest::parse(name).is_some())?;
        write_durably(&to.policy(), &policy, 0o644)?;
    }
    Ok(())
}

/// Copies the files of a folder that have a wanted name.
fn copy_flat(
    from: &Path,
    to: &Path,
    mode: u32,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    for path in entries(from)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() && wanted(name) {
            let bytes =
                fs::read(&path).map_err(|source| Error::unavailable("read", &path, source))?;
            write_durably(&to.join(name), &bytes, mode)?;
        }
    }
    Ok(())
}

/// Copies all documents, each compared with its name.
fn copy_evidence(from: &Layout, to: &Layout) -> Result<u64, Error> {
    let mut documents = 0;
    for folder in entries(&from.evidence())?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(sha256) = Digest::parse(name) else { continue };
            let target = to.evidence_file(sha256);
            ensure_folder(target.parent().expect("a document stands in a folder"))?;
            copy_document(&path, &target, sha256)?;
            documents += 1;
        }
    }
    Ok(documents)
}

fn copy_document(path: &Path, target: &Path, sha256: Digest) -> Result<(), Error> {
    let failed = |source| Error::unavailable("copy", path, source);
    let mut source = File::open(path).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let mut file = options.open(target).map_err(failed)?;
    io::copy(&mut source, &mut file).map_err(failed)?;
    file.sync_data().map_err(failed)?;
    if hash_of(&file).map_err(failed)? == sha256 {
        return Ok(());
    }
    Err(Error::damaged(path, 1, "its bytes are not those that its name says; replace or remove it"))
}

#[cfg(test)]
mod tests;
