//! Words that people read: each closed list declared once, with its Chinese and English label.
//!
//! A list's code is what bodies carry and never changes; its labels are what pages, reports and
//! `--lang` print.

/// What a thing is called in the two languages; Chinese first, as pages print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
}

/// Declares a closed list of words: `Variant "code" "中文" "English"`.
macro_rules! vocabulary {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident $code:literal $zh:literal $en:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $(#[doc = $en] $variant),+ }

        impl $name {
            /// Every word of the list, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as bodies carry it.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// The word as people read it.
            pub const fn label(self) -> $crate::base::words::Label {
                match self {
                    $($name::$variant => $crate::base::words::Label { zh: $zh, en: $en }),+
                }
            }

            /// The word of that code.
            pub fn parse(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Reader;
                impl serde::de::Visitor<'_> for Reader {
                    type Value = $name;
                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        out.write_str(concat!("one of", $(" ", $code),+))
                    }
                    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<$name, E> {
                        $name::parse(code)
                            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(code), &self))
                    }
                    fn visit_u8<E: serde::de::Error>(self, at: u8) -> Result<$name, E> {
                        $name::ALL.get(usize::from(at)).copied().ok_or_else(|| {
                            E::invalid_value(serde::de::Unexpected::Unsigned(at.into()), &self)
                        })
                    }
                }
                match from.is_human_readable() {
                    true => from.deserialize_str(Reader),
                    false => from.deserialize_u8(Reader),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match to.is_human_readable() {
                    true => to.serialize_str(self.code()),
                    false => to.serialize_u8(*self as u8),
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "enum": [$($code),+] })
            }
        }
    };
}
pub(crate) use vocabulary;
