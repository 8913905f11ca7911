//! Which jurisdiction lies below which, as records told; several folds ask.

use super::Told;
use crate::base::Code;
use crate::domain::Data;
use std::collections::BTreeMap;

/// The jurisdiction above each jurisdiction.
#[derive(Debug, Default)]
pub struct Hierarchy {
    parents: BTreeMap<Code, Option<Code>>,
}

impl Hierarchy {
    /// Takes in a record; only `jurisdiction_registered` tells anything.
    pub fn take(&mut self, told: &Told<'_>) {
        if let Some(Data::JurisdictionRegistered(data)) = told.event.map(|event| &event.data) {
            self.parents.insert(data.code, data.parent);
        }
    }

    /// Is `lower` the same as `upper`, or below it?
    pub fn is_at_or_below(&self, lower: Code, upper: Code) -> bool {
        self.upwards(lower).any(|code| code == upper)
    }

    /// The jurisdiction itself, then each one above it.
    pub fn upwards(&self, code: Code) -> impl Iterator<Item = Code> {
        std::iter::successors(Some(code), |code| self.parents.get(code).copied().flatten())
    }

    /// Is the jurisdiction registered?
    pub fn knows(&self, code: Code) -> bool {
        self.parents.contains_key(&code)
    }
}
