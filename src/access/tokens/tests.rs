//! Tokens: what is kept, what counts, and what ends it at once.

use super::*;
use crate::access::reading::tests::told;
use std::fs;
use std::io::Write;

fn now() -> Stamp {
    Stamp::parse("2018-06-01T04:00:00.000Z").unwrap()
}

fn on(day: &str) -> Stamp {
    Stamp::parse(&format!("{day}T04:00:00.000Z")).unwrap()
}

fn opens(tokens: &Tokens, secret: &str, at: Stamp) -> Option<String> {
    let found = tokens.viewer(secret, &told(), at).unwrap();
    found.map(|(_, viewer)| viewer.name())
}

#[test]
fn a_token_opens_its_principal_and_is_kept_as_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let made = tokens.make("kb-finance", None, now()).unwrap();
    assert!(made.secret.starts_with(PREFIX) && made.secret.len() == PREFIX.len() + 64);
    assert_eq!(opens(&tokens, &made.secret, now()).as_deref(), Some("kb-finance"));
    let kept = fs::read_to_string(folder.path().join("tokens")).unwrap();
    assert!(!kept.contains(&made.secret[PREFIX.len()..]), "the secret is kept nowhere");
    assert!(kept.contains(&Digest::of(&[made.secret.as_bytes()]).to_string()));
    let again = Tokens::new(folder.path());
    assert_eq!(opens(&again, &made.secret, now()).as_deref(), Some("kb-finance"));
}

#[test]
fn what_is_nearly_a_token_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let secret = tokens.make("kb-finance", None, now()).unwrap().secret;
    let digest = Digest::of(&[secret.as_bytes()]).to_string();
    let last = if secret.ends_with('0') { '1' } else { '0' };
    let flipped = format!("{}{last}", &secret[..secret.len() - 1]);
    for wrong in
        ["", PREFIX, &secret[1..], &secret[..66], &secret.to_uppercase(), &digest, &flipped]
    {
        assert_eq!(opens(&tokens, wrong, now()), None, "{wrong}");
    }
}

#[test]
fn a_token_counts_up_to_its_last_day() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let expires = Date::parse("2018-06-02");
    let secret = tokens.make("kb-finance", expires, now()).unwrap().secret;
    assert!(opens(&tokens, &secret, on("2018-06-02")).is_some());
    // 16:00 UTC is midnight in Hebei.
    let evening = Stamp::parse("2018-06-02T15:59:59.999Z").unwrap();
    assert!(opens(&tokens, &secret, evening).is_some());
    assert_eq!(opens(&tokens, &secret, Stamp(evening.0 + 1)), None);
    let behind = tokens.make("kb-finance", Date::parse("2018-05-31"), now());
    assert!(matches!(behind, Err(TokenError::Expired { .. })));
}

#[test]
fn the_token_of_a_principal_that_has_no_live_grant_is_worth_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    for principal in ["nobody", "gift-desk"] {
        let secret = tokens.make(principal, None, now()).unwrap().secret;
        assert_eq!(opens(&tokens, &secret, now()), None, "{principal}");
    }
}

#[test]
fn what_another_program_makes_or_revokes_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (server, command) = (Tokens::new(folder.path()), Tokens::new(folder.path()));
    assert_eq!(server.list().unwrap(), []);
    let made = command.make("kb-finance", None, now()).unwrap();
    assert!(opens(&server, &made.secret, now()).is_some());
    assert!(server.viewer_by_id(&made.id, &told(), now()).unwrap().is_some());
    command.revoke(&made.id, now()).unwrap();
    assert_eq!(opens(&server, &made.secret, now()), None);
    assert_eq!(server.viewer_by_id(&made.id, &told(), now()).unwrap(), None);
    assert_eq!(server.list().unwrap()[0].revoked_at, Some(now()));
    command.revoke(&made.id, now()).unwrap();
    let lines = fs::read_to_string(folder.path().join("tokens")).unwrap().lines().count();
    assert_eq!(lines, 2, "to revoke again changes nothing");
}

#[test]
fn another_file_in_its_place_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let secret = tokens.make("kb-finance", None, now()).unwrap().secret;
    let path = folder.path().join("tokens");
    fs::rename(&path, folder.path().join("old")).unwrap();
    assert_eq!(opens(&tokens, &secret, now()), None);
    fs::copy(folder.path().join("old"), &path).unwrap();
    assert!(opens(&tokens, &secret, now()).is_some());
}

#[test]
fn a_damaged_line_opens_no_token_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let made = tokens.make("kb-finance", None, now()).unwrap();
    let path = folder.path().join("tokens");
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"is\":\"revoked\"}\n").unwrap();
    let fault = tokens.viewer(&made.secret, &told(), now());
    assert!(matches!(fault, Err(TokenError::Damaged { line: 2, .. })));
    assert!(matches!(tokens.list(), Err(TokenError::Damaged { line: 2, .. })));
    assert!(matches!(tokens.make("kb-finance", None, now()), Err(TokenError::Damaged { .. })));
}

#[test]
fn a_torn_line_is_cut_by_the_next_writer() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let first = tokens.make("kb-finance", None, now()).unwrap();
    let path = folder.path().join("tokens");
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"is\":\"ma").unwrap();
    assert!(opens(&tokens, &first.secret, now()).is_some());
    let second = tokens.make("kb-unit", None, now()).unwrap();
    assert!(opens(&tokens, &first.secret, now()).is_some());
    assert!(opens(&Tokens::new(folder.path()), &second.secret, now()).is_some());
}

#[test]
fn a_principal_has_a_bounded_number_of_tokens_that_count() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    let made: Vec<_> =
        (0..PER_PRINCIPAL_MAX).map(|_| tokens.make("kb-unit", None, now()).unwrap()).collect();
    assert!(matches!(tokens.make("kb-unit", None, now()), Err(TokenError::TooMany { .. })));
    tokens.make("kb-finance", None, now()).unwrap();
    tokens.revoke(&made[0].id, now()).unwrap();
    tokens.make("kb-unit", None, now()).unwrap();
}

#[test]
fn a_revocation_holds_though_the_file_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let access = folder.path().join("access");
    let tokens = Tokens::new(&access);
    let made = tokens.make("kb-finance", None, now()).unwrap();
    assert!(matches!(tokens.revoke("none", now()), Err(TokenError::Unknown { .. })));
    // In a folder's place nothing can be written; what was read before is read no more either.
    let path = access.join("tokens");
    let kept = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(tokens.revoke(&made.id, now()).is_err());
    fs::remove_dir(&path).unwrap();
    fs::write(&path, kept).unwrap();
    assert_eq!(opens(&tokens, &made.secret, now()), None);
}
