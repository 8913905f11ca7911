//! Bearer tokens: 256 random bits that stand for a principal, shown once, kept as their SHA-256.
//!
//! They live in `access/tokens`, outside the chain, one line for each token and each revocation;
//! nothing there opens a door to who reads the file. What a token is worth, the grant says: that
//! of a revoked or expired principal is worth nothing (design section 8).

use super::files::{Hold, add_line, identity, open_to_add, read_lines};
use super::register::Register;
use super::viewer::Viewer;
use crate::base::{Date, Digest, Stamp, hex};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use subtle::ConstantTimeEq;

/// What every token begins with, so that a search for leaked secrets finds it.
pub const PREFIX: &str = "ft_";

/// The most tokens of one principal that count at the same time.
pub const PER_PRINCIPAL_MAX: usize = 16;

/// The most lines of the file: enough for every principal of a province for decades, and read in
/// well under a second.
pub const LINES_MAX: usize = 200_000;

/// The longest line, in bytes.
const LINE_BYTES_MAX: u64 = 1024;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
enum Entry {
    /// A token was made.
    Made {
        at: Stamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Date>,
        id: String,
        principal: String,
        sha256: Digest,
    },
    /// A token was revoked.
    Revoked { at: Stamp, id: String },
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its id, by which it is revoked and told of.
    pub id: String,
    /// The principal that it stands for.
    pub principal: String,
    /// When it was made.
    pub made_at: Stamp,
    /// The last day on which it counts, in Hebei.
    pub expires: Option<Date>,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
    #[serde(skip)]
    sha256: Digest,
}

impl Token {
    /// Does it count on that day?
    pub fn is_live_on(&self, today: Date) -> bool {
        self.revoked_at.is_none() && self.expires.is_none_or(|last| today <= last)
    }
}

/// A token that was just made: the only time that its secret is known.
#[derive(Debug)]
pub struct Made {
    /// Its id.
    pub id: String,
    /// The secret, to be shown once and kept nowhere.
    pub secret: String,
}

/// Why a token could not be made, revoked or looked up.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read or written.
    #[error("the tokens in {} cannot be used: {source}", path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line of the file is not one that the program wrote.
    #[error("line {line} of {} is damaged; no token counts until the line is mended", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Too many tokens of one principal count already.
    #[error(
        "{principal} has {PER_PRINCIPAL_MAX} tokens that count; revoke one before making another"
    )]
    TooMany {
        /// The principal.
        principal: String,
    },
    /// The file holds as many lines as it may.
    #[error("{} holds {LINES_MAX} lines and takes no more; move it away and make new tokens", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// There is no token of that id.
    #[error("no token has the id {id}; `fundtrail principal tokens` lists them")]
    Unknown {
        /// The id.
        id: String,
    },
    /// The day on which it would expire lies behind.
    #[error("the token would have expired on {expires} already")]
    Expired {
        /// The day.
        expires: Date,
    },
}

/// The tokens of a ledger, as a running server and the commands beside it share them.
///
/// Every look-up asks whether the file has grown, so that what a command beside the server makes or
/// revokes counts at once.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    loaded: Mutex<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    tokens: Vec<Token>,
    by_id: HashMap<String, usize>,
    /// By the first eight bytes of the digest; the rest is compared in constant time. Nobody
    /// chooses digests, so what the time of a look-up tells of those eight bytes leads nowhere.
    by_prefix: HashMap<[u8; 8], Vec<usize>>,
    /// Revoked here while the file could not be written: it holds until the program ends.
    revoked_here: HashSet<String>,
    lines: usize,
    read_to: u64,
    identity: Option<(u64, u64, u64)>,
}

impl Tokens {
    /// The tokens in a ledger's `access/`; the file is read with the first look-up.
    pub fn new(access: &Path) -> Tokens {
        Tokens { path: access.join("tokens"), loaded: Mutex::default() }
    }

    /// Makes a token for a principal, durable when this returns. That the principal's grant is
    /// live, the caller has made sure of; without a live grant the token opens nothing.
    ///
    /// # Errors
    /// [`TokenError`]; nothing was made then.
    pub fn make(
        &self,
        principal: &str,
        expires: Option<Date>,
        now: Stamp,
    ) -> Result<Made, TokenError> {
        let today = now.hebei_date();
        if let Some(expires) = expires.filter(|last| *last < today) {
            return Err(TokenError::Expired { expires });
        }
        let (mut random, mut id) = ([0; 32], [0; 6]);
        getrandom::fill(&mut random).map_err(|fault| self.unavailable(io::Error::other(fault)))?;
        let secret = format!("{PREFIX}{}", hex::encode(&random));
        let mut loaded = self.fresh()?;
        let live = loaded.tokens.iter();
        let live = live.filter(|one| one.principal == principal && one.is_live_on(today)).count();
        if live >= PER_PRINCIPAL_MAX {
            return Err(TokenError::TooMany { principal: principal.to_owned() });
        }
        if loaded.lines >= LINES_MAX {
            return Err(TokenError::Full { path: self.path.clone() });
        }
        loop {
            getrandom::fill(&mut id).map_err(|fault| self.unavailable(io::Error::other(fault)))?;
            if !loaded.by_id.contains_key(&hex::encode(&id)) {
                break;
            }
        }
        let id = hex::encode(&id);
        let sha256 = Digest::of(&[secret.as_bytes()]);
        let principal = principal.to_owned();
        self.add(&Entry::Made { at: now, expires, id: id.clone(), principal, sha256 })?;
        self.catch_up(&mut loaded)?;
        assert!(loaded.by_id.contains_key(&id), "what was added is read back");
        Ok(Made { id, secret })
    }

    /// Revokes a token. In this program it is worth nothing from now on, whether or not the file
    /// can be written.
    ///
    /// # Errors
    /// [`TokenError`]; after `Unavailable` a restart would let the token live again.
    pub fn revoke(&self, id: &str, now: Stamp) -> Result<(), TokenError> {
        // Known here before the file is asked, so that no failure of the disk puts it off.
        let mut loaded = self.loaded.lock().expect("reading tokens never panics");
        loaded.revoked_here.insert(id.to_owned());
        self.catch_up(&mut loaded)?;
        let Some(at) = loaded.by_id.get(id).copied() else {
            loaded.revoked_here.remove(id);
            return Err(TokenError::Unknown { id: id.to_owned() });
        };
        if loaded.tokens[at].revoked_at.is_some() {
            return Ok(());
        }
        self.add(&Entry::Revoked { at: now, id: id.to_owned() })?;
        self.catch_up(&mut loaded)
    }

    /// Every token, in the order in which they were made.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn list(&self) -> Result<Vec<Token>, TokenError> {
        Ok(self.fresh()?.tokens.clone())
    }

    /// The viewer behind a bearer token, and the token's id; none where it is worth nothing, for
    /// whatever reason.
    ///
    /// # Errors
    /// The file cannot be read: nothing is opened then.
    pub fn viewer(
        &self,
        bearer: &str,
        register: &Register,
        now: Stamp,
    ) -> Result<Option<(String, Viewer)>, TokenError> {
        let digest = Digest::of(&[bearer.as_bytes()]);
        let today = now.hebei_date();
        let loaded = self.fresh()?;
        let mut prefix = [0; 8];
        prefix.copy_from_slice(&digest.0[..8]);
        let candidates = loaded.by_prefix.get(&prefix).map(Vec::as_slice).unwrap_or_default();
        let found = candidates.iter().map(|at| &loaded.tokens[*at]);
        let mut found = found.filter(|one| bool::from(one.sha256.0.ct_eq(&digest.0)));
        let found = found.find(|one| loaded.is_live(one, today));
        Ok(found.and_then(|one| {
            let viewer = register.viewer(&one.principal, today)?;
            Some((one.id.clone(), viewer))
        }))
    }

    /// The viewer behind a token's id, for a session that was opened with it.
    ///
    /// # Errors
    /// As [`Tokens::viewer`].
    pub fn viewer_by_id(
        &self,
        id: &str,
        register: &Register,
        now: Stamp,
    ) -> Result<Option<Viewer>, TokenError> {
        let today = now.hebei_date();
        let loaded = self.fresh()?;
        let token = loaded.by_id.get(id).map(|at| &loaded.tokens[*at]);
        Ok(token
            .filter(|one| loaded.is_live(one, today))
            .and_then(|one| register.viewer(&one.principal, today)))
    }

    fn fresh(&self) -> Result<MutexGuard<'_, Loaded>, TokenError> {
        let mut loaded = self.loaded.lock().expect("reading tokens never panics");
        self.catch_up(&mut loaded)?;
        Ok(loaded)
    }

    /// Reads what the file has more than was read, or all of it where it is another file.
    fn catch_up(&self, loaded: &mut Loaded) -> Result<(), TokenError> {
        let now = identity(&self.path).map_err(|source| self.unavailable(source))?;
        if now == loaded.identity {
            return Ok(());
        }
        let continues = match (now, loaded.identity) {
            (Some((device, number, length)), Some((old_device, old_number, _))) => {
                (device, number) == (old_device, old_number) && length >= loaded.read_to
            }
            _ => false,
        };
        if !continues {
            let revoked_here = std::mem::take(&mut loaded.revoked_here);
            *loaded = Loaded { revoked_here, ..Loaded::default() };
        }
        // Until all of it is read, nothing of it is believed to be.
        loaded.identity = None;
        let most = LINES_MAX as u64 * LINE_BYTES_MAX;
        let read = read_lines(&self.path, loaded.read_to, most);
        let (bytes, behind) = read.map_err(|source| self.unavailable(source))?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            loaded.lines += 1;
            let entry = serde_json::from_slice(line).ok().filter(|entry| loaded.fits(entry));
            let Some(entry) = entry else {
                let line = loaded.lines;
                *loaded = Loaded {
                    revoked_here: std::mem::take(&mut loaded.revoked_here),
                    ..Loaded::default()
                };
                return Err(TokenError::Damaged { path: self.path.clone(), line });
            };
            loaded.take(entry);
        }
        loaded.read_to = behind;
        loaded.identity = now;
        Ok(())
    }

    fn add(&self, entry: &Entry) -> Result<(), TokenError> {
        let bytes = serde_json::to_vec(entry).expect("an entry is plain text and numbers");
        assert!((bytes.len() as u64) < LINE_BYTES_MAX, "names are bounded, and so are lines");
        let added = open_to_add(&self.path, Hold::Briefly).and_then(|mut file| {
            add_line(&mut file, &bytes)?;
            file.sync_data()
        });
        added.map_err(|source| self.unavailable(source))
    }

    fn unavailable(&self, source: io::Error) -> TokenError {
        TokenError::Unavailable { path: self.path.clone(), source }
    }
}

impl Loaded {
    fn is_live(&self, token: &Token, today: Date) -> bool {
        token.is_live_on(today) && !self.revoked_here.contains(&token.id)
    }

    /// Does the line follow from those before it?
    fn fits(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Made { id, .. } => !self.by_id.contains_key(id),
            Entry::Revoked { id, .. } => self.by_id.contains_key(id),
        }
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Made { at, expires, id, principal, sha256 } => {
                let index = self.tokens.len();
                let mut prefix = [0; 8];
                prefix.copy_from_slice(&sha256.0[..8]);
                self.by_prefix.entry(prefix).or_default().push(index);
                self.by_id.insert(id.clone(), index);
                let token = Token { id, principal, made_at: at, expires, revoked_at: None, sha256 };
                self.tokens.push(token);
            }
            Entry::Revoked { at, id } => {
                if let Some(index) = self.by_id.get(&id) {
                    self.tokens[*index].revoked_at.get_or_insert(at);
                }
            }
        }
        assert!(self.by_id.len() == self.tokens.len(), "an id stands for one token");
    }
}

#[cfg(test)]
mod tests;
