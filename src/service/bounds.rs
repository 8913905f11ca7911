//! Every bound of the service, a constant with its reason (design section 10).

use std::time::Duration;

/// The largest single body: an event has at most 40 000 canonical bytes, and may be written
/// wastefully.
pub const BODY_BYTES_MAX: u64 = 1 << 20;

/// The largest bulk body of an atomic post: its events have at most 64 MiB in canonical form.
pub const ATOMIC_BODY_BYTES_MAX: u64 = 128 << 20;

/// The largest bulk body posted line by line; it is spooled to the disk.
pub const BULK_BODY_BYTES_MAX: u64 = 1 << 30;

/// How many bulk bodies are taken at once, one a principal.
pub const BULK_POSTS_MAX: usize = 2;

/// How many single posts wait at once, each for its own answer; more are answered 503 with
/// Retry-After.
pub const SINGLE_POSTS_MAX: usize = 256;

/// How many receipts one post may wait for: each is about 1 500 bytes.
pub const RECEIPTS_MAX: usize = 10_000;

/// The longest page.
pub const PAGE_MAX: u64 = 500;

/// The page that nobody asked another length for.
pub const PAGE_DEFAULT: u64 = 100;

/// How many answers of past positions, or that read many records, are made at once.
pub const PAST_MAX: usize = 2;

/// How many streams a principal may hold.
pub const STREAMS_EACH_MAX: usize = 4;

/// How many streams there may be.
pub const STREAMS_MAX: usize = 256;

/// How long a client may be silent in the middle of a request, or not read its answer.
pub const IDLE_MAX: Duration = Duration::from_secs(10);

/// How long a request may take as a whole.
pub const WHOLE_MAX: Duration = Duration::from_secs(300);

/// How long an open stream goes on before its right is looked at again while nothing comes.
pub const RIGHT_EVERY: Duration = Duration::from_secs(10);

/// How long the service waits for those who ask; a test that wants to see the end of it waits less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// See [`IDLE_MAX`]: for a header, the next part of a body.
    pub idle: Duration,
    /// See [`WHOLE_MAX`].
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { idle: IDLE_MAX, whole: WHOLE_MAX }
    }
}

/// The most memory that reading a sheet may take, in bytes: what the largest one unpacks to,
/// several times.
pub const SHEET_MEMORY_BYTES_MAX: u64 = 2 << 30;

/// The most processor time that reading a sheet may take, in seconds.
pub const SHEET_SECONDS_MAX: u64 = 60;

/// How sheets are read apart; a test that wants to see the end of its bounds sets less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetReading {
    /// The program that is started with `read-sheet`; none: this very program.
    pub program: Option<std::path::PathBuf>,
    /// See [`SHEET_MEMORY_BYTES_MAX`].
    pub memory_bytes: u64,
    /// See [`SHEET_SECONDS_MAX`].
    pub seconds: u64,
}

impl Default for SheetReading {
    fn default() -> SheetReading {
        SheetReading {
            program: None,
            memory_bytes: SHEET_MEMORY_BYTES_MAX,
            seconds: SHEET_SECONDS_MAX,
        }
    }
}

/// How long a poster waits for the answers to hold what was posted.
pub const FOLLOW_MAX: Duration = crate::ledger::live::FOLLOW_MAX;

/// How long a poster waits for the checkpoint that covers a receipt.
pub const RECEIPT_WAIT_MAX: Duration = Duration::from_secs(10);

/// How long a stop waits for requests on their way.
pub const GRACE: Duration = Duration::from_secs(10);

/// How long one wait for more records lasts.
pub const RING: Duration = Duration::from_millis(500);

/// How many look-ups by code an address (an IPv4 one, or an IPv6 /64) may try in a minute.
pub const LOOKUPS_A_MINUTE: u32 = 10;

/// How many requests an address that is not loopback may make in a burst, and a second.
pub const REQUESTS_BURST: u32 = 400;
/// See [`REQUESTS_BURST`].
pub const REQUESTS_A_SECOND: u64 = 100;

/// How many bytes of answers are kept to be given again at the same position.
pub const KEPT_BYTES_MAX: usize = 32 << 20;

/// The largest answer that is kept.
pub const KEPT_ANSWER_BYTES_MAX: usize = 1 << 20;

/// The longest target (path and query) that is read.
pub const TARGET_BYTES_MAX: usize = 4096;

/// How many header fields, and how many bytes of them, a request may have.
pub const HEADERS_MAX: usize = 64;
/// See [`HEADERS_MAX`].
pub const HEADER_BYTES_MAX: usize = 16 << 10;

const _: () = assert!(PAGE_DEFAULT <= PAGE_MAX, "a default page is a page");
const _: () = assert!(BODY_BYTES_MAX < ATOMIC_BODY_BYTES_MAX, "bulk is more than a single body");
const _: () = assert!(ATOMIC_BODY_BYTES_MAX < BULK_BODY_BYTES_MAX, "an atomic post is one batch");
const _: () = assert!(KEPT_ANSWER_BYTES_MAX < KEPT_BYTES_MAX, "many answers can be kept");
