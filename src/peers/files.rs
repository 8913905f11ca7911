//! Files of records, one after the other, read as one: what is handed over to be verified.

use crate::verify::Source;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Files in order.
#[derive(Debug, Default)]
pub struct Files {
    parts: Vec<Part>,
    bytes: u64,
}

#[derive(Debug)]
struct Part {
    path: PathBuf,
    file: File,
    start: u64,
    bytes: u64,
}

impl Files {
    /// Adds a file, or its first so many bytes.
    ///
    /// # Errors
    /// It cannot be opened, or is a folder.
    pub fn add(&mut self, path: &Path, bytes: Option<u64>) -> io::Result<()> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let bytes = bytes.unwrap_or(metadata.len());
        self.parts.push(Part { path: path.to_path_buf(), file, start: self.bytes, bytes });
        self.bytes += bytes;
        Ok(())
    }

    /// The file that a position lies in.
    pub fn path_at(&self, at: u64) -> Option<&Path> {
        self.part_at(at).map(|part| part.path.as_path())
    }

    fn part_at(&self, at: u64) -> Option<&Part> {
        self.parts.iter().rev().find(|part| part.start <= at)
    }
}

impl Source for Files {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len() {
            let at = at + read as u64;
            let Some(part) = self.part_at(at).filter(|part| at < part.start + part.bytes) else {
                break;
            };
            let left = usize::try_from(part.start + part.bytes - at).unwrap_or(usize::MAX);
            let length = left.min(buffer.len() - read);
            let got = part.file.read_at(&mut buffer[read..read + length], at - part.start)?;
            if got == 0 {
                let reason = "the file became shorter";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
            }
            read += got;
        }
        Ok(read)
    }
}
