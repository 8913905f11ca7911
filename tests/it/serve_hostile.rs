//! The service against those who mean it no good: each gets a clear answer, nobody grows it.

use super::serve::Keys;
use super::serving::Server;
use super::support::{Ledger, golden_lines};
use serde_json::Value;

fn served(files: &[&str]) -> (Ledger, Server, Keys) {
    let ledger = Ledger::with(files);
    let server = Server::start(&ledger);
    let keys = Keys::of(&ledger);
    (ledger, server, keys)
}

/// A body of the golden year, and who posts it.
fn golden_body() -> (String, String) {
    let line: Value = serde_json::from_str(&golden_lines("golden.jsonl")[0]).unwrap();
    (line["as"].as_str().unwrap().to_owned(), line["event"].to_string())
}

#[test]
fn wrong_parameters_are_named() {
    let (_ledger, server, _) = served(&[]);
    for target in [
        "/v1/balances?levle=city",
        "/v1/balances?level=town",
        "/v1/balances?limit=0",
        "/v1/balances?limit=501",
        "/v1/balances?limit=1&limit=2",
        "/v1/balances/13072",
        "/v1/balances/..%2f..%2fetc",
        "/v1/balances?jurisdiction=%00",
        "/v1/balances?jurisdiction=%ff%fe",
        "/v1/consistency?old=1",
        "/v1/consistency?old=5&new=3",
        "/v1/records/00001/proof",
        "/v1/records/-1/proof",
        "/v1/records/99999999999999999999999/proof",
        "/policy/xyz",
    ] {
        server.get(target).problem(400, "bad_parameter");
    }
    server.get("/v1/balances/999999").problem(404, "not_found");
    server.get("/v1/records/184/proof").problem(404, "not_found");
    server.get("/v1/consistency?old=1&new=185").problem(409, "head_moved");
    server.get("/tile/0/00").problem(404, "not_found");
    server.get("/tile/0/../../keys/log.key").problem(404, "not_found");
    server.get("/tile/9/000").problem(404, "not_found");
    server.get("/v1/%2e%2e/keys/log.key").problem(404, "not_found");
    server.ask("DELETE", "/v1/ledger", &[], b"").problem(405, "method_not_allowed");
}

#[test]
fn wrong_bodies_get_a_clear_answer() {
    let (_ledger, server, mut keys) = served(&[]);
    let (who, good) = golden_body();
    let token = keys.get(&who);
    let duplicate_key = good.replacen('{', "{\"id\":\"x\",", 1);
    for body in ["", "{", "null", "[]", "\u{feff}{}", "{\"a\":1}", "[[[[[[", &duplicate_key] {
        server.post(&token, "/v1/events", body).problem(400, "malformed");
    }
    let bearer = format!("Bearer {token}");
    let ask = |header: &[(&str, &str)], body: &[u8]| {
        let mut all = vec![("Authorization", bearer.as_str())];
        all.extend_from_slice(header);
        server.ask("POST", "/v1/events", &all, body)
    };
    let json = ("Content-Type", "application/json");
    ask(&[json], b"{\"id\":\"\xff\xfe\"}").problem(400, "malformed");
    ask(&[("Content-Type", "text/plain")], good.as_bytes()).problem(415, "media_type");
    ask(&[], good.as_bytes()).problem(415, "media_type");
    ask(&[json, ("Content-Encoding", "gzip")], b"\x1f\x8b").problem(415, "encoding_refused");
    // A body that says beforehand that it is too large is not waited for.
    let request = format!(
        "POST /v1/events HTTP/1.1\r\nHost: {}\r\nAuthorization: {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n",
        server.address
    );
    server.raw(request.as_bytes()).unwrap().problem(413, "too_large");
    let large = format!("{{\"note\":\"{}\"}}", "x".repeat(900_000));
    server.post(&token, "/v1/events", &large).problem(400, "malformed");
    // Nesting that would overflow a naive reader.
    server.post(&token, "/v1/events", &"[".repeat(1_000_000)).problem(400, "malformed");
    assert_eq!(server.get("/v1/ledger").json()["as_of"]["size"], 184);
    server.post(&token, "/v1/events?dry_run=maybe", &good).problem(400, "bad_parameter");
    assert_eq!(server.post(&token, "/v1/events", &good).status, 201);
}

#[test]
fn names_that_are_not_its_own_are_refused() {
    let (_ledger, server, _) = served(&[]);
    let ask = |host: &str| server.ask("GET", "/v1/ledger", &[("Host", host)], b"");
    for host in ["evil.example", "127.0.0.1.evil.example", "[::2]", "localhost.evil:80"] {
        ask(host).problem(421, "host_unknown");
    }
    assert_eq!(ask("localhost:7017").status, 200);
    let none = server.raw(b"GET /v1/ledger HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(none.is_none_or(|answer| (400..500).contains(&answer.status)));
}

#[test]
fn floods_of_header_and_target_are_cut_off() {
    let (_ledger, server, _) = served(&[]);
    let flood = |lines: String| {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n{lines}\r\n", server.address);
        server.raw(request.as_bytes())
    };
    let many = (0..200).map(|at| format!("X-{at}: y\r\n")).collect();
    assert!(flood(many).is_none_or(|answer| (400..500).contains(&answer.status)));
    let long = format!("X-Long: {}\r\n", "y".repeat(200_000));
    assert!(flood(long).is_none_or(|answer| (400..500).contains(&answer.status)));
    let target = format!("/v1/jurisdictions?after={}", "x".repeat(5000));
    server.get(&target).problem(431, "too_long");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn tokens_open_what_they_stand_for_and_nothing_else() {
    let (ledger, server, mut keys) = served(&["golden.jsonl"]);
    server.get("/v1/records").problem(401, "token_needed");
    for token in
        ["", "x", "ft_0000", "ft_0000000000000000000000000000000000000000000000000000000000000000"]
    {
        server.get_as(token, "/v1/records").problem(401, "token_unknown");
        // A wrong token is told so even where none is needed.
        server.get_as(token, "/v1/ledger").problem(401, "token_unknown");
    }
    let nobody = keys.get("no-such-principal");
    server.get_as(&nobody, "/v1/records").problem(401, "token_unknown");
    let operator = keys.get("operator");
    let all = server.get_as(&operator, "/v1/records?limit=500").gives(200);
    assert_eq!(all.field("cache-control"), Some("private, no-store"));
    assert!(all.json()["rows"].as_array().unwrap().len() > 200);
    server.get_as(&operator, "/v1/access-log").gives(200);
    let tokens = fundtrail::access::Tokens::new(&ledger.path().join("access"));
    let listed = tokens.list().unwrap();
    let id = listed.iter().find(|one| one.principal == "operator").unwrap().id.clone();
    tokens.revoke(&id, fundtrail::base::Stamp(1_900_000_000_000)).unwrap();
    server.get_as(&operator, "/v1/records").problem(401, "token_unknown");
}

#[test]
fn what_a_reader_may_not_see_is_as_if_it_were_not_there() {
    let (_ledger, server, mut keys) = served(&["golden.jsonl"]);
    let (operator, county) = (keys.get("operator"), keys.get("kb-finance-desk"));
    let seqs = |token: &str, target: &str| -> Vec<u64> {
        let rows = server.get_as(token, target).gives(200).json()["rows"].clone();
        rows.as_array().unwrap().iter().map(|row| row["seq"].as_u64().unwrap()).collect()
    };
    let all = seqs(&operator, "/v1/records?limit=500");
    let seen = seqs(&county, "/v1/records?limit=500");
    assert!(!seen.is_empty() && seen.len() < all.len());
    let hidden = all.iter().find(|seq| **seq > 190 && !seen.contains(seq)).unwrap();
    let absent = server.get_as(&county, &format!("/v1/records/{hidden}"));
    let beyond = server.get_as(&county, "/v1/records/99999");
    assert_eq!((absent.status, absent.text()), (beyond.status, beyond.text()));
    // Page by page it is the same list, however long the pages are.
    for limit in [1, 7, 500] {
        let mut paged = Vec::new();
        let mut target = format!("/v1/records?limit={limit}");
        loop {
            let body = server.get_as(&county, &target).gives(200).json();
            let rows = body["rows"].as_array().unwrap().clone();
            paged.extend(rows.iter().map(|row| row["seq"].as_u64().unwrap()));
            let Some(next) = body["next"].as_u64() else { break };
            target = format!("/v1/records?limit={limit}&after={next}");
        }
        assert_eq!(paged, seen, "{limit}");
    }
    server.get_as(&county, "/v1/stream").problem(403, "not_open");
    server.get_as(&county, "/metrics").problem(403, "not_open");
    server.get("/tile/entries/000.p/3").problem(401, "token_needed");
    server.get_as(&county, "/tile/entries/000.p/3").problem(403, "not_open");
    assert_eq!(server.get_as(&operator, "/tile/entries/000.p/3").status, 200);
}

#[test]
fn look_ups_by_code_are_few_and_tell_nothing() {
    let (_ledger, server, _) = served(&["golden.jsonl"]);
    server.get("/v1/gift").problem(400, "code_needed");
    let ask = |code: &str| server.ask("GET", "/v1/gift", &[("Gift-Code", code)], b"");
    for _ in 0..10 {
        ask("0000-0000-0000-0000-0000-0000-00").problem(404, "not_found");
    }
    let refused = ask("0000").problem(429, "too_many");
    assert_eq!(refused.field("retry-after"), Some("6"));
}
