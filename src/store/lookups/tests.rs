//! Look-ups compared with a plain map, and what damage does to them.

use super::super::memory::{Medium, Memory};
use super::super::{Store, samples};
use super::*;
use std::collections::BTreeMap;

fn records(count: u64) -> Memory {
    let mut store = Memory::open(&Medium::new()).unwrap();
    grow(&mut store, count);
    store
}

fn grow(store: &mut Memory, count: u64) {
    let after = store.head();
    store.append(&after, &samples::batch(after, count)).unwrap();
}

/// Every record is of all, a third each of one key, and one key begins like another.
fn keys(seq: u64) -> Vec<Vec<u8>> {
    let mut keys = vec![b"all".to_vec(), vec![b'k', (seq % 3) as u8]];
    if seq.is_multiple_of(50) {
        keys.extend([b"al".to_vec(), vec![0; KEY_BYTES_MAX]]);
    }
    keys
}

fn add_up_to(lookups: &Lookups, end: u64) {
    for seq in lookups.position()..end {
        lookups.add(seq, keys(seq));
    }
}

fn agrees(lookups: &Lookups, end: u64) {
    let mut model: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
    for seq in 0..end {
        for key in keys(seq) {
            model.entry(key).or_default().push(seq);
        }
    }
    for (key, list) in &model {
        for bound in [0, 1, 49, 50, 51, 4095, 4096, 5000, end - 1, end, u64::MAX] {
            for limit in [1, 7, usize::MAX] {
                let up = list.iter().copied().filter(|seq| *seq >= bound).take(limit);
                let found = lookups.list(key, Order::Ascending, bound, limit).unwrap();
                assert_eq!(found, up.collect::<Vec<_>>(), "{key:?} from {bound}");
                let down = list.iter().rev().copied().filter(|seq| *seq < bound).take(limit);
                let found = lookups.list(key, Order::Descending, bound, limit).unwrap();
                assert_eq!(found, down.collect::<Vec<_>>(), "{key:?} below {bound}");
            }
        }
    }
    assert!(lookups.list(b"a", Order::Ascending, 0, 9).unwrap().is_empty());
}

#[test]
fn lists_are_those_of_a_plain_map_waiting_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let mut store = records(4000);
    let (lookups, rebuilt) = Lookups::open(&layout, 1, &store).unwrap();
    assert!(rebuilt.unwrap().contains("was not there"));
    add_up_to(&lookups, 4000);
    agrees(&lookups, 4000);
    lookups.write(&store.head()).unwrap();
    assert_eq!(lookups.waiting(), 0);
    agrees(&lookups, 4000);
    grow(&mut store, 3000);
    add_up_to(&lookups, 7000);
    agrees(&lookups, 7000);
    lookups.write(&store.head()).unwrap();
    drop(lookups);
    let (lookups, rebuilt) = Lookups::open(&layout, 1, &store).unwrap();
    assert_eq!((lookups.position(), rebuilt), (7000, None));
    agrees(&lookups, 7000);
    let longest = lookups.db.iter().flatten().map(|(_, value)| value.len()).max();
    assert!(longest <= Some(packed::VALUE_BYTES_MAX));
    let blobs = fs::read_dir(layout.lookups().join("blobs"));
    assert_eq!(blobs.map_or(0, Iterator::count), 0, "nothing goes to files that are never synced");
}

#[test]
fn records_that_were_written_without_their_position_are_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let mut store = records(60);
    let (lookups, _) = Lookups::open(&layout, 1, &store).unwrap();
    add_up_to(&lookups, 60);
    lookups.write(&store.head()).unwrap();
    let old = lookups.db.get(POSITION).unwrap().unwrap();
    grow(&mut store, 100);
    add_up_to(&lookups, 160);
    lookups.write(&store.head()).unwrap();
    lookups.db.insert(POSITION, old).unwrap();
    drop(lookups);
    let (lookups, rebuilt) = Lookups::open(&layout, 1, &store).unwrap();
    assert_eq!((lookups.position(), rebuilt), (60, None));
    add_up_to(&lookups, 160);
    lookups.write(&store.head()).unwrap();
    agrees(&lookups, 160);
}

fn written(layout: &Layout, store: &Memory) {
    let (lookups, _) = Lookups::open(layout, 1, store).unwrap();
    add_up_to(&lookups, store.head().size);
    lookups.write(&store.head()).unwrap();
}

#[test]
fn what_is_stale_foreign_or_of_another_version_is_made_anew() {
    let store = records(60);
    let shorter = records(50);
    let other = {
        let mut store = Memory::open(&Medium::new()).unwrap();
        let batch = samples::batch_of(Head::EMPTY, 60, |_| 5);
        store.append(&Head::EMPTY, &batch).unwrap();
        store
    };
    for (version, records, why) in [
        (2, &store, "another version"),
        (1, &shorter, "ahead of the records"),
        (1, &other, "other records"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        written(&layout, &store);
        let (lookups, rebuilt) = Lookups::open(&layout, version, records).unwrap();
        assert!(rebuilt.as_ref().is_some_and(|said| said.contains(why)), "{rebuilt:?}");
        assert_eq!(lookups.position(), 0);
        assert!(lookups.list(b"all", Order::Ascending, 0, 9).unwrap().is_empty());
    }
}

#[test]
fn damage_ends_in_a_rebuild_or_an_error_and_never_in_a_panic() {
    let store = records(3000);
    for damage in 0..12_usize {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        written(&layout, &store);
        let path = layout.lookups().join("db");
        let mut bytes = fs::read(&path).unwrap();
        match damage {
            0 => fs::remove_file(&path).unwrap(),
            1 => fs::write(&path, []).unwrap(),
            2 => fs::write(layout.lookups().join("conf"), b"garbage").unwrap(),
            3 => fs::remove_dir_all(layout.lookups()).unwrap(),
            4..8 => {
                bytes.truncate(bytes.len() * (damage - 3) / 5);
                fs::write(&path, &bytes).unwrap();
            }
            _ => {
                for at in (damage * 97..bytes.len()).step_by(1009) {
                    bytes[at] ^= 0x20;
                }
                fs::write(&path, &bytes).unwrap();
            }
        }
        let (lookups, _) = Lookups::open(&layout, 1, &store).unwrap();
        add_up_to(&lookups, 3000);
        match lookups.write(&store.head()) {
            Ok(()) => agrees(&lookups, 3000),
            Err(Error::Damaged { reason, .. }) => assert!(reason.contains("made anew")),
            Err(other) => panic!("{damage}: {other}"),
        }
    }
}

#[test]
fn while_one_has_them_open_another_is_locked_out_and_removes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let store = records(60);
    let (lookups, _) = Lookups::open(&layout, 1, &store).unwrap();
    add_up_to(&lookups, 60);
    assert!(matches!(Lookups::open(&layout, 1, &store), Err(Error::Locked { .. })));
    lookups.write(&store.head()).unwrap();
    agrees(&lookups, 60);
}
