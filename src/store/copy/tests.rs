//! Copies of a running ledger, and what a damaged one makes of them.

use super::super::evidence::Evidence;
use super::super::segments::Segments;
use super::super::{Store, samples};
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

struct Case {
    folder: TempDir,
    store: Segments,
    tree: CompactRange,
}

impl Case {
    fn new() -> Case {
        let folder = tempfile::tempdir().unwrap();
        let store = Segments::create(&folder.path().join("ledger")).unwrap();
        let mut case = Case { folder, store, tree: CompactRange::default() };
        case.grow(40);
        case
    }

    fn grow(&mut self, count: u64) {
        let after = self.store.head();
        let batch = samples::batch(after, count);
        batch.records().for_each(|record| self.tree.push(frame::leaf(record)));
        self.store.append(&after, &batch).unwrap();
    }

    fn sign(&mut self) -> Vec<u8> {
        let note = samples::checkpoint(self.store.head().size, self.tree.root());
        self.store.put_checkpoint(&note).unwrap();
        note
    }

    fn copy(&self, along: Along) -> Result<Copied, Error> {
        copy(self.store.layout().root(), &self.target(), along)
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("backup")
    }
}

#[test]
fn a_running_ledger_is_copied_up_to_its_checkpoint_without_keys() {
    let mut case = Case::new();
    assert!(matches!(case.copy(Along::default()), Err(Error::Unavailable { .. })));
    let note = case.sign();
    let signed = case.store.head();
    let layout = case.store.layout().clone();
    fs::write(layout.log_key(), "secret").unwrap();
    for size in [20, 40, 60] {
        fs::write(layout.checkpoint_at(size), samples::checkpoint(size, Digest::ZERO)).unwrap();
    }
    fs::write(layout.checkpoint_witnessed(), &note).unwrap();
    case.grow(25);
    let copied = case.copy(Along::default()).unwrap();
    assert_eq!((copied.head, &copied.checkpoint, copied.documents), (signed, &note, 0));
    let copy = Layout::new(&case.target());
    assert!(!copy.log_key().exists() && !case.folder.path().join("backup.unfinished").exists());
    assert!(copy.checkpoint_at(40).exists() && !copy.checkpoint_at(60).exists());
    assert_eq!(fs::read(copy.checkpoint_witnessed()).unwrap(), note);
    let lines = fs::read(copy.segment(0)).unwrap();
    assert_eq!(lines.len() as u64, copied.record_bytes);
    assert!(fs::read(layout.segment(0)).unwrap().starts_with(&lines));
    let (opened, cut) = Segments::open(&case.target()).unwrap();
    assert_eq!((opened.head(), cut), (signed, None));
    assert!(matches!(case.copy(Along::default()), Err(Error::NotEmpty { .. })));
}

#[test]
fn keys_and_documents_come_along_when_asked() {
    let mut case = Case::new();
    case.sign();
    let layout = case.store.layout().clone();
    fs::write(layout.log_key(), "secret").unwrap();
    let sha256 = Evidence::new(&layout).add(&mut &b"voucher"[..], None).unwrap();
    let copied = case.copy(Along { keys: true, evidence: true }).unwrap();
    assert_eq!(copied.documents, 1);
    let copy = Layout::new(&case.target());
    assert_eq!(Evidence::new(&copy).get(sha256).unwrap().as_deref(), Some(&b"voucher"[..]));
    let mode = fs::metadata(copy.log_key()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn damage_is_not_copied() {
    let mut case = Case::new();
    case.sign();
    let layout = case.store.layout().clone();
    let sha256 = Evidence::new(&layout).add(&mut &b"voucher"[..], None).unwrap();
    fs::write(layout.evidence_file(sha256), "forged").unwrap();
    let with_documents = Along { keys: false, evidence: true };
    assert!(matches!(case.copy(with_documents), Err(Error::Damaged { .. })));
    assert!(!case.target().exists() && !case.folder.path().join("backup.unfinished").exists());
    fs::write(layout.checkpoint(), samples::checkpoint(40, Digest::ZERO)).unwrap();
    match case.copy(Along::default()) {
        Err(Error::Damaged { file, reason, .. }) => {
            assert!(file == layout.checkpoint() && reason.contains("verify"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    case.sign_again();
    let mut bytes = fs::read(layout.segment(0)).unwrap();
    bytes[700] ^= 1;
    fs::write(layout.segment(0), bytes).unwrap();
    assert!(matches!(case.copy(Along::default()), Err(Error::Damaged { .. })));
    assert!(!case.target().exists());
}

impl Case {
    /// Puts the right checkpoint back behind the store's back.
    fn sign_again(&self) {
        let note = samples::checkpoint(self.store.head().size, self.tree.root());
        fs::write(self.store.layout().checkpoint(), note).unwrap();
    }
}
