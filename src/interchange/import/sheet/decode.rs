//! The bytes of a text file as text: UTF-8, with or without a byte order mark, GB18030, and the
//! UTF-16 that spreadsheet programs call Unicode text.
//!
//! Never replaces what it cannot read by a mark: a wrong byte refuses the file.

use super::SheetError;
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::borrow::Cow;

/// The file's text. What is valid UTF-8 is UTF-8; everything else must be GB18030 throughout.
pub(in super::super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark_bytes)) => {
            encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark_bytes..])
        }
        None => UTF_8
            .decode_without_bom_handling_and_without_replacement(bytes)
            .or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes)),
    };
    // A NUL never stands in text; where one does, the file is something else.
    text.filter(|it| !it.contains('\0')).ok_or(SheetError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_from_each_encoding_and_never_patched() {
        let text = "资金批次，金额（万元）";
        let (gb, _, _) = GB18030.encode(text);
        let utf16: Vec<u8> =
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &gb, &utf16, &marked] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
        for wrong in [&b"a\xff\xff"[..], b"\x00\x01\x02", b"\x81"] {
            assert!(matches!(decode(wrong), Err(SheetError::Encoding)), "{wrong:?}");
        }
    }
}
