//! Sheets as bureaus have them, all synthetic (示例): what becomes of each row.

mod donations;
mod layout;
mod messy;
mod payments;
mod projects;

use super::*;
use serde_json::Value as Json;

/// The finance bureau of the county.
pub(super) fn bureau() -> Poster<'static> {
    let name = |text| Name::parse(text).unwrap();
    Poster {
        principal: name("kb-finance-desk"),
        org: name("kb-finance"),
        jurisdiction: Code::parse("130723").unwrap(),
        is_custodian: false,
        maker: name("kb-02"),
        checker: name("kb-07"),
    }
}

/// The county's charity.
pub(super) fn charity() -> Poster<'static> {
    let name = |text| Name::parse(text).unwrap();
    Poster {
        principal: name("kb-charity-desk"),
        org: name("kb-charity"),
        is_custodian: true,
        maker: name("kc-02"),
        checker: name("kc-07"),
        ..bureau()
    }
}

pub(super) fn poster(kind: Kind) -> Poster<'static> {
    if kind == Kind::Donations { charity() } else { bureau() }
}

pub(super) fn with(
    kind: Kind,
    text: &str,
    settings: &[&str],
    map: &str,
) -> Result<Import, ImportError> {
    let sheet = Sheet::from_bytes("示例.csv", text.as_bytes())?;
    let mut choices = Choices::default();
    for setting in settings {
        choices.set(kind, setting)?;
    }
    choices.read_map(kind, map.as_bytes())?;
    import(&sheet, kind, &poster(kind), &choices)
}

pub(super) fn read(kind: Kind, text: &str) -> Import {
    with(kind, text, &[], "").unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn bodies(import: &Import) -> Vec<Json> {
    import.rows.iter().map(|row| serde_json::from_str(&row.body).unwrap()).collect()
}

pub(super) fn refusals(import: &Import) -> Vec<String> {
    import.refused.iter().map(ToString::to_string).collect()
}

pub(super) fn ids(import: &Import) -> Vec<EventId> {
    import.rows.iter().map(|row| row.id).collect()
}

#[test]
fn columns_are_called_as_a_spreadsheet_program_calls_them() {
    let cases = [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (255, "IV")];
    for (column, letters) in cases {
        assert_eq!(column_letters(column), letters);
    }
}
