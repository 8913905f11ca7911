//! What a report states: its rows, their digest recomputed from the printed bytes alone, and a
//! ledger that takes a report with that digest.

use super::support::{Ledger, golden};
use fundtrail::base::Digest;
use serde_json::{Value, json};

const ASKED: [&str; 3] = ["report", "--jurisdiction", "130723"];

fn report(ledger: &Ledger, more: &[&str]) -> Value {
    let args = [&["--format", "json"], &ASKED[..], more].concat();
    ledger.run(&args).succeeds().json()
}

/// The digest of the rows as they were printed, found without the program's own hash of figures.
fn digest_of_printed(ledger: &Ledger) -> String {
    let out = ledger.run(&[&["--format", "json"], &ASKED[..]].concat()).succeeds().out;
    let begin = out.find("\"rows\":").unwrap() + "\"rows\":".len();
    let end = out.find(",\"totals\":").unwrap();
    Digest::of(&[&out.as_bytes()[begin..end]]).to_string()
}

#[test]
fn the_digest_is_over_the_printed_rows_and_a_report_with_it_is_filed() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let answer = report(&ledger, &[]);
    assert_eq!(answer["figures_sha256"], digest_of_printed(&ledger));
    let rows = answer["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["jurisdiction"] == "130723" && row.get("name").is_none()));
    let spent = |class: &str| {
        let of_class = rows.iter().filter(|row| row["class"] == class);
        of_class.map(|row| row["spent_fen"].as_i64().unwrap()).sum::<i64>()
    };
    assert_eq!((spent("fiscal"), spent("social")), (317_000_000, 2_000_000));
    let totals: Vec<_> = answer["totals"].as_array().unwrap().iter().collect();
    assert_eq!(totals.len(), 2, "a class each, never added up");
    for total in totals {
        assert_eq!(total["spent_fen"], spent(total["class"].as_str().unwrap()));
    }
    let event = json!({"as": "kb-finance-desk", "event": {
        "id": "4c1f8a02-6a1e-4c3e-8b1b-0d6f3c5b7e11", "type": "report_filed",
        "jurisdiction": "130723", "business_date": "2018-03-30",
        "by": {"org": "kb-finance", "maker": "kb-02", "checker": "kb-07"},
        "docs": [{"number": "康财报〔2018〕示例1号", "sha256": "ab".repeat(32)}],
        "data": {"kind": "annual", "period": "2017", "to": "hb-finance",
            "as_of": answer["as_of"]["event"], "figures_sha256": answer["figures_sha256"]},
    }});
    let posted = ledger.run_with_input(&["post", "-"], &event.to_string()).succeeds();
    assert_eq!(posted.count("recorded"), 1, "{}", posted.out);
}

#[test]
fn what_was_stated_as_of_an_earlier_event_is_stated_again() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let before = report(&ledger, &[]);
    ledger.run(&["post", golden("golden_yearend.jsonl").to_str().unwrap()]).succeeds();
    let after = report(&ledger, &[]);
    assert_ne!(before["figures_sha256"], after["figures_sha256"]);
    let again = report(&ledger, &["--at", &before["as_of"]["seq"].to_string()]);
    assert_eq!(again, before);
    // A year narrows what is shown and not what is filed; a business day has no digest.
    let year = report(&ledger, &["--year", "2018"]);
    assert_eq!(year["figures_sha256"], after["figures_sha256"]);
    let years = |answer: &Value| {
        let rows = answer["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| row["fiscal_year"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert!(years(&after).contains(&2017) && years(&year).iter().all(|year| *year == 2018));
    let day = report(&ledger, &["--as-of", "2017-06-30"]);
    assert_eq!(day["figures_sha256"], Value::Null);
}

#[test]
fn people_read_the_figures_with_totals_and_the_digest_to_file() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let answer = report(&ledger, &[]);
    let table = ledger.run(&ASKED).succeeds();
    let digest = format!("figures_sha256  {}", answer["figures_sha256"].as_str().unwrap());
    assert!(table.out.contains(&digest) && table.out.contains("3,170,000.00"), "{}", table.out);
    let csv = ledger.run(&[&["--format", "csv"], &ASKED[..]].concat()).succeeds();
    assert_eq!(csv.out.lines().count(), 1 + answer["rows"].as_array().unwrap().len());
    assert!(csv.err.contains("figures_sha256"), "{}", csv.err);
    for wrong in [
        &["report"][..],
        &["report", "--jurisdiction", "999999"],
        &["report", "--jurisdiction", "130723", "--at", "9999"],
        &["--url", "http://127.0.0.1:1", "report", "--jurisdiction", "130723"],
    ] {
        ledger.run(wrong).exits(2);
    }
}
