//! Outcomes as they are told: one JSON line for each event, the same from the command and over
//! HTTP (design section 9, `post`).

use super::bulk::{Line, id_of};
use super::{DryOutcome, Incoming, Ledger, Mode, Outcome, PostError};
use crate::base::{Code as Jurisdiction, Digest, EventId};
use crate::chain::glance::Glance;
use crate::domain::refusal::Details;
use crate::domain::{Code, Event, Refusal};
use serde::Serialize;
use serde_json::value::RawValue;

/// One line of outcome; fields that do not apply are left out.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The line's number, from 1.
    pub line: u64,
    /// The event's id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<EventId>,
    /// `recorded`, `duplicate`, `refused` or `not_recorded`.
    pub status: &'static str,
    /// The record's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The record's leaf hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf_hash: Option<Digest>,
    /// The code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The refusal in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the refusal is about, and its figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    /// The movements that a dry run says would be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movements: Option<Box<RawValue>>,
    /// The receipt (C2SP tlog-proof), where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

impl Told {
    /// The line of an outcome.
    pub fn of(line: u64, id: Option<EventId>, outcome: &Outcome) -> Told {
        match outcome {
            Outcome::Recorded { seq, leaf_hash } => Told {
                seq: Some(*seq),
                leaf_hash: Some(*leaf_hash),
                ..Told::bare(line, id, "recorded")
            },
            Outcome::Duplicate { seq, leaf_hash } => Told {
                seq: Some(*seq),
                leaf_hash: Some(*leaf_hash),
                ..Told::bare(line, id, "duplicate")
            },
            Outcome::Refused(refusal) => Told::refused(line, id, refusal),
            Outcome::NotRecorded => Told::bare(line, id, "not_recorded"),
        }
    }

    /// The line of a dry run's outcome.
    pub fn of_dry(line: u64, id: Option<EventId>, outcome: &DryOutcome) -> Told {
        match outcome {
            DryOutcome::Recorded { seq, movements } => {
                let movements = serde_json::from_slice(movements);
                let movements = movements.expect("movements are written as JSON");
                Told {
                    seq: Some(*seq),
                    movements: Some(movements),
                    ..Told::bare(line, id, "recorded")
                }
            }
            DryOutcome::Duplicate { seq } => {
                Told { seq: Some(*seq), ..Told::bare(line, id, "duplicate") }
            }
            DryOutcome::Refused(refusal) => Told::refused(line, id, refusal),
            DryOutcome::NotRecorded => Told::bare(line, id, "not_recorded"),
        }
    }

    /// Is the event in the ledger, from now on or before?
    pub fn stands(&self) -> bool {
        matches!(self.status, "recorded" | "duplicate")
    }

    /// The line as it is sent, LF included.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("an outcome is written to memory");
        line.push(b'\n');
        line
    }

    fn refused(line: u64, id: Option<EventId>, refusal: &Refusal) -> Told {
        Told {
            code: Some(refusal.code),
            message: Some(refusal.message()),
            details: Some((*refusal.details).clone()),
            ..Told::bare(line, id, "refused")
        }
    }

    fn bare(line: u64, id: Option<EventId>, status: &'static str) -> Told {
        Told {
            line,
            id,
            status,
            seq: None,
            leaf_hash: None,
            code: None,
            message: None,
            details: None,
            movements: None,
            receipt: None,
        }
    }
}

impl Line {
    /// The id of its event, where it has one at its place.
    pub fn id(&self) -> Option<EventId> {
        self.incoming.as_ref().ok().and_then(id_of)
    }

    /// The jurisdiction of its event, where it has one at its place.
    pub fn here(&self) -> Option<Jurisdiction> {
        let incoming = self.incoming.as_ref().ok()?;
        Glance::of(&incoming.body).map(|glance| glance.jurisdiction)
    }
}

/// How a refusal is told to its poster: who may not see figures gets none.
pub type Showing<'s> = dyn Fn(&Refusal, Option<Jurisdiction>) -> Refusal + 's;

/// Tells a refusal as it is: to whoever can read the folder anyway.
pub fn whole(refusal: &Refusal, _: Option<Jurisdiction>) -> Refusal {
    refusal.clone()
}

/// An outcome with its refusal as it is told.
pub fn told_as(outcome: Outcome, here: Option<Jurisdiction>, showing: &Showing<'_>) -> Outcome {
    match outcome {
        Outcome::Refused(refusal) => Outcome::Refused(showing(&refusal, here)),
        Outcome::Recorded { .. } | Outcome::Duplicate { .. } | Outcome::NotRecorded => outcome,
    }
}

/// Posts lines as one atomic post.
///
/// # Errors
/// As [`Ledger::post`].
pub fn post_atomic(
    ledger: &Ledger,
    lines: &[Line],
    showing: &Showing<'_>,
) -> Result<Vec<Told>, PostError> {
    // Deciding stops at the first refusal, so nothing behind a line that is none is looked at.
    let outcomes = match lines.iter().position(|line| line.incoming.is_err()) {
        Some(fault) => refused_at(ledger, lines, fault)?,
        None => ledger.post(&events(lines), Mode::Atomic)?,
    };
    let told = lines.iter().zip(outcomes).map(|(line, outcome)| {
        Told::of(line.number, line.id(), &told_as(outcome, line.here(), showing))
    });
    Ok(told.collect())
}

/// Posts lines each by itself, all read before.
///
/// # Errors
/// As [`Ledger::post`].
pub fn post_lines(
    ledger: &Ledger,
    lines: &[Line],
    showing: &Showing<'_>,
) -> Result<Vec<Told>, PostError> {
    let mut outcomes = ledger.post(&events(lines), Mode::Continue)?.into_iter();
    let told = lines.iter().map(|line| {
        let outcome = match &line.incoming {
            Ok(_) => outcomes.next().expect("each event has its outcome"),
            Err(refusal) => Outcome::Refused(refusal.clone()),
        };
        Told::of(line.number, line.id(), &told_as(outcome, line.here(), showing))
    });
    Ok(told.collect())
}

/// Decides lines and records nothing.
///
/// # Errors
/// As [`Ledger::dry_run`].
pub fn dry_run(
    ledger: &Ledger,
    lines: &[Line],
    mode: Mode,
    showing: &Showing<'_>,
) -> Result<Vec<Told>, PostError> {
    let mut outcomes = ledger.dry_run(&events(lines), mode)?.into_iter();
    let mut refused = false;
    let mut told = Vec::with_capacity(lines.len());
    for line in lines {
        let outcome = match &line.incoming {
            Ok(_) => outcomes.next().expect("each event has its outcome"),
            Err(refusal) => DryOutcome::Refused(refusal.clone()),
        };
        let outcome = match refused && mode == Mode::Atomic {
            true => DryOutcome::NotRecorded,
            false => outcome,
        };
        refused |= matches!(outcome, DryOutcome::Refused(_));
        let outcome = match outcome {
            DryOutcome::Refused(refusal) => DryOutcome::Refused(showing(&refusal, line.here())),
            outcome => outcome,
        };
        told.push(Told::of_dry(line.number, line.id(), &outcome));
    }
    Ok(told)
}

/// The outcomes of an atomic post in which a line is no event: an earlier refusal counts first, and
/// nothing is recorded either way.
fn refused_at(ledger: &Ledger, lines: &[Line], fault: usize) -> Result<Vec<Outcome>, PostError> {
    let before = match fault {
        0 => Vec::new(),
        _ => ledger.dry_run(&events(&lines[..fault]), Mode::Atomic)?,
    };
    let mut outcomes = vec![Outcome::NotRecorded; lines.len()];
    let earlier = before.into_iter().enumerate().find_map(|(at, one)| match one {
        DryOutcome::Refused(refusal) => Some((at, refusal)),
        DryOutcome::Recorded { .. } | DryOutcome::Duplicate { .. } | DryOutcome::NotRecorded => {
            None
        }
    });
    let (at, refusal) = match (earlier, &lines[fault].incoming) {
        (Some(earlier), _) => earlier,
        (None, Err(refusal)) => (fault, refusal.clone()),
        (None, Ok(_)) => unreachable!("the line at fault is no event"),
    };
    outcomes[at] = Outcome::Refused(refusal);
    Ok(outcomes)
}

fn events(lines: &[Line]) -> Vec<(&Incoming, Result<Event<'_>, Refusal>)> {
    let incoming = lines.iter().filter_map(|line| line.incoming.as_ref().ok());
    incoming.map(|incoming| (incoming, incoming.event())).collect()
}
