//! Records that were fetched and are not yet verified: a file beside the mirror, never in it.
//!
//! An interrupted pull leaves its whole lines there and the next one goes on behind them. Nothing
//! reads this file but the verification that decides about it.

use super::{MirrorError, file};
use crate::peers::source::{LedgerSource, SourceError};
use crate::store::layout::sibling;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Watch;

/// How often a pull tells how far it is, in records.
const TELL_EVERY: u64 = 1_000;

/// The fetched records.
pub(super) struct Incoming {
    path: PathBuf,
    /// Held so that two pulls never write one file.
    _lock: File,
}

impl Incoming {
    /// Fetches a range of records, what lies there already left out.
    pub fn fetch(
        source: &dyn LedgerSource,
        mirror: &Path,
        range: Range<u64>,
        watch: &dyn Watch,
    ) -> Result<Incoming, MirrorError> {
        let path = sibling(mirror, "incoming");
        let failed = |error| file(&path, error);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let opened = options.open(&path).map_err(failed)?;
        opened.try_lock().map_err(|_| file(&path, "another pull is under way"))?;
        let (mut have, mut end) = whole_lines(&opened, range.start).map_err(failed)?;
        if have > range.end.saturating_sub(range.start) {
            // More than is shown now: of another head, and fetched anew.
            (have, end) = (0, 0);
        }
        opened.set_len(end).map_err(failed)?;
        let mut out = BufWriter::with_capacity(1 << 20, &opened);
        out.seek(SeekFrom::Start(end)).map_err(failed)?;
        let of = range.end.saturating_sub(range.start);
        let mut done = have;
        let fetched = source.records(range.start + have..range.end, &mut |line| {
            let written = out.write_all(line).and_then(|()| out.write_all(b"\n"));
            written.map_err(|error| SourceError::Unreadable {
                name: path.display().to_string(),
                reason: format!("it cannot be written: {error}"),
            })?;
            done += 1;
            if done.is_multiple_of(TELL_EVERY) {
                watch.fetched(done, of);
            }
            Ok(())
        });
        // What came is kept, also where the source broke off.
        out.flush().map_err(failed)?;
        drop(out);
        opened.sync_data().map_err(failed)?;
        fetched?;
        Ok(Incoming { path, _lock: opened })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Shows every line, without its LF.
    pub fn each(
        &self,
        show: &mut dyn FnMut(&[u8]) -> Result<(), MirrorError>,
    ) -> Result<(), MirrorError> {
        let failed = |error| file(&self.path, error);
        let mut lines = BufReader::with_capacity(1 << 20, File::open(&self.path).map_err(failed)?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            show(line.strip_suffix(b"\n").unwrap_or(&line))?;
            line.clear();
        }
        Ok(())
    }

    /// Removes the file: its records are in the mirror.
    pub fn remove(self) -> Result<(), MirrorError> {
        fs::remove_file(&self.path).map_err(|error| file(&self.path, error))
    }

    /// Moves the file away: its records are refused, and evidence.
    pub fn refuse(&self, to: &Path) -> Result<(), MirrorError> {
        fs::rename(&self.path, to).map_err(|error| file(&self.path, error))
    }
}

/// How many whole lines a file holds, and where they end; none where it begins with another record
/// than the one that is due.
fn whole_lines(opened: &File, first: u64) -> std::io::Result<(u64, u64)> {
    let mut lines = BufReader::with_capacity(1 << 20, opened);
    let (mut count, mut end) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line)?;
        let Some(record) = line.strip_suffix(b"\n").filter(|_| read > 0) else {
            return Ok((count, end));
        };
        let due = crate::chain::Record::parse(record);
        if !due.is_ok_and(|record| record.seq == first + count) {
            return Ok((count, end));
        }
        count += 1;
        end += read as u64;
    }
}
