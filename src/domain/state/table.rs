//! A table of the state: rows in the order in which they came, and an undo log while a scope is
//! open.
//!
//! Rows are never removed but by undoing, so a row's index is its identity and rebuilding gives the
//! same table. Inspired by nothing larger: the log holds what was there before, newest last.

use indexmap::{Equivalent, IndexMap};
use serde::{Deserialize, Serialize};
use std::hash::Hash;

/// Rows by key, each also known by the index under which it came.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "K: Serialize + Hash + Eq, V: Serialize",
    deserialize = "K: Deserialize<'de> + Hash + Eq, V: Deserialize<'de>"
))]
pub struct Table<K, V> {
    rows: IndexMap<K, V, foldhash::fast::RandomState>,
    #[serde(skip, default = "Vec::new")]
    log: Vec<Undo<V>>,
    #[serde(skip)]
    scoped: bool,
}

#[derive(Debug)]
enum Undo<V> {
    Added,
    Was(usize, V),
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Table<K, V> {
        Table { rows: IndexMap::default(), log: Vec::new(), scoped: false }
    }
}

impl<K: Hash + Eq, V: Clone> Table<K, V> {
    /// The row of a key.
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.rows.get(key)
    }

    /// The index of a key.
    pub fn index<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
        self.rows.get_index_of(key)
    }

    /// Key and row of an index that this table gave out.
    pub fn at(&self, index: usize) -> (&K, &V) {
        self.rows.get_index(index).expect("an index is given out only for a row that is there")
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Has it no row?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every key and row, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// Adds a row under a key that is new; gives its index.
    pub fn add(&mut self, key: K, row: V) -> usize {
        let (index, before) = self.rows.insert_full(key, row);
        assert!(before.is_none(), "a row is added under a new key");
        if self.scoped {
            self.log.push(Undo::Added);
        }
        index
    }

    /// The row of a key, to be changed; what was there is remembered while a scope is open.
    pub fn change<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<&mut V> {
        self.rows.get_index_of(key).map(|index| self.change_at(index))
    }

    /// The row of an index, to be changed.
    pub fn change_at(&mut self, index: usize) -> &mut V {
        let (_, row) =
            self.rows.get_index_mut(index).expect("an index is given out only for a row");
        if self.scoped {
            self.log.push(Undo::Was(index, row.clone()));
        }
        row
    }

    /// The row of a key, to be changed; a new row begins as its default.
    pub fn change_or_add(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let index = match self.rows.get_index_of(&key) {
            Some(index) => index,
            None => self.add(key, V::default()),
        };
        self.change_at(index)
    }
}

/// What every table does when a scope opens and ends.
pub trait Scoped {
    /// Begins to remember what was there.
    fn open(&mut self);
    /// Ends the scope; what was changed stays.
    fn keep(&mut self);
    /// Ends the scope; what was changed is as it was before.
    fn undo(&mut self);
}

impl<K: Hash + Eq, V: Clone> Scoped for Table<K, V> {
    fn open(&mut self) {
        assert!(!self.scoped, "scopes do not nest");
        self.scoped = true;
    }

    fn keep(&mut self) {
        self.scoped = false;
        self.log.clear();
    }

    fn undo(&mut self) {
        self.scoped = false;
        while let Some(undo) = self.log.pop() {
            match undo {
                Undo::Added => {
                    self.rows.pop();
                }
                Undo::Was(index, row) => {
                    let (_, now) = self.rows.get_index_mut(index).expect("the row was there");
                    *now = row;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn undoing_gives_the_table_of_before(
            before in prop::collection::vec((0u8..20, 0i64..100), 0..40),
            after in prop::collection::vec((0u8..30, 0i64..100), 0..40),
        ) {
            let mut table = Table::<u8, i64>::default();
            for (key, value) in before {
                *table.change_or_add(key) += value;
            }
            let was: Vec<_> = table.iter().map(|(key, row)| (*key, *row)).collect();
            table.open();
            for (key, value) in after {
                *table.change_or_add(key) += value;
            }
            table.undo();
            let is: Vec<_> = table.iter().map(|(key, row)| (*key, *row)).collect();
            prop_assert_eq!(is, was);
        }
    }
}
