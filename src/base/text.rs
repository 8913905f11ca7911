//! One way to read a value from JSON text: parse it, or say what it should have been.

/// The number that decimal digits without sign and leading zeros stand for: how sizes and indices
/// are written in public formats.
pub fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let bounded = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| bounded)
}

/// Gives a newtype that has `const WHAT`, `const PATTERN` and `fn parse(&str) -> Option<Self>` its
/// serde reader, its writer by `Display`, and its JSON Schema. Binary formats, which only state
/// images use, carry the value inside instead of the text.
macro_rules! read_from_text {
    ($type:ty, $inside:ty) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Reader;
                impl serde::de::Visitor<'_> for Reader {
                    type Value = $type;
                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        out.write_str(<$type>::WHAT)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        let wrong = serde::de::Unexpected::Str(text);
                        <$type>::parse(text).ok_or_else(|| E::invalid_value(wrong, &self))
                    }
                }
                if !from.is_human_readable() {
                    return <$inside>::deserialize(from).map(Self);
                }
                from.deserialize_str(Reader)
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if !to.is_human_readable() {
                    return self.0.serialize(to);
                }
                to.collect_str(self)
            }
        }
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": <$type>::PATTERN })
            }
        }
    };
}
pub(crate) use read_from_text;
