//! What the gate and the reader have in common: runs of ordinary characters, integers, NFC.
//!
//! Eight bytes are looked at together, since most of a record is ASCII that needs no second look.

use super::{Fault, INTEGER_MAX};
use crate::chain::characters;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks the high bit of each byte that is `"`, `\`, below 0x20 or, if wanted, above 0x7E. Only the
/// lowest mark is exact: a subtraction may borrow into the bytes above it.
fn marks(word: u64, only_ascii: bool) -> u64 {
    let equals = |byte: u8| {
        let zeroed = word ^ (ONES * u64::from(byte));
        zeroed.wrapping_sub(ONES) & !zeroed
    };
    let below = word.wrapping_sub(ONES * 0x20) & !word;
    let special = equals(b'"') | equals(b'\\') | below;
    let beyond = if only_ascii { equals(0x7F) | word } else { 0 };
    (special | beyond) & HIGHS
}

fn ordinary_run(bytes: &[u8], from: usize, only_ascii: bool) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = marks(u64::from_le_bytes(*chunk), only_ascii);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| {
        matches!(byte, b'"' | b'\\' | 0..0x20) || only_ascii && matches!(byte, 0x7F..=0xFF)
    };
    bytes[at..].iter().position(ends).map_or(bytes.len(), |count| at + count)
}

/// Where the run of printable ASCII without `"` and `\` ends that begins here.
pub(super) fn ascii(bytes: &[u8], from: usize) -> usize {
    ordinary_run(bytes, from, true)
}

/// Where the run of bytes ends that RFC 8785 writes as they are.
pub(super) fn unescaped(bytes: &[u8], from: usize) -> usize {
    ordinary_run(bytes, from, false)
}

/// Where the run of allowed characters ends that begins here: at `"`, `\`, a control or the end.
/// Sets `unusual` when one of them calls for a look whether the string is in NFC.
pub(super) fn characters(text: &str, from: usize, unusual: &mut bool) -> Result<usize, Fault> {
    let mut at = ascii(text.as_bytes(), from);
    while text.as_bytes().get(at).is_some_and(|byte| *byte >= 0x80) {
        for character in text[at..].chars() {
            if character.is_ascii() {
                break;
            }
            if !characters::plain(character) {
                check_character(character, at)?;
                *unusual = true;
            }
            at += character.len_utf8();
        }
        at = ascii(text.as_bytes(), at);
    }
    Ok(at)
}

/// Refuses a character that records do not hold.
pub(super) fn check_character(character: char, at: usize) -> Result<(), Fault> {
    match characters::allowed(character) {
        true => Ok(()),
        false => Err(Fault::at(
            at,
            format!(
                "the character U+{:04X} is not used in records; remove it",
                u32::from(character)
            ),
        )),
    }
}

/// Refuses a string, its escapes already resolved, that is not in NFC.
pub(super) fn check_nfc(text: &str, at: usize) -> Result<(), Fault> {
    match unicode_normalization::is_nfc(text) {
        true => Ok(()),
        false => Err(Fault::at(at, "the text is not in Unicode NFC; bring it to NFC")),
    }
}

/// Reads the integer that begins here, and says where it ends.
pub(super) fn integer(bytes: &[u8], from: usize) -> Result<(i64, usize), Fault> {
    let negative = bytes.get(from) == Some(&b'-');
    let first = from + usize::from(negative);
    let mut at = first;
    let mut value: i64 = 0;
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        // Saturation lies far beyond the bound, so a longer number stays out of it.
        value = value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
        at += 1;
    }
    let what = match (bytes.get(first), bytes.get(at)) {
        (_, Some(b'.' | b'e' | b'E')) => {
            "fractions and exponents are not used; write a whole number"
        }
        (Some(b'0'), _) if negative => "-0 is not used; write 0",
        (Some(b'0'), _) if at > first + 1 => "the number begins with 0; write it without",
        _ if at == first => "a digit is missing after the minus; write the number",
        _ if value > INTEGER_MAX => "the number is beyond 9007199254740991; write a smaller one",
        _ => return Ok((if negative { -value } else { value }, at)),
    };
    Err(Fault::at(from, what))
}

/// The value of `true` or `false` that begins here, and where it ends.
pub(super) fn boolean(bytes: &[u8], from: usize) -> Option<(bool, usize)> {
    let rest = &bytes[from..];
    if rest.starts_with(b"true") {
        Some((true, from + 4))
    } else if rest.starts_with(b"false") {
        Some((false, from + 5))
    } else {
        None
    }
}

/// What is wrong where no value begins.
#[cold]
pub(super) fn no_value(bytes: &[u8], at: usize) -> Fault {
    let rest = &bytes[at.min(bytes.len())..];
    let what = match rest.first() {
        None => "the text ends where a value should stand; complete it",
        _ if rest.starts_with(b"null") => "null is not used; leave the field out",
        _ => "no value begins here; write a text, a whole number, true, false, [ or {",
    };
    Fault::at(at, what)
}

/// What is wrong where objects and lists are nested too deep.
#[cold]
pub(super) fn too_deep(at: usize) -> Fault {
    Fault::at(at, format!("lists and objects are nested deeper than {}", super::DEPTH_MAX))
}

/// Refuses bytes that are not UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes)
        .map_err(|error| Fault::at(error.valid_up_to(), "this byte is not UTF-8; save it as UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_the_first_special_byte_wherever_it_stands() {
        for special in 0..=255u8 {
            for place in 0..20 {
                let mut bytes = vec![b'a'; 20];
                bytes[place] = special;
                bytes.push(b'"');
                let ascii_end = matches!(special, b'"' | b'\\' | 0..0x20 | 0x7F..=0xFF);
                let expected = if ascii_end { place } else { 20 };
                assert_eq!(ascii(&bytes, 0), expected, "{special} at {place}");
                let expected = if matches!(special, b'"' | b'\\' | 0..0x20) { place } else { 20 };
                assert_eq!(unescaped(&bytes, 0), expected, "{special} at {place}");
            }
        }
    }

    #[test]
    fn integers_have_one_form_and_bounds() {
        for (text, value) in [("0,", 0), ("-1]", -1), ("9007199254740991", INTEGER_MAX), ("10", 10)]
        {
            assert_eq!(integer(text.as_bytes(), 0).unwrap().0, value, "{text}");
        }
        for wrong in [
            "-0",
            "00",
            "01",
            "-01",
            "1.0",
            "1e3",
            "1E3",
            "-",
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999999999",
            "-.5",
        ] {
            assert!(integer(wrong.as_bytes(), 0).is_err(), "{wrong}");
        }
    }
}
