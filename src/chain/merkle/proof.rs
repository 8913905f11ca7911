//! Proofs that a leaf lies in a tree, and that one tree is the beginning of another.
//!
//! RFC 6962 sections 2.1.1 and 2.1.2. Making a proof reads nodes of any source; checking one needs
//! nothing but arithmetic on positions. A proof with a hash too many or too few is refused.

use super::{Node, empty_root, node_hash};
use crate::base::Digest;

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("leaf {index} does not lie in a tree of {size}")]
    BeyondTree {
        /// The leaf's number, counted from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The second tree is smaller than the first.
    #[error("a tree of {new} cannot continue one of {old}")]
    Shrinks {
        /// The size of the first tree.
        old: u64,
        /// The size of the second tree.
        new: u64,
    },
    /// The proof has another number of hashes than the positions ask for.
    #[error("the proof holds {found} hashes where {expected} are needed")]
    WrongLength {
        /// As many as the proof holds.
        found: usize,
        /// As many as it should hold.
        expected: usize,
    },
    /// The hashes lead to another root.
    #[error("the hashes lead to another root: what was proven is not in this tree")]
    RootDiffers,
}

/// The inclusion proof of a leaf in the tree of a size, from the leaf's sibling up.
///
/// `get` gives the hash of complete subtrees inside that size; at most 2 × 64 are asked for.
/// Panics unless `index` is below `size`.
///
/// # Errors
/// Whatever `get` fails with.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    get: &mut impl FnMut(Node) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    assert!(index < size, "a leaf lies inside its tree");
    let (mut start, mut end) = (0, size);
    let mut hashes = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            hashes.push(subtree(middle, end, get)?);
            end = middle;
        } else {
            hashes.push(subtree(start, middle, get)?);
            start = middle;
        }
    }
    hashes.reverse();
    Ok(hashes)
}

/// The consistency proof between the trees of two sizes.
///
/// Panics unless `old` is at most `new`.
///
/// # Errors
/// Whatever `get` fails with.
pub fn consistency<E>(
    old: u64,
    new: u64,
    get: &mut impl FnMut(Node) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    assert!(old <= new, "a tree only grows");
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut hashes = Vec::new();
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            hashes.push(subtree(middle, end, get)?);
            end = middle;
        } else {
            hashes.push(subtree(start, middle, get)?);
            start = middle;
        }
    }
    // Whoever checks knows the old root: where it is this very subtree, it is left out.
    if start > 0 {
        hashes.push(subtree(start, end, get)?);
    }
    hashes.reverse();
    Ok(hashes)
}

/// Checks that the leaf with this hash is the `index`-th of the tree with this size and root.
///
/// # Errors
/// The reason why it does not hold.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::BeyondTree { index, size });
    }
    let (inner, border) = shape(index, size);
    expect_length(proof, inner + border)?;
    let below = chain_inner(*leaf, &proof[..inner], index);
    match chain_border(below, &proof[inner..]) == *root {
        true => Ok(()),
        false => Err(ProofError::RootDiffers),
    }
}

/// Checks that the tree with the new size and root begins with the tree of the old size and root.
///
/// # Errors
/// The reason why it does not hold.
pub fn verify_consistency(
    (old, old_root): (u64, &Digest),
    (new, new_root): (u64, &Digest),
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrinks { old, new });
    }
    let empty_differs = old == 0 && *old_root != empty_root();
    if empty_differs || old == new && old_root != new_root {
        return Err(ProofError::RootDiffers);
    }
    if old == 0 || old == new {
        return expect_length(proof, 0);
    }
    let (inner, border) = shape(old - 1, new);
    let shift = old.trailing_zeros();
    let inner = inner - shift as usize;
    let first_is_root = old.is_power_of_two();
    expect_length(proof, usize::from(!first_is_root) + inner + border)?;
    let (seed, rest) = match proof.split_first() {
        Some((first, rest)) if !first_is_root => (*first, rest),
        _ => (*old_root, proof),
    };
    let index = (old - 1) >> shift;
    let old_side = chain_inner_right(seed, &rest[..inner], index);
    let new_side = chain_inner(seed, &rest[..inner], index);
    let holds = chain_border(old_side, &rest[inner..]) == *old_root
        && chain_border(new_side, &rest[inner..]) == *new_root;
    if holds { Ok(()) } else { Err(ProofError::RootDiffers) }
}

/// The largest power of two that is smaller than the number of leaves.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The root of the leaves from `start` to `end`, of which all before the last split are complete.
fn subtree<E>(
    start: u64,
    end: u64,
    get: &mut impl FnMut(Node) -> Result<Digest, E>,
) -> Result<Digest, E> {
    let leaves = end - start;
    if leaves.is_power_of_two() {
        let level = u8::try_from(leaves.ilog2()).expect("a level is below 64");
        return get(Node { level, index: start >> level });
    }
    let middle = start + split(leaves);
    Ok(node_hash(&subtree(start, middle, get)?, &subtree(middle, end, get)?))
}

/// How many hashes of a proof stand beside the path below and above the last split of the tree's
/// right border.
fn shape(index: u64, size: u64) -> (usize, usize) {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    (inner as usize, border as usize)
}

fn expect_length(proof: &[Digest], expected: usize) -> Result<(), ProofError> {
    match proof.len() == expected {
        true => Ok(()),
        false => Err(ProofError::WrongLength { found: proof.len(), expected }),
    }
}

fn chain_inner(seed: Digest, proof: &[Digest], index: u64) -> Digest {
    proof.iter().enumerate().fold(seed, |hash, (level, sibling)| match index >> level & 1 {
        0 => node_hash(&hash, sibling),
        _ => node_hash(sibling, &hash),
    })
}

/// As [`chain_inner`], but only the siblings that lay in the smaller tree.
fn chain_inner_right(seed: Digest, proof: &[Digest], index: u64) -> Digest {
    proof.iter().enumerate().fold(seed, |hash, (level, sibling)| match index >> level & 1 {
        0 => hash,
        _ => node_hash(sibling, &hash),
    })
}

fn chain_border(seed: Digest, proof: &[Digest]) -> Digest {
    proof.iter().fold(seed, |hash, sibling| node_hash(sibling, &hash))
}
