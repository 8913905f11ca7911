//! The access log: who was shown what that is not for everybody, and when (design section 8).
//!
//! Its line is written before the answer is given, so a crash of the program loses none; the disk
//! is brought up to date once a second, so a power cut loses at most the last second's lines. To
//! sync each line would make every read wait for a disk that posting needs. Where the line cannot
//! be written the read is refused, and reads that are for everybody go on.

use super::files::{Hold, add_line, open_to_add, read_lines};
use super::viewer::Viewer;
use super::what::{Extent, What, extent};
use crate::base::Stamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The longest that lines wait for the disk, in milliseconds.
pub const SYNC_MS: i64 = 1000;

/// The most bytes that one page of the log reads.
pub const PAGE_BYTES_MAX: u64 = 256 << 10;

/// The bytes that a look at the newest lines reads: some fifty lines.
pub const NEWEST_BYTES: u64 = 12 << 10;

/// The longest text of what was asked, in characters.
pub const ABOUT_MAX: usize = 200;

/// One read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What was asked, such as `records/17` or `lots/L1`: never a code, a token, a text.
    pub about: String,
    /// The ledger's size that the answer was true at.
    pub position: u64,
    /// The request's id, by which the server's own log names it.
    pub request_id: String,
    /// The kind of answer.
    pub what: What,
    /// When.
    pub when: Stamp,
    /// Who: the principal, or the lot whose code was shown.
    pub who: String,
}

/// The access log of a running server.
#[derive(Debug)]
pub struct AccessLog {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    file: Option<File>,
    /// When the oldest line that the disk may not hold was written.
    waiting_since: Option<Stamp>,
}

/// The access log cannot be written or read; restricted reads are refused meanwhile.
#[derive(Debug, thiserror::Error)]
#[error("the access log {} cannot be used: {source}; restricted reads wait until it can", path.display())]
pub struct LogUnavailable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Some lines of the log, and where the next begin.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The lines, the oldest first.
    pub lines: Vec<Line>,
    /// The offset of the first line behind them.
    pub next: u64,
}

/// The newest lines of the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Newest {
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// The offset before which older lines stand; none where there are none.
    pub older: Option<u64>,
}

/// Whole lines, the oldest first, and the offsets of the first and of the one behind the last.
struct Between {
    lines: Vec<Line>,
    from: u64,
    next: u64,
}

impl AccessLog {
    /// The log in a ledger's `access/`; it is opened with the first line.
    pub fn new(access: &Path) -> AccessLog {
        AccessLog { path: access.join("log"), open: Mutex::default() }
    }

    /// Writes a line; call it before the answer is given, and refuse the answer when it fails.
    ///
    /// # Errors
    /// [`LogUnavailable`]; the next call tries anew.
    pub fn add(&self, line: &Line) -> Result<(), LogUnavailable> {
        assert!(!line.who.is_empty(), "somebody reads");
        let bounded = Line { about: line.about.chars().take(ABOUT_MAX).collect(), ..line.clone() };
        let bytes = serde_json::to_vec(&bounded).expect("a line is plain text and numbers");
        let mut open = self.open.lock().expect("writing a line never panics");
        self.attempt(&mut open, |path, open| {
            let file = match &mut open.file {
                Some(file) => file,
                none => none.insert(open_to_add(path, Hold::Always)?),
            };
            add_line(file, &bytes)?;
            let since = *open.waiting_since.get_or_insert(line.when);
            // A clock that was set back must not put the disk off.
            if line.when.0 - since.0 >= SYNC_MS || line.when < since {
                file.sync_data()?;
                open.waiting_since = None;
            }
            Ok(())
        })
    }

    /// Brings waiting lines to the disk: once a second while the server runs, and as it stops.
    ///
    /// # Errors
    /// [`LogUnavailable`].
    pub fn sync(&self) -> Result<(), LogUnavailable> {
        let mut open = self.open.lock().expect("writing a line never panics");
        self.attempt(&mut open, |_, open| {
            if let (Some(file), Some(_)) = (&open.file, open.waiting_since) {
                file.sync_data()?;
            }
            open.waiting_since = None;
            Ok(())
        })
    }

    /// A page of the log from an offset on; none for a viewer that may not read it.
    ///
    /// # Errors
    /// [`LogUnavailable`].
    pub fn page(&self, viewer: &Viewer, from: u64) -> Result<Option<Page>, LogUnavailable> {
        let page = self.between(viewer, from, from.saturating_add(PAGE_BYTES_MAX))?;
        Ok(page.map(|page| Page { lines: page.lines, next: page.next }))
    }

    /// The whole lines between two offsets.
    fn between(
        &self,
        viewer: &Viewer,
        from: u64,
        end: u64,
    ) -> Result<Option<Between>, LogUnavailable> {
        if extent(viewer, What::AccessLog) != Extent::All {
            return Ok(None);
        }
        // The byte before tells whether a line begins here: an offset inside a line is nobody's
        // `next`, and goes on with the line after it.
        let before = from.saturating_sub(1);
        let read = read_lines(&self.path, before, end.saturating_sub(before));
        let (bytes, next) = read.map_err(|source| self.unavailable(source))?;
        let begin = match from {
            0 => 0,
            _ => bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1),
        };
        let first = before + u64::try_from(begin).expect("a length fits 64 bits");
        let (bytes, next) = (&bytes[begin..], next.max(from));
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines: Result<_, _> = lines.map(serde_json::from_slice).collect();
        let lines = lines.map_err(|fault| self.unavailable(io::Error::other(fault)))?;
        Ok(Some(Between { lines, from: first, next }))
    }

    /// The newest lines before an offset, or before the end, the newest first, and the offset that
    /// the older ones end at; none for a viewer that may not read it.
    ///
    /// # Errors
    /// [`LogUnavailable`].
    pub fn newest(
        &self,
        viewer: &Viewer,
        before: Option<u64>,
    ) -> Result<Option<Newest>, LogUnavailable> {
        let end = match std::fs::metadata(&self.path) {
            Ok(file) => before.unwrap_or(u64::MAX).min(file.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(self.unavailable(error)),
        };
        let from = end.saturating_sub(NEWEST_BYTES);
        let Some(mut page) = self.between(viewer, from, end)? else { return Ok(None) };
        page.lines.reverse();
        Ok(Some(Newest { lines: page.lines, older: (from > 0).then_some(page.from) }))
    }

    /// A failed write may have left half a line, and a failed sync may have lost one: the file is
    /// let go, and opened and trimmed anew by the next call.
    fn attempt(
        &self,
        open: &mut Open,
        act: impl FnOnce(&Path, &mut Open) -> io::Result<()>,
    ) -> Result<(), LogUnavailable> {
        act(&self.path, open).map_err(|source| {
            *open = Open::default();
            self.unavailable(source)
        })
    }

    fn unavailable(&self, source: io::Error) -> LogUnavailable {
        LogUnavailable { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::reading::tests::{principal, told};

    fn line(at: i64) -> Line {
        Line {
            about: format!("records/{at}"),
            position: 7,
            request_id: "r1".to_owned(),
            what: What::Records,
            when: Stamp(at),
            who: "kb-finance".to_owned(),
        }
    }

    #[test]
    fn lines_are_read_back_by_those_who_may() {
        let folder = tempfile::tempdir().unwrap();
        let log = AccessLog::new(folder.path());
        for at in [5, 900, 2000, 1000] {
            log.add(&line(at)).unwrap();
        }
        log.sync().unwrap();
        let register = told();
        for who in ["operator", "hb-inspector"] {
            let page = log.page(&principal(&register, who), 0).unwrap().unwrap();
            assert_eq!(page.lines, [line(5), line(900), line(2000), line(1000)]);
            assert_eq!(log.page(&principal(&register, who), page.next).unwrap().unwrap().lines, []);
        }
        for who in ["hb-audit", "kb-finance", "mirror", "observer", "donor-1"] {
            assert_eq!(log.page(&principal(&register, who), 0).unwrap(), None, "{who}");
        }
        assert_eq!(log.page(&Viewer::Public, 0).unwrap(), None);
    }

    #[test]
    fn the_newest_lines_come_first_and_lead_to_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let log = AccessLog::new(folder.path());
        let inspector = principal(&told(), "hb-inspector");
        assert_eq!(log.newest(&inspector, None).unwrap().unwrap().lines, []);
        (0..500).for_each(|at| log.add(&line(at)).unwrap());
        let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
        loop {
            let newest = log.newest(&inspector, before).unwrap().unwrap();
            assert!(!newest.lines.is_empty());
            seen.extend(newest.lines.iter().map(|line| line.when.0));
            pages += 1;
            before = newest.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..500).rev().collect::<Vec<i64>>());
        assert!(pages > 2, "{pages}");
        assert_eq!(log.newest(&principal(&told(), "hb-audit"), None).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_written_is_said_and_tried_anew() {
        let folder = tempfile::tempdir().unwrap();
        let access = folder.path().join("access");
        std::fs::write(&access, "a file where the folder should be").unwrap();
        let log = AccessLog::new(&access);
        assert!(log.add(&line(1)).is_err());
        std::fs::remove_file(&access).unwrap();
        log.add(&line(2)).unwrap();
        let (bytes, _) = read_lines(&access.join("log"), 0, 1 << 20).unwrap();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
    }

    #[test]
    fn what_was_asked_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let log = AccessLog::new(folder.path());
        log.add(&Line { about: "县".repeat(10_000), ..line(1) }).unwrap();
        let (bytes, _) = read_lines(&folder.path().join("log"), 0, 1 << 20).unwrap();
        assert!(bytes.len() < 1000);
    }
}
