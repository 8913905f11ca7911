//! The answers of a witness, status by status, and that it never goes back.

use super::*;
use crate::chain::merkle::{self, proof::consistency};
use crate::peers::samples::{ORIGIN, head, leaves, log};
use std::convert::Infallible;

fn proof(leaves: &[Digest], old: u64) -> Vec<Digest> {
    let get = &mut |node: merkle::Node| {
        let first = usize::try_from(node.first_leaf()).unwrap();
        Ok::<_, Infallible>(merkle::root(&leaves[first..first + (1 << node.level)]))
    };
    consistency(old, leaves.len() as u64, get).unwrap()
}

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let key = new_key("audit.test/witness", &[2; 32]).unwrap();
        Witness::create(&folder.path().join("w"), &key).unwrap();
        let bench = Bench { folder };
        assert!(Witness::trust(&bench.path(), log().verifier()).unwrap());
        assert!(!Witness::trust(&bench.path(), log().verifier()).unwrap(), "known already");
        bench
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("w")
    }

    fn open(&self) -> Witness {
        Witness::open(&self.path(), Box::new(|| 1_500_000_000)).unwrap()
    }
}

fn ask(witness: &Witness, old_size: u64, proof: Vec<Digest>, note: &str) -> Answer {
    witness.add_checkpoint(&AddCheckpoint { old_size, proof, note: note.as_bytes() }.to_bytes())
}

#[test]
fn a_head_that_grows_is_cosigned_and_kept() {
    let bench = Bench::new();
    let all = leaves(13);
    let mut last = 0;
    for size in [1, 2, 7, 7, 8, 13] {
        // Opened anew each time: what it answered before is on the disk.
        let witness = bench.open();
        let tree = &all[..size as usize];
        let answer = ask(&witness, last, proof(tree, last), &head(tree));
        let Answer::Cosigned(line) = answer else { panic!("{size}: {answer:?}") };
        let note = format!("{}{line}", head(tree));
        let keys = [log().verifier().clone(), witness.verifier().clone()];
        let (_, verified) = Checkpoint::open(note.as_bytes(), &keys).unwrap();
        assert_eq!(verified.last().unwrap().cosigned_at_s, Some(1_500_000_000));
        let shown = witness.newest(Digest::of(&[ORIGIN.as_bytes()])).unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), note);
        assert_eq!(witness.known().unwrap()[0].size, size);
        last = size;
    }
}

#[test]
fn each_fault_has_its_status_in_the_order_of_the_specification() {
    let bench = Bench::new();
    let all = leaves(9);
    let witness = bench.open();
    assert_eq!(ask(&witness, 0, Vec::new(), &head(&all[..5])).status(), 200);
    let other = SignerKey::new("other.test/1", Algorithm::Ed25519, &[3; 32]).unwrap();
    let root = merkle::root(&all);
    let foreign = Checkpoint { origin: "other.test/1".to_owned(), size: 9, root }.sign(&[&other]);
    let stolen = SignerKey::new(ORIGIN, Algorithm::Ed25519, &[4; 32]).unwrap();
    let forged = Checkpoint { origin: ORIGIN.to_owned(), size: 9, root }.sign(&[&stolen]);
    let sound = head(&all);
    let broken = sound.replacen("\n9\n", "\n8\n", 1);
    let of_nothing = sound.replacen("\n9\n", "\n0\n", 1);
    let mut swapped = all.clone();
    swapped.swap(1, 2);
    let right = || proof(&all, 5);
    for (what, old, hashes, note, status) in [
        ("another log", 5, right(), &foreign, 404),
        ("a key that is not trusted", 5, right(), &forged, 403),
        ("a signature that fails", 5, right(), &broken, 403),
        ("an empty tree with another root", 0, Vec::new(), &of_nothing, 422),
        ("old beyond the head", 10, Vec::new(), &sound, 400),
        ("another size than the last", 4, proof(&all, 4), &sound, 409),
        ("size 0, to learn the last", 0, Vec::new(), &sound, 409),
        ("a rollback", 0, Vec::new(), &head(&all[..3]), 409),
        ("no proof", 5, Vec::new(), &sound, 422),
        ("a proof too long", 5, [right(), leaves(1)].concat(), &sound, 422),
        ("another history", 5, proof(&swapped, 5), &head(&swapped), 422),
        ("another root at one size", 5, Vec::new(), &head(&swapped[..5]), 422),
        ("the head that continues", 5, right(), &sound, 200),
    ] {
        let answer = ask(&witness, old, hashes, note);
        assert_eq!(answer.status(), status, "{what}: {answer:?}");
    }
    assert_eq!(ask(&witness, 0, Vec::new(), &head(&all[..3])), Answer::Conflict(9));
    assert_eq!(witness.add_checkpoint(b"old 9\n").status(), 400);
    assert_eq!(witness.add_checkpoint(b"\n\n").status(), 400);
}

#[test]
fn the_first_head_has_no_proof_and_junk_lines_are_not_kept() {
    let bench = Bench::new();
    let witness = bench.open();
    let tree = leaves(4);
    assert_eq!(ask(&witness, 0, leaves(1), &head(&tree)).status(), 422);
    let junk = new_key("junk.test/x", &[9; 32]).unwrap();
    let sound = head(&tree);
    let text = Note::parse(sound.as_bytes()).unwrap().text.to_owned();
    let with_junk = sound.clone() + &cosignature_line(&text, &junk, 7);
    assert_eq!(ask(&witness, 0, Vec::new(), &with_junk).status(), 200);
    let kept = witness.newest(Digest::of(&[ORIGIN.as_bytes()])).unwrap();
    assert!(!String::from_utf8(kept).unwrap().contains("junk.test"));
}

#[test]
fn a_witness_that_cannot_remember_does_not_cosign() {
    let bench = Bench::new();
    let tree = leaves(4);
    assert_eq!(ask(&bench.open(), 0, Vec::new(), &head(&tree[..2])).status(), 200);
    let kept = bench.path().join("heads").join(Digest::of(&[ORIGIN.as_bytes()]).to_string());
    std::fs::write(kept.join("checkpoint"), "torn").unwrap();
    let answer = ask(&bench.open(), 0, Vec::new(), &head(&tree));
    assert_eq!(answer.status(), 500, "a head that is lost is no head of size 0: {answer:?}");
}

#[test]
fn one_process_has_a_witness() {
    let bench = Bench::new();
    let _open = bench.open();
    let again = Witness::open(&bench.path(), Box::new(|| 1));
    assert!(again.err().unwrap().to_string().contains("another process"));
    let key = new_key("audit.test/other", &[5; 32]).unwrap();
    assert!(Witness::create(&bench.path(), &key).is_err(), "never over another witness");
}
