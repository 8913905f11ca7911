//! Lower-case hexadecimal, strictly: an upper-case digit is not the same text.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the bytes as lower-case hexadecimal.
pub fn push(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// The bytes as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    push(bytes, &mut out);
    out.into_iter().map(char::from).collect()
}

/// The bytes that exactly `2 × N` lower-case digits stand for.
pub fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let bytes: [u8; 4] = [0x00, 0x9f, 0xa0, 0xff];
        assert_eq!(encode(&bytes), "009fa0ff");
        assert_eq!(decode::<4>(b"009fa0ff"), Some(bytes));
        assert_eq!(decode::<4>(b"009FA0FF"), None);
        assert_eq!(decode::<4>(b"009fa0f"), None);
        assert_eq!(decode::<4>(b"009fa0fg"), None);
    }
}
