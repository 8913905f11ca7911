//! Documents stored beside the ledger, each under its SHA-256; records name them by it.
//!
//! A sealed file begins with 64 random hexadecimal digits and LF, so that a document with little in
//! it (a form with a name) cannot be guessed from its hash, and can be removed without the hash
//! still saying what it was. What is given out is compared with its name first.

use super::disk::{Disk, RealDisk, is_full};
use super::layout::{Layout, ensure_folder, open_to_read, remove_if_there, rename_through};
use super::{Error, layout::read_if_there};
use crate::base::{Digest, hex};
use sha2::Digest as _;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest document that is stored, in bytes: a scanned file of some hundred pages.
pub const EVIDENCE_BYTES_MAX: u64 = 256 << 20;

const BLOCK: usize = 1 << 20;

/// The stored documents of a ledger.
#[derive(Clone, Debug)]
pub struct Evidence {
    layout: Layout,
    disk: Arc<dyn Disk>,
}

impl Evidence {
    /// The documents below this ledger's folder.
    pub fn new(layout: &Layout) -> Evidence {
        Evidence { layout: layout.clone(), disk: Arc::new(RealDisk) }
    }

    /// Stores a document, durably, and gives the SHA-256 that records name it by. With a seal, 32
    /// random bytes that the caller draws, it is stored sealed. The same bytes again change
    /// nothing.
    ///
    /// # Errors
    /// `TooLarge`; `StorageFull`; `Unavailable` when it cannot be read or written; `Damaged` when
    /// other bytes stand under its name.
    pub fn add(&self, document: &mut dyn Read, seal: Option<&[u8; 32]>) -> Result<Digest, Error> {
        let folder = self.layout.evidence();
        ensure_folder(&folder)?;
        // Two posters at once each write a file of their own.
        let unique = format!(".new-{}-{:x}", std::process::id(), next_number());
        let temporary = folder.join(unique);
        let added = self.add_through(document, seal, &temporary);
        if added.is_err() {
            // Whatever failed, the next start finds no half document; the first error is told.
            remove_if_there(&*self.disk, &temporary).ok();
        }
        added
    }

    fn add_through(
        &self,
        document: &mut dyn Read,
        seal: Option<&[u8; 32]>,
        temporary: &Path,
    ) -> Result<Digest, Error> {
        let failed = |source| self.failed(temporary, source);
        let file = self.disk.create(temporary, 0o600).map_err(failed)?;
        let mut hasher = sha2::Sha256::new();
        let mut at = 0;
        let mut block = seal.map_or(Vec::new(), |seal| {
            let mut first = hex::encode(seal).into_bytes();
            first.push(b'\n');
            first
        });
        loop {
            let from = block.len();
            document
                .take((BLOCK - from) as u64)
                .read_to_end(&mut block)
                .map_err(|source| Error::unavailable("read", Path::new("the document"), source))?;
            if block.is_empty() {
                break;
            }
            if at + block.len() as u64 > EVIDENCE_BYTES_MAX {
                return Err(Error::TooLarge { bytes_max: EVIDENCE_BYTES_MAX });
            }
            hasher.update(&block);
            self.disk.write_at(&file, &block, at).map_err(failed)?;
            at += block.len() as u64;
            block.clear();
        }
        self.disk.sync(&file).map_err(failed)?;
        let sha256 = Digest(hasher.finalize().into());
        self.give_name(sha256, temporary)?;
        Ok(sha256)
    }

    fn give_name(&self, sha256: Digest, temporary: &Path) -> Result<(), Error> {
        if self.open(sha256)?.is_some() {
            return remove_if_there(&*self.disk, temporary)
                .map_err(|source| self.failed(temporary, source));
        }
        let path = self.layout.evidence_file(sha256);
        let folder = self.folder_of(sha256);
        ensure_folder(&folder)?;
        let failed = |source| self.failed(&path, source);
        rename_through(&*self.disk, temporary, &path).map_err(failed)?;
        self.disk.sync_folder(&self.layout.evidence()).map_err(failed)?;
        self.disk.sync_folder(self.layout.root()).map_err(failed)
    }

    fn folder_of(&self, sha256: Digest) -> PathBuf {
        let mut folder = self.layout.evidence_file(sha256);
        folder.pop();
        folder
    }

    fn failed(&self, path: &Path, source: io::Error) -> Error {
        if is_full(&source) {
            return Error::StorageFull { needed_bytes: 0, path: path.to_path_buf() };
        }
        Error::unavailable("write", path, source)
    }

    /// Opens a stored document for reading from its start, compared with its name first; `None`
    /// when it is not stored here.
    ///
    /// # Errors
    /// `Damaged` when its bytes are not those that its name says; `Unavailable`.
    pub fn open(&self, sha256: Digest) -> Result<Option<File>, Error> {
        let path = self.layout.evidence_file(sha256);
        let mut file = match open_to_read(&path) {
            Err(Error::Unavailable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(None);
            }
            other => other?,
        };
        let found = hash_of(&file).map_err(|source| Error::unavailable("read", &path, source))?;
        if found != sha256 {
            let reason = format!("its bytes have the hash {found}; take the document again");
            return Err(Error::damaged(&path, 1, reason));
        }
        file.rewind().map_err(|source| Error::unavailable("read", &path, source))?;
        Ok(Some(file))
    }

    /// The bytes of a stored document, compared with its name.
    ///
    /// # Errors
    /// As [`Evidence::open`].
    pub fn get(&self, sha256: Digest) -> Result<Option<Vec<u8>>, Error> {
        if self.open(sha256)?.is_none() {
            return Ok(None);
        }
        let bytes = read_if_there(&self.layout.evidence_file(sha256))?;
        // Between the two readings the medium may have failed.
        match bytes {
            Some(bytes) if Digest::of(&[&bytes]) == sha256 => Ok(Some(bytes)),
            _ => {
                let path = self.layout.evidence_file(sha256);
                Err(Error::damaged(&path, 1, "its bytes changed while they were read"))
            }
        }
    }
}

/// The SHA-256 of a whole file.
pub(super) fn hash_of(file: &File) -> io::Result<Digest> {
    let mut hasher = sha2::Sha256::new();
    let mut block = vec![0; BLOCK];
    let mut at = 0;
    loop {
        match file.read_at(&mut block, at) {
            Ok(0) => return Ok(Digest(hasher.finalize().into())),
            Ok(count) => {
                hasher.update(&block[..count]);
                at += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn next_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::*;
    use std::fs;

    fn evidence() -> (tempfile::TempDir, Evidence) {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Evidence::new(&Layout::new(folder.path()));
        (folder, evidence)
    }

    #[test]
    fn a_document_comes_back_by_its_hash() {
        let (_folder, evidence) = evidence();
        for bytes in [Vec::new(), b"voucher".to_vec(), vec![7; (2 << 20) + 3]] {
            let sha256 = evidence.add(&mut &bytes[..], None).unwrap();
            assert_eq!(sha256, Digest::of(&[&bytes]));
            assert_eq!(evidence.add(&mut &bytes[..], None).unwrap(), sha256);
            assert_eq!(evidence.get(sha256).unwrap(), Some(bytes));
        }
        assert_eq!(evidence.get(Digest::ZERO).unwrap(), None);
        let left = fs::read_dir(evidence.layout.evidence()).unwrap();
        assert!(left.flatten().all(|entry| entry.path().is_dir()), "no temporary file is left");
    }

    #[test]
    fn a_sealed_document_begins_with_its_seal() {
        let (_folder, evidence) = evidence();
        let sha256 = evidence.add(&mut &b"a name"[..], Some(&[0xab; 32])).unwrap();
        let expected = format!("{}\na name", "ab".repeat(32));
        assert_eq!(sha256, Digest::of(&[expected.as_bytes()]));
        assert_eq!(evidence.get(sha256).unwrap(), Some(expected.into_bytes()));
    }

    #[test]
    fn damage_is_never_given_out() {
        let (_folder, evidence) = evidence();
        let sha256 = evidence.add(&mut &b"voucher"[..], None).unwrap();
        fs::write(evidence.layout.evidence_file(sha256), b"forged!").unwrap();
        assert!(matches!(evidence.get(sha256), Err(Error::Damaged { .. })));
        assert!(matches!(evidence.open(sha256), Err(Error::Damaged { .. })));
        let again = evidence.add(&mut &b"voucher"[..], None);
        assert!(matches!(again, Err(Error::Damaged { .. })));
    }

    #[test]
    fn what_is_too_large_leaves_nothing() {
        let (_folder, evidence) = evidence();
        let mut endless = io::repeat(1).take(EVIDENCE_BYTES_MAX + 1);
        assert!(matches!(evidence.add(&mut endless, None), Err(Error::TooLarge { .. })));
        assert_eq!(fs::read_dir(evidence.layout.evidence()).unwrap().count(), 0);
    }

    #[test]
    fn a_failed_writing_can_be_done_again() {
        for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
            for call in 0..7 {
                let (_folder, mut evidence) = evidence();
                let disk = Arc::new(FaultyDisk::default());
                evidence.disk = disk.clone();
                disk.fail(call, fault);
                let failed = evidence.add(&mut &b"voucher"[..], None);
                assert!(failed.is_err(), "{fault:?} {call}: {:?}", disk.calls());
                let sha256 = evidence.add(&mut &b"voucher"[..], None).unwrap();
                assert_eq!(evidence.get(sha256).unwrap().as_deref(), Some(&b"voucher"[..]));
            }
        }
    }
}
