//! The OpenAPI 3.1 description, made from the list of routes and read through utoipa's types, so
//! that what is served is a document of that form.

use super::operations::FIGURES;
use super::parameters::{Parameter, Shape, TEXT_MAX};
use super::routes::{Answer, ROUTES, Route};
use crate::access::{Extent, Viewer, extent};
use crate::service::bounds::BODY_BYTES_MAX;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// The statuses that a route may answer with beside its own, and why.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "A parameter or the body is wrong."),
    ("401", "A token is needed, or the one given is worth nothing."),
    ("403", "Not open to this role, or over an open line."),
    ("404", "There is nothing of that name, or the reader may not know of it."),
    ("408", "The request stood still for too long, or took too long as a whole."),
    ("409", "What is asked for lies ahead of this ledger, or differs."),
    ("421", "The service does not go by that name."),
    ("429", "Too many requests."),
    ("431", "The target or the header is too long."),
    ("500", "This failed on our side."),
    ("503", "Not just now; ask again."),
];

/// What posting may be answered beside that.
const POST_PROBLEMS: &[(&str, &str)] = &[
    ("413", "The body is too large."),
    ("415", "The body is of another kind, or encoded."),
    ("422", "The rules refuse the event; `code` says which."),
    ("507", "The disk is full; nothing was recorded."),
];

/// The document.
///
/// # Panics
/// When the list of routes makes no such document, which a test would have told.
pub fn document() -> OpenApi {
    serde_json::from_value(value()).expect("the routes make a document of the form of OpenAPI")
}

fn value() -> Value {
    let mut paths = json!({});
    for route in ROUTES {
        // A rest of a path, `{*path}`, has no form of its own in OpenAPI.
        let path = route.path.replace("{*", "{");
        paths[path][route.method.to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "fundtrail",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "An append-only, hash-chained ledger of poverty-alleviation money. \
                Amounts are whole fen. Every answer names the position that it was true at. What \
                a reader may not see is answered as absent.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "code": { "type": "apiKey", "in": "header", "name": "Gift-Code" },
            },
            "schemas": schemas(),
        },
    })
}

fn operation(route: &Route) -> Value {
    let parameter = |one: &&Parameter, place: &str| {
        let required = place == "path" || matches!(one.name, "old" | "new");
        json!({
            "name": one.name, "in": place, "required": required,
            "description": one.about, "schema": shape(one.shape),
        })
    };
    let mut parameters: Vec<Value> =
        route.path_parameters.iter().map(|one| parameter(one, "path")).collect();
    parameters.extend(route.query.iter().map(|one| parameter(one, "query")));
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.about,
        "description": format!("Asked for: {}.", route.what.label().en),
        "parameters": parameters,
        "responses": responses(route),
        "security": security(route),
    });
    if route.answer == Answer::Outcome {
        operation["requestBody"] = body();
    }
    operation
}

/// Tokens are told of where they open more than what is open to everybody.
fn security(route: &Route) -> Value {
    if route.by_code {
        return json!([{ "code": [] }]);
    }
    match extent(&Viewer::Public, route.what) {
        Extent::Nothing => json!([{ "token": [] }]),
        Extent::Seen | Extent::Scope | Extent::All => json!([{}, { "token": [] }]),
    }
}

fn body() -> Value {
    let event = json!({ "$ref": "#/components/schemas/Event" });
    json!({
        "required": true,
        "description": format!(
            "One event (at most {BODY_BYTES_MAX} bytes), or a line an event. A line may also be an \
             object of `event` and `signatures`. The schemas of `data` stand in schemas/event."
        ),
        "content": {
            "application/json": { "schema": event },
            "application/jsonl": { "schema": { "type": "string" } },
            "application/x-ndjson": { "schema": { "type": "string" } },
        },
    })
}

fn responses(route: &Route) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let of = |kind: &str, schema: Value| json!({ kind: { "schema": schema } });
    let text = json!({ "type": "string" });
    let (content, about) = match route.answer {
        Answer::Position => (of("application/json", reference("Position")), "The answer."),
        Answer::Rows => (of("application/json", reference("Rows")), "A page of rows."),
        Answer::Json => (of("application/json", json!({ "type": "object" })), "The answer."),
        Answer::Text => (of("text/plain; charset=utf-8", text), "The text."),
        Answer::Bytes => (of("application/octet-stream", text), "The bytes."),
        Answer::Stream => (of("text/event-stream", text), "The events."),
        Answer::Html => (of("text/html; charset=utf-8", text), "The page."),
        Answer::Figures => (of(FIGURES, text), "The figures."),
        Answer::Record => {
            let content = json!({
                "application/json": { "schema": reference("Position") },
                "application/jsonl": { "schema": text },
            });
            (content, "The record, or its stored line alone.")
        }
        Answer::Outcome => {
            let lines = json!({ "type": "string" });
            let content = json!({
                "application/json": { "schema": reference("Outcome") },
                "application/jsonl": { "schema": lines },
            });
            (content, "Recorded before, or a line of outcome for each line posted.")
        }
    };
    let mut responses = json!({ "200": { "description": about, "content": content } });
    if route.answer == Answer::Outcome {
        let content = of("application/json", reference("Outcome"));
        responses["201"] = json!({ "description": "Recorded.", "content": content });
    }
    if matches!(route.answer, Answer::Position | Answer::Rows | Answer::Record) {
        responses["304"] = json!({ "description": "As it was at the tag that you hold." });
    }
    let more = if route.method == "POST" { POST_PROBLEMS } else { &[] };
    for (status, about) in PROBLEMS.iter().chain(more) {
        let content = of("application/problem+json", reference("Problem"));
        responses[*status] = json!({ "description": about, "content": content });
    }
    if route.name == "ready" {
        let content = of("application/json", json!({ "type": "object" }));
        responses["503"] = json!({ "description": "What stands against it.", "content": content });
    }
    responses
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Jurisdiction => json!({ "type": "string", "pattern": "^[0-9]{6}$" }),
        Shape::Day => json!({ "type": "string", "format": "date" }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Words(words) => {
            let any = words.join("|");
            json!({ "type": "string", "pattern": format!("^({any})(,({any}))*$") })
        }
        Shape::Text => json!({
            "type": "string", "minLength": 1, "maxLength": TEXT_MAX,
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\ufffd]+$",
        }),
        Shape::Sha256 => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        Shape::Flag => json!({ "type": "string", "enum": ["", "true", "false"] }),
    }
}

fn schemas() -> Value {
    let whole = json!({ "type": "integer", "minimum": 0 });
    let maybe = json!({ "type": ["integer", "null"], "minimum": 0 });
    let digest = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    let as_of = json!({ "$ref": "#/components/schemas/AsOf" });
    json!({
        "AsOf": {
            "type": "object",
            "description": "The position that an answer was true at.",
            "required": ["root", "seq", "size", "verified_seq"],
            "properties": {
                "business_date": { "type": "string", "format": "date" },
                "root": digest, "seq": maybe, "size": whole, "verified_seq": maybe,
            },
        },
        "Position": {
            "type": "object", "required": ["as_of"], "properties": { "as_of": as_of },
        },
        "Rows": {
            "type": "object", "required": ["as_of", "next", "rows"],
            "properties": {
                "as_of": as_of,
                "next": { "type": ["string", "integer", "null"] },
                "rows": { "type": "array", "maxItems": 50_000, "items": { "type": "object" } },
            },
        },
        "Event": {
            "type": "object",
            "required": ["business_date", "by", "data", "docs", "id", "jurisdiction", "type"],
            "properties": {
                "business_date": { "type": "string", "format": "date" },
                "by": { "type": "object" },
                "data": { "type": "object" },
                "docs": { "type": "array", "items": { "type": "object" } },
                "id": { "type": "string", "format": "uuid" },
                "jurisdiction": { "type": "string", "pattern": "^[0-9]{6}$" },
                "type": { "type": "string" },
            },
        },
        "Outcome": {
            "type": "object", "required": ["line", "status"],
            "properties": {
                "code": { "type": "string" },
                "details": { "type": "object" },
                "id": { "type": "string", "format": "uuid" },
                "leaf_hash": digest,
                "line": whole,
                "message": { "type": "string" },
                "movements": { "type": "array", "items": { "type": "object" } },
                "receipt": { "type": "string" },
                "seq": whole,
                "status": {
                    "type": "string",
                    "enum": ["recorded", "duplicate", "refused", "not_recorded"],
                },
            },
        },
        "Problem": {
            "type": "object", "required": ["code", "detail", "status", "title", "type"],
            "properties": {
                "code": { "type": "string" },
                "detail": { "type": "string" },
                "status": { "type": "integer" },
                "title": { "type": "string" },
                "type": { "type": "string" },
            },
        },
    })
}
