//! Dates, months, years and the moment of recording.
//!
//! A business date is a civil day in Hebei, where the clock is UTC+8 without summer time; a stamp
//! is a moment in UTC. No clock is read here.

use super::text::read_from_text;
use jiff::civil;
use std::fmt;

/// How far Hebei's civil day runs ahead of UTC, in milliseconds.
const HEBEI_AHEAD_MS: i64 = 8 * 3_600_000;

/// A civil day, `YYYY-MM-DD`, of the years 1900 to 2999, ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

impl Date {
    const WHAT: &'static str = "a day of the form YYYY-MM-DD";
    const PATTERN: &'static str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

    /// The day, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let real = matches!(year, 1900..=2999)
            && matches!(month, 1..=12)
            && day >= 1
            && day <= days_in(year, month);
        real.then(|| Date(u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)))
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let month = u8::try_from(digits(&bytes[5..7])?).ok()?;
        let day = u8::try_from(digits(&bytes[8..10])?).ok()?;
        Date::new(digits(&bytes[..4])?, month, day)
    }

    /// The year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0 / 10_000).expect("a date holds four digits of year")
    }

    /// The month that the day lies in.
    pub fn month(self) -> Month {
        Month(self.0 / 100)
    }

    /// Days from this one to another; negative when the other lies before.
    pub fn days_until(self, other: Date) -> i32 {
        let span = other.civil() - self.civil();
        span.get_days()
    }

    /// The day that lies so many days later.
    pub fn plus_days(self, days: i32) -> Option<Date> {
        let later = self.civil().checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        Date::new(
            u16::try_from(later.year()).ok()?,
            u8::try_from(later.month()).ok()?,
            u8::try_from(later.day()).ok()?,
        )
    }

    fn civil(self) -> civil::Date {
        let part = |value: u32| i8::try_from(value % 100).expect("two digits fit");
        let year = i16::try_from(self.0 / 10_000).expect("four digits fit");
        civil::date(year, part(self.0 / 100), part(self.0))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

read_from_text!(Date, u32);

/// A calendar month, `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u32);

impl Month {
    const WHAT: &'static str = "a month of the form YYYY-MM";
    const PATTERN: &'static str = "^[0-9]{4}-[0-9]{2}$";

    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Month> {
        let bytes = text.as_bytes();
        if bytes.len() != 7 || bytes[4] != b'-' {
            return None;
        }
        let month = u8::try_from(digits(&bytes[5..7])?).ok()?;
        Some(Date::new(digits(&bytes[..4])?, month, 1)?.month())
    }

    /// The months of the same year before this one, in order.
    pub fn earlier_in_year(self) -> impl Iterator<Item = Month> {
        (self.0 / 100 * 100 + 1..self.0).map(Month)
    }

    /// The year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0 / 100).expect("a month holds four digits of year")
    }
}

impl fmt::Display for Month {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

read_from_text!(Month, u32);

/// A year that an event may name, 2000 to 2100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Year(u16);

impl Year {
    /// The year, if events may name it.
    pub fn new(year: u16) -> Option<Year> {
        matches!(year, 2000..=2100).then_some(Year(year))
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Year {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl<'de> serde::Deserialize<'de> for Year {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Year, D::Error> {
        let year = u16::deserialize(from)?;
        Year::new(year).ok_or_else(|| {
            serde::de::Error::custom(format_args!("{year} is not a year from 2000 to 2100"))
        })
    }
}

impl schemars::JsonSchema for Year {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Year".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 2000, "maximum": 2100 })
    }
}

/// A moment in UTC, in milliseconds since 1970; in text `YYYY-MM-DDTHH:MM:SS.mmmZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(pub i64);

impl Stamp {
    const WHAT: &'static str = "a moment of the form YYYY-MM-DDTHH:MM:SSZ, with or without .mmm";
    const PATTERN: &'static str =
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z$";

    /// Reads `YYYY-MM-DDTHH:MM:SSZ` or `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    pub fn parse(text: &str) -> Option<Stamp> {
        let bytes = text.as_bytes();
        let ms = match bytes.len() {
            20 if bytes[19] == b'Z' => 0,
            24 if bytes[19] == b'.' && bytes[23] == b'Z' => digits(&bytes[20..23])?,
            _ => return None,
        };
        if bytes[10] != b'T' || bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        let date = Date::parse(text.get(..10)?)?;
        let (hour, minute, second) =
            (digits(&bytes[11..13])?, digits(&bytes[14..16])?, digits(&bytes[17..19])?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = days_since_1970(date) * 86_400
            + i64::from(hour) * 3600
            + i64::from(minute) * 60
            + i64::from(second);
        Some(Stamp(seconds * 1000 + i64::from(ms)))
    }

    /// The civil day in Hebei at this moment.
    pub fn hebei_date(self) -> Date {
        date_of_days((self.0 + HEBEI_AHEAD_MS).div_euclid(86_400_000))
    }
}

impl Stamp {
    /// The text of the form `YYYY-MM-DDTHH:MM:SS.mmmZ`; every record has one, so it is written
    /// digit by digit.
    pub fn text(self) -> [u8; 24] {
        let mut text = *b"YYYY-MM-DDTHH:MM:SS.mmmZ";
        let date = date_of_days(self.0.div_euclid(86_400_000));
        let ms = self.0.rem_euclid(86_400_000);
        let second = ms / 1000;
        put_digits(&mut text[..4], i64::from(date.0 / 10_000));
        put_digits(&mut text[5..7], i64::from(date.0 / 100));
        put_digits(&mut text[8..10], i64::from(date.0));
        put_digits(&mut text[11..13], second / 3600);
        put_digits(&mut text[14..16], second / 60 % 60);
        put_digits(&mut text[17..19], second % 60);
        put_digits(&mut text[20..23], ms % 1000);
        text
    }
}

/// Fills the places with the last digits of a number that is not negative.
fn put_digits(places: &mut [u8], mut number: i64) {
    for place in places.iter_mut().rev() {
        *place = b'0' + u8::try_from(number % 10).expect("a digit is below ten");
        number /= 10;
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(std::str::from_utf8(&self.text()).expect("digits are ASCII"))
    }
}

read_from_text!(Stamp, i64);

fn digits(bytes: &[u8]) -> Option<u16> {
    bytes.iter().try_fold(0u16, |value, byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u16::from(byte - b'0')),
        _ => None,
    })
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Days by the civil-from-days method: a year begins in March, so the leap day comes last.
fn days_since_1970(date: Date) -> i64 {
    let (year, month, day) =
        (i64::from(date.0 / 10_000), i64::from(date.0 / 100 % 100), i64::from(date.0 % 100));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

fn date_of_days(days: i64) -> Date {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) =
        if month < 10 { (era * 400 + year, month + 3) } else { (era * 400 + year + 1, month - 9) };
    Date(u32::try_from(year * 10_000 + month * 100 + day).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_decides_which_days_exist() {
        for good in ["2016-02-29", "2017-12-31", "2000-02-29"] {
            assert_eq!(Date::parse(good).map(|date| date.to_string()).as_deref(), Some(good));
        }
        for wrong in
            ["2017-02-29", "1900-02-29", "2017-13-01", "2017-00-01", "2017-1-1", "20170101"]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_agree_with_jiff_over_two_centuries() {
        let mut date = Date::new(1970, 1, 1).unwrap();
        for days in 0..73_000 {
            assert_eq!(days_since_1970(date), days, "{date}");
            assert_eq!(date_of_days(days), date);
            date = date.plus_days(1).unwrap();
        }
    }

    #[test]
    fn a_stamp_after_sixteen_hours_utc_is_the_next_day_in_hebei() {
        let stamp = Stamp::parse("2017-03-15T15:59:59.999Z").unwrap();
        assert_eq!(stamp.hebei_date().to_string(), "2017-03-15");
        assert_eq!(Stamp(stamp.0 + 1).hebei_date().to_string(), "2017-03-16");
        assert_eq!(stamp.to_string(), "2017-03-15T15:59:59.999Z");
        assert_eq!(Stamp::parse("2017-03-15T15:59:59Z").map(|it| it.0), Some(stamp.0 - 999));
        assert_eq!(Stamp::parse("2017-03-15T24:00:00Z"), None);
    }

    #[test]
    fn a_month_knows_its_year() {
        let month = Month::parse("2017-03").unwrap();
        let earlier: Vec<_> = month.earlier_in_year().map(|month| month.to_string()).collect();
        assert_eq!(earlier, ["2017-01", "2017-02"]);
        assert_eq!(Month::parse("2017-13"), None);
    }
}
