//! Reading an event from its canonical body: the envelope, then the data of its type.
//!
//! Strict: a field twice, a missing one or an unknown one is an error, whose words
//! [`super::super::shape`] turns into those that people read.

use super::{Data, Event, Type};
use crate::base::{Code, Date, EventId, Text};
use crate::domain::parts::{By, Document, List, NotAfter, Seen};
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// Reads an event whose type is known beforehand; the reading confirms it.
///
/// In canonical order `data` stands before `type`, so whoever reads finds the type at the event's
/// end first and gives it here.
#[derive(Clone, Copy, Debug)]
pub struct EventSeed(pub Type);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    BusinessDate,
    By,
    Data,
    Docs,
    Id,
    Jurisdiction,
    NotAfter,
    Note,
    Seen,
    Type,
}

impl<'de> de::DeserializeSeed<'de> for EventSeed {
    type Value = Event<'de>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Event<'de>, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> de::Visitor<'de> for EventSeed {
    type Value = Event<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an event of type {}", self.0.spec().name)
    }

    fn visit_map<M: de::MapAccess<'de>>(self, mut from: M) -> Result<Event<'de>, M::Error> {
        let mut fields = Fields::default();
        while let Some(field) = from.next_key::<Field>()? {
            match field {
                Field::BusinessDate => once(&mut fields.business_date, "business_date", &mut from)?,
                Field::By => once(&mut fields.by, "by", &mut from)?,
                Field::Data => {
                    let data = from.next_value_seed(DataSeed(self.0))?;
                    if fields.data.replace(data).is_some() {
                        return Err(de::Error::duplicate_field("data"));
                    }
                }
                Field::Docs => once(&mut fields.docs, "docs", &mut from)?,
                Field::Id => once(&mut fields.id, "id", &mut from)?,
                Field::Jurisdiction => once(&mut fields.jurisdiction, "jurisdiction", &mut from)?,
                Field::NotAfter => once(&mut fields.not_after, "not_after", &mut from)?,
                Field::Note => once(&mut fields.note, "note", &mut from)?,
                Field::Seen => once(&mut fields.seen, "seen", &mut from)?,
                Field::Type => once(&mut fields.kind, "type", &mut from)?,
            }
        }
        fields.into_event(self.0)
    }
}

#[derive(Default)]
struct Fields<'a> {
    business_date: Option<Date>,
    by: Option<By<'a>>,
    data: Option<Data<'a>>,
    docs: Option<List<Document<'a>>>,
    id: Option<EventId>,
    jurisdiction: Option<Code>,
    not_after: Option<NotAfter>,
    note: Option<Text<'a, 500>>,
    seen: Option<Seen>,
    kind: Option<Type>,
}

fn once<'de, T: Deserialize<'de>, M: de::MapAccess<'de>>(
    field: &mut Option<T>,
    name: &'static str,
    from: &mut M,
) -> Result<(), M::Error> {
    match field.replace(from.next_value()?) {
        None => Ok(()),
        Some(_) => Err(de::Error::duplicate_field(name)),
    }
}

impl<'a> Fields<'a> {
    fn into_event<E: de::Error>(self, expected: Type) -> Result<Event<'a>, E> {
        let kind = self.kind.ok_or_else(|| E::missing_field("type"))?;
        if kind != expected {
            return Err(E::custom("type is not the one that the event was read as"));
        }
        Ok(Event {
            business_date: self.business_date.ok_or_else(|| E::missing_field("business_date"))?,
            by: self.by.ok_or_else(|| E::missing_field("by"))?,
            data: self.data.ok_or_else(|| E::missing_field("data"))?,
            docs: self.docs.ok_or_else(|| E::missing_field("docs"))?,
            id: self.id.ok_or_else(|| E::missing_field("id"))?,
            jurisdiction: self.jurisdiction.ok_or_else(|| E::missing_field("jurisdiction"))?,
            not_after: self.not_after,
            note: self.note,
            seen: self.seen,
        })
    }
}

struct DataSeed(Type);

impl<'de> de::DeserializeSeed<'de> for DataSeed {
    type Value = Data<'de>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Data<'de>, D::Error> {
        Data::read(self.0, from)
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Type, D::Error> {
        struct Reader;
        impl de::Visitor<'_> for Reader {
            type Value = Type;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the name of an event type")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Type, E> {
                Type::parse(name).ok_or_else(|| E::invalid_value(de::Unexpected::Str(name), &self))
            }
        }
        from.deserialize_str(Reader)
    }
}
