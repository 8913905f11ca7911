//! Sessions of the desk: a token traded for a cookie that ends by itself (design section 8).
//!
//! 256 random bits, of which the program keeps the SHA-256 and only in memory: a restart ends all.
//! A session is never more than its token: whoever asks gets the token's id and looks it up again,
//! so what ends the token ends the session.

use crate::base::{Digest, Name, Stamp, hex};
use std::collections::HashMap;
use std::sync::Mutex;
use subtle::ConstantTimeEq;

/// How long a session lasts without being used, in milliseconds: 30 minutes.
pub const IDLE_MS: i64 = 30 * 60 * 1000;

/// How long a session lasts at most, in milliseconds: 10 hours.
pub const WHOLE_MS: i64 = 10 * 60 * 60 * 1000;

/// So far a clock may be behind without having been set back, in milliseconds: of two requests at
/// once, the one that read the clock first may be looked at last.
pub const BACK_MS: i64 = 60 * 1000;

/// The most sessions of one token; the one that was idle longest ends for a new one.
pub const PER_TOKEN_MAX: usize = 8;

/// The most sessions of all.
pub const SESSIONS_MAX: usize = 10_000;

/// The sessions of a running server. Times are given by the caller, so that tests need no clock.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Clone, Debug)]
struct Session {
    token: String,
    maker: Option<String>,
    since: Stamp,
    used: Stamp,
}

impl Session {
    /// Is it over? A clock that was set back ends it too: how long it lasted cannot be told.
    fn is_over(&self, now: Stamp) -> bool {
        self.used.0 - now.0 > BACK_MS
            || now.0 - self.used.0 >= IDLE_MS
            || now.0 - self.since.0 >= WHOLE_MS
    }
}

/// Why a session could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Too many are open.
    #[error("{SESSIONS_MAX} sessions are open; try again later")]
    TooMany,
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    NoRandom(String),
}

impl Sessions {
    /// Opens a session for a token that was just found to count; gives the cookie's secret.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn open(&self, token: &str, now: Stamp) -> Result<String, SessionError> {
        let secret = random()?;
        let mut open = self.open.lock().expect("sessions never panic");
        open.retain(|_, session| !session.is_over(now));
        let of_token = open.iter().filter(|(_, session)| session.token == token);
        if of_token.clone().count() >= PER_TOKEN_MAX {
            let idle = of_token.min_by_key(|(key, session)| (session.used, **key));
            let idle = idle.map(|(key, _)| *key).expect("there are several");
            open.remove(&idle);
        }
        if open.len() >= SESSIONS_MAX {
            return Err(SessionError::TooMany);
        }
        let session = Session { token: token.to_owned(), maker: None, since: now, used: now };
        open.insert(Digest::of(&[secret.as_bytes()]).0, session);
        Ok(secret)
    }

    /// The id of the token behind a cookie, and the session goes on; none where it is over. The
    /// caller asks [`super::Tokens::viewer_by_id`] what the token is worth now.
    pub fn token(&self, secret: &str, now: Stamp) -> Option<String> {
        let key = Digest::of(&[secret.as_bytes()]).0;
        let mut open = self.open.lock().expect("sessions never panic");
        let session = open.get_mut(&key)?;
        if session.is_over(now) {
            open.remove(&key);
            return None;
        }
        session.used = session.used.max(now);
        Some(session.token.clone())
    }

    /// How long a session lasts from now if nobody uses it, in milliseconds; asking is no use.
    pub fn left_ms(&self, secret: &str, now: Stamp) -> Option<i64> {
        let key = Digest::of(&[secret.as_bytes()]).0;
        let open = self.open.lock().expect("sessions never panic");
        let session = open.get(&key).filter(|session| !session.is_over(now))?;
        let whole = WHOLE_MS - (now.0 - session.since.0);
        Some(whole.min(IDLE_MS - (now.0 - session.used.0)))
    }

    /// Who sits at a session's desk, by the staff reference that was given there: an account is an
    /// organization's, and knows no clerk.
    pub fn maker(&self, secret: &str) -> Option<String> {
        let key = Digest::of(&[secret.as_bytes()]).0;
        self.open.lock().expect("sessions never panic").get(&key)?.maker.clone()
    }

    /// Remembers who sits at a session's desk until it ends.
    pub fn set_maker(&self, secret: &str, maker: Name<'_>) {
        let key = Digest::of(&[secret.as_bytes()]).0;
        let mut open = self.open.lock().expect("sessions never panic");
        if let Some(session) = open.get_mut(&key) {
            session.maker = Some(maker.to_string());
        }
    }

    /// Ends a session.
    pub fn end(&self, secret: &str) {
        let key = Digest::of(&[secret.as_bytes()]).0;
        self.open.lock().expect("sessions never panic").remove(&key);
    }
}

/// The secret of a cookie: 256 random bits in hex.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn random() -> Result<String, SessionError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|fault| SessionError::NoRandom(fault.to_string()))?;
    Ok(hex::encode(&random))
}

/// The form token of a session: what its forms carry, so that another site's form is none of ours.
pub fn form_token(secret: &str) -> String {
    Digest::of(&[b"fundtrail-form-v1\n", secret.as_bytes()]).to_string()
}

/// Does a form carry its session's token? Compared in constant time.
pub fn is_form_token(secret: &str, given: &str) -> bool {
    bool::from(form_token(secret).as_bytes().ct_eq(given.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Stamp = Stamp(1_500_000_000_000);

    fn after(ms: i64) -> Stamp {
        Stamp(START.0 + ms)
    }

    #[test]
    fn a_session_ends_after_thirty_idle_minutes() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        assert_eq!(sessions.token(&secret, after(IDLE_MS - 1)).as_deref(), Some("t1"));
        assert_eq!(sessions.token(&secret, after(2 * IDLE_MS - 2)).as_deref(), Some("t1"));
        assert_eq!(sessions.token(&secret, after(3 * IDLE_MS - 2)), None);
        assert_eq!(sessions.token(&secret, after(2 * IDLE_MS)), None, "it does not come back");
    }

    #[test]
    fn a_session_ends_after_ten_hours_however_busy() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        for at in (0..WHOLE_MS).step_by(usize::try_from(IDLE_MS / 2).unwrap()) {
            assert!(sessions.token(&secret, after(at)).is_some(), "{at}");
        }
        assert!(sessions.token(&secret, after(WHOLE_MS - 1)).is_some());
        assert_eq!(sessions.token(&secret, after(WHOLE_MS)), None);
    }

    #[test]
    fn who_sits_at_the_desk_is_forgotten_with_the_session() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        let other = sessions.open("t1", START).unwrap();
        assert_eq!(sessions.maker(&secret), None);
        sessions.set_maker(&secret, Name::parse("kb-02").unwrap());
        assert_eq!(sessions.maker(&secret).as_deref(), Some("kb-02"));
        assert_eq!(sessions.maker(&other), None, "another desk of the same account");
        sessions.end(&secret);
        assert_eq!(sessions.maker(&secret), None);
    }

    #[test]
    fn what_is_left_is_the_shorter_of_both_bounds() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        assert_eq!(sessions.left_ms(&secret, after(1_000)), Some(IDLE_MS - 1_000));
        for at in (0..WHOLE_MS).step_by(usize::try_from(IDLE_MS / 2).unwrap()) {
            assert!(sessions.token(&secret, after(at)).is_some(), "{at}");
        }
        let late = after(WHOLE_MS - 60_000);
        assert!(sessions.token(&secret, late).is_some());
        assert_eq!(sessions.left_ms(&secret, late), Some(60_000));
        assert_eq!(sessions.left_ms(&secret, after(WHOLE_MS)), None);
    }

    #[test]
    fn a_clock_that_goes_back_ends_it() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        assert_eq!(sessions.token(&secret, after(-BACK_MS - 1)), None);
    }

    #[test]
    fn of_two_requests_at_once_either_may_be_looked_at_first() {
        let sessions = Sessions::default();
        let secret = sessions.open("t1", START).unwrap();
        for ms in [500, 499, 500, 0] {
            assert_eq!(sessions.token(&secret, after(ms)).as_deref(), Some("t1"), "{ms}");
        }
        // The earlier one takes nothing from how long it lasts.
        assert_eq!(sessions.left_ms(&secret, after(500)), Some(IDLE_MS));
    }

    #[test]
    fn what_ends_a_session_ends_that_one() {
        let sessions = Sessions::default();
        let secrets: Vec<_> =
            ["t1", "t1", "t2"].iter().map(|token| sessions.open(token, START).unwrap()).collect();
        let lives = |at: usize| sessions.token(&secrets[at], START).is_some();
        sessions.end(&secrets[0]);
        assert_eq!([lives(0), lives(1), lives(2)], [false, true, true]);
    }

    #[test]
    fn a_token_has_a_bounded_number_and_the_idlest_goes() {
        let sessions = Sessions::default();
        let secrets: Vec<_> = (0..=PER_TOKEN_MAX)
            .map(|at| sessions.open("t1", after(i64::try_from(at).unwrap())).unwrap())
            .collect();
        let now = after(100);
        assert_eq!(sessions.token(&secrets[0], now), None);
        assert!(secrets[1..].iter().all(|secret| sessions.token(secret, now).is_some()));
    }

    #[test]
    fn a_form_token_fits_its_session_alone() {
        assert!(is_form_token("a", &form_token("a")));
        for wrong in ["", "a", &form_token("b"), &form_token("a")[1..]] {
            assert!(!is_form_token("a", wrong));
        }
    }
}
