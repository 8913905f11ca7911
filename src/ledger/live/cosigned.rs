//! Who outside has signed this ledger's heads, and when: read from the heads as they are kept.
//!
//! It is the ledger's own word. Signatures are verified where they come in, and by every reader who
//! has keys; here they are only told.

use super::super::proving::{Prover, SignedHead};
use super::super::upkeep::kept;
use super::super::witnessed;
use super::Live;
use crate::base::Digest;
use crate::chain::note::Note;
use std::collections::BTreeMap;

/// How many of the newest kept heads are looked through for a witness that did not sign the newest
/// witnessed one.
const LOOKED_THROUGH_MAX: usize = 32;

/// The bytes of a cosignature behind its key's id: eight of the time, the signature.
const COSIGNATURE_BYTES: usize = 8 + 64;

/// The newest cosignature of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// How many records the head has that it signed.
    pub size: u64,
    /// When it signed, by its own clock, in seconds since 1970; zero says no time.
    pub at_s: u64,
    /// Is it the newest head that the quorum signed?
    pub is_newest: bool,
}

/// A number that tells the newest witnessed head, with all its signatures, from another.
pub(super) fn mark(prover: &Prover) -> u64 {
    let head = prover.witnessed().map(|head| Digest::of(&[head.note.as_bytes()]));
    head.map_or(0, |digest| {
        digest.0.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    })
}

impl<F> Live<F> {
    /// The newest cosignature of each witness, by name: of the policy in force those that never
    /// signed too, with none. What cannot be read counts as not there.
    pub fn cosigned(&self) -> BTreeMap<String, Option<Cosigned>> {
        let mut found: BTreeMap<String, Option<Cosigned>> = BTreeMap::new();
        if let Ok(Some(used)) = witnessed::in_force(self.layout.root()) {
            let names = used.policy.witnesses().iter().map(|one| one.key.name().to_owned());
            found.extend(names.map(|name| (name, None)));
        }
        if let Some(head) = self.prover().witnessed() {
            add(&mut found, head, true);
        }
        let published = self.published().checkpoint.size;
        let mut sizes = kept(&self.layout).unwrap_or_default();
        sizes.retain(|size| *size <= published);
        for size in sizes.iter().rev().take(LOOKED_THROUGH_MAX) {
            if !found.values().any(Option::is_none) {
                break;
            }
            if let Ok(Some(note)) = self.kept_head(*size)
                && let Ok(head) = SignedHead::parse(note.as_bytes())
            {
                add(&mut found, &head, false);
            }
        }
        found
    }
}

/// Adds the cosignatures under a head of those that are not found yet.
fn add(found: &mut BTreeMap<String, Option<Cosigned>>, head: &SignedHead, is_newest: bool) {
    let Ok(note) = Note::parse(head.note.as_bytes()) else { return };
    for line in note.lines.iter().filter(|line| line.payload.len() == COSIGNATURE_BYTES) {
        let Some((time, _)) = line.payload.split_first_chunk() else { continue };
        let at_s = u64::from_be_bytes(*time);
        let one = found.entry(line.name.to_owned()).or_default();
        let newer = one.is_none_or(|old| old.is_newest == is_newest && old.at_s < at_s);
        if newer {
            *one = Some(Cosigned { size: head.checkpoint.size, at_s, is_newest });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::note::key::{Algorithm, SignerKey};
    use crate::chain::note::{cosignature_line, sign};

    fn head(size: u64, times: &[(&str, u64)]) -> SignedHead {
        let key = |name, algorithm, byte| SignerKey::new(name, algorithm, &[byte; 32]).unwrap();
        let log = key("a.example/log", Algorithm::Ed25519, 1);
        let root = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, [7; 32]);
        let text = format!("a.example/log\n{size}\n{root}\n");
        let mut note = sign(&text, &[&log]);
        for (at, (name, time)) in (2..).zip(times) {
            note += &cosignature_line(&text, &key(name, Algorithm::CosignatureV1, at), *time);
        }
        SignedHead::parse(note.as_bytes()).unwrap()
    }

    #[test]
    fn the_newest_cosignature_of_each_witness_is_told() {
        let mut found = BTreeMap::from([("w.example/absent".to_owned(), None)]);
        add(&mut found, &head(9, &[("w.example/a", 900)]), true);
        add(&mut found, &head(7, &[("w.example/a", 700), ("w.example/b", 710)]), false);
        add(&mut found, &head(5, &[("w.example/b", 500)]), false);
        let one = |size, at_s, is_newest| Some(Cosigned { size, at_s, is_newest });
        assert_eq!(found["w.example/a"], one(9, 900, true));
        assert_eq!(found["w.example/b"], one(7, 710, false));
        assert_eq!(found["w.example/absent"], None);
        assert_eq!(found.len(), 3, "the ledger's own signature is no cosignature");
    }
}
