//! `index/ids`: the 16-byte ids of all events, in record order, at fixed offsets.
//!
//! Rules rest on it (an id counts once), so a state file keeps its digest and an opening compares:
//! damage is found before the first post and the file is made anew from the records.

use super::disk::{Disk, RealDisk};
use super::layout::{Layout, ensure_folder};
use super::table::{Mark, PACE_BYTES, Table, leaf_of};
use super::{Error, Head, Records, frame};
use crate::base::{Digest, EventId};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

const WIDTH: usize = 16;

/// What the file should hold up to a size, as a state file remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdsSeal {
    /// The number of ids.
    pub size: u64,
    /// Their digest, as [`Ids::seal`] makes it.
    pub digest: Digest,
}

/// The ids of all events. Adding, reading and flushing may run in parallel.
#[derive(Debug)]
pub struct Ids {
    table: Table<WIDTH>,
    disk: Arc<dyn Disk>,
    mark: PathBuf,
}

impl Ids {
    /// Opens the file and brings it up to the durable head. With a seal, what it covers is
    /// compared. Tells why the file was made anew, if it was.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be read or written; `Damaged` when a record cannot.
    pub fn open(
        layout: &Layout,
        records: &dyn Records,
        seal: Option<IdsSeal>,
    ) -> Result<(Ids, Option<String>), Error> {
        Ids::open_on(Arc::new(RealDisk), layout, records, seal)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        records: &dyn Records,
        seal: Option<IdsSeal>,
    ) -> Result<(Ids, Option<String>), Error> {
        ensure_folder(&layout.ids())?;
        let mark = layout.ids().join("position");
        let path = layout.ids().join("events");
        let found = Mark::read(&mark, |seq| leaf_of(records, seq))?;
        let (size, mut why) = match found {
            Ok(head) => (head.size, None),
            Err(why) => (0, Some(why)),
        };
        let mut table = Table::open(&path, disk.clone(), size)?;
        if table.len() < size {
            why = Some("it was shorter than its mark");
        } else if let Some(seal) = seal.filter(|seal| seal.size <= size)
            && digest(&table, seal.size)? != seal.digest
        {
            why = Some("it was damaged");
        }
        if why.is_some() {
            table = Table::open(&path, disk.clone(), 0)?;
        }
        let ids = Ids { table, disk, mark };
        ids.catch_up(records)?;
        let rebuilt = why.filter(|_| records.head().size > 0);
        Ok((ids, rebuilt.map(|why| format!("index/ids was made anew: {why}"))))
    }

    /// Adds the ids of all durable records that are missing.
    fn catch_up(&self, records: &dyn Records) -> Result<(), Error> {
        let mut failed = None;
        records.scan(self.len()..u64::MAX, &mut |seq, record| {
            let id = frame::event_id(record);
            let result = match id {
                Some(id) => {
                    self.push(id);
                    if self.table.waiting_bytes() < PACE_BYTES {
                        Ok(())
                    } else {
                        self.table.flush()
                    }
                }
                None => Err(Error::damaged(&self.mark, seq + 1, format!("record {seq} has no id"))),
            };
            match result {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// How many ids there are.
    pub fn len(&self) -> u64 {
        self.table.len()
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of the event in the record with this number.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub fn get(&self, seq: u64) -> Result<Option<EventId>, Error> {
        Ok(self.table.get(seq)?.map(|bytes| EventId(u128::from_be_bytes(bytes))))
    }

    /// Calls `visit` with each id from a record's number on, in order, for building a table.
    ///
    /// # Errors
    /// `Unavailable` when they cannot be read.
    pub fn scan(&self, from: u64, visit: &mut dyn FnMut(u64, EventId)) -> Result<(), Error> {
        const STEP: u64 = 1 << 16;
        let end = self.len();
        let mut bytes = Vec::new();
        let mut at = from;
        while at < end {
            let stop = end.min(at + STEP);
            bytes.resize((stop - at) as usize * WIDTH, 0);
            self.table.read(at..stop, &mut bytes)?;
            let (entries, rest) = bytes.as_chunks::<WIDTH>();
            assert!(rest.is_empty(), "whole entries were read");
            for (seq, entry) in (at..).zip(entries) {
                visit(seq, EventId(u128::from_be_bytes(*entry)));
            }
            at = stop;
        }
        Ok(())
    }

    /// Adds the id of the next record. It waits in memory until [`Ids::flush`].
    pub fn push(&self, id: EventId) {
        self.table.push(&id.0.to_be_bytes());
    }

    /// Brings all ids to the disk, paced; `head` is the durable head, which they must reach.
    ///
    /// # Errors
    /// `Unavailable`; may be tried again.
    ///
    /// # Panics
    /// When there are fewer ids than records up to the head.
    pub fn flush(&self, head: &Head) -> Result<(), Error> {
        assert!(head.size <= self.len(), "each record's id was added");
        self.table.flush()?;
        Mark::write(&*self.disk, &self.mark, head)
    }

    /// The digest of the first `size` ids, hashed by pieces on all cores.
    ///
    /// # Errors
    /// `Unavailable` when they cannot be read.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn seal(&self, size: u64) -> Result<IdsSeal, Error> {
        assert!(size <= self.len(), "a seal covers ids that are there");
        Ok(IdsSeal { size, digest: digest(&self.table, size)? })
    }
}

fn digest(table: &Table<WIDTH>, size: u64) -> Result<Digest, Error> {
    const PIECE: u64 = (PACE_BYTES / WIDTH) as u64;
    let piece = |from: u64| {
        let stop = size.min(from + PIECE);
        let mut bytes = vec![0; (stop - from) as usize * WIDTH];
        table.read(from..stop, &mut bytes)?;
        Ok(Digest::of(&[&bytes]).0)
    };
    let starts: Vec<u64> = (0..size).step_by(PIECE as usize).collect();
    let pieces: Vec<[u8; 32]> = starts.into_par_iter().map(piece).collect::<Result<_, Error>>()?;
    Ok(Digest::of(&[pieces.as_flattened()]))
}

#[cfg(test)]
mod tests {
    use super::super::memory::{Medium, Memory};
    use super::super::{Store, samples};
    use super::*;
    use std::fs;
    use std::path::Path;

    fn records(count: u64) -> Memory {
        let mut store = Memory::open(&Medium::new()).unwrap();
        store.append(&Head::EMPTY, &samples::batch(Head::EMPTY, count)).unwrap();
        store
    }

    fn right(ids: &Ids) -> bool {
        let mut all = Vec::new();
        ids.scan(0, &mut |seq, id| all.push((seq, id))).unwrap();
        all.iter().all(|(seq, id)| *id == samples::event_id(*seq))
            && ids.get(ids.len() - 1).unwrap() == Some(samples::event_id(ids.len() - 1))
    }

    fn prepare(root: &Path, store: &Memory) -> (Layout, IdsSeal) {
        let layout = Layout::new(root);
        let (ids, rebuilt) = Ids::open(&layout, store, None).unwrap();
        assert!(rebuilt.is_some_and(|why| why.contains("was not there")));
        ids.flush(&store.head()).unwrap();
        let seal = ids.seal(30).unwrap();
        (layout, seal)
    }

    #[test]
    fn ids_come_back_and_go_on_with_the_records() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = records(30);
        let (layout, seal) = prepare(folder.path(), &store);
        let after = store.head();
        store.append(&after, &samples::batch(after, 5)).unwrap();
        let (ids, rebuilt) = Ids::open(&layout, &store, Some(seal)).unwrap();
        assert_eq!((ids.len(), rebuilt), (35, None));
        assert!(right(&ids));
    }

    #[test]
    fn a_wrong_file_is_made_anew_and_said() {
        let store = records(30);
        type Damage = (&'static str, fn(&Layout));
        let damage: [Damage; 5] = [
            ("was damaged", |layout| {
                let path = layout.ids().join("events");
                let mut bytes = fs::read(&path).unwrap();
                bytes[100] ^= 1;
                fs::write(&path, bytes).unwrap();
            }),
            ("shorter than its mark", |layout| {
                let path = layout.ids().join("events");
                let bytes = fs::read(&path).unwrap();
                fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
            }),
            ("mark was damaged", |layout| {
                fs::write(layout.ids().join("position"), "x").unwrap();
            }),
            ("ahead of the records", |layout| {
                let head = Head { size: 31, leaf: Digest::ZERO };
                Mark::write(&RealDisk, &layout.ids().join("position"), &head).unwrap();
            }),
            ("was not there", |layout| fs::remove_dir_all(layout.ids()).unwrap()),
        ];
        for (why, change) in damage {
            let folder = tempfile::tempdir().unwrap();
            let (layout, seal) = prepare(folder.path(), &store);
            change(&layout);
            let (ids, rebuilt) = Ids::open(&layout, &store, Some(seal)).unwrap();
            assert!(rebuilt.as_ref().is_some_and(|said| said.contains(why)), "{why}: {rebuilt:?}");
            assert!(right(&ids), "{why}");
            assert_eq!(ids.seal(30).unwrap(), seal);
        }
    }
}
