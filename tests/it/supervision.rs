//! What supervision asks, by command and over HTTP, on the golden years as of 2018-06-30: tables for
//! people, JSON for programs, exit codes for scripts, and one answer whichever way it is asked.

use super::serve::Keys;
use super::serving::Server;
use super::support::{Ledger, Ran};
use serde_json::{Value, json};

/// The business day that every question here is about.
const ON: &str = "2018-06-30";

fn years() -> Ledger {
    Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"])
}

/// Asks as of the day, in a form.
fn ask(ledger: &Ledger, format: &str, words: &str) -> Ran {
    let mut args = vec!["--format", format];
    args.extend(words.split(' '));
    args.extend(["--on", ON]);
    ledger.run(&args)
}

/// The rows of a JSON answer, each as these fields.
fn rows(answer: &Value, list: &str, fields: &[&str]) -> Vec<Value> {
    let rows = answer[list].as_array().unwrap_or_else(|| panic!("no {list} in {answer}"));
    rows.iter().map(|row| fields.iter().map(|field| row[*field].clone()).collect()).collect()
}

/// The words of each line of a table.
fn table(ran: &Ran) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    ran.out.lines().map(words).collect()
}

#[test]
fn feedback_that_is_due_is_listed_with_what_stands_of_the_gift() {
    let ledger = years();
    let answer = ask(&ledger, "json", "feedback due").succeeds().json();
    let fields = ["due_on", "lot", "holder", "kind", "standing", "days_late", "remaining_fen"];
    assert_eq!(
        rows(&answer, "rows", &fields),
        [
            json!(["2017-10-27", "G1", "kb-charity", "receipt", "late", 246, 2_000_000]),
            json!(["2018-02-11", "L6", "kb-finance", "receipt", "late", 139, 170_000_000]),
            json!(["2018-05-02", "L6", "kb-finance", "periodic", "late", 59, 170_000_000]),
            json!(["2018-06-20", "G1", "kb-charity", "periodic", "late", 10, 2_000_000]),
        ]
    );
    assert_eq!(
        (&answer["as_of"]["size"], &answer["as_of"]["business_date"]),
        (&json!(265), &json!(ON))
    );
    let one = ask(&ledger, "table", "feedback due --custodian kb-charity --lot G1").succeeds();
    assert_eq!(
        table(&one)[1..],
        [
            "2017-10-27 Late 246 Receipt G1 kb-charity 2017-10-17 50,000.00 20,000.00 20,000.00",
            "2018-06-20 Late 10 Periodic G1 kb-charity 2018-03-22 50,000.00 20,000.00 20,000.00",
        ]
    );
    assert!(one.err.contains("2 duties, 2 late"), "{}", one.err);
    let all = ask(&ledger, "json", "feedback due --all").succeeds().json();
    assert!(rows(&all, "rows", &["standing"]).contains(&json!(["met"])), "{all}");
    // Elsewhere nothing is owed, which is no failure.
    let none = ask(&ledger, "table", "feedback due --jurisdiction 130722").succeeds();
    assert!(none.out.is_empty() && none.err.contains("There are none"), "{}", none.err);
}

#[test]
fn money_that_waits_is_counted_by_days_since_it_reached_the_jurisdiction() {
    let ledger = years();
    let answer = ask(&ledger, "json", "ageing").succeeds().json();
    let fields = ["jurisdiction", "class", "place", "amount_fen", "oldest_days"];
    assert_eq!(
        rows(&answer, "rows", &fields),
        [
            json!(["130000", "fiscal", "available", 505_000_000, 486]),
            json!(["130723", "fiscal", "available", 613_000_000, 472]),
            json!(["130723", "fiscal", "committed", 10_000_000, 466]),
            json!(["130723", "fiscal", "surplus", 2_000_000, 186]),
            json!(["130723", "social", "committed", 2_000_000, 256]),
        ]
    );
    for row in answer["rows"].as_array().unwrap() {
        let bands = row["bands_fen"].as_array().unwrap();
        let sum: i64 = bands.iter().map(|fen| fen.as_i64().unwrap()).sum();
        assert_eq!(row["amount_fen"], sum, "the bands are the whole: {row}");
    }
    let lots = ask(&ledger, "json", "ageing --lots --over 185 --kind surplus").succeeds().json();
    assert_eq!(
        rows(&lots, "rows", &["lot", "days", "amount_fen"]),
        [json!(["L4", 186, 2_000_000])]
    );
    let lots = ask(&ledger, "json", "ageing --lots --over 186 --kind surplus").succeeds().json();
    assert_eq!(lots["rows"], json!([]), "not longer than 186 days");
    let chinese = ask(&ledger, "table", "ageing --kind surplus --lang zh").succeeds();
    assert_eq!(table(&chinese)[1..], ["130723 康保县 财政资金 结余 20,000.00 20,000.00 186"]);
    ask(&ledger, "json", "ageing --kind spent").exits(2);
    ask(&ledger, "json", "ageing --over 5").exits(2);
}

#[test]
fn what_is_to_be_shown_and_what_was_shown() {
    let ledger = years();
    let answer = ask(&ledger, "json", "disclosure due").succeeds().json();
    let fields = ["due_on", "kind", "project", "standing", "days_late", "cause_seq"];
    assert_eq!(
        rows(&answer, "rows", &fields),
        [
            json!(["2017-04-20", "plan", null, "missing", 436, 210]),
            json!(["2017-05-08", "project", "P1", "missing", 418, 213]),
            json!(["2017-11-30", "acceptance", "P1", "missing", 212, 228]),
            json!(["2017-12-04", "project", "P3", "missing", 208, 231]),
            json!(["2018-04-03", "project", "P4", "missing", 88, 255]),
        ]
    );
    let all = ask(&ledger, "json", "disclosure due --all").succeeds().json();
    let shown = rows(&all, "rows", &["project", "standing"]);
    assert!(shown.contains(&json!(["P2", "late"])) && shown.len() == 6, "{shown:?}");
    let people = ask(&ledger, "table", "disclosure due").succeeds();
    assert_eq!(table(&people)[2], "2017-05-08 Overdue 418 130723 Project P1 2017-04-28 213");
    assert!(people.err.contains("5 duties, 5 overdue"), "{}", people.err);
    let list = ask(&ledger, "json", "disclosure list").succeeds().json();
    let fields = ["seq", "kind", "id", "level", "channel", "from", "until", "days"];
    let notice = json!([258, "project", "P2", "village", "board", "2018-03-28", "2018-04-10", 14]);
    assert_eq!(rows(&list, "rows", &fields), [notice]);
    let earlier = ledger.run(&["--format", "json", "disclosure", "list", "--on", "2018-03-27"]);
    assert_eq!(earlier.succeeds().json()["rows"], json!([]), "before its first day");
}

#[test]
fn a_finding_is_told_with_every_step_and_what_came_back() {
    let ledger = years();
    let answer = ask(&ledger, "json", "findings").succeeds().json();
    let fields = ["finding", "stage", "project", "amount_fen", "ordered_fen", "recovered_fen"];
    let finding = json!(["F1", "raised", "P1", 3_000_000, 2_000_000, 2_000_000]);
    assert_eq!(rows(&answer, "rows", &fields), [finding]);
    assert_eq!(
        rows(&answer["rows"][0], "steps", &["seq", "kind", "org"]),
        [
            json!([233, "finding_raised", "hb-audit"]),
            json!([250, "recovery_ordered", "kb-finance"]),
            json!([251, "funds_recovered", "kb-finance"]),
        ]
    );
    let open = ask(&ledger, "table", "findings --open").succeeds();
    assert_eq!(
        table(&open)[1..],
        ["2017-11-28 F1 manual Risk Raised 130723 P1 30,000.00 0.00 核减依据需补充"]
    );
    let before = ledger.run(&["--format", "json", "findings", "--on", "2017-11-27"]).succeeds();
    assert_eq!(before.json()["rows"], json!([]));
    ask(&ledger, "json", "findings --jurisdiction 999999").exits(2);
}

#[test]
fn an_inspection_that_finds_something_ends_with_one() {
    let ledger = years();
    let answer = ask(&ledger, "json", "inspect").exits(1).json();
    let mut counts = std::collections::BTreeMap::new();
    for hit in answer["hits"].as_array().unwrap() {
        *counts.entry(hit["rule"].as_str().unwrap()).or_insert(0) += 1;
        assert!(!hit["seqs"].as_array().unwrap().is_empty(), "{hit}");
    }
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [
            ("before_approval", 1),
            ("exceptions", 1),
            ("feedback_overdue", 2),
            ("held_up", 1),
            ("idle_money", 4),
            ("late_record", 38),
            ("undisclosed", 5),
        ]
    );
    assert_eq!(answer["limits"]["late_days"], 30);
    let held = ask(&ledger, "table", "inspect --rule R02").exits(1);
    assert_eq!(
        table(&held)[1..],
        ["Held up above the county Risk 130000 2017-03-01 5,050,000.00 L1 days 486 · limit 30 204"]
    );
    assert!(held.err.contains("A hit is no verdict"), "{}", held.err);
    let summary = ask(&ledger, "csv", "inspect --rule idle_money --summary").exits(1);
    assert_eq!(
        summary.out.trim_start_matches('\u{feff}').lines().skip(1).collect::<Vec<_>>(),
        ["R01,idle_money,risk,130000,1,400000000", "R01,idle_money,risk,130723,3,453000000"]
    );
}

#[test]
fn an_inspection_that_finds_nothing_ends_with_none_and_a_wrong_question_with_two() {
    let ledger = years();
    let split = ask(&ledger, "json", "inspect --rule split").succeeds().json();
    assert_eq!(split["hits"], json!([]));
    let none = ask(&ledger, "table", "inspect --rule split").succeeds();
    assert!(none.out.is_empty() && none.err.contains("There are none"), "{}", none.err);
    ask(&ledger, "json", "inspect --rule late_record --set late_days=100000").succeeds();
    ask(&ledger, "json", "inspect --rule late_record --jurisdiction 130722").succeeds();
    let rules = ask(&ledger, "csv", "inspect --rules").succeeds();
    assert_eq!(rules.out.lines().count(), 35, "a heading and the rules");
    for wrong in ["inspect --rule R99", "inspect --set nothing=1", "inspect --set late_days=-1"] {
        ask(&ledger, "json", wrong).exits(2);
    }
    ask(&ledger, "json", "inspect --jurisdiction 999999").exits(2);
}

#[test]
fn lists_name_what_an_auditor_asks_first() {
    let ledger = years();
    let list = |words: &str| -> Vec<Value> {
        let mut args = vec!["--format", "json", "list"];
        args.extend(words.split(' '));
        let lines = ledger.run(&args).succeeds().lines();
        lines.iter().map(|line| json!([line["seq"], line["amount_fen"]])).collect()
    };
    assert_eq!(list("exceptions"), [json!([255, 10_000_000])]);
    assert_eq!(list("reversals"), [json!([244, 30_000_000])]);
    assert_eq!(list("returns"), [json!([221, 10_000_000]), json!([227, 3_000_000])]);
    assert_eq!(list("returns --from 2017-11-01"), [json!([227, 3_000_000])]);
    assert_eq!(list("returns --to 2017-11-01"), [json!([221, 10_000_000])]);
    assert_eq!(list("reopened"), Vec::<Value>::new());
    // Whatever was entered long after its business date is late, and nothing is by a wide measure.
    assert_eq!(list("late --from 2018-05-04 --days 30").len(), 2);
    assert_eq!(list("late --days 65535"), Vec::<Value>::new());
    let people = ledger.run(&["list", "exceptions"]).succeeds();
    assert!(table(&people)[1].contains("wrong_stage: 应急抢修,先行安排"), "{}", people.out);
    let none = ledger.run(&["list", "reopened"]).succeeds();
    assert!(none.out.is_empty() && none.err.contains("There are none"), "{}", none.err);
    ledger.run(&["list", "everything"]).exits(2);
    ledger.run(&["list", "late", "--jurisdiction", "999999"]).exits(2);
}

#[test]
fn an_auditor_gets_over_http_what_the_commands_print() {
    let ledger = years();
    let server = Server::start(&ledger);
    let auditor = Keys::of(&ledger).get("hb-audit-desk");
    for (command, list, target) in [
        ("inspect", "hits", format!("/v1/inspections?on={ON}&limit=500")),
        ("feedback due", "rows", format!("/v1/feedback/due?on={ON}&limit=500")),
        ("feedback due --all", "rows", format!("/v1/feedback/due?on={ON}&met=true&limit=500")),
        ("findings", "rows", "/v1/findings?limit=500".to_owned()),
        ("disclosure list", "rows", "/v1/disclosures?limit=500".to_owned()),
    ] {
        let printed: Value = serde_json::from_str(&ask(&ledger, "json", command).out).unwrap();
        let served = server.get_as(&auditor, &target).gives(200).json();
        let sorted = |value: &Value| {
            let mut rows: Vec<String> =
                value.as_array().unwrap().iter().map(Value::to_string).collect();
            rows.sort();
            rows
        };
        let (printed, served) = (&printed[list], &served["rows"]);
        assert!(!sorted(printed).is_empty(), "{command}");
        assert_eq!(sorted(served), sorted(printed), "{command} {target}");
    }
    let one = server.get_as(&auditor, &format!("/v1/inspections?on={ON}&rule=R02")).gives(200);
    assert_eq!(rows(&one.json(), "rows", &["rule"]), [json!(["held_up"])]);
    server.get_as(&auditor, "/v1/inspections?rule=R99").problem(400, "bad_parameter");
    // The public sees notices and nothing of what is inspected.
    assert_eq!(server.get("/v1/disclosures").gives(200).json()["rows"][0]["id"], "P2");
    for target in ["/v1/inspections", "/v1/feedback/due", "/v1/findings"] {
        server.get(target).problem(401, "token_needed");
    }
}

#[test]
fn the_commands_ask_by_address_and_print_the_same() {
    let ledger = years();
    let server = Server::start(&ledger);
    let token = ledger.beside("token");
    std::fs::write(&token, Keys::of(&ledger).get("hb-audit-desk")).unwrap();
    let url = format!("http://{}", server.address);
    let there = ["--url", &url, "--token-file", token.to_str().unwrap()].join(" ");
    for command in [
        "inspect",
        "inspect --summary",
        "inspect --rule R02 --jurisdiction 130000",
        "feedback due",
        "feedback due --all --custodian kb-charity",
        "findings",
        "findings --open",
        "disclosure list --jurisdiction 130723",
    ] {
        for format in ["table", "csv"] {
            let (here, away) = (
                ask(&ledger, format, command),
                ask(&ledger, format, &format!("{there} {command}")),
            );
            assert_eq!((&here.out, here.code), (&away.out, away.code), "{command}");
        }
    }
    // What only the records can answer says where to get them.
    for command in ["disclosure due", "inspect --set cash_fen=1"] {
        let refused = ask(&ledger, "table", &format!("{there} {command}")).exits(2);
        assert!(refused.err.contains("fundtrail mirror URL DIR"), "{}", refused.err);
    }
}
