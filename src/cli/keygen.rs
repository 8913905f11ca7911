//! `keygen`: a principal's key. The secret half goes to one file and nowhere else.

use super::{Context, Failure, print};
use crate::chain::note::key::{Algorithm, SignerKey};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a key for signing events.
#[derive(clap::Args)]
pub struct Args {
    /// What the key is called, by custom the principal's name.
    #[arg(long, value_name = "NAME", default_value = "principal")]
    name: String,
    /// Where the secret key is kept, mode 0600; by default NAME.key.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Makes a key and prints its public half.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let key = random_key(&args.name)?;
    let default = || PathBuf::from(format!("{}.key", args.name.replace('/', "-")));
    let path = args.output.clone().unwrap_or_else(default);
    write_secret(&path, &key)?;
    print::fields(context, &[("public_key", json!(key.verifier().public().to_string()))])?;
    eprintln!(
        "The secret key is in {}. Register the public key above; it signs its own registration.",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// A random key of the plain kind.
pub(super) fn random_key(name: &str) -> Result<SignerKey, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::other)?;
    SignerKey::new(name, Algorithm::Ed25519, &seed)
        .map_err(|_| Failure::usage(format!("{name} is no name for a key: no white space, no +")))
}

/// Writes a secret key where nothing stands yet, durable when this returns.
pub(super) fn write_secret(path: &Path, key: &SignerKey) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::usage(format!(
            "{} is there already; name another file, a key is never overwritten",
            path.display()
        )),
        _ => Failure::other(format!("{} cannot be written: {error}", path.display())),
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(format!("{}\n", key.secret_text()).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)
}
