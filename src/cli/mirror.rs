//! `mirror`: a second party's verified copy of a ledger, from a folder or over the network.

use super::{Context, Failure, print, progress};
use crate::base::Digest;
use crate::chain::note::key::VerifierKey;
use crate::ledger::proving::Prover;
use crate::peers::client::is_address;
use crate::peers::mirror::{MirrorError, Pulled, Watch, pull};
use crate::peers::source::{LedgerSource, Served, SourceError, TakeLine};
use crate::store::SegmentsReader;
use crate::store::layout::Layout;
use indicatif::ProgressBar;
use serde_json::json;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Pull a ledger into a mirror, verified.
#[derive(clap::Args)]
pub struct Args {
    /// The ledger: its address (https://…), or its folder.
    #[arg(value_name = "URL")]
    from: String,
    /// The mirror's folder; it is made the first time.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The log's verifier key, as you got it from outside.
    #[arg(long, value_name = "VKEY", value_parser = super::backup::parse_vkey)]
    key: Option<VerifierKey>,
}

/// Pulls and prints what is pinned now.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let source: Box<dyn LedgerSource> = match is_address(&args.from) {
        true => {
            let token = context.remote.token()?;
            Box::new(Served::new(&args.from, token).map_err(Failure::usage)?)
        }
        false => Box::new(Folder { path: PathBuf::from(&args.from) }),
    };
    let bars = Bars::default();
    let pulled = pull(&*source, &args.folder, args.key.as_ref(), &bars);
    bars.clear();
    match pulled {
        Ok(pulled) => show(context, args, &pulled),
        Err(error) => fail(&error),
    }
}

fn show(context: &Context, args: &Args, pulled: &Pulled) -> Result<ExitCode, Failure> {
    let Pulled { head, added, key, own_word, report } = pulled;
    print::fields(
        context,
        &[
            ("origin", json!(head.origin)),
            ("size", json!(head.size)),
            ("root", json!(head.root)),
            ("added", json!(added)),
            ("key", json!(key.to_string())),
        ],
    )?;
    for change in report.iter().flat_map(|report| &report.key_changes) {
        eprintln!("{}", super::verify::key_change(change));
    }
    if *own_word {
        eprintln!(
            "The key is the ledger's own word. Compare it with what was published elsewhere; from now \
             on this mirror holds the ledger to it."
        );
    }
    if *added > 0 {
        eprintln!(
            "Verified: bytes, links, signatures, rules, movements, balances. Read it by --ledger {}.",
            args.folder.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// What the ledger did wrong is a finding (exit code 1); what this machine could not do is not.
fn fail(error: &MirrorError) -> Result<ExitCode, Failure> {
    match error {
        MirrorError::Fork { .. } | MirrorError::Rollback { .. } | MirrorError::Refused { .. } => {
            print::line(error)?;
            Ok(ExitCode::from(1))
        }
        MirrorError::Source(_) | MirrorError::NoHead { .. } => Err(Failure::other(error)),
        MirrorError::Store(_) | MirrorError::File { .. } => Err(Failure::ledger(error)),
    }
}

/// Reads a token from a file, so that it never stands on a command line.
pub(super) fn read_token(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text.trim().to_owned())
}

/// A ledger in a folder of this machine, or of one that is mounted.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn unreadable(&self, error: impl std::fmt::Display) -> SourceError {
        SourceError::Unreadable { name: self.name(), reason: error.to_string() }
    }
}

impl LedgerSource for Folder {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn newest(&self) -> Result<Vec<u8>, SourceError> {
        let records = SegmentsReader::open(&self.path).map_err(|error| self.unreadable(error))?;
        let note = records.reader().checkpoint();
        let none = || self.unreadable("nothing was signed yet; run `fundtrail checkpoint` there");
        Ok(note.ok_or_else(none)?.to_vec())
    }

    fn kept(&self, after: u64) -> Result<Vec<Vec<u8>>, SourceError> {
        let layout = Layout::new(&self.path);
        let sizes = layout.kept_heads().map_err(|error| self.unreadable(error))?;
        let newer = sizes.into_iter().filter(|size| *size > after);
        let read = |size| std::fs::read(layout.checkpoint_at(size));
        newer.map(|size| read(size).map_err(|error| self.unreadable(error))).collect()
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, SourceError> {
        let prover = Prover::open(&self.path).map_err(|error| self.unreadable(error))?;
        prover.consistency(old, new).map_err(|error| self.unreadable(error))
    }

    fn records(&self, range: Range<u64>, take: &mut TakeLine<'_>) -> Result<(), SourceError> {
        let records = SegmentsReader::open(&self.path).map_err(|error| self.unreadable(error))?;
        let (mut failed, mut next) = (None, range.start);
        let end = range.end;
        records
            .reader()
            .scan(range, &mut |seq, line| match take(line) {
                Ok(()) => {
                    next = seq + 1;
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            })
            .map_err(|error| self.unreadable(error))?;
        match failed {
            Some(error) => Err(error),
            None if next < end => Err(self.unreadable(format!("it ends before record {next}"))),
            None => Ok(()),
        }
    }
}

/// One bar for fetching, one for verifying.
struct Bars {
    fetching: ProgressBar,
    verifying: ProgressBar,
}

impl Default for Bars {
    fn default() -> Bars {
        Bars {
            fetching: progress::records(0, "fetching"),
            verifying: progress::bytes(0, "verifying"),
        }
    }
}

impl Bars {
    fn clear(&self) {
        self.fetching.finish_and_clear();
        self.verifying.finish_and_clear();
    }
}

impl Watch for Bars {
    fn fetched(&self, done: u64, of: u64) {
        self.fetching.set_length(of);
        self.fetching.set_position(done);
    }

    fn verified(&self, done: u64, of: u64) {
        self.fetching.finish_and_clear();
        self.verifying.set_length(of);
        self.verifying.set_position(done);
    }
}
