//! The statement of a lot by command: a gift's has the figures of its page, a fiscal lot's adds up
//! to its balances, and a past day shows no more than was true then.

use super::pages_gift::{code, give_code};
use super::pages_tls::{set, token_on};
use super::serving::Server;
use super::support::Ledger;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn years() -> Ledger {
    Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"])
}

fn statement(ledger: &Ledger, words: &[&str]) -> Value {
    let args = [&["--format", "json", "statement"], words].concat();
    ledger.run(&args).succeeds().json()
}

/// The statement's page, opened by the gift's code.
fn page(ledger: &Ledger, code: &str) -> String {
    let server = Server::start(ledger);
    let entry = server.get("/gift").gives(200);
    let form = format!("form_token={}&code={code}", token_on(&entry.text()));
    let fields = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Cookie", &set(&entry, "__Host-form")),
        ("Origin", "null"),
    ];
    let opened = server.ask("POST", "/gift", &fields, form.as_bytes()).gives(303);
    let cookie = set(&opened, "__Host-gift");
    server.ask("GET", "/gift/statement", &[("Cookie", &cookie)], b"").gives(200).text()
}

/// What stands on a page between each occurrence of a mark and the next tag.
fn behind(page: &str, mark: &str) -> Vec<String> {
    let found = page.split(mark).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    found.collect()
}

#[test]
fn a_gifts_statement_has_the_figures_and_uses_of_its_page() {
    let ledger = years();
    let code = code(41);
    give_code(&ledger, &code);
    let answer = statement(&ledger, &["G1"]);
    let page = page(&ledger, &code);
    for (name, fen) in [
        ("received", 5_000_000_i64),
        ("used", 2_000_000),
        ("refunded", 1_000_000),
        ("remaining", 2_000_000),
    ] {
        assert_eq!(answer["sums"][format!("{name}_fen")], fen, "{name}");
        let yuan = format!("{},{:03}.00", fen / 100_000, fen / 100 % 1000);
        assert_eq!(behind(&page, &format!("data-figure=\"{name}\">")), [yuan], "{name}");
    }
    let movements = answer["movements"].as_array().unwrap();
    let uses = movements.iter().filter(|moved| {
        ["from", "to"].iter().any(|end| moved[*end].as_str().unwrap().starts_with("spent/"))
    });
    let uses: BTreeSet<String> = uses.map(|moved| moved["seq"].to_string()).collect();
    let shown: BTreeSet<String> = behind(&page, "data-label=\"记录\">").into_iter().collect();
    assert!(!uses.is_empty() && uses == shown, "{uses:?} {shown:?}");
    assert_eq!(answer["origin"]["holder"], "kb-charity");
    assert!(!answer["origin"]["papers"].as_array().unwrap().is_empty(), "{answer}");
    let due = ledger.run(&["--format", "json", "feedback", "due", "--lot", "G1"]).succeeds().json();
    assert_eq!(answer["feedback_due"], due["rows"]);
    assert!(!answer["feedback_sent"].as_array().unwrap().is_empty(), "{answer}");
}

#[test]
fn a_fiscal_lots_statement_adds_up_to_its_balances() {
    let ledger = years();
    let balances = ledger.run(&["--format", "json", "balances", "--by", "lot"]).succeeds().json();
    let rows = balances["rows"].as_array().unwrap();
    let lots: BTreeSet<&str> = rows.iter().map(|row| row["lot"].as_str().unwrap()).collect();
    assert!(lots.len() > 5, "{lots:?}");
    for lot in lots {
        let answer = statement(&ledger, &[lot]);
        let sum = |field: &str| {
            let own = rows.iter().filter(|row| row["lot"] == lot);
            own.map(|row| row[field].as_i64().unwrap()).sum::<i64>()
        };
        let sums = &answer["sums"];
        assert_eq!(sums["received_fen"], sum("received_fen"), "{lot}");
        assert_eq!(sums["used_fen"], sum("spent_fen"), "{lot}");
        assert_eq!(sums["refunded_fen"], sum("withdrawn_fen") + sum("refunded_fen"), "{lot}");
        for kind in ["available", "committed", "spent", "surplus", "advanced", "reclaim"] {
            let stands = answer["stands"].as_array().unwrap().iter();
            let of_kind = stands.filter(|one| one["place"].as_str().unwrap().starts_with(kind));
            let fen: i64 = of_kind.map(|one| one["amount_fen"].as_i64().unwrap()).sum();
            assert_eq!(fen, sum(&format!("{kind}_fen")), "{lot} {kind}");
        }
    }
}

#[test]
fn a_past_day_shows_what_was_true_then_and_people_read_it_part_by_part() {
    let ledger = years();
    let then = statement(&ledger, &["G1", "--as-of", "2017-10-20"]);
    assert_eq!(then["sums"]["used_fen"], 0);
    assert_eq!(then["as_of"]["business_date"], "2017-10-20");
    let last = |answer: &Value| answer["movements"].as_array().unwrap().last().cloned().unwrap();
    assert!(last(&then)["business_date"].as_str().unwrap() <= "2017-10-20");
    let table = ledger.run(&["statement", "L1"]).succeeds();
    for part in ["Movements", "Where it stands", "available/130000", "冀财农〔2017〕示例15号"]
    {
        assert!(table.out.contains(part), "{part}: {}", table.out);
    }
    let chinese = ledger.run(&["--lang", "zh", "statement", "G1"]).succeeds();
    assert!(
        chinese.out.contains("应作反馈") && chinese.out.contains("50,000.00"),
        "{}",
        chinese.out
    );
    let csv = ledger.run(&["--format", "csv", "statement", "G1"]).succeeds();
    let now = statement(&ledger, &["G1"]);
    assert_eq!(csv.out.lines().count(), 1 + now["movements"].as_array().unwrap().len());
    for (words, said) in [
        (json!(["statement", "NOBODY"]), "no record brings a lot NOBODY"),
        (json!(["statement", "G1", "--as-of", "2016-12-31"]), "came after 2016-12-31"),
        (json!(["statement", "G1", "--url", "http://127.0.0.1:1"]), "this command reads a folder"),
    ] {
        let words: Vec<&str> =
            words.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let ran = ledger.run(&words).exits(2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
