//! `--url`: the commands that work on a ledger that is served elsewhere, with the same answers.
//!
//! What they ask for is decided there, by the rights of the token. Commands that read every record
//! belong to whoever holds them: `mirror` brings them here, verified.

use super::{Context, Failure, Format, print};
use crate::peers::client::{Client, ClientError};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A ledger that is served elsewhere.
#[derive(Clone, Debug, clap::Args)]
pub struct Remote {
    /// The address of a served ledger, in place of --ledger.
    #[arg(long, global = true, env = "FUNDTRAIL_URL", value_name = "URL")]
    url: Option<String>,
    /// The file with the token that opens it.
    #[arg(long, global = true, env = "FUNDTRAIL_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Remote {
    /// The token, where one is named.
    pub fn token(&self) -> Result<Option<String>, Failure> {
        self.token_file.as_deref().map(super::mirror::read_token).transpose()
    }

    /// The client, where an address is named.
    pub fn client(&self) -> Result<Option<Client>, Failure> {
        let Some(url) = &self.url else { return Ok(None) };
        Ok(Some(Client::new(url, self.token()?).map_err(Failure::usage)?))
    }

    /// For commands that read a folder: an address is no folder.
    pub fn refuse(&self) -> Result<(), Failure> {
        match self.url {
            None => Ok(()),
            Some(_) => Err(Failure::usage(
                "this command reads a folder: leave --url out, or pull a verified copy with \
                 `fundtrail mirror URL DIR` and name it with --ledger",
            )),
        }
    }
}

/// What is posted, and how.
pub struct Posting<'p> {
    /// JSON Lines; `-` is standard input.
    pub file: &'p Path,
    /// `atomic` or `continue`.
    pub mode: &'p str,
    /// Decide, and record nothing.
    pub dry_run: bool,
    /// Where receipts are wanted.
    pub receipt: Option<&'p Path>,
}

/// Posts a file and prints each line of outcome as it comes.
pub fn post(client: &Client, posting: &Posting<'_>) -> Result<ExitCode, Failure> {
    let mut target = format!("/v1/events?mode={}", posting.mode);
    if posting.dry_run {
        target += "&dry_run=true";
    }
    if let Some(folder) = posting.receipt {
        target += "&receipt=wait";
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::other(format!("{} cannot be made: {error}", folder.display()))
        })?;
    }
    let outcomes = match posting.file.to_str() {
        Some("-") => client.send(&target, "application/jsonl", &mut io::stdin().lock())?,
        _ => {
            let mut file = super::open_file(posting.file)?;
            client.send(&target, "application/jsonl", &mut file)?
        }
    };
    let (mut out, mut clean) = (io::stdout().lock(), true);
    for line in BufReader::new(outcomes).lines() {
        let line = line.map_err(|error| {
            Failure::other(format!(
                "the answer broke off: {error}; post again, what was recorded is answered as duplicate"
            ))
        })?;
        let told: Value = serde_json::from_str(&line)
            .map_err(|error| Failure::other(format!("an outcome is no JSON: {error}")))?;
        clean &= matches!(told["status"].as_str(), Some("recorded" | "duplicate"));
        writeln!(out, "{line}")?;
        if let Some(folder) = posting.receipt {
            keep_receipt(client, folder, &told)?;
        }
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Writes the receipt of an outcome, and its record.
fn keep_receipt(client: &Client, folder: &Path, told: &Value) -> Result<(), Failure> {
    let (Some(id), Some(seq), Some(receipt)) =
        (told["id"].as_str(), told["seq"].as_u64(), told["receipt"].as_str())
    else {
        return Ok(());
    };
    let record = client.expect(&format!("/v1/records/{seq}?form=raw"))?;
    super::proof::write(&folder.join(format!("{id}.json")), &record)?;
    super::proof::write(&folder.join(format!("{id}.tlog-proof")), receipt.as_bytes())
}

/// How often all pages are asked for while the ledger grows between them.
const READ_AGAIN_MAX: usize = 5;

/// All pages of rows, as one answer: `as_of`, `rows`, and what else the first page says.
pub fn rows(client: &Client, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
    for _attempt in 0..READ_AGAIN_MAX {
        if let Some(whole) = rows_of_one_head(client, path, query)? {
            return Ok(whole);
        }
    }
    Err(Failure::other("the ledger grew while its answer was read; ask again"))
}

/// All pages; none when they are of two heads, which is not one answer.
fn rows_of_one_head(
    client: &Client,
    path: &str,
    query: &[(&str, String)],
) -> Result<Option<Value>, Failure> {
    let (mut whole, mut all) = (Value::Null, Vec::new());
    let mut after: Option<String> = None;
    loop {
        let mut target = format!("{path}?limit=500");
        let cursor = after.iter().map(|after| ("after", after.clone()));
        for (name, value) in query.iter().cloned().chain(cursor) {
            target += &format!("&{name}={}", escaped(&value));
        }
        let page = client.expect(&target)?;
        let mut page: serde_json::Map<String, Value> = serde_json::from_slice(&page)
            .map_err(|error| Failure::other(format!("the answer is no JSON object: {error}")))?;
        let next = page.remove("next");
        if let Some(Value::Array(rows)) = page.remove("rows") {
            all.extend(rows);
        }
        let page = Value::Object(page);
        match &whole {
            Value::Null => whole = page,
            first if first["as_of"]["size"] != page["as_of"]["size"] => return Ok(None),
            _ => {}
        }
        after = next.as_ref().and_then(Value::as_str).map(str::to_owned);
        if after.is_none() {
            whole["rows"] = Value::Array(all);
            return Ok(Some(whole));
        }
    }
}

/// A value of a query, with everything but letters, digits and `-._~` escaped.
fn escaped(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => escaped.push(char::from(byte)),
            false => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}

/// The newest signed head.
pub fn checkpoint(client: &Client, context: &Context) -> Result<ExitCode, Failure> {
    let note = client.expect("/checkpoint")?;
    let note = String::from_utf8_lossy(&note);
    match context.format {
        Format::Json => print::json(&serde_json::json!({ "checkpoint": note }))?,
        Format::Table | Format::Csv => print::line(note.trim_end_matches('\n'))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes what stands at a path to a file, or to standard output.
pub fn fetch(client: &Client, path: &str, output: Option<&Path>) -> Result<ExitCode, Failure> {
    let bytes = client.expect(path)?;
    match output {
        None => io::stdout().lock().write_all(&bytes)?,
        Some(path) => {
            let failed = |error: io::Error| {
                Failure::other(format!("{} cannot be written: {error}", path.display()))
            };
            File::create(path).and_then(|mut file| file.write_all(&bytes)).map_err(failed)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        match error {
            ClientError::Address { .. } => Failure::usage(error),
            ClientError::Unreachable { .. } => Failure::other(error),
            // A refusal there is a refusal here; what was asked wrongly is wrong usage.
            ClientError::Status { status: 400 | 404 | 422, .. } => Failure::usage(error),
            ClientError::Status { .. } => Failure::other(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_query_cannot_leave_it() {
        assert_eq!(escaped("L-1.a_b~"), "L-1.a_b~");
        assert_eq!(escaped("a b&c=d#e/康"), "a%20b%26c%3Dd%23e%2F%E5%BA%B7");
    }
}
