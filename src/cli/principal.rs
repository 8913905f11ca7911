//! `principal`: grants, which are events like all else; tokens, which are not, are in `token.rs`.

use super::compose::{self, Envelope, Opening, Refused, Staff};
use super::{Context, Failure, print};
use crate::domain::role::Role;
use crate::interchange::export::{Listing, column};
use crate::ledger::{Clock, SystemClock};
use serde_json::{Value, json};
use std::process::ExitCode;

/// List, grant or revoke; make, list or revoke tokens.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List every grant.
    List {
        #[command(flatten)]
        opening: Opening,
    },
    /// Grant: posts `principal_registered` as the operator.
    Register {
        /// The principal's name.
        principal: String,
        /// Its role.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Its jurisdiction.
        #[arg(long, value_name = "CODE", value_parser = super::balances::parse_code)]
        scope: crate::base::Code,
        /// Its organization, or a donor's reference.
        #[arg(long)]
        org: String,
        /// The last day on which the grant counts.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
        expires: Option<crate::base::Date>,
        /// Its Ed25519 public key, 64 hexadecimal digits.
        #[arg(long, value_name = "HEX")]
        public_key: Option<String>,
        /// Its events must be signed.
        #[arg(long)]
        must_sign: bool,
        #[command(flatten)]
        staff: Staff,
        #[command(flatten)]
        opening: Opening,
    },
    /// Revoke: posts `principal_revoked` as the operator.
    Revoke {
        /// The principal's name.
        principal: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        staff: Staff,
        #[command(flatten)]
        opening: Opening,
    },
    /// Make a token by which a served ledger knows the principal, shown once; or revoke one.
    Token(super::token::Args),
    /// List tokens, never their secrets.
    Tokens,
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let roles: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("a role is one of {}", roles.join(", "))
    })
}

/// Lists, grants or revokes.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List { opening } => list(context, opening),
        Command::Register {
            principal,
            role,
            scope,
            org,
            expires,
            public_key,
            must_sign,
            staff,
            opening,
        } => {
            let signing = if *must_sign { "required" } else { "optional" };
            let mut data = json!({
                "principal": principal, "role": role, "scope": scope, "org": org, "signing": signing,
            });
            if let Some(expires) = expires {
                data["expires"] = json!(expires);
            }
            if let Some(key) = public_key {
                data["public_key"] = json!(key);
            }
            post(context, opening, staff, "principal_registered", &data)
        }
        Command::Revoke { principal, reason, staff, opening } => {
            let data = json!({ "principal": principal, "reason": reason });
            post(context, opening, staff, "principal_revoked", &data)
        }
        Command::Token(args) => super::token::run(context, args),
        Command::Tokens => super::token::list(context),
    }
}

fn post(
    context: &Context,
    opening: &Opening,
    staff: &Staff,
    kind: &str,
    data: &Value,
) -> Result<ExitCode, Failure> {
    let ledger = compose::open(context, opening)?;
    let province = ledger
        .with_state(|state| state.principals.get("operator").map(|row| row.scope.to_string()));
    let province = province.ok_or_else(|| Failure::ledger("the ledger has no operator"))?;
    let today = SystemClock::new(true).now().map_err(Failure::other)?.hebei_date();
    let envelope =
        Envelope { kind, jurisdiction: &province, org: "platform", staff, date: today.to_string() };
    let body = compose::body(&envelope, data);
    match compose::post(&ledger, "operator", &[body]) {
        Ok(seqs) => {
            ledger.close().map_err(Failure::other)?;
            print::fields(context, &[("seq", json!(seqs[0]))])?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Refused::Event(reason)) => {
            print::line(format_args!("refused {reason}"))?;
            Ok(ExitCode::from(3))
        }
        Err(Refused::Failure(failure)) => Err(failure),
    }
}

fn list(context: &Context, opening: &Opening) -> Result<ExitCode, Failure> {
    let ledger = compose::open(context, opening)?;
    let rows = ledger.with_state(|state| {
        let rows = state.principals.iter().map(|(name, row)| {
            vec![
                json!(name),
                json!(row.role),
                json!(row.scope),
                json!(row.org),
                json!(if row.must_sign { "required" } else { "optional" }),
                json!(row.expires),
                json!(if row.revoked { "revoked" } else { "live" }),
            ]
        });
        rows.collect()
    });
    let columns = vec![
        column("principal", "操作账号", "principal"),
        column("role", "角色", "role"),
        column("scope", "范围", "scope"),
        column("org", "机构", "organization"),
        column("signing", "签名", "signing"),
        column("expires", "有效期至", "expires"),
        column("status", "状态", "status"),
    ];
    print::listing(context, &Listing { columns, rows })?;
    Ok(ExitCode::SUCCESS)
}
