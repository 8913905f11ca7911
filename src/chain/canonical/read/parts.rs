//! The items of a list and the fields of an object, one by one, as serde asks for them.
//!
//! Here the commas, the order of the keys and the closing brackets are checked, and here a fault
//! learns in which item or field it lies.

use super::Reader;
use crate::chain::canonical::malformed::Fault;
use serde::de::{
    self, DeserializeSeed, Error as _, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
};
use std::{borrow::Cow, cmp::Ordering};

/// The items of the list that is open.
pub(super) struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The index of the next item.
    next: usize,
    closed: bool,
}

impl<'r, 'de> Items<'r, 'de> {
    /// The items behind the bracket that was just taken.
    pub(super) fn of(reader: &'r mut Reader<'de>) -> Items<'r, 'de> {
        Items { reader, next: 0, closed: false }
    }

    /// Makes sure that whoever read the items came to the closing bracket.
    pub(super) fn close(mut self) -> Result<(), Fault> {
        match self.closed || self.next_element::<IgnoredAny>()?.is_none() {
            true => Ok(()),
            false => Err(Fault::custom("the list holds too many items")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.closed || self.reader.take(b']') {
            self.closed = true;
            return Ok(None);
        }
        if self.next > 0 && !self.reader.take(b',') {
            return Err(Fault::at(self.reader.at, "a list goes on with , or ends with ]"));
        }
        let (index, at) = (self.next, self.reader.at);
        self.next += 1;
        seed.deserialize(&mut *self.reader).map(Some).map_err(|fault| fault.in_item(index, at))
    }
}

/// The fields of the object that is open.
pub(super) struct Fields<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The name of the field before.
    key: Option<Cow<'de, str>>,
    closed: bool,
}

impl<'r, 'de> Fields<'r, 'de> {
    /// The fields behind the bracket that was just taken.
    pub(super) fn of(reader: &'r mut Reader<'de>) -> Fields<'r, 'de> {
        Fields { reader, key: None, closed: false }
    }

    /// Makes sure that whoever read the fields came to the closing bracket.
    pub(super) fn close(mut self) -> Result<(), Fault> {
        match self.closed || self.next_key::<IgnoredAny>()?.is_none() {
            true => Ok(()),
            false => Err(Fault::custom("the object holds too many fields")),
        }
    }

    /// Keys ascend by UTF-16 units (RFC 8785 section 3.2.3), which for ASCII are the bytes.
    fn check_order(&self, key: &str, at: usize) -> Result<(), Fault> {
        let Some(before) = &self.key else { return Ok(()) };
        // Most neighbours differ in their first letter already.
        if before.as_bytes().first() < key.as_bytes().first() {
            return Ok(());
        }
        let what = match before.as_bytes().cmp(key.as_bytes()) {
            Ordering::Less => return Ok(()),
            Ordering::Equal => "the field stands twice",
            Ordering::Greater => "the field stands out of order; sort the fields by name",
        };
        Err(Fault::at(at, what).in_field(key, at))
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.closed || self.reader.take(b'}') {
            self.closed = true;
            return Ok(None);
        }
        if self.key.is_some() && !self.reader.take(b',') {
            return Err(Fault::at(self.reader.at, "an object goes on with , or ends with }"));
        }
        let at = self.reader.at;
        let key = self.reader.key()?;
        self.check_order(&key, at)?;
        let value = match self.key.insert(key) {
            Cow::Borrowed(key) => {
                seed.deserialize(de::value::BorrowedStrDeserializer::<Fault>::new(key))
            }
            Cow::Owned(key) => {
                seed.deserialize(IntoDeserializer::<Fault>::into_deserializer(key.as_str()))
            }
        };
        value.map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let at = self.reader.at;
        seed.deserialize(&mut *self.reader)
            .map_err(|fault| fault.in_field(self.key.as_deref().unwrap_or_default(), at))
    }
}
