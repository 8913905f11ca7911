//! `import`: a bureau's sheet becomes events, each row by itself.

use super::compose::{self, Opening, Staff};
use super::{Context, Failure, Format, print, progress};
use crate::base::Name;
use crate::domain::role::Role;
use crate::interchange::import::{
    self, Choices, Directory, Import, Kind, Poster, Row, Sheet, Verdict,
};
use crate::ledger::{DryOutcome, Incoming, Ledger, Mode, Outcome, reading};
use crate::projections::names::Names;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// How many rows are decided together.
const CHUNK_ROWS: usize = 1024;

/// Import a sheet.
#[derive(clap::Args)]
pub struct Args {
    /// What the rows are: allocations, commitments, disbursements, donations or projects.
    #[arg(value_parser = parse_kind)]
    kind: Kind,
    /// The principal that posts; jurisdiction, organization and custodian are its own.
    #[arg(long = "as", value_name = "PRINCIPAL")]
    posted_by: String,
    #[command(flatten)]
    staff: Staff,
    /// A text file of lines `header = field`, for headers that are not recognised.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// A value for every row whose cell is blank, such as `payee=road-co`.
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Decide, and record nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    opening: Opening,
    /// CSV (UTF-8 or GB18030) or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| {
        let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("sheets hold one of {}", kinds.join(", "))
    })
}

/// Imports the sheet and says what became of its rows.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let about =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", args.file.display()));
    let sheet = Sheet::open(&args.file).map_err(|error| about(&error))?;
    let ledger = compose::open(context, &args.opening)?;
    let mut choices = Choices::default();
    choices.directory = directory(&ledger)?;
    if let Some(map) = &args.map {
        let bytes = std::fs::read(map).map_err(|error| {
            Failure::usage(format!("{} cannot be read: {error}", map.display()))
        })?;
        choices.read_map(args.kind, &bytes).map_err(Failure::usage)?;
    }
    for setting in &args.set {
        choices.set(args.kind, setting).map_err(Failure::usage)?;
    }
    let mut imported = {
        let poster = poster(&ledger, args)?;
        import::import(&sheet, args.kind, &poster.as_poster(args)?, &choices)
            .map_err(|error| about(&error))?
    };
    let recorded =
        imported.take_recorded(|id| ledger.with_state(|state| state.ids.seq(id).is_some()));
    let mut told = Told::default();
    told.sheet(&imported);
    told.duplicates(&recorded);
    post(&ledger, args, &imported, &mut told)?;
    if !args.dry_run {
        ledger.close().map_err(Failure::other)?;
    }
    told.print(context, args, &imported)?;
    Ok(if told.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// What the principal's grant says.
struct Grant {
    org: String,
    scope: crate::base::Code,
    is_custodian: bool,
}

impl Grant {
    fn as_poster<'a>(&'a self, args: &'a Args) -> Result<Poster<'a>, Failure> {
        let name = |flag: &str, text: &'a str| {
            Name::parse(text)
                .ok_or_else(|| Failure::usage(format!("{flag} {text} is no identifier")))
        };
        Ok(Poster {
            principal: name("--as", &args.posted_by)?,
            org: name("--as", &self.org)?,
            jurisdiction: self.scope,
            is_custodian: self.is_custodian,
            maker: name("--maker", &args.staff.maker)?,
            checker: name("--checker", &args.staff.checker)?,
        })
    }
}

fn poster(ledger: &Ledger, args: &Args) -> Result<Grant, Failure> {
    let grant = ledger.with_state(|state| {
        state.principals.get(args.posted_by.as_str()).map(|row| Grant {
            org: row.org.to_string(),
            scope: row.scope,
            is_custodian: row.role == Role::Custodian,
        })
    });
    grant.ok_or_else(|| Failure::usage(format!("the ledger knows no principal {}", args.posted_by)))
}

fn directory(ledger: &Ledger) -> Result<Directory, Failure> {
    let mut names = Names::default();
    let records = ledger.reader();
    reading::fold(&**records, 0..records.head().size, &mut names)?;
    let mut directory = Directory::default();
    for (code, name) in names.jurisdictions {
        directory.jurisdictions.entry(name).or_default().push(code.to_string());
    }
    for (org, name) in names.organizations {
        directory.organizations.entry(name).or_default().push(org);
    }
    Ok(directory)
}

fn post(ledger: &Ledger, args: &Args, imported: &Import, told: &mut Told) -> Result<(), Failure> {
    let bar = progress::counter("imported");
    for rows in imported.rows.chunks(CHUNK_ROWS) {
        let gated: Vec<Result<Incoming, _>> = rows
            .iter()
            .map(|row| Incoming::from_body(row.body.as_bytes(), &imported.principal, Vec::new()))
            .collect();
        let events: Vec<_> = gated
            .iter()
            .filter_map(|one| one.as_ref().ok())
            .map(|one| (one, one.event()))
            .collect();
        let mut outcomes: Vec<Outcome> = match args.dry_run {
            false => ledger.post(&events, Mode::Continue)?,
            true => ledger.dry_run(&events, Mode::Continue)?.into_iter().map(undry).collect(),
        };
        outcomes.reverse();
        for (row, gated) in rows.iter().zip(&gated) {
            let outcome = match gated {
                Ok(_) => outcomes.pop().expect("each event has its outcome"),
                Err(refusal) => Outcome::Refused(refusal.clone()),
            };
            told.outcome(row, &outcome);
        }
        bar.inc(rows.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn undry(outcome: DryOutcome) -> Outcome {
    let leaf_hash = crate::base::Digest::ZERO;
    match outcome {
        DryOutcome::Recorded { seq, .. } => Outcome::Recorded { seq, leaf_hash },
        DryOutcome::Duplicate { seq } => Outcome::Duplicate { seq, leaf_hash },
        DryOutcome::Refused(refusal) => Outcome::Refused(refusal),
        DryOutcome::NotRecorded => Outcome::NotRecorded,
    }
}

/// What became of the rows.
#[derive(Default)]
struct Told {
    lines: Vec<Value>,
    faults: Vec<String>,
    recorded: u64,
    recorded_fen: i128,
    duplicates: u64,
    refused: u64,
}

impl Told {
    fn sheet(&mut self, imported: &Import) {
        for row in &imported.refused {
            self.refused += 1;
            self.faults.push(row.to_string());
            self.lines.push(json!({
                "rows": [row.row], "status": "refused", "column": row.header,
                "message": row.reason.to_string(),
            }));
        }
    }

    fn duplicates(&mut self, recorded: &[Row]) {
        for row in recorded {
            self.duplicates += 1;
            self.lines
                .push(json!({ "rows": row.row_numbers, "id": row.id, "status": "duplicate" }));
        }
    }

    fn outcome(&mut self, row: &Row, outcome: &Outcome) {
        let mut line = json!({ "rows": row.row_numbers, "id": row.id });
        match outcome {
            Outcome::Recorded { seq, .. } => {
                self.recorded += 1;
                self.recorded_fen += i128::from(row.amount_fen.get());
                line["status"] = json!("recorded");
                line["seq"] = json!(seq);
            }
            Outcome::Duplicate { seq, .. } => {
                self.duplicates += 1;
                line["status"] = json!("duplicate");
                line["seq"] = json!(seq);
            }
            Outcome::Refused(refusal) => {
                self.refused += 1;
                let numbers: Vec<String> = row.row_numbers.iter().map(u32::to_string).collect();
                self.faults.push(format!("row {}: {refusal}", numbers.join(", ")));
                line["status"] = json!("refused");
                line["code"] = json!(refusal.code);
                line["message"] = json!(refusal.message());
            }
            Outcome::NotRecorded => {
                self.refused += 1;
                line["status"] = json!("not_recorded");
            }
        }
        self.lines.push(line);
    }

    fn print(&self, context: &Context, args: &Args, imported: &Import) -> Result<(), Failure> {
        if context.format == Format::Json {
            for line in &self.lines {
                print::json(line)?;
            }
            return Ok(());
        }
        for fault in &self.faults {
            print::line(format_args!("refused {fault}"))?;
        }
        if imported.unit_assumed {
            eprintln!("No unit is said in the sheet: amounts were read as yuan.");
        }
        for total in &imported.totals {
            if total.verdict == Verdict::Agrees {
                eprintln!("The total in row {} agrees with the rows above it.", total.row);
            }
        }
        let yuan = print::yuan(self.recorded_fen);
        let would = if args.dry_run { "would be recorded" } else { "recorded" };
        print::line(format_args!(
            "{} {would} ({yuan} yuan), {} duplicates, {} refused",
            self.recorded, self.duplicates, self.refused
        ))
    }
}
