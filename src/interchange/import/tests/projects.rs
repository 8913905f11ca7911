//! Projects and commitments.

use super::*;
use serde_json::json;

#[test]
fn a_project_is_admitted_with_its_words_villages_and_estimate() {
    let text = "\
项目库（示例）,,,,,,,,单位：万元
入库日期,项目编号,项目名称,项目类别,村代码,实施单位,概算,受益户数,绩效目标
2017-04-20,P1,P1 村道路硬化(示例),基础设施,130723200201 130723201219,kb-unit-01,360,120户,\"硬化道路
6 公里\"
2017-04-20,P2,P2 村级办公房(示例),办公用房,,kb-unit-01,20,1,由捐赠建设
2017-04-20,P3,P3 饮水安全(示例),打井,,kb-unit-01,20,一户,蓄水池
";
    let import = read(Kind::Projects, text);
    let bodies = bodies(&import);
    assert_eq!(
        bodies[0]["data"],
        json!({
            "category": "infrastructure",
            "estimate_fen": 360_000_000,
            "goals": "硬化道路\n6 公里",
            "households": 120,
            "name": "P1 村道路硬化(示例)",
            "project": "P1",
            "unit": "kb-unit-01",
            "village_codes": ["130723200201", "130723201219"],
        })
    );
    assert_eq!(bodies[0]["type"], "project_admitted");
    assert_eq!(bodies[1]["data"]["category"], "office_buildings");
    assert_eq!(bodies[1]["data"]["village_codes"], json!([]));
    let refused = refusals(&import);
    assert!(
        refused[0].starts_with("row 5, column D (项目类别): \"打井\" is not one of 产业"),
        "{}",
        refused[0]
    );
}

#[test]
fn a_commitment_says_where_its_money_is_from_or_its_plan_does() {
    let text = "\
安排日期,项目编号,安排来源,整合方案,资金批次,安排金额（万元）
2017-05-02,P1,可用,,L1,150
2017-05-02,P1,整合,KB-2017,L3,200
2017-05-02,P1,,KB-2017,L3,1
2017-05-02,P1,,,L1,1
2017-05-02,P1,整合,,L1,1
";
    let import = read(Kind::Commitments, text);
    let data: Vec<_> = bodies(&import).iter().map(|it| it["data"].clone()).collect();
    assert_eq!(
        data[0],
        json!({
            "from": "available",
            "lots": [{"amount_fen": 150_000_000, "lot": "L1"}],
            "project": "P1",
        })
    );
    assert_eq!(data[1]["plan"], "KB-2017");
    assert_eq!(data[2]["from"], "consolidated");
    assert_eq!(data[3]["from"], "available");
    assert!(refusals(&import)[0].starts_with("row 6: plan is blank"));
}

#[test]
fn texts_longer_than_a_body_may_hold_are_refused() {
    let line = |name: &str| {
        format!(
            "项目编号,项目名称,日期,类别,实施单位,概算(元),户数,绩效目标\nP1,{name},2017-4-20,产业,u-1,1,1,x\n"
        )
    };
    assert_eq!(read(Kind::Projects, &line(&"长".repeat(200))).rows.len(), 1);
    assert_eq!(
        refusals(&read(Kind::Projects, &line(&"长".repeat(201)))),
        ["row 2, column B (项目名称): the text has 201 characters, at most 200 fit"]
    );
    assert!(refusals(&read(Kind::Projects, &line("a\u{7}b")))[0].contains("U+0007"));
}
