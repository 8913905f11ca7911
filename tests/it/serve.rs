//! The service as it is run: the real program on a port of its own, asked over plain sockets.

use super::serving::Server;
use super::support::{Ledger, golden_lines};
use fundtrail::access::Tokens;
use fundtrail::base::Stamp;
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
