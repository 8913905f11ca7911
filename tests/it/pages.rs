//! The pages in a real browser, at the widths of a desk and a phone.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;

#[test]
fn home_renders_at_both_widths_and_in_both_languages() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let home = format!("http://{}/", server.address);
    let mut browser = Browser::start();
    browser.holds(&home, "home");
    assert_eq!(browser.run("document.documentElement.lang"), "zh-Hans");
    browser.press("a[hreflang=en]");
    assert_eq!(browser.run("document.documentElement.lang"), "en");
    assert_eq!(browser.run("location.search"), "");
    browser.open(&home);
    assert_eq!(browser.run("document.documentElement.lang"), "en", "the switch holds");
    browser.open(&format!("{home}no-such-page"));
    assert_eq!(browser.text("h1"), "There is no such page");
    browser.until("document.querySelector('[role=alert]') !== null");
}
