//! Tells a sheet's rows apart: those to post, totals, notes, headers said again, blank forms; and
//! reads the fields of those to post.

use super::super::money;
use super::super::text::half_width;
use super::choices::{Choices, normal};
use super::header::{Assigned, Layout};
use super::kind::{Column, Need, Shape};
use super::sheet::{Cell, SheetRow};
use super::totals::{self, TotalRow, Totals, Verdict};
use super::value::{Fields, Reader, Value};
use super::{ImportError, Reason, RefusedRow, Sheet};
use std::collections::BTreeMap;

/// How lines below a table begin that are no rows of it.
const NOTES: &[&str] = &[
    "注:",
    "注：",
    "注1",
    "附注",
    "说明:",
    "说明：",
    "备注:",
    "备注：",
    "制表",
    "填表",
    "填报",
    "审核",
    "复核",
    "经办",
    "负责人",
    "单位负责人",
    "财务负责人",
    "联系",
    "note:",
    "notes:",
];

/// A row that can be posted.
pub(super) struct GoodRow {
    pub(super) number: u32,
    pub(super) fields: Fields,
    /// The fields whose value came from a setting, not from the sheet.
    pub(super) from_setting: Vec<&'static str>,
}

/// A row that cannot.
pub(super) struct BadRow {
    pub(super) refused: RefusedRow,
    /// Its bank reference, if that can be read: the rest of the payment falls with it.
    pub(super) bank_ref: Option<String>,
}

/// Everything that stands below the header.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) good: Vec<GoodRow>,
    pub(super) bad: Vec<BadRow>,
    pub(super) totals: Vec<TotalRow>,
    /// Rows that are nothing to post: notes, headers said again, forms left blank.
    pub(super) passed_over: Vec<u32>,
}

/// Reads all rows below the header.
pub(super) fn read(
    sheet: &Sheet,
    shape: &Shape,
    layout: &Layout,
    choices: &Choices,
) -> Result<Lines, ImportError> {
    let specs = &shape.columns;
    let reader = Reader { epoch: sheet.epoch(), directory: &choices.directory };
    let settings = settings(specs, choices, &reader)?;
    let mut lines = Lines::default();
    let mut sums = Totals::default();
    for row in &sheet.rows()[layout.first..] {
        match sort(row, &layout.assigned) {
            Sort::PassedOver => lines.passed_over.push(row.number()),
            Sort::Total(name) => sums.total(row.number(), name, stated(row, &layout.assigned)),
            Sort::Post => {
                let (fields, from_setting, fault) =
                    fields(row, &layout.assigned, specs, &settings, &reader);
                let amount = match fields.get("amount").or(fields.get("estimate")) {
                    Some(Value::Number(fen)) => Some(*fen),
                    _ => None,
                };
                sums.row(amount);
                match fault {
                    None => {
                        lines.good.push(GoodRow { number: row.number(), fields, from_setting });
                    }
                    Some((column, reason)) => {
                        let refused = RefusedRow {
                            row: row.number(),
                            column: column.map(|it| it.column),
                            header: column.map(|it| it.header.clone()),
                            reason,
                        };
                        let bank_ref = match fields.get("bank_ref") {
                            Some(Value::Text(text)) => Some(text.clone()),
                            _ => None,
                        };
                        lines.bad.push(BadRow { refused, bank_ref });
                    }
                }
            }
        }
    }
    lines.totals = sums.check();
    refuse_wrong_totals(&mut lines, &layout.assigned);
    Ok(lines)
}

enum Sort {
    Post,
    Total(String),
    PassedOver,
}

fn sort(row: &SheetRow, assigned: &[Assigned]) -> Sort {
    let cell = |it: &Assigned| row.cell(it.column);
    if assigned.iter().all(|it| cell(it).is_none()) {
        return Sort::PassedOver;
    }
    let says_header =
        |it: &Assigned| cell(it).is_some_and(|cell| normal(cell.text()) == normal(&it.header));
    if assigned.iter().all(says_header) {
        return Sort::PassedOver;
    }
    let needed = || {
        let needed = assigned.iter().filter(|it| it.spec.need == Need::Required);
        needed.filter(|it| !it.spec.form.is_money())
    };
    if let Some((_, name)) = row.cells().find(|(_, cell)| totals::is_name(cell.text())) {
        // A row that has all it needs is a row, whatever its remarks say.
        let lacks = |it: &Assigned| cell(it).is_none_or(|cell| totals::is_name(cell.text()));
        if needed().next().is_none() || needed().any(lacks) {
            return Sort::Total(name.text().to_owned());
        }
    }
    let money = assigned.iter().find(|it| is_the_amount(&it.spec));
    if money.is_some_and(|it| cell(it).is_none()) {
        let first = row.cells().next().map_or("", |(_, cell)| cell.text());
        let first = half_width(first).to_lowercase();
        if NOTES.iter().any(|it| first.starts_with(&half_width(it))) {
            return Sort::PassedOver;
        }
    }
    Sort::Post
}

fn is_the_amount(spec: &Column) -> bool {
    spec.field == "amount" || spec.field == "estimate"
}

/// What a total row says in the column of amounts.
fn stated(row: &SheetRow, assigned: &[Assigned]) -> Option<crate::base::Fen> {
    let column = assigned.iter().find(|it| is_the_amount(&it.spec))?;
    match row.cell(column.column)? {
        Cell::Text(text) | Cell::Number(text) => money::figure(text, column.unit).ok(),
        Cell::Serial(_) | Cell::Fault(_) => None,
    }
}

/// The values that stand for all rows, read once.
fn settings(
    specs: &[Column],
    choices: &Choices,
    reader: &Reader<'_>,
) -> Result<BTreeMap<&'static str, Value>, ImportError> {
    let mut settings = BTreeMap::new();
    for (field, text) in &choices.set {
        let Some(spec) = specs.iter().find(|it| it.field == field) else { continue };
        let cell = Cell::Text(text.as_str().into());
        let cell = (!text.is_empty()).then_some(&cell);
        let value = reader.read(spec, choices.unit, cell);
        let wrong = |reason| ImportError::Set { field: field.clone(), reason };
        if let Some(value) = value.map_err(wrong)? {
            settings.insert(spec.field, value);
        }
    }
    Ok(settings)
}

type Fault<'a> = (Option<&'a Assigned>, Reason);

/// The fields of a row, and the first fault from left to right; the rest is read all the same,
/// so that a total over a refused row can still be checked.
fn fields<'a>(
    row: &SheetRow,
    assigned: &'a [Assigned],
    specs: &[Column],
    settings: &BTreeMap<&'static str, Value>,
    reader: &Reader<'_>,
) -> (Fields, Vec<&'static str>, Option<Fault<'a>>) {
    let mut fields = Fields::new();
    let mut fault: Option<Fault<'a>> = None;
    for column in assigned {
        match reader.read(&column.spec, column.unit, row.cell(column.column)) {
            Ok(Some(value)) => {
                fields.insert(column.spec.field, value);
            }
            Ok(None) if settings.contains_key(column.spec.field) => {}
            Ok(None) if column.spec.need == Need::Required => {
                fault.get_or_insert((Some(column), Reason::Blank(column.spec.field)));
            }
            Ok(None) => {}
            Err(reason) => {
                fault.get_or_insert((Some(column), reason));
            }
        }
    }
    let mut from_setting = Vec::new();
    for spec in specs {
        // A faulty cell stays a fault: a setting fills blanks, it does not hide mistakes.
        if !fields.contains_key(spec.field)
            && let Some(value) = settings.get(spec.field)
        {
            fields.insert(spec.field, value.clone());
            from_setting.push(spec.field);
        }
    }
    (fields, from_setting, fault)
}

/// A total that does not agree is a refused row: the sheet contradicts itself.
fn refuse_wrong_totals(lines: &mut Lines, assigned: &[Assigned]) {
    let column = assigned.iter().find(|it| is_the_amount(&it.spec));
    for total in &lines.totals {
        if let (Verdict::Differs(summed), Some(stated)) = (total.verdict, total.stated) {
            let refused = RefusedRow {
                row: total.row,
                column: column.map(|it| it.column),
                header: column.map(|it| it.header.clone()),
                reason: Reason::TotalDiffers { stated, summed },
            };
            lines.bad.push(BadRow { refused, bank_ref: None });
        }
    }
}
