//! A glance at an event: type, jurisdiction, day and id, without reading what lies between.
//!
//! For folders over records that were verified, and as a hint which type to read an event as. A
//! glance proves nothing about the rest of the event: whoever has to know reads it all.

use crate::base::{Code, Date, EventId};
use memchr::{memmem, memrchr};

/// What stands at fixed places near both ends of an event's canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance<'a> {
    /// The event's type.
    pub event_type: &'a str,
    /// The jurisdiction that the event is of.
    pub jurisdiction: Code,
    /// The day the event belongs to.
    pub business_date: Date,
    /// The event's id.
    pub id: EventId,
}

const TYPE: &[u8] = b",\"type\":\"";
const DATE: &[u8] = b"{\"business_date\":\"";
const ID: &[u8] = b",\"id\":\"";
const JURISDICTION: &[u8] = b"\",\"jurisdiction\":\"";

impl<'a> Glance<'a> {
    /// The glance, unless something is not where an event has it.
    ///
    /// An event's fields are, in order, `business_date by data docs id jurisdiction not_after?
    /// note? seen? type`. None behind `id` holds a field `id`, and inside a text its quotes would
    /// be escaped, so the last such field is the event's own.
    pub fn of(event: &'a [u8]) -> Option<Glance<'a>> {
        let (before_type, event_type) = split_type(event)?;
        // Most events have none of the optional fields: then the id's place is known.
        let common = before_type.len().checked_sub(ID.len() + 36 + JURISDICTION.len() + 6 + 1);
        let label = common
            .filter(|at| before_type[*at..].starts_with(ID))
            .or_else(|| memmem::rfind(before_type, ID))?;
        let id_at = label + ID.len();
        let behind = event.get(id_at + 36..)?.strip_prefix(JURISDICTION)?;
        Some(Glance {
            event_type,
            jurisdiction: Code::parse(text(behind.get(..6)?)?)?,
            business_date: Date::parse(text(event.strip_prefix(DATE)?.get(..10)?)?)?,
            id: EventId::parse(text(event.get(id_at..id_at + 36)?)?)?,
        })
    }
}

/// The event's type, found from the end of its canonical bytes: a hint, to be confirmed by reading.
pub fn peek_type(event: &[u8]) -> Option<&str> {
    split_type(event).map(|(_, event_type)| event_type)
}

/// What stands before the comma in front of the field `type`, and the type.
fn split_type(event: &[u8]) -> Option<(&[u8], &str)> {
    let before_quote = event.strip_suffix(b"\"}")?;
    let (before, event_type) = before_quote.split_at(memrchr(b'"', before_quote)? + 1);
    Some((before.strip_suffix(TYPE)?, text(event_type)?))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = concat!(
        r#"{"business_date":"2017-03-15","by":{"checker":"a","maker":"b","org":"c"},"#,
        r#""data":{"id":"x"},"docs":[],"id":"0195a7c2-0000-7abc-8def-0123456789ab","jurisdiction":"130723","#,
        r#""note":"a \",\"id\":\"b\" and ,","seen":{"root":"r","size":1},"type":"funds_received"}"#
    );

    #[test]
    fn a_glance_sees_both_ends_whatever_stands_between() {
        let glance = Glance::of(EVENT.as_bytes()).unwrap();
        assert_eq!(glance.event_type, "funds_received");
        assert_eq!(glance.jurisdiction, Code(130_723));
        assert_eq!(glance.business_date.to_string(), "2017-03-15");
        assert_eq!(glance.id.to_string(), "0195a7c2-0000-7abc-8def-0123456789ab");
    }

    #[test]
    fn no_cut_of_an_event_is_taken_for_one() {
        for end in 0..EVENT.len() {
            assert_eq!(Glance::of(&EVENT.as_bytes()[..end]), None, "{end}");
        }
        assert_eq!(peek_type(br#"{"a":"type\":\"x"}"#), None);
    }
}
