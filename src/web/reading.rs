//! A record as pages take it apart: its line, and what its event says, by the fields' own names.
//!
//! Whether the reader may see it was asked before; nothing here decides anything. A field that is
//! not there reads as nothing, so that a page of an old record is never an error.

use crate::base::{Date, EventId, Stamp};
use crate::service::Problem;
use serde_json::Value;

/// A record, taken apart.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its number.
    pub seq: u64,
    /// Its line without LF, as it is stored.
    pub line: String,
    value: Value,
}

/// A movement, as the record says it.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'t> {
    /// The lot.
    pub lot: &'t str,
    /// The place it left.
    pub from: &'t str,
    /// The place it entered.
    pub to: &'t str,
    /// How much, in fen.
    pub amount_fen: i64,
}

impl Taken {
    /// Takes a record apart.
    ///
    /// # Errors
    /// Its bytes are no JSON, which is damage.
    pub fn new(seq: u64, bytes: Vec<u8>) -> Result<Taken, Problem> {
        let failed = |reason: String| Problem::Failed(format!("record {seq}: {reason}"));
        let line = String::from_utf8(bytes).map_err(|error| failed(error.to_string()))?;
        let value = serde_json::from_str(&line).map_err(|error| failed(error.to_string()))?;
        Ok(Taken { seq, line, value })
    }

    /// A value anywhere in the record, by its path: `/event/data/lot`.
    pub fn at(&self, path: &str) -> Option<&Value> {
        self.value.pointer(path)
    }

    /// A text anywhere in the record; empty where there is none.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text of the event's data.
    pub fn data(&self, name: &str) -> &str {
        self.text(&format!("/event/data/{name}"))
    }

    /// A whole number of the event's data.
    pub fn whole(&self, name: &str) -> Option<i64> {
        self.at(&format!("/event/data/{name}")).and_then(Value::as_i64)
    }

    /// The event's type.
    pub fn kind(&self) -> &str {
        self.text("/event/type")
    }

    /// The event's id.
    pub fn id(&self) -> Option<EventId> {
        EventId::parse(self.text("/event/id"))
    }

    /// The business date.
    pub fn date(&self) -> Option<Date> {
        Date::parse(self.text("/event/business_date"))
    }

    /// When it was recorded.
    pub fn recorded_at(&self) -> Option<Stamp> {
        Stamp::parse(self.text("/recorded_at"))
    }

    /// The movements, in order.
    pub fn movements(&self) -> impl Iterator<Item = Moved<'_>> {
        let all = self.at("/movements").and_then(Value::as_array);
        all.into_iter().flatten().map(|one| {
            let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
            Moved {
                lot: text("lot"),
                from: text("from"),
                to: text("to"),
                amount_fen: one.get("amount_fen").and_then(Value::as_i64).unwrap_or_default(),
            }
        })
    }

    /// The sum that it moves, in fen; of one lot, where one is named.
    pub fn sum_fen(&self, lot: Option<&str>) -> i64 {
        let wanted = |one: &Moved<'_>| lot.is_none_or(|lot| one.lot == lot);
        self.movements().filter(wanted).map(|one| one.amount_fen).sum()
    }

    /// The texts of a list of the event's data.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let all = self.at(&format!("/event/data/{name}")).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Does it carry exceptions?
    pub fn is_exception(&self) -> bool {
        let all = self.at("/event/data/exceptions").and_then(Value::as_array);
        all.is_some_and(|all| !all.is_empty())
    }
}
