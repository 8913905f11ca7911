//! The contract of the store, as one test that every engine passes.

use super::{Error, Head, Store, samples};
use crate::base::Digest;
use std::ops::ControlFlow;

/// Opens the engine's medium for writing; every call opens the same medium again.
pub(super) type Open<'a> = &'a dyn Fn() -> Result<Box<dyn Store>, Error>;

/// Runs the whole contract on an engine whose medium is empty.
pub(super) fn keeps(open: Open<'_>) {
    let mut store = open().unwrap();
    assert_eq!(store.head(), Head::EMPTY);
    assert_eq!(store.read(0).unwrap(), None);
    assert!(store.checkpoint().is_none());

    let heads = appends_in_order(&mut *store);
    refuses_another_head(&mut *store, &heads);
    reads_what_was_written(&*store);
    checkpoints_never_contradict(&mut *store, &heads);
    survives_opening_again(store, open);
    one_writer(open);
}

/// Batches of 1 to 40 records; returns the head after each.
fn appends_in_order(store: &mut dyn Store) -> Vec<Head> {
    let reader = store.reader();
    let mut heads = vec![Head::EMPTY];
    for count in [1, 2, 3, 15, 16, 17, 40] {
        let after = store.head();
        let batch = samples::batch(after, count);
        let head = store.append(&after, &batch).unwrap();
        assert_eq!(head, batch.head());
        assert_eq!(head.size, after.size + count);
        assert_eq!(store.head(), head);
        assert_eq!(reader.head(), head, "readers see it once append has returned");
        heads.push(head);
    }
    heads
}

fn refuses_another_head(store: &mut dyn Store, heads: &[Head]) {
    let head = store.head();
    let other_leaf = Head { leaf: Digest::of(&[b"other"]), ..head };
    for after in [heads[0], heads[3], other_leaf] {
        let result = store.append(&after, &samples::batch(after, 2));
        assert!(matches!(result, Err(Error::HeadMoved { head: told }) if told == head));
        assert_eq!(store.head(), head, "nothing was appended");
    }
}

fn reads_what_was_written(store: &dyn Store) {
    let head = store.head();
    let mut all = Vec::new();
    let mut collect = |seq: u64, record: &[u8]| {
        assert_eq!(seq, all.len() as u64, "records come in order, each once");
        all.push(record.to_vec());
        ControlFlow::Continue(())
    };
    store.scan(0..u64::MAX, &mut collect).unwrap();
    assert_eq!(all.len() as u64, head.size);
    for (seq, record) in all.iter().enumerate() {
        assert_eq!(store.read(seq as u64).unwrap().as_ref(), Some(record), "{seq}");
    }
    assert_eq!(store.read(head.size).unwrap(), None);
    for (from, to) in [(0, 1), (1, 17), (16, 16), (15, 33), (70, 1000), (1000, 2000)] {
        let mut seen = Vec::new();
        let mut collect = |seq: u64, record: &[u8]| {
            assert_eq!(record, all[seq as usize]);
            seen.push(seq);
            ControlFlow::Continue(())
        };
        store.scan(from..to, &mut collect).unwrap();
        assert_eq!(seen, (from..to.min(head.size)).collect::<Vec<_>>(), "{from}..{to}");
    }
    let mut seen = 0;
    let mut stop = |_: u64, _: &[u8]| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.scan(0..head.size, &mut stop).unwrap();
    assert_eq!(seen, 3, "a visitor can break off");
}

fn checkpoints_never_contradict(store: &mut dyn Store, heads: &[Head]) {
    let [root, other] = [Digest::of(&[b"root"]), Digest::of(&[b"other"])];
    let sizes: Vec<u64> = heads.iter().map(|head| head.size).collect();
    let note = samples::checkpoint(sizes[4], root);
    store.put_checkpoint(&note).unwrap();
    for (size, root, refused) in [
        (sizes[4], root, false),
        (sizes[4], other, true),
        (sizes[3], root, true),
        (sizes[5] - 1, root, true),
        (store.head().size + 1, root, true),
        (sizes[5], other, false),
        (store.head().size, root, false),
    ] {
        let stored = store.checkpoint();
        let note = samples::checkpoint(size, root);
        let result = store.put_checkpoint(&note);
        assert_eq!(matches!(result, Err(Error::CheckpointRefused { .. })), refused, "{size}");
        let expected = if refused { stored.unwrap().to_vec() } else { note };
        assert_eq!(store.checkpoint().unwrap().to_vec(), expected);
    }
    let nonsense = store.put_checkpoint(b"nonsense");
    assert!(matches!(nonsense, Err(Error::CheckpointRefused { .. })));
}

fn survives_opening_again(store: Box<dyn Store>, open: Open<'_>) {
    let (head, checkpoint) = (store.head(), store.checkpoint());
    drop(store);
    let mut store = open().unwrap();
    assert_eq!(store.head(), head);
    assert_eq!(store.checkpoint(), checkpoint);
    reads_what_was_written(&*store);
    let after = store.append(&head, &samples::batch(head, 5)).unwrap();
    drop(store);
    assert_eq!(open().unwrap().head(), after, "also where no checkpoint covers it");
}

/// The second opening is locked out, or fences the first.
fn one_writer(open: Open<'_>) {
    let mut first = open().unwrap();
    let head = first.head();
    match open() {
        Err(error) => assert!(matches!(error, Error::Locked { .. }), "{error}"),
        Ok(mut second) => {
            let batch = samples::batch(head, 1);
            assert!(matches!(first.append(&head, &batch), Err(Error::Fenced)));
            let note = first.checkpoint().unwrap();
            assert!(matches!(first.put_checkpoint(&note), Err(Error::Fenced)));
            assert_eq!(second.append(&head, &batch).unwrap(), batch.head());
        }
    }
}
