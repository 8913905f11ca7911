//! Findings and their course; and raising one from a selection, with its records as evidence.
//!
//! The form goes the way of every post: the rules decide, nothing here does. It carries the event's
//! id, so a double click raises one finding.

use super::file::{self, Column};
use super::table;
use super::words;
use super::{Tab, check, frame, tabs, today};
use crate::base::{Digest, EventId};
use crate::interchange::money::{Unit, figure};
use crate::ledger::bulk::Line;
use crate::ledger::{Incoming, Mode, Poster};
use crate::projections::inspect::RuleKey;
use crate::service::bounds::FOLLOW_MAX;
use crate::service::desk::Desk;
use crate::service::{Problem, door, projects};
use crate::web::desk::staff;
use crate::web::desk::words::refusal_title;
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::marks::{Chip, State};
use crate::web::reply::Reply;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// The most records that a finding names, as its list of evidence holds.
const EVIDENCE_MAX: usize = 200;

/// The name space of the ids that forms carry.
const FORMS: EventId = EventId(0x5d1c_9e0a_2b7f_4c36_8e11_f00d_a0d1_7001);

/// How grave a finding is: code, Chinese, English.
const SEVERITIES: [(&str, &str, &str); 3] =
    [("violation", "违规", "Violation"), ("risk", "风险", "Risk"), ("hint", "提示", "Hint")];

struct Row {
    finding: String,
    on: String,
    place: String,
    rule: String,
    about: String,
    amount: String,
    text: String,
    stage: Chip,
    stands: &'static str,
    steps: Vec<(u64, String)>,
}

#[derive(Template)]
#[template(path = "audit_findings.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    open: bool,
    links: table::Links,
    count: String,
}

/// The findings, the newest first.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let lang = visit.lang;
    let open = visit.query.get("open").is_some();
    let asked = table::Asked::of(visit);
    let on = today(visit)?;
    let (rows, count): (Vec<Row>, usize) = {
        let views = visit.live().views();
        let all = views.findings.rows.values().filter(|row| !open || row.stage.is_open());
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|row| std::cmp::Reverse(row.steps.first().map(|step| step.seq)));
        let row = |one: &&crate::projections::findings::Finding| {
            let names = &views.names;
            let named = |id: &Option<String>, of: &std::collections::BTreeMap<String, String>| {
                id.as_ref().map(|id| of.get(id).unwrap_or(id).clone())
            };
            let parts = [
                named(&one.project, &names.projects),
                one.lot.clone(),
                named(&one.organization, &names.organizations),
            ];
            let about: Vec<String> = parts.into_iter().flatten().collect();
            let stage = lang.label(one.stage.label());
            Row {
                finding: one.finding.clone(),
                on: one.raised_on.to_string(),
                place: table::place(&views.names.jurisdictions, one.jurisdiction),
                rule: words::rule(lang, &one.rule),
                about: about.join(" · "),
                amount: one.amount_fen.map_or(figures::NONE.to_owned(), figures::yuan),
                text: one.steps.first().map(|step| step.text.clone()).unwrap_or_default(),
                stands: stage,
                stage: match (one.is_overdue(on), one.stage.is_open()) {
                    (true, _) => State::Overdue.chip(stage),
                    (false, true) => State::Wait.chip(stage),
                    (false, false) => State::Done.chip(stage),
                },
                steps: one.steps.iter().map(|step| (step.seq, step.on.to_string())).collect(),
            }
        };
        let count = all.len();
        (all.iter().skip(asked.from).take(asked.rows).map(row).collect(), count)
    };
    if let Some(file) = file::file(visit, "findings", COLUMNS, || rows.iter().map(cells).collect())?
    {
        return Ok(file);
    }
    Reply::page(&Page {
        frame: frame(visit, lang.t("问题与整改", "Findings")),
        tabs: tabs(visit, "/audit/findings"),
        rows,
        open,
        links: asked.links(visit, count),
        count: figures::count(count as i128),
    })
}

/// The columns of their file.
const COLUMNS: &[Column] = &[
    ("finding", "问题", "finding"),
    ("raised_on", "提出日期", "raised on"),
    ("rule", "规则", "rule"),
    ("jurisdiction", "地区", "place"),
    ("about", "涉及", "about"),
    ("text", "发现", "text"),
    ("amount_yuan", "金额（元）", "amount (yuan)"),
    ("stage", "进展", "stage"),
    ("records", "记录", "records"),
];

fn cells(row: &Row) -> Vec<Value> {
    let seqs: Vec<String> = row.steps.iter().map(|(seq, _)| seq.to_string()).collect();
    let amount = if row.amount == figures::NONE { String::new() } else { file::plain(&row.amount) };
    vec![
        json!(row.finding),
        json!(row.on),
        json!(row.rule),
        json!(row.place),
        json!(row.about),
        json!(row.text),
        json!(amount),
        json!(row.stands),
        json!(seqs.join(" ")),
    ]
}

#[derive(Template)]
#[template(path = "audit_raise.html", config = "src/web/askama.toml")]
struct Form {
    frame: Frame,
    tabs: Vec<Tab>,
    form_token: String,
    fields: Fields,
    id: String,
    finding: String,
    on: String,
    jurisdiction: String,
    rules: Vec<(String, String)>,
    evidence: Vec<table::Row>,
    maker: String,
    refused: Option<String>,
}

impl Form {
    fn value(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }

    fn is_rule(&self, code: &str) -> bool {
        self.fields.get("rule").unwrap_or(words::BY_HAND) == code
    }

    fn is_severity(&self, code: &str) -> bool {
        self.value("severity") == code
    }
}

/// The form, filled with the selection.
pub fn form(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    shown(visit, &visit.query, None)
}

fn shown(visit: &Visit, fields: &Fields, refused: Option<String>) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    let told = projects::excerpts(visit.live(), seqs(fields))?;
    let fresh = format!("{}/{}/{}", Digest::of(&[secret.as_bytes()]), door::now().0, visit.target);
    let id = EventId::derived(&FORMS, fresh.as_bytes()).to_string();
    let id = fields.get("id").unwrap_or(&id).to_owned();
    let finding = fields.get("finding").map_or_else(|| format!("F-{}", &id[..8]), str::to_owned);
    Reply::page(&Form {
        frame: frame(visit, lang.t("提出问题", "Raise a finding")),
        tabs: tabs(visit, "/audit/findings"),
        form_token: crate::access::sessions::form_token(secret),
        on: fields.get("on").map_or_else(|| door::now().hebei_date().to_string(), str::to_owned),
        // Where the selection happened, until somebody says otherwise.
        jurisdiction: fields.get("jurisdiction").map_or_else(
            || told.first().map(|one| one.here.to_string()).unwrap_or_default(),
            str::to_owned,
        ),
        rules: rules(lang, fields.get("rule").unwrap_or(words::BY_HAND)),
        evidence: table::rows(visit, &told),
        maker: match (fields.get("maker"), visit.viewer.principal()) {
            (Some(typed), _) => typed.to_owned(),
            (None, Some(one)) => staff::maker(visit, one),
            (None, None) => String::new(),
        },
        fields: fields.clone(),
        id,
        finding,
        refused,
    })
}

/// The rules that a finding may name, as it is recorded and in words; the one asked for first where
/// it is none of ours.
fn rules(lang: Lang, asked: &str) -> Vec<(String, String)> {
    let ours = RuleKey::ALL.iter().map(|key| key.number().unwrap_or(key.code()));
    let mut all: Vec<&str> = std::iter::once(words::BY_HAND).chain(ours).collect();
    if !all.contains(&asked) {
        all.insert(0, asked);
    }
    all.into_iter().map(|code| (code.to_owned(), words::rule(lang, code))).collect()
}

/// The records of a selection, by number.
fn seqs(fields: &Fields) -> Vec<u64> {
    let numbers = fields.all("seq").filter_map(|seq| seq.parse().ok());
    numbers.take(EVIDENCE_MAX).collect()
}

/// Raises the finding, or shows the form again with what stands against it.
pub fn raise(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let fields = visit.form()?;
    if fields.get("act") == Some("show") {
        return shown(visit, &fields, None);
    }
    let body = match body(visit, &fields)? {
        Ok(body) => body.to_string(),
        Err(wrong) => return Ok(again(shown(visit, &fields, Some(wrong))?)),
    };
    let name = visit.viewer.principal().map(|one| one.name.to_string());
    let name = name.ok_or(Problem::TokenNeeded)?;
    let lines =
        [Line { number: 1, incoming: Incoming::read(body.as_bytes(), Poster::Only(&name)) }];
    let told = {
        let _place = visit.service().limits.single_post()?;
        Desk { live: visit.live(), viewer: &visit.viewer }.post(&lines, Mode::Atomic)?
    };
    let told = told.into_iter().next().ok_or(Problem::Failed("no outcome".to_owned()))?;
    if !told.stands() {
        let code = told.code.map(|code| code.code()).unwrap_or_default();
        let said = refusal_title(code, visit.lang);
        let refused = match visit.lang {
            Lang::Zh => format!("不予入账：{said}（{code}）"),
            Lang::En => format!("Refused: {said} ({code})"),
        };
        return Ok(again(shown(visit, &fields, Some(refused))?));
    }
    staff::remember(visit, fields.get("maker").unwrap_or_default());
    if let Some(seq) = told.seq {
        visit.live().wait_folded(seq, FOLLOW_MAX);
    }
    Ok(Reply::see("/audit/findings"))
}

/// The form once more: nothing was recorded.
fn again(reply: Reply) -> Reply {
    reply.with_status(StatusCode::UNPROCESSABLE_ENTITY)
}

/// The event that the form describes, or what is wrong with it.
fn body(visit: &Visit, fields: &Fields) -> Result<Result<Value, String>, Problem> {
    let lang = visit.lang;
    let text = |name| fields.get(name).unwrap_or_default();
    let org = visit.viewer.principal().map(|one| one.org.to_string());
    let evidence = projects::excerpts(visit.live(), seqs(fields))?;
    let evidence: Vec<String> = evidence.iter().map(|one| one.id.to_string()).collect();
    let mut subjects = serde_json::Map::new();
    for name in ["lot", "project", "organization"] {
        if let Some(value) = fields.get(name) {
            subjects.insert(name.to_owned(), json!(value));
        }
    }
    if subjects.is_empty() {
        subjects.insert("jurisdiction".to_owned(), json!(text("jurisdiction")));
    }
    let mut data = json!({
        "finding": text("finding"), "rule": text("rule"), "severity": text("severity"),
        "subjects": subjects, "evidence": evidence, "text": text("text"),
    });
    if let Some(amount) = fields.get("amount") {
        let Ok(fen) = figure(amount, Some(Unit::YUAN)) else {
            let wrong = lang.t("金额按元填写，最多两位小数", "Yuan with at most two decimals");
            return Ok(Err(format!("{wrong}：{amount}")));
        };
        data["amount_fen"] = json!(fen.get());
    }
    Ok(Ok(json!({
        "id": text("id"), "type": "finding_raised", "jurisdiction": text("jurisdiction"),
        "business_date": text("on"),
        "by": { "org": org, "maker": text("maker"), "checker": text("checker") },
        "docs": [{ "number": text("number"), "sha256": text("sha256") }], "data": data,
    })))
}
