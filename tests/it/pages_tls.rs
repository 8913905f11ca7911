//! The pages as people reach them: over TLS and HTTP/2. A gift's proof stands, what is printed names
//! https and the host, and cookies are bound to it. And forms of browsers that say little.

use super::browser::Browser;
use super::pages_gift::{code, give_code, witnessed};
use super::serving::{Answer, Server};
use super::support::Ledger;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

const VERDICT: &str = "document.documentElement.dataset.verdict";

/// A certificate of this machine and its key, made here and trusted by nobody.
fn certificate(ledger: &Ledger) -> (PathBuf, PathBuf) {
    let (cert, key) = (ledger.beside("cert.pem"), ledger.beside("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
        .arg("-out")
        .arg(&cert)
        .arg("-keyout")
        .arg(&key)
        .output()
        .expect("openssl is installed: see tools/test");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (cert, key)
}

/// A cookie that the browser keeps for an address.
fn cookie(browser: &mut Browser, address: &str, name: &str) -> Value {
    let kept = browser.call("Network.getCookies", json!({"urls": [address]}));
    let cookies = kept["cookies"].as_array().unwrap();
    let found = cookies.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {kept}")).clone()
}

#[test]
fn over_tls_a_gifts_proof_stands_and_cookies_are_bound_to_the_host() {
    let code = code(21);
    let (scene, _served, policy) = witnessed(&code);
    let (cert, key) = certificate(&scene.ledger);
    let made = scene.ledger.run(&["--format", "json", "principal", "token", "hb-audit-desk"]);
    let token = made.succeeds().json()["token"].as_str().unwrap().to_owned();
    let args = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let server = Server::start_with(&scene.ledger.path(), &args);
    let home = format!("https://{}", server.address);
    let mut browser = Browser::start_with(&["--ignore-certificate-errors"]);
    browser.open(&format!("{home}/check"));
    browser.until("fetch('/readyz').then((one) => one.status === 200)");
    browser.complaints.clear();

    browser.come_by(&format!("{home}/gift#{code}.{policy}"), &format!("{VERDICT} === 'witnessed'"));
    let protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol";
    assert_eq!(browser.run(protocol), "h2");
    assert!(browser.text("#verdict").contains("已见证：这笔账没有被改过"));
    for name in ["__Host-gift", "__Host-session"] {
        if name == "__Host-session" {
            browser.open(&format!("{home}/sign-in?to=/records/226"));
            browser.fill("#token", &token);
            browser.press("form[action='/sign-in'] button");
        }
        let kept = cookie(&mut browser, &home, name);
        assert_eq!((&kept["secure"], &kept["httpOnly"]), (&json!(true), &json!(true)), "{name}");
        assert_eq!((&kept["sameSite"], &kept["path"]), (&json!("Strict"), &json!("/")), "{name}");
        assert_eq!(kept["domain"], "127.0.0.1", "{name}: of this host alone");
    }
    // Signed in over HTTP/2: the record, its verdict by the receipt's keys, and the commands.
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    assert!(browser.text("#verdict").contains("公钥取自您收据上印的见证规则文件"));
    let commands = browser.text("main");
    assert!(commands.contains(&format!("'{home}/v1/records/226?form=raw'")), "{commands}");
    browser.open(&format!("{home}/gift/statement"));
    browser.until(&format!("{VERDICT} === 'witnessed'"));
    let printed = browser.run("document.querySelector('.qrbox').getAttribute('aria-label')");
    assert_eq!(printed.as_str().unwrap(), format!("二维码，通向 {home}/gift"));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

/// The cookie that an answer sets, as `NAME=VALUE`.
pub fn set(answer: &Answer, name: &str) -> String {
    let all = answer.header.iter().filter(|(field, _)| field == "set-cookie");
    let mut cookies = all.map(|(_, value)| value.split(';').next().unwrap().to_owned());
    let found = cookies.find(|one| one.starts_with(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("{name}: {:?}", answer.header))
}

/// The form token on a page.
pub fn token_on(page: &str) -> String {
    let (_, behind) = page.split_once("name=\"form_token\" value=\"").unwrap();
    behind.split('"').next().unwrap().to_owned()
}

#[test]
fn a_browser_that_names_no_site_is_believed_for_its_token_alone() {
    let code = code(22);
    let ledger = Ledger::with(&["golden.jsonl"]);
    give_code(&ledger, &code);
    let made = ledger.run(&["--format", "json", "principal", "token", "kb-finance-desk"]);
    let token = made.succeeds().json()["token"].as_str().unwrap().to_owned();
    let server = Server::start(&ledger);
    // No referrer leaves this site, from any page; hence such a browser writes `Origin: null`.
    for page in ["/", "/gift", "/sign-in", "/records/1"] {
        let answer = server.get(page).gives(200);
        assert_eq!(answer.field("referrer-policy"), Some("no-referrer"), "{page}");
    }
    let post = |path: &str, from: &[(&str, &str)], cookie: &str, form: &str| {
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        let fields = [&[kind, ("Cookie", cookie)], from].concat();
        server.ask("POST", path, &fields, form.as_bytes())
    };
    let null = [("Origin", "null")];
    let (entry, other) = (server.get("/gift").gives(200), server.get("/gift").gives(200));
    let cookie = set(&entry, "__Host-form");
    let form = format!("form_token={}&code={code}", token_on(&entry.text()));
    let theirs = format!("form_token={}&code={code}", token_on(&other.text()));
    assert_ne!(form, theirs, "every browser has its own");
    post("/gift", &null, "", &form).gives(403);
    post("/gift", &[], "", &form).gives(403);
    post("/gift", &null, &cookie, &theirs).gives(403);
    post("/gift", &null, &cookie, &format!("code={code}")).gives(403);
    let evil = [("Origin", "https://evil.example")];
    post("/gift", &evil, &cookie, &form).gives(403);
    let cross = [("Origin", "null"), ("Sec-Fetch-Site", "cross-site")];
    post("/gift", &cross, &cookie, &form).gives(403);
    let opened = post("/gift", &null, &cookie, &form).gives(303);
    let gift = set(&opened, "__Host-gift");
    let page = server.ask("GET", "/gift", &[("Cookie", &gift)], b"").gives(200).text();
    assert!(page.contains("您的捐款去了哪里"));
    post("/gift/close", &null, &gift, "").gives(403);
    post("/gift/close", &null, &gift, &format!("form_token={}", token_on(&page))).gives(303);

    // The desk: sign-in, and a form of several parts.
    let entry = server.ask("GET", "/sign-in", &[("Cookie", &cookie)], b"").gives(200);
    assert!(!entry.header.iter().any(|(name, _)| name == "set-cookie"), "one cookie is enough");
    let form = format!("form_token={}&token={token}", token_on(&entry.text()));
    let session = set(&post("/sign-in", &null, &cookie, &form).gives(303), "__Host-session");
    let page = server.ask("GET", "/desk/import", &[("Cookie", &session)], b"").gives(200).text();
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let send = |token: &str| {
        let body = part("form_token", token) + &part("kind", "disbursements") + "--x--\r\n";
        let kind = ("Content-Type", "multipart/form-data; boundary=x");
        let fields = [kind, ("Cookie", &session), ("Origin", "null")];
        server.ask("POST", "/desk/import", &fields, body.as_bytes())
    };
    send(&"0".repeat(64)).gives(403);
    let answer = send(&token_on(&page)).gives(422).text();
    assert!(answer.contains("请选一张表"), "{answer}");
}
