//! Bodies that commands write themselves, and posting them as one atomic post.

use super::{Context, Failure};
use crate::ledger::{Incoming, Ledger, Mode, OpenOptions, Outcome};
use crate::store::Cut;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Who stands behind a body that a command writes.
#[derive(clap::Args)]
pub struct Staff {
    /// Who makes the entry (a staff reference).
    #[arg(long, value_name = "REF")]
    pub maker: String,
    /// Who checks it (another staff reference).
    #[arg(long, value_name = "REF")]
    pub checker: String,
}

/// How a command opens the ledger to post.
#[derive(clap::Args)]
pub struct Opening {
    /// Believe the system's clock whatever it says.
    #[arg(long)]
    pub accept_clock: bool,
    /// The log's key, where it is not in the ledger's folder.
    #[arg(long, value_name = "FILE")]
    pub log_key: Option<PathBuf>,
}

/// The envelope of a body; the caller adds what it knows better.
pub struct Envelope<'e> {
    /// The event's type.
    pub kind: &'e str,
    /// The event's jurisdiction.
    pub jurisdiction: &'e str,
    /// The organization.
    pub org: &'e str,
    /// Maker and checker.
    pub staff: &'e Staff,
    /// The business date.
    pub date: String,
}

/// A body with a new random id.
pub fn body(envelope: &Envelope<'_>, data: &Value) -> Value {
    json!({
        "id": uuid::Uuid::new_v4().to_string(), "type": envelope.kind,
        "jurisdiction": envelope.jurisdiction, "business_date": envelope.date,
        "by": { "org": envelope.org, "maker": envelope.staff.maker, "checker": envelope.staff.checker },
        "docs": [], "data": data,
    })
}

/// Opens the ledger for posting, and shows what the start cut away.
pub fn open(context: &Context, opening: &Opening) -> Result<Ledger, Failure> {
    let options = OpenOptions {
        accept_clock: opening.accept_clock,
        log_key: opening.log_key.clone(),
        ..OpenOptions::default()
    };
    let (ledger, cut) = Ledger::open(&context.ledger, options)?;
    warn(cut);
    Ok(ledger)
}

/// Shows what a start cut away.
pub fn warn(cut: Option<Cut>) {
    if let Some(cut) = cut {
        eprintln!("fundtrail: warning: {cut}");
    }
}

/// Posts bodies as one atomic post: their first number, or the refusal in one sentence.
pub fn post(ledger: &Ledger, posted_by: &str, bodies: &[Value]) -> Result<Vec<u64>, Refused> {
    let mut incoming = Vec::with_capacity(bodies.len());
    for body in bodies {
        let gated = Incoming::from_body(body.to_string().as_bytes(), posted_by, Vec::new());
        incoming.push(gated.map_err(|refusal| Refused::Event(refusal.to_string()))?);
    }
    let events: Vec<_> = incoming.iter().map(|one| (one, one.event())).collect();
    let outcomes =
        ledger.post(&events, Mode::Atomic).map_err(|error| Refused::Failure(error.into()))?;
    outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Outcome::Recorded { seq, .. } | Outcome::Duplicate { seq, .. } => Ok(seq),
            Outcome::Refused(refusal) => Err(Refused::Event(refusal.to_string())),
            Outcome::NotRecorded => {
                Err(Refused::Event("another event of the post was refused".to_owned()))
            }
        })
        .collect()
}

/// Why bodies were not recorded.
pub enum Refused {
    /// The rules refuse one of them.
    Event(String),
    /// The ledger cannot be written.
    Failure(Failure),
}
