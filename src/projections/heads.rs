//! Who vouches for heads: registered witnesses, and the verifications that supervisors filed.

use super::{Fold, Told};
use crate::base::{Digest, Stamp};
use crate::domain::{Data, Type};
use serde::Serialize;

/// The fold behind what stands beside a checkpoint.
#[derive(Debug, Default)]
pub struct Heads {
    /// Every witness that was registered, in order.
    pub witnesses: Vec<Witness>,
    /// Every verification that was filed, in order.
    pub filed: Vec<Filed>,
}

/// A witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// Its name, which is its key's.
    pub name: String,
    /// The organization that runs it.
    pub org: String,
    /// Its verifier key.
    pub vkey: String,
    /// Has it been retired?
    pub retired: bool,
}

/// A verification that was filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filed {
    /// The record that files it.
    pub seq: u64,
    /// When it was filed.
    pub recorded_at: Stamp,
    /// The principal that filed it.
    pub posted_by: String,
    /// How many records were verified.
    pub size: u64,
    /// The root at that size.
    pub root: Digest,
    /// `sound` or `unsound`.
    pub verdict: &'static str,
}

impl Heads {
    /// The verification that covers most records; of those that cover as many, the newest.
    pub fn newest_filed(&self) -> Option<&Filed> {
        self.filed.iter().max_by_key(|one| (one.size, one.seq))
    }
}

impl Fold for Heads {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::WitnessRegistered | Type::WitnessRetired | Type::VerificationFiled)
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::WitnessRegistered(data)) => self.witnesses.push(Witness {
                name: data.name.as_str().to_owned(),
                org: data.org.as_str().to_owned(),
                vkey: data.vkey.as_str().to_owned(),
                retired: false,
            }),
            Some(Data::WitnessRetired(data)) => {
                let named = |one: &&mut Witness| one.name == data.name.as_str();
                if let Some(witness) = self.witnesses.iter_mut().find(named) {
                    witness.retired = true;
                }
            }
            Some(Data::VerificationFiled(data)) => self.filed.push(Filed {
                seq: told.seq,
                recorded_at: told.recorded_at,
                posted_by: told.posted_by.to_owned(),
                size: data.size,
                root: data.root,
                verdict: data.verdict.code(),
            }),
            _ => {}
        }
    }
}
