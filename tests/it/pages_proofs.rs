//! What a browser proves by itself: a saved head, the head that home prints, a record whose bytes
//! are withheld, an audit pack whole and spoilt.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;
use super::witness::Scene;
use fundtrail::chain::note::key::{Algorithm, SignerKey};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};

const HEAD: &str = "document.documentElement.dataset.head";
const FINDING: &str = "document.getElementById('answer').dataset.finding";
const VERDICT: &str = "document.documentElement.dataset.verdict";

/// Has the browser keep a policy file, as /check does, compared or not.
fn keep_policy(browser: &mut Browser, policy: &str, compared: bool) {
    let compared = if compared { "yes" } else { "no" };
    browser.run(&format!(
        "localStorage.setItem('policy-file', {}); localStorage.setItem('policy-compared', '{compared}')",
        json!(policy)
    ));
}

/// Pastes a head on the page that is open and waits for what this browser finds.
fn paste(browser: &mut Browser, saved: &str) -> String {
    browser.run("delete document.getElementById('answer').dataset.finding");
    browser.fill("#saved", saved);
    browser.run("document.querySelector(\"form[action='/head'] button\").click()");
    let found =
        browser.until(&format!("{FINDING} !== undefined && {FINDING} !== 'running' && {FINDING}"));
    found.as_str().unwrap().to_owned()
}

/// Another root, and still one.
fn other_root(lines: &str) -> String {
    let root = lines.lines().nth(2).unwrap();
    let first = if root.starts_with('A') { 'B' } else { 'A' };
    lines.replace(root, &format!("{first}{}", &root[1..]))
}

#[test]
fn a_saved_head_is_judged_by_the_browser_itself() {
    let scene = Scene::new();
    let served = scene.serve();
    scene.use_policy(&served);
    scene.ledger.run(&["witness", "ask"]).succeeds();
    let old = fs::read_to_string(scene.ledger.path().join("checkpoint")).unwrap();
    let yearend = super::support::golden("golden_yearend.jsonl");
    scene.ledger.run(&["post", yearend.to_str().unwrap()]).succeeds();
    let server = Server::start(&scene.ledger);
    let home = format!("http://{}/", server.address);
    let three = old.lines().take(3).collect::<Vec<_>>().join("\n");
    let mut browser = Browser::start();
    browser.open(&home);
    browser.until(&format!("{HEAD} !== undefined"));
    assert_eq!(paste(&mut browser, &three), "stands");
    assert_eq!(browser.run("location.pathname"), "/", "nothing was asked of the server's page");
    let said = browser.text("#answer");
    assert!(said.contains("接得上：您存的第 233 条时的账，一条都没有改"), "{said}");
    assert!(said.contains("账本现在有 265 条") && said.contains("用本站给的钥匙核的"), "{said}");
    assert_eq!(paste(&mut browser, &old), "stands", "a signed head is one too");
    for of in ["/checkpoint", "/checkpoints/184"] {
        let head = server.get(of).gives(200).text();
        assert_eq!(paste(&mut browser, head.lines().nth(2).unwrap()), "stands", "the root alone");
    }
    let unknown = other_root(&three);
    assert_eq!(paste(&mut browser, unknown.lines().nth(2).unwrap()), "unknown");
    assert_eq!(paste(&mut browser, &three.replace("\n234\n", "\n9,234\n")), "longer");
    assert_eq!(paste(&mut browser, &three.replace("ledger.test", "other.test")), "other");
    assert_eq!(paste(&mut browser, "miau"), "malformed");
    assert_eq!(paste(&mut browser, &unknown), "fails");
    assert_eq!(browser.run("document.querySelector('#answer [role=alert]') !== null"), true);
    assert!(browser.text("#answer").contains("两份签名就是证据"));
    browser.complaints.clear();
    browser.resize(1280, 900);
    browser.stands("head-fails-1280");

    // A ledger whose server lies about the proof is refuted, and one that gives none proves nothing.
    for (answer, finding) in [
        ("new Response((await answer.text()).split('\\n').slice(1).join('\\n'))", "fails"),
        ("new Response('', { status: 503 })", "none"),
    ] {
        let mut browser = Browser::start();
        browser.before_pages(&format!(
            "const real = window.fetch;
             window.fetch = async (...given) => {{
               const answer = await real(...given);
               return String(given[0]).startsWith('/v1/consistency') ? {answer} : answer;
             }};"
        ));
        browser.open(&home);
        browser.until(&format!("{HEAD} !== undefined"));
        assert_eq!(paste(&mut browser, &three), finding, "{answer}");
    }

    // Without scripts the server computes it, and says so; with them the page computes it anew.
    let query = "/head?saved=ledger.test%2F2017%0D%0A";
    let root = three.lines().nth(2).unwrap().replace('+', "%2B").replace('/', "%2F");
    let asked = format!("{query}234%0D%0A{}", root.replace('=', "%3D"));
    let page = server.get(&asked).gives(200).text();
    assert!(page.contains("接得上") && page.contains("没有脚本，这是本站算的"), "{page}");
    let policy = fs::read_to_string(scene.ledger.beside("policy")).unwrap();
    keep_policy(&mut browser, &policy, true);
    let address = format!("http://{}{asked}", server.address);
    browser.open(&address);
    browser.until(&format!("{FINDING} === 'stands'"));
    assert!(!browser.text("main").contains("这是本站算的"));
    assert!(browser.text("#answer").contains("用您带来的见证规则文件核过"));
    browser.holds(&address, "head-stands");
    browser.press("a[hreflang=en]");
    browser.until(&format!("{FINDING} === 'stands'"));
    assert!(browser.text("#answer").contains("It stands: nothing up to record 233 was changed"));
    browser.stands("head-stands-en-390");
}

#[test]
fn the_head_of_home_is_judged_by_keys_that_the_reader_brought() {
    let scene = Scene::new();
    let served = scene.serve();
    scene.use_policy(&served);
    let absent = SignerKey::new("w.test/absent", Algorithm::CosignatureV1, &[9; 32]).unwrap();
    let policy = fs::read_to_string(scene.ledger.beside("policy")).unwrap();
    let both = policy
        .replace("quorum audit", &format!("witness absent {}\nquorum audit", absent.verifier()));
    fs::write(scene.ledger.beside("policy"), &both).unwrap();
    scene
        .ledger
        .run(&["witness", "use", scene.ledger.beside("policy").to_str().unwrap()])
        .succeeds();
    let server = Server::start(&scene.ledger);
    let home = format!("http://{}/", server.address);
    // The server asks its witnesses by itself. Nothing is added while it does, and a page that was
    // kept of before is not given again.
    while server.get("/checkpoint/witnessed").status != 200 {
        server.get("/").gives(200);
    }
    let mut browser = Browser::start();
    browser.open(&home);
    browser.until(&format!("{HEAD} === 'included'"));
    let block = browser.text("#ledger");
    assert!(block.contains("已入账") && block.contains("公钥是本站给的"), "{block}");
    let line = block.lines().find(|line| line.contains("audit.test/witness，")).unwrap();
    assert!(line.contains("签到 234 条") && line.contains("前"), "{block}");
    assert!(block.contains("w.test/absent，还没有见过它的签名"), "{block}");
    assert!(block.contains("尚未签"), "{block}");
    keep_policy(&mut browser, &both, false);
    browser.open(&home);
    browser.until(&format!("{HEAD} === 'included'"));
    keep_policy(&mut browser, &both, true);
    browser.holds(&home, "home-head");
    browser.until(&format!("{HEAD} === 'witnessed'"));
    browser.stands("home-head-390");
    let verdict = browser.text("#head-verdict");
    assert!(verdict.contains("已见证") && verdict.contains("audit.test/witness"), "{verdict}");
    assert!(verdict.contains("您的见证规则文件") && !verdict.contains("还没有签"), "{verdict}");
    // The keys of the receipt that was scanned count as well.
    browser.run(&format!(
        "localStorage.clear(); sessionStorage.setItem('policy', '{}')",
        fundtrail::base::Digest::of(&[both.as_bytes()])
    ));
    browser.press("a[hreflang=en]");
    browser.until(&format!("{HEAD} === 'witnessed'"));
    assert!(browser.text("#head-verdict").contains("the keys came from your receipt"));
    let block = browser.text("#ledger");
    assert!(block.contains("signed 234 records at ") && block.contains(" ago"), "{block}");
    browser.resize(1280, 900);
    browser.stands("home-head-en-1280");

    // A page that prints another head than the ledger signed is refuted.
    let mut deceived = Browser::start();
    deceived.before_pages(
        "document.addEventListener('DOMContentLoaded', () => {
           const lines = document.getElementById('lines');
           if (lines) lines.textContent = lines.textContent.replace(/\\n(.)(.{43}\\n)$/, (_, a, b) =>
             `\\n${a === 'A' ? 'B' : 'A'}${b}`);
         });",
    );
    deceived.open(&home);
    deceived.until(&format!("{HEAD} === 'refuted'"));
    assert_eq!(
        deceived.run("document.getElementById('head-verdict').getAttribute('role')"),
        "alert"
    );
}

#[test]
fn a_record_whose_bytes_are_withheld_is_judged_by_its_hash() {
    let scene = Scene::new();
    let served = scene.serve();
    scene.use_policy(&served);
    scene.ledger.run(&["witness", "ask"]).succeeds();
    let server = Server::start(&scene.ledger);
    let record = format!("http://{}/records/226", server.address);
    let mut browser = Browser::start();
    browser.open(&record);
    browser.until(&format!("{VERDICT} === 'included'"));
    let said = browser.text("#verdict");
    assert!(said.contains("账本的这一条就是它") && said.contains("没查：原文没有给您"), "{said}");
    assert!(said.contains("钥匙是本站给的") && said.contains("audit.test/witness"), "{said}");
    assert!(said.contains("有没有漏记：还没有人核过"), "{said}");
    assert_eq!(browser.text("#verdict-chip").trim(), "已入账");
    let policy = fs::read_to_string(scene.ledger.beside("policy")).unwrap();
    keep_policy(&mut browser, &policy, true);
    browser.open(&record);
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    assert_eq!(browser.text("#verdict-chip").trim(), "已见证");
    browser.holds(&record, "record-withheld");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    browser.stands("record-withheld-390");
    browser.press("a[hreflang=en]");
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    assert!(browser.text("#verdict").contains("Not checked: you were not given the bytes"));

    // A page that prints another hash than the ledger holds is refuted.
    let mut deceived = Browser::start();
    deceived.before_pages(
        "document.addEventListener('DOMContentLoaded', () => {
           const leaf = document.getElementById('leaf');
           if (leaf) leaf.textContent = 'ab'.repeat(32);
         });",
    );
    deceived.open(&record);
    deceived.until(&format!("{VERDICT} === 'refuted'"));
    assert_eq!(deceived.text("#verdict-chip").trim(), "不符");
    deceived.resize(1280, 900);
    deceived.stands("record-refuted-1280");
}

/// Gives the page one file of bytes and waits for the verdict.
fn choose(browser: &mut Browser, name: &str, bytes: &[u8]) -> String {
    let base64 = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, bytes);
    browser.run(&format!(
        "{{const bytes = Uint8Array.from(atob({}), (one) => one.charCodeAt(0));
           const given = new DataTransfer(); given.items.add(new File([bytes], {}));
           const input = document.getElementById('file');
           delete document.documentElement.dataset.verdict;
           input.files = given.files; input.dispatchEvent(new Event('change'));}}",
        json!(base64),
        json!(name)
    ));
    browser.until(&format!("{VERDICT} !== undefined && {VERDICT} !== 'running'"));
    browser.run(VERDICT).as_str().unwrap().to_owned()
}

/// The files of a pack in their order.
fn unpacked(pack: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(pack));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().display().to_string(), bytes)
    });
    entries.collect()
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, path, &**bytes).unwrap();
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    gzip.write_all(&archive.into_inner().unwrap()).unwrap();
    gzip.finish().unwrap()
}

/// The pack with its records changed, line by line.
fn changed(files: &[(String, Vec<u8>)], change: impl Fn(&mut Vec<String>)) -> Vec<u8> {
    let mut files = files.to_vec();
    let records = files.iter_mut().find(|(path, _)| path == "audit-pack/records.jsonl").unwrap();
    let text = String::from_utf8(records.1.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    records.1 = (lines.join("\n") + "\n").into_bytes();
    packed(&files)
}

/// Turns one digit of a record's salt.
fn flip(line: &mut String) {
    let at = line.find("\"salt\":\"").unwrap() + 8;
    let digit = if &line[at..=at] == "0" { "1" } else { "0" };
    line.replace_range(at..=at, digit);
}

#[test]
fn an_audit_pack_is_checked_by_the_browser_and_names_what_is_wrong() {
    let scene = Scene::new();
    let served = scene.serve();
    scene.use_policy(&served);
    let ledger = &scene.ledger;
    let yearend = super::support::golden("golden_yearend.jsonl");
    ledger.run(&["post", yearend.to_str().unwrap()]).succeeds();
    ledger.run(&["witness", "ask"]).succeeds();
    let file = ledger.beside("pack.tar.gz");
    ledger.run(&["export", "audit-pack", "-o", file.to_str().unwrap()]).succeeds();
    let pack = fs::read(&file).unwrap();
    let files = unpacked(&pack);
    let server = Server::start(ledger);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/check", server.address));
    assert_eq!(choose(&mut browser, "pack.tar.gz", &pack), "included");
    let said = browser.text("#result");
    for part in [
        &format!("压缩包完整，{} 个文件", files.len()),
        "265 条记录重新算了校验值",
        "每一条都接着上一条",
        "都接得上校验码（共 265 条）",
        "个旧校验码也都对",
        "没有哪一处的钱成了负数",
        "校验码有账本的签名",
        "公钥是本站或这个文件自己给的",
        "用 verify 命令",
        "包里的核验程序和格式说明",
        "pack.tar.gz，",
        "用时",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The same bytes packed by another program are as right.
    assert_eq!(choose(&mut browser, "again.tar.gz", &packed(&files)), "included");

    let title = |browser: &mut Browser| browser.text("#verdict h2");
    let salt = changed(&files, |lines| flip(&mut lines[100]));
    assert_eq!(choose(&mut browser, "salt.tar.gz", &salt), "altered");
    assert_eq!(title(&mut browser), "不符：第 100 条被改过。它前面的 100 条都对");
    assert!(browser.text("#checked").contains("前面的 100 条：校验值、前后连接都对"));
    browser.resize(1280, 900);
    browser.stands("check-altered-1280");
    let form = changed(&files, |lines| lines[77].insert(1, ' '));
    assert_eq!(choose(&mut browser, "form.tar.gz", &form), "altered");
    assert_eq!(title(&mut browser), "不符：第 77 条被改过。它前面的 77 条都对");
    let link = changed(&files, |lines| {
        let at = lines[150].find("\"prev\":\"").unwrap() + 8;
        let digit = if &lines[150][at..=at] == "0" { "1" } else { "0" };
        lines[150].replace_range(at..=at, digit);
    });
    assert_eq!(choose(&mut browser, "link.tar.gz", &link), "altered");
    assert_eq!(title(&mut browser), "不符：第 150 条被改过。它前面的 150 条都对");
    let gone = changed(&files, |lines| drop(lines.remove(40)));
    assert_eq!(choose(&mut browser, "gone.tar.gz", &gone), "altered");
    assert!(title(&mut browser).contains("第 40 条被改过"), "{}", title(&mut browser));
    // Nothing links to the last record; the head alone tells, and says no more than it can.
    let last = changed(&files, |lines| flip(lines.last_mut().unwrap()));
    assert_eq!(choose(&mut browser, "last.tar.gz", &last), "from");
    let short = changed(&files, |lines| drop(lines.pop()));
    assert_eq!(choose(&mut browser, "short.tar.gz", &short), "from");

    // One byte of the file itself: a wrong record, or an archive that breaks off; never right.
    let mut seen = Vec::new();
    for at in (30..pack.len()).step_by(pack.len() / 12) {
        let mut spoilt = pack.clone();
        spoilt[at] ^= 4;
        let verdict = choose(&mut browser, "spoilt.tar.gz", &spoilt);
        assert!(["altered", "from", "damaged", "refuted"].contains(&&*verdict), "{at}: {verdict}");
        seen.push(verdict);
    }
    let cut = choose(&mut browser, "cut.tar.gz", &pack[..pack.len() / 2]);
    assert_eq!(cut, "damaged", "{seen:?}");
    assert!(title(&mut browser).starts_with("压缩包坏了"), "{}", title(&mut browser));
    assert_eq!(
        choose(&mut browser, "other.gz", &packed(&[("cat".to_owned(), vec![1])])),
        "refuted"
    );
    assert_eq!(browser.complaints, Vec::<String>::new());

    // A head that another key signed, and a key that record 0 does not state.
    let mut forged = files.clone();
    let stranger = Ledger::with(&["golden.jsonl"]);
    let theirs = fs::read(stranger.path().join("checkpoint")).unwrap();
    forged.iter_mut().find(|(path, _)| path.ends_with("records.jsonl.checkpoint")).unwrap().1 =
        theirs;
    assert_eq!(choose(&mut browser, "forged.tar.gz", &packed(&forged)), "refuted");
    let mut renamed = files.clone();
    let theirs = SignerKey::new("ledger.test/2017", Algorithm::Ed25519, &[7; 32]).unwrap();
    renamed.iter_mut().find(|(path, _)| path.ends_with("log.vkey")).unwrap().1 =
        format!("{}\n", theirs.verifier()).into_bytes();
    assert_eq!(choose(&mut browser, "renamed.tar.gz", &packed(&renamed)), "refuted");

    // The reader's own policy makes it green: the head is in the pack as the witnesses signed it.
    let policy = fs::read_to_string(ledger.beside("policy")).unwrap();
    keep_policy(&mut browser, &policy, true);
    browser.open(&format!("http://{}/check", server.address));
    assert_eq!(choose(&mut browser, "pack.tar.gz", &pack), "witnessed");
    assert!(browser.text("#verdict").contains("公钥来自您带来的见证规则文件"));
    browser.resize(1280, 900);
    browser.stands("check-pack-1280");
    browser.resize(390, 844);
    browser.stands("check-pack-390");
}

#[test]
fn a_large_file_shows_how_far_it_is() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/check", server.address));
    // A clock that runs fast: a second passes with each look at it.
    browser.run("{let now = 0; performance.now = () => (now += 1000);}");
    browser.run(
        "window.shown = []; new MutationObserver(() => window.shown.push(
           document.getElementById('progress').hidden)).observe(
           document.getElementById('progress'), { attributes: true })",
    );
    let records = ledger.records().join("\n") + "\n";
    choose(&mut browser, "all.jsonl", records.as_bytes());
    assert_eq!(browser.run("window.shown.includes(false)"), Value::Bool(true));
    assert_eq!(browser.run("document.getElementById('progress').hidden"), Value::Bool(true));
}
