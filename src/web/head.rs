//! The head block of home, and the box that holds a saved head against the ledger.
//!
//! What the server says of itself is no verdict, and the page says so: nothing here is green
//! (pages design, sections 4 and 5.1).

use super::frame::{Frame, Here, head_lines};
use super::lang::Lang;
use super::marks::{Chip, State};
use super::reply::Reply;
use super::visit::Visit;
use super::{figures, marks};
use crate::base::{Digest, Stamp};
use crate::service::Problem;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};

/// How many kept heads are looked through for a root that stands alone.
const KEPT_HEADS_MAX: u64 = 2_000;

/// The head block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The three lines to save.
    pub lines: String,
    /// How many records they cover.
    pub records: String,
    /// When the last record was recorded, in Beijing's time.
    pub recorded: Option<String>,
    /// The witnesses, each with whether its signature stands under the newest witnessed head.
    pub witnesses: Vec<(String, Chip)>,
    /// The record count that witnesses have signed.
    pub witnessed: Option<String>,
    /// Who verified the whole ledger last, and what came of it.
    pub verified: String,
    /// How far the ledger's own scrub is.
    pub scrubbed: String,
}

impl Block {
    /// The block of a ledger as it stands.
    pub fn of(visit: &Visit) -> Block {
        let (live, lang) = (visit.live(), visit.lang);
        let published = live.published();
        let head = &published.checkpoint;
        let prover = live.prover();
        let note = prover.witnessed().map(|head| head.note.clone());
        let witnessed = prover.witnessed().map(|head| figures::count(head.checkpoint.size));
        drop(prover);
        let views = live.views();
        let signed = |name: &str| {
            let line = format!("— {name} ");
            note.as_ref().is_some_and(|note| note.lines().any(|one| one.starts_with(&line)))
        };
        let witnesses = views.heads.witnesses.iter().filter(|one| !one.retired).map(|one| {
            let known = views.names.organizations.get(&one.org);
            let name = known.unwrap_or(&one.name).clone();
            let chip = match signed(&one.name) {
                true => State::Plain.chip(lang.t("已签", "signed")),
                false => State::Wait.chip(lang.t("尚未签", "not signed yet")),
            };
            (name, chip)
        });
        let witnesses = witnesses.collect();
        let verified = verified(&views, lang);
        let recorded = views.recorded_at.map(beijing);
        drop(views);
        Block {
            lines: head_lines(&head.origin, head.size, head.root),
            records: figures::count(head.size),
            recorded,
            witnesses,
            witnessed,
            verified,
            scrubbed: scrubbed(live.verified_seq(), lang),
        }
    }
}

/// A moment in Beijing's time, to the second.
fn beijing(stamp: Stamp) -> String {
    // Records carry UTC; Hebei's day and hour are eight hours ahead of it.
    let shifted = Stamp(stamp.0 + 8 * 3600 * 1000).text();
    let text = String::from_utf8_lossy(&shifted).replace('T', " ");
    text.chars().take("2017-12-31 17:59:58".len()).collect()
}

fn verified(views: &crate::ledger::live::Views<crate::access::Register>, lang: Lang) -> String {
    let Some(filed) = views.heads.newest_filed() else {
        return lang.t("还没有人核过。", "Verified by nobody yet.").to_owned();
    };
    let grant = views.beside.grants().get(&filed.posted_by);
    let who = grant.and_then(|grant| views.names.organizations.get(&*grant.org));
    let (who, record) = (who.unwrap_or(&filed.posted_by), figures::count(filed.seq));
    let day = figures::day(filed.recorded_at.hebei_date(), lang);
    match (lang, filed.verdict == "sound") {
        (Lang::Zh, true) => format!("{who}，{day}核过整本账，没有问题（第 {record} 条）。"),
        (Lang::Zh, false) => format!("{who}，{day}核过整本账，发现了问题（第 {record} 条）。"),
        (Lang::En, true) => {
            format!("{who} verified the whole ledger on {day}: sound (record {record}).")
        }
        (Lang::En, false) => {
            format!("{who} verified the whole ledger on {day}: not sound (record {record}).")
        }
    }
}

fn scrubbed(last: Option<u64>, lang: Lang) -> String {
    match (last.map(figures::count), lang) {
        (None, Lang::Zh) => "本站自查还没有开始。".to_owned(),
        (None, Lang::En) => "This site’s own check has not begun.".to_owned(),
        (Some(last), Lang::Zh) => format!("本站自查到第 {last} 条。"),
        (Some(last), Lang::En) => format!("This site has checked itself up to record {last}."),
    }
}

/// `/head.txt`: the three lines to save.
pub fn file(visit: &Visit) -> Result<Reply, Problem> {
    let published = visit.live().published();
    let head = &published.checkpoint;
    let lines = head_lines(&head.origin, head.size, head.root);
    Ok(Reply::file("text/plain; charset=utf-8", "head.txt", lines.into_bytes()))
}

/// What comes of a saved head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    /// The ledger continues it; its last record.
    Stands(u64),
    /// It does not.
    Fails(u64),
    /// It is of a longer ledger than this site has, or has signed.
    Longer(u64),
    /// A root that stands alone and is known nowhere.
    Unknown,
    /// It is of another ledger.
    Other,
    /// It is no head.
    Malformed,
}

#[derive(Template)]
#[template(path = "head.html", config = "src/web/askama.toml")]
struct Saved {
    frame: Frame,
    mark: marks::Mark,
    note: &'static str,
    alert: bool,
    says: String,
    more: &'static str,
    asked: String,
}

/// `/head`: the answer to a saved head.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let asked = visit.query.get("saved").unwrap_or_default();
    let finding = find(visit, asked)?;
    let title = lang.t("核对我存的校验码", "Check the head I saved");
    let (state, note) = match finding {
        Finding::Stands(_) => (State::Done, ""),
        Finding::Fails(_) => (State::Refuted, " n-bad"),
        _ => (State::Unchecked, ""),
    };
    let (says, more) = words(finding, lang);
    let page = Saved {
        frame: Frame::new(visit, Here::Home, title),
        mark: state.mark(),
        note,
        alert: matches!(finding, Finding::Fails(_)),
        says,
        more,
        asked: asked.to_owned(),
    };
    Reply::page(&page)
}

/// Reads what was saved, three lines or a root alone, and holds it against the ledger.
fn find(visit: &Visit, asked: &str) -> Result<Finding, Problem> {
    let live = visit.live();
    let words: Vec<&str> = asked.split_whitespace().collect();
    let root = |text: &str| {
        let bytes = BASE64_STANDARD.decode(text).ok();
        bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Digest)
    };
    let published = live.published();
    match words[..] {
        [one] => match root(one) {
            Some(root) => alone(visit, root),
            None => Ok(Finding::Malformed),
        },
        [origin, size, one] => {
            let size = size.replace(',', "").parse::<u64>().ok().filter(|size| *size > 0);
            let (Some(size), Some(root)) = (size, root(one)) else { return Ok(Finding::Malformed) };
            if origin != published.checkpoint.origin {
                return Ok(Finding::Other);
            }
            if size > published.checkpoint.size {
                return Ok(Finding::Longer(size));
            }
            // Without its tiles the ledger hashes every record again, which is for few at a time.
            let _place = match live.prover().has_tiles() {
                true => None,
                false => Some(visit.service().limits.past()?),
            };
            Ok(match live.root_at(size)? == root {
                true => Finding::Stands(size - 1),
                false => Finding::Fails(size - 1),
            })
        }
        _ => Ok(Finding::Malformed),
    }
}

/// A root that stands alone: it is known where a head of it is kept.
fn alone(visit: &Visit, root: Digest) -> Result<Finding, Problem> {
    let live = visit.live();
    let published = live.published();
    if published.checkpoint.root == root {
        return Ok(Finding::Stands(published.checkpoint.size - 1));
    }
    let failed = |error: crate::ledger::proving::ProveError| Problem::from(error);
    let line = BASE64_STANDARD.encode(root.0);
    let kept = live.kept_heads(0, KEPT_HEADS_MAX).map_err(|error| failed(error.into()))?;
    for size in kept {
        let note = live.kept_head(size).map_err(|error| failed(error.into()))?;
        if note.is_some_and(|note| note.lines().nth(2) == Some(&*line)) {
            // The kept note says so; the records are asked all the same.
            return Ok(match live.root_at(size)? == root {
                true => Finding::Stands(size - 1),
                false => Finding::Fails(size - 1),
            });
        }
    }
    Ok(Finding::Unknown)
}

/// What is said of it, and what to do.
fn words(finding: Finding, lang: Lang) -> (String, &'static str) {
    let count = |number: u64| figures::count(number);
    let says = match (finding, lang) {
        (Finding::Stands(last), Lang::Zh) => {
            format!("接得上：您存的第 {} 条时的账，一条都没有改", count(last))
        }
        (Finding::Stands(last), Lang::En) => {
            format!("It stands: nothing up to record {} was changed", count(last))
        }
        (Finding::Fails(_), _) => lang
            .t(
                "不符：这本账和您手里的校验码接不上。",
                "Refuted: this ledger does not continue yours.",
            )
            .to_owned(),
        (Finding::Longer(size), Lang::Zh) => {
            format!("说不准：您存的是 {} 条时的校验码，本站现在还没有签到那么多", count(size))
        }
        (Finding::Longer(size), Lang::En) => {
            format!("Unknown: yours is of {} records, and fewer are signed here", count(size))
        }
        (Finding::Unknown, _) => lang
            .t("说不准：单凭这一行，找不到它是第几条时的", "Unknown: no kept head has this root")
            .to_owned(),
        (Finding::Other, _) => {
            lang.t("这是另一本账的校验码", "This is the head of another ledger").to_owned()
        }
        (Finding::Malformed, _) => {
            lang.t("这不像是校验码", "This does not look like a head").to_owned()
        }
    };
    (says, next(finding, lang))
}

fn next(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Stands(_) => lang.t(
            "这是本站算的；要自己算，请用命令 fundtrail proof consistency，或在“核对”页上算。",
            "This site computed it. To compute it yourself, use fundtrail proof consistency, or the \
             check page.",
        ),
        Finding::Fails(_) => lang.t(
            "先存下证据，再联系监督机关：12317。带签名的旧校验码和现在的校验码，两份签名就是证据。",
            "Save the evidence, then tell the supervisors: 12317. A signed old head and the present \
             one are evidence.",
        ),
        Finding::Longer(_) => lang.t(
            "请过一会儿再来。要是一直这样，这本账就比您见过的短：请联系监督机关 12317。",
            "Come again in a while. If it stays so, this ledger is shorter than the one you saw: \
             tell the supervisors, 12317.",
        ),
        Finding::Unknown => lang.t(
            "请把三行都贴上：账本名、条数、校验码。",
            "Paste all three lines: name, number of records, root.",
        ),
        Finding::Other => lang.t(
            "第一行是账本的名字，要和本站的一样。",
            "The first line is the ledger’s name; it must be this one’s.",
        ),
        Finding::Malformed => lang.t(
            "校验码是三行：账本名、条数、44 个字符的一串；也可以只贴最后一行。",
            "A head has three lines: name, number of records, 44 characters; the last alone may do.",
        ),
    }
}
