//! `index/durable`: the size and byte length that were durable when it was last overwritten.
//!
//! It is a lower bound: written after each fdatasync, never synced itself. Commands that only read
//! stop there while a writer runs, and an opening never cuts below it. The line stands twice, so
//! that a reader who meets an overwriting half done sees that the two differ.

use crate::store::Error;
use crate::store::disk::{Disk, RealDisk};
use crate::store::layout::read_if_there;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// How much is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Durable {
    /// Records.
    pub size: u64,
    /// Bytes of all segments together.
    pub bytes: u64,
}

impl Durable {
    fn text(&self) -> String {
        let line = format!("{:012} {:016}\n", self.size, self.bytes);
        format!("{line}{line}")
    }

    fn parse(text: &[u8]) -> Option<Durable> {
        let text = std::str::from_utf8(text).ok()?;
        let (size, bytes) = text.lines().next()?.split_once(' ')?;
        let durable = Durable { size: size.parse().ok()?, bytes: bytes.parse().ok()? };
        (durable.text() == text).then_some(durable)
    }

    /// Reads the file; `None` when it is missing, torn or garbled, which says nothing.
    pub fn read(path: &Path) -> Result<Option<Durable>, Error> {
        // A writer may be in the middle of overwriting it: its next look is soon enough.
        for _ in 0..8 {
            let Some(text) = read_if_there(path)? else { return Ok(None) };
            if let Some(durable) = Durable::parse(&text) {
                return Ok(Some(durable));
            }
        }
        Ok(None)
    }
}

/// The open file that the writer overwrites.
#[derive(Debug)]
pub(super) struct DurableFile {
    file: File,
}

impl DurableFile {
    /// Opens the file, new if need be, and writes the first mark.
    pub fn open(path: &Path, durable: &Durable) -> io::Result<DurableFile> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        let opened = DurableFile { file };
        opened.write(&RealDisk, durable)?;
        opened.file.set_len(durable.text().len() as u64)?;
        Ok(opened)
    }

    /// Overwrites the mark.
    pub fn write(&self, disk: &dyn Disk, durable: &Durable) -> io::Result<()> {
        disk.write_at(&self.file, durable.text().as_bytes(), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_and_a_half_written_one_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("durable");
        assert_eq!(Durable::read(&path).unwrap(), None);
        let old = Durable { size: 7, bytes: 4096 };
        let new = Durable { size: 8, bytes: 5000 };
        let file = DurableFile::open(&path, &old).unwrap();
        file.write(&RealDisk, &new).unwrap();
        assert_eq!(Durable::read(&path).unwrap(), Some(new));
        for cut in 1..old.text().len() {
            let mixed = format!("{}{}", &new.text()[..cut], &old.text()[cut..]);
            let read = Durable::parse(mixed.as_bytes());
            assert!(read.is_none() || read == Some(old) || read == Some(new), "{mixed}");
        }
        assert_eq!(Durable::parse(&[0; 60]), None);
    }
}
