//! A form of any event: its fields from the type's schema, its body from what was typed.
//!
//! One walk makes both, so that a field that is shown is read and the other way round. Yuan become
//! fen exactly or are refused; nothing that was typed is changed unseen. Whether the body is right,
//! the rules decide.

use super::field::{Choice, Field, Input};
use super::order;
use super::words;
use crate::access::posting::{Code, Type, labels_of};
use crate::base::lookup::lookup_sha256;
use crate::base::words::{Label, field_label};
use crate::interchange::money::{self, Unit};
use crate::web::lang::Lang;
use crate::web::visit::Fields;
use serde_json::{Map, Value};

/// How many rows of a list a form shows at most: what a body may hold.
const ROWS_MAX: usize = 200;

/// What is known beside what was typed.
pub struct Reader<'r> {
    /// What was typed.
    pub given: &'r Fields,
    /// The language.
    pub lang: Lang,
    /// The type.
    pub kind: Type,
    /// The values of fields that nobody types: path, value, and how it is shown.
    pub fixed: &'r [(&'r str, String, String)],
    /// The exception that a refusal allows.
    pub exception: Option<Code>,
}

/// A part of a schema at its place.
struct At<'s> {
    defs: &'s Value,
    schema: &'s Value,
    name: String,
    key: &'s str,
    is_required: bool,
}

impl Reader<'_> {
    /// The fields of `data`, and what a body's `data` would be of what was typed.
    pub fn data(&self) -> (Vec<Field>, Value) {
        let schema = self.kind.schema();
        let at = At {
            defs: &schema["$defs"],
            schema: &schema["properties"]["data"],
            name: "data".to_owned(),
            key: "data",
            is_required: true,
        };
        self.root(&at)
    }

    /// The documents, and the list of them.
    pub fn docs(&self) -> (Field, Value) {
        let schema = self.kind.schema();
        let at = At {
            defs: &schema["$defs"],
            schema: &schema["properties"]["docs"],
            name: "docs".to_owned(),
            key: "docs",
            is_required: self.kind.spec().document,
        };
        let (field, value) = self.field(&at);
        (field, value.unwrap_or_else(|| Value::Array(Vec::new())))
    }

    fn root(&self, at: &At<'_>) -> (Vec<Field>, Value) {
        let (field, value) = self.field(at);
        match field.input {
            Input::Group { fields } => (fields, value.unwrap_or_else(|| Value::Object(Map::new()))),
            _ => (vec![field], value.unwrap_or_default()),
        }
    }

    fn typed(&self, name: &str) -> String {
        self.given.get(name).unwrap_or_default().to_owned()
    }

    fn field(&self, at: &At<'_>) -> (Field, Option<Value>) {
        let schema = resolved(at.defs, at.schema);
        if let Some((_, value, shown)) = self.fixed.iter().find(|(name, ..)| *name == at.name) {
            let input = Input::Fixed { value: value.clone(), shown: shown.clone() };
            return (self.shown(at, input), Some(Value::String(value.clone())));
        }
        let (input, value, wrong) = match schema["type"].as_str() {
            _ if schema["enum"].is_array() => self.choice(at, schema),
            Some("object") => return self.group(at, schema),
            Some("array") => return self.array(at, schema),
            Some("boolean") => self.yes_or_no(at),
            Some("integer") if at.key.ends_with("_fen") => self.money(at, schema),
            Some("integer") => self.count(at),
            _ => self.text(at, schema),
        };
        let mut field = self.shown(at, input);
        field.wrong = wrong;
        (field, value)
    }

    fn shown(&self, at: &At<'_>, input: Input) -> Field {
        Field {
            name: at.name.clone(),
            label: label(at.key, self.lang),
            is_required: at.is_required,
            wrong: None,
            input,
            lang: self.lang,
        }
    }

    /// Fields that belong together; all blank, they are left out.
    fn group(&self, at: &At<'_>, schema: &Value) -> (Field, Option<Value>) {
        let (mut fields, object) = self.members(at, schema);
        let is_given = !object.is_empty();
        if is_given && !at.is_required {
            fields.iter_mut().filter(|one| one.is_required).for_each(|one| one.miss(self.lang));
        }
        let value = (is_given || at.is_required).then_some(Value::Object(object));
        (self.shown(at, Input::Group { fields }), value)
    }

    fn members(&self, at: &At<'_>, schema: &Value) -> (Vec<Field>, Map<String, Value>) {
        let required = |key: &str| {
            let all = schema["required"].as_array();
            all.is_some_and(|all| all.iter().any(|one| one == key))
        };
        let properties = schema["properties"].as_object();
        let mut keys: Vec<&String> = properties.iter().flat_map(|all| all.keys()).collect();
        keys.sort_by_key(|key| (order::of(self.kind, &at.name, key), !required(key)));
        let (mut fields, mut object) = (Vec::new(), Map::new());
        for key in keys {
            let part = At {
                defs: at.defs,
                schema: &schema["properties"][key],
                name: format!("{}.{key}", at.name),
                key,
                is_required: required(key),
            };
            if key == "exceptions" && !self.has_exceptions(&part.name) {
                continue;
            }
            let (field, value) = self.field(&part);
            object.extend(value.map(|value| (key.clone(), value)));
            fields.push(field);
        }
        (fields, object)
    }

    /// An exception stands in the form when a refusal allows one, or a reason was given for it;
    /// whoever mends the fact instead leaves the reason blank, and asks for none.
    fn has_exceptions(&self, name: &str) -> bool {
        let is_reason = |(field, value): &(String, String)| {
            field.starts_with(name) && field.ends_with(".reason") && !value.trim().is_empty()
        };
        self.exception.is_some() || self.given.pairs().iter().any(is_reason)
    }

    fn array(&self, at: &At<'_>, schema: &Value) -> (Field, Option<Value>) {
        let items = resolved(at.defs, &schema["items"]);
        if items["type"] == "object" {
            return self.rows(at, items);
        }
        let (input, values) = match items["enum"].as_array() {
            Some(words) => {
                let chosen: Vec<&str> = self.given.all(&at.name).collect();
                let options = options(words, &chosen, self.lang);
                let chosen = options.iter().filter(|one| one.is_chosen);
                let values = chosen.map(|one| Value::String(one.code.clone())).collect();
                (Input::Ticks { options }, values)
            }
            None => {
                let value = self.typed(&at.name);
                let words = value.split([' ', ',', '，', '、', '\n', '\r', '\t', ';', '；']);
                let words = words.filter(|word| !word.is_empty());
                let values: Vec<Value> = words.map(|word| Value::String(word.to_owned())).collect();
                (Input::Lines { value }, values)
            }
        };
        let value = (!values.is_empty() || at.is_required).then_some(Value::Array(values));
        (self.shown(at, input), value)
    }

    fn rows(&self, at: &At<'_>, items: &Value) -> (Field, Option<Value>) {
        let add = self.given.get("act").and_then(|act| act.strip_prefix("add:"));
        let added = usize::from(add == Some(&at.name));
        let least = usize::from(at.is_required || (at.key == "exceptions"));
        let count = (rows_given(self.given, &at.name) + added).max(least).min(ROWS_MAX);
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        for row in 0..count {
            let row_at = At {
                defs: at.defs,
                schema: items,
                name: format!("{}.{row}", at.name),
                key: at.key,
                is_required: at.is_required && row == 0,
            };
            let (mut fields, object) = self.members(&row_at, items);
            if at.key == "exceptions" {
                self.fix_exception(&mut fields);
            }
            if !object.is_empty() {
                if !row_at.is_required {
                    let needed = fields.iter_mut().filter(|one| one.is_required);
                    needed.for_each(|one| one.miss(self.lang));
                }
                values.push(Value::Object(object));
            } else if !row_at.is_required {
                // A blank row is no row: nothing in it is missing.
                fields.iter_mut().for_each(|one| one.is_required = false);
            }
            rows.push(fields);
        }
        let value = (!values.is_empty() || at.is_required).then_some(Value::Array(values));
        (self.shown(at, Input::Rows { rows, is_full: count == ROWS_MAX }), value)
    }

    /// An exception is for the rule that refused; nobody chooses another.
    fn fix_exception(&self, fields: &mut [Field]) {
        for field in fields {
            let Input::Choice { options } = &field.input else { continue };
            let chosen = options.iter().find(|one| one.is_chosen).map(|one| one.code.clone());
            let code = chosen.or(self.exception.map(|code| code.code().to_owned()));
            if let Some(code) = code {
                let shown = words::refusal_title(&code, self.lang);
                field.input = Input::Fixed { value: code, shown };
            }
        }
    }

    fn choice(&self, at: &At<'_>, schema: &Value) -> (Input, Option<Value>, Option<String>) {
        let typed = self.typed(&at.name);
        let all = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
        let options = options(all, &[&typed], self.lang);
        let is_known = typed.is_empty() || options.iter().any(|one| one.is_chosen);
        let wrong = (!is_known).then(|| self.lang.t("请选一项", "Choose one").to_owned());
        let value = (is_known && !typed.is_empty()).then_some(Value::String(typed));
        (Input::Choice { options }, value, wrong)
    }

    fn yes_or_no(&self, at: &At<'_>) -> (Input, Option<Value>, Option<String>) {
        let typed = self.typed(&at.name);
        let option = |code: &str, zh, en| Choice {
            code: code.to_owned(),
            label: self.lang.t(zh, en).to_owned(),
            is_chosen: typed == code,
        };
        let options = vec![option("true", "是", "Yes"), option("false", "否", "No")];
        let value = options.iter().find(|one| one.is_chosen).map(|one| one.code == "true");
        (Input::Choice { options }, value.map(Value::Bool), None)
    }

    fn money(&self, at: &At<'_>, schema: &Value) -> (Input, Option<Value>, Option<String>) {
        let typed = self.typed(&at.name);
        if typed.is_empty() {
            return (Input::Money { value: typed }, None, None);
        }
        let read = match schema["minimum"].as_i64() {
            Some(1) => money::amount(&typed, Some(Unit::YUAN)).map(|amount| amount.get()),
            _ => money::figure(&typed, Some(Unit::YUAN)).map(|fen| fen.get()),
        };
        match read {
            Ok(fen) => {
                let value = crate::web::figures::yuan(fen);
                (Input::Money { value }, Some(Value::from(fen)), None)
            }
            Err(error) => {
                let wrong = words::money(&error, self.lang);
                (Input::Money { value: typed }, None, Some(wrong))
            }
        }
    }

    fn count(&self, at: &At<'_>) -> (Input, Option<Value>, Option<String>) {
        let typed = self.typed(&at.name);
        let read = typed.parse::<i64>();
        let wrong = (read.is_err() && !typed.is_empty())
            .then(|| self.lang.t("请填整数", "Write a whole number").to_owned());
        (Input::Count { value: typed }, read.ok().map(Value::from), wrong)
    }

    fn text(&self, at: &At<'_>, schema: &Value) -> (Input, Option<Value>, Option<String>) {
        let value = self.typed(&at.name);
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        if at.key == "lookup_sha256" {
            let hash = (!value.is_empty()).then(|| lookup_sha256(&value).to_string());
            return (Input::Secret { value }, hash.map(Value::String), None);
        }
        let body = (!value.is_empty()).then(|| Value::String(value.clone()));
        let input = match pattern {
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => Input::Day { value },
            "^[0-9a-f]{64}$" => Input::Hash { value },
            _ if schema["maxLength"].as_u64().is_some_and(|most| most > 200) => {
                Input::Long { value }
            }
            _ => Input::Line { value, list: order::list_of(at.key) },
        };
        (input, body, None)
    }
}

/// What is missing of what a body needs, said at the fields.
pub fn miss(fields: &mut [Field], lang: Lang) {
    fields.iter_mut().filter(|one| one.is_required).for_each(|one| one.miss(lang));
}

fn resolved<'s>(defs: &'s Value, schema: &'s Value) -> &'s Value {
    let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    name.map_or(schema, |name| resolved(defs, &defs[name]))
}

fn options(words: &[Value], chosen: &[&str], lang: Lang) -> Vec<Choice> {
    let codes: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    let labels = labels_of(&codes);
    let label = |at: usize| match &labels {
        Some(labels) => lang.label(labels[at]).to_owned(),
        None => words::refusal_title(codes[at], lang),
    };
    let option = |(at, code): (usize, &&str)| Choice {
        code: (*code).to_owned(),
        label: label(at),
        is_chosen: chosen.contains(code),
    };
    codes.iter().enumerate().map(option).collect()
}

/// How many rows of a list were sent.
fn rows_given(given: &Fields, name: &str) -> usize {
    let row = |(field, _): &(String, String)| {
        let rest = field.strip_prefix(name)?.strip_prefix('.')?;
        rest.split('.').next()?.parse::<usize>().ok()
    };
    given.pairs().iter().filter_map(row).max().map_or(0, |last| last.min(ROWS_MAX - 1) + 1)
}

/// What people call a field; money is typed in yuan and a look-up code as it is, whatever bodies
/// carry.
fn label(key: &str, lang: Lang) -> String {
    if key == "lookup_sha256" {
        return lang.t("查询码", "Look-up code").to_owned();
    }
    let known = field_label(key).unwrap_or(Label { zh: "内容", en: "Content" });
    match lang {
        Lang::Zh => known.zh.replace("(分)", "（元）").replace("校验码", "校验值"),
        Lang::En => known.en.replace("(fen)", "(yuan)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(given: &Fields, kind: Type) -> Reader<'_> {
        Reader { given, lang: Lang::Zh, kind, fixed: &[], exception: None }
    }

    #[test]
    fn every_type_has_a_form_whose_choices_all_have_labels() {
        for kind in Type::ALL {
            let given = Fields::default();
            let (fields, _) = reader(&given, *kind).data();
            assert!(!fields.is_empty(), "{}", kind.spec().name);
            words_of(&kind.schema(), &mut |words| {
                let refusals = words.iter().all(|word| Code::parse(word).is_some());
                assert!(refusals || labels_of(words).is_some(), "{}: {words:?}", kind.spec().name);
            });
        }
    }

    fn words_of(schema: &Value, each: &mut dyn FnMut(&[&str])) {
        if let Some(words) = schema["enum"].as_array() {
            each(&words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>());
        }
        match schema {
            Value::Object(object) => object.values().for_each(|one| words_of(one, each)),
            Value::Array(list) => list.iter().for_each(|one| words_of(one, each)),
            _ => {}
        }
    }

    #[test]
    fn what_is_typed_becomes_the_body_exactly() {
        let typed = "data.project=P1&data.kind=payment&data.payee=road-co&data.method=transfer\
            &data.bank_ref=B1&data.basis.kind=contract&data.basis.number=HT-1&data.lots.0.lot=L1\
            &data.lots.0.amount_fen=200%2C000.50&data.lots.1.lot=&data.lots.1.amount_fen=";
        let given = Fields::of_form(typed.as_bytes()).unwrap();
        let (mut fields, data) = reader(&given, Type::DisbursementMade).data();
        assert_eq!(data["lots"], serde_json::json!([{"lot": "L1", "amount_fen": 20_000_050}]));
        assert_eq!(data["basis"]["number"], "HT-1");
        assert!(data.get("recipients").is_none() && data.get("exceptions").is_none());
        miss(&mut fields, Lang::Zh);
        let faults: Vec<_> = fields.iter().flat_map(Field::faults).map(|one| one.0).collect();
        assert_eq!(faults, ["f-data.basis.sha256"]);
    }

    #[test]
    fn yuan_below_the_fen_are_refused_and_stand_as_they_were_typed() {
        let given = Fields::of_form(b"data.lots.0.lot=L1&data.lots.0.amount_fen=1.005").unwrap();
        let (fields, data) = reader(&given, Type::DisbursementMade).data();
        assert_eq!(data["lots"], serde_json::json!([{"lot": "L1"}]));
        let faults: Vec<_> = fields.iter().flat_map(Field::faults).collect();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].2.contains("1.005"), "{}", faults[0].2);
    }
}
