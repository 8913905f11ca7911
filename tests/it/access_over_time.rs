//! Rights as they end, and what is written down while they last: a grant or token that is revoked
//! or has expired opens nothing at the very next request, nor inside a stream that is open.

use super::serve::Keys;
use super::serving::Server;
use super::support::Ledger;
use fundtrail::access::Tokens;
use fundtrail::base::{Date, Stamp};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// Answers that need a token, one of each kind that a county's bureau gets.
const RESTRICTED: &[&str] = &[
    "/v1/records?limit=5",
    "/v1/lots/L1",
    "/v1/donations/G1",
    "/v1/findings",
    "/v1/inspections",
    "/v1/feedback/due",
    "/v1/payees/road-co",
    "/v1/balances?at=200",
    "/v1/balances?by=lot",
];

/// An event of the operator.
fn by_operator(at: u32, kind: &str, data: &Value) -> String {
    json!({
        "id": format!("00000000-0000-4000-9000-{at:012}"), "type": kind, "docs": [],
        "jurisdiction": "130000", "business_date": "2018-06-01", "data": data,
        "by": { "org": "platform", "maker": "m-1", "checker": "m-2" },
    })
    .to_string()
}

fn revoke(at: u32, principal: &str) -> String {
    by_operator(at, "principal_revoked", &json!({ "principal": principal, "reason": "x" }))
}

fn organization(at: u32) -> String {
    let data = json!({ "org": format!("org-{at}"), "name": "示例单位", "kind": "payee",
        "jurisdiction": "130723" });
    by_operator(at, "organization_registered", &data)
}

/// A stream from the first record on, and the ids of so many events of it.
fn follow(server: &Server, token: &str, count: usize) -> (BufReader<TcpStream>, Vec<String>) {
    let mut stream = server.connect();
    let request = format!(
        "GET /v1/stream HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut ids = Vec::new();
    while ids.len() < count {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended after {ids:?}");
        ids.extend(line.trim().strip_prefix("id: ").map(str::to_owned));
    }
    (reader, ids)
}

/// The ids that a stream still gives until it ends.
fn rest(stream: BufReader<TcpStream>) -> Vec<String> {
    let lines =
        stream.lines().map(|line| line.expect("it ends before the time of reading is over"));
    lines.filter_map(|line| line.strip_prefix("id: ").map(str::to_owned)).collect()
}

#[test]
fn a_revoked_grant_opens_nothing_at_the_very_next_request() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let (operator, bureau) = (keys.get("operator"), keys.get("kb-finance-desk"));
    let held: Vec<String> = RESTRICTED
        .iter()
        .map(|target| {
            let answer = server.get_as(&bureau, target);
            assert!(matches!(answer.status, 200 | 404), "{target}: {}", answer.text());
            answer.field("etag").unwrap_or("*").to_owned()
        })
        .collect();
    server.post(&operator, "/v1/events", &revoke(1, "kb-finance-desk")).gives(201);
    for (target, tag) in RESTRICTED.iter().zip(&held) {
        server.get_as(&bureau, target).problem(401, "token_unknown");
        // What it held before is not confirmed to it either.
        let header = [("Authorization", format!("Bearer {bureau}"))];
        let header = [(header[0].0, header[0].1.as_str()), ("If-None-Match", tag.as_str())];
        server.ask("GET", target, &header, b"").problem(401, "token_unknown");
    }
    server.post(&bureau, "/v1/events", &organization(2)).problem(401, "token_unknown");
    // Others go on, and a new token of the same principal is worth as little.
    server.get_as(&keys.get("zb-finance-desk"), "/v1/records").gives(200);
    let again = Tokens::new(&ledger.path().join("access"));
    let again = again.make("kb-finance-desk", None, Stamp(1_900_000_000_000)).unwrap();
    server.get_as(&again.secret, "/v1/records").problem(401, "token_unknown");
}

#[test]
fn grants_and_tokens_that_have_expired_open_nothing() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let operator = keys.get("operator");
    let grant = |at, name: &str, expires: &str| {
        let data = json!({ "principal": name, "role": "auditor", "scope": "130000",
            "org": "hb-audit", "signing": "optional", "expires": expires });
        server.post(&operator, "/v1/events", &by_operator(at, "principal_registered", &data))
    };
    grant(1, "audit-once", "2018-06-01").gives(201);
    grant(2, "audit-still", "2099-12-31").gives(201);
    let (once, still) = (keys.get("audit-once"), keys.get("audit-still"));
    // A token of its own that ended, of a principal whose grant goes on.
    let made_at = Stamp(1_500_000_000_000);
    let tokens = Tokens::new(&ledger.path().join("access"));
    let ended = tokens.make("audit-still", Date::parse("2017-12-31"), made_at).unwrap();
    for target in RESTRICTED {
        server.get_as(&once, target).problem(401, "token_unknown");
        server.get_as(&ended.secret, target).problem(401, "token_unknown");
        assert!(matches!(server.get_as(&still, target).status, 200 | 404), "{target}");
    }
}

#[test]
fn a_revoked_token_opens_nothing_and_the_principals_other_token_goes_on() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let kept = keys.get("hb-audit-desk");
    let made = ledger.run(&["--format", "json", "principal", "token", "hb-audit-desk"]).succeeds();
    let (id, lost) = (made.json()["id"].clone(), made.json()["token"].clone());
    let (id, lost) = (id.as_str().unwrap(), lost.as_str().unwrap());
    server.get_as(lost, "/v1/records").gives(200);
    ledger.run(&["principal", "token", "--revoke", id]).succeeds();
    for target in RESTRICTED {
        server.get_as(lost, target).problem(401, "token_unknown");
        assert!(matches!(server.get_as(&kept, target).status, 200 | 404), "{target}");
    }
}

#[test]
fn an_open_stream_shows_nothing_more_once_its_reader_may_not_read() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let operator = keys.get("operator");
    let made = ledger.run(&["--format", "json", "principal", "token", "operator"]).succeeds();
    let (id, lost) = (made.json()["id"].clone(), made.json()["token"].clone());
    let (by_grant, seen) = follow(&server, &keys.get("hb-audit-desk"), 234);
    let (by_token, _) = follow(&server, lost.as_str().unwrap(), 234);
    let (goes_on, _) = follow(&server, &operator, 234);
    assert!(seen[233].starts_with("233-"));
    ledger.run(&["principal", "token", "--revoke", id.as_str().unwrap()]).succeeds();
    server.post(&operator, "/v1/events", &revoke(1, "hb-audit-desk")).gives(201);
    server.post(&operator, "/v1/events", &organization(2)).gives(201);
    assert_eq!(rest(by_grant), Vec::<String>::new(), "the stream of a revoked grant");
    assert_eq!(rest(by_token), Vec::<String>::new(), "the stream of a revoked token");
    server.end();
    let rest = rest(goes_on);
    assert_eq!(rest.len(), 2, "whoever may read got both: {rest:?}");
}

#[test]
fn what_needs_a_token_is_logged_on_public_routes_too() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let auditor = keys.get("hb-audit-desk");
    let unit = keys.get("kb-unit-desk");
    for (token, target, what) in [
        (&unit, "/v1/balances?at=200", "past_position"),
        (&unit, "/v1/balances/130723?as_of=2017-06-30", "past_position"),
        (&unit, "/v1/balances?at=210&as_of=2017-06-30&by=lot", "past_position"),
        (&unit, "/v1/balances?by=fund,lot", "lots"),
        (&unit, "/v1/projects/P1", "records"),
        (&unit, "/v1/records?limit=1", "records"),
        (&auditor, "/v1/balances", "lots"),
        (&auditor, "/v1/flows", "lots"),
        (&auditor, "/tile/entries/000.p/3", "entry_bundles"),
        (&unit, "/v1/ledger", ""),
        (&unit, "/v1/balances", ""),
        (&unit, "/v1/projects", ""),
        (&unit, "/v1/disclosures", ""),
        (&auditor, "/checkpoint", ""),
        (&auditor, "/tile/0/000.p/3", ""),
    ] {
        let before = log(&server, &mut keys);
        server.get_as(token, target).gives(200);
        let after = log(&server, &mut keys);
        // The look into the log is a line of its own.
        let new: Vec<&Value> =
            after[before.len()..].iter().filter(|line| line["what"] != "access_log").collect();
        if what.is_empty() {
            assert!(new.is_empty(), "{target}: {new:?}");
            continue;
        }
        assert_eq!(new.len(), 1, "{target}: {new:?}");
        let who = if token == &unit { "kb-unit-desk" } else { "hb-audit-desk" };
        assert_eq!(new[0]["who"], who);
        assert_eq!((&new[0]["what"], &new[0]["position"]), (&json!(what), &json!(234)), "{target}");
        assert_eq!(new[0]["about"], target.trim_start_matches("/v1/"));
    }
    // What is refused was shown to nobody, and the public is nobody in particular.
    let before = log(&server, &mut keys).len();
    server.get("/v1/balances?at=200").problem(401, "token_needed");
    server.get("/v1/balances").gives(200);
    server.get_as(&unit, "/tile/entries/000.p/3").problem(403, "not_open");
    assert_eq!(log(&server, &mut keys).len(), before + 1, "the look into the log itself");
}

/// Every line of the access log.
fn log(server: &Server, keys: &mut Keys) -> Vec<Value> {
    let page = server.get_as(&keys.get("operator"), "/v1/access-log").gives(200).json();
    page["lines"].as_array().unwrap().clone()
}
