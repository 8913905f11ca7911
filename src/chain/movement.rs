//! The movements of a record: `[{"amount_fen":…,"from":…,"lot":…,"to":…}]`, and nothing else.
//!
//! Folders read these without the event, so the form is read by hand and is stricter than canonical
//! JSON: lot and places are of a closed set of ASCII, hence nothing is ever escaped. What a place
//! means is not known here (design: record).

use super::canonical::{INTEGER_MAX, Malformed, write_integer};

/// Fen of one lot that leave one place for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement<'a> {
    /// Whole fen, 1 to 2^53 − 1.
    pub amount_fen: i64,
    /// The path of the place that the money leaves.
    pub from: &'a str,
    /// The lot's identifier.
    pub lot: &'a str,
    /// The path of the place that the money comes to.
    pub to: &'a str,
}

/// The longest path of a place: `advanced/UNIT/P/J/PLAN` with identifiers of 64, rounded up.
pub const PLACE_BYTES_MAX: usize = 256;

/// Appends the movements in their order as canonical JSON.
///
/// Panics when a movement could not be read back: whoever decides them has checked the names.
pub fn write_movements<'a>(movements: impl IntoIterator<Item = Movement<'a>>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, movement) in movements.into_iter().enumerate() {
        assert!((1..=INTEGER_MAX).contains(&movement.amount_fen), "an amount is 1 to 2^53 − 1");
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"amount_fen\":");
        write_integer(movement.amount_fen, out);
        for (label, text) in [
            (b",\"from\":\"".as_slice(), movement.from),
            (b"\",\"lot\":\"", movement.lot),
            (b"\",\"to\":\"", movement.to),
        ] {
            assert!(is_path(text), "lots and places are ASCII of a closed set");
            out.extend_from_slice(label);
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(b"\"}");
    }
    out.push(b']');
}

fn is_path(text: &str) -> bool {
    matches!(text.len(), 1..=PLACE_BYTES_MAX)
        && text.bytes().all(|byte| PATH_BYTES[usize::from(byte)])
}

const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-' | b'/')
}

/// [`is_path_byte`] for each byte, since every byte of every movement is asked for.
static PATH_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_path_byte(byte as u8);
        byte += 1;
    }
    table
};

/// Reads movements one by one, each byte checked; an error is the last item.
///
/// ```
/// use fundtrail::chain::movement::read_movements;
/// let bytes = br#"[{"amount_fen":5,"from":"outside","lot":"L1","to":"available/130000"}]"#;
/// let movements: Vec<_> = read_movements(bytes).collect::<Result<_, _>>()?;
/// assert_eq!((movements[0].amount_fen, movements[0].to), (5, "available/130000"));
/// # Ok::<(), fundtrail::chain::Malformed>(())
/// ```
pub fn read_movements(bytes: &[u8]) -> Movements<'_> {
    Movements { bytes, at: 0, ended: false }
}

/// The iterator of [`read_movements`].
#[derive(Clone, Debug)]
pub struct Movements<'a> {
    bytes: &'a [u8],
    /// The next byte.
    at: usize,
    ended: bool,
}

impl<'a> Iterator for Movements<'a> {
    type Item = Result<Movement<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.step();
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

impl<'a> Movements<'a> {
    fn step(&mut self) -> Result<Option<Movement<'a>>, Malformed> {
        let first = self.at == 0;
        if first {
            self.expect(b"[")?;
        }
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return match self.at == self.bytes.len() {
                true => Ok(None),
                false => Err(self.wrong("the end")),
            };
        }
        self.expect(if first { b"{\"amount_fen\":" } else { b",{\"amount_fen\":" })?;
        let amount_fen = self.amount()?;
        self.expect(b",\"from\":\"")?;
        let from = self.path()?;
        self.expect(b"\",\"lot\":\"")?;
        let lot = self.path()?;
        self.expect(b"\",\"to\":\"")?;
        let to = self.path()?;
        self.expect(b"\"}")?;
        Ok(Some(Movement { amount_fen, from, lot, to }))
    }

    fn expect(&mut self, text: &'static [u8]) -> Result<(), Malformed> {
        match self.bytes[self.at..].starts_with(text) {
            true => {
                self.at += text.len();
                Ok(())
            }
            false => Err(self.wrong(&String::from_utf8_lossy(text))),
        }
    }

    #[cold]
    fn wrong(&self, expected: &str) -> Malformed {
        Malformed::new(format!("movements, byte {}: {expected} should stand here", self.at))
    }

    fn amount(&mut self) -> Result<i64, Malformed> {
        let rest = &self.bytes[self.at..];
        let mut value: i64 = 0;
        let mut length = 0;
        while let Some(digit @ b'0'..=b'9') = rest.get(length) {
            value = value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
            length += 1;
        }
        if !(1..=INTEGER_MAX).contains(&value) || rest.first() == Some(&b'0') {
            return Err(self.wrong("a whole number from 1 to 9007199254740991"));
        }
        self.at += length;
        Ok(value)
    }

    fn path(&mut self) -> Result<&'a str, Malformed> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| PATH_BYTES[usize::from(**byte)]).count();
        match std::str::from_utf8(&rest[..length]) {
            Ok(text) if matches!(length, 1..=PLACE_BYTES_MAX) => {
                self.at += length;
                Ok(text)
            }
            _ => Err(self.wrong("1 to 256 characters of A-Z a-z 0-9 . _ : - /")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: &str = concat!(
        r#"[{"amount_fen":9007199254740991,"from":"available/130000","lot":"L1","#,
        r#""to":"spent/P1/130000"},"#,
        r#"{"amount_fen":1,"from":"spent/P1/130000/KB:2","lot":"a_b-c.d","to":"outside"}]"#
    );

    fn read(bytes: &[u8]) -> Option<Vec<Movement<'_>>> {
        read_movements(bytes).collect::<Result<_, _>>().ok()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let movements = read(TWO.as_bytes()).unwrap();
        assert_eq!((movements.len(), movements[0].amount_fen), (2, INTEGER_MAX));
        assert_eq!((movements[1].from, movements[1].lot), ("spent/P1/130000/KB:2", "a_b-c.d"));
        let mut out = Vec::new();
        write_movements(movements, &mut out);
        assert_eq!(std::str::from_utf8(&out), Ok(TWO));
        assert_eq!(read(b"[]"), Some(vec![]));
    }

    #[test]
    fn an_amount_of_nothing_or_too_much_is_refused() {
        for amount in ["0", "01", "-1", "9007199254740992", "1.0", "", "99999999999999999999"] {
            let text = TWO.replace("9007199254740991", amount);
            assert!(read(text.as_bytes()).is_none(), "{amount}");
        }
    }

    #[test]
    fn an_error_names_the_byte_and_ends_the_movements() {
        let mut movements = read_movements(br#"[{"amount_fen":1,"from":"outside","to":"L"}]"#);
        let reason = movements.next().unwrap().unwrap_err().reason;
        assert_eq!(reason, "movements, byte 32: \",\"lot\":\" should stand here");
        assert!(movements.next().is_none());
    }

    proptest! {
        #[test]
        fn a_changed_byte_never_passes_for_another_form(at in 0..TWO.len(), byte: u8) {
            let mut bytes = TWO.as_bytes().to_vec();
            bytes[at] = byte;
            if let Some(movements) = read(&bytes) {
                let mut out = Vec::new();
                write_movements(movements, &mut out);
                prop_assert_eq!(out, bytes);
            }
        }

        #[test]
        fn random_bytes_are_survived(bytes: Vec<u8>) {
            read(&bytes);
        }
    }
}
