//! The JSON Schema of an event type, printed from its struct and its Spec.
//!
//! What is printed is kept in `schemas/` and held to the code by a test.

use super::Kind;
use crate::base::{Code, Date, EventId, Text};
use crate::domain::parts::{By, Document, List, NotAfter, Seen};
use schemars::JsonSchema;

/// The envelope as its schema describes it, for one type's data.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct Envelope<'a, T> {
    /// The day on which it happened.
    business_date: Date,
    /// Who stands behind it.
    by: By<'a>,
    /// The fields of its type.
    data: T,
    /// The documents that it rests on.
    docs: List<Document<'a>>,
    /// The key of idempotency, chosen by the poster.
    id: EventId,
    /// The jurisdiction that it is an event of.
    jurisdiction: Code,
    /// The moment up to which it wants to be recorded.
    #[serde(default)]
    not_after: Option<NotAfter>,
    /// A remark.
    #[serde(default)]
    note: Option<Text<'a, 500>>,
    /// The newest head that the poster verified.
    #[serde(default)]
    seen: Option<Seen>,
    /// The name of its type.
    r#type: String,
}

/// The JSON Schema (2020-12) of events of one type.
pub(super) fn schema_of<'a, T: Kind<'a>>() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<Envelope<'a, T>>();
    let spec = T::SPEC;
    schema.insert("title".into(), spec.name.into());
    schema.insert("description".into(), format!("{} {}", spec.label.zh, spec.label.en).into());
    let mut value = schema.to_value();
    value["properties"]["type"] = serde_json::json!({ "const": spec.name });
    forbid_null(&mut value);
    value
}

/// An optional field is absent, never null; what schemars writes for `Option` would allow both.
fn forbid_null(schema: &mut serde_json::Value) {
    use serde_json::Value;
    let is_null = |one: &Value| *one == "null" || one["type"] == "null" || one.is_null();
    match schema {
        Value::Object(object) => {
            object.retain(|key, value| key != "default" || !value.is_null());
            for key in ["type", "anyOf", "enum"] {
                let Some(Value::Array(options)) = object.get_mut(key) else { continue };
                options.retain(|one| !is_null(one));
                if options.len() == 1 && key != "enum" {
                    let only = options.remove(0);
                    object.remove(key);
                    match only {
                        Value::Object(inner) => object.extend(inner),
                        other => drop(object.insert(key.to_owned(), other)),
                    }
                }
            }
            object.values_mut().for_each(forbid_null);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
