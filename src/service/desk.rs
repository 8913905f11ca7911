//! Posting in a reader's name, and trying it: the same from the API and from the pages.
//!
//! What a refusal tells is cut to what the reader may see. Nothing here decides an event.

use super::{Problem, Served};
use crate::access::{Viewer, shown};
use crate::ledger::bulk::Line;
use crate::ledger::telling::{self, Told};
use crate::ledger::{Ledger, Mode, PostError};

/// How often a dry run is tried while others post.
const DRY_RUNS: usize = 20;

/// Who posts to what.
#[derive(Clone, Copy)]
pub struct Desk<'s> {
    /// The ledger.
    pub live: &'s Served,
    /// Who posts.
    pub viewer: &'s Viewer,
}

impl<'s> Desk<'s> {
    /// The ledger that is open for posting.
    ///
    /// # Errors
    /// This is a copy.
    pub fn ledger(self) -> Result<&'s Ledger, Problem> {
        self.live.ledger().ok_or(Problem::ReadOnly)
    }

    /// Decides lines and records nothing.
    ///
    /// # Errors
    /// Others post without a pause, or the ledger has stopped.
    pub fn dry_run(self, lines: &[Line], mode: Mode) -> Result<Vec<Told>, Problem> {
        let ledger = self.ledger()?;
        let show = |refusal: &_, here| shown(self.viewer, refusal, here, &self.live.views().beside);
        for _ in 0..DRY_RUNS {
            match telling::dry_run(ledger, lines, mode, &show) {
                Err(PostError::Busy) => std::thread::yield_now(),
                result => return Ok(result?),
            }
        }
        Err(PostError::Busy.into())
    }

    /// Posts lines, all or none, or each by itself; what is told is durable.
    ///
    /// # Errors
    /// The ledger has stopped.
    pub fn post(self, lines: &[Line], mode: Mode) -> Result<Vec<Told>, Problem> {
        let ledger = self.ledger()?;
        let show = |refusal: &_, here| shown(self.viewer, refusal, here, &self.live.views().beside);
        match mode {
            Mode::Atomic => Ok(telling::post_atomic(ledger, lines, &show)?),
            Mode::Continue => Ok(telling::post_lines(ledger, lines, &show)?),
        }
    }
}
