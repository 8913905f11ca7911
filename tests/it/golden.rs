//! The golden scenario: what is accepted, what is refused with which code, and what stands after.

use crate::support::{Ledger, golden, golden_lines};
use serde_json::Value;

fn post(ledger: &Ledger, file: &str, mode: &str) -> crate::support::Ran {
    ledger.run(&["post", "--mode", mode, golden(file).to_str().unwrap()])
}

fn size(ledger: &Ledger) -> u64 {
    ledger.run(&["balances", "--format", "json"]).succeeds().json()["as_of"]["size"]
        .as_u64()
        .unwrap()
}

/// The balances of a golden file are those of the ledger; a field not named is 0.
fn assert_balances(ledger: &Ledger, file: &str) {
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(golden(file)).unwrap()).unwrap();
    let by_lot = ledger.run(&["balances", "--by", "lot", "--format", "json"]).succeeds().json();
    let totals = &by_lot["totals"];
    let places = [
        "available_fen",
        "consolidated_fen",
        "committed_fen",
        "advanced_fen",
        "spent_fen",
        "surplus_fen",
        "reclaim_fen",
    ];
    for (jurisdiction, rows) in expected.as_object().unwrap() {
        for (name, fields) in rows.as_object().unwrap() {
            let (list, key) = match name.as_str() {
                "fiscal" | "social" => (totals, "class"),
                _ => (&by_lot["rows"], "lot"),
            };
            let found = list.as_array().unwrap().iter().find(|row| {
                row["jurisdiction"] == jurisdiction.as_str() && row[key] == name.as_str()
            });
            for place in places {
                let expected = fields.get(place).and_then(Value::as_i64).unwrap_or(0);
                let stands = found.map_or(0, |row| row[place].as_i64().unwrap());
                assert_eq!(stands, expected, "{jurisdiction} {name} {place}");
            }
        }
    }
}

#[test]
fn the_scenario_is_recorded_line_by_line_and_stands_as_written() {
    let ledger = Ledger::new();
    assert_eq!(post(&ledger, "golden.jsonl", "continue").succeeds().count("recorded"), 50);
    assert_balances(&ledger, "golden_balances.json");
    let before = size(&ledger);

    let refused = post(&ledger, "golden_refused.jsonl", "continue").exits(3);
    let lines = golden_lines("golden_refused.jsonl");
    assert_eq!((refused.count("refused"), lines.len()), (56, 56));
    for (outcome, line) in refused.lines().iter().zip(&lines) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(outcome["code"], line["expect"], "{line}\n{outcome}");
        assert!(outcome["message"].as_str().unwrap().len() > 20, "{outcome}");
    }
    assert_eq!(size(&ledger), before, "refusals record nothing");
    assert_balances(&ledger, "golden_balances.json");

    assert_eq!(post(&ledger, "golden_yearend.jsonl", "continue").succeeds().count("recorded"), 31);
    assert_balances(&ledger, "golden_yearend_balances.json");

    assert_eq!(post(&ledger, "golden.jsonl", "continue").succeeds().count("duplicate"), 50);
    assert_eq!(size(&ledger), before + 31);
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn each_file_is_recorded_as_one_atomic_post() {
    let ledger = Ledger::new();
    assert_eq!(post(&ledger, "golden.jsonl", "atomic").succeeds().count("recorded"), 50);
    let refused = post(&ledger, "golden_refused.jsonl", "atomic").exits(3);
    assert_eq!((refused.count("refused"), refused.count("not_recorded")), (1, 55));
    assert_eq!(post(&ledger, "golden_yearend.jsonl", "atomic").succeeds().count("recorded"), 31);
    assert_balances(&ledger, "golden_yearend_balances.json");
    assert_eq!(post(&ledger, "golden.jsonl", "atomic").succeeds().count("duplicate"), 50);
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn an_atomic_post_is_one_batch() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let records = ledger.records();
    let left = |line: &String| serde_json::from_str::<Value>(line).unwrap()["batch_left"].as_u64();
    let batch: Vec<_> = records[184..].iter().map(left).collect();
    assert_eq!(batch, (0..50).rev().map(Some).collect::<Vec<_>>());
}

#[test]
fn a_dry_run_answers_as_the_post_and_records_nothing() {
    let ledger = Ledger::new();
    let before = std::fs::read(ledger.path().join("records/000000000000.jsonl")).unwrap();
    for file in ["golden.jsonl", "golden_refused.jsonl", "golden_yearend.jsonl"] {
        let path = golden(file);
        let path = path.to_str().unwrap();
        let dry = ledger.run(&["post", "--mode", "continue", "--dry-run", path]);
        let after = std::fs::read(ledger.path().join("records/000000000000.jsonl")).unwrap();
        if file == "golden.jsonl" {
            assert_eq!(before, after);
        }
        let real = ledger.run(&["post", "--mode", "continue", path]);
        assert_eq!(dry.code, real.code);
        for (dry, real) in dry.lines().iter().zip(real.lines()) {
            for field in ["status", "seq", "code", "message"] {
                assert_eq!(dry[field], real[field], "{dry}");
            }
        }
    }
}

#[test]
fn both_clocks_agree_with_a_naive_recomputation() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let records: Vec<Value> =
        ledger.records().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (at, as_of) in [
        (264, None),
        (230, None),
        (200, None),
        (264, Some("2017-09-30")),
        (240, Some("2017-05-10")),
        (264, Some("2017-03-15")),
        (264, Some("2018-01-20")),
    ] {
        let mut naive = std::collections::BTreeMap::<(String, String), i64>::new();
        for record in &records[..=at] {
            let date = record["event"]["business_date"].as_str().unwrap();
            if as_of.is_some_and(|last| date > last) {
                continue;
            }
            for movement in record["movements"].as_array().unwrap() {
                let fen = movement["amount_fen"].as_i64().unwrap();
                for (side, sign) in [("from", -1), ("to", 1)] {
                    let kind = movement[side].as_str().unwrap().split('/').next().unwrap();
                    let lot = movement["lot"].as_str().unwrap();
                    *naive.entry((lot.to_owned(), kind.to_owned())).or_default() += sign * fen;
                }
            }
        }
        let at = at.to_string();
        let mut args = vec!["balances", "--by", "lot", "--format", "json", "--at", &at];
        if let Some(date) = as_of {
            args.extend(["--as-of", date]);
        }
        let answer = ledger.run(&args).succeeds().json();
        for kind in
            ["available", "consolidated", "committed", "advanced", "spent", "surplus", "reclaim"]
        {
            let mut lots: Vec<&String> = naive.keys().map(|(lot, _)| lot).collect();
            lots.dedup();
            for lot in lots {
                let rows = answer["rows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|row| row["lot"] == lot.as_str());
                let stands: i64 =
                    rows.map(|row| row[format!("{kind}_fen")].as_i64().unwrap()).sum();
                let expected = naive.get(&(lot.clone(), kind.to_owned())).copied().unwrap_or(0);
                assert_eq!(stands, expected, "{lot} {kind} at {at} as of {as_of:?}");
            }
        }
    }
}

#[test]
fn a_post_reads_standard_input_where_the_file_is_a_dash() {
    let ledger = Ledger::new();
    let lines = golden_lines("golden.jsonl").join("\n");
    assert_eq!(ledger.run_with_input(&["post", "-"], &lines).succeeds().count("recorded"), 50);
    let again = ledger.run_with_input(&["post", "-"], &lines).succeeds();
    assert_eq!((again.count("recorded"), again.count("duplicate")), (0, 50));
}
