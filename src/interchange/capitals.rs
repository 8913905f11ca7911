//! Amounts in Chinese capitals, as receipts and statements print them beside the figures:
//! 人民币伍万元整.
//!
//! The rule of the payment forms (支付结算办法, annex 1): digits and units in capitals, one 零 for
//! any run of noughts inside, 整 behind yuan or jiao, nothing behind fen.

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// The units inside a group of four digits, from the highest.
const INSIDE: [&str; 4] = ["仟", "佰", "拾", ""];

/// The units of groups of four digits, from the lowest: 2^63 fen lie below 10^17 yuan.
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// An amount in capitals, with 人民币 before it; below zero with 负.
pub fn capitals(fen: i64) -> String {
    let figure = fen.unsigned_abs();
    let (yuan, jiao, rest) = (figure / 100, figure / 10 % 10, figure % 10);
    let mut text = String::from("人民币");
    if fen < 0 {
        text.push('负');
    }
    if yuan > 0 || figure == 0 {
        text += &whole(yuan);
        text.push('元');
    }
    if jiao > 0 {
        text += DIGITS[digit(jiao)];
        text.push('角');
    } else if rest > 0 && yuan > 0 {
        text += DIGITS[0];
    }
    if rest > 0 {
        text += DIGITS[digit(rest)];
        text.push('分');
    } else {
        text.push('整');
    }
    text
}

fn digit(of: u64) -> usize {
    usize::try_from(of).expect("one digit")
}

fn whole(yuan: u64) -> String {
    if yuan == 0 {
        return DIGITS[0].to_owned();
    }
    let digits = yuan.to_string();
    let mut text = String::new();
    // A run of noughts is one 零, said when a digit follows it.
    let mut nought = false;
    let mut spoken_in_group = false;
    for (at, byte) in digits.bytes().enumerate() {
        let left = digits.len() - 1 - at;
        match byte - b'0' {
            0 => nought = true,
            figure => {
                if nought && !text.is_empty() {
                    text += DIGITS[0];
                }
                nought = false;
                spoken_in_group = true;
                text += DIGITS[usize::from(figure)];
                text += INSIDE[3 - left % 4];
            }
        }
        if left.is_multiple_of(4) {
            if spoken_in_group {
                text += GROUPS[left / 4];
            }
            spoken_in_group = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_payment_forms_ask() {
        for (fen, text) in [
            (0, "人民币零元整"),
            (1, "人民币壹分"),
            (10, "人民币壹角整"),
            (99, "人民币玖角玖分"),
            (100, "人民币壹元整"),
            (105, "人民币壹元零伍分"),
            (120, "人民币壹元贰角整"),
            (1_000, "人民币壹拾元整"),
            (10_500, "人民币壹佰零伍元整"),
            (5_000_000, "人民币伍万元整"),
            (140_950, "人民币壹仟肆佰零玖元伍角整"),
            (600_714, "人民币陆仟零柒元壹角肆分"),
            (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
            (10_700_053, "人民币壹拾万零柒仟元伍角叁分"),
            (1_000_000_100, "人民币壹仟万零壹元整"),
            (10_000_000_000, "人民币壹亿元整"),
            (10_000_000_100, "人民币壹亿零壹元整"),
            (10_001_000_000, "人民币壹亿零壹万元整"),
            (1_010_000_000_000, "人民币壹佰零壹亿元整"),
            (-500, "人民币负伍元整"),
            (
                i64::MAX,
                "人民币玖亿亿贰仟贰佰叁拾叁万亿柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分",
            ),
        ] {
            assert_eq!(capitals(fen), text, "{fen}");
        }
    }
}
