//! The id of an event: a UUID that its poster chooses, the key of idempotency.

use super::{hex, text::read_from_text};
use std::fmt;

/// A UUID in its lower-case text form, any version; the poster's key, never expiring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u128);

impl EventId {
    const WHAT: &'static str = "a UUID in lower case";
    const PATTERN: &'static str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

    /// Reads the 36-character form.
    pub fn parse(text: &str) -> Option<EventId> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 {
            return None;
        }
        let mut digits = [0; 32];
        let mut filled = 0;
        for (start, end, closed) in
            [(0, 8, true), (9, 13, true), (14, 18, true), (19, 23, true), (24, 36, false)]
        {
            if closed && bytes[end] != b'-' {
                return None;
            }
            digits[filled..filled + end - start].copy_from_slice(&bytes[start..end]);
            filled += end - start;
        }
        hex::decode(&digits).map(u128::from_be_bytes).map(EventId)
    }

    /// The id that a name has within a namespace (RFC 9562, UUIDv5).
    pub fn derived(namespace: &EventId, name: &[u8]) -> EventId {
        EventId(uuid::Uuid::new_v5(&uuid::Uuid::from_u128(namespace.0), name).as_u128())
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_u128(self.0).hyphenated().fmt(out)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

read_from_text!(EventId, u128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lower_case_hyphenated_form_is_an_id() {
        let text = "0195a7c2-0000-7abc-8def-0123456789ab";
        assert_eq!(EventId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        for wrong in [
            "0195A7C2-0000-7abc-8def-0123456789ab",
            "0195a7c200007abc8def0123456789ab",
            "",
            "0195a7c2-0000-7abc-8def0-123456789ab",
            "0195a7c2-0000-7abc-8def-0123456789a-",
        ] {
            assert_eq!(EventId::parse(wrong), None, "{wrong}");
        }
    }
}
