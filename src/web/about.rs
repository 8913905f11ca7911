//! `/about`: how to check this ledger, its keys, its words, and whom the pages serve.
//!
//! It promises nothing that is not checked, and says what no check here can tell.

use super::frame::{Frame, Here};
use super::reply::Reply;
use super::visit::Visit;
use crate::base::Digest;
use crate::base::words::Label;
use crate::projections::{Class, Fund, PlaceKind};
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "about.html", config = "src/web/askama.toml")]
struct About {
    frame: Frame,
    origin: String,
    /// Where this service is, as the reader asked for it.
    site: String,
    log_keys: Vec<String>,
    witnesses: Vec<(String, String)>,
    policy: String,
    in_force: bool,
    words: Vec<(Label, Label)>,
    places: Vec<Label>,
    funds: Vec<Label>,
    classes: Vec<Label>,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let (live, lang) = (visit.live(), visit.lang);
    let title = lang.t("怎样核对这本账", "About this ledger, and how to check it");
    let frame = Frame::new(visit, Here::Nowhere, title);
    let published = live.published();
    let in_force = live.policy_in_force();
    let views = live.views();
    let stated = || Digest::of(&[views.parties.policy().as_bytes()]);
    let page = About {
        frame,
        origin: published.checkpoint.origin.clone(),
        // The host was checked against the names that the service goes by.
        site: visit.home.clone(),
        log_keys: views.parties.log_keys.clone(),
        witnesses: views.parties.witnesses.clone(),
        policy: in_force.unwrap_or_else(stated).to_string(),
        in_force: in_force.is_some(),
        words: WORDS.to_vec(),
        places: PlaceKind::ALL.iter().map(|place| place.label()).collect(),
        funds: Fund::ALL.iter().map(|fund| fund.label()).collect(),
        classes: Class::ALL.iter().map(|class| class.label()).collect(),
    };
    drop(views);
    Reply::page(&page)
}

/// The ledger's words and what each means.
const WORDS: [(Label, Label); 11] = [
    word(
        ("资金批次", "lot"),
        "一笔来路相同的钱：一个指标文件里的一行、一次对口帮扶拨款、一笔捐赠。它的来源、年度和限定永远跟着它。",
        "Money of one origin: one line of a quota document, one transfer of paired assistance, one \
         gift. Its fund, year and restrictions stay with it for ever.",
    ),
    word(
        ("资金来源", "fund"),
        "钱是哪一类来的，例如中央专项、社会捐赠。",
        "What kind of origin money has, such as central special or donation.",
    ),
    word(
        ("资金位置", "place"),
        "这一批钱现在在哪里：待安排、已整合待安排、已安排到项目、已预拨待报账、已支出、结余、应追回。",
        "Where money of a lot is: available, consolidated, committed, advanced, spent, surplus, \
         reclaim.",
    ),
    word(
        ("资金变动", "movement"),
        "一批钱从一个位置到另一个位置，多少分。只有它能改变余额。",
        "So many fen of a lot from one place to another. Nothing else changes a balance.",
    ),
    word(
        ("业务事件", "event"),
        "一个单位连同文件陈述的一件事。",
        "A fact that a body states, with its documents.",
    ),
    word(
        ("记账记录", "record"),
        "事件和按规则算出的资金变动，编上号、记上时间、连上前一条，永不修改。",
        "An event and the movements that the rules made of it, numbered, timed, tied to the record \
         before it, and never changed.",
    ),
    word(
        ("不予入账", "refusal"),
        "违反规则的事件得到的答复：原因和数字，什么也不记。",
        "The answer to an event that breaks a rule: the reason and the figures; nothing is recorded.",
    ),
    word(
        ("例外入账", "exception"),
        "已经做了、但违反规定的事，照实记下，并且处处看得见。",
        "A fact already carried out that breaks a regulatory rule: recorded as such, and visible \
         everywhere.",
    ),
    word(
        ("账本校验码", "head"),
        "条数和一串字，像整本账的指纹；签了名的叫检查点。",
        "The number of records and a root, like a fingerprint of the whole ledger; signed, it is a \
         checkpoint.",
    ),
    word(
        ("见证人", "witness"),
        "外面的单位：只在新账接着旧账时才签名，这样管账的人不能给不同的人看不同的账。",
        "A body outside that signs a head only when it continues the one it signed before, so that \
         the keeper cannot show different ledgers to different people.",
    ),
    word(
        ("管理单位", "holder"),
        "可以使用这批钱的单位：财政资金是所在地财政，社会资金是善款管理单位。",
        "Who may use a lot: the bureau of the place where fiscal money is, the custodian of social \
         money.",
    ),
];

const fn word(
    (zh, en): (&'static str, &'static str),
    means_zh: &'static str,
    means_en: &'static str,
) -> (Label, Label) {
    (Label { zh, en }, Label { zh: means_zh, en: means_en })
}
