//! The benchmark's part about proofs: how long a receipt takes, and what the tree costs a post.

use fundtrail::base::Digest;
use fundtrail::chain::roots::Roots;
use fundtrail::ledger::proving::Prover;
use std::path::Path;
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

/// How many receipts are measured.
const RECEIPTS: u64 = 2_000;

/// Rows of the table: receipts from a ledger's folder, and the upkeep of its tree.
pub fn rows(ledger: &Path) -> Result<Vec<[String; 3]>, Failed> {
    let begun = Instant::now();
    let prover = Prover::open(ledger)?;
    let opened = begun.elapsed();
    let size = prover.newest().checkpoint.size;
    let (mut took, mut hashes) = (Vec::new(), 0);
    for at in 0..RECEIPTS {
        // Spread over the ledger by a stride that meets every part of it.
        let seq = at * 7_368_787 % size;
        let begun = Instant::now();
        let receipt = prover.receipt(seq)?;
        took.push(begun.elapsed());
        hashes = hashes.max(receipt.hashes.len());
    }
    took.sort();
    let us = |took: Duration| took.as_secs_f64() * 1e6;
    let at = |share: f64| us(took[(took.len() as f64 * share) as usize]);
    let receipts = [
        format!("receipt of one of {size} records, checked"),
        format!("p50 {:.0} µs, p99 {:.0} µs", at(0.5), at(0.99)),
        format!("at most {hashes} hashes; opening first {:.3} s", opened.as_secs_f64()),
    ];
    let leaves: Vec<Digest> = (0..size).map(|at| Digest::of(&[&at.to_be_bytes()])).collect();
    let begun = Instant::now();
    let mut roots = Roots::default();
    leaves.iter().for_each(|leaf| roots.push(*leaf));
    let root = roots.newest();
    let upkeep = [
        "upkeep of the tree".to_owned(),
        format!("{:.3} µs a record", us(begun.elapsed()) / size as f64),
        format!("root {}…", &root.to_string()[..8]),
    ];
    Ok(vec![receipts, upkeep])
}
