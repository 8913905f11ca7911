//! How figures are written on pages: exact, in one unit a table, never rounded in silence.
//!
//! Money comes in whole fen and leaves as text; nothing here computes a balance (pages design,
//! section 3).

use super::lang::Lang;
use crate::base::{Date, Stamp};

/// The sign of a figure below zero: the minus, not the hyphen.
const MINUS: char = '\u{2212}';

/// What unknown and not applicable print.
pub const NONE: &str = "–";

/// Money in yuan with two decimals, always: `1,234.50`.
pub fn yuan(fen: impl Into<i128>) -> String {
    shifted(fen.into(), 2, 2)
}

/// Money in yuan, without decimals where all the amounts given are whole yuan.
#[derive(Clone, Copy, Debug)]
pub struct Yuan(u32);

impl Yuan {
    /// The decimals that these amounts need.
    pub fn fitting(amounts: impl IntoIterator<Item = i128>) -> Yuan {
        Yuan(if amounts.into_iter().all(|fen| fen % 100 == 0) { 0 } else { 2 })
    }

    /// An amount, exactly.
    pub fn text(self, fen: impl Into<i128>) -> String {
        shifted(fen.into(), 2, self.0)
    }
}

/// Money in 10,000 yuan, with the fewest of 0, 2, 4 and 6 decimals that show every cell of a table
/// exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wan(u32);

impl Wan {
    /// The decimals that these cells need.
    pub fn fitting(amounts: impl IntoIterator<Item = i128>) -> Wan {
        let needed = amounts.into_iter().map(|fen| match fen {
            _ if fen % 1_000_000 == 0 => 0,
            _ if fen % 10_000 == 0 => 2,
            _ if fen % 100 == 0 => 4,
            _ => 6,
        });
        Wan(needed.max().unwrap_or(0))
    }

    /// Do so many decimals make a table too wide for its usual letters?
    pub fn is_long(self) -> bool {
        self.0 > 2
    }

    /// An amount, exactly.
    ///
    /// # Panics
    /// When the amount was not among those that were fitted and needs more decimals.
    pub fn text(self, fen: impl Into<i128>) -> String {
        shifted(fen.into(), 6, self.0)
    }
}

/// Money in 100 million yuan with two decimals, half up: the only figure that rounds. Its page says
/// 约 before it and the exact figure under it.
pub fn about_yi(fen: i128) -> String {
    let hundredths = (fen.abs() + 50_000_000) / 100_000_000;
    let rounded = shifted(hundredths, 2, 2);
    if fen < 0 && hundredths != 0 { format!("{MINUS}{rounded}") } else { rounded }
}

/// A rate in basis points as a percentage with two decimals, or – where there is none.
pub fn percent(bp: Option<i128>) -> String {
    bp.map_or_else(|| NONE.to_owned(), |bp| shifted(bp, 2, 2) + "%")
}

/// A part of a whole as a percentage with two decimals, rounded down; – of nothing.
pub fn share(part: i128, whole: i128) -> String {
    percent((whole != 0).then(|| part.saturating_mul(10_000) / whole))
}

/// A count with thousands apart.
pub fn count(of: impl Into<i128>) -> String {
    shifted(of.into(), 0, 0)
}

/// A day in a sentence: 2017年10月25日, 25 Oct 2017.
pub fn day(date: Date, lang: Lang) -> String {
    let text = date.to_string();
    let part = |from: usize, to: usize| text[from..to].trim_start_matches('0').to_owned();
    let (year, month, day) = (&text[..4], part(5, 7), part(8, 10));
    match lang {
        Lang::Zh => format!("{year}年{month}月{day}日"),
        Lang::En => {
            let names = "JanFebMarAprMayJunJulAugSepOctNovDec";
            let at = month.parse::<usize>().map_or(0, |month| (month - 1) * 3);
            format!("{day} {} {year}", &names[at..at + 3])
        }
    }
}

/// A span: days up to 729, then years and days.
pub fn span(days: i32, lang: Lang) -> String {
    let (years, rest) = (days / 365, days % 365);
    match (days < 730, lang) {
        (true, Lang::Zh) => format!("{days} 天"),
        (true, Lang::En) if days == 1 => "1 day".to_owned(),
        (true, Lang::En) => format!("{days} days"),
        (false, Lang::Zh) => format!("{years} 年 {rest} 天"),
        (false, Lang::En) => format!("{years} years {rest} days"),
    }
}

/// A moment in Beijing's time, to the second.
pub fn clock(at: Stamp) -> String {
    // Records carry UTC; Hebei's day and hour are eight hours ahead of it.
    let text = Stamp(at.0 + 8 * 3_600_000).text();
    let text = String::from_utf8_lossy(&text).replace('T', " ");
    text.chars().take("2017-12-31 17:59:58".len()).collect()
}

/// A hash where it need not be copied: first 8 … last 4.
pub fn short(hash: &str) -> String {
    match hash.is_ascii() && hash.len() > 12 {
        true => format!("{}…{}", &hash[..8], &hash[hash.len() - 4..]),
        false => hash.to_owned(),
    }
}

/// `figure` divided by ten to the power of `places`, with `decimals` of them printed.
fn shifted(figure: i128, places: u32, decimals: u32) -> String {
    let dropped = 10_u128.pow(places - decimals);
    assert!(figure.unsigned_abs().is_multiple_of(dropped), "a figure is printed whole");
    let scale = 10_u128.pow(decimals);
    let kept = figure.unsigned_abs() / dropped;
    let (whole, part) = (kept / scale, kept % scale);
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    if figure < 0 {
        text.push(MINUS);
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        let part = part.to_string();
        text.push('.');
        text.extend(std::iter::repeat_n('0', decimals as usize - part.len()));
        text.push_str(&part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact_and_grouped() {
        for (fen, text) in [
            (0_i128, "0.00"),
            (5, "0.05"),
            (-3_000, "−30.00"),
            (123_456_789, "1,234,567.89"),
            (100_000_000_000, "1,000,000,000.00"),
        ] {
            assert_eq!(yuan(fen), text);
        }
        assert_eq!(Yuan::fitting([5_000_000, 200]).text(5_000_000), "50,000");
        assert_eq!(Yuan::fitting([5_000_000, 201]).text(5_000_000), "50,000.00");
    }

    #[test]
    fn a_table_has_the_fewest_decimals_that_show_each_cell() {
        for (cells, text) in [
            (vec![15_000_000], "15"),
            (vec![15_000_000, 10_000], "15.00"),
            (vec![15_000_000, 100], "15.0000"),
            (vec![15_000_000, 1], "15.000000"),
            (vec![15_000_000, -10_000], "15.00"),
        ] {
            assert_eq!(Wan::fitting(cells).text(15_000_000), text);
        }
        assert_eq!(Wan::fitting([]).text(0), "0");
    }

    #[test]
    fn only_the_headline_rounds_and_half_up() {
        assert_eq!(about_yi(1_540_580 * 1_000_000), "154.06");
        assert_eq!(about_yi(49_999_999), "0.00");
        assert_eq!(about_yi(50_000_000), "0.01");
        assert_eq!(about_yi(-50_000_000), "−0.01");
    }

    #[test]
    fn rates_are_floored_and_none_is_a_dash() {
        assert_eq!(percent(Some(6_876)), "68.76%");
        assert_eq!(percent(None), "–");
        assert_eq!(share(1, 3), "33.33%");
        assert_eq!(share(0, 0), "–");
    }

    #[test]
    fn days_and_spans_read_as_people_say_them() {
        let date = Date::new(2017, 10, 5).unwrap();
        assert_eq!(day(date, Lang::Zh), "2017年10月5日");
        assert_eq!(day(date, Lang::En), "5 Oct 2017");
        assert_eq!(span(729, Lang::Zh), "729 天");
        assert_eq!(span(731, Lang::En), "2 years 1 days");
        assert_eq!(span(1, Lang::En), "1 day");
    }

    #[test]
    #[should_panic(expected = "a figure is printed whole")]
    fn a_cell_that_was_not_fitted_is_never_cut() {
        Wan::fitting([1_000_000]).text(1);
    }
}
