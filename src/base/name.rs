//! Names that people give: identifiers, texts, codes of jurisdictions and villages.

use super::text::read_from_text;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{borrow::Cow, fmt};

/// An identifier, `[A-Za-z0-9][A-Za-z0-9._:-]{0,63}`: of a lot, a project, a person's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name<'a>(&'a str);

impl<'a> Name<'a> {
    const WHAT: &'static str =
        "an identifier of 1 to 64 letters, digits and . _ : - that begins with a letter or digit";
    /// The identifier's form as a regular expression.
    pub const PATTERN: &'static str = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$";

    /// The name, if the text has the form of one.
    pub fn parse(text: &'a str) -> Option<Name<'a>> {
        let bytes = text.as_bytes();
        let fits = matches!(bytes.len(), 1..=64)
            && bytes[0].is_ascii_alphanumeric()
            && bytes.iter().all(|byte| NAME_BYTES[usize::from(*byte)]);
        fits.then_some(Name(text))
    }

    /// The text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Is it a person's opaque reference? Those begin with `p-`.
    pub fn is_person(self) -> bool {
        self.0.starts_with("p-")
    }
}

/// The bytes that an identifier holds, as a table, since every byte of every name is asked for.
static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        byte += 1;
    }
    table
};

impl fmt::Display for Name<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Name<'a>, D::Error> {
        struct Reader;
        impl<'de> de::Visitor<'de> for Reader {
            type Value = Name<'de>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(Name::WHAT)
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Name<'de>, E> {
                Name::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_str(Reader)
    }
}

impl schemars::JsonSchema for Name<'_> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": Name::PATTERN })
    }
}

/// Is it an origin, `[A-Za-z0-9][A-Za-z0-9._/-]{2,127}`: a ledger's name, and its log key's?
pub fn is_origin(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"._/-".contains(byte);
    matches!(bytes.len(), 3..=128) && bytes[0].is_ascii_alphanumeric() && bytes.iter().all(inside)
}

/// Defines a text type of 1 to `MAX` characters with one further condition on its content.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $refuses:expr, $why:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name<'a, const MAX: usize = 200>(Cow<'a, str>);

        impl<const MAX: usize> $name<'_, MAX> {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<'de: 'a, 'a, const MAX: usize> Deserialize<'de> for $name<'a, MAX> {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = from.deserialize_str(TextReader::<MAX>)?;
                let refuses: fn(&str) -> bool = $refuses;
                match refuses(&text) {
                    true => Err(de::Error::custom($why)),
                    false => Ok($name(text)),
                }
            }
        }

        impl<const MAX: usize> schemars::JsonSchema for $name<'_, MAX> {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                format!("{}{MAX}", stringify!($name)).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
            }
        }
    };
}

text_type!(
    /// Free text, in which people write sentences: 1 to `MAX` characters without personal data.
    Text,
    super::personal::found,
    "contains a resident number or a mobile number"
);
text_type!(
    /// A short text with a form of its own, such as a document's number: 1 to `MAX` characters.
    Line,
    |_| false,
    "is never refused for its content"
);

struct TextReader<const MAX: usize>;

impl<const MAX: usize> TextReader<MAX> {
    fn bounded<'a, E: de::Error>(&self, text: Cow<'a, str>) -> Result<Cow<'a, str>, E> {
        // The byte length bounds the character count, so most texts are never counted.
        let fits = !text.is_empty() && (text.len() <= MAX || text.chars().count() <= MAX);
        match fits {
            true => Ok(text),
            false => Err(E::invalid_length(text.chars().count(), self)),
        }
    }
}

impl<'de, const MAX: usize> de::Visitor<'de> for TextReader<MAX> {
    type Value = Cow<'de, str>;
    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a text of 1 to {MAX} characters")
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.bounded(Cow::Borrowed(text))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.bounded(Cow::Owned(text.to_owned()))
    }
}

/// The six-digit code of a jurisdiction (GB/T 2260).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

impl Code {
    const WHAT: &'static str = "a jurisdiction's code of six digits";
    const PATTERN: &'static str = "^[0-9]{6}$";

    /// Reads six digits.
    pub fn parse(text: &str) -> Option<Code> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Code)).flatten()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:06}", self.0)
    }
}

read_from_text!(Code, u32);

/// The twelve-digit code of a village; its first six digits are its county's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Village(pub u64);

impl Village {
    const WHAT: &'static str = "a village's code of twelve digits";
    const PATTERN: &'static str = "^[0-9]{12}$";

    /// Reads twelve digits.
    pub fn parse(text: &str) -> Option<Village> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Village)).flatten()
    }

    /// The county that the first six digits name.
    pub fn county(self) -> Code {
        Code(u32::try_from(self.0 / 1_000_000).expect("twelve digits over a million are six"))
    }
}

impl fmt::Display for Village {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:012}", self.0)
    }
}

read_from_text!(Village, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_sixty_four_characters_of_a_closed_set() {
        let longest = "a".repeat(64);
        for good in ["L1", "p-1", "KB:2017_a.b-c", longest.as_str()] {
            assert!(Name::parse(good).is_some(), "{good}");
        }
        let longer = "a".repeat(65);
        for wrong in ["", "-a", ".a", "a/b", "a b", "县", longer.as_str()] {
            assert!(Name::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_village_lies_in_the_county_of_its_first_six_digits() {
        assert_eq!(Village::parse("130723200201").map(Village::county), Code::parse("130723"));
        assert_eq!(Village::parse("13072320020"), None);
        assert_eq!(Code::parse("13072x"), None);
    }

    #[test]
    fn origins_have_bounds() {
        let longest = "a".repeat(128);
        for (text, is) in [
            ("abc", true),
            (longest.as_str(), true),
            ("a/b", true),
            ("ab", false),
            (&"a".repeat(129), false),
            ("/ab", false),
            ("a+b", false),
            ("河北省", false),
        ] {
            assert_eq!(is_origin(text), is, "{text}");
        }
    }
}
