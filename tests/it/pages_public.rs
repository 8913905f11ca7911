//! The public pages in a real browser: home, counties, a county, the saved head.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;

#[test]
fn the_public_pages_hold_at_both_widths() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let at = |path: &str| format!("http://{}{path}", server.address);
    let mut browser = Browser::start();
    browser.holds(&at("/counties"), "counties");
    browser.holds(&at("/counties/130723"), "county");
    browser.holds(&at("/?city=130700"), "home-city");
    browser.holds(&at("/head?saved=x"), "head");
    browser.holds(&at("/about"), "about");
    // A part of a chart tells its exact yuan when it is touched.
    browser.open(&at("/counties/130723"));
    browser.until("document.querySelector('.told') !== null");
    browser.run(
        "document.querySelector('.f-spent').dispatchEvent(new Event('click', {bubbles: true}))",
    );
    assert_eq!(browser.text(".told"), "已支出 ¥3,170,000.00");
    browser.open(&at("/?lang=en"));
    browser.holds(&at("/"), "home-en");
    browser.holds(&at("/counties/130723"), "county-en");
    browser.holds(&at("/about"), "about-en");
}

#[test]
fn a_county_is_found_by_name_spelling_and_code() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    for typed in ["康保", "kangbao", "130723"] {
        browser.open(&format!("http://{}/", server.address));
        browser.fill("#q", typed);
        browser.press("form[action='/counties'] button");
        assert_eq!(browser.text("h1"), "康保县", "{typed}");
    }
    browser.open(&format!("http://{}/counties?q=%3Cscript%3E", server.address));
    assert_eq!(browser.run("document.querySelectorAll('main script').length"), 0);
    assert_eq!(browser.run("document.querySelector('#q').value"), "<script>");
    for (path, status) in [
        ("/counties/999999", 404),
        ("/counties/x", 404),
        ("/?year=1999", 404),
        ("/?city=130723", 404),
        ("/counties/130700", 303),
        ("/counties/130723?year=2017", 200),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
}

#[test]
fn counties_are_sorted_by_what_is_asked_and_leave_as_csv() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let csv = |query: &str| server.get(&format!("/counties.csv?{query}")).gives(200).text();
    let falling = csv("sort=spent&dir=desc");
    let mut lines = falling.lines();
    let heads = lines.next().unwrap();
    assert!(heads.starts_with("code,county,city,arrived_yuan,"), "{heads}");
    assert!(lines.next().unwrap().starts_with("130723,康保县,张家口市,"), "{falling}");
    assert!(lines.count() >= 60, "every poor county stands in the list");
    let rising = csv("sort=spent&dir=asc");
    assert!(rising.lines().last().unwrap().starts_with("130723,"), "{rising}");
    // Fiscal figures of the page are those of the answer to machines.
    let answer = server.get("/v1/balances?jurisdiction=130723&level=county").gives(200);
    let spent = answer.json()["totals"][0]["spent_fen"].as_i64().unwrap();
    let spent = format!("{}.{:02}", spent / 100, spent % 100);
    assert!(falling.lines().nth(1).unwrap().contains(&spent), "{spent}: {falling}");
}

/// What the server answers where there are no scripts; the browser's own answer is held in
/// `pages_proofs`.
#[test]
fn a_saved_head_stands_until_a_digit_of_it_is_changed() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let lines = server.get("/head.txt").gives(200).text();
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let ask = |saved: &str| {
        let saved: String = saved.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = server.get(&format!("/head?saved={saved}")).gives(200).text();
        let from = page.find("id=\"by-server\"").unwrap();
        page[from..page[from..].find("</section>").unwrap() + from].to_owned()
    };
    assert!(ask(&lines).contains("接得上"), "{}", ask(&lines));
    let root = lines.lines().nth(2).unwrap();
    assert!(ask(root).contains("接得上"), "the root alone is known");
    let other = if root.starts_with('A') { 'B' } else { 'A' };
    let changed = lines.replace(root, &format!("{other}{}", &root[1..]));
    let said = ask(&changed);
    assert!(said.contains("不符") && said.contains("role=\"alert\""), "{said}");
    let size = lines.lines().nth(1).unwrap();
    let longer = lines.replace(&format!("\n{size}\n"), "\n99999999\n");
    assert!(ask(&longer).contains("说不准"), "{}", ask(&longer));
    assert!(ask("miau").contains("这不像是校验码"));
    let kept = format!("/head.txt?root={}", root.replace('+', "%2B").replace('/', "%2F"));
    assert_eq!(server.get(&kept).gives(200).text(), lines);
    server.get("/head.txt?root=miau").gives(404);
}

#[test]
fn a_single_gift_is_not_told_to_the_public() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let page = server.get("/counties/130723").gives(200).text();
    let csv = server.get("/counties/130723/funds.csv").gives(200).text();
    assert!(page.contains("不足5笔"), "the one gift of the story is withheld");
    assert!(csv.lines().any(|line| line.contains("社会捐赠") && line.contains("不足5笔")), "{csv}");
    // The story's gift is 50,000 yuan: 5 in 10,000.
    assert!(!csv.contains("50000.00"), "{csv}");
    // Records that move the gift lie among the newest and are passed over.
    let latest = &page[page.find("id=\"latest\"").unwrap()..];
    let latest = &latest[..latest.find("</section>").unwrap()];
    let records = ledger.records();
    let told = |seq: &usize| latest.contains(&format!(" {seq} "));
    let (gift, other): (Vec<usize>, Vec<usize>) = (0..records.len())
        .filter(|seq| records[*seq].contains("\"movements\":[{"))
        .partition(|seq| records[*seq].contains("\"lot\":\"G1\""));
    let first_told = other.iter().find(|seq| told(seq)).unwrap();
    assert!(gift.iter().any(|seq| seq > first_told), "a gift's record is newer than one told");
    assert!(!gift.iter().any(told), "{latest}");
}

#[test]
fn every_column_of_the_flow_picture_adds_up_to_the_same() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    for (query, columns) in [("", ["fund", "city"]), ("?city=130700", ["fund", "county"])] {
        let csv = server.get(&format!("/flows.csv{query}")).gives(200).text();
        let mut sums = [0_i64; 2];
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let fen: i64 = cells[4].replace('.', "").parse().unwrap();
            sums[columns.iter().position(|column| *column == cells[0]).unwrap()] += fen;
        }
        assert!(sums[0] > 0 && sums[0] == sums[1], "{query}: {sums:?}\n{csv}");
        assert!(!csv.contains("社会捐赠"), "no social money in the picture");
    }
}
