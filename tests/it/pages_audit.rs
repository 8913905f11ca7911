//! Projects, village notices and the pages of supervision, in a real browser.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;
use fundtrail::base::Digest;
use serde_json::json;

/// The golden scenario with a notice of P1, which golden lacks.
fn with_notice() -> Ledger {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let event = json!({ "as": "kb-poverty-desk", "event": {
        "id": "5b1d0f3e-0000-4000-8000-000000000001", "type": "disclosure_published",
        "jurisdiction": "130723", "business_date": "2017-05-03",
        "by": { "org": "kb-poverty-office", "maker": "kp-02", "checker": "kp-07" }, "docs": [],
        "data": { "channel": "board", "content_sha256": "14".repeat(32), "from": "2017-05-03",
            "level": "village", "place": "P1 村公示栏",
            "subject": { "kind": "project", "id": "P1" }, "until": "2017-05-14" } } });
    ledger.run_with_input(&["post", "-"], &format!("{event}\n")).succeeds();
    ledger
}

#[test]
fn a_project_tells_the_public_who_was_paid_and_names_no_gift() {
    let ledger = with_notice();
    let server = Server::start(&ledger);
    let page = format!("http://{}/projects/P1", server.address);
    let mut browser = Browser::start();
    browser.holds(&page, "project");
    let text = browser.text("main");
    // The golden scenario: 350 arranged, 317 spent, 33 unpaid; 140 - 10 + 190 - 3 paid.
    for words in [
        "350",
        "317",
        "33",
        "90.57%",
        "140 − 10 + 190 − 3",
        "(130)",
        "康财付〔2017〕示例2号",
        "示例道路工程有限公司",
        "不足5笔",
        "b2755535…4e58",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    for words in ["G1", "康慈付", "20,000", "d-7f31c2"] {
        assert!(!text.contains(words), "{words}: {text}");
    }
    browser.press("a[hreflang=en]");
    browser.stands("project-en-390");
    assert!(browser.text("main").contains("Paid to whom, and why"));
    browser.resize(1280, 900);
    browser.press("a[href^='/notices/']");
    browser.stands("notice-en-1280");
    browser.press("a[hreflang=zh-Hans]");
    let notice = browser.run("location.href").as_str().unwrap().to_owned();
    browser.holds(&notice, "notice");
    let text = browser.text("article");
    assert!(text.contains(&"14".repeat(32)) && text.contains("12317"), "{text}");
    assert!(text.contains("公示时没有"), "no gift had come when it was posted: {text}");
    browser.until("document.querySelector('svg.qr path.qr-dark') !== null");
    browser.holds(&format!("http://{}/projects?jurisdiction=130723", server.address), "projects");
    assert_eq!(browser.run("document.querySelectorAll('tbody tr').length"), 4);
    server.get("/projects/nothing").gives(404);
    server.get("/notices/1").gives(404);
    server.get("/projects?jurisdiction=999999").gives(404);
}

/// A served ledger whose auditor has signed in through the page.
pub fn signed_in(ledger: &Ledger, principal: &str) -> (Server, Browser) {
    let server = Server::start(ledger);
    let made = ledger.run(&["--format", "json", "principal", "token", principal]).succeeds();
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let mut browser = Browser::start();
    browser.resize(1280, 900);
    browser.open(&format!("http://{}/audit", server.address));
    browser.fill("[name=token]", &token);
    browser.press("form[action='/sign-in'] button");
    (server, browser)
}

#[test]
fn idle_money_is_three_clicks_away_and_every_list_leads_to_its_records() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut browser) = signed_in(&ledger, "hb-audit-desk");
    let at = |path: &str| format!("http://{}{path}", server.address);
    browser.holds(&at("/audit"), "audit");
    browser.resize(1280, 900);
    // One: the tile; two: the county; three: the lot.
    browser.run("document.querySelector('.tile a').click()");
    assert_eq!(browser.run("location.hash"), "#idle");
    browser.press("a[href='/audit/idle/130723']");
    assert!(browser.text("h1").contains("康保县"));
    browser.press("a[href='/audit/lots/L1']");
    let said = browser.text("main");
    assert!(said.contains("冀财农〔2017〕示例15号"), "{said}");
    browser.holds(&at("/audit/idle/130723"), "audit-idle");
    browser.holds(&at("/audit/lots/L1"), "audit-lot");
    for (list, count) in
        [("exceptions", 0), ("reversals", 0), ("returns", 2), ("late", 50), ("reopened", 0)]
    {
        browser.open(&at(&format!("/audit/lists/{list}")));
        let rows = browser.run("document.querySelectorAll('tbody tr').length");
        assert_eq!(rows, count, "{list}");
    }
    browser.holds(&at("/audit/lists/returns"), "audit-list");
    browser.holds(&at("/audit/payees/road-co"), "audit-payee");
    let tree = browser.text("main");
    // Fiscal 1,900,000 less 30,000 returned; social 20,000 stands apart, under its own sum.
    for words in ["1,900,000.00", "−30,000.00", "1,870,000.00", "20,000.00", "财农〔2017〕示例1号"]
    {
        assert!(tree.contains(words), "{words}: {tree}");
    }
    assert!(!tree.contains("1,890,000.00"), "fiscal and social money are never added up");
    browser.press("a[hreflang=en]");
    browser.holds(&at("/audit"), "audit-en");
}

#[test]
fn a_search_stands_in_its_address_and_leaves_as_it_is_shown() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut browser) = signed_in(&ledger, "hb-audit-desk");
    let at = |path: &str| format!("http://{}{path}", server.address);
    for (query, found) in [
        ("document=康财付", 1),
        ("county=康保县&type=disbursement_made", 3),
        ("county=130722", 0),
        ("lot=G1", 3),
        ("payee=road-co", 2),
        ("project=P1&min=1,900,000&max=1,900,000", 1),
        ("place=advanced&from=2017-07-01&to=2017-12-31", 2),
        ("reference=HT-2017-01", 3),
        ("reference=HT-2017-0", 0),
        ("project=P1&type=project_approved", 1),
        ("lot=G1&payee=road-co&document=康慈付", 1),
        ("lot=L1&reference=HT-2017-01&place=available", 0),
    ] {
        browser.open(&at(&format!("/audit/search?{query}")));
        let rows = browser.run("document.querySelectorAll('tbody tr').length");
        assert_eq!(rows, found, "{query}: {}", browser.text("main"));
    }
    browser.holds(&at("/audit/search?payee=road-co&sort=largest"), "audit-search");
    let csv = browser
        .run("fetch('/audit/search?payee=road-co&sort=largest&as=csv').then((one) => one.text())");
    let csv = csv.as_str().unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[1].contains(",1900000.00,") && lines[2].contains(",20000.00,"), "{csv}");
    assert!(csv.contains("query,/audit/search?payee=road-co") && csv.contains("root,"), "{csv}");
    let kind = browser.run(
        "fetch('/audit/search?lot=G1&as=xlsx').then((one) => one.headers.get('content-type'))",
    );
    assert!(kind.as_str().unwrap().contains("spreadsheetml"));
    let text = |browser: &mut Browser, path: &str| {
        let read = browser.run(&format!("fetch('{path}').then((one) => one.text())"));
        read.as_str().unwrap().to_owned()
    };
    let idle = text(&mut browser, "/audit/idle/130723?days=30&as=csv");
    // A lot a line, both classes named, exact yuan, and what was asked below.
    assert!(
        idle.lines().any(|line| line.starts_with("财政资金,L1,") && line.contains(",4500000.00,"))
    );
    assert!(idle.lines().any(|line| line.starts_with("社会帮扶资金,G1,")), "{idle}");
    assert!(idle.contains("query,/audit/idle/130723?days=30") && idle.contains("root,"), "{idle}");
    inspected(&mut browser, &at("/audit/inspections"));
    let rules = text(&mut browser, "/audit/inspections?as=csv");
    assert_eq!(rules.lines().count(), 1 + 34 + 4, "{rules}");
    // What was found beside the service is what the command finds.
    let told = ledger.run(&["--format", "json", "inspect"]).json();
    let hits = told["hits"].as_array().unwrap();
    assert!(!hits.is_empty());
    for line in rules.lines().skip(1).take(34) {
        let rule = line.split(',').next().unwrap();
        let found = hits.iter().filter(|hit| hit["rule"] == rule).count();
        assert!(line.ends_with(&format!(",{found}")), "{line}: {found}");
    }
    let hits = text(&mut browser, "/audit/inspections?rule=late_record&as=csv");
    assert!(
        hits.contains("资金下达") && hits.contains("天数 ") && hits.contains("界限 "),
        "{hits}"
    );
    assert!(!hits.contains("limit_days") && !hits.contains("allocation_made"), "{hits}");
    browser.open(&at("/audit/search?min=1.005"));
    assert!(browser.text("[role=alert]").contains("1.005"), "nothing is rounded");
}

#[test]
fn an_auditor_raises_a_finding_from_a_selection_and_others_see_nothing() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut browser) = signed_in(&ledger, "hb-audit-desk");
    let at = |path: &str| format!("http://{}{path}", server.address);
    inspected(&mut browser, &at("/audit/inspections"));
    browser.holds(&at("/audit/inspections"), "audit-inspections");
    assert_eq!(browser.run("document.querySelectorAll('tbody tr').length"), 34);
    browser.holds(&at("/audit/inspections?rule=idle_money"), "audit-rule");
    browser.holds(&at("/audit/findings"), "audit-findings");
    browser.resize(1280, 900);
    browser.open(&at("/audit/lists/returns"));
    browser.run("document.querySelector('input[name=seq]').click()");
    browser.press("form[action='/audit/raise'] button");
    browser.stands("audit-raise-1280");
    assert_eq!(browser.run("document.querySelector('#jurisdiction').value"), "130723");
    let fields = [
        ("project", "P1"),
        ("text", "退回的预拨款没有说明用途。"),
        ("number", "冀审〔2017〕示例9号"),
        ("sha256", &"ab".repeat(32)),
        ("maker", "au-02"),
        ("checker", "au-02"),
    ];
    for (name, value) in fields {
        browser.fill(&format!("[name='{name}']"), value);
    }
    // The document's hash is worked out here, and the file is sent nowhere.
    browser.run(
        "{const all = new DataTransfer(); all.items.add(new File(['示例文件'], '冀审9号.pdf'));
          const input = document.querySelector('[data-hash=sha256]'); input.files = all.files;
          input.dispatchEvent(new Event('change', {bubbles: true})); input.hidden}",
    );
    let hash = Digest::of(&["示例文件".as_bytes()]).to_string();
    browser.until(&format!("document.querySelector('#sha256').value == '{hash}'"));
    assert_eq!(browser.run("document.querySelector('[data-hash=sha256]').name"), "");
    browser.press("form[method=post][action='/audit/raise'] .btns button");
    let refused = browser.text("[role=alert]");
    assert!(refused.contains("经办和复核不能是同一人"), "{refused}");
    assert!(refused.contains("same_maker_and_checker"), "{refused}");
    let before = ledger.records().len();
    browser.fill("[name=checker]", "au-07");
    browser.press("form[method=post][action='/audit/raise'] .btns button");
    assert_eq!(browser.text("h1"), "问题与整改");
    assert!(browser.text("tbody").contains("退回的预拨款没有说明用途。"));
    assert!(browser.text("tbody").contains("人工发现"), "the rule stands in words");
    let csv = browser.run("fetch('/audit/findings?as=csv').then((one) => one.text())");
    let csv = csv.as_str().unwrap();
    assert!(csv.contains("退回的预拨款没有说明用途。") && csv.contains("人工发现"), "{csv}");
    let records = ledger.records();
    assert_eq!(records.len(), before + 1);
    let raised: serde_json::Value = serde_json::from_str(records.last().unwrap()).unwrap();
    assert_eq!(raised["event"]["data"]["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(raised["event"]["docs"][0]["sha256"], hash);
    // What was opened stands in the access log; a bureau and the public get nothing.
    let log = std::fs::read_dir(ledger.path().join("access")).unwrap().count();
    assert!(log > 0);
    drop(browser);
    let closed = Ledger::with(&["golden.jsonl"]);
    let (other, mut bureau) = signed_in(&closed, "kb-finance-desk");
    bureau.open(&format!("http://{}/audit/lists/returns", other.address));
    assert!(bureau.text("h1").contains("您的账号看不到这一页"));
    server.get("/audit/lots/L1").gives(303);
}

#[test]
fn who_was_shown_what_is_read_by_those_who_watch_over_reading() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut browser) = signed_in(&ledger, "operator");
    let at = |path: &str| format!("http://{}{path}", server.address);
    browser.open(&at("/records/224"));
    browser.holds(&at("/audit/log"), "audit-log");
    let rows = browser.text("tbody");
    assert!(rows.contains("operator") && rows.contains("records/224"), "{rows}");
    assert!(rows.contains("记账记录"), "{rows}");
    assert_eq!(browser.text(".subnav [aria-current]"), "查阅日志");
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut browser) = signed_in(&ledger, "hb-audit-desk");
    browser.open(&format!("http://{}/audit", server.address));
    assert!(!browser.text(".subnav").contains("查阅日志"));
    let log = format!("fetch('http://{}/audit/log').then((one) => one.status)", server.address);
    assert_eq!(browser.run(&log), 403);
}

/// An inspection is made beside the service: its page opens itself again until there is one.
fn inspected(browser: &mut Browser, page: &str) {
    let told = "document.querySelector('#stands')?.textContent.includes('查到第')";
    browser.come_by(page, told);
}
