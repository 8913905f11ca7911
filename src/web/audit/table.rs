//! Records as rows: what every list of supervision prints of them, its pages, and its file.

use super::file::{Column, plain};
use crate::base::Code;
use crate::projections::excerpt::Excerpt;
use crate::projections::lists::LATE_DAYS;
use crate::service::Problem;
use crate::web::desk::words::refusal_title;
use crate::web::figures;
use crate::web::lang::Lang;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use serde_json::{Value, json};

/// The rows of a page.
pub const ROWS: usize = 50;

/// The most rows of a file; who wants more asks more narrowly, or exports records.
pub const FILE_ROWS: usize = 10_000;

/// A record as a row.
pub struct Row {
    pub seq: u64,
    pub on: String,
    pub recorded_on: String,
    pub late: Option<String>,
    pub here: String,
    pub label: &'static str,
    pub project: Option<(String, String)>,
    pub payee: Option<(String, String)>,
    pub lots: Vec<String>,
    pub more_lots: usize,
    pub amount: String,
    pub about: String,
    pub papers: String,
    pub excused: bool,
}

/// How many lots a row names before it only counts them.
const LOTS_NAMED: usize = 3;

/// Records as rows.
pub fn rows(visit: &Visit, told: &[Excerpt]) -> Vec<Row> {
    let lang = visit.lang;
    let views = visit.live().views();
    let names = &views.names;
    told.iter()
        .map(|one| {
            let mut lots: Vec<String> = one.moves.iter().map(|it| it.lot.clone()).collect();
            lots.sort();
            lots.dedup();
            let more_lots = lots.len().saturating_sub(LOTS_NAMED);
            lots.truncate(LOTS_NAMED);
            let late = one.days_later();
            let name = |id: &String, of: &std::collections::BTreeMap<String, String>| {
                (id.clone(), of.get(id).cloned().unwrap_or_else(|| id.clone()))
            };
            let papers: Vec<&str> = one.papers.iter().map(|it| it.number.as_str()).collect();
            Row {
                seq: one.seq,
                on: one.on.to_string(),
                recorded_on: one.recorded_on.to_string(),
                late: (late > LATE_DAYS).then(|| match lang {
                    Lang::Zh => format!("晚 {}", figures::span(late, lang)),
                    Lang::En => format!("{} late", figures::span(late, lang)),
                }),
                here: place(&names.jurisdictions, one.here),
                label: lang.label(one.label),
                project: one.project.as_ref().map(|id| name(id, &names.projects)),
                payee: one.payee.as_ref().map(|id| name(id, &names.organizations)),
                lots,
                more_lots,
                amount: figures::yuan(one.amount_fen),
                about: about(lang, one),
                papers: papers.join("、"),
                excused: !one.excused.is_empty(),
            }
        })
        .collect()
}

/// The name of a jurisdiction, or its code.
pub fn place(names: &std::collections::BTreeMap<Code, String>, code: Code) -> String {
    names.get(&code).cloned().unwrap_or_else(|| code.to_string())
}

fn about(lang: Lang, one: &Excerpt) -> String {
    let mut parts: Vec<String> = Vec::new();
    for excused in &one.excused {
        let rule = refusal_title(&excused.code, lang);
        parts.push(format!("{rule}{}{}", lang.t("：", ": "), excused.reason));
    }
    if let Some((kind, number)) = &one.basis {
        parts.push(format!("{} {number}", lang.label(*kind)));
    }
    parts.extend(one.because.map(|label| lang.label(label).to_owned()));
    if let Some(period) = &one.period {
        parts.push(period.clone());
    }
    if !one.says.is_empty() {
        parts.push(one.says.clone());
    }
    parts.join(lang.t("；", "; "))
}

/// An address with these pairs, for our own pages.
pub fn href<'p>(path: &str, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let mut text = path.to_owned();
    for (at, (name, value)) in pairs.into_iter().filter(|(_, value)| !value.is_empty()).enumerate()
    {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    text.push(char::from(byte));
                }
                other => text.push_str(&format!("%{other:02X}")),
            }
        }
    }
    text
}

/// Where a list goes on, turns round and leaves as a file: its own query, with one thing changed.
pub struct Links {
    pub before: Option<String>,
    pub after: Option<String>,
    pub csv: String,
    pub xlsx: String,
    pub oldest: String,
    pub largest: String,
    pub is_largest: bool,
}

/// The page of a list that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// From this row.
    pub from: usize,
    /// So many rows.
    pub rows: usize,
    /// The largest first?
    pub is_largest: bool,
}

impl Asked {
    /// What the query says.
    pub fn of(visit: &Visit) -> Asked {
        let page = visit.query.get("page").and_then(|page| page.parse::<usize>().ok());
        let page = page.unwrap_or(1).clamp(1, 1 << 20);
        let is_file = visit.query.get("as").is_some();
        Asked {
            from: if is_file { 0 } else { (page - 1) * ROWS },
            rows: if is_file { FILE_ROWS } else { ROWS },
            is_largest: visit.query.get("sort") == Some("largest"),
        }
    }

    /// The page of rows that were sorted already.
    pub fn page<T: Copy>(self, all: &[T]) -> Vec<T> {
        all.iter().skip(self.from).take(self.rows).copied().collect()
    }

    /// The links of a list with so many rows.
    pub fn links(self, visit: &Visit, count: usize) -> Links {
        let path = visit.target.split('?').next().unwrap_or("/audit");
        let with = |name: &str, value: &str| {
            let kept = visit.query.pairs().iter().filter(|(other, _)| {
                !matches!(other.as_str(), "page" | "as" | "lang") && other != name
            });
            let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
            href(path, kept.chain([(name, value)]))
        };
        let page = self.from / ROWS + 1;
        Links {
            before: (page > 1).then(|| with("page", &(page - 1).to_string())),
            after: (page * ROWS < count).then(|| with("page", &(page + 1).to_string())),
            csv: with("as", "csv"),
            xlsx: with("as", "xlsx"),
            oldest: with("sort", "oldest"),
            largest: with("sort", "largest"),
            is_largest: self.is_largest,
        }
    }
}

/// The file of a list, where the query asks for one.
///
/// # Errors
/// The query asks for another kind of file.
pub fn file(visit: &Visit, name: &str, rows: &[Row]) -> Result<Option<Reply>, Problem> {
    super::file::file(visit, name, COLUMNS, || rows.iter().map(cells).collect())
}

/// The columns of a file.
const COLUMNS: &[Column] = &[
    ("seq", "记录", "record"),
    ("business_date", "业务日期", "business date"),
    ("recorded_on", "入账时间", "recorded"),
    ("jurisdiction", "地区", "place"),
    ("type", "类型", "type"),
    ("project", "项目", "project"),
    ("payee", "收款单位", "payee"),
    ("lots", "批次", "lots"),
    ("amount_yuan", "金额（元）", "amount (yuan)"),
    ("documents", "文件号", "documents"),
    ("about", "说明", "about"),
];

fn cells(row: &Row) -> Vec<Value> {
    let id = |one: &Option<(String, String)>| {
        one.as_ref().map(|(id, name)| if id == name { id.clone() } else { format!("{name} {id}") })
    };
    vec![
        json!(row.seq),
        json!(row.on),
        json!(row.recorded_on),
        json!(row.here),
        json!(row.label),
        json!(id(&row.project).unwrap_or_default()),
        json!(id(&row.payee).unwrap_or_default()),
        json!(row.lots.join(" ")),
        json!(plain(&row.amount)),
        json!(row.papers),
        json!(row.about),
    ]
}
