//! Which characters a text in a record may hold (design: canonical bytes).
//!
//! The ranges stand in `schemas/characters.txt`, which every verifier reads: characters assigned in
//! Unicode 14.0, for which NFC never changes again, without controls, private use and those that
//! turn or hide what a reader sees. The file is the rule; nothing is decided by a library's tables.

use std::sync::LazyLock;

const RANGES: &str = include_str!("../../schemas/characters.txt");

/// First and last code point of each range, ascending.
static TABLE: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let lines = RANGES.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| range(line).expect("the file was frozen with lines FIRST..LAST")).collect()
});

fn range(line: &str) -> Option<(u32, u32)> {
    let (first, last) = line.split_once("..")?;
    Some((u32::from_str_radix(first, 16).ok()?, u32::from_str_radix(last, 16).ok()?))
}

/// May a text in a record hold this character?
pub fn allowed(character: char) -> bool {
    let code = u32::from(character);
    match code {
        0x0A | 0x20..=0x7E => true,
        0..=0x9F => false,
        _ if plain(character) => true,
        _ => {
            let after = TABLE.partition_point(|(first, _)| *first <= code);
            after.checked_sub(1).is_some_and(|index| code <= TABLE[index].1)
        }
    }
}

/// Is it one of the common characters that are allowed and that no neighbour can bring out of NFC?
///
/// These blocks (Latin, punctuation, Chinese, full-width forms) hold nothing that combines or
/// decomposes canonically, so a text of them alone needs no look into the tables. A test compares
/// them with the tables.
pub(crate) fn plain(character: char) -> bool {
    matches!(character,
        '\n' | ' '..='~' | '\u{A0}'..='\u{2FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{3000}'..='\u{3029}' | '\u{FF01}'..='\u{FF60}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::{IsNormalized, char::canonical_combining_class, is_nfc_quick};

    #[test]
    fn the_ranges_ascend_and_do_not_touch() {
        assert_eq!(TABLE.len(), 700);
        assert!(TABLE.iter().all(|(first, last)| first <= last));
        assert!(TABLE.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
    }

    #[test]
    fn the_quick_answers_agree_with_the_file() {
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            let listed = TABLE.iter().any(|(first, last)| (*first..=*last).contains(&code));
            assert_eq!(allowed(character), listed, "U+{code:04X}");
            if plain(character) {
                assert_eq!(canonical_combining_class(character), 0, "U+{code:04X}");
                let quick = is_nfc_quick(std::iter::once(character));
                assert_eq!(quick, IsNormalized::Yes, "U+{code:04X}");
                assert!(listed, "U+{code:04X}");
            }
        }
    }

    #[test]
    fn what_turns_or_hides_text_is_refused() {
        for good in ['\n', 'A', '县', '〔', '(', '😀', 'ǖ'] {
            assert!(allowed(good), "{good:?}");
        }
        for wrong in [
            '\0',
            '\t',
            '\r',
            '\u{7F}',
            '\u{85}',
            '\u{61C}',
            '\u{200E}',
            '\u{200F}',
            '\u{2028}',
            '\u{2029}',
            '\u{202A}',
            '\u{202E}',
            '\u{2066}',
            '\u{2069}',
            '\u{E000}',
            '\u{FEFF}',
            '\u{FFFE}',
            '\u{10FFFD}',
            // Assigned in Unicode 15.0, after the tables were frozen.
            '\u{1DF25}',
        ] {
            assert!(!allowed(wrong), "{wrong:?}");
        }
    }
}
