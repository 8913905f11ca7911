//! The head block of home, and the box that holds a saved head against the ledger.
//!
//! What the server says of itself is no verdict, and the page says so: nothing here is green
//! (pages design, sections 4 and 5.1).

use super::frame::{Frame, Here, head_lines};
use super::lang::Lang;
use super::marks::State;
use super::reply::Reply;
use super::visit::Visit;
use super::vouched::{self, Line, Stated};
use super::{figures, marks};
use crate::base::Digest;
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
    /// The same in seconds since 1970, for a browser to tell how long ago.
    pub recorded_s: i64,
    /// The witnesses, each with what it did last.
    pub witnesses: Vec<Line>,
    /// The keys that this site states.
    pub stated: Stated,
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
        let (stated, witnesses) = (Stated::of(visit), vouched::witnesses(visit));
        let views = live.views();
        Block {
            lines: head_lines(&head.origin, head.size, head.root),
            records: figures::count(head.size),
            recorded: views.recorded_at.map(figures::clock),
            recorded_s: views.recorded_at.map_or(0, |at| at.0.div_euclid(1000)),
            witnesses,
            stated,
            verified: vouched::newest(&views, lang).0,
            scrubbed: scrubbed(live.verified_seq(), lang),
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

/// `/head.txt`: the three lines to save; with `root`, those of the kept head that has this root,
/// so that a browser knows where to hold a root that stands alone.
///
/// # Errors
/// No kept head has this root.
pub fn file(visit: &Visit) -> Result<Reply, Problem> {
    let published = visit.live().published();
    let (mut size, mut root) = (published.checkpoint.size, published.checkpoint.root);
    if let Some(asked) = visit.query.get("root") {
        let absent = || Problem::NotFound("head");
        root = root_of(asked).ok_or_else(absent)?;
        size = size_of(visit, root)?.ok_or_else(absent)?;
    }
    let lines = head_lines(&published.checkpoint.origin, size, root);
    Ok(Reply::file("text/plain; charset=utf-8", "head.txt", lines.into_bytes()))
}

/// A root as it is printed.
fn root_of(text: &str) -> Option<Digest> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    <[u8; 32]>::try_from(bytes).ok().map(Digest)
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
    stated: Stated,
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
        stated: Stated::of(visit),
    };
    Reply::page(&page)
}

/// Reads what was saved, three lines or a root alone, and holds it against the ledger. Signatures
/// below the lines, after a blank one, are for whoever has keys.
fn find(visit: &Visit, asked: &str) -> Result<Finding, Problem> {
    let live = visit.live();
    let asked = asked.replace('\r', "");
    let lines = asked.trim_start().split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = lines.split_whitespace().collect();
    let published = live.published();
    match words[..] {
        [one] => match root_of(one) {
            Some(root) => alone(visit, root),
            None => Ok(Finding::Malformed),
        },
        [origin, size, one] => {
            let size = size.replace(',', "").parse::<u64>().ok().filter(|size| *size > 0);
            let (Some(size), Some(root)) = (size, root_of(one)) else {
                return Ok(Finding::Malformed);
            };
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
    let Some(size) = size_of(visit, root)? else { return Ok(Finding::Unknown) };
    // The kept head says so; the records are asked all the same.
    Ok(match visit.live().root_at(size)? == root {
        true => Finding::Stands(size - 1),
        false => Finding::Fails(size - 1),
    })
}

/// How many records the kept or present head of this root has.
fn size_of(visit: &Visit, root: Digest) -> Result<Option<u64>, Problem> {
    let live = visit.live();
    let published = live.published();
    if published.checkpoint.root == root {
        return Ok(Some(published.checkpoint.size).filter(|size| *size > 0));
    }
    let failed = |error: crate::ledger::proving::ProveError| Problem::from(error);
    let line = BASE64_STANDARD.encode(root.0);
    let kept = live.kept_heads(0, KEPT_HEADS_MAX).map_err(|error| failed(error.into()))?;
    for size in kept {
        let note = live.kept_head(size).map_err(|error| failed(error.into()))?;
        if note.is_some_and(|note| note.lines().nth(2) == Some(&*line)) {
            return Ok(Some(size));
        }
    }
    Ok(None)
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
            "要自己算，请打开脚本，或用命令 fundtrail proof consistency。",
            "To compute it yourself, allow scripts or use the command fundtrail proof consistency.",
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
