//! The harness of the rules' tables: rows such as
//! `given @L1 @P1 | when kb-finance funds_committed project=P1 … | then refused above_approved`.
//!
//! An event is written as `POSTER TYPE field=value …`; `date=`, `here=`, `maker=`, `checker=`,
//! `approver=`, `docs=none`, `note=`, `org=`… of the envelope are told by their names, with a dot
//! before where a body has a field of the same name. Names with `@` stand for prepared steps and
//! papers; `#last`, `#first` and `#commit` for ids of events given. `.signed=KEY,KEY` are the keys
//! whose signatures are right, `.badly_signed=true` adds a wrong one, `.by_program=true` is the
//! program's own. `@key:07` is a key of 32 bytes 07, `@log:NAME:07` and `@witness:NAME:07` are its
//! vkeys; `#size` and `#root` are the tree's.

mod papers;
mod prepared;
mod world;

pub(super) use world::World;

use super::event::Type;
use super::refusal::Code;
use world::split_words;

/// Runs one row; an error says what was expected and what came.
pub(super) fn run(row: &str) -> Result<(Option<Code>, String), String> {
    let parts: Vec<&str> = row.split(" | ").map(str::trim).collect();
    let mut world = World::new();
    let (mut when, mut then) = ("", "");
    for part in parts {
        if let Some(given) = part.strip_prefix("given ") {
            world.give(given)?;
        } else if let Some(step) = part.strip_prefix("when ") {
            when = step;
        } else if let Some(outcome) = part.strip_prefix("then ") {
            then = outcome;
        } else {
            return Err(format!("a row has parts given, when, then; not: {part}"));
        }
    }
    let got = world.post(when);
    let kind = split_words(when)[1].clone();
    match (got, then.strip_prefix("refused ")) {
        (Ok(moved), None) if then == "ok" || then == moved => Ok((None, kind)),
        (Err(refused), Some(expected))
            if refused == expected || refused.split(' ').next() == Some(expected) =>
        {
            Ok((Code::parse(refused.split(' ').next().unwrap()), kind))
        }
        (got, _) => Err(format!("\n  row:  {row}\n  then: {then}\n  got:  {got:?}")),
    }
}

#[test]
fn every_row_of_every_table_holds() {
    let mut wrong = Vec::new();
    for kind in Type::ALL {
        for row in kind.table().lines().map(str::trim).filter(|row| !row.is_empty()) {
            if let Err(fault) = run(row) {
                wrong.push(fault);
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows do not hold:{}", wrong.len(), wrong.join(""));
}

/// Codes that every event shares; an event's own list and table name what goes beyond.
const COMMON: &[Code] = &[
    Code::Malformed,
    Code::PersonalData,
    Code::UnknownType,
    Code::AmountOutOfRange,
    Code::NotAuthorised,
    Code::DocumentMissing,
    Code::ExceptionNotNeeded,
    Code::DateBeforeOrigin,
    Code::PeriodClosed,
    Code::InsufficientFunds,
];

#[test]
fn each_event_is_refused_with_exactly_the_codes_that_it_declares() {
    let mut wrong = Vec::new();
    for kind in Type::ALL {
        let spec = kind.spec();
        if !spec.refuses.is_sorted() {
            wrong.push(format!("{}: refuses is not in order of precedence", spec.name));
        }
        let rows = kind.table().lines().map(str::trim).filter(|row| !row.is_empty());
        let seen: Vec<Code> = rows
            .filter_map(|row| run(row).ok())
            .filter(|(_, posted)| posted == spec.name)
            .filter_map(|(code, _)| code)
            .collect();
        for code in spec.refuses.iter().filter(|code| !seen.contains(code)) {
            wrong.push(format!("{}: no row is refused {code}", spec.name));
        }
        for code in
            seen.iter().filter(|code| !spec.refuses.contains(code) && !COMMON.contains(code))
        {
            wrong.push(format!("{}: a row is refused {code}, which is not declared", spec.name));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
