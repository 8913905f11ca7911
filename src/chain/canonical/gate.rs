//! The gate: the JSON text of one event comes in, its canonical bytes go out, or it is malformed.
//!
//! One pass, no tree of values: each member is written where it stands, and an object's members are
//! put in order when it closes. The gate re-orders keys and drops white space and needless escapes;
//! it never mends anything else, since what was sent may have been signed.

mod member;

use super::{DEPTH_MAX, EVENT_BYTES_MAX, Malformed, malformed::Fault, scan, write::write_escaped};
use crate::chain::characters;
use member::{Member, rank};

/// Appends the canonical bytes of one event, a JSON object in any layout, to `out`.
///
/// # Errors
/// Says field, byte and reason of the first thing that the gate refuses; `out` is then as before.
///
/// ```
/// let mut out = Vec::new();
/// fundtrail::chain::canonical::canonicalise(br#" {"b": [1, 2], "a": "\u0041"} "#, &mut out)?;
/// assert_eq!(out, br#"{"a":"A","b":[1,2]}"#);
/// # Ok::<(), fundtrail::chain::Malformed>(())
/// ```
pub fn canonicalise(input: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let start = out.len();
    let result = scan::utf8(input).and_then(|text| {
        let expected = text.len().min(EVENT_BYTES_MAX);
        out.reserve(expected);
        let members = Vec::with_capacity(MEMBERS_EXPECTED);
        let ordered = Vec::with_capacity(expected);
        Gate { text, at: 0, out, start, members, ordered }.whole()
    });
    result.map_err(|fault| {
        out.truncate(start);
        Malformed::from(fault)
    })
}

struct Gate<'a> {
    text: &'a str,
    /// The next byte of the text.
    at: usize,
    out: &'a mut Vec<u8>,
    /// Where the event begins in `out`.
    start: usize,
    /// The members of all objects that are open, the innermost last.
    members: Vec<Member>,
    /// Room for an object's members while they are put in order.
    ordered: Vec<u8>,
}

/// As many members as are commonly open at once, so that their list rarely grows.
const MEMBERS_EXPECTED: usize = 24;

impl Gate<'_> {
    fn whole(&mut self) -> Result<(), Fault> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(1)?,
            _ if self.text[self.at..].starts_with('\u{FEFF}') => {
                return Err(Fault::at(self.at, "a byte order mark stands here; save without it"));
            }
            _ => return Err(Fault::at(self.at, "an event is a JSON object; begin it with {")),
        }
        self.skip_space();
        match self.peek() {
            None => self.check_size(),
            Some(_) => Err(Fault::at(self.at, "the event has ended; remove what follows")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Takes the byte if it comes next, white space before it skipped.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let comes = self.peek() == Some(byte);
        self.at += usize::from(comes);
        comes
    }

    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'{') => self.object(depth + 1)?,
            Some(b'[') => self.list(depth + 1)?,
            Some(b'-' | b'0'..=b'9') => {
                let (_, end) = scan::integer(self.text.as_bytes(), self.at)?;
                self.copy(end);
            }
            _ => match scan::boolean(self.text.as_bytes(), self.at) {
                Some((_, end)) => self.copy(end),
                None => return Err(scan::no_value(self.text.as_bytes(), self.at)),
            },
        }
        self.check_size()
    }

    /// Looked at after every value, so that a huge text is not gone through in vain.
    fn check_size(&self) -> Result<(), Fault> {
        match self.out.len() - self.start > EVENT_BYTES_MAX {
            true => Err(Fault::at(
                self.at,
                format!("the event is longer than {EVENT_BYTES_MAX} canonical bytes; shorten it"),
            )),
            false => Ok(()),
        }
    }

    /// Copies the text up to `end` as it is.
    fn copy(&mut self, end: usize) {
        self.out.extend_from_slice(&self.text.as_bytes()[self.at..end]);
        self.at = end;
    }

    fn list(&mut self, depth: usize) -> Result<(), Fault> {
        self.open(b'[', depth)?;
        if self.take(b']') {
            self.out.push(b']');
            return Ok(());
        }
        for index in 0.. {
            self.skip_space();
            let at = self.at;
            self.value(depth).map_err(|fault| fault.in_item(index, at))?;
            if self.take(b']') {
                break;
            }
            if !self.take(b',') {
                return Err(Fault::at(self.at, "a list goes on with , or ends with ]"));
            }
            self.out.push(b',');
        }
        self.out.push(b']');
        Ok(())
    }

    fn open(&mut self, bracket: u8, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH_MAX {
            return Err(scan::too_deep(self.at));
        }
        self.at += 1;
        self.out.push(bracket);
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.open(b'{', depth)?;
        let first = self.members.len();
        if self.take(b'}') {
            self.out.push(b'}');
            return Ok(());
        }
        let mut in_order = true;
        loop {
            let member = self.member(depth)?;
            if let Some(before) = self.members[first..].last() {
                in_order &= before.compare(&member, self.out).is_lt();
            }
            self.members.push(member);
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(Fault::at(self.at, "an object goes on with , or ends with }"));
            }
            self.out.push(b',');
        }
        if !in_order {
            self.put_in_order(first)?;
        }
        self.members.truncate(first);
        self.out.push(b'}');
        Ok(())
    }

    fn member(&mut self, depth: usize) -> Result<Member, Fault> {
        self.skip_space();
        let mut member = self.name()?;
        if !self.take(b':') {
            return Err(Fault::at(self.at, "a colon should stand after the field's name"));
        }
        self.out.push(b':');
        self.skip_space();
        let value_at = self.at;
        match self.value(depth) {
            Ok(()) => {
                member.end = self.out.len();
                Ok(member)
            }
            Err(fault) => Err(fault.in_field(&self.shown(&member), value_at)),
        }
    }

    /// Copies a field's name; the member's end is not known yet.
    fn name(&mut self) -> Result<Member, Fault> {
        let (at, start) = (self.at, self.out.len());
        if self.peek() != Some(b'"') {
            return Err(Fault::at(at, "a field's name in double quotes should stand here"));
        }
        let bytes = self.text.as_bytes();
        let end = scan::ascii(bytes, at + 1);
        if bytes.get(end) == Some(&b'"') {
            self.copy(end + 1);
            let (rank, name_end) = (rank(&bytes[at + 1..], end - at - 1), self.out.len() - 1);
            return Ok(Member { start, name_end, end: 0, rank, escaped: false, at });
        }
        self.string()?;
        let name_end = self.out.len() - 1;
        let name = &self.out[start + 1..name_end];
        if !name.is_ascii() {
            return Err(Fault::at(at, "a field's name holds ASCII alone; correct the name"));
        }
        let (escaped, unescaped) = (name.contains(&b'\\'), unescaped(name));
        let rank = rank(&unescaped, unescaped.len());
        Ok(Member { start, name_end, end: 0, rank, escaped, at })
    }

    fn shown(&self, member: &Member) -> String {
        String::from_utf8_lossy(member.name(self.out)).into_owned()
    }

    /// Puts the members of the object that closes here in order, and refuses equal names.
    fn put_in_order(&mut self, first: usize) -> Result<(), Fault> {
        let Gate { out, members, ordered, .. } = self;
        let members = &mut members[first..];
        let body = members[0].start;
        members.sort_by(|one, other| one.compare(other, out));
        if let Some(pair) = members.windows(2).find(|pair| pair[0].compare(&pair[1], out).is_eq()) {
            let (again, what) = (pair[1], "the field stands twice; keep one of the two");
            return Err(Fault::at(again.at, what).in_field(&self.shown(&again), again.at));
        }
        ordered.clear();
        for member in members {
            ordered.extend_from_slice(&out[member.start..member.end]);
            ordered.push(b',');
        }
        ordered.pop();
        out.truncate(body);
        out.extend_from_slice(ordered);
        Ok(())
    }

    /// Copies a string, whose opening quote comes next, with none but the needed escapes.
    fn string(&mut self) -> Result<(), Fault> {
        let mut unusual = false;
        let end = scan::characters(self.text, self.at + 1, &mut unusual)?;
        if self.text.as_bytes().get(end) == Some(&b'"') && !unusual {
            self.copy(end + 1);
            return Ok(());
        }
        self.uncommon_string()
    }

    /// As [`Gate::string`], for one with escapes or with characters that NFC might change.
    fn uncommon_string(&mut self) -> Result<(), Fault> {
        let (start, written) = (self.at, self.out.len());
        self.at += 1;
        self.out.push(b'"');
        let (mut unusual, mut escaped) = (false, false);
        loop {
            let end = scan::characters(self.text, self.at, &mut unusual)?;
            self.copy(end);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let at = self.at;
                    let character = self.escape()?;
                    scan::check_character(character, at)?;
                    unusual |= !characters::plain(character);
                    escaped = true;
                    write_character(character, self.out);
                }
                Some(control) => {
                    let what = format!("the control U+{control:04X} stands in a text; remove it");
                    return Err(Fault::at(self.at, what));
                }
                None => return Err(Fault::at(start, "the text has no closing quote; add it")),
            }
        }
        self.at += 1;
        if unusual {
            let inside = &self.out[written + 1..];
            let text = if escaped { unescaped(inside) } else { inside.to_vec() };
            scan::check_nfc(scan::utf8(&text)?, start)?;
        }
        self.out.push(b'"');
        Ok(())
    }

    /// The character that the escape at this backslash stands for.
    fn escape(&mut self) -> Result<char, Fault> {
        let at = self.at;
        let wrong = |what: &str| Err(Fault::at(at, what));
        self.at += 2;
        Ok(match self.text.as_bytes().get(at + 1) {
            Some(simple @ (b'"' | b'\\' | b'/')) => char::from(*simple),
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'u') => {
                let unit = self.four_digits(at)?;
                if let Some(character) = char::from_u32(unit) {
                    return Ok(character);
                }
                let low = match self.text[self.at..].starts_with("\\u") {
                    true => {
                        self.at += 2;
                        self.four_digits(at)?
                    }
                    false => 0,
                };
                let (0xD800..=0xDBFF, 0xDC00..=0xDFFF) = (unit, low) else {
                    return wrong("the escape is half of a surrogate pair; write the whole pair");
                };
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                char::from_u32(code).expect("a surrogate pair stands for a character")
            }
            _ => return wrong("JSON has no such escape; write the character itself"),
        })
    }

    fn four_digits(&mut self, escape_at: usize) -> Result<u32, Fault> {
        let digits = self.text.get(self.at..self.at + 4);
        let hexadecimal = digits.filter(|text| text.bytes().all(|it| it.is_ascii_hexdigit()));
        self.at += 4;
        hexadecimal
            .and_then(|text| u32::from_str_radix(text, 16).ok())
            .ok_or_else(|| Fault::at(escape_at, "\\u needs four hexadecimal digits; correct it"))
    }
}

fn write_character(character: char, out: &mut Vec<u8>) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        write_escaped(byte, out);
    }
}

/// The bytes that a canonical string's inside stands for. Only `\"`, `\\` and `\n` can occur.
pub(super) fn unescaped(inside: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => match rest.next() {
                Some(b'n') => bytes.push(b'\n'),
                Some(itself) => bytes.push(*itself),
                None => {}
            },
            _ => bytes.push(*byte),
        }
    }
    bytes
}
