//! A small log that the tests of witnesses and of those who ask them share.

use crate::base::Digest;
use crate::chain::note::key::{Algorithm, SignerKey};
use crate::chain::{Checkpoint, merkle};

pub(super) const ORIGIN: &str = "ledger.test/2017";

pub(super) fn log() -> SignerKey {
    SignerKey::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

pub(super) fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|at| Digest::of(&[&at.to_be_bytes()])).collect()
}

pub(super) fn head(leaves: &[Digest]) -> String {
    let (size, root) = (leaves.len() as u64, merkle::root(leaves));
    Checkpoint { origin: ORIGIN.to_owned(), size, root }.sign(&[&log()])
}
