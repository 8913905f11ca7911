//! The few file operations on which durability rests, behind one seam, so that tests can make each
//! of them fail. Everything that changes the ledger's files goes through it.
//!
//! It never retries: after a failed sync the system may have dropped the very bytes.

#[cfg(test)]
pub(super) mod faulty;

use super::Error;
use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Operations that change files. Each returns once the system has taken it; only `sync` and
/// `sync_folder` say that it survives a power cut.
pub(super) trait Disk: Send + Sync + fmt::Debug {
    /// Creates a file that must not exist, for reading and writing, with this mode.
    fn create(&self, path: &Path, mode: u32) -> io::Result<File>;
    /// Reserves room beyond the end of a file without changing its length.
    fn reserve(&self, file: &File, from: u64, bytes: u64) -> io::Result<()>;
    /// Writes all bytes at a position.
    fn write_at(&self, file: &File, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Brings a file's bytes and length to the medium (`fdatasync`).
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Brings a folder's names to the medium.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Gives a file another name, replacing what had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives back reserved room beyond the length and makes the file read-only.
    fn seal(&self, file: &File, length: u64) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The operating system's files.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path, mode: u32) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(path)
    }

    fn reserve(&self, file: &File, from: u64, bytes: u64) -> io::Result<()> {
        use rustix::io::Errno;
        let kept = rustix::fs::FallocateFlags::KEEP_SIZE;
        match rustix::fs::fallocate(file, kept, from, bytes) {
            // Such a file system cannot promise room; a full disk then shows as a failed write.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
            other => other.map_err(io::Error::from),
        }
    }

    fn write_at(&self, file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        file.write_all_at(bytes, at)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn seal(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)?;
        file.set_permissions(Permissions::from_mode(0o444))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Whether an error says that the disk, or the owner's share of it, is full.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Refuses the file systems on which a confirmed write can be lost or a lock means nothing.
///
/// # Errors
/// `NotSupported` with the kind of file system; `Unavailable` when it cannot be found out.
pub(super) fn require_local(folder: &Path) -> Result<(), Error> {
    let found = rustix::fs::statfs(folder)
        .map_err(|error| Error::unavailable("examine", folder, error.into()))?;
    match refused_file_system(found.f_type as u32) {
        Some(system) => Err(Error::NotSupported { folder: folder.to_path_buf(), system }),
        None => Ok(()),
    }
}

/// The name of a refused kind of file system, by the magic number of `statfs(2)`.
fn refused_file_system(magic: u32) -> Option<&'static str> {
    match magic {
        0x6969 => Some("a network file system (NFS)"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("a network share (SMB)"),
        0x6573_5546 => Some("a FUSE file system"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_refused_by_their_kind() {
        for (magic, refused) in [
            (0x6969_u32, true),
            (0x517b, true),
            (0xff53_4d42, true),
            (0xfe53_4d42, true),
            (0x6573_5546, true),
            (0xef53, false),
            (0x0102_1994, false),
            (0x9123_683e, false),
            (0x5846_5342, false),
        ] {
            assert_eq!(refused_file_system(magic).is_some(), refused, "{magic:#x}");
        }
    }

    #[test]
    fn reserved_room_does_not_change_the_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = RealDisk.create(&path, 0o644).unwrap();
        RealDisk.write_at(&file, b"abc", 0).unwrap();
        RealDisk.reserve(&file, 3, 1 << 20).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 3);
        RealDisk.seal(&file, 3).unwrap();
        let sealed = fs::metadata(&path).unwrap();
        assert_eq!((sealed.len(), sealed.permissions().mode() & 0o777), (3, 0o444));
    }
}
