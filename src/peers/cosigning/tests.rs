//! A log asks witnesses that are sound, silent, behind, ahead, and lying, over loopback.

use super::*;
use crate::chain::merkle;
use crate::chain::note::cosignature_line;
use crate::peers::samples::{ORIGIN, head, leaves, log};
use crate::peers::witness::serve::routes;
use crate::peers::witness::{Witness, new_key};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Proves between the first leaves of a list.
struct Leaves(Vec<Digest>);

impl Proves for Leaves {
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, String> {
        merkle::proof::consistency(old, new, &mut |node: merkle::Node| {
            let first = usize::try_from(node.first_leaf()).unwrap();
            Ok(merkle::root(&self.0[first..first + (1 << node.level)]))
        })
    }
}

/// A server on loopback that ends with its runtime.
fn served(runtime: &Runtime, routes: axum::Router) -> SocketAddr {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, routes).await });
    address
}

fn witness(folder: &std::path::Path, runtime: &Runtime, seed: u8) -> (VerifierKey, SocketAddr) {
    let key = new_key("audit.test/witness", &[seed; 32]).unwrap();
    let path = folder.join(seed.to_string());
    Witness::create(&path, &key).unwrap();
    Witness::trust(&path, log().verifier()).unwrap();
    let witness = Arc::new(Witness::open(&path, Box::new(|| 1_500_000_000)).unwrap());
    (key.verifier().clone(), served(runtime, routes(witness)))
}

fn policy(witnesses: &[(VerifierKey, SocketAddr)], quorum: &str) -> Policy {
    let mut text = format!("log {}\n", log().verifier());
    for (at, (key, address)) in witnesses.iter().enumerate() {
        text += &format!("witness w{at} {key} http://{address}/\n");
    }
    let names: Vec<String> = (0..witnesses.len()).map(|at| format!("w{at}")).collect();
    Policy::parse(&format!("{text}group all {quorum} {}\nquorum all\n", names.join(" "))).unwrap()
}

#[test]
fn a_quorum_cosigns_a_ledger_that_grows() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let two = [witness(folder.path(), &runtime, 2), witness(folder.path(), &runtime, 3)];
    let policy = policy(&two, "2");
    let all = Leaves(leaves(20));
    let mut sizes = Sizes::new();
    for size in [3, 8, 8, 20] {
        let note = head(&all.0[..size]);
        let cosigned = cosign(&policy, &note, &all, &mut sizes).unwrap();
        assert!(cosigned.met, "{:?}", cosigned.heard);
        let keys = policy.keys();
        let (_, verified) = Checkpoint::open(cosigned.note.as_bytes(), &keys).unwrap();
        assert_eq!(verified.len(), 3);
    }
    // Who forgot what they hold learns it from their answer.
    let again = cosign(&policy, &head(&all.0), &all, &mut Sizes::new()).unwrap();
    assert!(again.met);
    for (_, held) in held(&policy, ORIGIN, None) {
        let held = held.unwrap().unwrap();
        assert_eq!((held.size, held.root), (20, Some(merkle::root(&all.0))));
    }
}

#[test]
fn a_ledger_behind_its_witness_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let one = [witness(folder.path(), &runtime, 2)];
    let policy = policy(&one, "1");
    let all = Leaves(leaves(20));
    assert!(cosign(&policy, &head(&all.0), &all, &mut Sizes::new()).unwrap().met);
    let behind = cosign(&policy, &head(&all.0[..9]), &all, &mut Sizes::new()).unwrap();
    assert!(!behind.met);
    assert_eq!(behind.heard[0].result, Err(CosignError::Ahead { theirs: 20, ours: 9 }));
    let mut other = leaves(25);
    other.swap(3, 4);
    let forked = cosign(&policy, &head(&other), &Leaves(other), &mut Sizes::new()).unwrap();
    let fault = forked.heard[0].result.clone().unwrap_err();
    assert!(matches!(fault, CosignError::Forked { size: 20, .. }), "{fault}");
}

#[test]
fn a_witness_that_lies_or_is_silent_costs_its_own_cosignature_alone() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let sound = witness(folder.path(), &runtime, 2);
    let all = Leaves(leaves(6));
    let note = head(&all.0);
    let text = Note::parse(note.as_bytes()).unwrap().text.to_owned();
    let key = |seed: u8| new_key("audit.test/liar", &[seed; 32]).unwrap();
    let other_text = text.replacen("\n6\n", "\n7\n", 1);
    for (what, answer, says) in [
        ("another key's line", cosignature_line(&text, &key(8), 5), "no line is by its key"),
        ("another head's line", cosignature_line(&other_text, &key(7), 5), "does not hold"),
        ("a time of zero", cosignature_line(&text, &key(7), 0), "no time"),
        ("no line at all", "thank you\n".to_owned(), "signature line"),
        ("nothing", String::new(), "no line is by its key"),
    ] {
        let route = axum::routing::post(move || std::future::ready(answer.clone()));
        let address = served(&runtime, axum::Router::new().route("/add-checkpoint", route));
        let two = [sound.clone(), (key(7).verifier().clone(), address)];
        let cosigned = cosign(&policy(&two, "1"), &note, &all, &mut Sizes::new()).unwrap();
        assert!(cosigned.met && cosigned.heard[0].result.is_ok(), "{what}");
        let lied = cosigned.heard[1].result.clone().unwrap_err();
        assert!(matches!(&lied, CosignError::Lied(reason) if reason.contains(says)), "{lied}");
        let both = cosign(&policy(&two, "2"), &note, &all, &mut Sizes::new()).unwrap();
        assert!(!both.met, "{what}: a lie is no cosignature");
        assert_eq!(both.note.matches("audit.test/liar").count(), 0, "{what}: it is not kept");
    }
    // A port that nobody listens on.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let two = [sound, (key(7).verifier().clone(), silent)];
    let cosigned = cosign(&policy(&two, "1"), &note, &all, &mut Sizes::new()).unwrap();
    assert!(cosigned.met);
    assert!(matches!(cosigned.heard[1].result, Err(CosignError::Client(_))));
}
