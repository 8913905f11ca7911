//! Lower-case hexadecimal, strictly: an upper-case digit is not the same text.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the bytes as lower-case hexadecimal.
pub fn push(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(
        bytes
            .iter()
            .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
    );
}

/// The bytes as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    push(bytes, &mut out);
    String::from_utf8(out).expect("digits are ASCII")
}

/// The bytes that exactly `2 × N` lower-case digits stand for.
pub fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
        let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
        seen |= high | low;
        *byte = high << 4 | low;
    }
    (seen < 16).then_some(bytes)
}

/// What each byte stands for as a digit; more than 15 where it is none. Every record holds some 300
/// digits, so they are looked up instead of compared.
const VALUES: [u8; 256] = {
    let mut values = [0xFF; 256];
    let mut digit = 0;
    while digit < 16 {
        values[DIGITS[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
};

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
        for byte in 0..=255u8 {
            let one = decode::<1>(&[b'0', byte]).map(|[value]| value);
            let expected = DIGITS.iter().position(|digit| *digit == byte);
            assert_eq!(one.map(usize::from), expected, "{byte}");
            assert_eq!(decode::<1>(&[byte, b'0']).is_some(), expected.is_some(), "{byte}");
        }
    }
}
