//! What the person who imports says beside the sheet: a map of headers, values for all rows, and
//! the names that the ledger knows.
//!
//! A map is a text file with one `header = field` a line; `header = field 万元` gives the unit of
//! an amount, `header = -` leaves a column out, and `#` begins a comment.

use super::super::text::{clean, half_width, shown};
use super::sheet::decode;
use super::{ImportError, Shape};
use crate::interchange::money::Unit;
use std::collections::BTreeMap;

/// The setting that gives the unit of amounts whose header and title say none.
pub const AMOUNT_UNIT: &str = "amount_unit";

/// What is said beside the sheet. Nothing said is a good choice.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub(super) map: BTreeMap<String, Mapped>,
    pub(super) set: BTreeMap<String, String>,
    pub(super) unit: Option<Unit>,
    /// The names that stand for codes and identifiers.
    pub directory: Directory,
}

/// What a mapped header stands for.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    /// The header as the map writes it.
    pub(super) header: String,
    /// Its field; none leaves the column out.
    pub(super) field: Option<String>,
    /// The unit of its amounts.
    pub(super) unit: Option<Unit>,
}

/// Names that sheets use for codes and identifiers, as the ledger has them now. A name may be
/// carried by several, and is then refused with all of them.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Codes of jurisdictions by name.
    pub jurisdictions: BTreeMap<String, Vec<String>>,
    /// Identifiers of organizations by name.
    pub organizations: BTreeMap<String, Vec<String>>,
}

impl Choices {
    /// Takes in the text of a map file, UTF-8 or GB18030.
    pub fn read_map(&mut self, shape: impl Into<Shape>, bytes: &[u8]) -> Result<(), ImportError> {
        let shape = shape.into();
        for (index, line) in decode(bytes)?.lines().enumerate() {
            let line = clean(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || ImportError::MapLine { line: index + 1, text: shown(&line) };
            let (header, said) = line.rsplit_once('=').ok_or_else(wrong)?;
            let (field, unit) = match said.trim().split_once(char::is_whitespace) {
                Some((field, unit)) => (field, Some(Unit::parse(unit).ok_or_else(wrong)?)),
                None => (said.trim(), None),
            };
            let field = match field {
                "-" => None,
                field => Some(known(&shape, field)?),
            };
            let header = header.trim().to_owned();
            if normal(&header).is_empty() {
                return Err(wrong());
            }
            self.map.insert(normal(&header), Mapped { header, field, unit });
        }
        Ok(())
    }

    /// Takes in one `field=value`: the value of every row whose cell is blank or that has no
    /// such column.
    pub fn set(&mut self, shape: impl Into<Shape>, setting: &str) -> Result<(), ImportError> {
        let form = || ImportError::SetForm(shown(setting));
        let (field, value) = setting.split_once('=').ok_or_else(form)?;
        let (field, value) = (field.trim(), clean(value));
        if field == AMOUNT_UNIT {
            let unit = Unit::parse(&value).ok_or(ImportError::UnknownUnit(shown(&value)))?;
            self.unit = Some(unit);
            return Ok(());
        }
        self.set.insert(known(&shape.into(), field)?, value);
        Ok(())
    }
}

fn known(shape: &Shape, field: &str) -> Result<String, ImportError> {
    if shape.columns.iter().any(|it| it.field == field) {
        return Ok(field.to_owned());
    }
    let fields: Vec<_> = shape.columns.iter().map(|it| it.field).collect();
    let (field, fields) = (shown(field), fields.join(", "));
    Err(ImportError::UnknownField { kind: shape.name, field, fields })
}

/// A header without what differs from sheet to sheet: case, width, spaces, stars, colons.
pub(super) fn normal(header: &str) -> String {
    let kept = |it: &char| !it.is_whitespace() && !"_-*:·".contains(*it);
    half_width(header).to_lowercase().chars().filter(kept).collect()
}
