//! The desk in a real browser: sign-in, forms, sheets, letters.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;
use serde_json::{Value, json};

/// A served ledger, the token of a principal, and a browser.
struct Desk {
    ledger: Ledger,
    server: Server,
    browser: Browser,
}

impl Desk {
    fn open() -> Desk {
        let ledger = Ledger::with(&["golden.jsonl"]);
        let server = Server::start(&ledger);
        Desk { ledger, server, browser: Browser::start() }
    }

    fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    fn token(&self, principal: &str) -> String {
        let made = self.ledger.run(&["--format", "json", "principal", "token", principal]);
        made.succeeds().json()["token"].as_str().unwrap().to_owned()
    }

    /// Signs in by the page that was asked for.
    fn sign_in(&mut self, principal: &str, path: &str) {
        let token = self.token(principal);
        let address = self.address(path);
        self.browser.open(&address);
        assert!(self.browser.text("h1").contains("登录"), "a page of the desk asks to sign in");
        self.browser.fill("#token", &token);
        self.browser.press("form[action='/sign-in'] button");
    }

    fn fill_all(&mut self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            self.browser.fill(&format!("[name='{name}']"), value);
        }
    }

    fn records(&self) -> usize {
        self.ledger.records().len()
    }

    fn last(&self) -> Value {
        serde_json::from_str(self.ledger.records().last().unwrap()).unwrap()
    }
}

const HASH: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// A payment that the golden ledger takes.
const PAYMENT: &[(&str, &str)] = &[
    ("business_date", "2018-01-10"),
    ("data.kind", "payment"),
    ("data.method", "transfer"),
    ("data.project", "P1"),
    ("data.payee", "road-co"),
    ("data.basis.kind", "contract"),
    ("data.basis.number", "HT-2018-示例"),
    ("data.basis.sha256", HASH),
    ("data.bank_ref", "KB2018-0001"),
    ("data.lots.0.lot", "L1"),
    ("data.lots.0.amount_fen", "1,000.50"),
    ("docs.0.number", "康财付〔2018〕示例1号"),
    ("docs.0.sha256", HASH),
    ("by.checker", "kb-07"),
];

#[test]
fn a_token_opens_the_desk_and_a_wrong_one_says_one_thing() {
    let mut desk = Desk::open();
    let sign_in = desk.address("/sign-in");
    desk.browser.holds(&sign_in, "sign-in");
    desk.browser.fill("#token", "ft_wrong");
    desk.browser.press("form[action='/sign-in'] button");
    assert!(desk.browser.text("[role=alert]").contains("令牌不对或已经停用"));
    desk.sign_in("kb-finance-desk", "/desk");
    assert_eq!(desk.browser.run("location.pathname"), "/desk");
    assert_eq!(desk.browser.run("document.cookie"), "", "no script reads the session");
    let overview = desk.address("/desk");
    desk.browser.holds(&overview, "desk");
    desk.browser.press("form[action='/sign-out'] button");
    desk.browser.open(&overview);
    assert!(desk.browser.text("h1").contains("登录"), "the session has ended");
}

#[test]
fn a_payment_is_tried_while_it_is_typed_and_recorded_once() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/post/disbursement_made");
    let form = desk.address("/desk/post/disbursement_made");
    desk.browser.holds(&form, "post");
    let before = desk.records();
    desk.fill_all(PAYMENT);
    // Nothing is pressed: the module tries it.
    desk.browser.until("document.querySelector('#trial .done') !== null");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("试算通过，可以入账"), "{trial}");
    assert!(trial.contains("已安排到项目 P1") && trial.contains("已支出 P1"), "{trial}");
    desk.browser.complaints.clear();
    desk.browser.resize(1280, 900);
    desk.browser.stands("post-accepted-1280");
    desk.browser.resize(390, 844);
    desk.browser.stands("post-accepted-390");
    assert_eq!(desk.records(), before, "a trial records nothing");
    desk.browser.fill("[name='data.lots.0.amount_fen']", "99,999,999.00");
    desk.browser.until("document.querySelector('#trial .bad') !== null");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("余额不足") && trial.contains("还差"), "{trial}");
    let wrong = "document.querySelector('[name=\"data.lots.0.amount_fen\"]').ariaInvalid";
    assert_eq!(desk.browser.run(wrong), "true");
    assert_eq!(desk.browser.run("document.querySelector('#act .btn').disabled"), true);
    desk.browser.stands("post-refused-390");
    desk.browser.resize(1280, 900);
    desk.browser.stands("post-refused-1280");
    desk.browser.fill("[name='data.lots.0.amount_fen']", "1,000.50");
    desk.browser.until("!document.querySelector('#act .btn').disabled");
    // Pressed twice: the form carries the event's id.
    desk.browser.run(
        "{const form = document.querySelector('form[data-try]');
          const sent = new URLSearchParams(new FormData(form)); sent.set('act', 'post');
          const post = () => fetch(form.action, {method: 'POST', body: sent});
          Promise.all([post(), post()]).then((all) => all.every((one) => one.redirected))}",
    );
    desk.browser.press("#act .btn");
    assert!(desk.browser.text("h1").contains("已入账"), "{}", desk.browser.text("body"));
    assert_eq!(desk.records(), before + 1, "it is recorded once");
    let last = desk.last();
    assert_eq!(last["event"]["data"]["lots"], json!([{"amount_fen": 100_050, "lot": "L1"}]));
    assert_eq!(last["event"]["by"]["maker"], "kb-finance-desk");
    let leaf = desk.browser.text(".hash");
    assert_eq!(leaf.len(), 64);
    let proof = desk.browser.run("fetch('/v1/records/50/proof').then((reply) => reply.status)");
    assert!(proof.is_number());
    desk.browser.complaints.clear();
    let receipt = desk.browser.run("location.href");
    desk.browser.holds(receipt.as_str().unwrap(), "receipt");
}

#[test]
fn what_is_typed_wrong_is_said_above_its_field_and_nothing_is_recorded() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/post/disbursement_made");
    let before = desk.records();
    desk.fill_all(PAYMENT);
    desk.browser.fill("[name='data.lots.0.amount_fen']", "1.005");
    desk.browser.press("#act .second");
    let faults = desk.browser.text("#faults");
    assert!(faults.contains("1.005") && faults.contains("整分"), "{faults}");
    let typed = "document.querySelector('[name=\"data.lots.0.amount_fen\"]').value";
    assert_eq!(desk.browser.run(typed), "1.005", "nothing typed changes unseen");
    desk.browser.fill("[name='data.lots.0.amount_fen']", "10");
    desk.browser.fill("[name='by.checker']", "kb-finance-desk");
    desk.browser.press("#act .second");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("经办和复核不能是同一人"), "{trial}");
    assert_eq!(desk.records(), before);
}

/// The letter's page judges its figures before they are printed, and says so on the letter.
fn letter_is_judged(browser: &mut Browser) {
    const VERDICT: &str = "document.documentElement.dataset.verdict";
    browser.until(&format!("{VERDICT} === 'included'"));
    let letter = browser.text(".desk-letter");
    assert!(letter.contains("核对结论：已入账") && !letter.contains("不符"), "{letter}");
    // What a page that prints other figures than the records give looks like on paper.
    browser.before_pages(
        "if (sessionStorage.getItem('other')) document.addEventListener('DOMContentLoaded', () => {
           const used = document.querySelector('.desk-letter [data-figure=used]');
           if (used) used.textContent = '30,000.00 元';
         });",
    );
    browser.run("sessionStorage.setItem('other', 'yes')");
    browser.follow("location.reload()");
    browser.until(&format!("{VERDICT} === 'refuted'"));
    browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    let letter = browser.text(".desk-letter");
    assert!(letter.starts_with("不符") && letter.contains("这封信不要发"), "{letter}");
    browser.picture("feedback-letter-refuted");
    browser.call("Emulation.setEmulatedMedia", json!({"media": ""}));
    browser.run("sessionStorage.clear()");
    browser.follow("location.reload()");
    browser.until(&format!("{VERDICT} === 'included'"));
}

#[test]
fn a_letter_states_the_ledgers_figures_and_is_registered() {
    let mut desk = Desk::open();
    desk.sign_in("kb-charity-desk", "/desk/feedback");
    let list = desk.address("/desk/feedback");
    desk.browser.holds(&list, "feedback");
    let before = desk.records();
    let due = desk.browser.run("document.querySelectorAll('tbody tr').length").as_u64().unwrap();
    desk.browser.press("tbody a.btn");
    let letter = desk.browser.text(".desk-letter");
    assert!(letter.contains("50,000.00") && letter.contains("剩余"), "{letter}");
    desk.browser.resize(1280, 900);
    desk.browser.stands("feedback-letter-1280");
    desk.browser.resize(390, 844);
    desk.browser.stands("feedback-letter-390");
    letter_is_judged(&mut desk.browser);
    desk.browser.fill("#salutation", "示例捐赠人，您好：");
    desk.browser.fill("#checker", "kc-07");
    // Pressed twice: it is registered once.
    desk.browser.run(
        "{const form = document.querySelector('form.panel');
          const sent = new URLSearchParams(new FormData(form)); sent.set('act', 'send');
          fetch(form.action, {method: 'POST', body: sent}).then((one) => one.redirected)}",
    );
    desk.browser.press("#send");
    assert!(desk.browser.text("[role=status]").contains("已登记"), "{}", desk.browser.text("main"));
    assert_eq!(desk.records(), before + 1);
    let foreign = desk.address("/desk/feedback?lot=L1&kind=use&id=x");
    desk.browser.open(&foreign);
    assert!(!desk.browser.text("main").contains("收到"), "nobody reads another's lot here");
    let status = "fetch('/desk/feedback/proof?lot=L1').then((one) => one.status)";
    assert_eq!(desk.browser.run(status), 404, "and nobody its proof");
    desk.browser.complaints.clear();
    desk.browser.open(&list);
    let data = &desk.last()["event"]["data"];
    assert_eq!(data["lots"], json!(["G1"]));
    assert_eq!(data["received_fen"], 5_000_000);
    assert_eq!(data["content_sha256"].as_str().unwrap().len(), 64);
    let left = desk.browser.run("document.querySelectorAll('tbody tr').length").as_u64().unwrap();
    assert!(left < due, "what was told is owed no more");
}

#[test]
fn an_exception_is_offered_only_where_a_refusal_allows_one() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/post/disbursement_made");
    let exception = "document.querySelector('[name=\"data.exceptions.0.reason\"]') !== null";
    desk.fill_all(PAYMENT);
    desk.browser.until("document.querySelector('#trial .done') !== null");
    assert_eq!(desk.browser.run(exception), false);
    desk.browser.fill("[name='business_date']", "2017-04-20");
    desk.browser.until("document.querySelector('#trial .bad') !== null");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("wrong_stage"), "{trial}");
    desk.browser.until(exception);
    let code = "document.querySelector('[name=\"data.exceptions.0.code\"]').value";
    assert_eq!(desk.browser.run(code), "wrong_stage");
    // Whoever mends the fact instead is not asked for a reason.
    desk.browser.fill("[name='business_date']", "2018-01-10");
    desk.browser.until("document.querySelector('#trial .done') !== null");
    let english = desk.address("/desk/post/disbursement_made?lang=en");
    desk.browser.open(&english);
    let form = desk.address("/desk/post/disbursement_made");
    desk.browser.holds(&form, "post-en");
    let overview = desk.address("/desk");
    desk.browser.holds(&overview, "desk-en");
}

/// A sheet of payments: the first fits, the second asks for too much, the third is no whole fen.
fn payments() -> String {
    let header = "付款日期,项目,类型,收款单位,支付方式,流水号,依据类型,合同编号,合同sha256,资金批次,金额（元）";
    let row = |reference: &str, amount: &str| {
        format!("2018-01-10,P1,支付,road-co,转账,{reference},合同,HT-示例,{HASH},L1,\"{amount}\"")
    };
    let rows = [row("S-1", "1,000.00"), row("S-2", "99,999,999.00"), row("S-3", "1.005")];
    format!("{header}\n{}\n", rows.join("\n"))
}

impl Desk {
    fn send_sheet(&mut self, name: &str, text: &str) {
        self.browser.run(&format!(
            "{{const all = new DataTransfer(); all.items.add(new File([{}], {}));
               document.querySelector('#file').files = all.files;
               document.querySelector('#kind').value = 'disbursements';}}",
            json!(text),
            json!(name)
        ));
        self.browser.fill("#checker", "kb-07");
        self.browser.press("form[enctype] .btn");
    }
}

#[test]
fn a_sheet_shows_what_becomes_of_each_row_before_any_is_recorded() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/import");
    let import = desk.address("/desk/import");
    desk.browser.holds(&import, "sheet-upload");
    let before = desk.records();
    desk.send_sheet("支付台账（示例）.csv", &payments());
    let page = desk.browser.text("main");
    assert!(page.contains("还没有记任何账"), "{page}");
    assert!(page.contains("余额不足") && page.contains("insufficient_funds"), "{page}");
    assert!(page.contains("金额不是整分：1.005"), "{page}");
    let tiles = desk.browser.text(".desk-figures");
    let counts: Vec<&str> = tiles.lines().filter(|line| line.parse::<u32>().is_ok()).collect();
    assert_eq!(counts, ["3", "1", "0", "2"], "{tiles}");
    assert_eq!(desk.records(), before);
    desk.browser.holds(&import, "sheet");
    let refused = desk.browser.run("fetch('/desk/import/refused.csv').then((one) => one.text())");
    let refused = refused.as_str().unwrap();
    assert!(refused.lines().count() == 3 && refused.contains("S-3"), "{refused}");
    assert!(refused.lines().next().unwrap().ends_with("不予入账的原因"), "{refused}");
    desk.browser.press("button[value=some]");
    assert_eq!(desk.records(), before + 1, "{}", desk.browser.text("main"));
    assert_eq!(desk.last()["event"]["data"]["bank_ref"], "S-1");
    desk.browser.complaints.clear();
    desk.browser.holds(&import, "sheet-posted");
    desk.browser.press("button[value=drop]");
    desk.send_sheet("支付台账（示例）.csv", &payments());
    let tiles = desk.browser.text(".desk-figures");
    let counts: Vec<&str> = tiles.lines().filter(|line| line.parse::<u32>().is_ok()).collect();
    assert_eq!(counts, ["3", "0", "1", "2"], "the same row again is a duplicate: {tiles}");
}
