//! `export`: records as they are stored, and figures for spreadsheets.

use super::{Context, Failure, Lang, balances, export_tiles};
use crate::interchange::export::{Listing, column, write_csv, write_xlsx};
use crate::ledger::proving::Prover;
use crate::ledger::reading;
use crate::projections::balances::{Asked, Balances};
use crate::projections::gifts::Gifts;
use crate::projections::projects::{Project, Projects};
use crate::projections::works::Works;
use crate::store::{Records, SegmentsReader};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Export.
#[derive(clap::Args)]
pub struct Args {
    /// What is exported.
    #[arg(value_enum)]
    what: What,
    /// The file; .csv, .xlsx or .json chooses the form of figures. Without it: standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
    /// With tiles: the records themselves too, as entry bundles.
    #[arg(long)]
    entries: bool,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// The stored records, byte for byte, with the newest checkpoint beside the file.
    Records,
    /// Balances by jurisdiction, fund, year and lot.
    Balances,
    /// Projects and their money.
    Projects,
    /// Gifts and what became of them.
    Donations,
    /// All that an auditor needs, in one .tar.gz: records, heads, keys, schemas, a verifier.
    AuditPack,
    /// The newest checkpoint and its tree's hashes as C2SP tlog-tiles, below the folder named by
    /// -o.
    Tiles,
}

/// Exports.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if args.what == What::Tiles {
        let folder = args.output.as_deref().ok_or_else(|| {
            Failure::usage("export tiles needs -o DIR, the folder that a web server serves")
        })?;
        let prover = Prover::open(&context.ledger)?;
        let written = export_tiles::export(&prover, folder, args.entries)?;
        let size = prover.newest().checkpoint.size;
        let facts = [("size", json!(size)), ("files_written", json!(written))];
        super::print::fields(context, &facts)?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.entries {
        return Err(Failure::usage("--entries belongs to export tiles"));
    }
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    if args.what == What::Records {
        return export_records(&*records, args.output.as_deref());
    }
    if args.what == What::AuditPack {
        let named =
            args.output.as_deref().filter(|path| path.to_string_lossy().ends_with(".tar.gz"));
        let Some(output) = named else {
            return Err(Failure::usage("name the pack's file with -o FILE.tar.gz"));
        };
        super::audit_pack::run(&context.ledger, &*records, output)?;
        return Ok(ExitCode::SUCCESS);
    }
    let listing = listing(&*records, args.what)?;
    match &args.output {
        None => super::print::listing(context, &listing)?,
        Some(path) => write_file(context, &listing, path)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn export_records(records: &dyn Records, output: Option<&Path>) -> Result<ExitCode, Failure> {
    if let Some(path) = output
        && ["csv", "xlsx"].iter().any(|end| path.extension().is_some_and(|it| it == *end))
    {
        return Err(Failure::usage(format!(
            "{}: records are exported byte for byte as JSON Lines; name the file .jsonl",
            path.display()
        )));
    }
    let failed = |path: &Path, error: &io::Error| {
        Failure::other(format!("{} cannot be written: {error}", path.display()))
    };
    let mut out: Box<dyn Write> = match output {
        None => Box::new(BufWriter::new(io::stdout().lock())),
        Some(path) => {
            let file = File::create(path).map_err(|error| failed(path, &error))?;
            Box::new(BufWriter::with_capacity(1 << 20, file))
        }
    };
    let mut written = Ok(());
    records.scan(0..records.head().size, &mut |_, record| {
        written = out.write_all(record).and_then(|()| out.write_all(b"\n"));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written.and_then(|()| out.flush())?;
    if let (Some(path), Some(note)) = (output, records.checkpoint()) {
        let beside = PathBuf::from(format!("{}.checkpoint", path.display()));
        std::fs::write(&beside, &note).map_err(|error| failed(&beside, &error))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn listing(records: &dyn Records, what: What) -> Result<Listing, Failure> {
    let range = 0..records.head().size;
    Ok(match what {
        What::Balances => {
            let mut fold = Balances::new(None);
            reading::fold(records, range, &mut fold)?;
            let asked = Asked { by_lot: true, ..Asked::by_fund_and_year() };
            let rows = serde_json::to_value(fold.answer(&asked).rows).map_err(Failure::other)?;
            balances::listing(&rows, &asked, false)
        }
        What::Projects => {
            let (mut rows, mut works) = (Projects::default(), Works::default());
            reading::fold(records, range.clone(), &mut rows)?;
            reading::fold(records, range, &mut works)?;
            projects(&rows, &works)
        }
        What::Donations | What::Records | What::Tiles | What::AuditPack => {
            let mut fold = Gifts::default();
            reading::fold(records, range, &mut fold)?;
            donations(&fold)
        }
    })
}

fn projects(projects: &Projects, works: &Works) -> Listing {
    let columns = vec![
        column("project", "项目编号", "project"),
        column("name", "项目名称", "name"),
        column("jurisdiction", "区划", "code"),
        column("category", "类别", "category"),
        column("unit", "实施单位", "unit"),
        column("villages", "村数", "villages"),
        column("stage", "阶段", "stage"),
        column("reopened", "曾重开", "reopened"),
        column("admitted_on", "入库日期", "admitted"),
        column("approved_on", "批复日期", "approved on"),
        column("accepted_on", "验收日期", "accepted"),
        column("progress_bp", "进度(万分之)", "progress bp"),
        column("approved_fen", "批复金额(分)", "approved fen"),
        column("fiscal_committed_fen", "财政已安排(分)", "fiscal committed fen"),
        column("fiscal_advanced_fen", "财政已预拨(分)", "fiscal advanced fen"),
        column("fiscal_spent_fen", "财政已支出(分)", "fiscal spent fen"),
        column("fiscal_reclaim_fen", "财政应追回(分)", "fiscal reclaim fen"),
        column("social_committed_fen", "社会已安排(分)", "social committed fen"),
        column("social_advanced_fen", "社会已预拨(分)", "social advanced fen"),
        column("social_spent_fen", "社会已支出(分)", "social spent fen"),
        column("social_reclaim_fen", "社会应追回(分)", "social reclaim fen"),
    ];
    let row = |project: &Project| {
        let mut row = json!(project);
        let work = works.rows.get(&project.project).cloned().unwrap_or_default();
        for (class, stands) in [("fiscal", work.fiscal), ("social", work.social)] {
            row[format!("{class}_committed_fen")] = json!(stands.committed_fen);
            row[format!("{class}_advanced_fen")] = json!(stands.advanced_fen);
            row[format!("{class}_spent_fen")] = json!(stands.spent_fen);
            row[format!("{class}_reclaim_fen")] = json!(stands.reclaim_fen);
        }
        row
    };
    rows_of(columns, projects.rows.values().map(row))
}

fn donations(fold: &Gifts) -> Listing {
    let columns = vec![
        column("lot", "资金批次", "lot"),
        column("donor", "捐赠人编号", "donor"),
        column("donor_kind", "捐赠人类型", "donor kind"),
        column("custodian", "管理单位", "custodian"),
        column("received_on", "到账日期", "received on"),
        column("anonymity", "公开方式", "anonymity"),
        column("campaign", "活动", "campaign"),
        column("wish", "捐赠意愿", "wish"),
        column("received_fen", "到账(分)", "received fen"),
        column("committed_fen", "已安排(分)", "committed fen"),
        column("advanced_fen", "已预拨(分)", "advanced fen"),
        column("used_fen", "已使用(分)", "used fen"),
        column("refunded_fen", "已退还(分)", "refunded fen"),
        column("remaining_fen", "结存(分)", "remaining fen"),
        column("feedback", "反馈次数", "feedback"),
        column("last_feedback_on", "最近反馈", "last feedback"),
        column("reversed", "已冲销", "reversed"),
    ];
    rows_of(columns, fold.rows.values())
}

/// Rows of serialisable items, a cell for each column by its name.
fn rows_of<T: serde::Serialize>(
    columns: Vec<crate::interchange::export::Column>,
    items: impl Iterator<Item = T>,
) -> Listing {
    let rows = items
        .map(|item| {
            let item = json!(item);
            columns
                .iter()
                .map(|column| item.get(column.name).cloned().unwrap_or(Value::Null))
                .collect()
        })
        .collect();
    Listing { columns, rows }
}

fn write_file(context: &Context, listing: &Listing, path: &Path) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::other(format!("{} cannot be written: {error}", path.display()))
    };
    let bytes = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => {
            // A byte order mark, or spreadsheet programs take the Chinese text for another
            // encoding.
            let mut bytes = "\u{feff}".as_bytes().to_vec();
            write_csv(listing, &mut bytes).map_err(|error| failed(&error))?;
            bytes
        }
        Some("xlsx") => {
            let lang: Lang = context.lang;
            write_xlsx(listing, |label| label.of(lang)).map_err(|error| failed(&error))?
        }
        Some("json") => {
            serde_json::to_vec_pretty(&listing.objects()).map_err(|error| failed(&error))?
        }
        _ => {
            return Err(Failure::usage(format!(
                "{}: name the file .csv, .xlsx or .json",
                path.display()
            )));
        }
    };
    std::fs::write(path, bytes).map_err(|error| failed(&error))
}
