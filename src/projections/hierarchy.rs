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

    /// The jurisdiction and those above it, upwards.
    pub fn upwards(&self, from: Code) -> impl Iterator<Item = Code> + '_ {
        let above = |code: &Code| self.parents.get(code).copied().flatten();
        std::iter::successors(Some(from), above)
    }

    /// Is the jurisdiction registered?
    pub fn knows(&self, code: Code) -> bool {
        self.parents.contains_key(&code)
    }
}
