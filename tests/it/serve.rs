//! The service as it is run: the real program on a port of its own, asked over plain sockets.

use super::serving::Server;
use super::support::{Ledger, golden_lines};
use fundtrail::access::{Extent, Principal, Tokens, Viewer, extent};
use fundtrail::api::routes::{ROUTES, Route};
use fundtrail::base::{Code, Stamp};
use fundtrail::domain::role::Role;
use serde_json::Value;
use std::collections::BTreeMap;

/// Tokens by principal, made as they are asked for.
pub struct Keys {
    tokens: Tokens,
    made: BTreeMap<String, String>,
}

impl Keys {
    /// The tokens of a ledger.
    pub fn of(ledger: &Ledger) -> Keys {
        Keys { tokens: Tokens::new(&ledger.path().join("access")), made: BTreeMap::new() }
    }

    /// The token of a principal.
    pub fn get(&mut self, principal: &str) -> String {
        if let Some(token) = self.made.get(principal) {
            return token.clone();
        }
        let made = self.tokens.make(principal, None, Stamp(1_900_000_000_000)).unwrap();
        self.made.insert(principal.to_owned(), made.secret.clone());
        made.secret
    }
}

/// Who posts a golden line, its body, and the code that is expected.
fn golden_line(line: &str) -> (String, String, Option<String>) {
    let line: Value = serde_json::from_str(line).unwrap();
    let expect = line["expect"].as_str().map(str::to_owned);
    (line["as"].as_str().unwrap().to_owned(), line["event"].to_string(), expect)
}

#[test]
fn a_new_ledger_says_what_it_is_and_how_far() {
    let ledger = Ledger::new();
    let server = Server::start(&ledger);
    let body = server.get("/v1/ledger").gives(200).json();
    assert_eq!(body["origin"], "ledger.test/2017");
    assert_eq!(body["as_of"]["size"], 184);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").json()["ready"], true);
    let checkpoint = server.get("/checkpoint").gives(200).text();
    assert!(checkpoint.starts_with("ledger.test/2017\n184\n"), "{checkpoint}");
    let jurisdictions = server.get("/v1/jurisdictions?limit=500").gives(200).json();
    assert_eq!(jurisdictions["rows"].as_array().unwrap().len(), 180);
    assert_eq!(jurisdictions["next"], Value::Null);
    server.end();
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn the_golden_year_over_http_is_the_golden_year() {
    let (ledger, other) = (Ledger::new(), Ledger::with(&["golden.jsonl"]));
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    for line in golden_lines("golden.jsonl") {
        let (who, body, _) = golden_line(&line);
        let answer = server.post(&keys.get(&who), "/v1/events", &body);
        assert_eq!(answer.status, 201, "{body}: {}", answer.text());
        let seq = answer.json()["seq"].as_u64().unwrap();
        assert_eq!(answer.field("location"), Some(format!("/v1/records/{seq}").as_str()));
    }
    let events = |ledger: &Ledger| -> Vec<Value> {
        let records = ledger.records().into_iter();
        records
            .map(|record| serde_json::from_str::<Value>(&record).unwrap()["event"].clone())
            .collect()
    };
    assert_eq!(events(&ledger)[184..], events(&other)[184..]);
    let size = server.get("/v1/ledger").json()["as_of"]["size"].clone();
    for line in golden_lines("golden_refused.jsonl") {
        let (who, body, expect) = golden_line(&line);
        let answer = server.post(&keys.get(&who), "/v1/events", &body);
        let problem = answer.json();
        assert_eq!(problem["code"].as_str(), expect.as_deref(), "{body}: {}", answer.text());
        assert!((400..500).contains(&answer.status), "{}", answer.text());
    }
    assert_eq!(server.get("/v1/ledger").json()["as_of"]["size"], size);
    let auditor = keys.get("operator");
    let rows = |answer: Value| answer["rows"].clone();
    let over_http = server.get_as(&auditor, "/v1/balances?limit=500").gives(200).json();
    let printed = other.run(&["--format", "json", "balances"]).succeeds().json();
    assert_eq!(rows(over_http.clone()), rows(printed.clone()));
    assert_eq!(over_http["totals"], printed["totals"]);
    // The same again changes nothing.
    for line in golden_lines("golden.jsonl") {
        let (who, body, _) = golden_line(&line);
        let answer = server.post(&keys.get(&who), "/v1/events", &body).gives(200);
        assert_eq!(answer.json()["status"], "duplicate");
    }
    server.end();
    ledger.run(&["verify"]).succeeds();
}

/// A route's path with names that the golden year knows.
fn asked(route: &Route) -> String {
    let filled = [
        ("{jurisdiction}", "130723"),
        ("{seq}", "200"),
        ("{size}", "184"),
        ("{lot}", "G1"),
        ("{project}", "P1"),
        ("{payee}", "kb-builder"),
        ("{sha256}", &"0".repeat(64)),
        ("{*path}", "0/000.p/200"),
    ];
    let path =
        filled.iter().fold(route.path.to_owned(), |path, (name, value)| path.replace(name, value));
    match route.name {
        "consistency" => path + "?old=184&new=200",
        _ => path,
    }
}

#[test]
fn every_route_is_open_to_whom_the_table_says_and_to_nobody_else() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let mut roles = BTreeMap::new();
    for line in golden_lines("golden.jsonl") {
        let (_, body, _) = golden_line(&line);
        let event: Value = serde_json::from_str(&body).unwrap();
        if event["type"] == "principal_registered" {
            let text = |name: &str| event["data"][name].as_str().unwrap().to_owned();
            roles.insert(text("principal"), (text("role"), text("scope"), text("org")));
        }
    }
    roles.insert("operator".to_owned(), ("operator".into(), "130000".into(), "platform".into()));
    assert!(roles.len() > 6, "{roles:?}");
    let read = ROUTES.iter().filter(|route| route.method == "GET" && route.name != "stream");
    for route in read.filter(|route| !route.by_code) {
        let target = asked(route);
        let public = server.get(&target);
        let open = extent(&Viewer::Public, route.what) != Extent::Nothing;
        assert_eq!(public.status == 401, !open, "{target}: {}", public.text());
        for (name, (role, scope, org)) in &roles {
            let viewer = Viewer::Principal(Principal {
                name: name.as_str().into(),
                role: Role::parse(role).unwrap(),
                scope: Code::parse(scope).unwrap(),
                org: org.as_str().into(),
                seat: None,
            });
            let answer = server.get_as(&keys.get(name), &target);
            let open = extent(&viewer, route.what) != Extent::Nothing;
            assert_eq!(answer.status == 403, !open, "{name} {target}: {}", answer.text());
            let fine = matches!(answer.status, 200 | 403 | 404);
            assert!(fine, "{name} {target}: {} {}", answer.status, answer.text());
            let keeping = answer.field("cache-control").unwrap_or_default().to_owned();
            let described = matches!(route.name, "openapi" | "docs");
            assert!(described || !keeping.contains("public"), "{name} {target}: {keeping}");
        }
        if route.what.code() != "evidence" && route.name != "checkpoint_witnessed" {
            let answer = server.get_as(&keys.get("operator"), &target);
            let known = answer.status == 200 || matches!(route.name, "policy" | "payee");
            assert!(known, "{target}: {}", answer.text());
        }
    }
}

#[test]
fn what_was_answered_is_told_apart_by_its_tag() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let target = "/v1/balances/130723";
    let answer = server.get(target).gives(200);
    let tag = answer.field("etag").unwrap().to_owned();
    let held = server.ask("GET", target, &[("If-None-Match", &tag)], b"");
    assert_eq!((held.status, held.body.len()), (304, 0));
    let county = server.get_as(&keys.get("kb-finance-desk"), target).gives(200);
    assert_ne!(county.field("etag"), Some(tag.as_str()));
    let past = "/v1/balances/130723?at=200&as_of=2017-03-01";
    server.get(past).problem(401, "token_needed");
    let past = server.get_as(&keys.get("operator"), past).gives(200).json();
    assert_eq!(past["as_of"]["size"], 201);
    assert_eq!(past["as_of"]["business_date"], "2017-03-01");
    // One gift is fewer than five: the public sees that there is one, and no amount.
    let social = |rows: &Value| -> Value {
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|row| row["class"] == "social").cloned().unwrap()
    };
    let public = answer.json();
    for rows in [&public["rows"], &public["totals"]] {
        assert_eq!(social(rows)["withheld"], "few_gifts", "{rows}");
        assert!(social(rows).get("received_fen").is_none());
    }
    let all = server.get_as(&keys.get("operator"), target).gives(200).json();
    assert!(social(&all["totals"])["received_fen"].as_u64().unwrap() > 0);
}
