//! The pages as people reach them: over TLS and HTTP/2. A gift's proof stands, what is printed names
//! https and the host, and cookies are bound to it. And forms of browsers that say little.

use super::browser::Browser;
use super::pages_gift::{code, witnessed};
use super::serving::Server;
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
