//! `log-key rotate`: the log's key is changed for a new one; both sign for 30 days.

use super::compose::{self, Envelope, Opening, Refused, Staff};
use super::{Context, Failure, keygen, print};
use crate::chain::note::key::SignerKey;
use crate::ledger::log_keys::{finish_change, next};
use crate::ledger::{Clock, SystemClock};
use crate::store::layout::Layout;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Change the log's key.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a new log key, record it, and sign with both for 30 days; prints the new verifier key.
    Rotate {
        #[command(flatten)]
        staff: Staff,
        #[command(flatten)]
        opening: Opening,
    },
}

/// Changes the key.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let Command::Rotate { staff, opening } = &args.command;
    let default = || Layout::new(&context.ledger).log_key();
    let path = opening.log_key.clone().unwrap_or_else(default);
    let mut ledger = compose::open(context, opening)?;
    let now = SystemClock::new(true).now().map_err(Failure::other)?;
    let key = coming(&path, &ledger.origin())?;
    let public = crate::base::Digest(key.verifier().public().0);
    let vkey = key.verifier().to_string();
    ledger.bring_log_key(key);
    let recorded = ledger.with_state(|state| state.log_key() == Some(public));
    if !recorded {
        if let Some((_, until)) =
            ledger.with_state(|state| state.log_keys_leaving(now).first().copied())
        {
            return Err(Failure::usage(format!(
                "the former log key signs along until {until}; change the key again after that"
            )));
        }
        let scope = ledger
            .with_state(|state| state.principals.get("operator").map(|row| row.scope.to_string()));
        let scope = scope.ok_or_else(|| Failure::ledger("the ledger has no operator"))?;
        let envelope = Envelope {
            kind: "log_key_changed",
            jurisdiction: &scope,
            org: "platform",
            staff,
            date: now.hebei_date().to_string(),
        };
        let body = compose::body(&envelope, &json!({ "vkey": vkey }));
        match compose::post(&ledger, "operator", &[body]) {
            Ok(_) => {}
            Err(Refused::Event(reason)) => {
                print::line(format_args!("refused {reason}"))?;
                return Ok(ExitCode::from(3));
            }
            Err(Refused::Failure(failure)) => return Err(failure),
        }
    }
    let note = ledger.checkpoint_kept().map_err(Failure::other)?;
    ledger.close().map_err(Failure::other)?;
    finish_change(&path)?;
    print::fields(context, &[("vkey", json!(vkey)), ("checkpoint", json!(note))])?;
    eprintln!(
        "Publish the new key. The checkpoint above is signed by both: whoever has the old key \
         follows through it. Keep {}.former for 30 days.",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The next key: one that an interrupted change left, or a new one, durable before it is recorded.
fn coming(path: &Path, origin: &str) -> Result<SignerKey, Failure> {
    let waiting = next(path);
    match std::fs::read_to_string(&waiting) {
        Ok(text) => SignerKey::parse(&text)
            .map_err(|error| Failure::other(format!("{}: {error}", waiting.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = keygen::random_key(origin)?;
            keygen::write_secret(&waiting, &key)?;
            Ok(key)
        }
        Err(error) => Err(Failure::other(format!("{} cannot be read: {error}", waiting.display()))),
    }
}
