//! Gifts, in the shape in which a charity publishes them by the thousand: invented rows.

use super::*;
use serde_json::json;
use std::collections::HashSet;

const GIFTS: &str = "\
list,row,received_on,donor_ref,amount_yuan,directed
02,1,2020.01.23,d-00000000000000a1,100.0,yes
02,2,2020.01.23,d-00000000000000a2,10000.0,no
02,3,2020.01.24,d-00000000000000a3,0.01,no
05,1,2020.01.24,d-00000000000000a3,0.01,no
05,2,2020.01.25,d-00000000000000a4,1.005,no
";

#[test]
fn a_published_list_becomes_one_gift_a_row() {
    let import = read(Kind::Donations, GIFTS);
    assert_eq!(import.sum_fen(), 1_010_002);
    assert_eq!(import.rows.len(), 4);
    assert!(!import.unit_assumed);
    assert_eq!(
        refusals(&import),
        ["row 6, column E (amount_yuan): 1.005 元 is not a whole fen: write it to the fen, \
          without a calculated tail"]
    );
    let body = &bodies(&import)[0];
    let lot = body["data"]["lot"].as_str().unwrap().to_owned();
    assert!(lot.len() == 18 && lot.starts_with("g-"), "{lot}");
    assert_eq!(
        *body,
        json!({
            "business_date": "2020-01-23",
            "by": {"checker": "kc-07", "maker": "kc-02", "org": "kb-charity"},
            "data": {
                "amount_fen": 10_000,
                "anonymity": "anonymous",
                "custodian": "kb-charity",
                "donor": "d-00000000000000a1",
                "donor_kind": "person",
                "intent": {"fallback": "ask"},
                "lot": lot,
            },
            "docs": [{"number": "示例.csv", "sha256": Digest::of(&[GIFTS.as_bytes()]).to_string()}],
            "id": import.rows[0].id.to_string(),
            "jurisdiction": "130723",
            "note": "定向捐赠，来源表未写明用途",
            "type": "donation_received",
        })
    );
    assert_eq!(bodies(&import)[1].get("note"), None);
}

#[test]
fn rows_that_say_the_same_are_separate_gifts() {
    let import = read(Kind::Donations, GIFTS);
    let distinct: HashSet<_> = ids(&import).into_iter().collect();
    assert_eq!(distinct.len(), 4);
    let lots: HashSet<_> = bodies(&import).iter().map(|it| it["data"]["lot"].to_string()).collect();
    assert_eq!(lots.len(), 4);
}

#[test]
fn the_same_rows_again_have_the_same_ids() {
    let first = ids(&read(Kind::Donations, GIFTS));
    let renumbered = GIFTS.replace("02,1,", "07,91,").replace("05,1,", "07,92,");
    let other_columns = "\
捐赠人代号,捐赠金额（万元）,到账日期,是否定向
d-00000000000000a1,0.01,2020年1月23日,是
d-00000000000000a2,1,20200123,否
d-00000000000000a3,0.000001,43854,
d-00000000000000a3,0.000001,2020/1/24,-
";
    assert_eq!(ids(&read(Kind::Donations, &renumbered)), first);
    assert_eq!(ids(&read(Kind::Donations, other_columns)), first);

    let sheet = Sheet::from_bytes("换了名字.csv", GIFTS.as_bytes()).unwrap();
    let name = |text| Name::parse(text).unwrap();
    let others = Poster { maker: name("kc-03"), checker: name("kc-08"), ..charity() };
    let renamed = import(&sheet, Kind::Donations, &others, &Choices::default()).unwrap();
    assert_eq!(ids(&renamed), first);
    assert_ne!(renamed.rows[0].body, read(Kind::Donations, GIFTS).rows[0].body);

    let elsewhere = Poster { org: name("zb-charity"), ..charity() };
    let theirs = import(&sheet, Kind::Donations, &elsewhere, &Choices::default()).unwrap();
    assert!(ids(&theirs).iter().all(|id| !first.contains(id)));
}

#[test]
fn what_is_recorded_is_taken_out_whatever_its_body_says() {
    let first = read(Kind::Donations, GIFTS);
    let recorded: HashSet<_> = ids(&first).into_iter().take(3).collect();
    let more = format!("{GIFTS}05,3,2020.01.25,d-00000000000000a5,7,no\n");
    let mut again = read(Kind::Donations, &more);
    let duplicates = again.take_recorded(|id| recorded.contains(&id));
    let numbers = |rows: &[Row]| rows.iter().map(|it| it.row_numbers[0]).collect::<Vec<_>>();
    assert_eq!(numbers(&duplicates), [2, 3, 4]);
    assert_eq!(numbers(&again.rows), [5, 7]);
    assert_eq!(again.sum_fen(), 701);
}

#[test]
fn a_setting_that_only_describes_makes_no_other_gift() {
    let with = |setting: &str| ids(&with(Kind::Donations, GIFTS, &[setting], "").unwrap());
    assert_eq!(with("donor_kind=企业"), with("anonymity=公开"));
    assert_ne!(with("donor_kind=企业"), with("bank_ref=B-1"));
}

#[test]
fn an_intent_in_words_is_kept_as_the_donor_said_it() {
    let text = "\
到账日期,捐赠人,捐赠金额(元),银行流水号,捐赠意向,备注,指定村代码,指定类别,捐赠人类型,公示方式,收据号
2017-10-17,d-7f31c2,￥50,KBC2017-0001,修路,现场捐赠,130723200201、130723201219,基础设施；教育,企业,化名,SJ-1
2017-10-18,d-7f31c3,1,,,,,,,,
2017-10-19,张某某,1,,,,,,,,
2017-10-20,d-7f31c4,1,,,,130723,,,,
2017-10-21,d-7f31c5,1,,,,,,外星人,,
";
    let import = read(Kind::Donations, text);
    let body = &bodies(&import)[0];
    assert_eq!(body["note"], "现场捐赠");
    assert_eq!(
        body["data"]["intent"],
        json!({
            "categories": ["infrastructure", "education"],
            "fallback": "ask",
            "text": "修路",
            "villages": ["130723200201", "130723201219"],
        })
    );
    assert_eq!(body["data"]["donor_kind"], "company");
    assert_eq!(body["data"]["anonymity"], "alias");
    assert_eq!(body["data"]["bank_ref"], "KBC2017-0001");
    assert_eq!(body["data"]["receipt_no"], "SJ-1");
    let refused = refusals(&import);
    assert!(refused[0].starts_with("row 4, column B (捐赠人): the cell is not a reference"));
    assert!(!refused[0].contains("张"), "a donor's name is never repeated");
    assert!(refused[1].contains("\"130723\" is not a village's code of 12 digits"));
    assert!(refused[2].contains("\"外星人\" is not one of 个人 (person), 企业 (company)"));

    // Remarks are the intent where no other column says it.
    let remarks = "到账日期,捐赠人,捐赠金额(元),备注\n2017-10-17,d-1,50,给学校\n";
    assert_eq!(bodies(&read(Kind::Donations, remarks))[0]["data"]["intent"]["text"], "给学校");
}
