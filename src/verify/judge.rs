//! The judge: takes records in order, decides each again, and stops at the first wrong one.

use super::Source;
use super::heads::{How, KeyStep};
use super::report::{Fault, Filed};
use super::scan::Scanned;
use super::times::Around;
use crate::base::Digest;
use crate::chain::note::key::VerifierKey;
use crate::chain::record::{RECORD_VERSION, Record, leaf_hash};
use crate::chain::roots::Roots;
use crate::domain::{Data, Event, Facts, Past, PastEvent, State, Step};
use crate::seam::{look_at_record, movement_bytes_max, read_written, signed_by, written};
use std::collections::{BTreeMap, BTreeSet};

/// What was found so far.
pub(super) struct Judge<'s> {
    pub state: State,
    pub roots: Roots,
    /// The roots at the sizes that checkpoints name.
    pub found: BTreeMap<u64, Digest>,
    /// The times of the records around those sizes.
    pub times: BTreeMap<u64, Around>,
    /// Every verification that was filed.
    pub filed: Vec<Filed>,
    pub fault: Option<Fault>,
    /// From this record on the money cannot be judged: a newer version or an unknown type.
    pub blind_from: Option<u64>,
    /// Every origin and key that the records state, in order; the first by record 0.
    pub keys: Vec<KeyStep>,
    /// Recorded exceptions.
    pub exceptions: u64,
    /// Records that carry a signature.
    pub signed: u64,
    source: &'s dyn Source,
    wanted: BTreeSet<u64>,
    /// Where each record begins.
    starts: Vec<u64>,
    last: Digest,
    ledger: Digest,
    batch_left: u32,
}

impl<'s> Judge<'s> {
    pub fn new(source: &'s dyn Source, wanted: BTreeSet<u64>) -> Judge<'s> {
        Judge {
            state: State::new(),
            roots: Roots::default(),
            found: BTreeMap::new(),
            times: BTreeMap::new(),
            filed: Vec::new(),
            fault: None,
            blind_from: None,
            keys: Vec::new(),
            exceptions: 0,
            signed: 0,
            source,
            wanted,
            starts: Vec::new(),
            last: Digest::ZERO,
            ledger: Digest::ZERO,
            batch_left: 0,
        }
    }

    /// How many records were judged.
    pub fn size(&self) -> u64 {
        self.starts.len() as u64
    }

    /// Is the last record the last of its batch?
    pub fn is_whole(&self) -> bool {
        self.batch_left == 0
    }

    /// Takes the next lines; false when one of them is wrong.
    pub fn take(&mut self, lines: &[Scanned<'_>]) -> bool {
        for (at, line) in lines.iter().enumerate() {
            if let Err(fault) = self.line(line, lines.get(at + 1)) {
                self.fault = Some(fault);
                return false;
            }
        }
        true
    }

    fn line(&mut self, line: &Scanned<'_>, next: Option<&Scanned<'_>>) -> Result<(), Fault> {
        let seq = self.size();
        let fault = |reason: String| Fault { seq, at: line.at, reason };
        let record = line.record.as_ref().map_err(|wrong| fault(wrong.reason.clone()))?;
        self.position(line, record, next)?;
        if record.recorded_at < self.state.recorded_at {
            return Err(fault(format!(
                "recorded_at is {}, before that of the record before ({})",
                record.recorded_at, self.state.recorded_at
            )));
        }
        match &line.event {
            Some(Ok(event)) if record.v == RECORD_VERSION && self.blind_from.is_none() => {
                self.decide(line, record, event).map_err(fault)?;
            }
            Some(Err(refusal)) if record.v == RECORD_VERSION && !is_unknown(refusal) => {
                return Err(fault(format!("its event cannot be read: {refusal}")));
            }
            Some(_) | None => {
                record.check_form().map_err(|wrong| fault(wrong.reason))?;
                self.blind_from.get_or_insert(seq);
                self.state.recorded_at = record.recorded_at;
            }
        }
        if let Some(around) = self.times.get_mut(&seq) {
            around.at = Some(record.recorded_at);
        }
        self.starts.push(line.at);
        self.last = line.leaf;
        self.batch_left = record.batch_left;
        self.signed += u64::from(!record.signatures.is_empty());
        self.roots.push(line.leaf);
        if seq == 0 {
            self.ledger = line.leaf;
        }
        if self.wanted.contains(&self.size()) {
            self.found.insert(self.size(), self.roots.newest());
            let around = Around { before: record.recorded_at, at: None };
            self.times.insert(self.size(), around);
        }
        Ok(())
    }

    /// Sequence, link and batch: is this the record that stands here?
    fn position(
        &self,
        line: &Scanned<'_>,
        record: &Record<'_>,
        next: Option<&Scanned<'_>>,
    ) -> Result<(), Fault> {
        let seq = self.size();
        let fault = |seq: u64, reason: String| Fault { seq, at: line.at, reason };
        if record.seq != seq {
            return Err(fault(
                seq,
                format!(
                    "record {} stands where record {seq} should: one was deleted, inserted or swapped",
                    record.seq
                ),
            ));
        }
        if record.prev != self.last {
            // If the next record links to this one, this one is as it was, so the one before
            // changed.
            let intact = next.and_then(|next| next.record.as_ref().ok());
            let intact = intact.is_some_and(|next| next.prev == line.leaf);
            return Err(match (seq, intact) {
                (0, _) => fault(0, "prev of record 0 is not zeros".to_owned()),
                (_, true) => Fault {
                    seq: seq - 1,
                    at: self.starts.last().copied().unwrap_or(0),
                    reason:
                        "its leaf hash is not the one that the next record links to: its bytes \
                             were changed"
                            .to_owned(),
                },
                (_, false) => fault(
                    seq,
                    format!(
                        "prev is {}, but the leaf hash of record {} is {}: one of the two was changed",
                        record.prev,
                        seq - 1,
                        self.last
                    ),
                ),
            });
        }
        match self.batch_left.checked_sub(1) {
            Some(left) if left != record.batch_left => Err(fault(
                seq,
                format!(
                    "batch_left is {}, but {left} records of the batch should follow",
                    record.batch_left
                ),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Decides the event again and compares the movements.
    fn decide(
        &mut self,
        line: &Scanned<'_>,
        record: &Record<'_>,
        event: &Event<'_>,
    ) -> Result<(), String> {
        let signed = signed_by(&record.signatures, &self.ledger, record.event);
        let earlier =
            Earlier { source: self.source, starts: &self.starts, end: line.at, roots: &self.roots };
        let facts = Facts {
            seq: record.seq,
            recorded_at: record.recorded_at,
            posted_by: record.posted_by,
            signed_by: &signed.keys,
            badly_signed: signed.wrong,
            by_program: true,
            body: record.event,
            movement_bytes_max: movement_bytes_max(record.event),
            past: &earlier,
        };
        match self.state.step(event, &facts) {
            Ok(Step::Recorded(movements)) => {
                if written(&movements, &self.state) != record.movements {
                    return Err(self.other_movements(record));
                }
            }
            Ok(Step::Duplicate(first)) => {
                return Err(format!("its event id stands in record {first} already"));
            }
            Err(refusal) => return Err(format!("the rules refuse it: {refusal}")),
        }
        let step = match &event.data {
            Data::LedgerOpened(data) => Some((&data.vkey, How::Opened)),
            Data::LogKeyChanged(data) => Some((&data.vkey, How::Changed)),
            Data::LedgerContinued(data) => Some((&data.vkey, How::Continued)),
            _ => None,
        };
        if let Some((vkey, how)) = step {
            // A key that is no point of the curve signs nothing, so there is nothing to believe.
            if let Ok(key) = VerifierKey::parse(vkey.as_str()) {
                self.keys.push(KeyStep { seq: record.seq, how, key });
            }
        }
        if let Data::VerificationFiled(data) = &event.data {
            self.filed.push(Filed {
                seq: record.seq,
                posted_by: record.posted_by.to_owned(),
                recorded_at: record.recorded_at,
                size: data.size,
                verdict: data.verdict.code(),
            });
        }
        self.exceptions += exceptions_of(&event.data);
        Ok(())
    }

    fn other_movements(&self, record: &Record<'_>) -> String {
        match read_written(record.movements) {
            Ok(_) => "its movements are not those that the rules decide".to_owned(),
            Err(wrong) => format!("its movements cannot be read: {}", wrong.reason),
        }
    }
}

fn is_unknown(refusal: &crate::domain::Refusal) -> bool {
    refusal.code == crate::domain::Code::UnknownType
}

fn exceptions_of(data: &Data<'_>) -> u64 {
    let count = match data {
        Data::FundsCommitted(data) => data.exceptions.as_slice().len(),
        Data::DisbursementMade(data) => data.exceptions.as_slice().len(),
        _ => 0,
    };
    count as u64
}

/// Earlier records, read again from their bytes.
struct Earlier<'e> {
    source: &'e dyn Source,
    starts: &'e [u64],
    /// Where the record that is judged begins.
    end: u64,
    roots: &'e Roots,
}

impl Past for Earlier<'_> {
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>)) {
        look_at_record(&self.record(seq), show);
    }

    fn root(&self, size: u64) -> Option<Digest> {
        self.roots.root(size, |seq| leaf_hash(&self.record(seq)))
    }
}

impl Earlier<'_> {
    fn record(&self, seq: u64) -> Vec<u8> {
        let at = usize::try_from(seq).expect("a record's number fits the memory");
        let start = self.starts[at];
        let end = self.starts.get(at + 1).copied().unwrap_or(self.end) - 1;
        let length = usize::try_from(end - start).expect("a record is bounded");
        let mut record = vec![0; length];
        let read =
            self.source.read_at(start, &mut record).expect("what was read once is read again");
        assert!(read == length, "what was read once is read again");
        record
    }
}
