//! A bank's statement against the golden years, as CSV and as XLSX: what matches, what differs and
//! how, what only one side knows, and exit codes for scripts.

use super::support::{Ledger, Ran};
use fundtrail::base::words::Label;
use fundtrail::interchange::export::{Column, Listing, write_xlsx};
use serde_json::{Value, json};

/// The statement of the county's bureau for its year, as a bank prints it: titles, an opening
/// balance, both sides, a total.
const STATEMENT: &str = "示例银行账户对账单,,,,,\n\
    交易日期,交易流水号,借方发生额（元）,贷方发生额（元）,余额,对方户名\n\
    ,,,,\"9,999.00\",期初余额\n\
    2018-01-10,KB2018-0001,\"150,000.00\",,0,示例道路公司\n\
    2018-01-28,KB2018-0002,\"300,000.00\",,0,示例道路公司\n\
    2018-02-20,KB2018-0003,\"300,000.01\",,0,示例财政\n\
    2018-03-20,KB2018-0004,,\"20,000.00\",0,示例合作社\n\
    2018-04-01,KB2018-9999,5.00,,0,示例银行\n\
    2018-05-04,KB2018-0005,\"200,000.00\",,0,示例道路公司\n\
    合计,,\"950,005.01\",\"20,000.00\",,\n";

fn reconcile(ledger: &Ledger, name: &str, bytes: &[u8], words: &str) -> Ran {
    let file = ledger.beside(name);
    std::fs::write(&file, bytes).unwrap();
    let mut args: Vec<&str> = words.split(' ').collect();
    args.insert(0, "reconcile");
    args.push(file.to_str().unwrap());
    ledger.run(&args)
}

fn rows(ran: &Ran) -> Vec<Value> {
    let answer = ran.json();
    let rows = answer["rows"].as_array().unwrap().clone();
    let fields = ["standing", "row", "reference", "statement_fen", "ledger_fen", "recorded_fen"];
    rows.iter().map(|row| fields.iter().map(|field| row[*field].clone()).collect()).collect()
}

fn years() -> Ledger {
    Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"])
}

#[test]
fn a_statement_is_compared_with_the_references_of_its_days_row_by_row() {
    let ledger = years();
    let asked = "--format json --org kb-finance --from 2018-01-01 --to 2018-05-31";
    let ran = reconcile(&ledger, "bank.csv", STATEMENT.as_bytes(), asked).exits(1);
    let expected = [
        json!(["matched", 4, "KB2018-0001", 15_000_000, 15_000_000, 15_000_000]),
        // Booked from the wrong lot, reversed and booked again: the reference stands once.
        json!(["matched", 5, "KB2018-0002", 30_000_000, 30_000_000, 30_000_000]),
        json!(["amount_differs", 6, "KB2018-0003", 30_000_001, 30_000_000, 30_000_000]),
        json!(["matched", 7, "KB2018-0004", 2_000_000, 2_000_000, 2_000_000]),
        json!(["not_in_ledger", 8, "KB2018-9999", 500, null, null]),
        // One transfer paid two records.
        json!(["matched", 9, "KB2018-0005", 20_000_000, 20_000_000, 20_000_000]),
    ];
    assert_eq!(rows(&ran), expected);
    let answer = ran.json();
    assert_eq!(answer["counts"], json!({ "matched": 4, "differ": 2 }));
    assert_eq!(answer["as_of"]["size"], 265);
    assert_eq!(answer["rows"][5]["seqs"].as_array().unwrap().len(), 2);
    // From the year before, two payments are in the ledger and not in this statement.
    let wide = "--format json --org kb-finance --from 2017-01-01 --differences";
    let ran = reconcile(&ledger, "bank.csv", STATEMENT.as_bytes(), wide).exits(1);
    let differing = [
        expected[2].clone(),
        expected[4].clone(),
        json!(["not_in_statement", null, "KB2017-0001", null, 140_000_000, 140_000_000]),
        json!(["not_in_statement", null, "KB2017-0002", null, 190_000_000, 190_000_000]),
    ];
    assert_eq!(rows(&ran), differing);
}

#[test]
fn what_agrees_ends_with_none_and_people_read_their_own_language() {
    let ledger = years();
    let text = "日期,流水号,金额\n2018-03-20,KB2018-0004,20000\n2018-02-20,KB2018-0003,-300000\n";
    let asked = "--org kb-finance --lang zh";
    let ran = reconcile(&ledger, "bank.csv", text.as_bytes(), asked).succeeds();
    let line: Vec<&str> = ran.out.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(
        line,
        [
            "相符",
            "2",
            "KB2018-0004",
            "收入",
            "2018-03-20",
            "20,000.00",
            "2018-03-20",
            "20,000.00",
            "20,000.00",
            "kb-finance",
            "251",
        ]
    );
    assert!(ran.err.contains("2 match, 0 differ"), "{}", ran.err);
    // The custodian's references are another account; the county's whole holds both.
    let county = "--format csv --jurisdiction 130723 --from 2018-03-20 --to 2018-03-21";
    let ran = reconcile(&ledger, "bank.csv", text.as_bytes(), county).exits(1);
    assert!(ran.out.contains("not_in_statement,,KBC2018-0001,out,"), "{}", ran.out);
}

#[test]
fn a_workbook_gives_what_the_same_rows_give_as_text() {
    let ledger = years();
    let rows_of = vec![
        vec![json!("2018-01-10"), json!("KB2018-0001"), json!(-150_000)],
        vec![json!("2018-03-20"), json!("KB2018-0004"), json!(20_000)],
    ];
    let label = |zh| Label { zh, en: zh };
    let columns = ["交易日期", "流水号", "交易金额（元）"];
    let columns = columns.map(|zh| Column { name: zh, label: label(zh) }).to_vec();
    let listing = Listing { columns, rows: rows_of };
    let book = write_xlsx(&listing, |label| label.zh).unwrap();
    let asked = "--format json --org kb-finance --to 2018-01-10";
    let ran = reconcile(&ledger, "bank.xlsx", &book, asked).succeeds();
    assert_eq!(
        rows(&ran),
        [
            json!(["matched", 2, "KB2018-0001", 15_000_000, 15_000_000, 15_000_000]),
            json!(["matched", 3, "KB2018-0004", 2_000_000, 2_000_000, 2_000_000]),
        ]
    );
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_a_wrong_question_ends_with_two() {
    let ledger = years();
    let text = "日期,流水号,金额\n2018-03-20,KB2018-0004,20000.005\n2018-13-01,X1,5\n\
        2018-03-20,KB2018-0004,20000\n";
    let ran = reconcile(&ledger, "bank.csv", text.as_bytes(), "--format json --org kb-finance");
    let answer = ran.exits(1).json();
    let told: Vec<Value> = answer["rows"].as_array().unwrap().clone();
    assert_eq!(told.len(), 3, "{answer}");
    assert_eq!(json!([told[1]["standing"], told[1]["row"]]), json!(["unreadable", 2]));
    assert!(told[1]["reason"].as_str().unwrap().contains("not a whole fen"), "{answer}");
    assert_eq!(json!([told[2]["standing"], told[2]["row"]]), json!(["unreadable", 3]));
    for (text, words, said) in [
        ("日期,流水号,余额\n2018-03-20,B,5\n", "--org kb-finance", "row 1 is the header"),
        ("你好\n", "--org kb-finance", "no header row found"),
        ("日期,流水号,金额\n", "--org kb-finance", "name its days with --from"),
        (STATEMENT, "--org nobody", "knows no organization nobody"),
        (STATEMENT, "--jurisdiction 999999", "does not know the jurisdiction"),
        (STATEMENT, "--format json", "required"),
        (STATEMENT, "--org kb-finance --url http://127.0.0.1:1", "this command reads a folder"),
    ] {
        let ran = reconcile(&ledger, "bank.csv", text.as_bytes(), words).exits(2);
        assert!(ran.err.contains(said), "{words}: {}", ran.err);
    }
}

#[test]
fn a_sheet_of_which_no_row_can_be_read_says_what_is_wrong_with_the_first() {
    let sheet = "日期,流水号,收入,支出\n2017-10-20,KB1,1.005,\nabc,KB2,,3\n";
    let ledger = Ledger::with(&["golden.jsonl"]);
    let ran = reconcile(&ledger, "bank.csv", sheet.as_bytes(), "--org kb-finance").exits(2);
    assert!(ran.err.contains("no row of the sheet can be read"), "{}", ran.err);
    assert!(ran.err.contains("row 2") && ran.err.contains("1.005"), "{}", ran.err);
    let days = "--format json --org kb-finance --from 2017-10-01 --to 2017-10-31";
    let ran = reconcile(&ledger, "bank.csv", sheet.as_bytes(), days).exits(1);
    let standings = rows(&ran).iter().filter(|row| row[0] == "unreadable").count();
    assert_eq!(standings, 2, "{}", ran.out);
}
