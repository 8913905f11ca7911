//! The lock that makes one process the writer: the operating system's, on the folder of records.
//!
//! It lies on the folder itself and not on a file in it, because a file could be deleted and made
//! anew beside a running writer. It ends with the process, however that ends.

use crate::store::Error;
use crate::store::layout::{Layout, read_if_there};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

/// The held lock.
#[derive(Debug)]
pub(super) struct WriterLock {
    /// Kept open: closing it gives the lock up.
    _folder: File,
    path: PathBuf,
    identity: (u64, u64),
}

impl WriterLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// `Locked` with the address of the server that holds it, if it left one; `Missing` where no
    /// ledger is.
    pub fn take(layout: &Layout) -> Result<WriterLock, Error> {
        // A reader that looks whether a writer runs holds the lock for a moment.
        const TRIES: u32 = 20;
        let path = layout.records();
        let folder = open_records(layout)?;
        for _ in 0..TRIES {
            match folder.try_lock() {
                Ok(()) => {
                    let found = folder
                        .metadata()
                        .map_err(|source| Error::unavailable("examine", &path, source))?;
                    let identity = (found.dev(), found.ino());
                    return Ok(WriterLock { _folder: folder, path, identity });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
                Err(TryLockError::Error(source)) => {
                    return Err(Error::unavailable("lock", &path, source));
                }
            }
        }
        let holder = read_if_there(&layout.holder())?;
        let holder = holder.and_then(|text| String::from_utf8(text).ok());
        Err(Error::Locked {
            folder: layout.root().to_path_buf(),
            holder: holder.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        })
    }

    /// Whether the folder of records at its path is still the one that is locked: a restore may
    /// have put another in its place.
    pub fn holds(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.identity)
    }
}

/// Whether a writer has the ledger open at this moment.
pub(super) fn is_held(layout: &Layout) -> Result<bool, Error> {
    match open_records(layout)?.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => {
            Err(Error::unavailable("lock", &layout.records(), source))
        }
    }
}

fn open_records(layout: &Layout) -> Result<File, Error> {
    let path = layout.records();
    match File::open(&path) {
        Ok(folder) => Ok(folder),
        Err(source) => match source.kind() {
            // A file in the folder's place is as little a ledger as nothing at all.
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                Err(Error::Missing { folder: layout.root().to_path_buf() })
            }
            _ => Err(Error::unavailable("open", &path, source)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_the_next_is_told_who() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        assert!(matches!(WriterLock::take(&layout), Err(Error::Missing { .. })));
        layout.create().unwrap();
        assert!(!is_held(&layout).unwrap());
        let lock = WriterLock::take(&layout).unwrap();
        fs::write(layout.holder(), "http://127.0.0.1:7017\n").unwrap();
        assert!(is_held(&layout).unwrap());
        let second = WriterLock::take(&layout);
        assert!(
            matches!(second, Err(Error::Locked { holder: Some(at), .. }) if at.ends_with("7017"))
        );
        assert!(lock.holds());
        fs::rename(layout.records(), folder.path().join("moved")).unwrap();
        fs::create_dir(layout.records()).unwrap();
        assert!(!lock.holds());
        drop(lock);
        WriterLock::take(&layout).unwrap();
    }
}
