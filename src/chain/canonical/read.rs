//! Reading canonical bytes into types, and refusing every other form in the same pass.
//!
//! [`Reader`] is a serde `Deserializer` that borrows each string without escapes from the text, so
//! that a stored record is checked and read without an allocation. What a visitor skips is checked
//! as well. Re-serialising what was read would give the very bytes that came in: that is the rule,
//! kept here without doing it.

mod parts;

use super::{DEPTH_MAX, Malformed, gate::unescaped, malformed::Fault, scan};
use parts::{Fields, Items};
use serde::de::{
    self, Deserialize, DeserializeSeed, Error as _, IgnoredAny, IntoDeserializer, Unexpected,
    Visitor,
};
use std::borrow::Cow;

/// Reads one value, which has to be the whole of the bytes, by a seed.
///
/// # Errors
/// The bytes are not canonical, or not what the seed reads; the reason names field and byte.
pub fn read<'de, S: DeserializeSeed<'de>>(
    seed: S,
    bytes: &'de [u8],
) -> Result<S::Value, Malformed> {
    let mut reader = Reader { text: scan::utf8(bytes)?, at: 0, depth: 0 };
    let value = seed.deserialize(&mut reader)?;
    match reader.at == bytes.len() {
        true => Ok(value),
        false => Err(Fault::at(reader.at, "the value has ended; remove what follows").into()),
    }
}

/// Reads one value of a type, as [`read`] does.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Line<'a> {
///     amount_fen: u64,
///     lot: &'a str,
/// }
/// use fundtrail::chain::canonical::read_as;
/// let line: Line = read_as(br#"{"amount_fen":100,"lot":"L1"}"#)?;
/// assert_eq!((line.amount_fen, line.lot), (100, "L1"));
/// assert!(read_as::<Line>(br#"{"lot":"L1","amount_fen":100}"#).is_err());
/// # Ok::<(), fundtrail::chain::Malformed>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_as<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Malformed> {
    read(std::marker::PhantomData, bytes)
}

/// Checks that the bytes are one value in canonical form.
///
/// # Errors
/// As [`read`].
pub fn check(bytes: &[u8]) -> Result<(), Malformed> {
    read_as::<IgnoredAny>(bytes).map(|_| ())
}

/// A serde `Deserializer` over canonical bytes; [`read`] and [`read_as`] make it.
#[derive(Debug)]
pub struct Reader<'de> {
    text: &'de str,
    /// The next byte of the text.
    at: usize,
    /// How many objects and lists are open.
    depth: usize,
}

impl<'de> Reader<'de> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let comes = self.peek() == Some(byte);
        self.at += usize::from(comes);
        comes
    }

    fn open(&mut self) -> Result<(), Fault> {
        if self.depth == DEPTH_MAX {
            return Err(scan::too_deep(self.at));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// The string whose opening quote comes next.
    fn string(&mut self) -> Result<Cow<'de, str>, Fault> {
        let start = self.at + 1;
        let mut unusual = false;
        let end = scan::characters(self.text, start, &mut unusual)?;
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return self.escaped_string(start, end, unusual).map(Cow::Owned);
        }
        let text = &self.text[start..end];
        if unusual {
            scan::check_nfc(text, start)?;
        }
        self.at = end + 1;
        Ok(Cow::Borrowed(text))
    }

    /// A string whose first escape stands at `end`.
    #[cold]
    fn escaped_string(
        &mut self,
        start: usize,
        mut end: usize,
        mut unusual: bool,
    ) -> Result<String, Fault> {
        let bytes = self.text.as_bytes();
        while bytes.get(end) != Some(&b'"') {
            match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b'\\'), Some(b'"' | b'\\' | b'n')) => end += 2,
                (Some(b'\\'), _) => {
                    return Err(Fault::at(end, "no escape but \\\", \\\\ and \\n is canonical"));
                }
                (Some(_), _) => return Err(Fault::at(end, "a control stands in a text")),
                (None, _) => return Err(Fault::at(start, "the text has no closing quote")),
            }
            end = scan::characters(self.text, end, &mut unusual)?;
        }
        let inside = unescaped(&bytes[start..end]);
        let text = String::from_utf8(inside).expect("unescaping UTF-8 leaves UTF-8");
        if unusual {
            scan::check_nfc(&text, start)?;
        }
        self.at = end + 1;
        Ok(text)
    }

    /// A field's name, the colon after it taken as well.
    fn key(&mut self) -> Result<Cow<'de, str>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(Fault::at(self.at, "a field's name in double quotes should stand here"));
        }
        let start = self.at + 1;
        let end = scan::ascii(self.text.as_bytes(), start);
        let key = if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            Cow::Borrowed(&self.text[start..end])
        } else {
            let key = self.string()?;
            if !key.is_ascii() {
                return Err(Fault::at(start, "a field's name holds ASCII alone"));
            }
            key
        };
        match self.take(b':') {
            true => Ok(key),
            false => Err(Fault::at(self.at, "a colon should stand here, without white space")),
        }
    }

    fn integer(&mut self) -> Result<i64, Fault> {
        let (value, end) = scan::integer(self.text.as_bytes(), self.at)?;
        self.at = end;
        Ok(value)
    }

    fn boolean(&mut self) -> Option<bool> {
        let (value, end) = scan::boolean(self.text.as_bytes(), self.at)?;
        self.at = end;
        Some(value)
    }

    /// Checks the form of the next value and passes it.
    fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.integer().map(|_| ()),
            Some(b'[') => self.list(IgnoredAny).map(|_| ()),
            Some(b'{') => self.object(IgnoredAny).map(|_| ()),
            _ => match self.boolean() {
                Some(_) => Ok(()),
                None => Err(scan::no_value(self.text.as_bytes(), self.at)),
            },
        }
    }

    fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        self.open()?;
        let mut items = Items::of(self);
        let value = visitor.visit_seq(&mut items)?;
        items.close()?;
        self.depth -= 1;
        Ok(value)
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        self.open()?;
        let mut fields = Fields::of(self);
        let value = visitor.visit_map(&mut fields)?;
        fields.close()?;
        self.depth -= 1;
        Ok(value)
    }

    /// What to say where another kind of value stands than the type reads.
    #[cold]
    fn mismatch<V: Visitor<'de>>(&mut self, visitor: &V) -> Fault {
        let at = self.at;
        let found = match self.peek() {
            Some(b'"') => Unexpected::Str(""),
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            Some(b'-' | b'0'..=b'9') => match self.integer() {
                Ok(value) => Unexpected::Signed(value),
                Err(fault) => return fault,
            },
            _ => match self.boolean() {
                Some(value) => Unexpected::Bool(value),
                None => return scan::no_value(self.text.as_bytes(), at),
            },
        };
        Fault::invalid_type(found, visitor)
    }
}

/// The methods of serde that read a whole number, whatever its width.
macro_rules! whole_numbers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
                return Err(self.mismatch(&visitor));
            }
            let value = self.integer()?;
            match u64::try_from(value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(value),
            }
        }
    )* };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peek() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'[') => self.list(visitor),
            Some(b'{') => self.object(visitor),
            Some(b'-' | b'0'..=b'9') => self.deserialize_i64(visitor),
            _ => self.deserialize_bool(visitor),
        }
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.boolean() {
            Some(value) => visitor.visit_bool(value),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.mismatch(&visitor));
        }
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peek() {
            Some(b'[') => self.list(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peek() {
            Some(b'{') => self.object(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    /// What stands there is present: absent is the only way to leave a field out.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.mismatch(&visitor));
        }
        visitor.visit_enum(self.string()?.into_deserializer())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.skip()?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}
