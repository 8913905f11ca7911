//! The names of all files of a ledger's folder, in one place, and the one way to replace a file.
//!
//! No other module spells a name. What each file holds stands in `ARCHITECTURE.md` ("On disk");
//! anything under `index/` may be deleted at any time while no server runs and is made anew.

use super::Error;
use super::disk::{Disk, RealDisk};
use crate::base::{Digest, decimal};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A segment is sealed before a batch that would make it longer than this, in bytes.
pub const SEGMENT_BYTES: u64 = 64 << 20;

/// The files of one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The names below this folder.
    pub fn new(root: &Path) -> Layout {
        Layout { root: root.to_path_buf() }
    }

    /// The ledger's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `records/`: the truth.
    pub fn records(&self) -> PathBuf {
        self.root.join("records")
    }

    /// The segment whose first record has this number.
    pub fn segment(&self, first: u64) -> PathBuf {
        self.records().join(segment_name(first))
    }

    /// The latest signed checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    /// The latest checkpoint that a quorum of witnesses signed.
    pub fn checkpoint_witnessed(&self) -> PathBuf {
        self.root.join("checkpoint.witnessed")
    }

    /// `checkpoints/`: those kept for ever.
    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The kept checkpoint of this size.
    pub fn checkpoint_at(&self, size: u64) -> PathBuf {
        self.checkpoints().join(size.to_string())
    }

    /// The sizes of the heads that are kept for ever, in order.
    ///
    /// # Errors
    /// They cannot be listed.
    pub fn kept_heads(&self) -> std::io::Result<Vec<u64>> {
        let mut sizes = Vec::new();
        for entry in std::fs::read_dir(self.checkpoints())? {
            sizes.extend(entry?.file_name().to_str().and_then(decimal));
        }
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// `keys/`.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The signing key of the log, mode 0600.
    pub fn log_key(&self) -> PathBuf {
        self.keys().join("log.key")
    }

    /// `access/`: tokens and the access log, outside the chain.
    pub fn access(&self) -> PathBuf {
        self.root.join("access")
    }

    /// `index/`: what can be made anew.
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Size and byte length that were durable when last written: a lower bound.
    pub fn durable(&self) -> PathBuf {
        self.index().join("durable")
    }

    /// The address of the server that holds the ledger, for the message of who finds it locked.
    pub fn holder(&self) -> PathBuf {
        self.index().join("holder")
    }

    /// The state file at this size.
    pub fn state(&self, size: u64) -> PathBuf {
        self.index().join(format!("{STATE_PREFIX}{size:012}"))
    }

    /// `index/ids/`: ids of events, and the ledger's runs of references and vouchers.
    pub fn ids(&self) -> PathBuf {
        self.index().join("ids")
    }

    /// `index/tiles/`: hashes by level.
    pub fn tiles(&self) -> PathBuf {
        self.index().join("tiles")
    }

    /// `index/sled/`: look-ups.
    pub fn lookups(&self) -> PathBuf {
        self.index().join("sled")
    }

    /// `evidence/`: files by their SHA-256.
    pub fn evidence(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// The stored file with this SHA-256.
    pub fn evidence_file(&self, sha256: Digest) -> PathBuf {
        let name = sha256.to_string();
        self.evidence().join(&name[..2]).join(&name)
    }

    /// What a clean stop leaves: the head and the folder it was stopped in.
    pub fn clean(&self) -> PathBuf {
        self.index().join("clean")
    }

    /// The tlog-policy file in force.
    pub fn policy(&self) -> PathBuf {
        self.root.join("policy")
    }

    /// The folder of every policy that ever was in force.
    pub fn policies(&self) -> PathBuf {
        self.root.join("policies")
    }

    /// A policy by the SHA-256 of its file.
    pub fn policy_kept(&self, sha256: Digest) -> PathBuf {
        self.policies().join(sha256.to_string())
    }

    /// `cut/`: bytes that a start cut away.
    pub fn cut(&self) -> PathBuf {
        self.root.join("cut")
    }

    /// Makes the folders of a new ledger and syncs them.
    ///
    /// # Errors
    /// `NotEmpty` when the folder holds anything; `Unavailable` when it cannot be made.
    pub fn create(&self) -> Result<(), Error> {
        let failed = |source| Error::unavailable("create", &self.root, source);
        fs::create_dir_all(&self.root).map_err(failed)?;
        if fs::read_dir(&self.root).map_err(failed)?.next().is_some() {
            return Err(Error::NotEmpty { folder: self.root.clone() });
        }
        for folder in [self.records(), self.checkpoints(), self.index()] {
            fs::create_dir(&folder).map_err(failed)?;
        }
        for private in [self.keys(), self.access()] {
            create_private_folder(&private).map_err(failed)?;
        }
        RealDisk.sync_folder(&self.root).map_err(failed)?;
        if let Some(parent) = self.root.parent().filter(|path| !path.as_os_str().is_empty()) {
            RealDisk.sync_folder(parent).map_err(failed)?;
        }
        Ok(())
    }
}

/// The path beside another one: its name, a dot, and a suffix.
pub fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// How the name of a state file begins; its size in 12 digits follows.
pub(super) const STATE_PREFIX: &str = "state-";

/// The name of the segment whose first record has this number.
pub(super) fn segment_name(first: u64) -> String {
    format!("{first:012}.jsonl")
}

/// The first record's number in the name of a segment; `None` for any other name.
pub(super) fn segment_first(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".jsonl")?;
    let first = digits.parse().ok()?;
    (segment_name(first) == name).then_some(first)
}

/// Replaces a file so that after a power cut it holds the old bytes or the new ones, whole:
/// temporary file, fdatasync, rename, fsync of the folder. `mode` is that of the new file.
///
/// # Errors
/// `Unavailable`: the old bytes or the new ones stand there, and writing again is safe.
pub fn write_durably(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    write_through(&RealDisk, path, bytes, mode)
}

/// [`write_durably`] through a given disk.
pub(super) fn write_through(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<(), Error> {
    let failed = |source| Error::unavailable("write", path, source);
    let temporary = temporary_name(path);
    remove_if_there(disk, &temporary).map_err(failed)?;
    let file = disk.create(&temporary, mode).map_err(failed)?;
    disk.write_at(&file, bytes, 0).map_err(failed)?;
    disk.sync(&file).map_err(failed)?;
    rename_through(disk, &temporary, path).map_err(failed)
}

/// Gives a synced file its name and syncs the folder.
pub(super) fn rename_through(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.rename(from, to)?;
    let folder = to.parent().expect("a file of the ledger stands in a folder");
    disk.sync_folder(folder)
}

/// Removes a file that may not exist.
pub(super) fn remove_if_there(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The name under which the new bytes of a file are written first.
pub(super) fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// Makes a folder, and what is missing above it, unless it is there.
pub(super) fn ensure_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::unavailable("create", folder, source))
}

/// Makes a folder that its owner alone may enter.
pub(super) fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

/// Reads a whole file that may not exist.
pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::unavailable("read", path, source)),
    }
}

/// Opens a file for reading.
pub(super) fn open_to_read(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|source| Error::unavailable("read", path, source))
}

#[cfg(test)]
mod tests {
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::*;

    #[test]
    fn names_are_those_of_the_design() {
        let layout = Layout::new(Path::new("L"));
        assert_eq!(layout.segment(75), Path::new("L/records/000000000075.jsonl"));
        assert_eq!(layout.checkpoint_at(75), Path::new("L/checkpoints/75"));
        let sha256 = Digest::of(&[b"abc"]);
        let name = format!("L/evidence/ba/{sha256}");
        assert_eq!(layout.evidence_file(sha256), Path::new(&name));
        assert_eq!(segment_first("000000000075.jsonl"), Some(75));
        for other in ["75.jsonl", "000000000075.jsonl.new", "+00000000075.jsonl"] {
            assert_eq!(segment_first(other), None, "{other}");
        }
    }

    #[test]
    fn a_replaced_file_is_old_or_new_whatever_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        write_through(&FaultyDisk::default(), &path, b"old", 0o644).unwrap();
        for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
            for call in 0..6 {
                let disk = FaultyDisk::default();
                disk.fail(call, fault);
                let result = write_through(&disk, &path, b"new", 0o644);
                let found = fs::read(&path).unwrap();
                assert!(found == b"old" || found == b"new", "{fault:?} {call}: {found:?}");
                assert!(result.is_err(), "{fault:?} {call}");
                write_through(&FaultyDisk::default(), &path, b"old", 0o644).unwrap();
                assert_eq!(fs::read(&path).unwrap(), b"old");
            }
        }
    }

    #[test]
    fn a_ledger_is_made_only_where_nothing_is() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(&folder.path().join("ledger"));
        layout.create().unwrap();
        assert!(matches!(layout.create(), Err(Error::NotEmpty { .. })));
    }
}
