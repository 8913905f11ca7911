//! What cosignatures say of the records' times: each bounds the operator's clock by another's.
//!
//! A head of size s that was cosigned at a time shows that its records were there then, and that
//! those behind it came later, but for the time that asking takes (design section 6). Where no
//! cosignature bounds it, `recorded_at` is the operator's word.

use super::judge::Judge;
use super::report::Covered;
use crate::base::Stamp;
use serde::Serialize;

/// How far a record's time may stray from a cosignature's, in milliseconds.
pub const STRAY_MS_MAX: i64 = 120_000;

/// A cosignature of a head that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cosignature {
    /// The name of the witness's key.
    pub witness: String,
    /// When it was made, by the witness's clock.
    pub at: Stamp,
}

/// The times of the records around a size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// Of the record before.
    pub before: Stamp,
    /// Of the record at it, where there is one.
    pub at: Option<Stamp>,
}

/// A record whose time a cosignature contradicts (`time_contradicted`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeContradicted {
    /// The record.
    pub seq: u64,
    /// What it says.
    pub recorded_at: Stamp,
    /// The size of the head that was cosigned.
    pub size: u64,
    /// When it was cosigned.
    pub cosigned_at: Stamp,
    /// By whom.
    pub witness: String,
}

impl TimeContradicted {
    /// What is wrong, in a sentence without its full stop.
    pub fn sentence(&self) -> String {
        let TimeContradicted { seq, recorded_at, size, cosigned_at, witness } = self;
        let (way, shown) = match seq < size {
            true => ("after", "was there"),
            false => ("before", "was not there yet"),
        };
        format!(
            "record {seq} says that it was recorded at {recorded_at}, over 120 s {way} {witness} cosigned \
             the head of {size} records ({cosigned_at}), when it {shown}"
        )
    }
}

/// Every cosignature that contradicts a record's time, in the order of sizes.
pub(super) fn contradicted(judge: &Judge<'_>, heads: &[Covered]) -> Vec<TimeContradicted> {
    let holding = heads.iter().filter(|head| head.fault.is_none());
    let mut found = Vec::new();
    for head in holding {
        let Some(around) = judge.times.get(&head.size) else { continue };
        for cosignature in &head.cosignatures {
            // Recorded times never run backwards, so the two records around the size are the ones
            // that stray most.
            let late = around.before.0 > cosignature.at.0 + STRAY_MS_MAX;
            let early = around.at.filter(|at| at.0 < cosignature.at.0 - STRAY_MS_MAX);
            let wrong =
                [late.then(|| (head.size - 1, around.before)), early.map(|at| (head.size, at))];
            found.extend(wrong.into_iter().flatten().map(|(seq, recorded_at)| TimeContradicted {
                seq,
                recorded_at,
                size: head.size,
                cosigned_at: cosignature.at,
                witness: cosignature.witness.clone(),
            }));
        }
    }
    found
}
