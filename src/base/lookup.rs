//! Look-up codes: the 26 characters by which a donor opens one gift, and what is kept of them.
//!
//! The program makes every code; a code itself is written nowhere, only its digest (design
//! section 8).

use super::Digest;

/// How many characters a code has: 26 of 5 random bits each, 130 bits.
pub const CODE_CHARACTERS: usize = 26;

/// Crockford's base32, without I, L, O and U.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A donor's look-up code from random bytes, 26 characters in groups for reading.
pub fn lookup_code(random: &[u8; CODE_CHARACTERS]) -> String {
    let mut code = String::new();
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    code
}

/// What the ledger keeps of a look-up code: SHA-256("fundtrail-gift-v1" ‖ LF ‖ the code in upper
/// case without separators).
pub fn lookup_sha256(code: &str) -> Digest {
    let plain: String = code
        .chars()
        .filter(|one| one.is_ascii_alphanumeric())
        .map(|one| one.to_ascii_uppercase())
        .collect();
    Digest::of(&[b"fundtrail-gift-v1\n", plain.as_bytes()])
}

/// The digest of a code as a person typed it: any case, hyphens and blanks ignored, O read as 0, I
/// and L as 1. None where it has not the form of a code, so that nothing need be looked up.
pub fn typed_code(typed: &str) -> Option<Digest> {
    let mut plain = String::with_capacity(CODE_CHARACTERS);
    for one in typed.chars().filter(|one| !matches!(one, '-' | ' ')) {
        let one = match one.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let known = u8::try_from(one).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || plain.len() == CODE_CHARACTERS {
            return None;
        }
        plain.push(one);
    }
    (plain.len() == CODE_CHARACTERS).then(|| lookup_sha256(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_in_any_case_and_grouping() {
        let code = lookup_code(&std::array::from_fn(|at| at as u8 * 7));
        assert_eq!(code.replace('-', "").len(), CODE_CHARACTERS);
        assert_eq!(lookup_sha256(&code), lookup_sha256(&code.to_lowercase().replace('-', " ")));
        assert_eq!(typed_code(&code), Some(lookup_sha256(&code)));
        assert_eq!(typed_code(&format!(" {} ", code.to_lowercase())), typed_code(&code));
    }

    #[test]
    fn letters_that_no_code_has_are_read_as_the_digits_they_look_like() {
        let code = "0".repeat(13) + &"1".repeat(13);
        let typed = "oO".repeat(6) + "O" + &"iLl1".repeat(3) + "I";
        assert_eq!(typed_code(&typed), Some(lookup_sha256(&code)));
    }

    #[test]
    fn what_has_not_the_form_of_a_code_has_no_digest() {
        for wrong in
            [String::new(), "0".repeat(25), "0".repeat(27), "U".repeat(26), "县".repeat(26)]
        {
            assert_eq!(typed_code(&wrong), None, "{wrong}");
        }
    }
}
