//! `witness`: both sides of cosigning. An audit office runs one (`new`, `trust`, `serve`, `show`);
//! a ledger asks them by a policy (`use`, `ask`).

use super::compose::Opening;
use super::{Context, Failure, print};
use crate::chain::note::key::{Algorithm, VerifierKey};
use crate::interchange::export::{Listing, column};
use crate::ledger::proving::{Prover, SignedHead};
use crate::ledger::{reading, witnessed};
use crate::peers::cosigning::{Proves, Sizes, cosign};
use crate::peers::witness::serve::routes;
use crate::peers::witness::{Witness, WitnessError, new_key};
use crate::service::listen::asked_to_end;
use crate::store::SegmentsReader;
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

/// Cosign heads, or have them cosigned.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a witness: its folder and its key; prints the verifier key.
    New {
        /// The witness's folder.
        folder: PathBuf,
        /// The name of its key, such as audit.example/witness.
        #[arg(long)]
        name: String,
    },
    /// Let a witness cosign the heads of a ledger.
    Trust {
        /// The witness's folder.
        folder: PathBuf,
        /// The ledger's verifier key.
        #[arg(value_parser = super::backup::parse_vkey)]
        vkey: VerifierKey,
    },
    /// Run a witness.
    Serve {
        /// The witness's folder.
        folder: PathBuf,
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:7018")]
        listen: SocketAddr,
    },
    /// Show which ledgers a witness knows and what it cosigned last. Not while it runs.
    Show {
        /// The witness's folder.
        folder: PathBuf,
    },
    /// Put a policy in force: by its witnesses the heads of --ledger are cosigned.
    Use {
        /// The policy (C2SP tlog-policy).
        policy: PathBuf,
    },
    /// Sign what is uncovered and ask the witnesses of the policy in force.
    Ask {
        #[command(flatten)]
        opening: Opening,
    },
}

/// Runs one of them.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::New { folder, name } => new(context, folder, name),
        Command::Trust { folder, vkey } => trust(folder, vkey),
        Command::Serve { folder, listen } => serve(folder, *listen),
        Command::Show { folder } => show(context, folder),
        Command::Use { policy } => put_in_force(context, policy),
        Command::Ask { opening } => ask(context, opening),
    }
}

fn new(context: &Context, folder: &Path, name: &str) -> Result<ExitCode, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::other)?;
    let key = new_key(name, &seed).map_err(|_| {
        Failure::usage(format!("{name} is no name for a key: no white space, no +"))
    })?;
    Witness::create(folder, &key)?;
    print::fields(context, &[("vkey", json!(key.verifier().to_string()))])?;
    eprintln!(
        "Give this key to the ledger's operator and to everyone who checks receipts. Its secret half \
         is in {}.",
        folder.join("witness.key").display()
    );
    Ok(ExitCode::SUCCESS)
}

fn trust(folder: &Path, vkey: &VerifierKey) -> Result<ExitCode, Failure> {
    if vkey.algorithm() != Algorithm::Ed25519 {
        return Err(Failure::usage("this is a witness's key; name the ledger's key"));
    }
    match Witness::trust(folder, vkey)? {
        true => eprintln!("Heads of {} are cosigned from now on.", vkey.name()),
        false => eprintln!("This key of {} is trusted already.", vkey.name()),
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(folder: &Path, listen: SocketAddr) -> Result<ExitCode, Failure> {
    let witness = Arc::new(Witness::open(folder, Box::new(now_s))?);
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::other)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(|error| Failure::other(format!("{listen} cannot be used: {error}")))?;
        let address = listener.local_addr().map_err(Failure::other)?;
        eprintln!("{} listens on http://{address}", witness.verifier().name());
        axum::serve(listener, routes(witness))
            .with_graceful_shutdown(asked_to_end())
            .await
            .map_err(Failure::other)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn show(context: &Context, folder: &Path) -> Result<ExitCode, Failure> {
    let witness = Witness::open(folder, Box::new(now_s))?;
    let rows = witness.known()?.into_iter().map(|known| {
        let root = known.root.map(|root| root.to_string()).unwrap_or_default();
        vec![json!(known.origin), json!(known.size), json!(root)]
    });
    let columns = vec![
        column("origin", "账本名称", "Origin"),
        column("size", "记录数", "Size"),
        column("root", "校验码", "Root"),
    ];
    print::listing(context, &Listing { columns, rows: rows.collect() })?;
    eprintln!("{}", witness.verifier());
    Ok(ExitCode::SUCCESS)
}

fn put_in_force(context: &Context, policy: &Path) -> Result<ExitCode, Failure> {
    let bytes = std::fs::read(policy)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", policy.display())))?;
    let records = SegmentsReader::open(&context.ledger)?.reader();
    let vkey = reading::log_key(&*records)?;
    let used = witnessed::put_in_force(&context.ledger, &bytes, &vkey).map_err(Failure::usage)?;
    print::fields(context, &[("policy", json!(used.sha256))])?;
    let count = used.policy.witnesses().len();
    eprintln!(
        "{count} witnesses are asked from now on. Receipts name the policy by the hash above; give the \
         file to everyone who checks them."
    );
    if !used.policy.has_quorum() {
        eprintln!("It asks for no quorum, so no head will ever count as witnessed.");
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(context: &Context, opening: &Opening) -> Result<ExitCode, Failure> {
    let used = witnessed::in_force(&context.ledger).map_err(Failure::usage)?;
    let used = used.ok_or_else(|| {
        Failure::usage("no policy is in force; put one in force with `witness use FILE`")
    })?;
    super::checkpoint::sign_uncovered(context, opening, None)?;
    let prover = Prover::open(&context.ledger)?;
    let newest = prover.newest();
    let proves = ByProver(&prover);
    let cosigned =
        cosign(&used.policy, &newest.note, &proves, &mut Sizes::new()).map_err(Failure::ledger)?;
    let head = SignedHead { checkpoint: newest.checkpoint.clone(), note: cosigned.note };
    witnessed::keep(&context.ledger, &head, cosigned.met)?;
    let rows = cosigned.heard.iter().map(|heard| {
        let (cosigned, reason) = match &heard.result {
            Ok(at_s) => (stamp(*at_s), String::new()),
            Err(error) => (String::new(), error.to_string()),
        };
        vec![json!(heard.name), json!(cosigned), json!(reason)]
    });
    let columns = vec![
        column("witness", "见证人", "Witness"),
        column("cosigned_at", "见证时间", "Cosigned at"),
        column("reason", "未见证原因", "Why not"),
    ];
    print::listing(context, &Listing { columns, rows: rows.collect() })?;
    let size = newest.checkpoint.size;
    match cosigned.met {
        true => eprintln!("The quorum has cosigned the head of {size} records."),
        false => eprintln!("The quorum has not cosigned the head of {size} records."),
    }
    Ok(if cosigned.met { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Seconds since 1970 as a time that people read.
pub(super) fn stamp(at_s: u64) -> String {
    let at_ms = i64::try_from(at_s).ok().and_then(|at_s| at_s.checked_mul(1000));
    at_ms.map_or_else(|| at_s.to_string(), |at_ms| crate::base::Stamp(at_ms).to_string())
}

/// Consistency proofs from a ledger's folder.
struct ByProver<'p>(&'p Prover);

impl Proves for ByProver<'_> {
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<crate::base::Digest>, String> {
        self.0.consistency(old, new).map_err(|error| error.to_string())
    }
}

impl From<WitnessError> for Failure {
    fn from(error: WitnessError) -> Failure {
        match error {
            WitnessError::File { .. } => Failure::usage(error),
            WitnessError::Store(error) => error.into(),
        }
    }
}
