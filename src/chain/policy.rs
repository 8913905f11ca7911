//! Policies (C2SP tlog-policy): the logs, witnesses and quorum by which a reader believes a head.
//!
//! A policy is what its reader brought from elsewhere; nothing of it is ever taken from the ledger
//! that it judges. A policy without a quorum vouches for the operator's word alone.

use super::note::{
    Verified,
    key::{Algorithm, VerifierKey},
};

/// The longest policy file, and so the most of everything in it.
pub const POLICY_BYTES_MAX: usize = 65_536;

/// Why a policy file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy, line {line}: {reason}")]
pub struct PolicyError {
    /// Counted from 1; behind the last line where one is missing.
    pub line: usize,
    /// What is wrong there, and what to do.
    pub reason: String,
}

/// A log that the policy accepts, or a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The key; a log's name is its origin.
    pub key: VerifierKey,
    /// Where to reach it, as the file says.
    pub url: Option<String>,
}

/// A policy file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Policy {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    /// Witnesses and groups in the order of the file; a group names only earlier ones.
    names: Vec<Named>,
    /// An index into `names`; nothing for `quorum none`.
    quorum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    name: String,
    rule: Rule,
    /// Is it a member of a group already?
    used: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// The witness at this index cosigned.
    Witness(usize),
    /// So many of these names are met.
    Group { least: usize, members: Vec<usize> },
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        let wrong = |line, reason: &str| PolicyError { line, reason: reason.to_owned() };
        if text.len() > POLICY_BYTES_MAX {
            return Err(wrong(1, "the file is longer than 65536 bytes; shorten it"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(wrong(text.lines().count(), "the last line has no LF; add it"));
        }
        let mut policy = Policy::default();
        let mut quorum_seen = false;
        let mut count = 0;
        for (index, line) in text.split_terminator('\n').enumerate() {
            count = index + 1;
            if line.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7F) {
                return Err(wrong(count, "it holds a control character; remove it"));
            }
            let words: Vec<_> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            let result = match words.as_slice() {
                [] => continue,
                [first, ..] if first.starts_with('#') => continue,
                ["quorum", _] if quorum_seen => Err("a second quorum stands here; keep one"),
                ["quorum", name] => {
                    quorum_seen = true;
                    policy.set_quorum(name)
                }
                ["log", key, url @ ..] if url.len() <= 1 => policy.add_log(key, url.first()),
                ["witness", name, key, url @ ..] if url.len() <= 1 => {
                    policy.add_witness(name, key, url.first())
                }
                ["group", name, least, members @ ..] => policy.add_group(name, least, members),
                _ => Err("it is none of log, witness, group, quorum with their parts"),
            };
            result.map_err(|reason| wrong(count, reason))?;
        }
        match quorum_seen {
            true => Ok(policy),
            false => Err(wrong(count + 1, "the file has no quorum line; add one")),
        }
    }

    /// The logs that it accepts.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses that it knows.
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// All keys by which a checkpoint is opened.
    pub fn keys(&self) -> Vec<VerifierKey> {
        self.logs.iter().chain(&self.witnesses).map(|party| party.key.clone()).collect()
    }

    /// Does it ask for any witness at all?
    pub fn has_quorum(&self) -> bool {
        self.quorum.is_some()
    }

    /// Do these signatures meet the quorum? Without a quorum it is met by nothing at all: ask
    /// [`Policy::has_quorum`] before calling a head witnessed.
    pub fn is_met(&self, verified: &[Verified<'_>]) -> bool {
        let mut met = Vec::with_capacity(self.names.len());
        for named in &self.names {
            met.push(match &named.rule {
                Rule::Witness(index) => {
                    let key = self.witnesses[*index].key.public();
                    verified.iter().any(|one| {
                        one.key.algorithm() == Algorithm::CosignatureV1 && one.key.public() == key
                    })
                }
                Rule::Group { least, members } => {
                    members.iter().filter(|member| met[**member]).count() >= *least
                }
            });
        }
        self.quorum.is_none_or(|name| met[name])
    }

    fn add_log(&mut self, key: &str, url: Option<&&str>) -> Result<(), &'static str> {
        let party = party(key, url, Algorithm::Ed25519)?;
        add_unless_known(&mut self.logs, party)
    }

    fn add_witness(
        &mut self,
        name: &str,
        key: &str,
        url: Option<&&str>,
    ) -> Result<(), &'static str> {
        let party = party(key, url, Algorithm::CosignatureV1)?;
        add_unless_known(&mut self.witnesses, party)?;
        self.add_name(name, Rule::Witness(self.witnesses.len() - 1))
    }

    fn add_group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), &'static str> {
        let least = match least {
            "all" => members.len(),
            "any" => 1,
            number => crate::base::decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .ok_or("the group's size is none of all, any and a number")?,
        };
        if !(1..=members.len()).contains(&least) {
            return Err("the group asks for none, or for more than it has; correct the number");
        }
        let mut indices = Vec::with_capacity(members.len());
        for member in members {
            let index = self.find(member)?;
            if std::mem::replace(&mut self.names[index].used, true) {
                return Err("a member belongs to a group already; name it once");
            }
            indices.push(index);
        }
        self.add_name(name, Rule::Group { least, members: indices })
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), &'static str> {
        if name != "none" {
            self.quorum = Some(self.find(name)?);
        }
        Ok(())
    }

    fn add_name(&mut self, name: &str, rule: Rule) -> Result<(), &'static str> {
        if name == "none" || self.find(name).is_ok() {
            return Err("the name is taken; choose another");
        }
        self.names.push(Named { name: name.to_owned(), rule, used: false });
        Ok(())
    }

    fn find(&self, name: &str) -> Result<usize, &'static str> {
        let found = self.names.iter().position(|named| named.name == name);
        found.ok_or("a name is not defined on an earlier line; define it before")
    }
}

fn party(key: &str, url: Option<&&str>, algorithm: Algorithm) -> Result<Party, &'static str> {
    let key = VerifierKey::parse(key).map_err(|_| "this is no key that is known here")?;
    match key.algorithm() == algorithm {
        true => Ok(Party { key, url: url.map(|url| (*url).to_owned()) }),
        false => Err("a log's key stands where a witness's should, or the other way round"),
    }
}

/// Two keys are the same when their bytes are, whatever their names.
fn add_unless_known(parties: &mut Vec<Party>, party: Party) -> Result<(), &'static str> {
    if parties.iter().any(|known| known.key.public() == party.key.public()) {
        return Err("this key stood on an earlier line; name it once");
    }
    parties.push(party);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::note::key::SignerKey;

    fn key(name: &str, algorithm: Algorithm, seed: u8) -> VerifierKey {
        SignerKey::new(name, algorithm, &[seed; 32]).unwrap().verifier().clone()
    }

    fn witness(seed: u8) -> VerifierKey {
        key("witness.example", Algorithm::CosignatureV1, seed)
    }

    /// Two of three X, and one of two Y, as in the specification's example.
    fn text() -> String {
        let log = key("hebei.example/ledger", Algorithm::Ed25519, 1);
        let mut text = format!("# policy\n\n\tlog  {log} https://hebei.example/\n");
        for (seed, name) in [(2, "X1"), (3, "X2"), (4, "X3"), (5, "Y1"), (6, "Y2")] {
            text += &format!("witness {name} {}\n", witness(seed));
        }
        text + "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\n group both all X Y \nquorum both\n"
    }

    #[test]
    fn a_quorum_counts_witnesses_through_groups() {
        let policy = Policy::parse(&text()).unwrap();
        assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 5));
        assert_eq!(policy.logs()[0].url.as_deref(), Some("https://hebei.example/"));
        assert!(policy.has_quorum());
        let keys = policy.keys();
        for (seeds, met) in [
            (vec![2, 3, 5], true),
            (vec![2, 4, 6], true),
            (vec![2, 3, 4, 5, 6], true),
            (vec![2, 3], false),
            (vec![2, 2, 5], false),
            (vec![2, 5, 6], false),
            (vec![5, 6], false),
            (vec![], false),
        ] {
            let by = |seed: &u8| {
                let key = keys.iter().find(|key| **key == witness(*seed)).unwrap();
                Verified { key, cosigned_at_s: Some(1) }
            };
            let verified: Vec<_> = seeds.iter().map(by).collect();
            assert_eq!(policy.is_met(&verified), met, "{seeds:?}");
        }
    }

    #[test]
    fn a_log_that_signs_is_no_witness() {
        let one = format!("witness W {}\nquorum W\n", witness(2));
        let policy = Policy::parse(&one).unwrap();
        let plain = key("witness.example", Algorithm::Ed25519, 2);
        assert!(!policy.is_met(&[Verified { key: &plain, cosigned_at_s: None }]));
        let none = Policy::parse("quorum none\n").unwrap();
        assert!(none.is_met(&[]) && !none.has_quorum());
    }

    #[test]
    fn wrong_lines_are_named() {
        let text = text();
        let again = format!("witness X9 {}\nquorum", witness(2));
        for (from, to, line) in [
            ("quorum both\n", "", 12),
            ("quorum both\n", "quorum both\nquorum none\n", 13),
            ("quorum both\n", "quorum both", 12),
            ("quorum both", "quorum nobody", 12),
            ("quorum", &again, 12),
            ("group X 2", "group X 4", 9),
            ("group X 2", "group X 0", 9),
            ("group X 2", "group X 02", 9),
            ("group X 2", "group X most", 9),
            ("group X 2", "group X1 2", 9),
            ("group X 2", "group none 2", 9),
            ("X1 X2 X3\n", "X1 X1 X3\n", 9),
            ("X1 X2 X3\n", "\n", 9),
            ("any Y1 Y2", "any Y1 X2", 10),
            ("all X Y", "all X Z", 11),
            ("witness X1", "log X1", 4),
            ("witness X1 ", "witness X1 x", 4),
            ("log ", "witness L ", 3),
            ("# policy", "policy", 1),
            ("# policy", "# pol\ricy", 1),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text, "{from}");
            assert_eq!(Policy::parse(&wrong).map_err(|error| error.line), Err(line), "{to}");
        }
    }
}
