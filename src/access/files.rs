//! Files of lines that are only ever added to: how they are opened, added to and read.
//!
//! A line counts once its LF is there; what a torn write left behind the last LF was acknowledged
//! to nobody and is cut by the next writer. Everything here is readable by its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// How much is read at once to find the last LF.
const TAIL_BYTES: u64 = 64 << 10;

/// How long a writer keeps a file to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// For one line: another writer is waited for.
    Briefly,
    /// As long as the program runs: another writer is a fault.
    Always,
}

/// Opens a file of lines to add to; makes it, and its folder, where they are not there.
///
/// The caller holds the file's lock as long as it holds the file, so that two writers never mix
/// their lines; a torn tail is cut.
pub(super) fn open_to_add(path: &Path, hold: Hold) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = !path.exists();
    if !folder.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut options = OpenOptions::new();
    let mut file = options.read(true).append(true).create(true).mode(0o600).open(path)?;
    match hold {
        Hold::Briefly => file.lock()?,
        Hold::Always => file.try_lock()?,
    }
    if made {
        File::open(folder)?.sync_all()?;
    }
    let length = file.metadata()?.len();
    let whole = whole_length(&mut file, length)?;
    if whole < length {
        file.set_len(whole)?;
    }
    Ok(file)
}

/// Writes one line, which holds no LF of its own.
pub(super) fn add_line(file: &mut File, line: &[u8]) -> io::Result<()> {
    assert!(!line.contains(&b'\n'), "a line of JSON holds no LF");
    let mut bytes = Vec::with_capacity(line.len() + 1);
    bytes.extend_from_slice(line);
    bytes.push(b'\n');
    file.write_all(&bytes)
}

/// The whole lines from an offset on, and the offset behind the last; at most so many bytes, but
/// at least one line where there is one.
pub(super) fn read_lines(path: &Path, from: u64, bytes_max: u64) -> io::Result<(Vec<u8>, u64)> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), from)),
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    bytes.truncate(end);
    let behind = from + u64::try_from(end).expect("a length fits 64 bits");
    Ok((bytes, behind))
}

/// The length up to and with the last LF.
fn whole_length(file: &mut File, length: u64) -> io::Result<u64> {
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        Read::by_ref(file).take(end - start).read_to_end(&mut bytes)?;
        if let Some(at) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + u64::try_from(at).expect("a position fits 64 bits") + 1);
        }
        end = start;
    }
    Ok(0)
}

/// What tells that a file is another one or was changed: device, number, length.
pub(super) fn identity(path: &Path) -> io::Result<Option<(u64, u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    match fs::metadata(path) {
        Ok(data) => Ok(Some((data.dev(), data.ino(), data.len()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_tail_is_cut_and_what_was_whole_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access/log");
        add_line(&mut open_to_add(&path, Hold::Always).unwrap(), b"one").unwrap();
        open_to_add(&path, Hold::Always).unwrap().write_all(b"torn").unwrap();
        assert_eq!(read_lines(&path, 0, 1 << 20).unwrap(), (b"one\n".to_vec(), 4));
        add_line(&mut open_to_add(&path, Hold::Always).unwrap(), b"two").unwrap();
        assert_eq!(read_lines(&path, 0, 1 << 20).unwrap(), (b"one\ntwo\n".to_vec(), 8));
        assert_eq!(read_lines(&path, 4, 1 << 20).unwrap(), (b"two\n".to_vec(), 8));
    }

    #[test]
    fn the_last_lf_is_found_however_far_back_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let long = vec![b'x'; usize::try_from(TAIL_BYTES).unwrap() * 2 + 7];
        open_to_add(&path, Hold::Always).unwrap().write_all(&long).unwrap();
        assert_eq!(open_to_add(&path, Hold::Always).unwrap().metadata().unwrap().len(), 0);
        add_line(&mut open_to_add(&path, Hold::Always).unwrap(), b"one").unwrap();
        open_to_add(&path, Hold::Always).unwrap().write_all(&long).unwrap();
        assert_eq!(open_to_add(&path, Hold::Always).unwrap().metadata().unwrap().len(), 4);
    }

    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access/tokens");
        drop(open_to_add(&path, Hold::Always).unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
}
