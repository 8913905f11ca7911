//! The contract that others read: a JSON Schema per event type, the list of refusals, the list of
//! events. All are printed from the code and kept in `schemas/`; the golden bodies fit the schemas.

use crate::held;
use crate::support::golden_lines;
use fundtrail::base::{Name, words::field_label};
use fundtrail::domain::event::{Family, Spec};
use fundtrail::domain::refusal::Group;
use fundtrail::domain::role::{Reach, Role};
use fundtrail::domain::{Code, Type};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

// --- a schema per event type ------------------------------------------------------------------

#[test]
fn the_schema_of_every_event_is_the_one_that_is_kept() {
    let faults = Type::ALL.iter().filter_map(|kind| {
        let printed = serde_json::to_string_pretty(&sorted(kind.schema())).unwrap() + "\n";
        held::compare(&format!("schemas/event/{}.json", kind.spec().name), &printed)
    });
    held::assert_none(faults.collect());
}

#[test]
fn no_schema_is_kept_of_an_event_that_is_none() {
    let Ok(folder) = fs::read_dir(held::path("schemas/event")) else { return };
    for entry in folder {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name.strip_suffix(".json").and_then(Type::parse);
        assert!(known.is_some(), "schemas/event/{name} describes no event; remove it");
    }
}

/// The same value with the fields of every object in byte order, whatever order its maps keep.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut fields: Vec<_> = object.into_iter().collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// The names of all fields that a schema describes, at any depth.
pub fn property_names(schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_property(schema, &mut |name, _| names.extend([name.to_owned()]));
    names
}

/// Every field that a schema describes, at any depth.
fn each_property(schema: &Value, each: &mut dyn FnMut(&str, &Value)) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::Object(fields) if key == "properties" => {
                        for (name, field) in fields {
                            each(name, field);
                            each_property(field, each);
                        }
                    }
                    _ => each_property(value, each),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_property(item, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_field_of_a_schema_says_what_it_means() {
    let mut silent = BTreeSet::new();
    for kind in Type::ALL {
        each_property(&kind.schema(), &mut |name, field| {
            // The type's name is its own meaning.
            if field["description"].is_null() && field["const"].is_null() {
                silent.insert(format!("{} {name}", kind.spec().name));
            }
        });
    }
    assert!(silent.is_empty(), "fields without a documentation comment: {silent:?}");
}

// --- golden bodies ----------------------------------------------------------------------------

/// The lines of a golden file.
fn golden(name: &str) -> Vec<Value> {
    let lines = golden_lines(name);
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Why a body does not fit the schema of its type, if it does not.
fn misfit(event: &Value) -> Option<String> {
    let name = event["type"].as_str().unwrap();
    let Some(kind) = Type::parse(name) else { return Some(format!("{name} is no event type")) };
    let validator = jsonschema::validator_for(&kind.schema()).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(event)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    (!faults.is_empty()).then(|| format!("{name} {}: {}", event["id"], faults.join("; ")))
}

/// The refusals of a body's form, which a schema may see; all others are of bodies that fit.
fn is_of_shape(expected: &Value) -> bool {
    let code = Code::parse(expected.as_str().unwrap()).unwrap();
    code.group() == Group::Shape
}

#[test]
fn golden_bodies_fit_their_schemas() {
    let accepted = ["golden.jsonl", "golden_yearend.jsonl"].into_iter().flat_map(golden);
    let refused = golden("golden_refused.jsonl").into_iter();
    let fitting = accepted.chain(refused.filter(|line| !is_of_shape(&line["expect"])));
    let faults: Vec<String> = fitting.filter_map(|line| misfit(&line["event"])).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn golden_bodies_with_amounts_out_of_range_fit_no_schema() {
    for line in golden("golden_refused.jsonl") {
        if line["expect"] == Code::AmountOutOfRange.code() {
            assert!(misfit(&line["event"]).is_some(), "{line}");
        }
    }
}

// --- the list of refusals ---------------------------------------------------------------------

#[test]
fn the_list_of_refusals_is_the_one_that_is_kept() {
    held::assert_none(held::compare("schemas/refusals.md", &refusals()).into_iter().collect());
}

fn refusals() -> String {
    let mut out = String::from(
        "# Refusals\n\n\
         Why an event is not recorded, in the order in which reasons count: the same wrong event \
         always gets the same answer. A code, once released, never changes. A code that yields may \
         be recorded as an exception by `funds_committed` and \
         `disbursement_made`, and only where the event refuses with it. Printed from the code; a test \
         holds this page to it.\n",
    );
    let mut group = None;
    for code in Code::ALL {
        if group.replace(code.group()) != Some(code.group()) {
            let title = format!("{:?}", code.group());
            write!(
                out,
                "\n## {title}\n\n| code | what is wrong and what to do | yields | refuses |\n"
            )
            .unwrap();
            out += "|---|---|---|---|\n";
        }
        let yields = if code.yields() { "yes" } else { "no" };
        writeln!(out, "| `{code}` | {}. | {yields} | {} |", code.sentence(), refused_by(*code))
            .unwrap();
    }
    out
}

/// Which events a code refuses, in words.
fn refused_by(code: Code) -> String {
    let declaring: Vec<String> = Type::ALL
        .iter()
        .map(|kind| kind.spec())
        .filter(|spec| spec.refuses.contains(&code))
        .map(|spec| format!("`{}`", spec.name))
        .collect();
    let everybody = match code {
        Code::DocumentMissing => Some("every event that needs a document"),
        Code::ExceptionNotNeeded => Some("every event with exceptions"),
        Code::DateBeforeOrigin | Code::InsufficientFunds => Some("every event that moves money"),
        Code::PeriodClosed => Some("every event"),
        _ => match code.group() {
            Group::Shape | Group::Right => return "every event".to_owned(),
            Group::Envelope => Some("every event"),
            Group::Operation => Some("any post"),
            Group::Duplicates
            | Group::Unknown
            | Group::Stage
            | Group::Eligibility
            | Group::Limits
            | Group::Figures
            | Group::Movements => None,
        },
    };
    match (everybody, declaring.is_empty()) {
        (Some(everybody), true) => everybody.to_owned(),
        (Some(everybody), false) => format!("{everybody}; {}", declaring.join(" ")),
        (None, false) => declaring.join(" "),
        (None, true) => "none yet".to_owned(),
    }
}

#[test]
fn every_code_refuses_some_event() {
    let unused: Vec<_> = Code::ALL.iter().filter(|code| refused_by(**code) == "none yet").collect();
    assert!(unused.is_empty(), "no event declares {unused:?}");
}

// --- the list of events -----------------------------------------------------------------------

#[test]
fn the_list_of_events_is_the_one_that_is_kept() {
    held::assert_none(held::compare("schemas/events.md", &events()).into_iter().collect());
}

fn events() -> String {
    let mut out = String::from(
        "# Events\n\n\
         The facts that bodies state. Every event has the envelope of its schema in `event/`; its \
         own fields stand in `data`. A field marked ? is optional: absent, never null. Printed from \
         the code; a test holds this page to it.\n",
    );
    for family in Family::ALL {
        let mut types = Type::ALL.iter().filter(|kind| kind.spec().family == *family).peekable();
        if types.peek().is_some() {
            let label = family.label();
            write!(out, "\n## {} {}\n", label.zh, label.en).unwrap();
        }
        types.for_each(|kind| out += &event(*kind));
    }
    out
}

/// The paragraph of one event.
fn event(kind: Type) -> String {
    let spec = kind.spec();
    let articles: Vec<String> = spec.articles.iter().map(u8::to_string).collect();
    let refuses: Vec<String> = spec.refuses.iter().map(|code| format!("`{code}`")).collect();
    let mut out = format!(
        "\n### `{}` {} {}\n\nArticles: {}. Posted by: {}. Document: {}.\n",
        spec.name,
        spec.label.zh,
        spec.label.en,
        words_or_none(&articles),
        posters(spec),
        if spec.document { "needed" } else { "not needed" },
    );
    writeln!(out, "Refused beyond the common codes: {}.\n", words_or_none(&refuses)).unwrap();
    out += "| field | label | form | meaning |\n|---|---|---|---|\n";
    let schema = kind.schema();
    let data = resolved(&schema, &schema["properties"]["data"]);
    let Some(fields) = data["properties"].as_object() else { return out };
    let required = data["required"].as_array().cloned().unwrap_or_default();
    for (name, field) in fields {
        let optional = if required.contains(&Value::from(name.as_str())) { "" } else { "?" };
        let label = field_label(name).map(|label| format!("{} {}", label.zh, label.en));
        let label = label.unwrap_or_default();
        let meaning = field["description"].as_str().unwrap_or("").replace('\n', " ");
        let form = form(&schema, field);
        writeln!(out, "| `{name}`{optional} | {label} | {form} | {meaning} |").unwrap();
    }
    out
}

fn words_or_none(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Who posts an event, and how far each reaches.
fn posters(spec: &Spec) -> String {
    let one = |(role, reach): &(Role, Reach)| {
        let reach = match reach {
            Reach::Own => "its scope",
            Reach::Below => "below its scope",
            Reach::OwnOrBelow => "its scope or below",
            Reach::Any => "anywhere",
            Reach::Province => "the province",
        };
        format!("{} ({reach})", role.code())
    };
    match spec.posters {
        [] => "the program alone".to_owned(),
        posters => posters.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

/// The schema that a reference stands for, or the schema itself.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        Some(name) => &root["$defs"][name],
        None => schema,
    }
}

/// The form of a field in a few words.
fn form(root: &Value, field: &Value) -> String {
    let field = resolved(root, field);
    if let Some(words) = field["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return words.join(", ");
    }
    match field["type"].as_str() {
        Some("array") => format!("list of {}", form(root, &field["items"])),
        Some("object") => match field["properties"].as_object() {
            Some(fields) => {
                let names: Vec<String> = fields.keys().map(|name| format!("`{name}`")).collect();
                format!("object of {}", names.join(", "))
            }
            None => "object".to_owned(),
        },
        Some("integer") => match (field["minimum"].as_i64(), field["maximum"].as_i64()) {
            (Some(least), Some(most)) => format!("integer {least} to {most}"),
            (Some(least), None) => format!("integer from {least}"),
            (None, _) => "integer".to_owned(),
        },
        Some("string") => match (field["pattern"].as_str(), field["maxLength"].as_i64()) {
            (Some(pattern), _) => pattern_words(pattern),
            (None, Some(most)) => format!("text of 1 to {most} characters"),
            (None, None) => "text".to_owned(),
        },
        Some(other) => other.to_owned(),
        None => "any".to_owned(),
    }
}

/// What the patterns of the base types mean; one that is not among them is printed as it is.
fn pattern_words(pattern: &str) -> String {
    let words = match pattern {
        Name::PATTERN => "identifier",
        "^[0-9]{6}$" => "code of six digits",
        "^[0-9]{12}$" => "code of twelve digits",
        "^[0-9a-f]{64}$" => "64 hex digits",
        "^[0-9]{4}-[0-9]{2}$" => "month YYYY-MM",
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => "date YYYY-MM-DD",
        _ if pattern.starts_with("^[0-9a-f]{8}-") => "event id (UUID)",
        // A bar would end the table's cell.
        _ => return format!("`{}`", pattern.replace('|', "\\|")),
    };
    words.to_owned()
}

// --- the HTTP service -------------------------------------------------------------------------

#[test]
fn the_description_of_the_service_is_the_one_that_is_kept() {
    let document = serde_json::to_value(fundtrail::api::openapi::document()).unwrap();
    let printed = serde_json::to_string_pretty(&sorted(document)).unwrap() + "\n";
    held::assert_none(held::compare("schemas/openapi.json", &printed).into_iter().collect());
}
