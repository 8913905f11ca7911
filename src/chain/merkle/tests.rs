//! The tree against the RFC's vectors and against the RFC's own recursion, written out naively.

use super::proof::{ProofError, consistency, inclusion, verify_consistency, verify_inclusion};
use super::*;
use crate::base::hex;
use crate::chain::record::leaf_hash;
use proptest::prelude::*;
use std::convert::Infallible;

/// The eight leaves of the RFC 6962 implementations' own tests.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaf(number: u64) -> Digest {
    leaf_hash(&number.to_be_bytes())
}

fn leaves(size: u64) -> Vec<Digest> {
    (0..size).map(leaf).collect()
}

// RFC 6962 section 2.1, word by word.

fn naive_split(size: usize) -> usize {
    let mut power = 1;
    while power * 2 < size {
        power *= 2;
    }
    power
}

fn naive_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(naive_split(many.len()));
            Digest::of(&[&[1], &naive_root(left).0, &naive_root(right).0])
        }
    }
}

fn naive_path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(naive_split(leaves.len()));
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (naive_path(index, left), naive_root(right)),
        Some(index) => (naive_path(index, right), naive_root(left)),
    };
    path.push(sibling);
    path
}

fn naive_subproof(old: usize, leaves: &[Digest], known: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(naive_split(leaves.len()));
    let (mut proof, sibling) = match old <= left.len() {
        true => (naive_subproof(old, left, known), naive_root(right)),
        false => (naive_subproof(old - left.len(), right, false), naive_root(left)),
    };
    proof.push(sibling);
    proof
}

fn source(leaves: &[Digest]) -> impl FnMut(Node) -> Result<Digest, Infallible> {
    |node| {
        let first = usize::try_from(node.first_leaf()).unwrap();
        Ok(naive_root(&leaves[first..first + (1 << node.level)]))
    }
}

#[test]
fn the_vectors_of_eight_leaves() {
    for (size, expected) in ROOTS.iter().enumerate() {
        let leaves: Vec<_> = LEAVES[..size].iter().map(|leaf| leaf_hash(leaf)).collect();
        assert_eq!(root(&leaves).to_string(), *expected, "{size}");
    }
    let leaves: Vec<_> = LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect();
    // RFC 9162 section 2.1.5 draws these proofs for seven leaves.
    let get = &mut source(&leaves);
    let Ok(path) = inclusion(3, 7, get);
    assert_eq!(path[0], leaves[2]);
    assert_eq!(hex::encode(&path[1].0), ROOTS[2]);
    assert_eq!(path.len(), 3);
    let Ok(proof) = consistency(4, 7, get);
    assert_eq!(proof, [naive_root(&leaves[4..7])]);
    let Ok(proof) = consistency(3, 7, get);
    assert_eq!(proof.len(), 4);
    assert_eq!(proof[..2], [leaves[2], leaves[3]]);
}

#[test]
fn every_proof_of_every_small_tree_holds_and_equals_the_recursion() {
    let all = leaves(40);
    for size in 1..=40u64 {
        let tree = &all[..size as usize];
        let root = naive_root(tree);
        for index in 0..size {
            let Ok(path) = inclusion(index, size, &mut source(tree));
            assert_eq!(path, naive_path(index as usize, tree), "{index} in {size}");
            assert_eq!(verify_inclusion(&all[index as usize], index, size, &path, &root), Ok(()));
        }
        for old in 1..=size {
            let old_root = naive_root(&all[..old as usize]);
            let Ok(path) = consistency(old, size, &mut source(tree));
            assert_eq!(path, naive_subproof(old as usize, tree, true), "{old} to {size}");
            assert_eq!(verify_consistency((old, &old_root), (size, &root), &path), Ok(()));
        }
    }
}

#[test]
fn proofs_of_the_wrong_shape_are_refused() {
    let all = leaves(6);
    let (root, old_root) = (naive_root(&all), naive_root(&all[..3]));
    let Ok(mut path) = inclusion(2, 6, &mut source(&all));
    let refused = verify_inclusion(&all[2], 6, 6, &path, &root);
    assert_eq!(refused, Err(ProofError::BeyondTree { index: 6, size: 6 }));
    path.push(root);
    let refused = verify_inclusion(&all[2], 2, 6, &path, &root);
    assert_eq!(refused, Err(ProofError::WrongLength { found: 4, expected: 3 }));

    let Ok(path) = consistency(3, 6, &mut source(&all));
    let shrinks = verify_consistency((6, &root), (3, &old_root), &path);
    assert_eq!(shrinks, Err(ProofError::Shrinks { old: 6, new: 3 }));
    for length in 0..path.len() {
        let cut = verify_consistency((3, &old_root), (6, &root), &path[..length]);
        assert_eq!(cut, Err(ProofError::WrongLength { found: length, expected: path.len() }));
    }
    assert_eq!(verify_consistency((6, &root), (6, &root), &[]), Ok(()));
    assert!(verify_consistency((6, &root), (6, &root), &path).is_err());
    let differs = Err(ProofError::RootDiffers);
    assert_eq!(verify_consistency((6, &old_root), (6, &root), &[]), differs);
    assert_eq!(verify_consistency((0, &empty_root()), (6, &root), &[]), Ok(()));
    assert_eq!(verify_consistency((0, &old_root), (6, &root), &[]), differs);
    assert!(verify_consistency((0, &empty_root()), (6, &root), &path).is_err());
}

#[test]
fn a_range_is_kept_and_taken_up_by_its_hashes() {
    let mut range = CompactRange::default();
    for size in 0..70u64 {
        let kept = CompactRange::from_hashes(size, range.hashes().to_vec()).unwrap();
        assert_eq!((kept.start(), kept.end()), (0, size));
        assert_eq!(kept.root(), naive_root(&leaves(size)));
        assert_eq!(kept, range);
        assert_eq!(CompactRange::from_hashes(size + 1, range.hashes().to_vec()).is_some(), {
            size.count_ones() == (size + 1).count_ones()
        });
        range.push(leaf(size));
    }
}

proptest! {
    #[test]
    fn ranges_joined_anywhere_are_the_tree(cuts in prop::collection::vec(0..40u64, 0..12)) {
        let mut whole = CompactRange::default();
        let mut nodes = Vec::new();
        for leaves_of_piece in cuts {
            let mut piece = CompactRange::starting_at(whole.end());
            for number in piece.start()..piece.start() + leaves_of_piece {
                piece.push_with(leaf(number), |node, hash| nodes.push((node, *hash)));
            }
            whole.append_with(&piece, |node, hash| nodes.push((node, *hash)));
        }
        let all = leaves(whole.end());
        prop_assert_eq!(whole.root(), naive_root(&all));
        // Each complete subtree was shown exactly once, with its hash.
        nodes.sort();
        let mut expected = Vec::new();
        for level in 0..10u8 {
            for index in 0..whole.end() >> level {
                let node = Node { level, index };
                let Ok(hash) = source(&all)(node);
                expected.push((node, hash));
            }
        }
        prop_assert_eq!(nodes, expected);
    }

    #[test]
    fn a_changed_proof_is_refused(
        (size, index) in (1..300u64).prop_flat_map(|size| (Just(size), 0..size)),
        (at, bit) in (0..1000usize, 0..256usize),
    ) {
        let all = leaves(size);
        let root = naive_root(&all);
        let Ok(path) = inclusion(index, size, &mut source(&all));
        let Ok(chain) = consistency(index + 1, size, &mut source(&all));
        let old_root = naive_root(&all[..index as usize + 1]);
        let flip = |proof: &[Digest]| {
            let mut proof = proof.to_vec();
            if !proof.is_empty() {
                let at = at % proof.len();
                proof[at].0[bit / 8] ^= 1 << (bit % 8);
            }
            proof
        };
        let leaf = &all[index as usize];
        prop_assert_eq!(
            verify_inclusion(leaf, index, size, &flip(&path), &root).is_ok(), path.is_empty());
        let (old, new) = ((index + 1, &old_root), (size, &root));
        prop_assert_eq!(verify_consistency(old, new, &flip(&chain)).is_ok(), chain.is_empty());
        // Nor does the proof hold for a neighbour.
        if index + 1 < size {
            prop_assert!(verify_inclusion(leaf, index + 1, size, &path, &root).is_err());
        }
    }
}
