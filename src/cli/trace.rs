//! `trace`: every movement from origin to use, as a tree.

use super::{Context, Failure, Format, print};
use crate::ledger::lookups::{self, Key};
use crate::ledger::reading;
use crate::projections::trace::{Branch, Subject, Trace};
use crate::store::SegmentsReader;
use serde_json::json;
use std::io::{self, Write};
use std::process::ExitCode;

/// Follow money.
#[derive(clap::Args)]
pub struct Args {
    /// What is followed.
    #[arg(value_enum)]
    what: What,
    /// Its id; a voucher's number or the SHA-256 of its file.
    id: String,
}

/// What is followed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// A lot, from its origin on.
    Lot,
    /// A project: what moved in it, under the origin of each lot.
    Project,
    /// A gift, which is a lot.
    Donation,
    /// Who was paid.
    Payee,
    /// A voucher or invoice.
    Voucher,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Lot => "lot",
            What::Project => "project",
            What::Donation => "gift",
            What::Payee => "payee",
            What::Voucher => "voucher",
        }
    }
}

/// Prints the tree.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    let size = records.head().size;
    let id = args.id.clone();
    let subject = match args.what {
        What::Lot | What::Donation => Subject::Lot(id),
        What::Project => Subject::Project(id),
        What::Payee => Subject::Payee(id),
        What::Voucher => Subject::Voucher(id),
    };
    let mut trace = Trace::new(subject);
    let found = match args.what {
        What::Lot | What::Donation => Some(Key::Lot(&args.id)),
        // What a project or payee got is told with the origin of each lot, which lies elsewhere.
        What::Project | What::Payee | What::Voucher => None,
    };
    match found.and_then(|key| lookups::find(segments.layout(), &*records, key)) {
        Some(seqs) => lookups::fold_some(&*records, &seqs, &mut trace)?,
        None => reading::fold(&*records, 0..size, &mut trace)?,
    }
    if trace.is_empty() {
        return Err(Failure::usage(format!(
            "no record moves money of {} {}; check the id, capital letters count",
            args.what.name(),
            args.id
        )));
    }
    let tree = trace.tree();
    match context.format {
        Format::Json => print::json(&json!({ "as_of": { "size": size }, "tree": tree }))?,
        Format::Table | Format::Csv => {
            let mut out = io::stdout().lock();
            for branch in &tree {
                show(&mut out, branch, 0)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut impl Write, branch: &Branch, depth: usize) -> io::Result<()> {
    let step = &branch.step;
    let indent = "  ".repeat(depth);
    let about = step.about.as_ref().map(|about| format!("  ({about})")).unwrap_or_default();
    writeln!(
        out,
        "{indent}{}  {}  {:>18}  {} → {}  {}  #{}{about}",
        step.business_date,
        step.lot,
        print::yuan(step.amount_fen),
        step.from,
        step.to,
        step.kind,
        step.seq
    )?;
    if let Some(stands) = branch.stands_fen.filter(|stands| *stands != 0) {
        writeln!(out, "{indent}  stands there: {}", print::yuan(stands))?;
    }
    for next in &branch.then {
        show(out, next, depth + 1)?;
    }
    Ok(())
}
