//! Personal data that must never enter the chain: resident numbers and mobile numbers.
//!
//! The chain cannot forget, so what could identify a person is refused in free text (design
//! section 5; Personal Information Protection Law).

/// Does the text contain a resident number (GB 11643, with a right check digit) or a mainland
/// mobile number, with or without its country code?
pub fn found(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let run = &bytes[at..at + length];
        at += length;
        if is_mobile(run) || is_resident(run, bytes.get(at).copied()) {
            return true;
        }
    }
    false
}

fn is_mobile(run: &[u8]) -> bool {
    let national = match run.len() {
        11 => run,
        13 if run.starts_with(b"86") => &run[2..],
        _ => return false,
    };
    national[0] == b'1' && matches!(national[1], b'3'..=b'9')
}

fn is_resident(run: &[u8], next: Option<u8>) -> bool {
    let check = match (run.len(), next) {
        (18, _) => run[17],
        (17, Some(x @ (b'X' | b'x'))) => x,
        _ => return false,
    };
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let sum: u32 =
        run.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[sum as usize % 11] == check.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_found_and_other_numbers_are_not() {
        // 11010519491231002X is the example of the standard itself, not a person's.
        let personal = [
            "联系人 13800138000",
            "+8613800138000",
            "8613800138000",
            "电话19912345678。",
            "11010519491231002X",
            "11010519491231002x",
        ];
        for text in personal {
            assert!(found(text), "{text}");
        }
        for text in [
            "",
            "硬化道路 6 公里",
            "12345678901",
            "138001380001",
            "1380013800",
            "110105194912310021",
            "130723200201",
            "FP-0001",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
