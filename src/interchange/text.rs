//! Text as people typed it, brought to the form that events may carry: NFC, without invisible
//! marks, full-width figures as plain ones where only figures matter.
//!
//! Never changes what a reader sees. The gate of canonical bytes (design, section 6) refuses what
//! is left standing here.

use unicode_normalization::UnicodeNormalization;

/// How many characters of a cell a message repeats.
const SHOWN_CHARS: usize = 40;

/// A run of digits this long may be a telephone or resident number and is never repeated.
const HIDDEN_DIGITS: usize = 11;

/// The text in NFC, trimmed, with LF for every line end, a space for every tab and hard space,
/// and without the invisible marks that copying between programs leaves behind.
pub fn clean(text: &str) -> String {
    // Most cells are plain already; looking once is cheaper than composing.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain {
        return text.trim().to_owned();
    }
    let one_line_end = text.replace("\r\n", "\n");
    let kept = one_line_end.chars().filter(|it| !is_invisible(*it)).map(|it| match it {
        '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        '\t' | '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    });
    kept.nfc().collect::<String>().trim().to_owned()
}

/// Full-width letters, figures and signs as their plain forms: `１２，３４５．６７` is `12,345.67`.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(it as u32 - 0xfee0).expect("the range maps onto printable ASCII")
            }
            '\u{3000}' => ' ',
            '￥' => '¥',
            other => other,
        })
        .collect()
}

/// The first character that no event may carry: a control character or one of private use.
pub fn forbidden(text: &str) -> Option<char> {
    text.chars().find(|it| {
        matches!(it, '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
            || matches!(it, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
    })
}

/// The text as a message may repeat it: the first characters, on one line, without any run of
/// digits long enough to be a person's number.
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        out.push_str(if digits.len() >= HIDDEN_DIGITS { "…" } else { digits });
        digits.clear();
    };
    for it in text.chars() {
        if it.is_ascii_digit() {
            digits.push(it);
            continue;
        }
        flush(&mut digits, &mut out);
        out.push(if it.is_control() { ' ' } else { it });
    }
    flush(&mut digits, &mut out);
    match out.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &out[..end]),
        None => out,
    }
}

fn is_invisible(it: char) -> bool {
    matches!(
        it,
        '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_copying_left_behind_is_taken_away() {
        let cases = [
            ("  康保县 ", "康保县"),
            ("\u{202a}KB2017-0001\u{202c}", "KB2017-0001"),
            ("\u{feff}项目", "项目"),
            ("第一行\r\n第二行", "第一行\n第二行"),
            ("a\tb\u{a0}c", "a b c"),
            ("e\u{301}", "é"),
        ];
        for (typed, plain) in cases {
            assert_eq!(clean(typed), plain, "{typed:?}");
        }
    }

    #[test]
    fn a_message_never_repeats_a_number_that_may_be_a_persons() {
        assert_eq!(shown("电话13800000000"), "电话…");
        assert_eq!(shown("1,005.005"), "1,005.005");
        assert_eq!(shown(&"长".repeat(50)).chars().count(), SHOWN_CHARS + 1);
    }

    #[test]
    fn full_width_figures_become_plain_ones() {
        assert_eq!(half_width("￥１２，３４５．６７（元）"), "¥12,345.67(元)");
        assert_eq!(forbidden("好\u{1}"), Some('\u{1}'));
        assert_eq!(forbidden("好\n𠮷"), None);
    }
}
