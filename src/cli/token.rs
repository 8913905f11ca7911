//! `principal token`, `principal tokens`: what opens a served ledger to a principal.
//!
//! They go beside a running server: records are read, never locked, and what is made or revoked
//! counts there at once. A secret is printed once and kept nowhere.

use super::{Context, Failure, print};
use crate::access::tokens::TokenError;
use crate::access::{Register, Tokens};
use crate::base::{Date, Stamp};
use crate::interchange::export::{Listing, column};
use crate::ledger::{Clock, SystemClock, reading};
use crate::store::SegmentsReader;
use crate::store::layout::Layout;
use serde_json::json;
use std::process::ExitCode;

/// Make a token, or revoke one.
#[derive(clap::Args)]
pub struct Args {
    /// The principal that the token will stand for.
    #[arg(required_unless_present = "revoke")]
    principal: Option<String>,
    /// The last day on which it counts.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    expires: Option<Date>,
    /// Revoke the token of this id instead.
    #[arg(long, value_name = "ID", conflicts_with_all = ["principal", "expires"])]
    revoke: Option<String>,
}

/// Makes or revokes a token.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let register = register(context)?;
    let (tokens, now) = (tokens(context), now()?);
    if let Some(id) = &args.revoke {
        tokens.revoke(id, now)?;
        print::fields(context, &[("revoked", json!(id))])?;
        return Ok(ExitCode::SUCCESS);
    }
    let principal = args.principal.as_deref().unwrap_or_default();
    if register.viewer(principal, now.hebei_date()).is_none() {
        return Err(Failure::usage(format!(
            "{principal} has no grant that counts today and may read; \
             `fundtrail principal list` shows the grants"
        )));
    }
    let made = tokens.make(principal, args.expires, now)?;
    eprintln!("Shown once and kept nowhere: hand it over on a safe way.");
    let fields =
        [("id", json!(made.id)), ("principal", json!(principal)), ("token", json!(made.secret))];
    print::fields(context, &fields)?;
    Ok(ExitCode::SUCCESS)
}

/// Lists every token, without its secret, and what it is worth today.
pub fn list(context: &Context) -> Result<ExitCode, Failure> {
    let register = register(context)?;
    let today = now()?.hebei_date();
    let tokens = tokens(context).list()?;
    let rows = tokens.iter().map(|token| {
        let status = match token.revoked_at {
            Some(_) => "revoked",
            None if !token.is_live_on(today) => "expired",
            None if register.viewer(&token.principal, today).is_none() => "without a live grant",
            None => "live",
        };
        vec![
            json!(token.id),
            json!(token.principal),
            json!(token.made_at),
            json!(token.expires),
            json!(token.revoked_at),
            json!(status),
        ]
    });
    let columns = vec![
        column("id", "编号", "id"),
        column("principal", "操作账号", "principal"),
        column("made_at", "生成时间", "made at"),
        column("expires", "有效期至", "expires"),
        column("revoked_at", "撤销时间", "revoked at"),
        column("status", "状态", "status"),
    ];
    print::listing(context, &Listing { columns, rows: rows.collect() })?;
    Ok(ExitCode::SUCCESS)
}

fn tokens(context: &Context) -> Tokens {
    Tokens::new(&Layout::new(&context.ledger).access())
}

fn register(context: &Context) -> Result<Register, Failure> {
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    let mut register = Register::default();
    reading::fold(&*records, 0..records.head().size, &mut register)?;
    Ok(register)
}

fn now() -> Result<Stamp, Failure> {
    SystemClock::new(true).now().map_err(Failure::other)
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Failure {
        match error {
            TokenError::Unavailable { .. } | TokenError::Full { .. } => Failure::other(error),
            TokenError::Damaged { .. } => Failure::ledger(error),
            TokenError::TooMany { .. }
            | TokenError::Unknown { .. }
            | TokenError::Expired { .. } => Failure::usage(error),
        }
    }
}
