//! One record: the fact as a sentence, where its money went, its exact bytes, and the proof (pages
//! design, 5.5).
//!
//! A record is shown whole or not at all; its hash and its proof are for everybody.

mod links;
pub mod sentence;

use super::figures;
use super::frame::{Frame, Here};
use super::lang::Lang;
use super::marks::{Chip, State};
use super::reading::Taken;
use super::reply::Reply;
use super::visit::Visit;
use super::vouched::{self, Stated};
use crate::access::{Viewer, What};
use crate::base::{Code, Digest};
use crate::projections::path::Spot;
use crate::projections::words;
use crate::service::Problem;
use crate::service::bounds::RECEIPT_WAIT_MAX;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use links::{Link, links};
use serde_json::Value;
use std::io::Read;

/// The largest file that a page gives out; larger ones are fetched over the API, which streams.
const FILE_BYTES_MAX: u64 = 32 << 20;

/// What a type of event is called.
pub fn label(kind: &str, lang: Lang) -> &str {
    words::event(kind).map_or(kind, |label| lang.label(label))
}

/// What a word of a basis or a channel is called, as gifts print it.
pub fn word(code: &str, lang: Lang) -> String {
    let found = words::word("feedback_sent", "channel", code)
        .or_else(|| words::word("", "basis/kind", code));
    found.map_or_else(|| code.to_owned(), |label| lang.label(label).to_owned())
}

/// A record and the names that its words are read with.
struct Naming<'n> {
    visit: &'n Visit,
    record: &'n Taken,
    lang: Lang,
}

impl Naming<'_> {
    /// What stands in a hole of the sentence.
    fn fill(&self, how: &str, field: &str) -> String {
        let record = self.record;
        match (how, field) {
            ("", "by") => return self.organization(record.text("/event/by/org")),
            ("", "here") => return self.place(record.text("/event/jurisdiction")),
            ("", "sum") => return self.money(Some(record.sum_fen(None))),
            ("", "lots") => return self.lots(),
            _ => {}
        }
        let value = record.at(&format!("/event/data/{field}"));
        let text = match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Object(helped)) => {
                helped.values().find_map(Value::as_str).unwrap_or_default().to_owned()
            }
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let whole = value.and_then(Value::as_i64);
        match how {
            "org" => self.organization(&text),
            "place" => self.place(&text),
            "project" => self.project(&text),
            "word" => words::word(record.kind(), field, &text)
                .map_or(text, |label| self.lang.label(label).to_owned()),
            "fen" => self.money(whole),
            "bp" => figures::percent(whole.map(i128::from)),
            "count" => whole.map_or(text, figures::count),
            _ => text,
        }
    }

    fn money(&self, fen: Option<i64>) -> String {
        match (fen, self.lang) {
            (None, _) => figures::NONE.to_owned(),
            (Some(fen), Lang::Zh) => format!("{} 元", figures::yuan(fen)),
            (Some(fen), Lang::En) => format!("¥{}", figures::yuan(fen)),
        }
    }

    fn lots(&self) -> String {
        let mut lots: Vec<&str> = self.record.movements().map(|moved| moved.lot).collect();
        lots.dedup();
        lots.sort_unstable();
        lots.dedup();
        lots.join(self.lang.t("、", ", "))
    }

    fn organization(&self, org: &str) -> String {
        let views = self.visit.live().views();
        views.names.organizations.get(org).cloned().unwrap_or_else(|| org.to_owned())
    }

    fn project(&self, project: &str) -> String {
        let views = self.visit.live().views();
        views.names.projects.get(project).cloned().unwrap_or_else(|| project.to_owned())
    }

    fn place(&self, code: &str) -> String {
        let views = self.visit.live().views();
        let county = Code::parse(code.get(..6).unwrap_or(code));
        let name = county.and_then(|code| views.names.jurisdictions.get(&code).cloned());
        match name {
            Some(name) if code.len() > 6 => format!("{name} {code}"),
            Some(name) => name,
            None => code.to_owned(),
        }
    }

    /// A place in words, and where its money came from.
    fn path(&self, path: &str) -> (String, String) {
        let Some(spot) = Spot::parse(path) else { return (path.to_owned(), String::new()) };
        let mut said = self.lang.label(spot.kind.label()).to_owned();
        let mut add = |more: &str| {
            said.push(' ');
            said += more;
        };
        if let Some(project) = spot.project {
            add(&self.project(project));
        }
        if let Some(party) = spot.party {
            add(&self.organization(party));
        }
        let at = spot.code.map(|code| self.place(&code.to_string())).unwrap_or_default();
        let plan = spot.plan.map(|plan| format!(" {plan}")).unwrap_or_default();
        if spot.project.is_none() {
            if !at.is_empty() {
                add(&format!("{at}{plan}"));
            }
            return (said, String::new());
        }
        let source = match self.lang {
            Lang::Zh => format!("来源：{at}{plan}"),
            Lang::En => format!("source: {at}{plan}"),
        };
        (said, source)
    }
}

/// A movement as it is printed.
struct Row {
    lot: String,
    from: (String, String, String),
    to: (String, String, String),
    amount: String,
}

/// What only those may see who may see the record.
struct Whole {
    sentence: String,
    chip: Option<Chip>,
    rows: Vec<Row>,
    facts: Vec<(&'static str, String)>,
    docs: Vec<(String, String)>,
    links: Vec<Link>,
    line: String,
    bytes: String,
    prev: String,
    label: String,
}

#[derive(Template)]
#[template(path = "record.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    seq: u64,
    before: Option<u64>,
    after: Option<u64>,
    whole: Option<Whole>,
    leaf: String,
    size: Option<String>,
    root: String,
    steps: usize,
    key: String,
    stated: Stated,
    /// Who verified the whole ledger so far that this record is covered.
    verified: String,
    home: String,
}

fn number_of(visit: &Visit) -> Result<u64, Problem> {
    let seq = visit.path.get("seq").and_then(crate::base::decimal);
    seq.filter(|seq| *seq < visit.live().folded()).ok_or(Problem::NotFound("record"))
}

/// The page of a record.
///
/// # Errors
/// There is none of that number.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let seq = number_of(visit)?;
    let (live, lang) = (visit.live(), visit.lang);
    let whole = match visit.reader().record(seq) {
        Ok(bytes) => Some(whole(visit, &Taken::new(seq, bytes)?)?),
        Err(Problem::NotFound(_)) => None,
        Err(problem) => return Err(problem),
    };
    if whole.is_some() && visit.viewer != Viewer::Public {
        note(visit, seq)?;
    }
    live.wait_published(seq + 1, RECEIPT_WAIT_MAX);
    let prover = live.prover();
    let receipt = prover.receipt(seq).ok();
    let head = prover.head_for(seq).checkpoint.clone();
    drop(prover);
    let leaf = crate::ledger::reading::read_durable(&*live.records(), seq)
        .map(|bytes| Digest::of(&[&[0], &bytes]))
        .map_err(|error| Problem::Failed(error.to_string()))?;
    let number = figures::count(seq);
    let title = match lang {
        Lang::Zh => format!("第 {number} 条记录"),
        Lang::En => format!("Record {number}"),
    };
    let covered = receipt.is_some();
    let stated = Stated::of(visit);
    let (verified, _) = vouched::covering(&live.views(), seq, lang);
    Reply::page(&Page {
        frame: Frame::new(visit, Here::Nowhere, title),
        seq,
        before: seq.checked_sub(1),
        after: Some(seq + 1).filter(|next| *next < live.folded()),
        whole,
        leaf: leaf.to_string(),
        size: covered.then(|| figures::count(head.size)),
        root: BASE64_STANDARD.encode(head.root.0),
        steps: receipt.map_or(0, |receipt| receipt.hashes.len()),
        key: stated.keys.rsplit(' ').next().unwrap_or_default().to_owned(),
        stated,
        verified,
        home: visit.home.clone(),
    })
}

fn note(visit: &Visit, seq: u64) -> Result<(), Problem> {
    let id = visit.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let about = format!("records/{seq}");
    visit.service().note(&visit.viewer, What::Records, &about, id.unwrap_or_default())
}

/// The receipt of a record, as a file. It is for everybody.
///
/// # Errors
/// There is no such record, or no checkpoint covers it yet.
pub fn receipt(visit: &Visit) -> Result<Reply, Problem> {
    let seq = number_of(visit)?;
    visit.live().wait_published(seq + 1, RECEIPT_WAIT_MAX);
    let receipt = visit.live().prover().receipt(seq)?.to_string();
    let name = format!("{seq}.tlog-proof");
    Ok(Reply::file("text/plain; charset=utf-8", &name, receipt.into_bytes()))
}

/// The stored bytes of a record, as a file.
///
/// # Errors
/// There is none of that number that the reader may see.
pub fn bytes(visit: &Visit) -> Result<Reply, Problem> {
    let seq = number_of(visit)?;
    let line = visit.reader().record(seq)?;
    if visit.viewer != Viewer::Public {
        note(visit, seq)?;
    }
    Ok(Reply::file("application/json", &format!("{seq}.json"), line))
}

/// A file that a record names, as an attachment, for those who may see the record.
///
/// # Errors
/// The reader may not see the record, it names no such file, or the file is not stored here.
pub fn file(visit: &Visit) -> Result<Reply, Problem> {
    let seq = number_of(visit)?;
    let absent = Problem::NotFound("file");
    let record = Taken::new(seq, visit.reader().record(seq)?)?;
    let asked = visit.path.get("sha256").and_then(Digest::parse);
    let named = |sha256: &Digest| {
        let text = sha256.to_string();
        docs(&record, visit.lang).iter().any(|(_, one)| *one == text)
    };
    let Some(asked) = asked.filter(named) else { return Err(absent) };
    if visit.viewer != Viewer::Public {
        note(visit, seq)?;
    }
    let failed = |error: String| Problem::Failed(error);
    let stored = visit.live().evidence(asked).map_err(|error| failed(error.to_string()))?;
    let stored = stored.ok_or(absent)?;
    let mut bytes = Vec::new();
    let read = stored.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Problem::TooLarge { limit: FILE_BYTES_MAX });
    }
    Ok(Reply::file("application/octet-stream", &asked.to_string(), bytes))
}

fn whole(visit: &Visit, record: &Taken) -> Result<Whole, Problem> {
    let lang = visit.lang;
    let naming = Naming { visit, record, lang };
    let rows = record.movements().map(|moved| {
        let place = |path: &str| {
            let (said, source) = naming.path(path);
            (said, source, path.to_owned())
        };
        Row {
            lot: moved.lot.to_owned(),
            from: place(moved.from),
            to: place(moved.to),
            amount: figures::yuan(moved.amount_fen),
        }
    });
    let date = record.date().map(|day| figures::day(day, lang)).unwrap_or_default();
    let sentence = sentence::say(&naming);
    Ok(Whole {
        sentence: match lang {
            Lang::Zh => format!("{date}，{sentence}"),
            Lang::En => format!("{date}: {sentence}"),
        },
        chip: record.is_exception().then(|| State::Exception.chip(lang.t("例外入账", "Exception"))),
        rows: rows.collect(),
        facts: facts(record, lang),
        docs: docs(record, lang),
        links: links(visit, record)?,
        bytes: figures::count(record.line.len() as i64),
        line: record.line.clone(),
        prev: record.text("/prev").to_owned(),
        label: label(record.kind(), lang).to_owned(),
    })
}

fn facts(record: &Taken, lang: Lang) -> Vec<(&'static str, String)> {
    let by = |name: &str| record.text(&format!("/event/by/{name}")).to_owned();
    let mut facts =
        vec![(lang.t("业务日期", "Business date"), record.text("/event/business_date").to_owned())];
    if let Some(at) = record.recorded_at() {
        let later = record.date().map_or(0, |day| day.days_until(at.hebei_date()));
        let late = match (later, lang) {
            (0, lang) => lang.t("当天入账", "the same day").to_owned(),
            (days, Lang::Zh) => format!("晚 {}", figures::span(days, lang)),
            (days, Lang::En) => format!("{} later", figures::span(days, lang)),
        };
        let clock = figures::clock(at);
        facts.push((
            lang.t("入账时间", "Recorded"),
            match lang {
                Lang::Zh => format!("{clock}（北京时间），{late}"),
                Lang::En => format!("{clock} (UTC+8), {late}"),
            },
        ));
    }
    let posted = record.text("/posted_by");
    facts.push((
        lang.t("经办/复核", "Maker/checker"),
        match lang {
            Lang::Zh => format!("{} / {}，操作账号 {posted}", by("maker"), by("checker")),
            Lang::En => format!("{} / {}, principal {posted}", by("maker"), by("checker")),
        },
    ));
    if !by("approver").is_empty() {
        facts.push((lang.t("例外批准人", "Approver"), by("approver")));
    }
    for (field, zh, en) in
        [("bank_ref", "银行流水", "Bank reference"), ("receipt_no", "收据", "Receipt")]
    {
        if !record.data(field).is_empty() {
            facts.push((lang.t(zh, en), record.data(field).to_owned()));
        }
    }
    if !record.text("/event/note").is_empty() {
        facts.push((lang.t("备注", "Note"), record.text("/event/note").to_owned()));
    }
    facts
}

/// The files that a record names: number and SHA-256.
fn docs(record: &Taken, lang: Lang) -> Vec<(String, String)> {
    let all = record.at("/event/docs").and_then(Value::as_array);
    let sealed = record.data("text_sha256").to_owned();
    let words = lang.t("封存的文字", "Sealed words").to_owned();
    let text = |one: &Value, name: &str| {
        one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let named = all.into_iter().flatten().map(|one| (text(one, "number"), text(one, "sha256")));
    named.chain((!sealed.is_empty()).then_some((words, sealed))).collect()
}
