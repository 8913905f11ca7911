//! What a reader sees of single records: whole or not at all, and never a trace of the rest.

use super::{Problem, Served};
use crate::access::{Register, Sight, Viewer, sight};
use crate::base::Digest;
use crate::ledger::lookups::Key;
use crate::ledger::reading;
use crate::projections::trace::{Step, Subject, Trace};
use std::fs::File;

/// The most movements of one answer; who wants more reads the records.
const STEPS_MAX: usize = 5_000;

/// Who reads, and from which ledger.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    /// The ledger.
    pub live: &'r Served,
    /// Who reads.
    pub viewer: &'r Viewer,
}

impl Reader<'_> {
    /// May the reader see the record of these bytes? Only what its views already hold is known.
    pub fn may_see(&self, seq: u64, bytes: &[u8]) -> bool {
        self.viewer.reads_all() || self.sight(seq, bytes) == Sight::Whole
    }

    /// How much of the record of these bytes the reader is shown.
    pub fn sight(&self, seq: u64, bytes: &[u8]) -> Sight {
        let mut seen = Sight::Hidden;
        let looked = reading::look(seq, bytes, &Register::needs_event, &mut |told| {
            seen = sight(self.viewer, &self.live.views().beside.facts(told));
        });
        if looked.is_ok() { seen } else { Sight::Hidden }
    }

    /// May the reader see the record of that number?
    pub fn sees(&self, seq: u64) -> bool {
        let record = reading::read_durable(&*self.live.records(), seq);
        record.is_ok_and(|record| self.may_see(seq, &record))
    }

    /// A record, as its stored bytes.
    ///
    /// # Errors
    /// There is none of that number that the reader may see.
    pub fn record(&self, seq: u64) -> Result<Vec<u8>, Problem> {
        if seq >= self.live.folded() {
            return Err(Problem::NotFound("record"));
        }
        let bytes = reading::read_durable(&*self.live.records(), seq)
            .map_err(|error| Problem::Failed(error.to_string()))?;
        match self.may_see(seq, &bytes) {
            true => Ok(bytes),
            false => Err(Problem::NotFound("record")),
        }
    }

    /// The movements of a subject, out of those records with its key that the reader may see; and
    /// whether there are more than are told.
    ///
    /// # Errors
    /// The records cannot be read.
    pub fn steps(&self, key: Key<'_>, of: Subject) -> Result<(Vec<Step>, bool), Problem> {
        let mut trace = Trace::new(of);
        let mut more = false;
        for seq in self.live.numbers(key, 0, STEPS_MAX + 1)? {
            if trace.steps().len() >= STEPS_MAX {
                more = true;
                break;
            }
            let bytes = reading::read_durable(&*self.live.records(), seq)
                .map_err(|error| Problem::Failed(error.to_string()))?;
            if self.may_see(seq, &bytes) {
                reading::tell(seq, &bytes, &mut trace).map_err(Problem::Failed)?;
            }
        }
        Ok((trace.steps().to_vec(), more))
    }

    /// A stored file that a record names which the reader may see.
    ///
    /// # Errors
    /// There is none.
    pub fn evidence(&self, sha256: Digest) -> Result<File, Problem> {
        let absent = Problem::NotFound("file");
        let file =
            self.live.evidence(sha256).map_err(|error| Problem::Failed(error.to_string()))?;
        let Some(file) = file else { return Err(absent) };
        let named = sha256.to_string();
        let mut seen = |seq: u64, bytes: &[u8]| {
            memchr::memmem::find(bytes, named.as_bytes()).is_some() && self.may_see(seq, bytes)
        };
        let page = self.live.page(0..self.live.folded(), None, 0, &mut seen)?;
        if page.is_more { Ok(file) } else { Err(absent) }
    }
}
