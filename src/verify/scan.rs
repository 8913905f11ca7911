//! Reading records on all cores, judging them in order.
//!
//! Each worker takes the next piece of the bytes, reads its lines, hashes and parses them, and then
//! waits for its turn to have them judged; so a piece is judged by whoever read it, events borrow
//! from its buffer, and the first wrong record is exact.

use super::Source;
use super::judge::Judge;
use crate::base::Digest;
use crate::chain::canonical::Malformed;
use crate::chain::record::{RECORD_BYTES_MAX, Record, leaf_hash};
use crate::domain::{Event, Refusal};
use crate::seam::read_event;
use memchr::memchr;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

/// How many bytes a worker takes at once.
const PIECE_BYTES: u64 = 256 << 10;

/// What lies behind a piece at most until its last line ends: a record and its LF, and one byte to
/// see that a line is too long.
const OVERLAP_BYTES: usize = RECORD_BYTES_MAX + 2;

/// The memory's pages, or a multiple of them.
const PAGE_BYTES: usize = 4096;

/// A line, read but not judged.
pub(super) struct Scanned<'a> {
    /// Where it begins.
    pub at: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// Its frame, or why it has none.
    pub record: Result<Record<'a>, Malformed>,
    /// Its event, or why it is none; none where the frame is wrong.
    pub event: Option<Result<Event<'a>, Refusal>>,
}

/// Reads and judges everything.
pub(super) fn scan<'s>(
    source: &'s dyn Source,
    wanted: BTreeSet<u64>,
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<Judge<'s>> {
    let pieces = source.len().div_ceil(PIECE_BYTES);
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let turn = (Mutex::new((0, Judge::new(source, wanted))), Condvar::new());
    let failed = Mutex::new(None);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= pieces || stop.load(Ordering::Relaxed) {
                        // Waiting for a piece that nobody will judge would never end.
                        return;
                    }
                    let lines = read_piece(source, piece, &mut buffer);
                    let lines = lines.map(|(first, bytes)| scan_lines(first, bytes));
                    let mut judging = turn.0.lock().expect("judging never panics");
                    while judging.0 != piece {
                        judging = turn.1.wait(judging).expect("judging never panics");
                    }
                    match lines {
                        Ok(lines) => {
                            if !stop.load(Ordering::Relaxed) && !judging.1.take(&lines) {
                                stop.store(true, Ordering::Relaxed);
                            }
                        }
                        Err(error) => {
                            failed.lock().expect("nothing panics here").get_or_insert(error);
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                    judging.0 = piece + 1;
                    turn.1.notify_all();
                    drop(judging);
                    progress(((piece + 1) * PIECE_BYTES).min(source.len()));
                }
            });
        }
    });
    match failed.into_inner().expect("nothing panics here") {
        Some(error) => Err(error),
        None => Ok(turn.0.into_inner().expect("judging never panics").1),
    }
}

/// Reads a piece and what lies behind it; gives where its first line begins, and the bytes from
/// there to the end of its last line or of everything.
fn read_piece<'b>(
    source: &dyn Source,
    piece: u64,
    buffer: &'b mut Vec<u8>,
) -> io::Result<(u64, &'b [u8])> {
    let start = piece * PIECE_BYTES;
    // One byte more in front: a line begins here exactly when that byte is an LF.
    let from = start.saturating_sub(1);
    let length = usize::try_from(start - from + PIECE_BYTES).expect("a piece fits the memory");
    // A page of the file comes to a page of the memory: copying is three times as fast then.
    buffer.resize(2 * PAGE_BYTES + length + OVERLAP_BYTES, 0);
    let page = buffer.as_ptr().align_offset(PAGE_BYTES).min(PAGE_BYTES);
    let buffer = &mut buffer[page + (from % PAGE_BYTES as u64) as usize..];
    let read = source.read_at(from, &mut buffer[..length + OVERLAP_BYTES])?;
    let read = &buffer[..read];
    let first = match piece {
        0 => 0,
        _ => memchr(b'\n', read).map_or(read.len(), |at| at + 1),
    };
    if first >= length {
        // The line that runs through the whole piece belongs to the piece it began in.
        return Ok((from + first as u64, &[]));
    }
    let end = match read.len() > length {
        true => memchr(b'\n', &read[length - 1..]).map_or(read.len(), |at| length + at),
        false => read.len(),
    };
    Ok((from + first as u64, &read[first..end]))
}

fn scan_lines(first: u64, bytes: &[u8]) -> Vec<Scanned<'_>> {
    let mut lines = Vec::with_capacity(bytes.len() / 512 + 1);
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let ended = end < bytes.len();
        lines.push(scan_line(first + at as u64, &bytes[at..end], ended));
        at = end + 1;
    }
    lines
}

fn scan_line(at: u64, bytes: &[u8], ended: bool) -> Scanned<'_> {
    let record = match ended {
        true => Record::parse(bytes),
        false => {
            Err(Malformed::new("the line does not end in LF: something behind it was cut off"))
        }
    };
    let event = record.as_ref().ok().map(|record| read_event(record.event));
    Scanned { at, leaf: leaf_hash(bytes), record, event }
}
