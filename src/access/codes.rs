//! Which gift a look-up code opens: a pure fold over receipts and replacements.
//!
//! It knows digests alone. A replaced or closed code, and one that was never given, open nothing
//! and are not told apart.

use crate::base::{Digest, lookup};
use crate::domain::{Data, Type};
use crate::projections::{Fold, Told};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// The fold of look-up codes.
#[derive(Debug, Default)]
pub struct Codes {
    lots: HashMap<Digest, Arc<str>, RandomState>,
    digests: HashMap<Arc<str>, Digest, RandomState>,
}

impl Codes {
    /// The one gift that a code opens, as a person typed it.
    ///
    /// The digest is looked up in a table whose hash is seeded, so that the time of the answer
    /// tells nothing about a code that is there; what is compared are digests of 130 random bits.
    pub fn open(&self, typed: &str) -> Option<&Arc<str>> {
        self.lots.get(&lookup::typed_code(typed)?)
    }

    /// The one gift that the code of a digest opens.
    pub fn of(&self, digest: &Digest) -> Option<&Arc<str>> {
        self.lots.get(digest)
    }

    fn give(&mut self, lot: &str, digest: Option<Digest>) {
        if let Some(old) = self.digests.remove(lot) {
            self.lots.remove(&old);
        }
        if let Some(digest) = digest {
            let lot: Arc<str> = lot.into();
            self.lots.insert(digest, lot.clone());
            self.digests.insert(lot, digest);
        }
        assert!(self.lots.len() == self.digests.len(), "a gift has at most one code");
    }
}

impl Fold for Codes {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::DonationReceived | Type::LookupReplaced)
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::DonationReceived(data)) => self.give(data.lot.as_str(), data.lookup_sha256),
            Some(Data::LookupReplaced(data)) => self.give(data.lot.as_str(), data.lookup_sha256),
            Some(_) | None => {}
        }
    }
}
