//! The donor's pages in a real browser: a verdict that the browser computes, green, amber and red;
//! a code that stands nowhere; answers by code; records, statement and files to check.

use super::browser::Browser;
use super::serving::Server;
use super::support::{Ledger, golden};
use super::witness::Scene;
use fundtrail::base::lookup::{lookup_code, lookup_sha256};
use fundtrail::base::{Digest, EventId};
use fundtrail::chain::note::key::VerifierKey;
use fundtrail::chain::policy::Policy;
use fundtrail::chain::verdict::{Brought, judge};
use fundtrail::domain::Type;
use fundtrail::ledger::reading::fold;
use fundtrail::projections::links::Links;
use fundtrail::store::SegmentsReader;
use fundtrail::web::record::sentence::{holes, template};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A code, as a receipt prints it.
pub fn code(byte: u8) -> String {
    lookup_code(&std::array::from_fn(|at| byte.wrapping_mul(31).wrapping_add(at as u8 * 7)))
}

fn by_custodian(kind: &str, id: &str, day: &str, data: Value) -> String {
    json!({"as": "kb-charity-desk", "event": {
        "id": id, "type": kind, "jurisdiction": "130723", "business_date": day,
        "by": {"org": "kb-charity", "maker": "kc-02", "checker": "kc-07"},
        "docs": [{"number": "康慈〔2017〕示例9号", "sha256": "ab".repeat(32)}], "data": data,
    }})
    .to_string()
}

/// Gives the golden gift a code.
pub fn give_code(ledger: &Ledger, code: &str) {
    let data = json!({"lot": "G1", "lookup_sha256": lookup_sha256(code)});
    let id = "0b7d36a2-51f1-4bc1-9d5e-0f4f4f6f9a01";
    let line = by_custodian("lookup_replaced", id, "2017-12-01", data);
    ledger.run_with_input(&["post", "-"], &line).succeeds();
}

const VERDICT: &str = "document.documentElement.dataset.verdict";

/// Types a code and waits for the verdict.
fn enter(browser: &mut Browser, server: &Server, code: &str) -> Value {
    browser.open(&format!("http://{}/gift", server.address));
    browser.fill("#code", code);
    browser.press("#entry button");
    browser.until(VERDICT)
}

/// A ledger with a gift, its code, and a quorum of cosignatures.
pub fn witnessed(code: &str) -> (Scene, super::witness::Served, String) {
    let scene = Scene::new();
    give_code(&scene.ledger, code);
    let served = scene.serve();
    scene.use_policy(&served);
    scene.ledger.run(&["witness", "ask"]).succeeds();
    let policy = fs::read(scene.ledger.beside("policy")).unwrap();
    (scene, served, Digest::of(&[&policy]).to_string())
}

#[test]
fn a_scanned_receipt_is_green_and_a_typed_code_is_amber() {
    let code = code(1);
    let (scene, _served, policy) = witnessed(&code);
    let server = Server::start_telling(&scene.ledger.path(), &[], "trace");
    let gift = format!("http://{}/gift", server.address);
    let mut browser = Browser::start();
    browser.come_by(&format!("{gift}#{code}.{policy}"), &format!("{VERDICT} === 'witnessed'"));
    assert_eq!(browser.run("location.href"), gift);
    assert!(browser.text("#verdict").contains("已见证：这笔账没有被改过"));
    assert!(browser.text("#verdict").contains("有没有漏记：还没有人核过"));
    let figures = "[...document.querySelectorAll('.given dd')].map((it) => it.innerText).join()";
    assert_eq!(browser.run(figures), "50,000元,20,000元,30,000元");

    // The code stands in no address that the browser keeps, no page, and no line of any log.
    let plain = code.replace('-', "");
    let history = browser.call("Page.getNavigationHistory", json!({}));
    let entries = history["entries"].as_array().unwrap();
    let kept: String = entries.iter().map(|entry| entry["url"].to_string()).collect();
    assert!(kept.contains("/gift"), "{kept}");
    let page = browser.run("document.documentElement.outerHTML").to_string();
    let access = fs::read_to_string(scene.ledger.path().join("access/log")).unwrap();
    assert!(access.contains("code of G1"), "{access}");
    for (name, text) in
        [("history", &kept), ("page", &page), ("access log", &access), ("log", &server.said())]
    {
        let holds = [&code, &plain].into_iter().find(|one| text.contains(*one));
        assert_eq!(holds, None, "{name}");
    }
    assert!(server.said().contains("/gift"), "requests are told at this level");

    // The switch of language keeps the gift open, and the verdict.
    browser.press("a[hreflang=en]");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    assert!(browser.text("h1").contains("Where your gift went"));
    assert!(browser.text("#verdict").contains("Witnessed: this account has not been altered"));
    browser.holds(&gift, "gift-ok-en");
    browser.press("a[hreflang='zh-Hans']");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    browser.holds(&gift, "gift-ok");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    browser.stands("gift-ok-390");
    browser.holds(&format!("{gift}/statement"), "statement");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    assert!(browser.text("article").contains("人民币伍万元整"));
    assert!(browser.text("#printed-verdict").contains("已见证"));
    browser.stands("statement-390");
    let style = browser.run("document.querySelectorAll('[style]').length");
    assert_eq!(style, 0);

    // A code that was typed brings no keys.
    let mut other = Browser::start();
    assert_eq!(enter(&mut other, &server, &plain.to_lowercase()), "included");
    assert!(other.text("#verdict").contains("用手机扫一下收据上的二维码"));
    other.stands("gift-included-1280");
}

#[test]
fn without_witnesses_a_gift_is_amber_and_says_why() {
    let code = code(2);
    let ledger = Ledger::with(&["golden.jsonl"]);
    give_code(&ledger, &code);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    browser.holds(&format!("http://{}/gift", server.address), "gift-entry");
    browser.fill("#code", "ABCDE");
    assert!(browser.text("#code-count").contains("还差 21 位"));
    browser.fill("#code", &code.replace('0', "O"));
    browser.press("#entry button");
    browser.until(&format!("{VERDICT} === 'included'"));
    assert!(browser.text("#verdict").contains("还没有见证人"));
    assert!(!browser.text("#verdict").contains("扫一下"));

    // A wrong code and none at all get one answer.
    let mut stranger = Browser::start();
    for wrong in ["0".repeat(26), "nonsense".to_owned()] {
        stranger.open(&format!("http://{}/gift", server.address));
        stranger.fill("#code", &wrong);
        stranger.press("#entry button");
        assert!(stranger.text("main").contains("没有找到这个查询码"));
    }
    // Ten look-ups a minute, wherever they come from.
    let form = [("Sec-Fetch-Site", "same-origin")];
    let statuses: Vec<u16> =
        (0..11).map(|_| server.ask("POST", "/gift", &form, b"code=wrong").status).collect();
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    let foreign = [("Sec-Fetch-Site", "cross-site")];
    server.ask("POST", "/gift", &foreign, b"code=wrong").gives(403);
    server.get("/gift/proof").gives(404);
}

/// Has every page see another proof than the server sent.
fn tamper(browser: &mut Browser, change: &str) {
    browser.before_pages(&format!(
        "const real = window.fetch;
         window.fetch = async (...given) => {{
           const answer = await real(...given);
           if (!String(given[0]).endsWith('/gift/proof')) return answer;
           const text = await answer.text();
           return new Response({change}, {{ status: 200 }});
         }};"
    ));
}

#[test]
fn a_tampered_proof_is_red_and_names_the_record() {
    let code = code(3);
    let (scene, _served, policy) = witnessed(&code);
    let server = Server::start(&scene.ledger);
    let gift = format!("http://{}/gift", server.address);
    for (change, said, name) in [
        ("text.replaceAll('KBC2017-0002', 'KBC2017-0003')", "不符的是第 226 条记录", "gift-bad"),
        ("text.replace('\"used_fen\":2000000', '\"used_fen\":1000000')", "记录加起来", "gift-sum"),
    ] {
        let mut browser = Browser::start();
        tamper(&mut browser, change);
        browser.come_by(&format!("{gift}#{code}.{policy}"), &format!("{VERDICT} === 'refuted'"));
        let text = browser.text("#verdict");
        assert!(text.contains("不符：先别相信下面的数字") && text.contains(said), "{text}");
        assert!(browser.text("#figures").contains("以下数字与账本不符"));
        let above = "document.getElementById('verdict').compareDocumentPosition(
            document.getElementById('figures')) & Node.DOCUMENT_POSITION_FOLLOWING";
        assert_ne!(browser.run(above), 0, "the verdict stands above the figures");
        browser.resize(1280, 900);
        browser.stands(&format!("{name}-1280"));
        // On paper it prints across the head of the statement.
        browser.open(&format!("{gift}/statement"));
        browser.until(&format!("{VERDICT} === 'refuted'"));
        browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
        assert!(browser.text("article").starts_with("不符"), "{}", browser.text("article"));
        assert!(browser.text("#printed-verdict").contains("不符"));
        browser.picture(&format!("{name}-statement"));
    }
}

#[test]
fn a_page_that_prints_other_figures_than_the_records_give_is_red() {
    let code = code(11);
    let (scene, _served, policy) = witnessed(&code);
    let server = Server::start(&scene.ledger);
    let gift = format!("http://{}/gift", server.address);
    let mut browser = Browser::start();
    browser.before_pages(
        "document.addEventListener('DOMContentLoaded', () => {
           const left = document.querySelector('[data-figure=remaining]');
           if (left) left.firstChild.textContent = left.firstChild.textContent.replace('30', '31');
         });",
    );
    browser.come_by(&format!("{gift}#{code}.{policy}"), &format!("{VERDICT} === 'refuted'"));
    assert!(browser.text("#figures").contains("31,000"), "{}", browser.text("#figures"));
    assert!(browser.text("#verdict").contains("记录加起来，和这一页的金额不一样"));
    browser.open(&format!("{gift}/statement"));
    browser.until(&format!("{VERDICT} === 'refuted'"));
    assert!(browser.text("article").starts_with("不符"));
    // A page of before the gift's newest record is no lie; it gets no verdict.
    browser.before_pages(
        "document.addEventListener('DOMContentLoaded', () => {
           const page = document.querySelector('[data-records]');
           if (page) page.dataset.records = '226';
         });",
    );
    browser.open(&gift);
    browser.until(&format!("{VERDICT} === 'none'"));
    assert!(browser.text("#verdict").contains("账上刚有新的变动"), "{}", browser.text("#verdict"));
}

#[test]
fn words_of_others_are_never_markup() {
    let code = code(4);
    let ledger = Ledger::with(&["golden.jsonl"]);
    let wish = "<script>window.hacked = 1</script><img src=x onerror=alert(1)>";
    let line = by_custodian(
        "donation_received",
        "0b7d36a2-51f1-4bc1-9d5e-0f4f4f6f9a02",
        "2017-12-01",
        json!({"lot": "G9", "donor": "d-script", "donor_kind": "person",
            "custodian": "kb-charity", "amount_fen": 7050, "bank_ref": "KBC2017-0900",
            "intent": {"text": wish, "fallback": "refund"}, "anonymity": "anonymous",
            "lookup_sha256": lookup_sha256(&code)}),
    );
    ledger.run_with_input(&["post", "-"], &line).succeeds();
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    assert_eq!(enter(&mut browser, &server, &code), "included");
    assert!(browser.text("aside").contains(wish));
    assert!(browser.text(".given").contains("70.50"));
    assert_eq!(browser.run("typeof window.hacked"), "undefined");
    browser.open(&format!("http://{}/gift/statement", server.address));
    assert!(browser.text("article").contains("人民币柒拾元伍角整"));
    assert_eq!(browser.run("typeof window.hacked"), "undefined");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn a_donor_answers_by_code_and_only_a_hash_is_recorded() {
    let code = code(5);
    let ledger = Ledger::with(&["golden.jsonl"]);
    give_code(&ledger, &code);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    enter(&mut browser, &server, &code);
    browser.press("#acknowledge");
    assert!(browser.text("#told").contains("您说收到了使用告知"));
    assert!(browser.text("#told").contains("凭码"));
    assert_eq!(browser.run("document.getElementById('acknowledge')"), Value::Null);
    let question = "钱给了谁的施工队？";
    browser.run("document.querySelector('.answers details').open = true");
    browser.fill("#text", question);
    browser.press("#dispute");
    assert!(browser.text("#told").contains("您对它有疑问"));
    assert!(browser.text("#told").contains("答复疑问"), "a reply is owed from now on");
    drop(server);
    let records = ledger.records();
    let last: Value = serde_json::from_str(records.last().unwrap()).unwrap();
    assert_eq!(last["event"]["type"], "feedback_disputed");
    assert_eq!(last["posted_by"], "gift-desk");
    assert!(!records.iter().any(|record| record.contains(question)));
    let hash = last["event"]["data"]["text_sha256"].as_str().unwrap();
    let sealed = ledger.path().join("evidence").join(&hash[..2]).join(hash);
    let sealed = fs::read_to_string(sealed).unwrap();
    assert_eq!(
        sealed.split_once('\n').map(|(seal, text)| (seal.len(), text)),
        Some((64, question))
    );
    ledger.run(&["verify"]).succeeds();
}

#[test]
fn a_replaced_code_ends_what_it_opened() {
    let (old, new) = (code(6), code(7));
    let ledger = Ledger::with(&["golden.jsonl"]);
    give_code(&ledger, &old);
    let token = super::serve::Keys::of(&ledger).get("kb-charity-desk");
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    enter(&mut browser, &server, &old);
    let data = json!({"lot": "G1", "lookup_sha256": lookup_sha256(&new)});
    let id = "0b7d36a2-51f1-4bc1-9d5e-0f4f4f6f9a03";
    let line = by_custodian("lookup_replaced", id, "2017-12-02", data);
    let body: Value = serde_json::from_str(&line).unwrap();
    server.post(&token, "/v1/events", &body["event"].to_string()).gives(201);
    browser.open(&format!("http://{}/gift", server.address));
    assert!(browser.text("h1").contains("查我的捐赠"));
    enter(&mut browser, &server, &new);
    assert!(browser.text("h1").contains("您的捐款去了哪里"));
    browser.press("form[action='/gift/close'] button");
    assert!(browser.text("h1").contains("查我的捐赠"));
}

#[test]
fn a_record_is_whole_or_not_at_all() {
    let code = code(8);
    let (scene, _served, _) = witnessed(&code);
    let server = Server::start(&scene.ledger);
    let record = format!("http://{}/records/226", server.address);
    let mut browser = Browser::start();
    browser.holds(&record, "record-public");
    let text = browser.text("main");
    assert!(text.contains("内容只对监督机关和有关单位公开") && !text.contains("KBC2017-0002"));
    server.get("/records/226/bytes").gives(404);
    assert!(server.get("/records/226/proof").gives(200).text().starts_with("c2sp.org/tlog-proof"));
    server.get("/records/99999").gives(404);

    enter(&mut browser, &server, &code);
    browser.holds(&record, "record");
    browser.until(&format!("{VERDICT} === 'included'"));
    let text = browser.text("main");
    assert!(text.contains("付给") && text.contains("20,000.00 元"), "{text}");
    assert!(text.contains("已安排到项目") && text.contains("committed/P1/130723"));
    // With the reader's own policy file it is green.
    let policy = fs::read_to_string(scene.ledger.beside("policy")).unwrap();
    browser.run(&format!(
        "localStorage.setItem('policy-file', {}); localStorage.setItem('policy-compared', 'yes')",
        json!(policy)
    ));
    browser.open(&record);
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    browser.resize(1280, 900);
    browser.stands("record-1280");
}

/// Gives the page files, as a person's choice of them would.
fn choose(browser: &mut Browser, files: &[(&str, &str)]) {
    browser.run(&format!(
        "{{const given = new DataTransfer();
           for (const [name, text] of {}) given.items.add(new File([text], name));
           const input = document.getElementById('file');
           delete document.documentElement.dataset.verdict;
           input.files = given.files; input.dispatchEvent(new Event('change'));}}",
        json!(files)
    ));
    browser.until(&format!("{VERDICT} !== undefined && {VERDICT} !== 'running'"));
}

#[test]
fn files_are_checked_without_being_sent() {
    let code = code(9);
    let (scene, _served, _) = witnessed(&code);
    let ledger = &scene.ledger;
    let beside = |name: &str| ledger.beside(name).to_str().unwrap().to_owned();
    ledger.run(&["proof", "200", "-o", &beside("r"), "--record-to", &beside("r.json")]).succeeds();
    ledger.run(&["export", "records", "-o", &beside("all.jsonl")]).succeeds();
    let read = |name: &str| fs::read_to_string(ledger.beside(name)).unwrap();
    let (receipt, record, policy) = (read("r"), read("r.json"), read("policy"));
    let (all, head) = (read("all.jsonl"), read("all.jsonl.checkpoint"));
    let server = Server::start(ledger);
    let mut browser = Browser::start();
    browser.holds(&format!("http://{}/check", server.address), "check");
    let verdict = |browser: &mut Browser| browser.run(VERDICT).as_str().unwrap().to_owned();
    choose(&mut browser, &[("200.tlog-proof", &receipt), ("200.json", &record)]);
    assert_eq!(verdict(&mut browser), "included");
    let altered = record.replacen("\"seq\":200", "\"seq\":201", 1);
    choose(&mut browser, &[("200.tlog-proof", &receipt), ("200.json", &altered)]);
    assert_eq!(verdict(&mut browser), "refuted");
    choose(&mut browser, &[("all.jsonl", &all), ("all.jsonl.checkpoint", &head)]);
    assert_eq!(verdict(&mut browser), "included");
    let lines: Vec<&str> = all.lines().collect();
    let gone = [&lines[..100], &lines[101..]].concat().join("\n") + "\n";
    choose(&mut browser, &[("all.jsonl", &gone), ("all.jsonl.checkpoint", &head)]);
    assert_eq!(verdict(&mut browser), "altered");
    assert!(browser.text("#verdict").contains("第 100 条被改过"), "{}", browser.text("#verdict"));
    let three = head.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    choose(&mut browser, &[("head", &three)]);
    assert_eq!(verdict(&mut browser), "stands");
    let mut wrong = three.clone();
    let at = wrong.len() - 10;
    let letter = if &wrong[at..=at] == "A" { "B" } else { "A" };
    wrong.replace_range(at..=at, letter);
    choose(&mut browser, &[("head", &wrong)]);
    assert_eq!(verdict(&mut browser), "broken");
    choose(&mut browser, &[("cat.txt", "miau")]);
    assert_eq!(verdict(&mut browser), "unknown");
    // With the policy that the reader brought and compared, a receipt is green.
    browser.run(&format!(
        "{{const given = new DataTransfer(); given.items.add(new File([{}], 'p'));
           const input = document.getElementById('policy');
           input.files = given.files; input.dispatchEvent(new Event('change'));}}",
        json!(policy)
    ));
    browser.until("!document.getElementById('compared').disabled");
    assert_eq!(browser.text("#log-key"), scene.log);
    choose(&mut browser, &[("200.tlog-proof", &receipt), ("200.json", &record)]);
    assert_eq!(verdict(&mut browser), "included");
    browser.run("document.getElementById('compared').click()");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    browser.resize(1280, 900);
    browser.stands("check-ok-1280");
    browser.run("document.getElementById('forget').click()");
    browser.until(&format!("{VERDICT} === 'included'"));
}

#[test]
fn the_module_judges_as_the_program_does() {
    let code = code(10);
    let (scene, _served, _) = witnessed(&code);
    let ledger = &scene.ledger;
    let beside = |name: &str| ledger.beside(name).to_str().unwrap().to_owned();
    ledger.run(&["proof", "200", "-o", &beside("r"), "--record-to", &beside("r.json")]).succeeds();
    let read = |name: &str| fs::read_to_string(ledger.beside(name)).unwrap();
    let (receipt, record, policy) = (read("r"), read("r.json"), read("policy"));
    let record = record.trim_end().to_owned();
    let none = policy.replace("quorum audit", "quorum none");
    let key = VerifierKey::parse(&scene.log).unwrap();
    let lines: Vec<&str> = receipt.lines().collect();
    let without = |from: usize| {
        let rest: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != from).map(|(_, line)| *line).collect();
        rest.join("\n") + "\n"
    };
    let mut cases = vec![
        ("sound".to_owned(), receipt.clone(), record.clone(), Some(policy.clone())),
        ("no policy".to_owned(), receipt.clone(), record.clone(), None),
        ("no quorum".to_owned(), receipt.clone(), record.clone(), Some(none)),
        ("not cosigned".to_owned(), without(lines.len() - 1), record.clone(), Some(policy.clone())),
        ("no path".to_owned(), without(3), record.clone(), Some(policy.clone())),
    ];
    // One character at a time, everywhere in the receipt.
    for at in (0..receipt.len()).step_by(7) {
        let Some(byte) = receipt.get(at..=at).filter(|one| *one != "\n") else { continue };
        let mut changed = receipt.clone();
        changed.replace_range(at..=at, if byte == "Q" { "R" } else { "Q" });
        cases.push((format!("receipt, byte {at}"), changed, record.clone(), Some(policy.clone())));
    }
    for at in (0..record.len()).step_by(41) {
        let Some(byte) = record.get(at..=at) else { continue };
        let mut changed = record.clone();
        changed.replace_range(at..=at, if byte == "1" { "2" } else { "1" });
        cases.push((format!("record, byte {at}"), receipt.clone(), changed, Some(policy.clone())));
    }
    let judged: Vec<Value> = cases
        .iter()
        .map(|(name, receipt, record, policy)| {
            let parsed = policy.as_ref().map(|text| Policy::parse(text).unwrap());
            let brought = Brought { key: &key, policy: parsed.as_ref() };
            let verdict = judge(receipt.as_bytes(), record.as_bytes(), brought).verdict.code();
            json!({"name": name, "receipt": receipt, "record": record, "policy": policy,
                "outside": policy.is_some(), "key": scene.log, "verdict": verdict})
        })
        .collect();
    let verdicts: BTreeSet<&str> =
        judged.iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts.len(), 3, "each verdict is among the cases");
    fs::write(ledger.beside("cases.json"), json!(judged).to_string()).unwrap();
    // Node takes a module by its ending.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(root.join("src/web/assets/proof.js"), ledger.beside("proof.mjs")).unwrap();
    let ran = Command::new("node")
        .arg(root.join("tests/pages/proof.mjs"))
        .args([&beside("proof.mjs"), &beside("cases.json")])
        .arg(golden("").to_str().unwrap().trim_end_matches('/'))
        .output()
        .expect("node is installed: see tools/test");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), judged.len().to_string());
}

#[test]
fn every_type_of_event_has_its_sentence_in_both_languages() {
    for kind in Type::ALL {
        let name = kind.spec().name;
        let (zh, en) = template(name).unwrap_or_else(|| panic!("{name} has no sentence"));
        let of = |text| holes(text).collect::<BTreeSet<_>>();
        // The languages order words differently, and say the same.
        let own = |(how, field): &(&str, &str)| {
            !(how.is_empty() && matches!(*field, "by" | "here" | "sum" | "lots"))
        };
        let fields = |text| of(text).into_iter().filter(own).collect::<BTreeSet<_>>();
        assert_eq!(fields(zh), fields(en), "{name}");
        let schema = kind.schema();
        for (_, field) in fields(zh) {
            let first = field.split('/').next().unwrap();
            let known = schema.to_string().contains(&format!("\"{first}\":"));
            assert!(known, "{name} has no field {first}");
        }
        assert!(zh.ends_with('。') || zh.ends_with('}'), "{name}: a whole sentence");
        assert!(en.ends_with('.') || en.ends_with('}'), "{name}: a whole sentence");
    }
    assert_eq!(fundtrail::web::record::sentence::SENTENCES.len(), Type::ALL.len());
}

#[test]
fn a_reversed_entry_and_its_reversal_are_linked() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let reader = SegmentsReader::open(&ledger.path()).unwrap().reader();
    let mut links = Links::default();
    fold(&*reader, 0..reader.head().size, &mut links).unwrap();
    let records: Vec<Value> =
        ledger.records().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut seen = BTreeSet::new();
    for record in &records {
        let (event, seq) = (&record["event"], record["seq"].as_u64().unwrap());
        let kind = event["type"].as_str().unwrap();
        for field in ["reverses", "feedback"] {
            let Some(target) = event["data"][field].as_str() else { continue };
            let target = EventId::parse(target).unwrap();
            assert!(links.pointing_at(target).contains(&(seq, kind)), "record {seq}");
            seen.insert(kind);
        }
        if kind == "feedback_sent" {
            for lot in event["data"]["lots"].as_array().into_iter().flatten() {
                assert!(links.naming(lot.as_str().unwrap()).contains(&seq), "record {seq}");
            }
        }
    }
    assert!(seen.contains("entry_reversed") && seen.len() >= 3, "{seen:?}");
}
