//! Posting one event: form, trial by the real rules, record (pages design, 5.7).
//!
//! A trial records nothing and says so. The event's id stands in the form, so that pressing twice
//! records once.

use super::field::{Field, Input};
use super::form::{self, Reader};
use super::order;
use super::refused;
use super::staff;
use super::trial::{self, Trial};
use super::words;
use crate::access::posting::{self, Code, Type};
use crate::access::{Principal, Role};
use crate::base::lookup::{CODE_CHARACTERS, lookup_code};
use crate::base::words::field_label;
use crate::base::{Digest, EventId};
use crate::ledger::bulk::Line;
use crate::ledger::telling::Told;
use crate::ledger::{Incoming, Mode, Poster};
use crate::service::bounds::FOLLOW_MAX;
use crate::service::desk::Desk;
use crate::service::{Problem, door};
use crate::web::frame::{Crumb, Frame, Here};
use crate::web::lang::Lang;
use crate::web::marks::State;
use crate::web::reply::Reply;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// How many words a list proposes at most.
const PROPOSED_MAX: usize = 300;

/// How long a receipt waits for the checkpoint that covers it; one is signed every second.
const RECEIPT_WAIT: Duration = Duration::from_secs(3);

/// A word that is proposed while one types, and what it stands for.
struct Proposal {
    value: String,
    text: String,
}

#[derive(Template)]
#[template(path = "desk/post.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    code: &'static str,
    form_token: String,
    paper: Paper,
    line: String,
    trial: Trial,
    lists: Vec<(&'static str, Vec<Proposal>)>,
    faults: Vec<(String, String, String)>,
}

/// A form as it was read: what stands on it, and the body that it makes.
struct Paper {
    kind: Type,
    id: EventId,
    head: Vec<Field>,
    data: Vec<Field>,
    docs: Field,
    who: Vec<Field>,
    body: Value,
}

impl Paper {
    fn parts(&mut self) -> impl Iterator<Item = &mut Field> {
        let docs = std::iter::once(&mut self.docs);
        self.head.iter_mut().chain(&mut self.data).chain(docs).chain(&mut self.who)
    }

    fn faults(&mut self) -> Vec<(String, String, String)> {
        self.parts().flat_map(|field| field.faults()).collect()
    }

    fn miss(&mut self, lang: Lang) {
        form::miss(&mut self.head, lang);
        form::miss(&mut self.data, lang);
        form::miss(std::slice::from_mut(&mut self.docs), lang);
        form::miss(&mut self.who, lang);
    }

    fn blame(&mut self, name: &str, wrong: &str) {
        self.parts().any(|field| field.blame(name, wrong));
    }

    /// The fields that stand open: those of the paper, and whatever is filled in or wrong.
    fn main(&self) -> impl Iterator<Item = &Field> {
        self.data.iter().filter(|field| self.stands_open(field))
    }

    /// The others, folded away.
    fn more(&self) -> Vec<&Field> {
        self.data.iter().filter(|field| !self.stands_open(field)).collect()
    }

    fn stands_open(&self, field: &Field) -> bool {
        let key = field.name.rsplit('.').next().unwrap_or_default();
        let known = order::of(self.kind, "data", key) != usize::MAX;
        let plain = !matches!(field.input, Input::Rows { .. } | Input::Group { .. });
        // A row that was just added is blank, and is what one wants to see.
        let has_rows = matches!(&field.input, Input::Rows { rows, .. } if !rows.is_empty());
        field.is_required
            || has_rows
            || (known && plain)
            || field.is_filled()
            || !field.faults().is_empty()
    }

    /// Does it ask for an exception?
    fn has_exception(&self) -> bool {
        self.body["data"].get("exceptions").is_some()
    }

    /// The row of the form in which a lot stands.
    fn lot_at(&self, lot: &str) -> Option<usize> {
        let lots = self.body["data"]["lots"].as_array()?;
        lots.iter().position(|one| one["lot"] == lot)
    }
}

/// The empty form.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let (kind, one) = asked(visit)?;
    let mut pairs = vec![("business_date".to_owned(), door::now().hebei_date().to_string())];
    if kind == Type::DonationReceived {
        let mut random = [0; CODE_CHARACTERS];
        getrandom::fill(&mut random).map_err(|error| Problem::Failed(error.to_string()))?;
        pairs.push(("data.lookup_sha256".to_owned(), lookup_code(&random)));
    }
    pairs.extend(visit.query.pairs().iter().cloned());
    let paper = read(visit, kind, one, &Fields::of_pairs(pairs), None);
    shown(visit, kind, paper, Trial::Nothing)
}

/// Tries what was typed, adds a row, or posts it.
pub fn submit(visit: &Visit) -> Result<Reply, Problem> {
    let (kind, one) = asked(visit)?;
    let given = visit.form()?;
    let act = given.get("act").unwrap_or("try");
    let mut paper = read(visit, kind, one, &given, None);
    if act.starts_with("add:") {
        return shown(visit, kind, paper, Trial::Nothing);
    }
    let typed_wrong = paper.faults();
    let mut whole = read(visit, kind, one, &given, None);
    whole.miss(visit.lang);
    let missing = whole.faults();
    if !missing.is_empty() {
        // While somebody types, a blank field is no fault yet.
        let paper = if given.get("live").is_some() { paper } else { whole };
        let is_wrong = !typed_wrong.is_empty();
        let labels = missing.into_iter().map(|(id, label, _)| (id, label)).collect();
        return shown(visit, kind, paper, Trial::Missing { labels, is_wrong });
    }
    let desk = Desk { live: visit.live(), viewer: &visit.viewer };
    let body =
        serde_json::to_vec(&paper.body).map_err(|error| Problem::Failed(error.to_string()))?;
    let line = Line { number: 1, incoming: Incoming::read(&body, Poster::Only(&one.name)) };
    let lines = [line];
    let _place = visit.service().limits.single_post()?;
    let told = match act == "post" {
        true => desk.post(&lines, Mode::Atomic)?,
        false => desk.dry_run(&lines, Mode::Atomic)?,
    };
    let told = told.into_iter().next().expect("a line has its outcome");
    if let (true, "post", Some(seq)) = (told.stands(), act, told.seq) {
        staff::remember(visit, paper.body["by"]["maker"].as_str().unwrap_or_default());
        visit.live().wait_folded(seq, FOLLOW_MAX);
        return Ok(Reply::see(&format!("/desk/receipt/{seq}")));
    }
    let refused = told.code.is_some();
    if refused {
        paper = refusal_shown(visit, kind, one, &given, &told);
    }
    let trial = trial::of(visit, kind, &paper.body, &told)?;
    let reply = shown(visit, kind, paper, trial)?;
    let status =
        if refused && act == "post" { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reply.with_status(status))
}

/// The form with what a refusal says at the field that it is about, and the exception that it
/// allows.
fn refusal_shown(visit: &Visit, kind: Type, one: &Principal, given: &Fields, told: &Told) -> Paper {
    let exception = told.code.filter(|code| code.yields());
    let mut paper = read(visit, kind, one, given, exception);
    let field = words::field_of(told, |lot| paper.lot_at(lot));
    if let (Some(field), Some(code)) = (field, told.code) {
        let said = refused::short(told, visit.lang);
        let said = said.unwrap_or_else(|| words::refusal_title(code.code(), visit.lang));
        paper.blame(&field, &said);
    }
    paper
}

/// The type that the path names, and who posts it.
fn asked(visit: &Visit) -> Result<(Type, &Principal), Problem> {
    let kind = visit.path.get("type").and_then(Type::parse).ok_or(Problem::NotFound("path"))?;
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    if !posting::may_post(one, kind) {
        return Err(Problem::NotOpen);
    }
    if visit.live().ledger().is_none() {
        return Err(Problem::ReadOnly);
    }
    Ok((kind, one))
}

fn read(
    visit: &Visit,
    kind: Type,
    one: &Principal,
    given: &Fields,
    exception: Option<Code>,
) -> Paper {
    let lang = visit.lang;
    let id = given.get("id").and_then(EventId::parse);
    let id = id.unwrap_or_else(|| EventId(uuid::Uuid::new_v4().as_u128()));
    let fixed: Vec<(&str, String, String)> = match (kind, one.role) {
        (Type::DonationReceived, Role::Custodian) => {
            let name = visit.live().views().names.organizations.get(&*one.org).cloned();
            let shown = format!("{} {}", one.org, name.unwrap_or_default());
            vec![("data.custodian", one.org.to_string(), shown)]
        }
        _ => Vec::new(),
    };
    let reader = Reader { given, lang, kind, fixed: &fixed, exception };
    let (data, data_body) = reader.data();
    let (docs, docs_body) = reader.docs();
    let value = |name: &str| given.get(name).unwrap_or_default().to_owned();
    let own = posting::is_own_only(one, kind);
    let here = match given.get("jurisdiction") {
        Some(typed) if !own => typed.to_owned(),
        None if !own && !posting::covers_own(one, kind) => String::new(),
        _ => one.scope.to_string(),
    };
    let place = match own {
        true => Input::Fixed { value: here.clone(), shown: named(visit, one) },
        false => Input::Line { value: here.clone(), list: Some("jurisdictions") },
    };
    let maker = given.get("by.maker").map(str::to_owned);
    let maker = maker.unwrap_or_else(|| staff::maker(visit, one));
    let line = |value: &str| Input::Line { value: value.to_owned(), list: None };
    let day = Input::Day { value: value("business_date") };
    let checker = match one.role.needs_four_eyes() {
        true => value("by.checker"),
        false => given.get("by.checker").unwrap_or(&maker).to_owned(),
    };
    let head = vec![
        envelope("business_date", lang, true, day),
        envelope("jurisdiction", lang, true, place),
    ];
    let mut who = vec![
        envelope("by.maker", lang, true, line(&maker)),
        envelope("by.checker", lang, true, line(&checker)),
    ];
    let mut by = json!({ "org": *one.org, "maker": maker, "checker": checker });
    if data_body.get("exceptions").is_some() || exception.is_some() {
        let approver = value("by.approver");
        if !approver.is_empty() {
            by["approver"] = json!(approver);
        }
        who.push(envelope("by.approver", lang, true, line(&approver)));
    }
    who.push(envelope("note", lang, false, Input::Long { value: value("note") }));
    let mut body = json!({
        "id": id, "type": kind.spec().name, "jurisdiction": here, "by": by,
        "business_date": value("business_date"), "docs": docs_body, "data": data_body,
    });
    if let Some(note) = given.get("note") {
        body["note"] = json!(note);
    }
    Paper { kind, id, head, data, docs, who, body }
}

fn envelope(name: &str, lang: Lang, is_required: bool, input: Input) -> Field {
    let key = name.rsplit('.').next().unwrap_or(name);
    let label = field_label(key).map_or(key, |label| lang.label(label)).to_owned();
    Field { name: name.to_owned(), label, is_required, wrong: None, input, lang }
}

fn named(visit: &Visit, one: &Principal) -> String {
    let views = visit.live().views();
    let name = views.names.jurisdictions.get(&one.scope);
    name.map_or_else(|| one.scope.to_string(), |name| format!("{} {name}", one.scope))
}

fn shown(visit: &Visit, kind: Type, mut paper: Paper, trial: Trial) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let here = Here::Desk("/desk");
    let crumb = Crumb { href: "/desk".to_owned(), text: lang.t("记账台", "Desk").to_owned() };
    let frame = Frame::new(visit, here, lang.label(kind.spec().label)).below(vec![crumb]);
    let form_token = frame.desk.as_ref().map(|desk| desk.form_token.clone());
    let faults = paper.faults();
    Reply::page(&Page {
        frame,
        code: kind.spec().name,
        form_token: form_token.unwrap_or_default(),
        lists: lists(visit),
        line: trial.line(lang),
        paper,
        trial,
        faults,
    })
}

/// What is proposed while one types: lots, projects, organizations and jurisdictions in reach.
fn lists(visit: &Visit) -> Vec<(&'static str, Vec<Proposal>)> {
    let (Some(one), Some(ledger)) = (visit.viewer.principal(), visit.live().ledger()) else {
        return Vec::new();
    };
    let lang = visit.lang;
    let custodian = (one.role == Role::Custodian).then_some(&*one.org);
    let usable = ledger.usable(one.scope, custodian, PROPOSED_MAX);
    let lots = usable.iter().map(|money| Proposal {
        value: money.lot.clone(),
        text: format!(
            "{} · {} {}",
            trial::place(&money.place, lang),
            crate::web::figures::yuan(money.fen.get()),
            lang.t("元", "yuan")
        ),
    });
    let lots = lots.collect();
    let views = visit.live().views();
    let here = views.projects.rows.values().filter(|row| row.jurisdiction == one.scope);
    let projects = here
        .take(PROPOSED_MAX)
        .map(|row| Proposal { value: row.project.clone(), text: row.name.clone() });
    let projects = projects.collect();
    let organizations = views.names.organizations.iter().take(PROPOSED_MAX);
    let organizations = organizations
        .map(|(org, name)| Proposal { value: org.clone(), text: name.clone() })
        .collect();
    let below = views.names.jurisdictions.iter();
    let below = below.filter(|(code, _)| views.beside.is_at_or_below(**code, one.scope));
    let below = below.take(PROPOSED_MAX);
    let below = below.map(|(code, name)| Proposal { value: code.to_string(), text: name.clone() });
    vec![
        ("lots", lots),
        ("projects", projects),
        ("organizations", organizations),
        ("jurisdictions", below.collect()),
    ]
}

#[derive(Template)]
#[template(path = "desk/receipt.html", config = "src/web/askama.toml")]
struct Receipt {
    frame: Frame,
    seq: u64,
    number: String,
    what: String,
    code: String,
    day: String,
    leaf: String,
    is_covered: bool,
}

/// What stands now: number, hash, proof.
pub fn receipt(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let seq = visit.path.get("seq").and_then(|seq| seq.parse().ok());
    let seq: u64 = seq.ok_or(Problem::NotFound("record"))?;
    let bytes = visit.reader().record(seq)?;
    let record: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let event = &record["event"];
    let code = event["type"].as_str().unwrap_or_default().to_owned();
    let label = Type::parse(&code).map(|kind| lang.label(kind.spec().label));
    let is_covered = visit.live().wait_published(seq + 1, RECEIPT_WAIT);
    let here = Here::Desk("/desk");
    Reply::page(&Receipt {
        frame: Frame::new(visit, here, lang.t("已入账", "Recorded")),
        seq,
        number: crate::web::figures::count(seq),
        what: label.unwrap_or(&code).to_owned(),
        day: event["business_date"].as_str().unwrap_or_default().to_owned(),
        code,
        // The hash of a leaf of the tree, RFC 6962 section 2.1.
        leaf: Digest::of(&[&[0], &bytes]).to_string(),
        is_covered,
    })
}
