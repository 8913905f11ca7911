//! What a crash, a failing disk or damage does to the segment files, and what opening makes of it.

mod reading;

use super::*;
use crate::base::Digest;
use crate::store::disk::faulty::{Fault, FaultyDisk};
use crate::store::{contract, samples};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

/// Small enough that a few batches make several segments.
const SMALL: u64 = 4096;

struct Ledger {
    folder: TempDir,
}

impl Ledger {
    fn new() -> Ledger {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger { folder };
        Layout::new(&ledger.path()).create().unwrap();
        ledger
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    fn open_cut(&self) -> Result<(Segments, Option<Cut>), Error> {
        Segments::open_on(&self.path(), Arc::new(RealDisk), SMALL)
    }

    fn open(&self) -> Segments {
        let (store, cut) = self.open_cut().unwrap();
        assert_eq!(cut, None);
        store
    }

    fn open_faulty(&self) -> Result<(Segments, Arc<FaultyDisk>), Error> {
        let disk = Arc::new(FaultyDisk::default());
        Ok((Segments::open_on(&self.path(), disk.clone(), SMALL)?.0, disk))
    }

    fn segment(&self, first: u64) -> PathBuf {
        Layout::new(&self.path()).segment(first)
    }

    fn damage(&self) -> (PathBuf, u64, String) {
        match self.open_cut() {
            Err(Error::Damaged { file, line, reason }) => (file, line, reason),
            other => panic!("expected damage, found {other:?}"),
        }
    }

    fn forget_index(&self) {
        // An opening that failed has not made it anew.
        fs::remove_dir_all(Layout::new(&self.path()).index()).ok();
    }
}

fn grow(store: &mut Segments, counts: &[u64]) -> Vec<Head> {
    let mut heads = Vec::new();
    for count in counts {
        let after = store.head();
        heads.push(store.append(&after, &samples::batch(after, *count)).unwrap());
    }
    heads
}

fn records(store: &dyn Records) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    store
        .scan(0..u64::MAX, &mut |_, record| {
            all.push(record.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
    all
}

#[test]
fn they_keep_the_contract_in_one_segment_and_in_many() {
    for segment_bytes in [SEGMENT_BYTES, SMALL, 1] {
        let ledger = Ledger::new();
        contract::keeps(&|| {
            let opened = Segments::open_on(&ledger.path(), Arc::new(RealDisk), segment_bytes)?;
            Ok(Box::new(opened.0) as Box<dyn Store>)
        });
    }
}

#[test]
fn segments_are_named_sealed_and_bounded() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    grow(&mut store, &[4; 12]);
    let parts = store.parts();
    assert!(parts.len() > 3);
    let folder = fs::read_dir(Layout::new(&ledger.path()).records()).unwrap();
    assert_eq!(folder.count(), parts.len());
    let mut bytes = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        assert_eq!(part.path, ledger.segment(part.first));
        let found = fs::metadata(&part.path).unwrap();
        assert_eq!(found.len(), part.bytes);
        assert!(found.len() <= SMALL);
        assert_eq!(found.permissions().readonly(), at + 1 < parts.len());
        bytes.extend(fs::read(&part.path).unwrap());
    }
    let lines = records(&store).iter().flat_map(|line| [&line[..], b"\n"].concat()).collect();
    assert_eq!(Vec::<u8>::from_iter(bytes), Vec::<u8>::from_iter::<Vec<u8>>(lines));
    assert_eq!(parts.last().unwrap().last_leaf().unwrap(), store.head().leaf);
}

#[test]
fn an_atomic_batch_longer_than_a_segment_has_one_of_its_own() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let heads = grow(&mut store, &[1, 60, 1]);
    let firsts: Vec<u64> = store.parts().iter().map(|part| part.first).collect();
    assert_eq!(firsts, [0, 1, 61]);
    drop(store);
    assert_eq!(ledger.open().head(), heads[2]);
}

/// A kill in the middle of an append: the file ends at any byte of the last batch.
#[test]
fn a_torn_last_batch_is_cut_whole_at_every_byte_and_nothing_else_is() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let acknowledged = *grow(&mut store, &[2, 3]).last().unwrap();
    let kept = fs::read(ledger.segment(0)).unwrap();
    grow(&mut store, &[2]);
    drop(store);
    let whole = fs::read(ledger.segment(0)).unwrap();
    for length in kept.len()..=whole.len() {
        fs::write(ledger.segment(0), &whole[..length]).unwrap();
        ledger.forget_index();
        let (store, cut) = ledger.open_cut().unwrap();
        if length == whole.len() {
            assert_eq!((store.head().size, cut), (7, None));
            continue;
        }
        assert_eq!(store.head(), acknowledged, "{length}");
        drop(store);
        assert_eq!(fs::read(ledger.segment(0)).unwrap(), kept, "{length}");
        let Some(cut) = cut else {
            assert_eq!(length, kept.len());
            continue;
        };
        assert_eq!((cut.first, cut.bytes as usize), (5, length - kept.len()));
        assert_eq!(fs::read(&cut.saved).unwrap(), &whole[kept.len()..length]);
        let whole_lines = whole[kept.len()..length].iter().filter(|byte| **byte == b'\n').count();
        let ids: Vec<_> = (5..5 + whole_lines as u64).map(samples::event_id).collect();
        assert!(cut.ids.starts_with(&ids) && cut.ids.len() <= ids.len() + 1, "{length}");
        assert!(cut.to_string().contains("never acknowledged"));
    }
}

#[test]
fn zeros_where_the_batch_should_be_are_cut_too() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let head = grow(&mut store, &[2])[0];
    drop(store);
    let mut bytes = fs::read(ledger.segment(0)).unwrap();
    bytes.resize(bytes.len() + 70_000, 0);
    fs::write(ledger.segment(0), &bytes).unwrap();
    let (store, cut) = ledger.open_cut().unwrap();
    assert_eq!((store.head(), cut.unwrap().bytes), (head, 70_000));
}

#[test]
fn an_acknowledged_tail_is_never_cut() {
    for covered_by in ["index/durable", "checkpoint"] {
        let ledger = Ledger::new();
        let mut store = ledger.open();
        let head = *grow(&mut store, &[2, 3]).last().unwrap();
        store.put_checkpoint(&samples::checkpoint(head.size, Digest::ZERO)).unwrap();
        drop(store);
        if covered_by == "checkpoint" {
            ledger.forget_index();
        } else {
            fs::remove_file(Layout::new(&ledger.path()).checkpoint()).unwrap();
        }
        let whole = fs::read(ledger.segment(0)).unwrap();
        for length in [whole.len() - 1, whole.len() - 400, 0] {
            fs::write(ledger.segment(0), &whole[..length]).unwrap();
            let (file, line, reason) = ledger.damage();
            assert!(file.starts_with(ledger.path().join("records")), "{}", file.display());
            assert!(line >= 1 && reason.contains("5 records"), "{reason}");
            assert!(reason.contains("restore a backup"), "{reason}");
        }
    }
}

/// Each byte of an earlier batch, flipped: the next batch proves that it was acknowledged.
#[test]
fn damage_before_the_last_batch_stops_the_ledger_and_names_the_line() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    grow(&mut store, &[1, 2, 1]);
    drop(store);
    let whole = fs::read(ledger.segment(0)).unwrap();
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &whole).collect();
    for at in 0..ends[2] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x01;
        fs::write(ledger.segment(0), &bytes).unwrap();
        ledger.forget_index();
        let (file, line, _) = ledger.damage();
        assert_eq!(file, ledger.segment(0));
        let damaged = ends.iter().position(|end| at <= *end).unwrap() as u64 + 1;
        // A flipped link or number is found where it is read, one line later at most.
        assert!(line == damaged || line + 1 == damaged || line == damaged + 1, "{at}: {line}");
    }
}

#[test]
fn damage_to_a_sealed_segment_names_the_file() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    grow(&mut store, &[4; 12]);
    let parts = store.parts();
    drop(store);
    let rewrite = |bytes: Vec<u8>| {
        fs::remove_file(&parts[1].path).unwrap();
        fs::write(&parts[1].path, bytes).unwrap();
    };
    let whole = fs::read(&parts[1].path).unwrap();
    for cut in [1, 30, whole.len()] {
        rewrite(whole[..whole.len() - cut].to_vec());
        assert_eq!(ledger.damage().0, parts[1].path, "{cut}");
    }
    let mut relinked = whole.clone();
    let last = relinked.len() - 20;
    relinked[last] ^= 1;
    rewrite(relinked);
    let (file, ..) = ledger.damage();
    assert!(file == parts[1].path || file == parts[2].path);
    rewrite(whole.clone());
    ledger.open();
    // Damage in its middle is not seen at the opening, which reads only ends; it is seen when read.
    let mut shorter = whole.clone();
    let lf = memchr::memchr_iter(b'\n', &shorter).nth(2).unwrap();
    shorter[lf] = b' ';
    rewrite(shorter);
    let store = ledger.open();
    assert!(matches!(store.read(parts[1].first + 2), Err(Error::Damaged { .. })));
    let scanned = store.scan(0..u64::MAX, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(scanned, Err(Error::Damaged { file, .. }) if file == parts[1].path));
    drop(store);
    fs::remove_file(&parts[1].path).unwrap();
    assert_eq!(ledger.damage().0, parts[0].path);
}

#[test]
fn a_lost_folder_of_records_or_checkpoint_is_said() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    grow(&mut store, &[2]);
    drop(store);
    fs::write(Layout::new(&ledger.path()).checkpoint(), "nonsense").unwrap();
    assert!(ledger.damage().2.contains("no signed checkpoint"));
    fs::remove_file(Layout::new(&ledger.path()).checkpoint()).unwrap();
    fs::remove_file(ledger.segment(0)).unwrap();
    assert!(ledger.damage().2.contains("2 records were acknowledged"));
    fs::remove_dir(Layout::new(&ledger.path()).records()).unwrap();
    assert!(matches!(ledger.open_cut(), Err(Error::Missing { .. })));
    assert!(matches!(SegmentsReader::open(&ledger.path()), Err(Error::Missing { .. })));
}

/// Each call fails in turn, without and with its effect; then the ledger is opened
/// again. Nothing acknowledged is lost, nothing is doubled, the batch on its way is whole or not
/// there.
#[test]
fn each_disk_call_of_an_append_fails_in_turn() {
    for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
        for call in 0..40 {
            if !append_with_fault(fault, call) {
                assert!(call > 12, "the run makes enough calls: {call}");
                break;
            }
            assert!(call < 39, "the run ends");
        }
    }
}

/// `false` when the run made fewer calls than that.
fn append_with_fault(fault: Fault, call: usize) -> bool {
    let ledger = Ledger::new();
    let (mut store, disk) = ledger.open_faulty().unwrap();
    let mut heads = grow(&mut store, &[2, 3]);
    let calls = disk.calls().len();
    disk.fail(call, fault);
    let mut failed = None;
    for count in [4, 3, 5, 2] {
        let after = store.head();
        let batch = samples::batch(after, count);
        match store.append(&after, &batch) {
            Ok(head) => heads.push(head),
            Err(error) => {
                assert_eq!(store.head(), after, "readers see what was acknowledged");
                failed = Some((error, batch));
                break;
            }
        }
    }
    let acknowledged = *heads.last().unwrap();
    let happened = disk.calls().len() > calls + call;
    let on_its_way = failed.map(|(error, batch)| {
        let again = store.append(&acknowledged, &batch);
        match error {
            Error::StorageFull { .. } | Error::Unavailable { .. } => {
                assert_eq!(again.unwrap(), batch.head(), "asking again is safe");
                heads.push(batch.head());
                None
            }
            Error::OutcomeUnknown { .. } => {
                assert!(matches!(again, Err(Error::OutcomeUnknown { .. })), "never again");
                let note = samples::checkpoint(0, Digest::ZERO);
                assert!(matches!(store.put_checkpoint(&note), Err(Error::OutcomeUnknown { .. })));
                Some(batch.head())
            }
            other => panic!("{fault:?} {call}: {other}"),
        }
    });
    let acknowledged = *heads.last().unwrap();
    drop(store);
    let (store, _) = ledger.open_cut().unwrap();
    let head = store.head();
    assert!(head == acknowledged || Some(Some(head)) == on_its_way, "{fault:?} {call}: {head:?}");
    chain_holds(&store);
    happened
}

fn chain_holds(store: &dyn Records) {
    let mut last = Head::EMPTY;
    for record in records(store) {
        let read = frame::read(&record).unwrap();
        assert_eq!((read.seq, read.prev), (last.size, last.leaf));
        last = Head { size: last.size + 1, leaf: frame::leaf(&record) };
    }
    assert_eq!(last, store.head());
}

/// The opening itself is interrupted at each of its calls, and done again.
#[test]
fn an_interrupted_opening_loses_nothing() {
    for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
        for call in 0..20 {
            let ledger = Ledger::new();
            let mut store = ledger.open();
            let head = *grow(&mut store, &[2, 3]).last().unwrap();
            drop(store);
            let mut bytes = fs::read(ledger.segment(0)).unwrap();
            bytes.extend_from_slice(b"{\"batch_left\":1,\"event\":{\"busi");
            fs::write(ledger.segment(0), &bytes).unwrap();
            let disk = Arc::new(FaultyDisk::default());
            disk.fail(call, fault);
            let opened = Segments::open_on(&ledger.path(), disk.clone(), SMALL);
            let failed = opened.is_err();
            drop(opened);
            let (store, _) = ledger.open_cut().unwrap();
            assert_eq!(store.head(), head, "{fault:?} {call}");
            drop(store);
            assert_eq!(ledger.open().head(), head);
            if disk.calls().len() <= call {
                assert!(!failed && call > 8);
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_is_known_before_a_byte_is_written() {
    let ledger = Ledger::new();
    let (mut store, disk) = ledger.open_faulty().unwrap();
    let head = grow(&mut store, &[2])[0];
    let batch = samples::batch_of(head, 1, |_| 5000);
    disk.fail(2, Fault::Full);
    let before = fs::read(ledger.segment(0)).unwrap();
    let error = store.append(&head, &batch).unwrap_err();
    assert!(matches!(error, Error::StorageFull { .. }), "{error}");
    assert_eq!(fs::read(ledger.segment(0)).unwrap(), before);
    assert_eq!(records(&store).len(), 2, "reads go on");
    assert_eq!(store.append(&head, &batch).unwrap(), batch.head());
}

#[test]
fn another_folder_in_its_place_fences_the_writer() {
    let ledger = Ledger::new();
    let mut store = ledger.open();
    let head = grow(&mut store, &[2])[0];
    fs::rename(ledger.path(), ledger.folder.path().join("old")).unwrap();
    Layout::new(&ledger.path()).create().unwrap();
    let batch = samples::batch(head, 1);
    assert!(matches!(store.append(&head, &batch), Err(Error::Fenced)));
    drop(store);
    assert_eq!(ledger.open().head(), Head::EMPTY);
}

#[test]
fn a_small_ledger_stays_small_on_disk() {
    use std::os::unix::fs::MetadataExt;
    let ledger = Ledger::new();
    let mut store = Segments::open(&ledger.path()).unwrap().0;
    grow(&mut store, &[2]);
    drop(store);
    let used = fs::metadata(ledger.segment(0)).unwrap().blocks() * 512;
    assert!(used <= 64 << 10, "{used}");
}
