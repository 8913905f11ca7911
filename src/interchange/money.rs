//! Yuan, 万元 and fen as people write them, read exactly into whole fen or refused with the
//! reason.
//!
//! Never rounds and never goes through a float: figures are moved as digits. What is not a whole
//! fen is an error, not a matter of taste (design, section 2: fen).

use super::text::{half_width, shown};
use crate::base::{Amount, Fen};

/// The unit that a figure stands in: how many fen one of it is, as a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    name: &'static str,
    zeros: u32,
}

impl Unit {
    /// The fen itself.
    pub const FEN: Unit = Unit { name: "分", zeros: 0 };
    /// The yuan, 100 fen: what an amount without any unit stands in.
    pub const YUAN: Unit = Unit { name: "元", zeros: 2 };
    /// Ten thousand yuan.
    pub const WAN: Unit = Unit { name: "万元", zeros: 6 };

    /// The unit that a word names, in Chinese or English: `万元`, `yuan`, `人民币元`. Another
    /// currency, and a word that is no unit, is none.
    ///
    /// ```
    /// use fundtrail::interchange::money::Unit;
    /// assert_eq!(Unit::parse("（万元）"), Some(Unit::WAN));
    /// assert_eq!(Unit::parse("美元"), None);
    /// ```
    pub fn parse(word: &str) -> Option<Unit> {
        let word: String = half_width(word)
            .to_lowercase()
            .chars()
            .filter(|it| !it.is_whitespace() && !"()[]【】:_-/*".contains(*it))
            .collect();
        let word = word.strip_prefix("单位").unwrap_or(&word);
        let word = match word.strip_prefix("人民币") {
            Some("") => "元",
            Some(rest) => rest.trim_start_matches('¥'),
            None => word,
        };
        let (name, zeros) = match word {
            "分" | "fen" => ("分", 0),
            "角" => ("角", 1),
            "元" | "圆" | "¥" | "yuan" | "cny" | "rmb" | "rmbyuan" => ("元", 2),
            "百元" => ("百元", 4),
            "千元" | "thousandyuan" => ("千元", 5),
            "万元" | "万" | "wan" | "wanyuan" | "yuanwan" | "tenthousandyuan" | "10000yuan"
            | "10kyuan" => ("万元", 6),
            "十万元" => ("十万元", 7),
            "百万元" | "百万" | "millionyuan" => ("百万元", 8),
            "千万元" | "千万" => ("千万元", 9),
            "亿元" | "亿" => ("亿元", 10),
            _ => return None,
        };
        Some(Unit { name, zeros })
    }

    /// The unit's Chinese name, as reports print it.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It has digits that would be lost below the fen.
    #[error("{figure} {unit} is not a whole fen: write it to the fen, without a calculated tail")]
    NotWholeFen {
        /// The figure as it was read.
        figure: String,
        /// The unit's name.
        unit: &'static str,
    },
    /// It is below zero.
    #[error("{0} is below zero: a correction is posted as a return or a reversal")]
    Negative(String),
    /// It is nothing.
    #[error("the amount is zero: nothing would be moved")]
    Zero,
    /// It is above what an event may carry.
    #[error("{0} is above the largest amount, 90 071 992 547 409.91 yuan")]
    TooLarge(String),
    /// The commas do not part groups of three.
    #[error("the separators of {0} do not part groups of three digits: a digit may be missing")]
    Separators(String),
    /// Another program cut the digits off.
    #[error("{0} is written with an exponent, which drops digits: format the column as a number")]
    Exponent(String),
    /// Cell and column name two units.
    #[error("{figure} says {cell}, its column says {column}: one of them is wrong")]
    UnitsDiffer {
        /// The figure as it was read.
        figure: String,
        /// The cell's unit.
        cell: &'static str,
        /// The column's unit.
        column: &'static str,
    },
    /// It is not a number at all.
    #[error("{0:?} is not an amount in figures, such as 12,345.67")]
    NotANumber(String),
}

/// Reads an amount that is moved, at least one fen. A unit inside the text must be the column's;
/// where neither says one, the figure stands in yuan.
///
/// ```
/// use fundtrail::interchange::money::{Unit, amount};
/// assert_eq!(amount("￥12,345.67", None).map(|it| it.get()), Ok(1_234_567));
/// assert_eq!(amount("1.5", Some(Unit::WAN)).map(|it| it.get()), Ok(1_500_000));
/// assert!(amount("1.005", Some(Unit::YUAN)).is_err());
/// ```
pub fn amount(text: &str, unit: Option<Unit>) -> Result<Amount, MoneyError> {
    Amount::try_from(figure(text, unit)?).map_err(|()| MoneyError::Zero)
}

/// Reads a figure that may be zero, such as the sum in a total row.
pub fn figure(text: &str, unit: Option<Unit>) -> Result<Fen, MoneyError> {
    let text = half_width(text).trim().to_owned();
    let number = unsigned(&text)?;
    let digits_end = number.find(|it: char| !is_figure(it)).unwrap_or(number.len());
    let (figures, word) = number.split_at(digits_end);
    let (figures, word) = (figures.trim(), word.trim().trim_end_matches(['整', '正']));
    if figures.is_empty() {
        return Err(MoneyError::NotANumber(shown(&text)));
    }
    if is_exponent(word) {
        return Err(MoneyError::Exponent(shown(&text)));
    }
    let own = match word {
        "" => None,
        word => Some(Unit::parse(word).ok_or_else(|| MoneyError::NotANumber(shown(&text)))?),
    };
    let unit = match (own, unit) {
        (Some(cell), Some(column)) if cell != column => {
            let figure = shown(&text);
            return Err(MoneyError::UnitsDiffer { figure, cell: cell.name, column: column.name });
        }
        (Some(unit), _) | (None, Some(unit)) => unit,
        (None, None) => Unit::YUAN,
    };
    let (whole, fraction) = figures.split_once('.').unwrap_or((figures, ""));
    let whole = grouped(whole).ok_or_else(|| MoneyError::Separators(shown(&text)))?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::Separators(shown(&text)));
    }
    if whole.is_empty() || figures.ends_with('.') {
        return Err(MoneyError::NotANumber(shown(&text)));
    }
    scaled(&whole, fraction.trim_end_matches('0'), unit)
}

/// Reads a figure that may be below zero, in fen: a bank's statement writes what went out so where
/// it has one column for both ways.
///
/// ```
/// use fundtrail::interchange::money::signed;
/// assert_eq!(signed("-1,000.50", None), Ok(-100_050));
/// ```
pub fn signed(text: &str, unit: Option<Unit>) -> Result<i64, MoneyError> {
    match figure(text, unit) {
        Err(MoneyError::Negative(_)) => {
            let text = half_width(text);
            let inside = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let plain = match inside {
                Some(inside) => inside.to_owned(),
                None => text.replacen(['-', '−', '–', '—'], "", 1),
            };
            Ok(-figure(&plain, unit)?.get())
        }
        other => Ok(other?.get()),
    }
}

/// The digits moved to fen.
fn scaled(whole: &str, fraction: &str, unit: Unit) -> Result<Fen, MoneyError> {
    let figure = || match fraction {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    };
    let fraction_digits = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    let Some(zeros) = unit.zeros.checked_sub(fraction_digits) else {
        return Err(MoneyError::NotWholeFen { figure: shown(&figure()), unit: unit.name });
    };
    let too_large = || MoneyError::TooLarge(format!("{} {}", shown(&figure()), unit.name));
    let digits: i64 = format!("{whole}{fraction}").parse().map_err(|_| too_large())?;
    let fen = 10_i64.checked_pow(zeros).and_then(|power| digits.checked_mul(power));
    fen.and_then(Fen::new).ok_or_else(too_large)
}

/// The text without what stands before its digits; an error when that says it is below zero.
fn unsigned(text: &str) -> Result<&str, MoneyError> {
    let mut rest = text;
    // Accountants write what is below zero in parentheses.
    let mut below = rest.starts_with('(') && rest.ends_with(')');
    loop {
        let before = rest;
        rest = rest.trim_start();
        for word in ["¥", "人民币", "RMB", "rmb", "CNY", "cny", "+"] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        for sign in ['-', '−', '–', '—', '('] {
            let signed =
                rest.strip_prefix(sign).filter(|it| it.contains(|c: char| c.is_ascii_digit()));
            below |= sign != '(' && signed.is_some();
            rest = signed.unwrap_or(rest);
        }
        if rest == before {
            break;
        }
    }
    if below { Err(MoneyError::Negative(shown(text))) } else { Ok(rest) }
}

/// The digits of a whole number whose separators, if any, part groups of three.
fn grouped(whole: &str) -> Option<String> {
    let is_separator = |it: char| it == ',' || it == ' ' || it == '\'' || it == '’';
    if !whole.contains(is_separator) {
        return Some(whole.to_owned());
    }
    let groups: Vec<&str> = whole.split(is_separator).collect();
    let right = matches!(groups[0].len(), 1..=3) && groups[1..].iter().all(|it| it.len() == 3);
    right.then(|| groups.concat())
}

fn is_figure(it: char) -> bool {
    it.is_ascii_digit() || matches!(it, '.' | ',' | ' ' | '\'' | '’')
}

fn is_exponent(word: &str) -> bool {
    word.strip_prefix(['e', 'E'])
        .map(|it| it.trim_start_matches(['+', '-']))
        .is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_bureaus_write_them() {
        let cases: &[(&str, Option<Unit>, i64)] = &[
            ("100.0", None, 10_000),
            ("0.01", None, 1),
            ("1,234,567.89", None, 123_456_789),
            ("1 234 567.89", None, 123_456_789),
            ("１２，３４５．６７", None, 1_234_567),
            ("￥1,000", None, 100_000),
            ("¥ 1,000.50元", None, 100_050),
            ("人民币1000元整", None, 100_000),
            ("RMB 1000", None, 100_000),
            ("1000圆", None, 100_000),
            ("3.5万元", None, 3_500_000),
            ("3.5万", None, 3_500_000),
            ("1.2亿元", None, 12_000_000_000),
            ("600", Some(Unit::WAN), 600_000_000),
            ("0.000001", Some(Unit::WAN), 1),
            ("150.000000", Some(Unit::WAN), 150_000_000),
            ("1.500", Some(Unit::YUAN), 150),
            ("12345", Some(Unit::FEN), 12_345),
            ("+5", None, 500),
            (".5", None, 50),
            ("90071992547409.91", None, 9_007_199_254_740_991),
        ];
        for (text, unit, fen) in cases {
            if text.starts_with('.') {
                assert!(amount(text, *unit).is_err(), "{text}: a point needs a digit before it");
                continue;
            }
            assert_eq!(amount(text, *unit).map(Amount::get), Ok(*fen), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_says_why() {
        let cases: &[(&str, Option<Unit>, &str)] = &[
            ("1.005", None, "1.005 元 is not a whole fen"),
            ("0.0000001", Some(Unit::WAN), "0.0000001 万元 is not a whole fen"),
            ("0.5", Some(Unit::FEN), "0.5 分 is not a whole fen"),
            ("-5", None, "-5 is below zero"),
            ("¥-5", None, "¥-5 is below zero"),
            ("(1,000.00)", None, "(1,000.00) is below zero"),
            ("（5）", None, "(5) is below zero"),
            ("0", None, "the amount is zero"),
            ("0.00元", None, "the amount is zero"),
            ("90071992547409.92", None, "is above the largest amount"),
            ("999999999999999999999999", None, "is above the largest amount"),
            ("1,23", None, "the separators of 1,23"),
            ("12,3456", None, "the separators of 12,3456"),
            ("1.234,56", None, "the separators of 1.234,56"),
            ("1.2.3", None, "the separators of 1.2.3"),
            ("1E+05", None, "written with an exponent"),
            ("5000元", Some(Unit::WAN), "5000元 says 元, its column says 万元"),
            ("100美元", None, "is not an amount"),
            ("壹佰元整", None, "is not an amount"),
            ("约100", None, "is not an amount"),
            ("—", None, "is not an amount"),
            ("5.", None, "is not an amount"),
            ("", None, "is not an amount"),
        ];
        for (text, unit, reason) in cases {
            let said = amount(text, *unit).expect_err(text).to_string();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }

    #[test]
    fn a_figure_below_zero_is_read_where_it_may_stand_and_its_sign_counts_once() {
        for (text, unit, fen) in [
            ("-5", None, -500),
            ("¥-5", None, -500),
            ("（1,000.00）", None, -100_000),
            ("−0.01", Some(Unit::YUAN), -1),
            ("0.00", None, 0),
            ("+5", None, 500),
        ] {
            assert_eq!(signed(text, unit), Ok(fen), "{text}");
        }
        for text in ["--5", "(-5)", "-1.005", "-"] {
            assert!(signed(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_larger_unit_is_never_taken_for_a_smaller_one_inside_its_name() {
        let cases = [
            ("百万元", Some(8)),
            ("千万元", Some(9)),
            ("（单位：万元）", Some(6)),
            ("美元", None),
            ("万美元", None),
            ("元/人", None),
            ("", None),
        ];
        for (word, zeros) in cases {
            assert_eq!(Unit::parse(word).map(|it| it.zeros), zeros, "{word}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_figure_is_read_back(fen in 1_i64..=9_007_199_254_740_991) {
            let (yuan, rest) = (fen / 100, fen % 100);
            prop_assert_eq!(amount(&format!("{yuan}.{rest:02}"), None).map(Amount::get), Ok(fen));
            let (wan, rest) = (fen / 1_000_000, fen % 1_000_000);
            let text = format!("{wan}.{rest:06}");
            prop_assert_eq!(amount(&text, Some(Unit::WAN)).map(Amount::get), Ok(fen));
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,20}") {
            let _answer = figure(&text, Some(Unit::WAN));
        }
    }
}
