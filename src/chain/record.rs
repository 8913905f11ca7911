//! The record's frame: an event and its movements, sealed into the chain as one canonical line.
//!
//! ```text
//! {"batch_left":…,"event":…,"movements":[…],"posted_by":…,"prev":…,"recorded_at":…,
//!  "salt":…,"seq":…,"signatures":[…],"v":1}
//! ```
//!
//! Bytes are composed and hashed, never a serialised struct. The inside of the event and of the
//! movements is left to whoever reads it. The rule is `schemas/record.md`; money is not known here.

use super::{
    canonical::{self, EVENT_BYTES_MAX, INTEGER_MAX, Malformed, write_integer},
    movement::read_movements,
    signature::{PublicKey, SIGNATURES_MAX, Signature},
};
use crate::base::{Digest, Name, Stamp, hex};

/// The longest record, without its LF: what the 16-bit length of an entry bundle can say.
pub const RECORD_BYTES_MAX: usize = 65_535;

/// The version of format and rules that this program writes.
pub const RECORD_VERSION: u32 = 1;

const _: () = assert!(EVENT_BYTES_MAX < RECORD_BYTES_MAX, "an event has to fit a record");
const _: () = assert!(RECORD_BYTES_MAX == u16::MAX as usize);

/// What a record is composed of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// How many records of the same batch follow.
    pub batch_left: u32,
    /// The event's canonical bytes.
    pub event: &'a [u8],
    /// The movements' bytes, as `write_movements` writes them.
    pub movements: &'a [u8],
    /// The principal that posted the event.
    pub posted_by: &'a str,
    /// The leaf hash of the record before; zeros before record 0.
    pub prev: Digest,
    /// When the record was sealed.
    pub recorded_at: Stamp,
    /// 128 random bits, so that the leaf hash says nothing about the event.
    pub salt: [u8; 16],
    /// The record's number, counted from 0.
    pub seq: u64,
    /// At most four, sorted by key.
    pub signatures: &'a [Signature],
}

/// The composed record would be longer than [`RECORD_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record would be {bytes} bytes long, over {RECORD_BYTES_MAX}; split the event")]
pub struct RecordTooLarge {
    /// How long it would be.
    pub bytes: usize,
}

/// Appends the record, without an LF.
///
/// # Errors
/// The record is too large; `out` is then as before.
pub fn compose(parts: &Parts<'_>, out: &mut Vec<u8>) -> Result<(), RecordTooLarge> {
    assert!(Name::parse(parts.posted_by).is_some(), "a principal is an identifier");
    assert!(parts.signatures.len() <= SIGNATURES_MAX, "a record carries at most four signatures");
    assert!(parts.signatures.is_sorted_by(|one, next| one.key < next.key), "sorted by key");
    assert!(parts.seq <= INTEGER_MAX.unsigned_abs(), "a number is at most 2^53 − 1");

    let start = out.len();
    out.reserve(parts.event.len() + parts.movements.len() + 400 + 172 * parts.signatures.len());
    out.extend_from_slice(b"{\"batch_left\":");
    write_integer(parts.batch_left.into(), out);
    out.extend_from_slice(b",\"event\":");
    out.extend_from_slice(parts.event);
    out.extend_from_slice(b",\"movements\":");
    out.extend_from_slice(parts.movements);
    out.extend_from_slice(b",\"posted_by\":\"");
    out.extend_from_slice(parts.posted_by.as_bytes());
    out.extend_from_slice(b"\",\"prev\":\"");
    hex::push(&parts.prev.0, out);
    out.extend_from_slice(b"\",\"recorded_at\":\"");
    out.extend_from_slice(&parts.recorded_at.text());
    out.extend_from_slice(b"\",\"salt\":\"");
    hex::push(&parts.salt, out);
    out.extend_from_slice(b"\",\"seq\":");
    write_integer(parts.seq.cast_signed(), out);
    out.extend_from_slice(b",\"signatures\":[");
    for (index, signature) in parts.signatures.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"key\":\"" } else { b",{\"key\":\"" });
        hex::push(&signature.key.0, out);
        out.extend_from_slice(b"\",\"sig\":\"");
        out.extend_from_slice(signature.sig_text().as_bytes());
        out.extend_from_slice(b"\"}");
    }
    out.extend_from_slice(b"],\"v\":");
    write_integer(RECORD_VERSION.into(), out);
    out.push(b'}');

    let bytes = out.len() - start;
    if bytes > RECORD_BYTES_MAX {
        out.truncate(start);
        return Err(RecordTooLarge { bytes });
    }
    Ok(())
}

/// The leaf hash of a record's bytes: SHA-256(0x00 ‖ bytes), RFC 6962 section 2.1.
pub fn leaf_hash(record: &[u8]) -> Digest {
    Digest::of(&[&[0x00], record])
}

/// A stored record, taken apart; event and movements borrow from the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// How many records of the same batch follow.
    pub batch_left: u32,
    /// The event's bytes, whose inside has not been looked at.
    pub event: &'a [u8],
    /// The movements' bytes, whose inside has not been looked at.
    pub movements: &'a [u8],
    /// The principal that posted the event.
    pub posted_by: &'a str,
    /// The leaf hash of the record before, as this record says.
    pub prev: Digest,
    /// When the record was sealed.
    pub recorded_at: Stamp,
    /// 128 random bits.
    pub salt: [u8; 16],
    /// The record's number, counted from 0, as this record says.
    pub seq: u64,
    /// At most four, sorted by key, no key twice. Not verified.
    pub signatures: Vec<Signature>,
    /// The version of format and rules that the record was written under.
    pub v: u32,
}

impl<'a> Record<'a> {
    /// Takes a line, without its LF, apart, and refuses any other form of the frame.
    ///
    /// The frame's end has so strict a form that it is read backwards; only then is it known where
    /// the event ends, without reading it. [`Record::check_form`] or a reader of the event confirms
    /// that it is one value.
    ///
    /// # Errors
    /// Says which part of the frame is not where it should be.
    pub fn parse(line: &'a [u8]) -> Result<Record<'a>, Malformed> {
        if line.len() > RECORD_BYTES_MAX {
            let long = line.len();
            return Err(Malformed::new(format!(
                "the record is {long} bytes long, over {RECORD_BYTES_MAX}"
            )));
        }
        let mut frame = Frame { line, start: 0, end: line.len() };
        frame.first(b"{\"batch_left\":")?;
        let batch_left = frame.first_number()?;
        frame.first(b",\"event\":")?;

        frame.last(b"}")?;
        let v = frame.last_number("v")?;
        frame.last(b",\"v\":")?;
        let signatures = frame.last_signatures()?;
        frame.last(b",\"signatures\":")?;
        let seq = frame.last_number("seq")?;
        frame.last(b"\",\"seq\":")?;
        let salt = frame.last_field(32, "salt", hex::decode)?;
        frame.last(b"\",\"salt\":\"")?;
        let recorded_at = frame.last_field(24, "recorded_at", |bytes| {
            std::str::from_utf8(bytes).ok().and_then(Stamp::parse)
        })?;
        frame.last(b"\",\"recorded_at\":\"")?;
        let prev = frame.last_field(64, "prev", hex::decode)?;
        frame.last(b"\",\"prev\":\"")?;
        let posted_by = frame.last_name()?;
        frame.last(b",\"posted_by\":\"")?;
        let movements = frame.last_movements()?;
        frame.last(b",\"movements\":")?;

        let event = &line[frame.start..frame.end];
        if !event.starts_with(b"{") || event.len() > EVENT_BYTES_MAX {
            return Err(Malformed::new(format!(
                "event: an object of at most {EVENT_BYTES_MAX} bytes should stand here"
            )));
        }
        Ok(Record {
            batch_left: u32::try_from(batch_left).map_err(|_| frame.wrong("batch_left"))?,
            event,
            movements,
            posted_by,
            prev: Digest(prev),
            recorded_at,
            salt,
            seq,
            signatures,
            v: u32::try_from(v).ok().filter(|v| *v >= 1).ok_or_else(|| frame.wrong("v"))?,
        })
    }

    /// Checks the form of what [`Record::parse`] left unread: every byte of the event and of the
    /// movements. Whoever reads both with their readers need not call it.
    ///
    /// # Errors
    /// Says what is not canonical, and where.
    pub fn check_form(&self) -> Result<(), Malformed> {
        canonical::check(self.event)
            .map_err(|malformed| Malformed::new(format!("event: {}", malformed.reason)))?;
        read_movements(self.movements).try_for_each(|movement| movement.map(|_| ()))
    }
}

/// The part of a line that has not been taken apart yet, from both ends.
struct Frame<'a> {
    line: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Frame<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.line[self.start..self.end]
    }

    #[cold]
    fn wrong(&self, what: &str) -> Malformed {
        Malformed::new(format!(
            "the record's frame is wrong at {what}, between bytes {} and {}",
            self.start, self.end
        ))
    }

    #[cold]
    fn missing(&self, label: &[u8]) -> Malformed {
        self.wrong(&String::from_utf8_lossy(label))
    }

    /// Takes the label at the front.
    fn first(&mut self, label: &[u8]) -> Result<(), Malformed> {
        if !self.rest().starts_with(label) {
            return Err(self.missing(label));
        }
        self.start += label.len();
        Ok(())
    }

    /// Takes the label at the end.
    fn last(&mut self, label: &[u8]) -> Result<(), Malformed> {
        if !self.rest().ends_with(label) {
            return Err(self.missing(label));
        }
        self.end -= label.len();
        Ok(())
    }

    fn first_number(&mut self) -> Result<u64, Malformed> {
        let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let value = number(&self.rest()[..length]).ok_or_else(|| self.wrong("batch_left"))?;
        self.start += length;
        Ok(value)
    }

    fn last_number(&mut self, name: &str) -> Result<u64, Malformed> {
        let length = self.rest().iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = &self.rest()[self.rest().len() - length..];
        let value = number(digits).ok_or_else(|| self.wrong(name))?;
        self.end -= length;
        Ok(value)
    }

    /// Takes a field of fixed length at the end.
    fn last_field<T>(
        &mut self,
        length: usize,
        name: &str,
        decode: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Result<T, Malformed> {
        let rest = self.rest();
        let field = rest.len().checked_sub(length).and_then(|at| decode(&rest[at..]));
        let field = field.ok_or_else(|| self.wrong(name))?;
        self.end -= length;
        Ok(field)
    }

    /// Takes the principal's name; its closing quote was taken with what follows.
    fn last_name(&mut self) -> Result<&'a str, Malformed> {
        let rest = self.rest();
        let start = memchr::memrchr(b'"', rest).map_or(0, |quote| quote + 1);
        let name = std::str::from_utf8(&rest[start..]).ok().and_then(Name::parse);
        let name = name.ok_or_else(|| self.wrong("posted_by"))?.as_str();
        self.end -= name.len();
        Ok(name)
    }

    /// Takes the list of movements: none holds a `[` inside, as its reader confirms.
    fn last_movements(&mut self) -> Result<&'a [u8], Malformed> {
        let rest = self.rest();
        let start = memchr::memrchr(b'[', rest).filter(|_| rest.ends_with(b"]"));
        let start = start.ok_or_else(|| self.wrong("movements"))?;
        self.end = self.start + start;
        Ok(&rest[start..])
    }

    fn last_signatures(&mut self) -> Result<Vec<Signature>, Malformed> {
        if self.rest().ends_with(b"[]") {
            self.end -= 2;
            return Ok(Vec::new());
        }
        let mut signatures = Vec::with_capacity(1);
        self.last(b"]")?;
        loop {
            self.last(b"\"}")?;
            let sig = self.last_field(88, "signatures", Signature::parse_sig)?;
            self.last(b"\",\"sig\":\"")?;
            let key = PublicKey(self.last_field(64, "signatures", hex::decode)?);
            self.last(b"{\"key\":\"")?;
            signatures.push(Signature { key, sig });
            if self.rest().ends_with(b"[") {
                break;
            }
            self.last(b",")?;
            if signatures.len() == SIGNATURES_MAX {
                return Err(self.wrong("signatures, of which there are more than four"));
            }
        }
        self.last(b"[")?;
        signatures.reverse();
        match signatures.is_sorted_by(|one, next| one.key < next.key) {
            true => Ok(signatures),
            false => Err(self.wrong("signatures, which are sorted by key")),
        }
    }
}

/// The number that decimal digits without leading zeros stand for, at most 2^53 − 1.
fn number(digits: &[u8]) -> Option<u64> {
    if !matches!(digits, [b'0'] | [b'1'..=b'9', ..]) || digits.len() > 16 {
        return None;
    }
    let value = digits.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
    (value <= INTEGER_MAX.unsigned_abs()).then_some(value)
}

#[cfg(test)]
mod example;
#[cfg(test)]
mod tests;
