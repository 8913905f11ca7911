//! One cell as the value of a field, or the reason why it is none.
//!
//! Parses exactly and never guesses. Names of persons are never taken: where one may stand, only
//! an opaque reference passes, and the refusal does not repeat what stood there.

use super::super::money::{self, Unit};
use super::super::text::{forbidden, half_width, shown};
use super::super::{day, day::Epoch};
use super::kind::{Column, Form};
use super::sheet::Cell;
use super::words::{self, Words};
use super::{Directory, Reason};
use crate::base::{Code, Digest, Name, Village};
use serde::Serialize;
use std::collections::BTreeMap;

/// The most entries of a list in a body.
const LIST_MAX: usize = 200;
/// What stands in a cell that says: nothing here.
const NOTHING: &[&str] = &["-", "--", "—", "——", "–", "/", "\\", "无"];

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    /// A word, a day, an identifier, a text.
    Text(String),
    /// Fen, or a count.
    Number(i64),
    /// Several words or codes.
    Texts(Vec<String>),
    /// Yes, where the column says no more.
    Flag(bool),
}

/// The fields of one row, by name.
pub(super) type Fields = BTreeMap<&'static str, Value>;

/// What reading a cell needs to know beside it.
pub(super) struct Reader<'a> {
    pub(super) epoch: Epoch,
    pub(super) directory: &'a Directory,
}

impl Reader<'_> {
    /// The value of a cell; none where it says that nothing is there.
    pub(super) fn read(
        &self,
        spec: &Column,
        unit: Option<Unit>,
        cell: Option<&Cell>,
    ) -> Result<Option<Value>, Reason> {
        let cell = match cell {
            None => return Ok(None),
            Some(Cell::Fault(fault)) => return Err(Reason::Fault(fault)),
            Some(cell) => cell,
        };
        let text = cell.text();
        let is_intent = matches!(spec.form, Form::Intent);
        if NOTHING.contains(&half_width(text).as_str()) && !is_intent {
            return Ok(None);
        }
        if let Some(character) = forbidden(text) {
            return Err(Reason::Character(format!("U+{:04X}", u32::from(character))));
        }
        if let Form::Day = spec.form {
            let date = match cell {
                Cell::Serial(days) => day::serial(days, self.epoch)?,
                Cell::Text(_) | Cell::Number(_) | Cell::Fault(_) => day::parse(text, self.epoch)?,
            };
            return Ok(Some(Value::Text(date.to_string())));
        }
        if matches!(cell, Cell::Serial(_)) {
            return Err(Reason::IsADate);
        }
        // A gift that is not directed has no intent, just as one whose cell is blank.
        let value = self.value(spec.form, unit, text)?;
        Ok(Some(value).filter(|it| *it != Value::Flag(false)))
    }

    fn value(&self, form: Form, unit: Option<Unit>, text: &str) -> Result<Value, Reason> {
        let plain = half_width(text);
        let plain = plain.trim();
        Ok(match form {
            Form::Money => Value::Number(money::amount(text, unit)?.get()),
            Form::Figure => Value::Number(money::signed(text, unit)?),
            Form::Day => Value::Text(day::parse(text, self.epoch)?.to_string()),
            Form::Name => Value::Text(name(plain)?),
            Form::Person => Value::Text(name(plain).map_err(|_| Reason::NotAReference)?),
            Form::Organization => Value::Text(self.organization(plain)?),
            Form::Payee => Value::Text(self.payee(plain)?),
            Form::Jurisdiction => Value::Text(self.jurisdiction(plain)?),
            Form::Jurisdictions => list(text, |it| self.jurisdiction(it))?,
            Form::Villages => list(text, village)?,
            Form::Names => list(text, name)?,
            Form::Word(words) => Value::Text(word(words, plain)?),
            Form::WordsOf(words) => list(text, |it| word(words, it))?,
            Form::Text(limit) => Value::Text(bounded(text, limit)?),
            Form::Intent => match words::yes_or_no(text) {
                Some(said) => Value::Flag(said),
                None => Value::Text(bounded(text, 2000)?),
            },
            Form::Count => Value::Number(count(plain)?),
            Form::Digest => Value::Text(digest(plain)?),
        })
    }

    fn organization(&self, text: &str) -> Result<String, Reason> {
        let known = self.directory.organizations.get(text);
        match (known.map(Vec::as_slice), Name::parse(text)) {
            (Some([one]), _) => Ok(one.clone()),
            (_, Some(name)) => Ok(name.to_string()),
            (Some(several), None) if several.len() > 1 => Err(ambiguous(text, several)),
            (Some(_) | None, None) => Err(Reason::UnknownOrganization(shown(text))),
        }
    }

    fn payee(&self, text: &str) -> Result<String, Reason> {
        self.organization(text).map_err(|reason| match reason {
            // It may be a person's name.
            Reason::UnknownOrganization(_) => Reason::NotAReference,
            other => other,
        })
    }

    fn jurisdiction(&self, text: &str) -> Result<String, Reason> {
        // Statistics write a county as its code and six zeros.
        let code = text.strip_suffix("000000").unwrap_or(text);
        if let Some(code) = Code::parse(code) {
            return Ok(code.to_string());
        }
        match self.directory.jurisdictions.get(text).map(Vec::as_slice) {
            Some([one]) => Ok(one.clone()),
            Some(several) if several.len() > 1 => Err(ambiguous(text, several)),
            Some(_) | None => Err(Reason::UnknownJurisdiction(shown(text))),
        }
    }
}

fn ambiguous(text: &str, candidates: &[String]) -> Reason {
    Reason::Ambiguous { name: shown(text), candidates: candidates.to_vec() }
}

fn name(text: &str) -> Result<String, Reason> {
    let name = Name::parse(text).ok_or_else(|| Reason::NotAName(shown(text)))?;
    Ok(name.to_string())
}

fn village(text: &str) -> Result<String, Reason> {
    let village = Village::parse(text).ok_or_else(|| Reason::NotAVillage(shown(text)))?;
    Ok(village.to_string())
}

fn word(words: Words, text: &str) -> Result<String, Reason> {
    let found = words::find(words, text);
    let unknown = || Reason::NotAWord { word: shown(text), words: words::listed(words) };
    found.map(str::to_owned).ok_or_else(unknown)
}

fn bounded(text: &str, limit: usize) -> Result<String, Reason> {
    let chars = text.chars().count();
    if chars > limit { Err(Reason::TooLong { chars, limit }) } else { Ok(text.to_owned()) }
}

/// A whole number, with the measure word that tables add: 120户, 1,200 人.
fn count(text: &str) -> Result<i64, Reason> {
    let digits = text.trim_end_matches(['户', '人', '个']).trim().replace(',', "");
    let wrong = || Reason::NotACount(shown(text));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    digits.parse::<u32>().map(i64::from).map_err(|_| wrong())
}

fn digest(text: &str) -> Result<String, Reason> {
    let digest = Digest::parse(&text.to_ascii_lowercase()).ok_or(Reason::NotADigest)?;
    Ok(digest.to_string())
}

/// Entries parted by commas, semicolons, enumeration commas or spaces, each once.
fn list(text: &str, read: impl Fn(&str) -> Result<String, Reason>) -> Result<Value, Reason> {
    let plain = half_width(text);
    let mut entries = Vec::new();
    for entry in plain.split([',', ';', '、', '；', '，', ' ', '\n', '/']) {
        if entry.is_empty() {
            continue;
        }
        let entry = read(entry)?;
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if entries.len() > LIST_MAX {
        return Err(Reason::TooMany(entries.len()));
    }
    Ok(Value::Texts(entries))
}
