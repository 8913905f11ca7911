//! State files: kept, compared, passed over with a reason, and never half there.

use super::super::disk::faulty::{Fault, FaultyDisk};
use super::super::disk::{Disk, RealDisk};
use super::super::segments::Segments;
use super::super::{Store, samples};
use super::*;
use std::io::Write;
use std::sync::Arc;
use tempfile::TempDir;

const VERSION: (u32, u32) = (3, 1);

struct Case {
    _folder: TempDir,
    layout: Layout,
    store: Segments,
}

impl Case {
    fn new() -> Case {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Segments::create(&folder.path().join("ledger")).unwrap();
        for count in [3, 4, 5] {
            let after = store.head();
            store.append(&after, &samples::batch(after, count)).unwrap();
        }
        Case { layout: store.layout().clone(), _folder: folder, store }
    }

    fn header(&self, size: u64, body: &[u8]) -> Header {
        let leaf = leaf_of(&self.store, size - 1).unwrap().unwrap();
        Header {
            format: VERSION.0,
            rules: VERSION.1,
            size,
            leaf,
            checkpoint: samples::checkpoint(size, Digest::ZERO),
            segments: self
                .store
                .parts()
                .iter()
                .map(|part| SegmentMark::of(part).unwrap())
                .collect(),
            body_bytes: body.len() as u64,
        }
    }

    fn write(&self, disk: Arc<dyn Disk>, size: u64, body: &[u8]) -> Result<(), Error> {
        let mut writer = ImageWriter::create_on(disk, &self.layout, self.header(size, body))?;
        let failed = |source| Error::unavailable("write", &self.layout.state(size), source);
        writer.write_all(body).map_err(failed)?;
        writer.finish()
    }

    fn newest(&self) -> Found {
        newest(&self.layout, VERSION, &self.store, &self.store.parts()).unwrap()
    }
}

fn body(seed: u8) -> Vec<u8> {
    (0..(2 << 20) + 777_u32).map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

#[test]
fn the_newest_is_found_and_two_are_kept() {
    let case = Case::new();
    assert!(case.newest().image.is_none());
    for size in [3, 7, 12] {
        case.write(Arc::new(RealDisk), size, &body(size as u8)).unwrap();
    }
    assert_eq!(list(&case.layout).unwrap(), [case.layout.state(7), case.layout.state(12)]);
    let found = case.newest();
    let image = found.image.unwrap();
    assert_eq!((image.header.size, &image.body), (12, &body(12)));
    assert_eq!(image.header.head(), case.store.head());
    assert!(found.ignored.is_empty());
    case.write(Arc::new(RealDisk), 12, &[]).unwrap();
    assert!(case.newest().image.unwrap().body.is_empty());
}

#[test]
fn a_damaged_or_foreign_file_is_passed_over_with_a_reason() {
    let case = Case::new();
    case.write(Arc::new(RealDisk), 7, &body(7)).unwrap();
    case.write(Arc::new(RealDisk), 12, &body(12)).unwrap();
    let path = case.layout.state(12);
    let whole = fs::read(&path).unwrap();
    let start = start_of(&case.header(12, &body(12))).len();
    let flips = (0..start).chain((start..whole.len()).step_by(99_991));
    for at in flips.chain(whole.len() - 100..whole.len()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, bytes).unwrap();
        let found = case.newest();
        assert_eq!(found.image.unwrap().header.size, 7, "byte {at}");
        assert_eq!(found.ignored[0].path, path);
    }
    for length in [0, 1, 23, 24, start, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(case.newest().image.unwrap().header.size, 7, "cut to {length}");
    }
    fs::write(&path, &whole).unwrap();
    let other = newest(&case.layout, (3, 2), &case.store, &case.store.parts()).unwrap();
    assert!(other.image.is_none() && other.ignored[0].reason.contains("this program writes 3.2"));
}

#[test]
fn a_state_of_other_records_is_passed_over() {
    let case = Case::new();
    let write = |change: fn(&mut Header)| {
        let mut header = case.header(12, b"");
        change(&mut header);
        ImageWriter::create(&case.layout, header).unwrap().finish().unwrap();
        let found = case.newest();
        assert!(found.image.is_none());
        found.ignored[0].reason.clone()
    };
    assert!(write(|header| header.leaf = Digest::ZERO).contains("record 11"));
    assert!(write(|header| header.segments[0].bytes += 1).contains("shorter"));
    assert!(
        write(|header| {
            let mut other = header.segments[0].clone();
            other.last_leaf = Digest::ZERO;
            header.segments.insert(0, other);
        })
        .contains("is not as it was")
    );
}

#[test]
fn a_failed_writing_leaves_the_older_one() {
    let case = Case::new();
    case.write(Arc::new(RealDisk), 7, &body(7)).unwrap();
    for fault in [Fault::Without, Fault::With, Fault::Half, Fault::Full] {
        for call in 0..14 {
            let disk = Arc::new(FaultyDisk::default());
            disk.fail(call, fault);
            let result = case.write(disk.clone(), 12, &body(12));
            if disk.calls().len() <= call {
                result.unwrap();
                break;
            }
            assert!(result.is_err(), "{fault:?} {call}");
            let image = case.newest().image.unwrap();
            assert_eq!(image.body, body(image.header.size as u8), "{fault:?} {call}");
            fs::remove_file(case.layout.state(12)).ok();
        }
    }
}
