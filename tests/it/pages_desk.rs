//! The desk in a real browser: sign-in, forms, sheets, letters.

use super::browser::Browser;
use super::serving::Server;
use super::support::Ledger;
use fundtrail::base::Digest;
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

    /// What the trial says of project and county: each figure now, and after.
    fn impact(&mut self) -> (Figures, Figures) {
        let read = "[...document.querySelectorAll('#trial table:nth-of-type(n+2) tbody tr')]
            .map((row) => [...row.children].map((cell) => cell.innerText.trim()))";
        let rows: Vec<[String; 3]> = serde_json::from_value(self.browser.run(read)).unwrap();
        let column = |at: usize| rows.iter().map(|row| (row[0].clone(), row[at].clone())).collect();
        (column(1), column(2))
    }

    fn records(&self) -> usize {
        self.ledger.records().len()
    }

    fn last(&self) -> Value {
        serde_json::from_str(self.ledger.records().last().unwrap()).unwrap()
    }
}

type Figures = std::collections::BTreeMap<String, String>;

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
    for said in ["流水号 KB2018-0001 没有用过", "不是同一人", "项目已", "余额都够"]
    {
        assert!(trial.contains(said), "{said}: {trial}");
    }
    let (_, foretold) = desk.impact();
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
    let ways = desk.browser.run("document.querySelectorAll('#trial .desk-ways li').length");
    assert!((1..=3).contains(&ways.as_u64().unwrap()), "{trial}");
    assert!(trial.contains("把金额改成不超过") && trial.contains("再加一批"), "{trial}");
    let first = "document.querySelector('#trial .desk-ways a').getAttribute('href')";
    assert_eq!(desk.browser.run(first), "/desk/post/funds_committed");
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
    // What the trial foretold of project and county is what stands now.
    desk.browser.open(&form);
    desk.fill_all(PAYMENT);
    desk.browser.fill("[name='data.bank_ref']", "KB2018-0002");
    desk.browser.until("document.querySelector('#trial .done') !== null");
    let (now, _) = desk.impact();
    assert!(now.len() >= 3 && now.keys().any(|name| name == "康保县支出进度"), "{now:?}");
    assert_eq!(now, foretold);
    // The reference was used: the refusal names the record.
    desk.browser.fill("[name='data.bank_ref']", "KB2018-0001");
    desk.browser.until("document.querySelector('#trial .bad') !== null");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("银行流水已经用过"), "{trial}");
    assert!(trial.contains(&format!("第 {before} 条")), "{trial}");
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
    for said in ["人民币伍万元整", "付给", "用于", "仍按您的意愿留用", "这封信晚了"]
    {
        assert!(letter.contains(said), "{said}: {letter}");
    }
    letter_is_judged(&mut desk.browser);
    desk.browser.fill("#salutation", "示例捐赠人，您好：");
    desk.browser.fill("#maker", "kc-02");
    desk.browser.fill("#checker", "kc-07");
    // What was typed is not in the letter that was seen: that one is shown first.
    desk.browser.press("#send");
    let said = desk.browser.text("[role=alert]");
    assert!(said.contains("已按改动重新拟好"), "{said}");
    assert_eq!(desk.records(), before);
    // Pressed twice: it is registered once.
    desk.browser.run(
        "{const form = document.querySelector('form.panel');
          const sent = new URLSearchParams(new FormData(form)); sent.set('act', 'send');
          fetch(form.action, {method: 'POST', body: sent}).then((one) => one.redirected)}",
    );
    desk.browser.press("#send");
    assert!(
        desk.browser.text(".note[role=status]").contains("已登记"),
        "{}",
        desk.browser.text("main")
    );
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
    assert_eq!(desk.last()["event"]["by"]["maker"], "kc-02");
    let bar = desk.browser.text(".deskbar");
    assert!(bar.contains("经办 kc-02"), "who sits there is shown from then on: {bar}");
    let left = desk.browser.run("document.querySelectorAll('tbody tr').length").as_u64().unwrap();
    assert!(left < due, "what was told is owed no more");
}

/// An event of the custodian that moves money of the gift G1.
fn of_the_gift(kind: &str, data: Value) -> Value {
    json!({
        "id": uuid::Uuid::new_v4().to_string(), "type": kind, "jurisdiction": "130723",
        "business_date": "2018-01-10", "data": data,
        "by": {"org": "kb-charity", "maker": "kc-02", "checker": "kc-07"},
        "docs": [{"number": "康慈〔2018〕示例9号", "sha256": HASH}],
    })
}

#[test]
fn a_letter_is_drawn_anew_when_the_ledger_moved_on_before_it_is_registered() {
    let mut desk = Desk::open();
    desk.sign_in("kb-charity-desk", "/desk/feedback");
    let token = desk.token("kb-charity-desk");
    desk.browser.press("tbody a.btn");
    desk.browser.fill("#checker", "kc-07");
    // Its figures stay, but the money moves: arranged, and not yet used.
    let lots = json!([{"lot": "G1", "amount_fen": 100_000}]);
    let arranged =
        of_the_gift("funds_committed", json!({"project": "P1", "from": "available", "lots": lots}));
    // Then other figures.
    let refunded = of_the_gift(
        "donation_refunded",
        json!({"lot": "G1", "amount_fen": 12_345, "reason": "error", "bank_ref": "KBC-R1"}),
    );
    for event in [&arranged, &refunded] {
        desk.server.post(&token, "/v1/events", &event.to_string()).gives(201);
        let before = desk.records();
        desk.browser.press("#send");
        let said = desk.browser.text("[role=alert]");
        assert!(said.contains("信已重新拟好") && said.contains("没有记任何账"), "{said}");
        assert_eq!(desk.records(), before, "another letter was seen than this");
    }
    let letter = desk.browser.text(".desk-letter");
    assert!(letter.contains("123.45 元") && letter.contains("29,876.55"), "{letter}");
    let text = desk.browser.run(
        "{const form = document.querySelector('form.panel');
          const sent = new URLSearchParams(new FormData(form)); sent.set('act', 'download');
          fetch(form.action, {method: 'POST', body: sent}).then((one) => one.text())}",
    );
    let text = text.as_str().unwrap();
    assert!(text.contains("退还 123.45 元") && text.contains("人民币贰万玖仟捌佰柒拾陆元伍角伍分"));
    desk.browser.press("#send");
    assert!(
        desk.browser.text(".note[role=status]").contains("已登记"),
        "{}",
        desk.browser.text("main")
    );
    let data = &desk.last()["event"]["data"];
    assert_eq!(data["as_of"], refunded["id"], "the newest event when it was drawn");
    let figures = ["received_fen", "used_fen", "refunded_fen", "remaining_fen"];
    let stated = figures.map(|name| data[name].as_i64().unwrap());
    assert_eq!(stated, [5_000_000, 2_000_000, 12_345, 2_987_655]);
    assert_eq!(data["content_sha256"], Digest::of(&[text.as_bytes()]).to_string());
}

#[test]
fn a_custodian_is_told_no_sum_that_the_pages_withhold_from_it() {
    let mut desk = Desk::open();
    desk.sign_in("kb-charity-desk", "/desk/post/funds_committed");
    let fields = [
        ("business_date", "2018-01-10"),
        ("data.project", "P1"),
        ("data.from", "available"),
        ("data.lots.0.lot", "G1"),
        ("data.lots.0.amount_fen", "1,000"),
        ("docs.0.number", "康慈定〔2018〕示例9号"),
        ("docs.0.sha256", HASH),
        ("by.checker", "kc-07"),
    ];
    desk.fill_all(&fields);
    desk.browser.press("#act .second");
    let trial = desk.browser.text("#trial");
    // Its own gift's places are its own to see; of the county there are fewer than five gifts.
    assert!(trial.contains("试算通过") && trial.contains("G1 · 待安排"), "{trial}");
    assert!(trial.contains("合乎捐赠人的意愿"), "{trial}");
    assert!(!trial.contains("影响"), "{trial}");
}

#[test]
fn who_sits_at_the_desk_is_said_once_and_is_another_than_who_checks() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk");
    desk.browser.fill("#maker", "王小明");
    desk.browser.press(".desk-maker button");
    assert!(desk.browser.text("[role=alert]").contains("要写编号，不要写姓名"));
    desk.browser.fill("#maker", "kb-02");
    desk.browser.press(".desk-maker button");
    let bar = desk.browser.text(".deskbar");
    assert!(bar.contains("康保县财政局") && bar.contains("经办 kb-02"), "{bar}");
    let form = desk.address("/desk/post/disbursement_made");
    desk.browser.open(&form);
    let maker = "document.querySelector('[name=\"by.maker\"]').value";
    assert_eq!(desk.browser.run(maker), "kb-02");
    let before = desk.records();
    desk.fill_all(PAYMENT);
    desk.browser.fill("[name='by.checker']", "kb-02");
    desk.browser.press("#act .second");
    let trial = desk.browser.text("#trial");
    assert!(trial.contains("经办和复核不能是同一人"), "{trial}");
    desk.browser.fill("[name='by.checker']", "kb-07");
    desk.browser.press("#act .second");
    desk.browser.press("#act .btn");
    assert_eq!(desk.records(), before + 1, "{}", desk.browser.text("main"));
    let by = &desk.last()["event"]["by"];
    assert_eq!((&by["maker"], &by["checker"]), (&json!("kb-02"), &json!("kb-07")));
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
    // Only the row that fits counts: 1,000.00 yuan go from committed to spent.
    let tables = desk.browser.text("main");
    assert!(tables.contains("入账前后：财政资金"), "{tables}");
    let row = |name: &str| {
        format!(
            "[...document.querySelectorAll('th')].find((one) => one.innerText == '{name}')
               .parentElement.innerText"
        )
    };
    let spent = desk.browser.run(&row("康保县已支出"));
    let cells: Vec<&str> = spent.as_str().unwrap().split_whitespace().collect();
    let fen = |text: &str| text.replace([',', '.'], "").parse::<i64>().unwrap();
    assert_eq!(fen(cells[2]) - fen(cells[1]), 100_000, "{spent}");
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

#[test]
fn a_sheet_that_cannot_be_read_says_why_in_the_readers_language() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/import");
    let before = desk.records();
    let header = payments().lines().next().unwrap().to_owned();
    let no_lot = payments().replace("资金批次", "批注");
    for (text, said, code) in [
        ("%PDF-1.7\n", "这是 PDF，不是表格", "other_format"),
        ("只是一段话\n没有表头\n", "没有找到表头", "no_header"),
        (no_lot.as_str(), "缺这些列：资金批次", "missing_columns"),
        (&format!("{header}\n\"2018"), "引号没有配对", "unclosed"),
    ] {
        desk.send_sheet("表（示例）.csv", text);
        let alert = desk.browser.text("[role=alert]");
        assert!(alert.contains("这张表读不了") && alert.contains(said), "{alert}");
        assert!(alert.contains(code) && alert.contains("没有记任何账"), "{alert}");
        assert!(!alert.contains("the ") && !alert.contains("--"), "{alert}");
    }
    desk.browser.complaints.clear();
    desk.browser.stands("sheet-unreadable-1280");
    let english = desk.address("/desk/import?lang=en");
    desk.browser.open(&english);
    desk.send_sheet("sheet.csv", &no_lot);
    let alert = desk.browser.text("[role=alert]");
    assert!(alert.contains("lacks columns for lot") && !alert.contains("--"), "{alert}");
    assert_eq!(desk.records(), before);
}

#[test]
fn a_form_that_is_sent_after_the_session_ended_keeps_what_was_typed() {
    let mut desk = Desk::open();
    desk.sign_in("kb-finance-desk", "/desk/post/disbursement_made");
    let token = desk.token("kb-finance-desk");
    desk.fill_all(PAYMENT);
    let id = desk.browser.run("document.querySelector('[name=id]').value");
    desk.browser.until("document.querySelector('#trial .done') !== null");
    let before = desk.records();
    // It ends elsewhere: at another window, or by the clock.
    desk.browser.run(
        "{const form = new URLSearchParams(new FormData(document.querySelector('.deskbar form')));
          fetch('/sign-out', {method: 'POST', body: form}).then((one) => one.status)}",
    );
    desk.browser.press("#act .btn");
    assert!(desk.browser.text("h1").contains("登录已经结束"), "{}", desk.browser.text("main"));
    assert!(desk.browser.text("main").contains("您填的都还在"));
    desk.browser.complaints.clear();
    desk.browser.stands("session-ended-1280");
    desk.browser.fill("#token", "ft_wrong");
    desk.browser.press(".again .btn");
    assert!(desk.browser.text("[role=alert] + form [role=alert]").contains("令牌不对"));
    desk.browser.fill("#token", &token);
    desk.browser.press(".again .btn");
    assert!(desk.browser.text("main").contains("您填的都还在"), "{}", desk.browser.text("main"));
    assert_eq!(desk.records(), before, "going on records nothing");
    desk.browser.press(".again .btn");
    for (name, value) in PAYMENT {
        let field = format!("document.querySelector('[name=\"{name}\"]').value");
        assert_eq!(desk.browser.run(&field), *value, "{name}");
    }
    assert_eq!(desk.browser.run("document.querySelector('[name=id]').value"), id);
    assert!(desk.browser.text("#trial").contains("试算通过"));
    assert_eq!(desk.records(), before);
    // An old page's form of an earlier session is kept the same way.
    desk.browser.run(
        "document.querySelectorAll('[name=form_token]').forEach((one) => {one.value = 'old'})",
    );
    desk.browser.press("#act .btn");
    assert!(desk.browser.text("main").contains("回到单子"), "{}", desk.browser.text("main"));
    desk.browser.press(".again .btn");
    desk.browser.press("#act .btn");
    assert_eq!(desk.records(), before + 1, "{}", desk.browser.text("main"));
}

#[test]
fn a_session_that_idles_is_warned_and_goes_on_only_when_told() {
    let mut desk = Desk::open();
    // Minutes pass in a moment, so that nobody waits for them.
    desk.browser.before_pages(
        "{const real = window.setTimeout;
          window.waits = [];
          window.setTimeout = (act, ms) => {
            if (ms > 60000) window.waits.push(ms);
            return real(act, ms > 25.5 * 60000 ? 1e8 : ms > 60000 ? 100 : ms);
          };
          const ask = window.fetch;
          window.asked = [];
          window.fetch = (what, how) => { window.asked.push(what); return ask(what, how); };}",
    );
    desk.sign_in("kb-finance-desk", "/desk");
    desk.browser.until("document.querySelector('#idle button') !== null");
    let waits = desk.browser.run("window.waits");
    let [soon, over] = [0, 1].map(|at| waits[at].as_i64().unwrap());
    assert!(soon <= 25 * 60_000 && soon > 24 * 60_000, "{waits}");
    assert_eq!(over - soon, 5 * 60_000);
    let said = desk.browser.text("#idle[role=status]");
    assert!(said.contains("再过 5 分钟") && said.contains("接着用"), "{said}");
    assert_eq!(desk.browser.run("window.asked.length"), 0, "a page left open asks for nothing");
    desk.browser.stands("idle-1280");
    desk.browser.run("{window.waits = []; document.querySelector('#idle button').click(); true}");
    desk.browser.until("window.waits.length > 0 && window.asked.includes('/session')");
    // The session has ended by then: it says so, and goes nowhere.
    desk.browser.until("document.querySelector('#idle button') !== null");
    desk.browser.run(
        "{const form = new URLSearchParams(new FormData(document.querySelector('.deskbar form')));
          fetch('/sign-out', {method: 'POST', body: form}).then((one) => one.status)}",
    );
    desk.browser.run("{document.querySelector('#idle button').click(); true}");
    desk.browser.until("document.querySelector('#idle').innerText.includes('登录已经结束')");
}
