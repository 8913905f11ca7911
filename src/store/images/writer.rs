//! Writing a state file: paced, hashed as it is written, and named only when it is whole.
//!
//! A state file that is not finished counts for nothing, and one that cannot be written stops no
//! posting.

use super::{Header, list, start_of};
use crate::base::Digest;
use crate::store::Error;
use crate::store::disk::{Disk, RealDisk};
use crate::store::layout::{
    Layout, ensure_folder, remove_if_there, rename_through, temporary_name,
};
use crate::store::table::PACE_BYTES;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// How many state files are kept: the newest, and one to fall back on.
const KEPT: usize = 2;

/// Writes one state file, piece by piece.
///
/// It is an [`io::Write`] for the body; [`ImageWriter::finish`] gives the file its name. Dropped
/// before, it leaves nothing that counts. Each MiB is synced by itself, so that posting beside it
/// keeps its pace.
#[derive(Debug)]
pub struct ImageWriter {
    disk: Arc<dyn Disk>,
    layout: Layout,
    file: File,
    path: PathBuf,
    header: Header,
    start: Vec<u8>,
    piece: Vec<u8>,
    digests: Vec<u8>,
    written: u64,
}

impl ImageWriter {
    /// Begins a state file; `header.body_bytes` must say how long the body will be.
    ///
    /// # Errors
    /// `Unavailable`; posting goes on without.
    pub fn create(layout: &Layout, header: Header) -> Result<ImageWriter, Error> {
        ImageWriter::create_on(Arc::new(RealDisk), layout, header)
    }

    pub(super) fn create_on(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        header: Header,
    ) -> Result<ImageWriter, Error> {
        ensure_folder(&layout.index())?;
        let path = layout.state(header.size);
        let temporary = temporary_name(&path);
        let failed = |source| Error::unavailable("write", &path, source);
        remove_if_there(&*disk, &temporary).map_err(failed)?;
        let file = disk.create(&temporary, 0o600).map_err(failed)?;
        let start = start_of(&header);
        disk.write_at(&file, &start, 0).map_err(failed)?;
        let piece = Vec::with_capacity(PACE_BYTES);
        let layout = layout.clone();
        let digests = Vec::new();
        Ok(ImageWriter { disk, layout, file, path, header, start, piece, digests, written: 0 })
    }

    fn write_piece(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let at = self.start.len() as u64 + self.written;
        self.disk.write_at(&self.file, &self.piece, at)?;
        self.disk.sync(&self.file)?;
        self.digests.extend_from_slice(&Digest::of(&[&self.piece]).0);
        self.written += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }

    /// Completes the file and removes those it makes superfluous: two are kept.
    ///
    /// # Errors
    /// `Unavailable`; then there is no such state file.
    ///
    /// # Panics
    /// When the body is not as long as the header says.
    pub fn finish(mut self) -> Result<(), Error> {
        let path = self.path.clone();
        let failed = |source| Error::unavailable("write", &path, source);
        io::Write::flush(&mut self).map_err(failed)?;
        assert!(self.written == self.header.body_bytes, "the body has the length announced");
        let last = Digest::of(&[&self.start, &self.digests]);
        self.digests.extend_from_slice(&last.0);
        let at = self.start.len() as u64 + self.written;
        self.disk.write_at(&self.file, &self.digests, at).map_err(failed)?;
        self.disk.sync(&self.file).map_err(failed)?;
        rename_through(&*self.disk, &temporary_name(&path), &path).map_err(failed)?;
        let files = list(&self.layout)?;
        for old in &files[..files.len().saturating_sub(KEPT)] {
            remove_if_there(&*self.disk, old).map_err(failed)?;
        }
        Ok(())
    }
}

impl io::Write for ImageWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PACE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PACE_BYTES {
            self.write_piece()?;
        }
        Ok(taken)
    }

    /// Writes the last, shorter piece: nothing may be written after it.
    fn flush(&mut self) -> io::Result<()> {
        self.write_piece()
    }
}
