//! Sessions of holders of a look-up code: half an hour in which a page shows the one gift.
//!
//! 256 random bits, of which the program keeps the SHA-256 and only in memory. What a session opens
//! is the code's digest, looked up again at each visit, so a replaced or closed code ends it; the
//! code itself is kept nowhere (design section 8).

use super::sessions::BACK_MS;
use crate::base::{Digest, Stamp, hex};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a gift stays open, in seconds: half an hour from the code's entry.
pub const OPEN_SECONDS: u32 = 30 * 60;

/// The most sessions of all: the oldest ends for a new one.
pub const GIFT_SESSIONS_MAX: usize = 10_000;

/// The sessions of a running server. Times are given by the caller, so that tests need no clock.
#[derive(Debug, Default)]
pub struct GiftSessions {
    open: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Clone, Copy, Debug)]
struct Session {
    code: Digest,
    since: Stamp,
}

impl Session {
    /// A clock that was set back ends it too: how long it lasted cannot be told.
    fn is_over(&self, now: Stamp) -> bool {
        self.since.0 - now.0 > BACK_MS || now.0 - self.since.0 >= i64::from(OPEN_SECONDS) * 1000
    }
}

impl GiftSessions {
    /// Opens a session for the digest of a code that was just found; gives the cookie's secret.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn open(&self, code: Digest, now: Stamp) -> Result<String, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let secret = hex::encode(&random);
        let mut open = self.locked();
        if open.len() >= GIFT_SESSIONS_MAX {
            open.retain(|_, session| !session.is_over(now));
        }
        if open.len() >= GIFT_SESSIONS_MAX {
            let oldest = open.iter().min_by_key(|(key, session)| (session.since, **key));
            let oldest = oldest.map(|(key, _)| *key).expect("there are many");
            open.remove(&oldest);
        }
        open.insert(Digest::of(&[secret.as_bytes()]).0, Session { code, since: now });
        Ok(secret)
    }

    /// The digest of the code behind a cookie; none where it is over. The caller looks up what it
    /// opens now.
    pub fn code(&self, secret: &str, now: Stamp) -> Option<Digest> {
        let key = Digest::of(&[secret.as_bytes()]).0;
        let mut open = self.locked();
        let session = *open.get(&key)?;
        if session.is_over(now) {
            open.remove(&key);
            return None;
        }
        Some(session.code)
    }

    /// Ends a session.
    pub fn end(&self, secret: &str) {
        self.locked().remove(&Digest::of(&[secret.as_bytes()]).0);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Stamp = Stamp(1_500_000_000_000);
    const WHOLE_MS: i64 = OPEN_SECONDS as i64 * 1000;

    #[test]
    fn a_gift_stays_open_for_half_an_hour_and_not_longer() {
        let sessions = GiftSessions::default();
        let code = Digest([7; 32]);
        let secret = sessions.open(code, START).unwrap();
        assert_eq!(sessions.code(&secret, Stamp(START.0 + WHOLE_MS - 1)), Some(code));
        assert_eq!(sessions.code(&secret, Stamp(START.0 + WHOLE_MS)), None);
        assert_eq!(sessions.code(&secret, START), None, "it does not come back");
        let secret = sessions.open(code, START).unwrap();
        assert_eq!(
            sessions.code(&secret, Stamp(START.0 - BACK_MS - 1)),
            None,
            "the clock went back"
        );
    }

    #[test]
    fn what_ends_a_session_ends_that_one() {
        let sessions = GiftSessions::default();
        let [one, other] = [1, 2].map(|byte| sessions.open(Digest([byte; 32]), START).unwrap());
        sessions.end(&one);
        assert_eq!(sessions.code(&one, START), None);
        assert_eq!(sessions.code(&other, START), Some(Digest([2; 32])));
        assert_eq!(sessions.code("", START), None);
    }

    #[test]
    fn there_are_never_more_than_the_bound_and_the_oldest_goes() {
        let sessions = GiftSessions::default();
        let secrets: Vec<String> = (0..=GIFT_SESSIONS_MAX)
            .map(|at| sessions.open(Digest([1; 32]), Stamp(START.0 + at as i64)).unwrap())
            .collect();
        let now = Stamp(START.0 + GIFT_SESSIONS_MAX as i64);
        assert_eq!(sessions.code(&secrets[0], now), None);
        assert!(sessions.code(&secrets[1], now).is_some());
    }
}
