//! The keys that the records state: the log's, in their order, and the witnesses'.
//!
//! They are the ledger's own word. Who verifies with them alone learns that the records agree with
//! themselves, not that they are the records that others saw; so a policy made of them has no
//! quorum.

use super::{Fold, Told};
use crate::domain::{Data, Type};

/// The fold behind a policy file.
#[derive(Debug, Default)]
pub struct Parties {
    /// The log's verifier keys, the oldest first: of the opening, changes and continuations.
    pub log_keys: Vec<String>,
    /// Registered witnesses that were not retired: name and verifier key.
    pub witnesses: Vec<(String, String)>,
}

impl Parties {
    /// The policy file (C2SP tlog-policy): every log key, every live witness, no quorum.
    pub fn policy(&self) -> String {
        let mut text = String::from(
            "# The keys that the records themselves state: the ledger's own word.\n\
             # Compare them with those that you got from elsewhere, and set a quorum of your own.\n",
        );
        for key in &self.log_keys {
            text += &format!("log {key}\n");
        }
        for (name, key) in &self.witnesses {
            text += &format!("witness {name} {key}\n");
        }
        text + "quorum none\n"
    }
}

impl Fold for Parties {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::LedgerOpened
                | Type::LedgerContinued
                | Type::LogKeyChanged
                | Type::WitnessRegistered
                | Type::WitnessRetired
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::LedgerOpened(data)) => self.log_keys.push(data.vkey.as_str().to_owned()),
            Some(Data::LedgerContinued(data)) => self.log_keys.push(data.vkey.as_str().to_owned()),
            Some(Data::LogKeyChanged(data)) => self.log_keys.push(data.vkey.as_str().to_owned()),
            Some(Data::WitnessRegistered(data)) => {
                let (name, key) = (data.name.as_str().to_owned(), data.vkey.as_str().to_owned());
                self.witnesses.push((name, key));
            }
            Some(Data::WitnessRetired(data)) => {
                self.witnesses.retain(|(name, _)| name != data.name.as_str());
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::note::key::{Algorithm, SignerKey};
    use crate::chain::policy::Policy;

    fn key(name: &str, algorithm: Algorithm, seed: u8) -> String {
        SignerKey::new(name, algorithm, &[seed; 32]).unwrap().verifier().to_string()
    }

    #[test]
    fn the_policy_is_one_that_is_read_and_has_no_quorum() {
        let parties = Parties {
            log_keys: vec![key("a.example/log", Algorithm::Ed25519, 1)],
            witnesses: vec![("w1".to_owned(), key("w1", Algorithm::CosignatureV1, 2))],
        };
        let policy = Policy::parse(&parties.policy()).unwrap();
        assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 1));
        assert!(!policy.has_quorum());
    }
}
