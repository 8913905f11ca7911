//! Finds the header among a sheet's first rows, and what each column stands for.
//!
//! Titles above the header are skipped, and give the unit when they say one (单位：万元). A column
//! of money is never chosen among several: which of two sums is meant is for people to say.

use super::super::money::Unit;
use super::super::text::{half_width, shown};
use super::choices::normal;
use super::kind::{Column, Need, Shape};
use super::sheet::{Cell, SheetRow};
use super::{Choices, ImportError, Sheet};

/// How many rows that hold anything are searched for the header.
const LOOKED_AT_ROWS: usize = 30;
/// The fewest columns by which a row is known as the header.
const RECOGNISED_MIN: usize = 2;

/// A column of the sheet and what it was recognised as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnUse {
    /// The column, from 0.
    pub column: u16,
    /// Its header, as it stands.
    pub header: String,
    /// The field that it gives; none for a column that is not imported.
    pub field: Option<&'static str>,
    /// The unit of its amounts.
    pub unit: Option<Unit>,
}

/// A column that gives a field.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) column: u16,
    pub(super) header: String,
    pub(super) spec: Column,
    pub(super) unit: Option<Unit>,
}

/// How a sheet is laid out.
pub(super) struct Layout {
    /// The rows after the header begin here.
    pub(super) first: usize,
    /// The columns that give fields, from left to right.
    pub(super) assigned: Vec<Assigned>,
    /// Every column with a header.
    pub(super) columns: Vec<ColumnUse>,
    /// Whether no amount's unit is said anywhere, so that yuan are taken.
    pub(super) unit_assumed: bool,
}

/// Finds the layout, or says what is missing.
pub(super) fn layout(
    sheet: &Sheet,
    shape: &Shape,
    choices: &Choices,
) -> Result<Layout, ImportError> {
    let specs = &shape.columns;
    let looked_at = &sheet.rows()[..sheet.rows().len().min(LOOKED_AT_ROWS)];
    let mut best = (RECOGNISED_MIN - 1, None);
    for (index, row) in looked_at.iter().enumerate() {
        let recognised = recognised(row, specs, choices);
        if recognised > best.0 {
            best = (recognised, Some(index));
        }
    }
    let Some(index) = best.1 else {
        let needed = specs.iter().filter(|it| it.need == Need::Required).map(|it| it.field);
        let needed = needed.collect::<Vec<_>>().join(", ");
        let looked_at = looked_at.len();
        return Err(ImportError::NoHeader { looked_at, kind: shape.name, needed });
    };
    let header = &looked_at[index];
    let mut assigned = assign(header, specs, choices)?;
    check_map(header, choices)?;
    check_missing(header, &assigned, specs, choices)?;

    let title = title_unit(&looked_at[..index])?;
    let unit = title.or(choices.unit);
    let mut unit_assumed = false;
    for column in assigned.iter_mut().filter(|it| it.spec.form.is_money()) {
        unit_assumed |= column.unit.is_none() && unit.is_none();
        column.unit = column.unit.or(unit);
    }
    assigned.sort_by_key(|it| it.column);
    let columns = header
        .cells()
        .map(|(column, cell)| {
            let use_ = assigned.iter().find(|it| it.column == column);
            ColumnUse {
                column,
                header: cell.text().to_owned(),
                field: use_.map(|it| it.spec.field),
                unit: use_.and_then(|it| it.unit),
            }
        })
        .collect();
    Ok(Layout { first: index + 1, assigned, columns, unit_assumed })
}

/// How many different fields a row's cells name; rows of text rarely name two.
fn recognised(row: &SheetRow, specs: &[Column], choices: &Choices) -> usize {
    let names = |spec: &&Column| {
        row.cells().any(|(_, cell)| match choices.map.get(&normal(cell.text())) {
            Some(mapped) => mapped.field.as_deref() == Some(spec.field),
            None => matches(spec, cell.text()).is_some(),
        })
    };
    specs.iter().filter(names).count()
}

/// Gives each field its column: those of the map first, then the surest word.
fn assign(
    header: &SheetRow,
    specs: &[Column],
    choices: &Choices,
) -> Result<Vec<Assigned>, ImportError> {
    let mut assigned: Vec<Assigned> = Vec::new();
    let mut free: Vec<(u16, &Cell)> = Vec::new();
    for (column, cell) in header.cells() {
        let Some(mapped) = choices.map.get(&normal(cell.text())) else {
            free.push((column, cell));
            continue;
        };
        let header = cell.text().to_owned();
        let Some(spec) = specs.iter().find(|it| Some(it.field) == mapped.field.as_deref()) else {
            continue;
        };
        let unit = match mapped.unit {
            Some(unit) => Some(unit),
            None => trailing_unit(spec, &header)?,
        };
        if let Some(other) = assigned.iter().find(|it| it.spec.field == spec.field) {
            return Err(ambiguous(spec, &other.header, &header));
        }
        assigned.push(Assigned { column, header, spec: *spec, unit });
    }
    for spec in specs {
        if assigned.iter().any(|it| it.spec.field == spec.field) {
            continue;
        }
        let mut found: Vec<(usize, u16, &str, Option<&str>)> = Vec::new();
        for (column, cell) in &free {
            if let Some(found_one) = matches(spec, cell.text()) {
                found.push((found_one.rank, *column, cell.text(), found_one.bad_unit));
            }
        }
        found.sort_by_key(|(rank, ..)| *rank);
        let Some((rank, column, text, bad_unit)) = found.first().copied() else { continue };
        if let Some((second_rank, _, second, _)) = found.get(1)
            && (spec.form.is_money() || *second_rank == rank)
        {
            return Err(ambiguous(spec, text, second));
        }
        if bad_unit.is_some() {
            return Err(ImportError::UnknownUnit(shown(text)));
        }
        let unit = trailing_unit(spec, text)?;
        assigned.push(Assigned { column, header: text.to_owned(), spec: *spec, unit });
        free.retain(|(it, _)| *it != column);
    }
    Ok(assigned)
}

fn ambiguous(spec: &Column, first: &str, second: &str) -> ImportError {
    let (first, second) = (shown(first), shown(second));
    ImportError::AmbiguousColumns { field: spec.field, first, second }
}

/// A header that a field answers to.
struct Match<'a> {
    /// How sure the word is, 0 the surest.
    rank: usize,
    /// What stands where a unit should and is none that is read.
    bad_unit: Option<&'a str>,
}

fn matches<'a>(spec: &Column, text: &'a str) -> Option<Match<'a>> {
    let header = normal(text);
    let is_money = spec.form.is_money();
    // 项目编号（必填） is 项目编号; 县(市、区) stands in the list with its own parentheses.
    let bare = header.split('(').next().unwrap_or_default();
    spec.headers.iter().enumerate().find_map(|(rank, word)| {
        let word = normal(word);
        if header == word || (!is_money && bare == word) {
            return Some(Match { rank, bad_unit: None });
        }
        let rest = header.strip_prefix(word.as_str()).filter(|_| is_money)?;
        if Unit::parse(rest.trim_start_matches([',', '/'])).is_some() {
            return Some(Match { rank, bad_unit: None });
        }
        // 金额（美元） is money in another unit; 金额（大写） is the same money in words.
        let inside = rest.strip_prefix('(')?.trim_end_matches(')');
        if inside.contains("大写") {
            return None;
        }
        let foreign = inside.ends_with(['元', '币', '镑']) || inside.is_ascii();
        Some(Match { rank, bad_unit: foreign.then_some(text) })
    })
}

/// The unit that a header of money says: 金额（万元）, 金额：元, `amount_yuan`, 本次安排万元.
fn trailing_unit(spec: &Column, header: &str) -> Result<Option<Unit>, ImportError> {
    if !spec.form.is_money() {
        return Ok(None);
    }
    let plain = half_width(header);
    let joined = normal(header);
    if let Some(unit) = joined.rsplit_once('(').and_then(|(_, inside)| Unit::parse(inside)) {
        return Ok(Some(unit));
    }
    let rest_of = |word: &&str| joined.strip_prefix(normal(word).as_str());
    let after_word = spec.headers.iter().filter_map(rest_of).find_map(Unit::parse);
    let last_part = plain.rsplit_once([' ', '_', '/', ':', ',']).map(|(_, last)| last);
    if let Some(unit) = after_word.or_else(|| last_part.and_then(Unit::parse)) {
        return Ok(Some(unit));
    }
    // Unparted, the longest end that names a unit counts: 百万元 before 万元, but not 元 of 美元.
    for (at, _) in joined.char_indices().skip(1).filter(|(_, it)| !it.is_ascii()) {
        if let Some(unit) = Unit::parse(&joined[at..]) {
            let foreign = joined[..at].ends_with(['美', '港', '欧', '日', '韩', '澳', '加', '新']);
            return if foreign {
                Err(ImportError::UnknownUnit(shown(header)))
            } else {
                Ok(Some(unit))
            };
        }
    }
    Ok(None)
}

/// The unit that a title says: 单位：万元, or （万元） in it.
fn title_unit(rows: &[SheetRow]) -> Result<Option<Unit>, ImportError> {
    let ends = |it: char| it.is_whitespace() || ",、;)】]|".contains(it);
    for (_, cell) in rows.iter().flat_map(SheetRow::cells) {
        let text = half_width(cell.text());
        let joined = text.replace("单 位", "单位").replace("单位 :", "单位:");
        for mark in ["单位:", "unit:", "Unit:"] {
            let Some((_, after)) = joined.split_once(mark) else { continue };
            let word = after.trim_start().split(ends).next().unwrap_or_default();
            match Unit::parse(word) {
                Some(unit) => return Ok(Some(unit)),
                // 填报单位：康保县财政局 is no unit of money, 单位：美元 is one we do not read.
                None if word.ends_with('元') => {
                    return Err(ImportError::UnknownUnit(shown(&text)));
                }
                None => {}
            }
        }
        let inside = text.split('(').skip(1).filter_map(|it| it.split(')').next());
        if let Some(unit) = inside.filter(|it| it.ends_with('元')).find_map(Unit::parse) {
            return Ok(Some(unit));
        }
    }
    Ok(None)
}

fn check_map(header: &SheetRow, choices: &Choices) -> Result<(), ImportError> {
    for (key, mapped) in &choices.map {
        if !header.cells().any(|(_, cell)| normal(cell.text()) == *key) {
            return Err(ImportError::MapHeader(shown(&mapped.header)));
        }
    }
    Ok(())
}

fn check_missing(
    header: &SheetRow,
    assigned: &[Assigned],
    specs: &[Column],
    choices: &Choices,
) -> Result<(), ImportError> {
    let given = |field: &str| {
        choices.set.contains_key(field) || assigned.iter().any(|it| it.spec.field == field)
    };
    let missing = specs.iter().filter(|it| it.need == Need::Required && !given(it.field));
    let missing: Vec<String> =
        missing.map(|it| format!("{} ({})", it.field, it.headers[1])).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            Err(ImportError::MissingColumns { row: header.number(), fields: missing.join(", ") })
        }
    }
}
