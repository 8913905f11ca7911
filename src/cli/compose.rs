//! Bodies that commands write themselves, and posting them as one atomic post.

use super::{Context, Failure};
use crate::chain::Checkpoint;
use crate::chain::note::key::VerifierKey;
use crate::chain::policy::Policy;
use crate::ledger::{
    Asked, Elsewhere, Held, Incoming, Ledger, Mode, Newest, Noticed, OpenOptions, Outcome,
    witnessed,
};
use crate::peers::client::{Client, is_address};
use crate::peers::cosigning;
use crate::store::layout::Layout;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

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
    /// A mirror of this ledger (its folder, or an address), asked whether it holds a larger head
    /// before anything is signed after an unclean stop, a restore or a move.
    #[arg(long, value_name = "DIR|URL")]
    pub mirror: Vec<String>,
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

/// Opens the ledger for posting, and shows what the start noticed.
pub fn open(context: &Context, opening: &Opening) -> Result<Ledger, Failure> {
    let used = witnessed::in_force(&context.ledger).map_err(Failure::ledger)?;
    let others = Others { policy: used.map(|used| used.policy), mirrors: opening.mirror.clone() };
    let anybody = others.policy.is_some() || !others.mirrors.is_empty();
    let options = OpenOptions {
        accept_clock: opening.accept_clock,
        log_key: opening.log_key.clone(),
        elsewhere: anybody.then(|| Box::new(others) as Box<dyn Elsewhere>),
        ..OpenOptions::default()
    };
    let (ledger, noticed) = Ledger::open(&context.ledger, options)?;
    let Noticed { cut, silent } = noticed;
    if let Some(cut) = cut {
        eprintln!("fundtrail: warning: {cut}");
    }
    for silent in silent {
        eprintln!(
            "fundtrail: warning: whether this is the newest copy could not be asked of {silent}"
        );
    }
    Ok(ledger)
}

/// Those who may hold a larger head: the witnesses of a policy, and mirrors.
#[derive(Default)]
pub struct Others {
    /// The policy in force.
    pub policy: Option<Policy>,
    /// Folders and addresses.
    pub mirrors: Vec<String>,
}

impl Elsewhere for Others {
    fn heads(&self, ledger: &Newest<'_>) -> Asked {
        let mut answer = Asked::default();
        let policy = self.policy.iter();
        for (name, asked) in
            policy.flat_map(|policy| cosigning::held(policy, ledger.origin, ledger.note))
        {
            match asked {
                Ok(Some(cosigning::Held { name, size, root })) => {
                    answer.held.push(Held { by: format!("witness {name}"), size, root });
                }
                Ok(None) => {}
                Err(error) => answer.silent.push(format!("witness {name}: {error}")),
            }
        }
        for mirror in &self.mirrors {
            match head_of_mirror(mirror, ledger.key) {
                Ok(Checkpoint { size, root, .. }) => {
                    answer.held.push(Held {
                        by: format!("mirror {mirror}"),
                        size,
                        root: Some(root),
                    });
                }
                Err(reason) => answer.silent.push(format!("mirror {mirror}: {reason}")),
            }
        }
        answer
    }
}

/// The head that a mirror holds, signed by this ledger's key: a mirror cannot make one up.
fn head_of_mirror(mirror: &str, key: &str) -> Result<Checkpoint, String> {
    let note = match is_address(mirror) {
        true => {
            let client = Client::new(mirror, None).map_err(|error| error.to_string())?;
            client.expect("/checkpoint").map_err(|error| error.to_string())?
        }
        false => {
            let path = Layout::new(Path::new(mirror)).checkpoint();
            std::fs::read(&path).map_err(|error| format!("{} {error}", path.display()))?
        }
    };
    let key = VerifierKey::parse(key).map_err(|error| error.to_string())?;
    let opened = Checkpoint::open(&note, std::slice::from_ref(&key));
    opened.map(|(head, _)| head).map_err(|error| error.to_string())
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
