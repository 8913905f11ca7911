//! Days as people write them: 2017.03.15, 2017/3/15, 2017年3月15日, 20170315, and the serial
//! numbers by which spreadsheet programs count days.
//!
//! Never guesses: a year of two digits, a day before its month and a month without a day are
//! refused. Serials follow ECMA-376, part 1, 18.17.4.1, with the day that never was.

use super::text::{half_width, shown};
use crate::base::Date;

/// From which day a workbook counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// Serial 1 is 1900-01-01, and serial 60 a 29 February that 1900 did not have.
    #[default]
    Y1900,
    /// Serial 0 is 1904-01-01.
    Y1904,
}

/// Why a text is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// The calendar does not have it.
    #[error("the calendar has no day {0}")]
    NoSuchDay(String),
    /// A month alone, or a year alone.
    #[error("{0} names no day: write year, month and day, such as 2017-03-15")]
    NoDay(String),
    /// The year has two digits, or the order of day and month is open.
    #[error("{0} may be read in two ways: write the year first, with four digits")]
    Ambiguous(String),
    /// A serial number outside the years in which a plain number is taken for one.
    #[error("{0} is no day: as a serial number it lies outside the years 2000 to 2100")]
    SerialOutside(String),
    /// Something else.
    #[error("{0:?} is not a day, such as 2017-03-15 or 2017年3月15日")]
    NotADay(String),
}

/// Reads a day written out, or a plain number: eight digits are year, month and day, five are a
/// serial of the years 2000 to 2100.
///
/// ```
/// use fundtrail::interchange::day::{Epoch, parse};
/// for text in ["2017.03.15", "2017/3/15", "2017年3月15日", "20170315", "42809"] {
///     assert_eq!(parse(text, Epoch::Y1900).map(|it| it.to_string()).as_deref(), Ok("2017-03-15"));
/// }
/// ```
pub fn parse(text: &str, epoch: Epoch) -> Result<Date, DayError> {
    let text = half_width(text);
    let text = without_time(text.trim());
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        8 if all_digits => date(&text[..4], &text[4..6], &text[6..], text),
        _ if is_plain_number(text) => {
            // Unmarked numbers are many things; only those that count a likely day are days.
            let day = serial(text, epoch).ok().filter(|it| matches!(it.year(), 2000..=2100));
            day.ok_or_else(|| DayError::SerialOutside(shown(text)))
        }
        _ => written(text),
    }
}

/// The day that a serial number counts to; a fraction is a time of that day and is dropped.
pub fn serial(text: &str, epoch: Epoch) -> Result<Date, DayError> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let no_day = || DayError::NotADay(shown(text));
    let count: i32 = whole.parse().map_err(|_| no_day())?;
    let (start, days) = match (epoch, count) {
        (Epoch::Y1900, 1..=59) => (Date::new(1900, 1, 1), count - 1),
        (Epoch::Y1900, 60) => return Err(DayError::NoSuchDay("1900-02-29".to_owned())),
        (Epoch::Y1900, 61..) => (Date::new(1900, 1, 1), count - 2),
        (Epoch::Y1904, 0..) => (Date::new(1904, 1, 1), count),
        (Epoch::Y1900 | Epoch::Y1904, _) => return Err(no_day()),
    };
    start.and_then(|it| it.plus_days(days)).ok_or_else(no_day)
}

/// Year, month and day, parted by signs or by 年, 月 and 日.
fn written(text: &str) -> Result<Date, DayError> {
    let text = text.trim_end_matches(['日', '号']).trim_end();
    let mut parts = Vec::new();
    for part in text.split(['-', '.', '/', '年', '月', '－', '–']) {
        let part = part.trim();
        if part.is_empty() && !parts.is_empty() && text.ends_with('月') {
            continue;
        }
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DayError::NotADay(shown(text)));
        }
        parts.push(part);
    }
    match parts[..] {
        [year, month, day] if year.len() == 4 => date(year, month, day, text),
        [_, _, _] => Err(DayError::Ambiguous(shown(text))),
        [_] | [_, _] => Err(DayError::NoDay(shown(text))),
        _ => Err(DayError::NotADay(shown(text))),
    }
}

fn date(year: &str, month: &str, day: &str, text: &str) -> Result<Date, DayError> {
    let numbers = (year.parse().ok(), month.parse().ok(), day.parse().ok());
    let (Some(year), Some(month), Some(day)) = numbers else {
        return Err(DayError::NoSuchDay(shown(text)));
    };
    Date::new(year, month, day).ok_or_else(|| DayError::NoSuchDay(shown(text)))
}

/// The text before a time of day, which begins after a space or a T and holds a colon.
fn without_time(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((day, time)) if is_time(time) => day.trim_end(),
        _ => text,
    }
}

fn is_time(text: &str) -> bool {
    text.contains(':')
        && text.trim_end_matches('Z').bytes().all(|it| it.is_ascii_digit() || b":.".contains(&it))
}

fn is_plain_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    // 2017.03 has this form too; serials of our years have five digits.
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && (whole.len() == 5 || !text.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_as_bureaus_write_them() {
        let cases = [
            ("2017-03-15", "2017-03-15"),
            ("2017.3.5", "2017-03-05"),
            ("2017/03/15", "2017-03-15"),
            ("2017年3月15日", "2017-03-15"),
            ("2017年03月15号", "2017-03-15"),
            ("2017年3月15", "2017-03-15"),
            ("２０１７．０３．１５", "2017-03-15"),
            (" 20170315 ", "2017-03-15"),
            ("2017-03-15 10:20:30", "2017-03-15"),
            ("2017/3/15 10:20", "2017-03-15"),
            ("2017-03-15T00:00:00", "2017-03-15"),
            ("2016.02.29", "2016-02-29"),
            ("2017 年 3 月 15 日", "2017-03-15"),
            ("42809", "2017-03-15"),
            ("42809.75", "2017-03-15"),
            ("36526", "2000-01-01"),
        ];
        for (text, day) in cases {
            let read = parse(text, Epoch::Y1900).map(|it| it.to_string());
            assert_eq!(read.as_deref(), Ok(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        let cases = [
            ("2017.02.29", "the calendar has no day 2017.02.29"),
            ("20171301", "the calendar has no day 20171301"),
            ("2017年3月", "names no day"),
            ("2017.03", "names no day"),
            ("2017", "outside the years 2000 to 2100"),
            ("201703", "outside the years 2000 to 2100"),
            ("100000", "outside the years 2000 to 2100"),
            ("17.3.15", "may be read in two ways"),
            ("3/15/2017", "may be read in two ways"),
            ("三月十五日", "is not a day"),
            ("2017-03-15 星期三", "is not a day"),
            ("2017--15", "is not a day"),
            ("", "is not a day"),
        ];
        for (text, reason) in cases {
            let said = parse(text, Epoch::Y1900).expect_err(text).to_string();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }

    #[test]
    fn serials_know_the_day_that_never_was() {
        let cases = [
            ("1", Epoch::Y1900, Some("1900-01-01")),
            ("59", Epoch::Y1900, Some("1900-02-28")),
            ("60", Epoch::Y1900, None),
            ("61", Epoch::Y1900, Some("1900-03-01")),
            ("42809", Epoch::Y1900, Some("2017-03-15")),
            ("41347", Epoch::Y1904, Some("2017-03-15")),
            ("0", Epoch::Y1904, Some("1904-01-01")),
            ("0", Epoch::Y1900, None),
            ("-1", Epoch::Y1900, None),
            ("9999999", Epoch::Y1900, None),
        ];
        for (text, epoch, day) in cases {
            let read = serial(text, epoch).ok().map(|it| it.to_string());
            assert_eq!(read.as_deref(), day, "{text} {epoch:?}");
        }
    }

    proptest! {
        #[test]
        fn every_day_of_our_years_is_read_from_each_spelling(count in 36_526_i32..73_415) {
            let day = serial(&count.to_string(), Epoch::Y1900);
            let iso = day.as_ref().map(|it| it.to_string()).unwrap_or_default();
            let spelt = [iso.replace('-', "."), iso.replace('-', ""), count.to_string(), iso];
            for text in spelt {
                prop_assert_eq!(parse(&text, Epoch::Y1900), day.clone(), "{}", text);
            }
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,20}") {
            let _answer = parse(&text, Epoch::Y1904);
        }
    }
}
