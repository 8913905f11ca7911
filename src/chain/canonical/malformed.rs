//! Why a text is malformed: one sentence with the field, the byte and what to do.
//!
//! A text that stands in the wrong place is never quoted, since it may be personal data.

use serde::de;
use std::fmt;

/// The text does not have the required form; nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// One sentence: the field or the byte, what is wrong there, and what to do.
    pub reason: String,
}

impl Malformed {
    /// With this sentence.
    pub fn new(reason: impl Into<String>) -> Malformed {
        Malformed { reason: reason.into() }
    }
}

impl From<Fault> for Malformed {
    fn from(fault: Fault) -> Malformed {
        Malformed { reason: fault.to_string() }
    }
}

/// A fault on its way out of nested objects and lists; it gathers the path as it passes them.
///
/// It is small when it travels in a `Result`, since nearly all texts are sound.
#[derive(Debug)]
pub struct Fault(Box<Inside>);

#[derive(Debug)]
struct Inside {
    what: String,
    at: Option<usize>,
    /// Field names and indices, the innermost first.
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Field(String),
    Item(usize),
}

/// No more of a foreign name than this is repeated in a message.
const QUOTED_CHARACTERS_MAX: usize = 40;

impl Fault {
    #[cold]
    pub(super) fn at(at: usize, what: impl Into<String>) -> Fault {
        Fault(Box::new(Inside { what: what.into(), at: Some(at), steps: Vec::new() }))
    }

    /// The fault lies in this field, whose value begins at this byte.
    #[cold]
    pub(super) fn in_field(mut self, name: &str, at: usize) -> Fault {
        self.0.at.get_or_insert(at);
        self.0.steps.push(Step::Field(shortened(name)));
        self
    }

    /// The fault lies in this item, counted from 0, which begins at this byte.
    #[cold]
    pub(super) fn in_item(mut self, index: usize, at: usize) -> Fault {
        self.0.at.get_or_insert(at);
        self.0.steps.push(Step::Item(index));
        self
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(QUOTED_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inside { what, at, steps } = &*self.0;
        for (index, step) in steps.iter().rev().enumerate() {
            match step {
                Step::Field(name) if index == 0 => out.write_str(name)?,
                Step::Field(name) => write!(out, ".{name}")?,
                Step::Item(item) => write!(out, "[{item}]")?,
            }
        }
        match (at, steps.is_empty()) {
            (Some(at), true) => write!(out, "byte {at}: {what}"),
            (Some(at), false) => write!(out, " (byte {at}): {what}"),
            (None, true) => out.write_str(what),
            (None, false) => write!(out, ": {what}"),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Fault {
        Fault(Box::new(Inside { what: what.to_string(), at: None, steps: Vec::new() }))
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Fault {
        Fault::custom(format_args!("this is {}; write {expected}", Found(found)))
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Fault {
        Fault::custom(format_args!("this is {} that does not fit; write {expected}", Found(found)))
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Fault {
        Fault::custom(format_args!("the length is {length}; write {expected}"))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Fault {
        // Only what looks like a misspelt word of ours is repeated.
        let word = found.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let found = if word { format!("`{}`", shortened(found)) } else { "this text".to_owned() };
        Fault::custom(format_args!("{found} is not known here; write {}", OneOf(expected)))
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Fault {
        let found = shortened(found);
        match expected.is_empty() {
            true => Fault::custom(format_args!("the field `{found}` is not known; leave it out")),
            false => Fault::custom(format_args!(
                "the field `{found}` is not known; leave it out or write {}",
                OneOf(expected)
            )),
        }
    }

    fn missing_field(name: &'static str) -> Fault {
        Fault::custom(format_args!("the field `{name}` is missing; add it"))
    }
}

struct Found<'a>(de::Unexpected<'a>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            de::Unexpected::Str(_) => out.write_str("a text"),
            de::Unexpected::Seq => out.write_str("a list"),
            de::Unexpected::Map => out.write_str("an object"),
            de::Unexpected::Bool(value) => write!(out, "`{value}`"),
            de::Unexpected::Unsigned(value) => write!(out, "the number {value}"),
            de::Unexpected::Signed(value) => write!(out, "the number {value}"),
            other => other.fmt(out),
        }
    }
}

struct OneOf(&'static [&'static str]);

impl fmt::Display for OneOf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] => write!(out, "`{only}`"),
            all => write!(out, "one of `{}`", all.join("`, `")),
        }
    }
}
