//! Parameters of paths and queries: each has a shape, so that what is wrong is said before anything
//! is asked of the ledger, and nothing unknown is silently left out.

use crate::base::{Code, Date, Digest, decimal};
use crate::service::bounds::{PAGE_DEFAULT, PAGE_MAX};
use crate::service::problem::Problem;

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it asks for, in one sentence.
    pub about: &'static str,
    /// What its value looks like.
    pub shape: Shape,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A whole number, not below the first and not above the second.
    Whole(u64, u64),
    /// A jurisdiction's code.
    Jurisdiction,
    /// A day.
    Day,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words, with commas between.
    Words(&'static [&'static str]),
    /// An identifier or a cursor of one.
    Text,
    /// 64 hex digits.
    Sha256,
    /// True by being there; `true` and `false` too.
    Flag,
}

/// The longest text.
pub const TEXT_MAX: usize = 256;

/// The most that a number may be: what JSON carries exactly.
pub const WHOLE_MAX: u64 = (1 << 53) - 1;

impl Shape {
    /// What is wrong with a value, if anything is.
    pub fn fault(self, value: &str) -> Option<String> {
        let (fits, wanted) = match self {
            Shape::Whole(least, most) => (
                decimal(value).is_some_and(|it| (least..=most).contains(&it)),
                format!("a whole number from {least} to {most}"),
            ),
            Shape::Jurisdiction => {
                (Code::parse(value).is_some(), "a code of six digits, such as 130723".to_owned())
            }
            Shape::Day => {
                (Date::parse(value).is_some(), "a day that exists, YYYY-MM-DD".to_owned())
            }
            Shape::Word(words) => (words.contains(&value), format!("one of {}", words.join(", "))),
            Shape::Words(words) => (
                value.split(',').all(|word| words.contains(&word)),
                format!("some of {}, with commas between", words.join(", ")),
            ),
            Shape::Text => (is_text(value), format!("1 to {TEXT_MAX} printable characters")),
            Shape::Sha256 => (Digest::parse(value).is_some(), "64 lower hex digits".to_owned()),
            Shape::Flag => (matches!(value, "" | "true" | "false"), "true or false".to_owned()),
        };
        (!fits).then(|| format!("must be {wanted}"))
    }
}

fn is_text(value: &str) -> bool {
    let length = value.chars().count();
    let strange = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
    (1..=TEXT_MAX).contains(&length) && !value.contains(strange)
}

/// Values that were looked at.
#[derive(Clone, Debug, Default)]
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    /// Looks at pairs of name and value.
    ///
    /// # Errors
    /// A name that is not declared or stands twice, a value that has not the shape.
    pub fn read(
        declared: &'static [&'static Parameter],
        pairs: impl Iterator<Item = (String, String)>,
    ) -> Result<Values, Problem> {
        let mut values = Values::default();
        for (name, value) in pairs {
            let fault = |reason: String| Problem::Parameter { name: name.clone(), reason };
            let Some(parameter) = declared.iter().find(|one| one.name == name) else {
                return Err(fault("there is no such parameter".to_owned()));
            };
            if values.text(parameter.name).is_some() {
                return Err(fault("is given twice".to_owned()));
            }
            if let Some(reason) = parameter.shape.fault(&value) {
                return Err(fault(reason));
            }
            values.0.push((parameter.name, value));
        }
        Ok(values)
    }

    /// The value of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// A number.
    pub fn whole(&self, name: &str) -> Option<u64> {
        self.text(name).and_then(decimal)
    }

    /// A jurisdiction's code.
    pub fn jurisdiction(&self, name: &str) -> Option<Code> {
        self.text(name).and_then(Code::parse)
    }

    /// A day.
    pub fn day(&self, name: &str) -> Option<Date> {
        self.text(name).and_then(Date::parse)
    }

    /// A digest.
    pub fn sha256(&self, name: &str) -> Option<Digest> {
        self.text(name).and_then(Digest::parse)
    }

    /// Does a word stand among those of a list?
    pub fn has(&self, name: &str, word: &str) -> bool {
        self.text(name).is_some_and(|words| words.split(',').any(|other| other == word))
    }

    /// Is a flag set?
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("" | "true"))
    }

    /// How many rows a page has.
    pub fn limit(&self) -> usize {
        let limit = self.whole("limit").unwrap_or(PAGE_DEFAULT).min(PAGE_MAX);
        usize::try_from(limit).expect("a page fits the memory")
    }
}

/// How long a page is.
pub static LIMIT: Parameter = Parameter {
    name: "limit",
    about: "How many rows the page has at most; 100 when absent.",
    shape: Shape::Whole(1, PAGE_MAX),
};

/// Where a page of named rows goes on.
pub static AFTER_NAME: Parameter = Parameter {
    name: "after",
    about: "The cursor of the page before: its `next`.",
    shape: Shape::Text,
};

/// Where a page of records goes on.
pub static AFTER_SEQ: Parameter = Parameter {
    name: "after",
    about: "The number of the last record that you have.",
    shape: Shape::Whole(0, WHOLE_MAX),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_takes_its_own_values_and_no_others() {
        for (shape, good, bad) in [
            (Shape::Whole(1, 500), vec!["1", "500"], vec!["0", "501", "01", "+1", "-1", "1.0", ""]),
            (Shape::Jurisdiction, vec!["130723"], vec!["13072", "1307233", "abc", "../etc"]),
            (Shape::Day, vec!["2017-02-28"], vec!["2017-02-30", "2017-2-3", ""]),
            (Shape::Word(&["a", "b"]), vec!["a"], vec!["c", "", "a,b"]),
            (Shape::Words(&["a", "b"]), vec!["a", "a,b"], vec!["a,", "c"]),
            (Shape::Text, vec!["康保", "a b"], vec!["", "a\0", "\u{fffd}", "a\nb"]),
            (Shape::Flag, vec!["", "true", "false"], vec!["1", "yes"]),
        ] {
            for value in good {
                assert_eq!(shape.fault(value), None, "{shape:?} {value}");
            }
            for value in bad {
                assert!(shape.fault(value).is_some(), "{shape:?} {value:?}");
            }
        }
        assert!(Shape::Text.fault(&"x".repeat(TEXT_MAX + 1)).is_some());
    }

    #[test]
    fn what_is_unknown_or_given_twice_is_said() {
        static KNOWN: &[&Parameter] = &[&LIMIT];
        let read = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> =
                pairs.iter().map(|(one, two)| (one.to_string(), two.to_string())).collect();
            Values::read(KNOWN, pairs.into_iter())
        };
        assert_eq!(read(&[("limit", "7")]).unwrap().limit(), 7);
        assert_eq!(read(&[]).unwrap().limit(), 100);
        for wrong in [&[("lmit", "7")][..], &[("limit", "7"), ("limit", "7")], &[("limit", "x")]] {
            assert!(matches!(read(wrong), Err(Problem::Parameter { .. })));
        }
    }
}
