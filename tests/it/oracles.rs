//! Other people's implementations as oracles: the tree's proofs against `tlog_tiles` and
//! `sigstore-merkle`, notes against `signed_note`. None was written here.

use fundtrail::base::Digest;
use fundtrail::chain::Checkpoint;
use fundtrail::chain::merkle::proof::{consistency, inclusion};
use fundtrail::chain::merkle::{CompactRange, Node};
use fundtrail::chain::note::Note;
use fundtrail::chain::note::key::{Algorithm, SignerKey};
use signed_note::{Signer, StandardSigner, StandardVerifier, VerifierList};
use sigstore_merkle::{verify_consistency_proof, verify_inclusion_proof};
use sigstore_types::Sha256Hash;
use std::collections::HashMap;
use tlog_tiles::{Hash, check_record, check_tree, record_hash};

/// So many leaves, so that two levels of tiles and their borders are met.
const SIZE_MAX: u64 = 600;

struct Tree {
    leaves: Vec<Digest>,
    nodes: HashMap<Node, Digest>,
    /// By size.
    roots: Vec<Digest>,
}

fn tree() -> Tree {
    let mut range = CompactRange::default();
    let mut tree = Tree { leaves: Vec::new(), nodes: HashMap::new(), roots: vec![range.root()] };
    for index in 0..SIZE_MAX {
        // Their leaf hash, so that ours is held to it too.
        let data = format!("record {index}");
        let leaf = Digest(record_hash(data.as_bytes()).0);
        assert_eq!(leaf, fundtrail::chain::record::leaf_hash(data.as_bytes()));
        tree.leaves.push(leaf);
        range.push_with(leaf, |node, hash| {
            tree.nodes.insert(node, *hash);
        });
        tree.roots.push(range.root());
    }
    tree
}

fn theirs(hashes: &[Digest]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn sigstore(hash: &Digest) -> Sha256Hash {
    Sha256Hash::from(hash.0)
}

fn sigstores(hashes: &[Digest]) -> Vec<Sha256Hash> {
    hashes.iter().map(sigstore).collect()
}

fn at(index: u64) -> usize {
    usize::try_from(index).unwrap()
}

#[test]
fn every_inclusion_proof_up_to_600_holds_elsewhere() {
    let tree = tree();
    for size in 1..=SIZE_MAX {
        let root = Hash(tree.roots[at(size)].0);
        for index in 0..size {
            let get = &mut |node| tree.nodes.get(&node).copied().ok_or(node);
            let proof = inclusion(index, size, get).unwrap();
            let leaf = tree.leaves[at(index)];
            check_record(&theirs(&proof), size, root, index, Hash(leaf.0))
                .unwrap_or_else(|error| panic!("record {index} of {size}: {error:?}"));
            let (leaf, root) = (sigstore(&leaf), sigstore(&tree.roots[at(size)]));
            verify_inclusion_proof(&leaf, index, size, &sigstores(&proof), &root)
                .unwrap_or_else(|error| panic!("record {index} of {size}: {error:?}"));
        }
    }
}

#[test]
fn every_consistency_proof_up_to_600_holds_elsewhere() {
    let tree = tree();
    for size in 1..=SIZE_MAX {
        let root = Hash(tree.roots[at(size)].0);
        for old in 1..=size {
            let get = &mut |node| tree.nodes.get(&node).copied().ok_or(node);
            let proof = consistency(old, size, get).unwrap();
            check_tree(&theirs(&proof), size, root, old, Hash(tree.roots[at(old)].0))
                .unwrap_or_else(|error| panic!("{old} in {size}: {error:?}"));
            let (old_root, root) =
                (sigstore(&tree.roots[at(old)]), sigstore(&tree.roots[at(size)]));
            verify_consistency_proof(old, size, &sigstores(&proof), &old_root, &root)
                .unwrap_or_else(|error| panic!("{old} in {size}: {error:?}"));
        }
    }
}

fn log() -> SignerKey {
    SignerKey::new("ledger.test/2017", Algorithm::Ed25519, &[5; 32]).unwrap()
}

fn head() -> Checkpoint {
    Checkpoint { origin: "ledger.test/2017".to_owned(), size: 7, root: Digest([9; 32]) }
}

#[test]
fn our_notes_are_verified_elsewhere() {
    let (log, other) = (log(), SignerKey::new("w", Algorithm::Ed25519, &[6; 32]).unwrap());
    let text = head().sign(&[&log]) + &fundtrail::chain::note::signature_line("x\n", &other);
    let verifier = |vkey: &str| -> VerifierList {
        VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())])
    };
    let note = signed_note::Note::from_bytes(text.as_bytes()).unwrap();
    let (verified, unverified) = note.verify(&verifier(&log.verifier().to_string())).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 1));
    assert_eq!(verified[0].id(), log.verifier().id());
    // The line of the other key is over another text: whoever knows it refuses the note, as we do.
    assert!(note.verify(&verifier(&other.verifier().to_string())).is_err());
    assert!(
        Checkpoint::open(text.as_bytes(), &[log.verifier().clone(), other.verifier().clone()])
            .is_err()
    );
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("ledger.test/2017", 7));
    assert_eq!(checkpoint.hash().0, [9; 32]);
}

#[test]
fn notes_signed_elsewhere_are_verified_here() {
    let signer = StandardSigner::new(&log().secret_text()).unwrap();
    let text = head().to_string();
    let payload = signer.sign(text.as_bytes()).unwrap();
    let line = signed_note::Signature::new("ledger.test/2017".to_owned(), signer.key_id(), payload);
    let line = String::from_utf8(line.unwrap().to_bytes()).unwrap();
    let note = format!("{text}\n{line}");
    let known = [log().verifier().clone()];
    assert_eq!(Checkpoint::open(note.as_bytes(), &known).unwrap().0, head());
    assert_eq!(note, head().sign(&[&log()]), "Ed25519 signs one text one way");
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text.as_bytes(), text.as_bytes());
}
