//! Gate and reader against tables, against each other, and against `serde_json` as the oracle.

use super::*;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

fn gate(input: &str) -> Result<String, String> {
    gate_bytes(input.as_bytes())
}

fn gate_bytes(input: &[u8]) -> Result<String, String> {
    let mut out = b"before".to_vec();
    let result = canonicalise(input, &mut out);
    assert!(out.starts_with(b"before"));
    assert!(result.is_ok() || out == b"before", "a refused text leaves nothing behind");
    let written = String::from_utf8(out.split_off(6)).unwrap();
    result.map(|()| written).map_err(|malformed| malformed.reason)
}

/// The lines of the golden files that are posted and recorded.
fn recorded() -> Vec<Value> {
    let files = [
        include_str!("../../../tests/golden/golden.jsonl"),
        include_str!("../../../tests/golden/golden_yearend.jsonl"),
    ];
    files.iter().flat_map(|file| lines(file)).collect()
}

fn lines(file: &str) -> impl Iterator<Item = Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn the_gate_orders_keys_and_drops_space_and_needless_escapes() {
    for (input, expected) in [
        ("{}", "{}"),
        (" {\t}\r\n", "{}"),
        (r#"{"b":1,"a":2,"ab":3,"":4}"#, r#"{"":4,"a":2,"ab":3,"b":1}"#),
        (r#"{"a":[ ], "b":[1 ,[2] , {"d":0,"c":-1}]}"#, r#"{"a":[],"b":[1,[2],{"c":-1,"d":0}]}"#),
        (r#"{"z":{"y":{"x":1,"w":2},"v":3},"u":4}"#, r#"{"u":4,"z":{"v":3,"y":{"w":2,"x":1}}}"#),
        (r#"{"a":"\u0041\/\u5e9f\uD83D\ude00"}"#, r#"{"a":"A/废😀"}"#),
        (r#"{"a":"\n\u000a\"\u0022\\\u005C"}"#, r#"{"a":"\n\n\"\"\\\\"}"#),
        (r#"{"\u0062":true,"a":false}"#, r#"{"a":false,"b":true}"#),
        // In their escaped form these two would stand the other way round.
        (r#"{"a\"":1,"a!":2,"a#":3}"#, r#"{"a!":2,"a\"":1,"a#":3}"#),
        (r#"{"a\\":1,"a\n":2,"a]":3}"#, r#"{"a\n":2,"a\\":1,"a]":3}"#),
        (
            r#"{"a":9007199254740991,"b":-9007199254740991,"c":0}"#,
            r#"{"a":9007199254740991,"b":-9007199254740991,"c":0}"#,
        ),
        (r#"{"a":"é"}"#, r#"{"a":"é"}"#),
    ] {
        assert_eq!(gate(input).as_deref(), Ok(expected), "{input}");
        assert_eq!(check(expected.as_bytes()), Ok(()), "{expected}");
        assert_eq!(check(input.as_bytes()).is_ok(), input == expected, "{input}");
    }
}

#[test]
fn the_gate_names_field_byte_and_remedy() {
    for (input, reason) in [
        ("", "byte 0: an event is a JSON object; begin it with {"),
        ("\u{FEFF}{}", "byte 0: a byte order mark stands here; save without it"),
        ("{} {}", "byte 3: the event has ended; remove what follows"),
        (
            r#"{"data":{"lots":[{"lot":"L","amount_fen":null}]}}"#,
            "data.lots[0].amount_fen (byte 41): null is not used; leave the field out",
        ),
        (r#"{"a":1.0}"#, "a (byte 5): fractions and exponents are not used; write a whole number"),
        (r#"{"a":1E3}"#, "a (byte 5): fractions and exponents are not used; write a whole number"),
        (r#"{"a":-0}"#, "a (byte 5): -0 is not used; write 0"),
        (r#"{"a":01}"#, "a (byte 5): the number begins with 0; write it without"),
        (r#"{"a":-}"#, "a (byte 5): a digit is missing after the minus; write the number"),
        (
            r#"{"a":9007199254740992}"#,
            "a (byte 5): the number is beyond 9007199254740991; write a smaller one",
        ),
        (r#"{"a":1,"a":1}"#, "a (byte 7): the field stands twice; keep one of the two"),
        (
            r#"{"b":0,"a":1,"c":{},"a":1}"#,
            "a (byte 20): the field stands twice; keep one of the two",
        ),
        (r#"{"a":1,"\u0061":1}"#, "a (byte 7): the field stands twice; keep one of the two"),
        (r#"{"名":1}"#, "byte 1: a field's name holds ASCII alone; correct the name"),
        (r#"{"a":"e\u0301"}"#, "a (byte 5): the text is not in Unicode NFC; bring it to NFC"),
        ("{\"a\":\"e\u{301}\"}", "a (byte 5): the text is not in Unicode NFC; bring it to NFC"),
        (
            "{\"a\":\"x\u{202E}y\"}",
            "a (byte 7): the character U+202E is not used in records; remove it",
        ),
        (r#"{"a":"\u0000"}"#, "a (byte 6): the character U+0000 is not used in records; remove it"),
        ("{\"a\":\"\u{7F}\"}", "a (byte 6): the control U+007F stands in a text; remove it"),
        ("{\"a\":\"\n\"}", "a (byte 6): the control U+000A stands in a text; remove it"),
        (
            r#"{"a":"\ud800"}"#,
            "a (byte 6): the escape is half of a surrogate pair; write the whole pair",
        ),
        (
            r#"{"a":"\udc00\ud800"}"#,
            "a (byte 6): the escape is half of a surrogate pair; write the whole pair",
        ),
        (
            r#"{"a":"\ud800\u0041"}"#,
            "a (byte 6): the escape is half of a surrogate pair; write the whole pair",
        ),
        (r#"{"a":"\u00g0"}"#, "a (byte 6): \\u needs four hexadecimal digits; correct it"),
        (r#"{"a":"\u00"#, "a (byte 6): \\u needs four hexadecimal digits; correct it"),
        (r#"{"a":"\x"}"#, "a (byte 6): JSON has no such escape; write the character itself"),
        (r#"{"a":"x}"#, "a (byte 5): the text has no closing quote; add it"),
        (r#"{"a":"x\"#, "a (byte 7): JSON has no such escape; write the character itself"),
        (r#"{"a":"#, "a (byte 5): the text ends where a value should stand; complete it"),
        (
            r#"{"a":tru}"#,
            "a (byte 5): no value begins here; write a text, a whole number, true, false, [ or {",
        ),
        (r#"{"a" 1}"#, "byte 5: a colon should stand after the field's name"),
        (r#"{a:1}"#, "byte 1: a field's name in double quotes should stand here"),
        (r#"{"a":1,}"#, "byte 7: a field's name in double quotes should stand here"),
        (r#"{"a":1 "b":2}"#, "byte 7: an object goes on with , or ends with }"),
        (r#"{"a":[1 2]}"#, "a (byte 8): a list goes on with , or ends with ]"),
    ] {
        assert_eq!(gate(input), Err(reason.to_owned()), "{input}");
        assert!(check(input.as_bytes()).is_err(), "{input}");
    }
    let nothing = "a[1] (byte 8): no value begins here; write a text, a whole number, true, false, \
                   [ or {";
    assert_eq!(gate(r#"{"a":[1,]}"#), Err(nothing.to_owned()));
    assert!(gate_bytes(b"{\"a\":\"\xff\"}").unwrap_err().starts_with("byte 6: this byte is not"));
}

#[test]
fn depth_and_size_are_bounded_exactly() {
    let nested =
        |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(gate(&nested(16)).is_ok() && check(nested(16).as_bytes()).is_ok());
    assert!(gate(&nested(17)).unwrap_err().contains("deeper than 16"));
    assert!(check(nested(17).as_bytes()).unwrap_err().reason.contains("deeper than 16"));
    assert!(gate(&nested(40_000)).is_err() && check(nested(40_000).as_bytes()).is_err());

    let long = |bytes: usize| format!("{{ \"a\": \"{}\"}}", "x".repeat(bytes - 8));
    assert_eq!(gate(&long(EVENT_BYTES_MAX)).map(|text| text.len()), Ok(EVENT_BYTES_MAX));
    let reason = gate(&long(EVENT_BYTES_MAX + 1)).unwrap_err();
    assert!(reason.contains("longer than 40000 canonical bytes"), "{reason}");
}

#[test]
fn an_escaped_line_feed_is_no_letter_for_a_mark_behind_it() {
    // The escape `\n` followed by an acute accent is a line feed with an accent, not ń.
    let text = "{\"a\":\"\\n\u{301}\"}";
    assert_eq!(gate(text).as_deref(), Ok(text));
    assert_eq!(check(text.as_bytes()), Ok(()));
    let text = "{\"a\":\"n\u{301}\"}";
    assert!(gate(text).is_err() && check(text.as_bytes()).is_err());
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample<'a> {
    #[serde(borrow)]
    data: Data<'a>,
    kind: Kind,
    list: Vec<u16>,
    #[serde(default)]
    note: Option<std::borrow::Cow<'a, str>>,
    pair: (i64, bool),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Data<'a> {
    a: &'a str,
    #[serde(default)]
    wrapped: Option<Wrapped>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped(u64);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    FirstOne,
    Second,
}

#[test]
fn derived_types_read_as_from_serde_json() {
    let text = concat!(
        r#"{"data":{"a":"县","skipped":[{"x":"é"}],"wrapped":7},"kind":"first_one","#,
        r#""list":[1,2],"note":"a\nb","pair":[-5,true]}"#
    );
    let sample: Sample = read_as(text.as_bytes()).unwrap();
    assert_eq!(sample, serde_json::from_str(text).unwrap_or_else(|_| unreachable!()));
    assert_eq!(sample.note.as_deref(), Some("a\nb"));
    let value: Value = read_as(text.as_bytes()).unwrap();
    assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
}

#[test]
fn a_wrong_type_is_named_with_its_field() {
    let sound = json!({"data": {"a": "x"}, "kind": "second", "list": [1], "pair": [0, false]});
    assert!(read_as::<Sample>(sound.to_string().as_bytes()).is_ok());
    for (pointer, value, reason) in [
        ("/data/a", json!(5), "data.a (byte 13): this is the number 5; write a borrowed string"),
        (
            "/kind",
            json!("third"),
            "kind (byte 25): `third` is not known here; write one of `first_one`, `second`",
        ),
        (
            "/kind",
            json!("张三"),
            "kind (byte 25): this text is not known here; write one of `first_one`, `second`",
        ),
        (
            "/list",
            json!([1, 70000]),
            "list[1] (byte 44): this is the number 70000 that does not fit; write u16",
        ),
        ("/list", json!("x"), "list (byte 41): this is a text; write a sequence"),
        ("/pair", json!([1]), "pair (byte 52): the length is 1; write a tuple of size 2"),
        ("/pair", json!([1, true, 3]), "pair (byte 52): the list holds too many items"),
    ] {
        let mut wrong = sound.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let error = read_as::<Sample>(wrong.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.reason, reason);
    }
    let mut unknown = sound.clone();
    unknown["extra"] = json!(1);
    let reason = read_as::<Sample>(unknown.to_string().as_bytes()).unwrap_err().reason;
    assert!(reason.contains("the field `extra` is not known; leave it out or write"), "{reason}");
    let mut missing = sound;
    missing.as_object_mut().unwrap().remove("list");
    let reason = read_as::<Sample>(missing.to_string().as_bytes()).unwrap_err().reason;
    assert_eq!(reason, "the field `list` is missing; add it");
}

#[test]
fn golden_events_pass_in_any_layout_and_are_read_as_serde_json_reads_them() {
    let lines = recorded();
    assert_eq!(lines.len(), 81);
    for line in lines {
        let event = &line["event"];
        let canonical = gate(&serde_json::to_string_pretty(event).unwrap()).unwrap();
        assert_eq!(canonical, event.to_string());
        assert_eq!(read_as::<Value>(canonical.as_bytes()).as_ref(), Ok(event));
        assert_eq!(gate(&canonical), Ok(canonical));
    }
}

#[test]
fn of_the_golden_refusals_the_gate_refuses_only_malformed_ones() {
    let refused = lines(include_str!("../../../tests/golden/golden_refused.jsonl"));
    let mut count = 0;
    for line in refused {
        if let Err(reason) = gate(&line["event"].to_string()) {
            assert_eq!(line["expect"], json!("malformed"), "{reason}");
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn a_changed_byte_is_accepted_only_where_the_text_is_canonical_again() {
    for line in recorded().into_iter().step_by(7) {
        let canonical = line["event"].to_string().into_bytes();
        for at in 0..canonical.len() {
            for change in [1, 2, 0x20, 0x80] {
                let mut bytes = canonical.clone();
                bytes[at] ^= change;
                let Ok(value) = read_as::<Value>(&bytes) else { continue };
                assert_eq!(value.to_string().into_bytes(), bytes);
            }
        }
    }
}

/// Any value that the gate lets in, as `serde_json` holds it: its map is sorted.
fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[ -~]{0,20}",
        "[\\n\"\\\\a-c县〔😀é]{0,9}",
        any::<String>().prop_map(|text| {
            use unicode_normalization::UnicodeNormalization;
            text.nfc().filter(|it| crate::chain::characters::allowed(*it)).nfc().collect()
        }),
    ];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-INTEGER_MAX..=INTEGER_MAX).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[ -~]{0,4}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Writes a value as a careless program might: keys backwards, much space, all escaped.
fn careless(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            out.push_str(" {");
            for (index, (key, value)) in map.iter().rev().enumerate() {
                out.push_str(if index > 0 { "\r\n,\t" } else { " " });
                careless(&Value::from(key.clone()), out);
                out.push_str(" : ");
                careless(value, out);
            }
            out.push_str(" }\n");
        }
        Value::Array(items) => {
            out.push_str(" [ ");
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { " , " } else { " " });
                careless(item, out);
            }
            out.push_str(" ] ");
        }
        Value::String(text) => {
            let escape = |unit: u16| format!("\\u{unit:04X}");
            out.push('"');
            out.extend(text.encode_utf16().map(escape));
            out.push('"');
        }
        other => out.push_str(&other.to_string()),
    }
}

proptest! {
    #[test]
    fn the_gate_equals_an_independent_writer(value in values()) {
        let event = json!({"z": 0, "data": value, "a": "x"});
        let expected = event.to_string();
        let mut input = String::new();
        careless(&event, &mut input);
        prop_assert_eq!(gate(&input), Ok(expected.clone()));
        prop_assert_eq!(gate(&expected), Ok(expected.clone()));
        prop_assert_eq!(check(expected.as_bytes()), Ok(()));
        prop_assert_eq!(read_as::<Value>(expected.as_bytes()), Ok(event));
    }

    #[test]
    fn what_the_reader_accepts_is_what_the_gate_writes(
        bytes in "[{}\\[\\]\",:\\\\na1 0e.-]{0,12}".prop_map(|inside| format!("{{\"a\":{inside}}}"))
    ) {
        prop_assert_eq!(check(bytes.as_bytes()).is_ok(), gate(&bytes).as_deref() == Ok(&*bytes));
    }

    #[test]
    fn random_bytes_are_survived(bytes: Vec<u8>) {
        prop_assert_eq!(gate_bytes(&bytes).is_ok(), false);
        let _accepted: bool = check(&bytes).is_ok();
    }
}
