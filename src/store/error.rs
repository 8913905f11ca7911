//! What can go wrong between the ledger and its disk, told apart by what the caller may do.
//!
//! A message says what, where and what to do, and never quotes a record: records name people.
//! The rules stand in the contract of the store (`ARCHITECTURE.md`, "On disk").

use super::Head;
use std::io;
use std::path::{Path, PathBuf};

/// A failure of the store. Nothing here is a refusal by a rule and nothing is a mistake of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The head is not where the caller thought. Nothing was appended: read the head, decide again.
    #[error("the head has moved: the ledger holds {} records, the last with leaf hash {}; \
             read it again and decide anew", head.size, head.leaf)]
    HeadMoved {
        /// Where the head is.
        head: Head,
    },
    /// Somebody opened the ledger for writing after us. Nothing was appended and nothing may be:
    /// this writer ends here.
    #[error(
        "the ledger was opened by a later writer, or another folder was put in its place; \
             this writer must stop"
    )]
    Fenced,
    /// The disk has no room for the batch. Nothing was appended, reads go on, and asking again is
    /// safe once there is room.
    #[error("no room for {needed_bytes} bytes at {}; nothing was recorded, reading goes on; \
             free some space and post again", path.display())]
    StorageFull {
        /// Bytes that the batch needs.
        needed_bytes: u64,
        /// The file that would have taken them.
        path: PathBuf,
    },
    /// Nothing was appended, and asking again is safe.
    #[error("cannot {doing} {}: {source}", path.display())]
    Unavailable {
        /// What was tried, such as `read`.
        doing: &'static str,
        /// The file or folder at fault.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The write may have landed. Nothing is concluded until the store was opened anew: then the
    /// head tells whether this batch landed.
    #[error(
        "whether the last batch was recorded is not known ({reason}); \
             the ledger must be opened again before anything is posted"
    )]
    OutcomeUnknown {
        /// What failed.
        reason: String,
    },
    /// Stored bytes are not what was stored. Nothing goes on before a person has looked.
    #[error("{} is damaged at line {line}: {reason}", file.display())]
    Damaged {
        /// The damaged file.
        file: PathBuf,
        /// The line, from 1; for a file without lines the piece, from 1.
        line: u64,
        /// What was found and what may be done.
        reason: String,
    },
    /// Another process writes this ledger.
    #[error("another process holds the ledger {}{}", folder.display(), holder_hint(holder))]
    Locked {
        /// The ledger's folder.
        folder: PathBuf,
        /// What the holder says of itself: a server's address.
        holder: Option<String>,
    },
    /// The folder lies on a file system that does not keep the promises a ledger needs.
    #[error("{} lies on {system}, where a write that was confirmed can still be lost; \
             put the ledger on a local disk", folder.display())]
    NotSupported {
        /// The ledger's folder.
        folder: PathBuf,
        /// The kind of file system.
        system: &'static str,
    },
    /// There is no ledger here.
    #[error("there is no ledger in {}; `fundtrail init` makes one", folder.display())]
    Missing {
        /// The folder that was looked at.
        folder: PathBuf,
    },
    /// The folder that a new ledger was to have is in use.
    #[error("{} is not empty; choose a folder that does not exist yet", folder.display())]
    NotEmpty {
        /// The folder that was looked at.
        folder: PathBuf,
    },
    /// A document is longer than those that are stored.
    #[error(
        "the document is longer than {bytes_max} bytes; keep it elsewhere and record its \
             SHA-256"
    )]
    TooLarge {
        /// The longest that is stored, in bytes.
        bytes_max: u64,
    },
    /// A checkpoint that would contradict the one stored, or cover what is not durable. It must not
    /// be published.
    #[error("this checkpoint must not be published: {reason}")]
    CheckpointRefused {
        /// Both sizes, or both roots.
        reason: String,
    },
}

impl Error {
    /// An I/O error with what was tried and where, as a failure that may be tried again.
    pub(crate) fn unavailable(doing: &'static str, path: &Path, source: io::Error) -> Error {
        Error::Unavailable { doing, path: path.to_path_buf(), source }
    }

    /// Damage to a file at a line.
    pub(crate) fn damaged(file: &Path, line: u64, reason: impl Into<String>) -> Error {
        Error::Damaged { file: file.to_path_buf(), line, reason: reason.into() }
    }
}

fn holder_hint(holder: &Option<String>) -> String {
    match holder {
        Some(address) => format!("; a server answers at {address}: use --url {address}"),
        None => "; wait for it to end, or stop it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_ledger_names_the_server_that_holds_it() {
        let locked = |holder: Option<&str>| {
            Error::Locked { folder: "L".into(), holder: holder.map(str::to_owned) }.to_string()
        };
        assert!(locked(Some("http://127.0.0.1:7017")).contains("--url http://127.0.0.1:7017"));
        assert!(locked(None).contains("stop it"));
    }
}
