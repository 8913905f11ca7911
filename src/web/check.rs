//! The page that checks a file: everything is computed by the reader's browser, nothing is uploaded
//! (pages design, 5.6).
//!
//! What a file is worth depends on keys that the reader brought; the page itself vouches for
//! nothing.

use super::frame::{Frame, Here};
use super::marks::{Mark, State};
use super::reply::Reply;
use super::visit::Visit;
use super::vouched::Stated;
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "check.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    stated: Stated,
}

impl Page {
    /// What stands in the two lists: id, Chinese, English; braces are filled in by the module.
    const LINES: &[(&str, &str, &str)] = &[
        ("l-content", "{n} 条记录重新算了校验值", "The hashes of {n} records were computed"),
        ("l-chain", "每一条都接着上一条", "Each record continues the one before"),
        ("l-tree", "都接得上校验码（共 {n} 条）", "All lead to a head of {n} records"),
        ("l-log", "校验码有账本的签名", "The head is signed by the ledger"),
        ("l-witness", "签了名的见证人：{n}", "Witnesses that signed: {n}"),
        ("l-sum", "金额合得上", "Amounts add up"),
        ("l-head", "新校验码接着旧的写下来", "The new head continues the old one"),
        ("l-uncovered", "最后 {n} 条还没有检查点盖到", "No checkpoint covers the last {n} records"),
        (
            "l-no-head",
            "没有检查点：不知道是不是账本里的",
            "No checkpoint: whether it is the ledger’s",
        ),
        ("l-no-quorum", "外人作证：见证人没有签够", "Outsiders: too few witnesses signed"),
        ("l-no-keys", "钥匙从哪里来：没有与收据对过", "Whose keys: not compared with a receipt"),
        (
            "l-other-key",
            "账本的公钥不是您带来的那一把",
            "The ledger’s key is not the one you brought",
        ),
        ("l-about", "{f}，{s}，用时 {t} 秒。", "{f}, {s}, in {t} s."),
        (
            "l-before",
            "前面的 {n} 条：校验值、前后连接都对",
            "The first {n}: hashes and links are right",
        ),
        ("l-at", "第 {n} 条", "Record {n}"),
        ("l-behind", "它后面的记录", "The records behind it"),
        ("l-signatures", "签名：前面没对上，就没有再查", "Signatures: not looked at after that"),
        ("l-archive", "压缩包自己的校验", "The archive’s own sums"),
        ("l-whole", "压缩包完整，{n} 个文件", "The archive is whole, {n} files"),
        ("l-kept", "保存下来的 {n} 个旧校验码也都对", "The {n} heads that were kept are right too"),
        ("l-places", "没有哪一处的钱成了负数", "No place of money is below zero"),
        (
            "l-stamps",
            "经办单位的数字签名（用 verify 命令）",
            "Signatures of those who posted (command verify)",
        ),
        ("l-papers", "附件原件：包里只有校验值", "The papers: the pack holds their hashes alone"),
        ("l-tools", "包里的核验程序和格式说明", "The verifier and the schemas in the pack"),
        ("l-pack-rest", "断掉以后的部分", "What lies behind the break"),
        ("l-never", "该记的有没有从来没记过", "Whether something was never recorded at all"),
        ("l-longer", "它的条数比本站签了名的还多", "It is of more records than are signed here"),
        ("l-other", "它是另一本账的校验码", "It is the head of another ledger"),
        ("l-malformed", "它不是校验码", "It is no head"),
        ("l-missing", "有没有漏记", "Whether anything is missing"),
        (
            "l-rules",
            "每一笔合不合规则（用 verify 命令）",
            "Whether the rules held (command verify)",
        ),
        ("l-world", "合同、发票、工程是不是真的", "Whether contracts and works are true"),
    ];

    fn mark(&self, state: &str) -> Mark {
        match state {
            "witnessed" => State::Witnessed.mark(),
            "included" => State::Included.mark(),
            "refuted" => State::Refuted.mark(),
            "done" => State::Done.mark(),
            "wait" => State::Wait.mark(),
            _ => State::Unchecked.mark(),
        }
    }
}

/// The page.
///
/// # Errors
/// None but failures.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let title = visit.lang.t("核对一份文件", "Check a file");
    let frame = Frame::new(visit, Here::Check, title);
    Reply::page(&Page { frame, stated: Stated::of(visit) })
}
