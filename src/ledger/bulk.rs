//! Many lines, one after the other: gate and reading on all cores, deciding in the order of the
//! lines, while earlier batches are on their way to the disk.

use super::{Incoming, Ledger, Mode, Outcome, PostError, Poster};
use crate::base::{Code, EventId};
use crate::chain::glance::Glance;
use crate::domain::Refusal;
use std::io::{self, BufRead};
use std::sync::{Condvar, Mutex};

/// How many lines are decided together: enough that a batch is worth its sync, few enough that the
/// next ones are read meanwhile.
const CHUNK_LINES: usize = 1024;

/// The longest line that is read: an event of 40 000 canonical bytes may be written wastefully.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// What became of one line.
#[derive(Debug)]
pub struct LineOutcome {
    /// The line's number, from 1.
    pub line: u64,
    /// The event's id, where it could be read.
    pub id: Option<EventId>,
    /// The event's jurisdiction, where it could be read.
    pub here: Option<Code>,
    /// What became of it.
    pub outcome: Outcome,
}

/// Why lines could not be posted to their end.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The input cannot be read.
    #[error("the input cannot be read at line {line}: {source}")]
    Input {
        /// The line, from 1.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The ledger cannot write any more.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The outcomes cannot be written.
    #[error("the outcomes cannot be written: {0}")]
    Output(io::Error),
}

/// One line, gated.
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its body, or why it has none.
    pub incoming: Result<Incoming, Refusal>,
}

/// Posts each line by itself and tells the outcomes in order, each when it is durable.
///
/// # Errors
/// [`BulkError`]; what was told stands.
pub fn post_each<'p>(
    ledger: &Ledger,
    input: &mut (dyn BufRead + Send),
    poster: impl Into<Poster<'p>>,
    tell: &mut (dyn FnMut(LineOutcome) -> io::Result<()> + Send),
) -> Result<(), BulkError> {
    let poster = poster.into();
    let source = Mutex::new(Source { input, number: 0, chunk: 0, ended: false });
    let (deciding, telling) = (Turn::default(), Turn::default());
    let (tell, failed) = (Mutex::new(tell), Mutex::new(None));
    // One more than there are cores: one waits for the disk while the others work.
    let workers = std::thread::available_parallelism().map_or(2, usize::from) + 1;
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut lines = Lines::default();
                while let Some(chunk) = next_chunk(&source, &failed, &mut lines) {
                    // Whatever becomes of this chunk, even a panic, the next one gets its turn.
                    let _passing = Passing { turns: [&deciding, &telling], chunk };
                    let result =
                        post_chunk(ledger, chunk, &lines, poster, &deciding, &telling, &tell);
                    if let Err(error) = result {
                        locked(&failed).get_or_insert(error);
                    }
                }
            });
        }
    });
    let failed = locked(&failed).take();
    failed.map_or(Ok(()), Err)
}

/// Reads all lines of an atomic post, gated.
///
/// # Errors
/// The input cannot be read.
pub fn read_all<'p>(
    input: &mut dyn BufRead,
    poster: impl Into<Poster<'p>>,
) -> Result<Vec<Line>, BulkError> {
    let poster = poster.into();
    let mut lines = Vec::new();
    let mut number = 0;
    let mut raw = Vec::new();
    while read_line(input, &mut raw, &mut number)? {
        if !is_blank(&raw) {
            lines.push(Line { number, incoming: Incoming::read(&raw, poster) });
        }
        raw.clear();
    }
    Ok(lines)
}

/// The id of a body, where it has one at its place.
pub fn id_of(incoming: &Incoming) -> Option<EventId> {
    Glance::of(&incoming.body).map(|glance| glance.id)
}

struct Source<'i> {
    input: &'i mut (dyn BufRead + Send),
    number: u64,
    chunk: u64,
    ended: bool,
}

/// The lines of a chunk, in one buffer that is used again for the next.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Each line's number, and where its text ends.
    ends: Vec<(u64, usize)>,
}

impl Lines {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        self.ends
            .iter()
            .zip(starts)
            .map(|((number, end), start)| (*number, &self.bytes[start..*end]))
    }
}

/// Fills in the next lines and gives their chunk's number; none at the end.
fn next_chunk(
    source: &Mutex<Source<'_>>,
    failed: &Mutex<Option<BulkError>>,
    lines: &mut Lines,
) -> Option<u64> {
    lines.clear();
    let mut source = locked(source);
    if source.ended || locked(failed).is_some() {
        return None;
    }
    while lines.ends.len() < CHUNK_LINES {
        let start = lines.bytes.len();
        let Source { input, number, .. } = &mut *source;
        match read_line(*input, &mut lines.bytes, number) {
            Ok(true) if is_blank(&lines.bytes[start..]) => lines.bytes.truncate(start),
            Ok(true) => lines.ends.push((*number, lines.bytes.len())),
            Ok(false) => {
                source.ended = true;
                break;
            }
            Err(error) => {
                source.ended = true;
                locked(failed).get_or_insert(error);
                break;
            }
        }
    }
    if lines.ends.is_empty() {
        return None;
    }
    let chunk = source.chunk;
    source.chunk += 1;
    Some(chunk)
}

fn post_chunk(
    ledger: &Ledger,
    chunk: u64,
    lines: &Lines,
    poster: Poster<'_>,
    deciding: &Turn,
    telling: &Turn,
    tell: &Mutex<&mut (dyn FnMut(LineOutcome) -> io::Result<()> + Send)>,
) -> Result<(), BulkError> {
    let gated: Vec<Line> = lines
        .iter()
        .map(|(number, raw)| Line { number, incoming: Incoming::read(raw, poster) })
        .collect();
    let good = gated.iter().filter_map(|line| line.incoming.as_ref().ok());
    let events: Vec<_> = good.map(|incoming| (incoming, incoming.event())).collect();
    deciding.wait(chunk);
    let ticket = ledger.submit(&events, Mode::Continue)?;
    deciding.pass(chunk);
    let mut outcomes = ledger.settle(ticket)?.into_iter().zip(&events);
    telling.wait(chunk);
    let mut tell = locked(tell);
    for line in &gated {
        let (outcome, id) = match &line.incoming {
            Ok(incoming) => {
                let (outcome, (_, event)) = outcomes.next().expect("each event has its outcome");
                (outcome, event.as_ref().map_or_else(|_| id_of(incoming), |event| Some(event.id)))
            }
            Err(refusal) => (Outcome::Refused(refusal.clone()), None),
        };
        tell(LineOutcome { line: line.number, id, here: line.here(), outcome })
            .map_err(BulkError::Output)?;
    }
    Ok(())
}

/// Appends the next line without its end; false at the end of the input.
fn read_line(
    input: &mut dyn BufRead,
    raw: &mut Vec<u8>,
    number: &mut u64,
) -> Result<bool, BulkError> {
    let start = raw.len();
    *number += 1;
    let fault = |source| BulkError::Input { line: *number, source };
    let mut bounded = io::Read::take(&mut *input, LINE_BYTES_MAX as u64 + 1);
    let read = bounded.read_until(b'\n', raw).map_err(fault)?;
    if read > LINE_BYTES_MAX {
        let long = format!(
            "the line is longer than {LINE_BYTES_MAX} bytes; write each event on a line of its own"
        );
        return Err(fault(io::Error::new(io::ErrorKind::InvalidData, long)));
    }
    while matches!(raw[start..].last(), Some(b'\n' | b'\r')) {
        raw.pop();
    }
    Ok(read > 0)
}

fn is_blank(raw: &[u8]) -> bool {
    raw.iter().all(u8::is_ascii_whitespace)
}

/// Whose turn it is: chunks do one thing after the other in their order.
#[derive(Default)]
struct Turn {
    next: Mutex<u64>,
    changed: Condvar,
}

impl Turn {
    fn wait(&self, chunk: u64) {
        let mut next = locked(&self.next);
        while *next < chunk {
            next = self.changed.wait(next).expect("a turn is passed without panicking");
        }
    }

    /// Passes the turn on behind this chunk; passing twice changes nothing.
    fn pass(&self, chunk: u64) {
        let mut next = locked(&self.next);
        while *next < chunk {
            next = self.changed.wait(next).expect("a turn is passed without panicking");
        }
        *next = (*next).max(chunk + 1);
        self.changed.notify_all();
    }
}

struct Passing<'t> {
    turns: [&'t Turn; 2],
    chunk: u64,
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        self.turns.iter().for_each(|turn| turn.pass(self.chunk));
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("a worker that panics ends the post")
}
