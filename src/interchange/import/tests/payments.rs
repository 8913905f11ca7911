//! Disbursements: rows of one bank transfer, vouchers, subsidies, and a custodian's gifts.

use super::*;
use serde_json::json;

const HEADER: &str = "付款日期,项目编号,支付类型,收款单位,支付方式,银行流水号,依据类型,合同编号,合同SHA256,资金批次,金额（元）";

fn line(bank_ref: &str, lot: &str, amount: &str) -> String {
    let contract = "21".repeat(32);
    format!(
        "2017-05-10,P1,预拨,kb-unit-01,转账,{bank_ref},合同,HT-2017-01,{contract},{lot},{amount}\n"
    )
}

fn sheet(lines: &[String]) -> String {
    format!("{HEADER}\n{}", lines.concat())
}

#[test]
fn rows_of_one_transfer_become_one_event_with_their_lots() {
    let text = sheet(&[
        line("KB-1", "L1", "600000"),
        line("KB-2", "L1", "1"),
        line("KB-1", "L3", "800000"),
    ]);
    let import = read(Kind::Disbursements, &text);
    assert_eq!(import.rows.len(), 2);
    assert_eq!(import.rows[0].row_numbers, [2, 4]);
    assert_eq!(import.rows[0].amount_fen.get(), 140_000_000);
    assert_eq!(
        bodies(&import)[0]["data"],
        json!({
            "bank_ref": "KB-1",
            "basis": {"kind": "contract", "number": "HT-2017-01", "sha256": "21".repeat(32)},
            "kind": "advance",
            "lots": [
                {"amount_fen": 60_000_000, "lot": "L1"},
                {"amount_fen": 80_000_000, "lot": "L3"},
            ],
            "method": "transfer",
            "payee": "kb-unit-01",
            "project": "P1",
        })
    );
    // The order of the rows is no part of what they say.
    let turned = sheet(&[line("KB-1", "L3", "800000"), line("KB-1", "L1", "600000")]);
    assert_eq!(ids(&read(Kind::Disbursements, &turned))[0], import.rows[0].id);
}

#[test]
fn a_custodian_pays_each_gift_by_an_event_that_states_the_whole_transfer() {
    let text = sheet(&[line("KBC-1", "G1", "20"), line("KBC-1", "G2", "30")]);
    let sheet = Sheet::from_bytes("示例.csv", text.as_bytes()).unwrap();
    let import = import(&sheet, Kind::Disbursements, &charity(), &Choices::default()).unwrap();
    assert_eq!(import.rows.len(), 2);
    for (body, lot) in bodies(&import).iter().zip(["G1", "G2"]) {
        assert_eq!(body["data"]["transfer_fen"], 5000);
        assert_eq!(body["data"]["lots"][0]["lot"], lot);
    }
}

#[test]
fn a_transfer_is_recorded_whole_or_not_at_all() {
    let faulty =
        sheet(&[line("KB-1", "L1", "1"), line("KB-1", "L3", "1.005"), line("KB-2", "L1", "1")]);
    let import = read(Kind::Disbursements, &faulty);
    assert_eq!(import.rows.len(), 1);
    let refused = refusals(&import);
    assert_eq!(
        refused[0],
        "row 2: row 3 of the same bank reference is refused: a payment is recorded whole or not"
    );
    assert!(refused[1].starts_with("row 3, column K (金额（元）): 1.005"));

    let repeated = sheet(&[line("KB-1", "L1", "1"), line("KB-1", "L1", "1.00")]);
    let import = read(Kind::Disbursements, &repeated);
    assert_eq!(import.rows.len(), 0);
    assert_eq!(
        refusals(&import)[1],
        "row 3: the row repeats row 2 of the same bank reference: a payment is recorded once"
    );

    let parted = sheet(&[line("KB-1", "L1", "1"), line("KB-1", "L1", "2")]);
    assert_eq!(
        bodies(&read(Kind::Disbursements, &parted))[0]["data"]["lots"],
        json!([{"amount_fen": 300, "lot": "L1"}])
    );
}

#[test]
fn a_payee_is_never_a_name() {
    let text = sheet(&[line("KB-1", "L1", "1").replace("kb-unit-01", "李某某")]);
    let refused = refusals(&read(Kind::Disbursements, &text));
    assert!(refused[0].starts_with("row 2, column D (收款单位): the cell is not a reference"));
    assert!(!refused[0].contains('李'));

    let sheet =
        Sheet::from_bytes("示例.csv", text.replace("李某某", "示例道路公司").as_bytes()).unwrap();
    let mut choices = Choices::default();
    let known = &mut choices.directory.organizations;
    known.insert("示例道路公司".to_owned(), vec!["road-co".to_owned()]);
    let import = import(&sheet, Kind::Disbursements, &bureau(), &choices).unwrap();
    assert_eq!(bodies(&import)[0]["data"]["payee"], "road-co");
}

#[test]
fn vouchers_and_recipients_stand_where_they_belong() {
    let voucher = "b2".repeat(32);
    let text = format!(
        "{HEADER},票据类型,票据号,票据SHA256,票据金额\n\
         {},发票,FP-1,{voucher},6\n{},收据,SJ-1,{voucher},\n{},,SJ-2,,\n",
        line("KB-1", "L1", "6").trim_end(),
        line("KB-1", "L3", "8").trim_end(),
        line("KB-2", "L1", "1").trim_end(),
    );
    let import = read(Kind::Disbursements, &text);
    assert_eq!(
        bodies(&import)[0]["data"]["vouchers"],
        json!([
            {"amount_fen": 600, "kind": "invoice", "number": "FP-1", "sha256": voucher},
            {"amount_fen": 800, "kind": "receipt", "number": "SJ-1", "sha256": voucher},
        ])
    );
    assert!(refusals(&import)[0].starts_with("row 4: voucher_kind is blank"));

    let batch = line("KB-3", "L1", "1").replace("预拨", "补贴发放");
    let text = format!(
        "{HEADER},发放户数,花名册SHA256,代发银行\n{},38户,{voucher},bank-01\n{},12,,\n",
        batch.trim_end(),
        batch.replace("KB-3", "KB-4").trim_end()
    );
    let import = read(Kind::Disbursements, &text);
    assert_eq!(
        bodies(&import)[0]["data"]["recipients"],
        json!({"count": 38, "list_sha256": voucher, "paid_through": "bank-01"})
    );
    assert!(refusals(&import)[0].starts_with("row 3: recipients_sha256 is blank"));
}
