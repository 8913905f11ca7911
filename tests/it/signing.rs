//! Signed events: what counts, what is refused with which code, and that `verify` sees it again.

use crate::support::{Ledger, golden_lines};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A ledger whose organizations stand and that has no principal but the operator's yet.
fn ledger() -> Ledger {
    let ledger = Ledger::new();
    let organizations: Vec<String> = golden_lines("golden.jsonl")
        .into_iter()
        .filter(|line| {
            line.contains("\"organization_registered\"") && line.contains("\"operator\"")
        })
        .collect();
    ledger.run_with_input(&["post", "-"], &organizations.join("\n")).succeeds();
    ledger
}

fn keygen(ledger: &Ledger, name: &str) -> (PathBuf, String) {
    let path = ledger.beside(&format!("{name}.key"));
    let ran = ledger.run(&["keygen", "--name", name, "-o", text(&path)]).succeeds();
    (path, ran.out.trim().to_owned())
}

fn body(kind: &str, jurisdiction: &str, org: &str, data: Value) -> Value {
    json!({
        "id": uuid::Uuid::new_v4().to_string(), "type": kind, "jurisdiction": jurisdiction,
        "business_date": "2017-02-01", "by": { "org": org, "maker": "m-1", "checker": "m-2" },
        "docs": [], "data": data,
    })
}

fn payee(name: &str) -> Value {
    let data = json!({ "org": name, "name": "示例", "kind": "payee", "jurisdiction": "130723" });
    body("organization_registered", "130723", "kb-finance", data)
}

fn grant(principal: &str, scope: &str, org: &str, key: Option<&str>, signing: &str) -> Value {
    let mut data = json!({
        "principal": principal, "role": "bureau", "scope": scope, "org": org, "signing": signing,
    });
    if let Some(key) = key {
        data["public_key"] = json!(key);
    }
    body("principal_registered", "130000", "platform", data)
}

/// Signs a line by each key in turn, as several people would.
fn signed(ledger: &Ledger, line: &Value, keys: &[&Path]) -> String {
    keys.iter().fold(line.to_string(), |line, key| {
        ledger.run_with_input(&["sign", "--key", text(key), "-"], &line).succeeds().out
    })
}

/// Posts a line: `recorded`, or the code of the refusal.
fn post(ledger: &Ledger, posted_by: &str, line: &str) -> String {
    let ran = ledger.run_with_input(&["post", "--as", posted_by, "-"], line);
    let outcome = ran.lines().remove(0);
    let word = outcome["code"].as_str().or(outcome["status"].as_str());
    word.unwrap_or_else(|| panic!("{} {}", ran.out, ran.err)).to_owned()
}

struct Signing {
    ledger: Ledger,
    desk: PathBuf,
    province: PathBuf,
}

/// kb-finance-desk and hb-finance-desk must sign.
fn signing() -> Signing {
    let ledger = ledger();
    let (desk, desk_key) = keygen(&ledger, "kb-finance-desk");
    let (province, province_key) = keygen(&ledger, "hb-finance-desk");
    let first = grant("kb-finance-desk", "130723", "kb-finance", Some(&desk_key), "required");
    assert_eq!(post(&ledger, "operator", &first.to_string()), "signature_required");
    assert_eq!(post(&ledger, "operator", &signed(&ledger, &first, &[&desk])), "recorded");
    let second = grant("hb-finance-desk", "130000", "hb-finance", Some(&province_key), "required");
    assert_eq!(post(&ledger, "operator", &signed(&ledger, &second, &[&province])), "recorded");
    Signing { ledger, desk, province }
}

#[test]
fn a_secret_key_is_for_its_owner_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let ledger = Ledger::new();
    let (path, public) = keygen(&ledger, "kb");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(public.len() == 64 && public.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(!std::fs::read_to_string(&path).unwrap().contains(&public));
    ledger.run(&["keygen", "--name", "kb", "-o", text(&path)]).exits(2);
    ledger.run(&["keygen", "--name", "k b"]).exits(2);
}

#[test]
fn a_signed_event_is_recorded_with_the_head_that_was_seen_and_verified_again() {
    let Signing { ledger, desk, .. } = signing();
    assert_eq!(post(&ledger, "kb-finance-desk", &payee("p-one").to_string()), "signature_required");
    let line = signed(&ledger, &payee("p-one"), &[&desk]);
    let parsed: Value = serde_json::from_str(&line).unwrap();
    let size = ledger.records().len();
    assert_eq!(parsed["event"]["seen"]["size"], size);
    assert_eq!(post(&ledger, "kb-finance-desk", &line), "recorded");
    let report = ledger.run(&["verify", "--format", "json"]).succeeds().json();
    assert_eq!(report["signed"], 3);
    // A body that was changed after it was signed.
    let line = signed(&ledger, &payee("p-two"), &[&desk]).replace("p-two", "p-three");
    assert_ne!(post(&ledger, "kb-finance-desk", &line), "recorded");
}

#[test]
fn signatures_that_do_not_count_are_refused() {
    let Signing { ledger, desk, province } = signing();
    let (stranger, _) = keygen(&ledger, "stranger");
    // For another ledger: the key is right, the ledger is not.
    let line = ledger.run_with_input(
        &["sign", "--key", text(&desk), "--for", &"ab".repeat(32), "-"],
        &payee("p-one").to_string(),
    );
    assert_eq!(post(&ledger, "kb-finance-desk", &line.succeeds().out), "signature_required");
    for (keys, expected) in [
        (vec![&province], "signature_required"),
        (vec![&stranger], "signature_required"),
        (vec![&desk, &province], "signature_invalid"),
        (vec![&desk, &stranger], "signature_invalid"),
    ] {
        let keys: Vec<&Path> = keys.into_iter().map(PathBuf::as_path).collect();
        let line = signed(&ledger, &payee("p-one"), &keys);
        assert_eq!(post(&ledger, "kb-finance-desk", &line), expected, "{keys:?}");
    }
    let mut late = payee("p-one");
    late["not_after"] = json!("2017-02-01T00:00:00Z");
    let late = signed(&ledger, &late, &[&desk]);
    assert_eq!(post(&ledger, "kb-finance-desk", &late), "expired");
    // A key that is wrong beside the right one refuses as well.
    let mut line: Value =
        serde_json::from_str(&signed(&ledger, &payee("p-one"), &[&desk])).unwrap();
    let mut forged = line["signatures"][0].clone();
    forged["key"] = json!("11".repeat(32));
    line["signatures"].as_array_mut().unwrap().push(forged);
    assert_eq!(post(&ledger, "kb-finance-desk", &line.to_string()), "signature_invalid");
    assert_eq!(
        post(&ledger, "kb-finance-desk", &signed(&ledger, &payee("p-one"), &[&desk])),
        "recorded"
    );
}

#[test]
fn the_operator_slips_no_second_principal_into_an_organization_that_signs() {
    let Signing { ledger, desk, province } = signing();
    let unsigned = grant("kb-second", "130723", "kb-finance", None, "optional");
    assert_eq!(post(&ledger, "operator", &unsigned.to_string()), "signature_required");
    let vouched = signed(&ledger, &unsigned, &[&desk]);
    assert_eq!(post(&ledger, "operator", &vouched), "signature_required");
    let (second, second_key) = keygen(&ledger, "kb-second");
    let required = grant("kb-second", "130723", "kb-finance", Some(&second_key), "required");
    for keys in [vec![&second], vec![&second, &province]] {
        let keys: Vec<&Path> = keys.into_iter().map(PathBuf::as_path).collect();
        assert_eq!(
            post(&ledger, "operator", &signed(&ledger, &required, &keys)),
            "signature_required"
        );
    }
    let both = signed(&ledger, &required, &[&second, &desk]);
    assert_eq!(post(&ledger, "operator", &both), "recorded");
}

#[test]
fn a_key_counts_by_its_place_in_the_ledger() {
    let Signing { ledger, desk, .. } = signing();
    let early = signed(&ledger, &payee("p-early"), &[&desk]);
    assert_eq!(post(&ledger, "kb-finance-desk", &early), "recorded");
    let (new, new_key) = keygen(&ledger, "new");
    let data = json!({ "principal": "kb-finance-desk", "public_key": new_key });
    let change = body("principal_key_changed", "130000", "platform", data);
    assert_eq!(post(&ledger, "operator", &signed(&ledger, &change, &[&new])), "signature_required");
    assert_eq!(post(&ledger, "operator", &signed(&ledger, &change, &[&new, &desk])), "recorded");
    let old = signed(&ledger, &payee("p-late"), &[&desk]);
    assert_eq!(post(&ledger, "kb-finance-desk", &old), "signature_required");
    let line = signed(&ledger, &payee("p-late"), &[&new]);
    assert_eq!(post(&ledger, "kb-finance-desk", &line), "recorded");
    // What the old key signed while it counted stays right for ever.
    ledger.run(&["verify"]).succeeds();
}
