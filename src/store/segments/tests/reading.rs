//! What those who only read see, beside a writer and without one.

use super::*;

#[test]
fn a_reader_stops_at_what_is_durable_while_a_writer_runs() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let heads = grow(&mut store, &[4; 9]);
    let head = *heads.last().unwrap();
    let last = store.parts().pop().unwrap();
    // Bytes on their way: whole, but nobody said that they are durable.
    let batch = samples::batch(head, 3);
    let mut bytes = fs::read(&last.path).unwrap();
    bytes.extend_from_slice(batch.lines());
    fs::write(&last.path, &bytes).unwrap();
    let reader = SegmentsReader::open(&ledger.path()).unwrap();
    assert_eq!(reader.head(), head);
    assert_eq!(records(&reader), records(&store));
    assert_eq!(reader.parts(), store.parts());
    assert_eq!(unchecked_parts(&ledger.path()).unwrap().last().unwrap().bytes, last.bytes);
    // Without the mark the checkpoint is the bound.
    fs::remove_file(Layout::new(&ledger.path()).durable()).unwrap();
    assert_eq!(SegmentsReader::open(&ledger.path()).unwrap().head(), Head::EMPTY);
    for covered in &heads {
        store.put_checkpoint(&samples::checkpoint(covered.size, Digest::ZERO)).unwrap();
        fs::remove_file(Layout::new(&ledger.path()).durable()).ok();
        let reader = SegmentsReader::open(&ledger.path()).unwrap();
        assert_eq!(reader.head(), *covered);
        assert_eq!(records(&reader).len() as u64, covered.size);
    }
}

#[test]
fn without_a_writer_a_reader_sees_every_whole_batch_and_mends_nothing() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let head = *grow(&mut store, &[2, 3]).last().unwrap();
    drop(store);
    let mut bytes = fs::read(ledger.segment(0)).unwrap();
    let whole = bytes.len();
    bytes.extend_from_slice(&samples::batch(head, 2).lines()[..500]);
    fs::write(ledger.segment(0), &bytes).unwrap();
    let reader = SegmentsReader::open(&ledger.path()).unwrap();
    assert_eq!((reader.head(), reader.parts()[0].bytes as usize), (head, whole));
    assert_eq!(fs::read(ledger.segment(0)).unwrap(), bytes);
    bytes[40] ^= 1;
    fs::write(ledger.segment(0), &bytes).unwrap();
    assert!(matches!(SegmentsReader::open(&ledger.path()), Err(Error::Damaged { .. })));
    let parts = unchecked_parts(&ledger.path()).unwrap();
    assert_eq!(parts[0].bytes as usize, bytes.len(), "verify can read what is damaged");
}
