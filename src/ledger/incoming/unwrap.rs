//! The usual line of a post taken apart without a parser: `{"as":"NAME","event":{…}}`, the name
//! optional, white space as JSON allows it.
//!
//! Nothing is judged here. Where a line has any other form, or a name with an escape, the parser of
//! JSON says what it is; and what stands in the event is for the gate, which reads every byte.

use memchr::{memchr2, memchr3};

/// The parts of a usual line: who is named, and the event's text.
pub(super) fn unwrap(line: &[u8]) -> Option<(Option<&str>, &[u8])> {
    let mut rest = Rest(line);
    rest.expect(b"{")?;
    let named = match rest.expect(b"\"as\"") {
        Some(()) => {
            rest.expect(b":")?;
            let name = rest.plain_text()?;
            rest.expect(b",")?;
            Some(name)
        }
        None => None,
    };
    rest.expect(b"\"event\"")?;
    rest.expect(b":")?;
    let event = rest.object()?;
    rest.expect(b"}")?;
    rest.space();
    rest.0.is_empty().then_some((named, event))
}

/// What is not read yet.
struct Rest<'l>(&'l [u8]);

impl<'l> Rest<'l> {
    fn space(&mut self) {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let length = self.0.iter().take_while(|byte| space(byte)).count();
        self.0 = &self.0[length..];
    }

    /// Reads these bytes behind white space; where others stand there, nothing but the white space.
    fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        self.space();
        self.0 = self.0.strip_prefix(bytes)?;
        Some(())
    }

    /// Reads a string of printable ASCII without escapes.
    fn plain_text(&mut self) -> Option<&'l str> {
        self.expect(b"\"")?;
        let end = memchr2(b'"', b'\\', self.0)?;
        let (text, after) = self.0.split_at(end);
        self.0 = after.strip_prefix(b"\"")?;
        let plain = text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        std::str::from_utf8(text).ok().filter(|_| plain)
    }

    /// Reads up to the brace that closes the object that begins here.
    fn object(&mut self) -> Option<&'l [u8]> {
        self.space();
        let text = self.0;
        if text.first() != Some(&b'{') {
            return None;
        }
        let (mut at, mut depth) = (1, 1_usize);
        while depth > 0 {
            at += memchr3(b'{', b'}', b'"', &text[at..])?;
            match text[at] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => at = closing_quote(text, at + 1)?,
            }
            at += 1;
        }
        let (object, after) = text.split_at(at);
        self.0 = after;
        Some(object)
    }
}

/// Where the string ends that begins at a position.
fn closing_quote(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        match text[at] {
            b'"' => return Some(at),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

    #[test]
    fn usual_lines_are_taken_apart_and_others_left_to_the_parser() {
        let event = r#"{"a":{"b":"}\"{"},"c":["{"]}"#;
        for (line, named) in [
            (format!(r#"{{"event":{event}}}"#), None),
            (format!(r#"{{"as":"x-1","event":{event}}}"#), Some("x-1")),
            (format!(" {{ \"as\" : \"x\"\t,\"event\" :  {event} }}\r\n"), Some("x")),
        ] {
            assert_eq!(unwrap(line.as_bytes()), Some((named, event.as_bytes())), "{line}");
        }
        for line in [
            "",
            "{}",
            event,
            r#"{"event":1}"#,
            r#"{"event":{}"#,
            r#"{"event":{}}}"#,
            r#"{"event":{},"as":"x"}"#,
            r#"{"as":"x","event":{},"expect":"ok"}"#,
            r#"{"as":"\u0041","event":{}}"#,
            r#"{"as":"康","event":{}}"#,
            r#"{"as":null,"event":{}}"#,
            r#"{"as":"x","as":"y","event":{}}"#,
            r#"{"event":{"a":"\"}}"#,
            r#"{"event":{"a":"\"#,
        ] {
            assert_eq!(unwrap(line.as_bytes()), None, "{line}");
        }
    }

    proptest::proptest! {
        /// Where the parser reads such a line, both find the same event.
        #[test]
        fn the_parser_agrees(inside in r#"[\{\}\[\]:,"\\ a0]{0,24}"#, named in proptest::bool::ANY) {
            let name = if named { r#""as":"x","# } else { "" };
            let line = format!(r#"{{{name}"event":{{{inside}}}}}"#);
            let parsed = serde_json::from_str::<BTreeMap<&str, &RawValue>>(&line).ok();
            let ours = unwrap(line.as_bytes());
            if let Some(event) = parsed.as_ref().and_then(|parsed| parsed.get("event")) {
                let whole = parsed.as_ref().map(BTreeMap::len) == Some(1 + usize::from(named));
                if whole && event.get().starts_with('{') && ours.is_some() {
                    let found = ours.map(|(_, event)| event);
                    proptest::prop_assert_eq!(found, Some(event.get().as_bytes()));
                }
            }
        }
    }
}
