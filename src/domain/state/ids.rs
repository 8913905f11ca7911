//! Event ids in the order of the records: which sequence an id has, in about 22 bytes each.

use super::table::Scoped;
use crate::base::EventId;
use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::BuildHasher;

/// The id of every record, in order, and the way back from an id to its sequence.
#[derive(Debug, Default)]
pub struct Ids {
    list: Vec<u128>,
    table: HashTable<u32>,
    hasher: foldhash::fast::RandomState,
    scope: Option<usize>,
}

impl Ids {
    /// The sequence under which the id is recorded.
    pub fn seq(&self, id: EventId) -> Option<u64> {
        let found =
            self.table.find(self.hasher.hash_one(id.0), |seq| self.list[*seq as usize] == id.0);
        found.map(|seq| u64::from(*seq))
    }

    /// The id recorded under a sequence.
    pub fn id(&self, seq: u64) -> Option<EventId> {
        self.list.get(usize::try_from(seq).ok()?).copied().map(EventId)
    }

    /// How many ids are recorded.
    pub fn len(&self) -> u64 {
        self.list.len() as u64
    }

    /// Is none recorded?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Records the next id, which is new.
    pub fn add(&mut self, id: EventId) {
        assert!(self.seq(id).is_none(), "an id is recorded once");
        let seq = u32::try_from(self.list.len()).expect("a ledger holds fewer than 2^32 records");
        self.list.push(id.0);
        let (list, hasher) = (&self.list, &self.hasher);
        self.table
            .insert_unique(hasher.hash_one(id.0), seq, |seq| hasher.hash_one(list[*seq as usize]));
    }
}

impl Scoped for Ids {
    fn open(&mut self) {
        self.scope = Some(self.list.len());
    }

    fn keep(&mut self) {
        self.scope = None;
    }

    fn undo(&mut self) {
        let keep = self.scope.take().expect("a scope is undone only while open");
        while self.list.len() > keep {
            let id = self.list.pop().expect("the list is longer than what is kept");
            let seq =
                u32::try_from(self.list.len()).expect("a ledger holds fewer than 2^32 records");
            match self.table.find_entry(self.hasher.hash_one(id), |other| *other == seq) {
                Ok(entry) => drop(entry.remove()),
                Err(_) => unreachable!("every listed id is in the table"),
            }
        }
    }
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ids, D::Error> {
        let mut ids = Ids::default();
        let list = Vec::<u128>::deserialize(from)?;
        ids.list.reserve(list.len());
        for id in list {
            match ids.seq(EventId(id)) {
                None => ids.add(EventId(id)),
                Some(_) => return Err(serde::de::Error::custom("an id stands twice")),
            }
        }
        Ok(ids)
    }
}
