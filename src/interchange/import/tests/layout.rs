//! Titles, units, headers, maps and settings.

use super::*;

const ROW: &str = "2017.03.15,L1,130723,600";

fn sum(header: &str) -> Result<i128, String> {
    let text = format!("{header}\n{ROW}\n");
    with(Kind::Allocations, &text, &[], "").map(|it| it.sum_fen()).map_err(|it| it.to_string())
}

#[test]
fn the_unit_is_the_headers_else_the_titles_else_yuan() {
    let cases = [
        ("下达日期,资金批次,县代码,金额", 60_000),
        ("下达日期,资金批次,县代码,金额（元）", 60_000),
        ("下达日期,资金批次,县代码,下达金额(万元)", 600_000_000),
        ("下达日期,资金批次,县代码,金额：万元", 600_000_000),
        ("下达日期,资金批次,县代码,金额/万元", 600_000_000),
        ("下达日期,资金批次,县代码,金额（单位：分）", 600),
        ("下达日期,资金批次,县代码,资金额 百万元", 60_000_000_000),
        ("date,lot,to,amount_yuan", 60_000),
        ("Date,Lot ID,County,Amount (wan yuan)", 600_000_000),
        ("date,lot,to,amount_fen", 600),
        ("资金下达表（示例）\n,,,单位：万元\n下达日期,资金批次,县代码,金额", 600_000_000),
        ("资金下达表（示例）（万元）\n下达日期,资金批次,县代码,金额", 600_000_000),
        ("金额单位： 人民币万元,,,\n下达日期,资金批次,县代码,金额", 600_000_000),
        ("单位：万元\n下达日期,资金批次,县代码,金额（元）", 60_000),
        ("填报单位：康保县财政局（示例）\n下达日期,资金批次,县代码,金额", 60_000),
    ];
    for (header, fen) in cases {
        assert_eq!(sum(header), Ok(fen), "{header}");
    }
    assert!(read(Kind::Allocations, &format!("日期,批次,县,金额\n{ROW}\n")).unit_assumed);
    assert!(!read(Kind::Allocations, &format!("日期,批次,县,金额(元)\n{ROW}\n")).unit_assumed);
}

#[test]
fn what_a_header_leaves_open_refuses_the_sheet() {
    let cases = [
        (
            "日期,批次,县,金额（美元）",
            "the unit of \"金额（美元）\" is not 元, 万元 or 分: amounts in another unit are not imported",
        ),
        ("单位：美元\n日期,批次,县,金额", "the unit of \"单位:美元\" is not"),
        ("日期,批次,县,下达金额,金额", "columns 下达金额 and 金额 may both be amount"),
        ("日期,批次,批次,金额", "columns 批次 and 批次 may both be lot"),
        (
            "日期,批次,摘要,金额",
            "row 1 is the header and has no column for to (接收地区代码): name it with --map, or give \
             one value for all rows with --set",
        ),
        (
            "甲,乙,丙,丁",
            "no header row found in the first 2 rows: allocations need columns for \
          business_date, lot, to, amount",
        ),
    ];
    for (header, said) in cases {
        let error = sum(header).expect_err(header);
        assert!(error.contains(said), "{header}: {error}");
    }
    // The same sum in words is no second column of money.
    assert!(
        read(Kind::Allocations, "日期,批次,县,金额,金额（大写）\n2017.3.15,L1,130723,1,壹元\n")
            .rows
            .len()
            == 1
    );
}

#[test]
fn a_map_names_headers_and_settings_fill_blanks() {
    let text = "哪天,给谁,多少,下达金额\n2017.03.15,130723,5,9\n,130722,6,9\n";
    let map = "# 示例\n哪天 = business_date\n给谁=to\n多少 = amount 万元\n下达金额 = -\n";
    let settings = ["lot=L1", "business_date=2017-03-20", "note=补录"];
    let import = with(Kind::Allocations, text, &settings, map).unwrap();
    assert_eq!(import.sum_fen(), 11_000_000);
    let bodies = bodies(&import);
    assert_eq!(bodies[0]["business_date"], "2017-03-15");
    assert_eq!(bodies[1]["business_date"], "2017-03-20");
    assert_eq!(bodies[1]["data"]["lot"], "L1");
    assert_eq!(bodies[1]["note"], "补录");
    assert_eq!(import.columns[2].field, Some("amount"));
    assert_eq!(import.columns[2].unit.map(|it| it.name()), Some("万元"));
    assert_eq!(import.columns[3].field, None);

    let unit =
        with(Kind::Allocations, &format!("日期,批次,县,金额\n{ROW}\n"), &["amount_unit=万元"], "");
    assert_eq!(unit.unwrap().sum_fen(), 600_000_000);
}

#[test]
fn maps_and_settings_that_cannot_be_read_say_so() {
    let text = format!("日期,批次,县,金额\n{ROW}\n");
    let cases = [
        ("", "无 = lot", "the map names the header \"无\", which the sheet has not"),
        ("", "# 示例\n批次 lot", "line 2 of the map is not `header = field`"),
        (
            "",
            "批次 = colour",
            "allocations have no field \"colour\"; the fields are business_date, lot, to",
        ),
        ("", "金额 = amount 斤", "line 1 of the map is not"),
        ("lot", "", "--set \"lot\" is not field=value"),
        ("business_date=昨天", "", "--set business_date: \"昨天\" is not a day"),
        ("amount_unit=美元", "", "the unit of \"美元\" is not"),
        ("lot=批 次", "", "--set lot: \"批 次\" is not an identifier"),
    ];
    for (setting, map, said) in cases {
        let settings: &[&str] = if setting.is_empty() { &[] } else { &[setting] };
        let error = with(Kind::Allocations, &text, settings, map).expect_err(said).to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn names_of_counties_are_found_in_the_directory() {
    let text = "日期,批次,县,金额(元)\n\
        2017.3.15,L1,康保县,1\n2017.3.15,L1,桥西区,1\n2017.3.15,L1,某某县,1\n2017.3.15,L1,130722000000,1\n";
    let sheet = Sheet::from_bytes("示例.csv", text.as_bytes()).unwrap();
    let mut choices = Choices::default();
    let codes = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    choices.directory.jurisdictions.insert("康保县".to_owned(), codes(&["130723"]));
    choices.directory.jurisdictions.insert("桥西区".to_owned(), codes(&["130104", "130703"]));
    let import = import(&sheet, Kind::Allocations, &bureau(), &choices).unwrap();
    let to: Vec<_> = bodies(&import).iter().map(|it| it["data"]["to"].clone()).collect();
    assert_eq!(to, ["130723", "130722"]);
    assert_eq!(
        refusals(&import),
        [
            "row 3, column C (县): \"桥西区\" may be 130104 or 130703: write which",
            "row 4, column C (县): no jurisdiction is called \"某某县\": write its six-digit code",
        ]
    );
}

#[test]
fn a_document_is_the_sheet_unless_the_row_names_one_with_its_digest() {
    let sha256 = "7c".repeat(32);
    let text = format!(
        "日期,批次,县,金额(元),文号,文件SHA256\n\
         2017.3.15,L1,130723,1,冀财农〔2017〕示例15号,{}\n\
         2017.3.16,L1,130723,1,冀财农〔2017〕示例16号,\n\
         2017.3.17,L1,130723,1,,\n2017.3.18,L1,130723,1,,{sha256}\n",
        sha256.to_uppercase()
    );
    let import = read(Kind::Allocations, &text);
    let own = import.document.sha256.to_string();
    let docs: Vec<_> = bodies(&import).iter().map(|it| it["docs"].clone()).collect();
    assert_eq!(
        docs,
        [
            serde_json::json!([{"number": "冀财农〔2017〕示例15号", "sha256": sha256}]),
            serde_json::json!([{"number": "示例.csv", "sha256": own, "title": "冀财农〔2017〕示例16号"}]),
            serde_json::json!([{"number": "示例.csv", "sha256": own}]),
        ]
    );
    assert!(refusals(&import)[0].starts_with("row 5: document is blank"));
}
