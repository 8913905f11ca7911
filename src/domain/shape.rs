//! Why a body could not be read: the first of `malformed`, `personal_data`, `unknown_type` and
//! `amount_out_of_range`.
//!
//! The hot path reads strict types and pays nothing for this. Only when that fails, this slow walk
//! tells a wrong form from a right form with a wrong amount or a number that identifies a person.

use super::event::{EventSeed, Type};
use super::refusal::{Code as Refused, Refusal};
use crate::base::personal;
use serde::de::DeserializeSeed;
use serde_json::Value;

/// The fields in which people write sentences; elsewhere a long number is a reference.
const FREE_TEXTS: [&str; 5] = ["note", "text", "name", "goals", "reason"];

/// The fields of money that may be zero, so only less than zero is out of range.
const MAY_BE_ZERO: [&str; 5] = ["used_fen", "refunded_fen", "remaining_fen", "from_fen", "to_fen"];

/// The refusal of a body that could not be read as an event, or whose fields do not belong
/// together.
///
/// `body` is canonical JSON; `reason` is what its strict reader said, used where this slow walk
/// finds nothing more precise.
pub fn explain(body: &[u8], reason: &str) -> Refusal {
    explained(body).unwrap_or_else(|| malformed(reason))
}

fn explained(body: &[u8]) -> Option<Refusal> {
    let mut value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return Some(malformed(error)),
    };
    let mut faults = Faults::default();
    faults.mend(&mut value, String::new(), "");
    let personal = faults.personal.map(|path| Refusal::new(Refused::PersonalData).about(path));
    let name = match value.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(_) => return Some(malformed("type is not a text")),
        None => return Some(malformed("type is missing")),
    };
    let Some(kind) = Type::parse(&name) else {
        return Some(match envelope_fault(&value) {
            Some(fault) => malformed(fault),
            None => personal.unwrap_or_else(|| Refusal::new(Refused::UnknownType).about(name)),
        });
    };
    let mended = serde_json::to_string(&value).expect("a JSON value is written as text");
    let sums = match EventSeed(kind).deserialize(&mut serde_json::Deserializer::from_str(&mended)) {
        Err(error) => return Some(malformed(with_place(&error, &mended))),
        Ok(event) => event.shape().err(),
    };
    if let Some(fault) = sums
        && fault.code == Refused::Malformed
    {
        return Some(malformed(fault.reason));
    }
    personal
        .or_else(|| faults.amount.map(|path| Refusal::new(Refused::AmountOutOfRange).about(path)))
        .or_else(|| sums.map(|fault| Refusal::new(fault.code).about(fault.reason)))
}

fn malformed(why: impl std::fmt::Display) -> Refusal {
    let why = why.to_string();
    // serde_json names line and column of a text that nobody sees; the words before them say it
    // all.
    let end = why.find(" at line ").unwrap_or(why.len());
    Refusal::new(Refused::Malformed).about(&why[..end])
}

/// What the strict reader said, with the field before it where the words do not name one.
fn with_place(error: &serde_json::Error, text: &str) -> String {
    let said = error.to_string();
    let place = match said.starts_with("invalid ") || said.starts_with("unknown variant") {
        true => place_at(text.as_bytes(), error.column()),
        false => String::new(),
    };
    if place.is_empty() { said } else { format!("{place}: {said}") }
}

/// The path of the value that ends at or before a column of a JSON text in one line.
fn place_at(text: &[u8], column: usize) -> String {
    // Each step is the key of an object, or the position in a list.
    let mut steps: Vec<Result<String, usize>> = Vec::new();
    let (mut at, mut last) = (0, String::new());
    while at < column.min(text.len()) {
        match text[at] {
            b'"' => {
                let from = at + 1;
                at = from;
                while text.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(text.len());
                last = String::from_utf8_lossy(&text[from.min(end)..end]).into_owned();
            }
            b':' => {
                if let Some(step) = steps.last_mut() {
                    *step = Ok(std::mem::take(&mut last));
                }
            }
            b'{' => steps.push(Ok(String::new())),
            b'[' => steps.push(Err(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => {
                if let Some(Err(position)) = steps.last_mut() {
                    *position += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    steps.iter().fold(String::new(), |path, step| match step {
        Ok(key) if path.is_empty() => key.clone(),
        Ok(key) => format!("{path}.{key}"),
        Err(position) => format!("{path}[{position}]"),
    })
}

/// An event of an unknown type is looked at as far as its envelope goes: as if it were of a known
/// one, with that one's data left out.
fn envelope_fault(value: &Value) -> Option<&'static str> {
    const KNOWN: [&str; 10] = [
        "business_date",
        "by",
        "data",
        "docs",
        "id",
        "jurisdiction",
        "not_after",
        "note",
        "seen",
        "type",
    ];
    let object = value.as_object()?;
    if object.keys().any(|key| !KNOWN.contains(&key.as_str())) {
        return Some("a field that events do not have");
    }
    let needed = ["business_date", "by", "data", "docs", "id", "jurisdiction", "type"];
    needed.into_iter().find(|key| !object.contains_key(*key)).map(|_| "a field is missing")
}

/// The faults that are found by names of fields, each mended on the way so that reading goes on.
#[derive(Default)]
struct Faults {
    personal: Option<String>,
    amount: Option<String>,
}

impl Faults {
    fn mend(&mut self, value: &mut Value, path: String, name: &str) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.mend(value, path, key);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.mend(item, format!("{path}[{at}]"), name);
                }
            }
            Value::String(text) => {
                if FREE_TEXTS.contains(&name) && personal::found(text) {
                    self.personal.get_or_insert(path);
                    *text = "x".to_owned();
                }
            }
            Value::Number(number) => {
                let out = name.ends_with("_fen") && number.as_i64().is_some_and(|fen| fen <= 0);
                if out {
                    let zero_passes = MAY_BE_ZERO.contains(&name) && number.as_i64() == Some(0);
                    if !zero_passes {
                        self.amount.get_or_insert(path);
                    }
                    *number = if zero_passes { 0.into() } else { 1.into() };
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}
