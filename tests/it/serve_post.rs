//! Posting over HTTP: lines, receipts, many at once, and a service that is killed meanwhile.

use super::serve::Keys;
use super::serving::Server;
use super::support::{Ledger, golden_lines};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};

/// The events of the golden year by one poster after the other, as lines of one principal each.
fn by_poster() -> Vec<(String, Vec<String>)> {
    let mut runs: Vec<(String, Vec<String>)> = Vec::new();
    for line in golden_lines("golden.jsonl") {
        let line: Value = serde_json::from_str(&line).unwrap();
        let (who, body) = (line["as"].as_str().unwrap().to_owned(), line["event"].to_string());
        match runs.last_mut() {
            Some((last, lines)) if *last == who => lines.push(body),
            _ => runs.push((who, vec![body])),
        }
    }
    runs
}

/// An organization that the operator registers: an event that anybody may repeat under new ids.
fn organization(at: usize) -> String {
    let id = format!("00000000-0000-4000-8000-{at:012}");
    let date = "2017-01-01";
    serde_json::json!({
        "id": id, "type": "organization_registered", "jurisdiction": "130000",
        "business_date": date, "docs": [],
        "by": { "org": "platform", "maker": "m-1", "checker": "m-2" },
        "data": {
            "org": format!("org-{at}"), "name": format!("单位{at}"), "kind": "payee",
            "jurisdiction": "130723",
        },
    })
    .to_string()
}

#[test]
fn lines_are_answered_line_by_line_and_again_as_duplicates() {
    let ledger = Ledger::new();
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    for (run, target) in by_poster().iter().zip(["", "?mode=continue"].iter().cycle()) {
        let (token, lines) = (keys.get(&run.0), run.1.join("\n"));
        let dry = server.post_lines(&token, "/v1/events?dry_run", &lines).gives(200).lines();
        assert!(dry.iter().all(|line| line["status"] == "recorded"), "{dry:?}");
        let told = server.post_lines(&token, &format!("/v1/events{target}"), &lines).gives(200);
        assert_eq!(told.field("content-type"), Some("application/jsonl"));
        let told = told.lines();
        assert_eq!(told.len(), run.1.len());
        for (at, line) in told.iter().enumerate() {
            assert_eq!((&line["status"], &line["line"]), (&"recorded".into(), &(at + 1).into()));
        }
        let again =
            server.post_lines(&token, "/v1/events?mode=continue", &lines).gives(200).lines();
        assert!(again.iter().all(|line| line["status"] == "duplicate"));
    }
    // A line that names another principal than the token's is refused.
    let (who, lines) = &by_poster()[0];
    let named = format!("{{\"as\":\"somebody\",\"event\":{}}}", lines[0]);
    let told = server.post_lines(&keys.get(who), "/v1/events", &named).gives(200).lines();
    assert_eq!(told[0]["code"], "not_authorised");
    assert_eq!(server.post_lines(&keys.get(who), "/v1/events", "").gives(200).text(), "");
    server.end();
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn a_receipt_that_was_waited_for_holds_without_the_ledger() {
    let ledger = Ledger::new();
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let token = keys.get("operator");
    let told = server.post(&token, "/v1/events?receipt=wait", &organization(1)).gives(201).json();
    let seq = told["seq"].as_u64().unwrap();
    let record = server.get_as(&token, &format!("/v1/records/{seq}?form=raw")).gives(200).text();
    let (file, receipt) = (ledger.beside("r.json"), ledger.beside("r.tlog-proof"));
    std::fs::write(&file, &record).unwrap();
    std::fs::write(&receipt, told["receipt"].as_str().unwrap()).unwrap();
    let key = server.get("/v1/ledger").json()["log_keys"][0].as_str().unwrap().to_owned();
    let args = ["check", receipt.to_str().unwrap(), "--record", file.to_str().unwrap()];
    let checked = ledger.run(&[&args[..], &["--key", &key]].concat());
    assert!(checked.out.contains("included"), "{} {}", checked.out, checked.err);
    assert_eq!(record.trim_end(), ledger.records()[usize::try_from(seq).unwrap()]);
    let lines = [organization(2), organization(3)].join("\n");
    let told = server.post_lines(&token, "/v1/events?receipt=wait", &lines).gives(200).lines();
    assert!(told.iter().all(|line| line["receipt"].as_str().unwrap().contains("index ")));
    let proof = server.get(&format!("/v1/records/{seq}/proof")).gives(200).text();
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\n"));
    let hashes = server.get("/v1/consistency?old=184&new=187").gives(200).text();
    assert!(!hashes.is_empty());
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_service_is_killed() {
    let ledger = Ledger::new();
    let mut keys = Keys::of(&ledger);
    let token = keys.get("operator");
    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let server = Server::start(&ledger);
        let done: Vec<usize> = std::thread::scope(|scope| {
            let posters: Vec<_> = (0..8)
                .map(|poster| {
                    let (server, token) = (&server, &token);
                    scope.spawn(move || {
                        let mine = (0..6).map(|at| round * 100 + poster * 10 + at);
                        let stands = |at: &usize| {
                            server.post(token, "/v1/events", &organization(*at)).status == 201
                        };
                        mine.filter(stands).collect::<Vec<_>>()
                    })
                })
                .collect();
            posters.into_iter().flat_map(|poster| poster.join().unwrap()).collect()
        });
        acknowledged.extend(done);
        server.kill();
    }
    assert_eq!(acknowledged.len(), 3 * 8 * 6);
    let records = ledger.records();
    for at in acknowledged {
        let id = format!("00000000-0000-4000-8000-{at:012}");
        assert_eq!(records.iter().filter(|record| record.contains(&id)).count(), 1, "{id}");
    }
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn the_stream_goes_on_where_it_was_left_across_a_restart() {
    let ledger = Ledger::new();
    let mut keys = Keys::of(&ledger);
    let token = keys.get("operator");
    let server = Server::start(&ledger);
    let first = follow(&server, &token, None, 184);
    assert!(first[0].starts_with("0-") && first[183].starts_with("183-"));
    server.post(&token, "/v1/events", &organization(1)).gives(201);
    server.end();
    let server = Server::start(&ledger);
    server.post(&token, "/v1/events", &organization(2)).gives(201);
    let next = follow(&server, &token, Some(&first[183]), 2);
    assert!(next[0].starts_with("184-") && next[1].starts_with("185-"));
    let ahead = "999-0123456789abcdef";
    let other = format!("183-{}", "0".repeat(16));
    for id in [ahead, &other] {
        let target = format!("/v1/stream?after={id}");
        let told = server.get_as(&token, &target).problem(409, "head_moved").json();
        assert_eq!(told["as_of"]["size"], 186);
    }
    server.get_as(&token, "/v1/stream?after=nonsense").problem(400, "bad_parameter");
}

/// The ids of so many events of a stream.
fn follow(server: &Server, token: &str, after: Option<&str>, count: usize) -> Vec<String> {
    let mut stream = server.connect();
    let last = after.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
    let request = format!(
        "GET /v1/stream HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n{last}\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let lines = BufReader::new(stream).lines().map(|line| line.unwrap());
    let ids = lines.filter_map(|line| line.strip_prefix("id: ").map(str::to_owned));
    ids.take(count).collect()
}

#[test]
fn the_command_gives_the_same_answers_by_address() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let url = format!("http://{}", server.address);
    let token = ledger.beside("token");
    let mut by_url = |principal: &str, args: &[&str]| {
        std::fs::write(&token, keys.get(principal)).unwrap();
        let remote = ["--url", &url, "--token-file", token.to_str().unwrap()];
        ledger.run(&[&remote[..], args].concat())
    };
    let lines: Vec<String> = (0..5).map(organization).collect();
    let file = ledger.beside("events");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let post = ["post", "--mode", "continue", file.to_str().unwrap()];
    let dry = by_url("operator", &[&post[..], &["--dry-run"]].concat()).succeeds();
    assert_eq!(dry.count("recorded"), 5);
    let receipts = ledger.beside("receipts");
    let with_receipts = [&post[..], &["--receipt", receipts.to_str().unwrap()]].concat();
    let first = by_url("operator", &with_receipts).succeeds();
    assert_eq!((first.count("recorded"), first.lines()[4]["seq"].as_u64()), (5, Some(238)));
    assert_eq!(std::fs::read_dir(&receipts).unwrap().count(), 10);
    assert_eq!(by_url("operator", &post).succeeds().count("duplicate"), 5);
    // Another principal's token posts in its own name alone.
    let refused = by_url("kb-finance-desk", &post).exits(3);
    assert_eq!(refused.lines()[0]["status"], "refused");

    let balances = ["--format", "json", "balances", "--by", "fund,year", "--level", "city"];
    let there = by_url("operator", &balances).succeeds().json();
    let here = ledger.run(&balances).succeeds().json();
    assert_eq!((&there["rows"], &there["totals"]), (&here["rows"], &here["totals"]));
    assert_eq!(there["as_of"]["root"], here["as_of"]["root"]);
    let people = ["balances"];
    assert_eq!(by_url("operator", &people).succeeds().out, ledger.run(&people).out);
    let old_to_new = ["consistency", "184", "234"];
    assert_eq!(by_url("operator", &old_to_new).succeeds().out, ledger.run(&old_to_new).out);
    assert_eq!(by_url("operator", &["checkpoint"]).out, ledger.run(&["checkpoint"]).out);
    let refused = by_url("operator", &["verify"]).exits(2);
    assert!(refused.err.contains("mirror URL DIR"), "{}", refused.err);
    let unknown = by_url("operator", &["balances", "--jurisdiction", "999999"]).exits(2);
    assert!(unknown.err.contains("404"), "{}", unknown.err);
}
