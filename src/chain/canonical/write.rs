//! Writing canonical JSON by hand: texts and integers (RFC 8785 sections 3.2.2.2 and 3.2.2.3).
//!
//! For all who compose. Nothing is checked here: the gate and the reader do that.

use super::scan;
use crate::base::hex;

/// Appends the text as a JSON string, quoted and escaped as RFC 8785 section 3.2.2.2 says.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let run = scan::unescaped(bytes, at);
        out.extend_from_slice(&bytes[at..run]);
        if let Some(byte) = bytes.get(run) {
            write_escaped(*byte, out);
        }
        at = run + 1;
    }
    out.push(b'"');
}

/// Appends one byte of UTF-8 inside a string, escaped where it must be.
pub(super) fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0C => out.extend_from_slice(b"\\f"),
        0..0x20 => {
            out.extend_from_slice(b"\\u00");
            hex::push(&[byte], out);
        }
        _ => out.push(byte),
    }
}

/// Appends the integer in decimal.
pub fn write_integer(integer: i64, out: &mut Vec<u8>) {
    if integer < 0 {
        out.push(b'-');
    }
    let mut rest = integer.unsigned_abs();
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(rest % 10).expect("a digit is below ten");
        rest /= 10;
        if rest == 0 {
            return out.extend_from_slice(&digits[first..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_those_of_rfc_8785() {
        let mut out = Vec::new();
        write_string("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{8}\t\u{c}\r\u{7f}", &mut out);
        let expected = "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\\r\u{7f}\"";
        assert_eq!(std::str::from_utf8(&out), Ok(expected));
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_serde_json_writes_it(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(&text, &mut out);
            prop_assert_eq!(out, serde_json::to_vec(&text).unwrap());
        }

        #[test]
        fn any_integer_is_written_as_its_display(integer in any::<i64>()) {
            let mut out = Vec::new();
            write_integer(integer, &mut out);
            prop_assert_eq!(out, integer.to_string().into_bytes());
        }
    }
}
