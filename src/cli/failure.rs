//! How a command fails: one clear sentence, and the exit code that goes with it.

use crate::demo;
use crate::ledger::bulk::BulkError;
use crate::ledger::reading::ReadError;
use crate::ledger::{InitError, OpenError, PostError};
use crate::store;
use std::{fmt, io};

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
    broken_pipe: bool,
}

impl Failure {
    /// Wrong usage: exit code 2.
    pub fn usage(message: impl fmt::Display) -> Failure {
        Failure { code: 2, message: message.to_string(), broken_pipe: false }
    }

    /// The ledger cannot be read, is damaged or locked: exit code 4.
    pub fn ledger(message: impl fmt::Display) -> Failure {
        Failure { code: 4, message: message.to_string(), broken_pipe: false }
    }

    /// Any other failure: exit code 5.
    pub fn other(message: impl fmt::Display) -> Failure {
        Failure { code: 5, message: message.to_string(), broken_pipe: false }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// Did the reader of our output go away? Then there is nobody to tell.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Failure {
        match error {
            store::Error::NotEmpty { .. } | store::Error::NotSupported { .. } => {
                Failure::usage(error)
            }
            store::Error::StorageFull { .. } => Failure::other(error),
            _ => Failure::ledger(error),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Record { .. }
            | OpenError::Checkpoint { .. }
            | OpenError::Behind { .. }
            | OpenError::Clock(_)
            | OpenError::Key { .. } => Failure::ledger(error),
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Failure {
        match error {
            InitError::Store(error) => error.into(),
            InitError::Open(error) => error.into(),
            InitError::Origin(_) | InitError::Jurisdictions { .. } => Failure::usage(error),
        }
    }
}

impl From<demo::Error> for Failure {
    fn from(error: demo::Error) -> Failure {
        match error {
            demo::Error::Init(error) => error.into(),
            demo::Error::Open(error) => error.into(),
            demo::Error::Post(error) => error.into(),
            demo::Error::Read(error) => error.into(),
            demo::Error::Checkpoint(error) => Failure::other(error),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Failure {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Record { .. } => Failure::ledger(error),
        }
    }
}

impl From<PostError> for Failure {
    fn from(error: PostError) -> Failure {
        match error {
            PostError::Store(error) => error.into(),
            PostError::Clock(_) => Failure::ledger(error),
            PostError::Stopped(_) | PostError::Busy => Failure::other(error),
        }
    }
}

impl From<BulkError> for Failure {
    fn from(error: BulkError) -> Failure {
        match error {
            BulkError::Post(error) => error.into(),
            BulkError::Output(error) => error.into(),
            BulkError::Input { .. } => Failure::usage(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Failure { code: 5, message: format!("the output cannot be written: {error}"), broken_pipe }
    }
}
