//! What pages say and how it stands on a phone: the first screen of a gift, words that must be
//! seen, records without codes in place of words, the language of what is no page.

use super::browser::Browser;
use super::pages_audit::signed_in;
use super::pages_gift::{code, witnessed};
use super::serving::Server;
use super::support::Ledger;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

const VERDICT: &str = "document.documentElement.dataset.verdict";

/// A donor of seventy holds a phone: figures, sentence and verdict stand on its first screen, and
/// no amount runs into the next, however long it is.
#[test]
fn the_first_screen_of_a_gift_holds_figures_sentence_and_verdict() {
    let code = code(21);
    let (scene, _served, policy) = witnessed(&code);
    let server = Server::start(&scene.ledger);
    let gift = format!("http://{}/gift", server.address);
    for lang in ["zh", "en"] {
        let mut browser = Browser::start();
        browser.resize(390, 844);
        browser.open(&format!("http://{}/?lang={lang}", server.address));
        browser.come_by(&format!("{gift}#{code}.{policy}"), &format!("{VERDICT} === 'witnessed'"));
        let end = "document.querySelector('#verdict').getBoundingClientRect().bottom";
        let end = browser.run(end).as_f64().unwrap();
        assert!(end <= 844.0, "{lang}: the verdict ends at {end}");
        let say = browser.text("#figures .say");
        assert!(say.contains("30,000") && say.contains("20,000"), "{say}");
        for amount in ["12,345.67", "1,234,567.89", "123,456,789.01"] {
            let apart = format!(
                "{{const all = [...document.querySelectorAll('.given dd')];
                   for (const one of all) one.firstChild.data = '{amount}';
                   const ranges = all.map((one) => {{
                     const range = document.createRange(); range.selectNodeContents(one);
                     return range.getBoundingClientRect(); }});
                   ranges.every((one, at) => one.right <= 390 && ranges.slice(at + 1).every(
                     (next) => next.left >= one.right || next.top >= one.bottom)); }}"
            );
            assert_eq!(browser.run(&apart), true, "{lang}: {amount}");
        }
        // Its statement is one page of paper.
        browser.resize(1280, 900);
        browser.open(&format!("{gift}/statement"));
        browser.until(&format!("{VERDICT} === 'witnessed'"));
        let printed = browser.call("Page.printToPDF", json!({"preferCSSPageSize": true}));
        let paper = BASE64_STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
        let pages = paper.windows(12).filter(|part| *part == b"/Type /Page\n").count();
        assert_eq!(pages, 1, "{lang}");
    }
}

#[test]
fn the_words_of_the_ledger_are_seen() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/about", server.address));
    let words = browser.text("#words dl");
    for word in ["资金批次", "例外入账", "见证人"] {
        assert!(words.contains(word), "{word}: {words}");
    }
    let seen = "[...document.querySelectorAll('#words dd')].every((it) => it.offsetHeight > 0)";
    assert_eq!(browser.run(seen), true);
}

#[test]
fn what_is_no_page_changes_its_language_too() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/nowhere", server.address));
    assert_eq!(browser.text("h1"), "没有这个页面");
    browser.press("a[hreflang=en]");
    assert_eq!(browser.text("h1"), "There is no such page");
}

#[test]
fn a_record_says_limits_names_and_exceptions_in_words() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let number = |mark: &str| {
        let at = ledger.records().iter().position(|line| line.contains(mark));
        at.unwrap_or_else(|| panic!("{mark} is recorded"))
    };
    let limit = number("advance_cap_bp");
    let exception = number("应急抢修");
    let (server, mut browser) = signed_in(&ledger, "hb-audit-desk");
    let at = |seq: usize| format!("http://{}/records/{seq}", server.address);
    browser.open(&at(limit));
    let said = browser.text("main .say");
    assert!(said.contains("是 40.00%，从") && !said.contains("bp"), "{said}");
    browser.open(&at(exception));
    let facts = browser.text("main");
    assert!(facts.contains("例外原因") && facts.contains("原因：应急抢修"), "{facts}");
    assert!(!browser.text("main .say").contains("元 "), "a blank between Chinese characters");
}
