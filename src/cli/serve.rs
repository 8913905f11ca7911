//! `serve`: the ledger over HTTP, until it is asked to end.

use super::compose::{self, Opening};
use super::{Context, Failure, checkpoint};
use crate::api::{self, Api};
use crate::demo::is_demo;
use crate::ledger::live::{Keeping, Live, LiveError};
use crate::ledger::proving::SignedHead;
use crate::ledger::witnessed;
use crate::peers::cosigning::{Proves, Sizes, cosign};
use crate::service::{self, Served, Service, Settings, Tls, listen};
use crate::web;
use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How often the witnesses are asked, with time left for their answers.
const ASK_EVERY: Duration = Duration::from_secs(50);

/// Serve the ledger over HTTP.
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7017")]
    listen: SocketAddr,
    /// A name that the service goes by, as readers write it; may be given several times.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// A proxy whose word on where a request came from is believed.
    #[arg(long, value_name = "ADDR")]
    trusted_proxy: Vec<IpAddr>,
    /// Copy each signed head here before it is published: a place on another disk.
    #[arg(long, value_name = "PATH")]
    head_copy: Vec<PathBuf>,
    /// The certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve a folder that another process writes, such as a mirror's: nothing is posted.
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    opening: Opening,
}

/// Serves until a signal ends it.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let live = start(context, args)?;
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    let place = Place {
        address: args.listen,
        tls: tls.map(|(cert, key)| Tls { cert, key }),
        settings: Settings {
            hosts: hosts(args.listen, &args.host),
            trusted_proxies: args.trusted_proxy.clone(),
            is_demo: is_demo(&live.published().checkpoint.origin),
            ..Settings::default()
        },
    };
    serve(live, &place)
}

/// Where and under which names to serve.
pub(super) struct Place {
    /// Where to listen.
    pub address: SocketAddr,
    /// Certificate and key.
    pub tls: Option<Tls>,
    /// What the service is told.
    pub settings: Settings,
}

/// The names that the service goes by: those given, the address itself, and this machine's own
/// where it listens there.
pub(super) fn hosts(listen: SocketAddr, given: &[String]) -> Vec<String> {
    let mut hosts = given.to_vec();
    if !listen.ip().is_unspecified() {
        hosts.push(match listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
    }
    if listen.ip().is_loopback() || listen.ip().is_unspecified() {
        hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
    }
    hosts
}

fn start(context: &Context, args: &Args) -> Result<Arc<Served>, Failure> {
    if args.read_only {
        return Ok(Live::follow(&context.ledger)?);
    }
    let ledger = compose::open(context, &args.opening)?;
    for path in &args.head_copy {
        checkpoint::refuse_behind(&ledger, path)?;
    }
    Ok(Live::start(ledger, Keeping { head_copies: args.head_copy.clone(), scrub: true })?)
}

/// Serves a ledger until a signal ends it; what is durable is signed before this returns.
pub(super) fn serve(live: Arc<Served>, place: &Place) -> Result<ExitCode, Failure> {
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::other)?;
    let served = runtime.block_on(async {
        let mut listening = listen(place.address, place.tls.as_ref()).await.map_err(|error| {
            Failure::other(format!("{} cannot be listened on: {error}", place.address))
        })?;
        listening.patience = place.settings.patience;
        let scheme = if place.tls.is_some() { "https" } else { "http" };
        eprintln!("fundtrail: listening on {scheme}://{}", listening.address);
        let asking = Arc::clone(&live);
        tokio::task::spawn_blocking(move || ask_witnesses(&asking));
        let service = Service::new(Arc::clone(&live), &place.settings);
        let api = Api::new(&service);
        let end = api.ring(service::listen::asked_to_end());
        let routes = web::router(&service, api::router(&api));
        let served = listening.serve(routes, end).await;
        service.close();
        served.map_err(|error| Failure::other(format!("listening failed: {error}")))
    });
    eprintln!("fundtrail: stopping: what is durable is being signed");
    // Witnesses that do not answer are not waited for.
    live.close();
    runtime.shutdown_timeout(Duration::from_secs(1));
    live.stop().map_err(Failure::other)?;
    served.map(|()| ExitCode::SUCCESS)
}

/// Has the newest head cosigned by the witnesses of the policy in force, at least once a minute,
/// also when nothing was added: so the age of a head is known from others' clocks.
fn ask_witnesses(live: &Served) {
    let folder = live.layout().root();
    let mut sizes = Sizes::new();
    while live.ledger().is_some() && !live.is_closing() {
        match witnessed::in_force(folder) {
            Ok(Some(used)) => {
                let newest = live.published();
                match cosign(&used.policy, &newest.note, &Proving(live), &mut sizes) {
                    Ok(cosigned) => {
                        let checkpoint = newest.checkpoint.clone();
                        let head = SignedHead { checkpoint, note: cosigned.note };
                        let kept = witnessed::keep(folder, &head, cosigned.met);
                        let kept = kept.map_err(|error| error.to_string());
                        if let Err(error) = kept.and_then(|()| live.follow_heads()) {
                            tracing::warn!(error, "a cosigned head cannot be kept");
                        }
                        if !cosigned.met {
                            let size = newest.checkpoint.size;
                            tracing::warn!(size, "the quorum has not cosigned the head");
                        }
                    }
                    Err(error) => tracing::warn!(%error, "nobody was asked to cosign"),
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the policy in force cannot be read"),
        }
        live.wait_closing(ASK_EVERY);
    }
}

/// Consistency proofs of a served ledger.
struct Proving<'p>(&'p Served);

impl Proves for Proving<'_> {
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<crate::base::Digest>, String> {
        self.0.prover().consistency(old, new).map_err(|error| error.to_string())
    }
}

/// The log: to standard error, lines for people on a terminal, JSON elsewhere. `FUNDTRAIL_LOG` says
/// how much.
fn log() {
    let filter = EnvFilter::try_from_env("FUNDTRAIL_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match std::io::stderr().is_terminal() {
        true => log.try_init(),
        false => log.json().try_init(),
    };
    if let Err(error) = set {
        eprintln!("fundtrail: warning: the log cannot be set up: {error}");
    }
}

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Failure {
        match error {
            LiveError::Store(error) => error.into(),
            LiveError::Prove(error) => error.into(),
            LiveError::Checkpoint(_) | LiveError::Thread(_) => Failure::other(error),
        }
    }
}
