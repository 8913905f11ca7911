//! Projects, village notices and the pages of supervision, in a real browser.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;
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
