//! When there is no page: what happened, what is safe, what to do next, in plain words.

use super::frame::{Frame, Here};
use super::lang::Lang;
use super::marks::State;
use super::reply::Reply;
use super::visit::Visit;
use crate::service::Problem;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};

#[derive(Template)]
#[template(path = "trouble.html", config = "src/web/askama.toml")]
struct Trouble {
    frame: Frame,
    state: State,
    what: String,
    next: String,
    request_id: String,
}

/// The page of a problem.
pub fn page(visit: &Visit, problem: &Problem) -> Reply {
    if let Problem::Failed(reason) = problem {
        tracing::error!(reason, "a page failed");
    }
    let lang = visit.lang;
    let [title, what, next] = words(problem, lang);
    let id = visit.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let trouble = Trouble {
        frame: Frame::new(visit, Here::Nowhere, title),
        state: state(problem),
        what,
        next,
        request_id: id.unwrap_or_default().to_owned(),
    };
    let reply = Reply::page(&trouble).unwrap_or_else(|problem| {
        Reply::bytes("text/plain; charset=utf-8", problem.detail().into_bytes())
    });
    let mut reply = reply.with_status(problem.status());
    if let Some(seconds) = problem.retry_after() {
        reply.header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    reply
}

fn state(problem: &Problem) -> State {
    match problem.status() {
        StatusCode::INTERNAL_SERVER_ERROR => State::Refuted,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => State::Wait,
        _ => State::Unchecked,
    }
}

/// What happened, what is safe, what to do; in words.
pub fn words(problem: &Problem, lang: Lang) -> [String; 3] {
    let [title, what, next] = known(problem);
    let mut said = [title, what, next].map(|(zh, en)| lang.t(zh, en).to_owned());
    match problem {
        Problem::TooMany { retry_after } => {
            said[2] = match lang {
                Lang::Zh => format!("请过 {retry_after} 秒再试。"),
                Lang::En => format!("Try again in {retry_after} s."),
            };
        }
        Problem::TooLarge { limit } if *limit >= 1 << 20 => {
            said[1] = match lang {
                Lang::Zh => format!("最多 {} MiB。没有记任何账。", limit >> 20),
                Lang::En => format!("At most {} MiB. Nothing was recorded.", limit >> 20),
            };
        }
        // Only the API's words are there for the rest, which a person meets by a broken address.
        Problem::Parameter { .. } | Problem::Refused(_) => said[1] = problem.detail(),
        _ => {}
    }
    said
}

/// What is said where nothing more is known to be safe.
const NOTHING: (&str, &str) = ("没有记任何账。", "Nothing was recorded.");

/// Title, what happened, what to do; Chinese and English.
fn known(problem: &Problem) -> [(&'static str, &'static str); 3] {
    match problem {
        Problem::NotFound(_) => [
            ("没有这个页面", "There is no such page"),
            (
                "网址可能写错了，或者它说的那一项不在这本账里。",
                "The address may be mistyped, or what it names is not in this ledger.",
            ),
            ("从首页再找一次。", "Try again from the home page."),
        ],
        Problem::NotOpen => [
            ("您的账号看不到这一页", "Your account does not open this page"),
            (
                "内容只对监督机关和有关单位公开。校验值和证明谁都可以看。",
                "It is for supervisors and the bodies concerned. Hash and proof are public.",
            ),
            (
                "需要的话，请运行单位给您的账号授权。",
                "If you need it, ask the operator for a grant.",
            ),
        ],
        Problem::TokenNeeded => [
            ("登录已经结束", "Your session has ended"),
            NOTHING,
            ("请重新登录，再做一次。", "Sign in again and do it once more."),
        ],
        Problem::NotOurs => [
            ("这张表单不是从本站页面提交的", "This form did not come from a page of ours"),
            NOTHING,
            ("请回到页面重新打开，再提交一次。", "Open the page again and submit it once more."),
        ],
        Problem::TooLarge { .. } => {
            [("内容太大", "Too large"), NOTHING, ("请分成几份再传。", "Split it and try again.")]
        }
        Problem::Insecure => [
            ("这条连接不安全", "This line is not private"),
            (
                "查询码和登录只在加密连接上使用。",
                "Codes and sign-in are taken only over an encrypted line.",
            ),
            ("请改用 https 开头的网址。", "Use the address that begins with https."),
        ],
        other => later(other),
    }
}

/// The same of what time or the operator mends.
fn later(problem: &Problem) -> [(&'static str, &'static str); 3] {
    match problem {
        Problem::TooMany { .. } => {
            [("查得太快了", "Too many requests"), NOTHING, ("请稍后再试。", "Try again shortly.")]
        }
        Problem::Stopped(_) => [
            ("这本账现在停止记账", "This ledger takes no posts just now"),
            (
                "您的单子还在；按返回键就能回去。",
                "Your form is still there: go back in your browser.",
            ),
            (
                "请告诉运行单位。恢复以后再按一次：已经记上的不会重复记账。",
                "Tell the operator. Press again once it is put right: nothing is recorded twice.",
            ),
        ],
        Problem::Busy(_) | Problem::Unavailable(_) => [
            ("现在太忙，没有记上", "Busy: nothing was recorded"),
            (
                "您的单子还在；按返回键就能回去。",
                "Your form is still there: go back in your browser.",
            ),
            (
                "请过几秒再按一次，不会重复记账。",
                "Press again in a few seconds; nothing is recorded twice.",
            ),
        ],
        Problem::Rebuilding => [
            ("正在整理记录", "The records are being read"),
            (
                "账本刚刚启动，页面的数字还在从记录里重新算出来。",
                "The ledger has just started; its figures are being made from the records.",
            ),
            ("请过一会儿刷新。", "Reload in a moment."),
        ],
        Problem::Failed(_) => [
            ("本站出了错", "Something failed on our side"),
            (
                "没有记任何账。已经记下的账不受影响。",
                "Nothing was recorded. What stands in the ledger is not affected.",
            ),
            (
                "请稍后再试；还不行，把下面的编号告诉运行单位。",
                "Try again later; if it goes on, tell the operator the number below.",
            ),
        ],
        _ => [
            ("这个请求没有办成", "This was not done"),
            NOTHING,
            ("请检查后再试。", "Check and try again."),
        ],
    }
}
