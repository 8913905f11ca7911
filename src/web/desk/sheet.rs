//! A bureau's sheet: sent, read apart, tried row by row, seen, then posted (pages design, 5.8).
//!
//! Nothing is recorded before somebody has seen what becomes of each row and says so.

use super::looked::LATE_DAYS;
use super::reading::read_apart;
use super::refused::short;
use super::sheet_page::Wrong;
use super::sheets::{BODIES_BYTES_MAX, Fate, Prepared, Standing};
use super::staff;
use super::words;
use crate::access::posting::{self, Type};
use crate::access::{Principal, Role};
use crate::base::{Date, EventId};
use crate::interchange::export::quoted;
use crate::interchange::import::apart::{Order, RowRead, SheetRead};
use crate::interchange::import::{FILE_BYTES_MAX, Kind};
use crate::ledger::bulk::Line;
use crate::ledger::telling::Told;
use crate::ledger::{Incoming, Mode, Poster};
use crate::service::bounds::FOLLOW_MAX;
use crate::service::desk::Desk;
use crate::service::effect::{self, Effect};
use crate::service::{Problem, door};
use crate::web::lang::Lang;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most bytes of an upload: the file, and the fields beside it.
pub const UPLOAD_BYTES_MAX: usize = FILE_BYTES_MAX + (64 << 10);

/// How many characters of a cell are shown.
const CELL_SHOWN_MAX: usize = 64;

/// The kinds of sheets that a reader may post.
pub fn kinds(one: &Principal) -> Vec<Kind> {
    let may = |kind: &Kind| {
        Type::parse(kind.event_type()).is_some_and(|kind| posting::may_post(one, kind))
    };
    Kind::ALL.into_iter().filter(may).collect()
}

/// What came with a form of several parts.
#[derive(Default)]
struct Upload {
    fields: BTreeMap<String, String>,
    name: String,
    bytes: Vec<u8>,
}

fn upload(visit: &Visit) -> Result<Upload, Problem> {
    let kind = visit.headers.get(header::CONTENT_TYPE).cloned().ok_or(Problem::Body)?;
    let mut request = Request::new(Body::from(visit.body.clone()));
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    // The page's own bound was held while the body came in.
    DefaultBodyLimit::disable().apply(&mut request);
    // The body is all there; what reads it is written for bodies that are not.
    tokio::runtime::Handle::current().block_on(async {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Problem::Body)?;
        let mut upload = Upload::default();
        while let Some(part) = parts.next_field().await.map_err(|_| Problem::Body)? {
            let field = part.name().unwrap_or_default().to_owned();
            if field == "file" {
                upload.name = part.file_name().unwrap_or_default().to_owned();
                upload.bytes = part.bytes().await.map_err(|_| Problem::Body)?.to_vec();
            } else {
                let text = part.text().await.map_err(|_| Problem::Body)?;
                upload.fields.insert(field, text.trim().to_owned());
            }
        }
        Ok(upload)
    })
}

/// Takes a sheet in and tries its rows.
pub fn take(visit: &Visit) -> Result<Reply, Problem> {
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    let upload = upload(visit)?;
    let field = |name: &str| upload.fields.get(name).map(String::as_str).unwrap_or_default();
    visit.check_form_token(Some(field("form_token")))?;
    let kind = Kind::parse(field("kind")).filter(|kind| kinds(one).contains(kind));
    let kind = kind.ok_or(Problem::NotOpen)?;
    if upload.bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::TooLarge { limit: FILE_BYTES_MAX as u64 });
    }
    if upload.bytes.is_empty() || field("checker").is_empty() {
        return super::sheet_page::upload_form(
            visit,
            Some(Wrong::said("请选一张表，填上复核人。", "Choose a sheet and name the checker.")),
        );
    }
    let maker = match field("maker") {
        "" => staff::maker(visit, one),
        typed => typed.to_owned(),
    };
    let mut jurisdictions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut organizations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    {
        let views = visit.live().views();
        for (code, name) in &views.names.jurisdictions {
            jurisdictions.entry(name.clone()).or_default().push(code.to_string());
        }
        for (org, name) in &views.names.organizations {
            organizations.entry(name.clone()).or_default().push(org.clone());
        }
    }
    let order = Order {
        name: upload.name.clone(),
        kind: kind.name().to_owned(),
        principal: one.name.to_string(),
        org: one.org.to_string(),
        jurisdiction: one.scope.to_string(),
        is_custodian: one.role == Role::Custodian,
        maker,
        checker: field("checker").to_owned(),
        map: String::new(),
        set: Vec::new(),
        jurisdictions,
        organizations,
    };
    prepare(visit, one, order, upload.bytes.into())
}

/// Reads a sheet as it is ordered, tries its rows, and leads to what becomes of them.
pub fn prepare(
    visit: &Visit,
    one: &Principal,
    order: Order,
    bytes: Arc<[u8]>,
) -> Result<Reply, Problem> {
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    let _place = visit.service().limits.bulk_post(&one.name)?;
    let read = read_apart(&visit.service().sheets, &order, &bytes)?;
    if let Some(whole) = &read.error {
        return super::sheet_page::upload_form(visit, Some(Wrong::of(whole)));
    }
    let bodies: usize = read.rows.iter().map(|row| row.body.len()).sum();
    if bodies > BODIES_BYTES_MAX {
        return Err(Problem::TooLarge { limit: BODIES_BYTES_MAX as u64 });
    }
    let first = read.rows.iter().flat_map(|row| &row.rows).min();
    let first = first.and_then(|row| read.cells.get(row)).cloned().unwrap_or_default();
    let (fates, effect) = fates(visit, one, &read)?;
    let mut cells = read.cells;
    let refused: BTreeSet<u32> = fates
        .iter()
        .filter(|fate| matches!(fate.standing, Standing::Refused(..)))
        .flat_map(|fate| fate.rows.clone())
        .collect();
    cells.retain(|row, _| refused.contains(row));
    let prepared = Prepared {
        order,
        bytes,
        sha256: read.sha256,
        columns: read.columns,
        first,
        fates,
        cells,
        effect,
        unit_assumed: read.unit_assumed,
        is_posted: false,
    };
    visit.web.sheets.put(secret, prepared);
    Ok(Reply::see("/desk/import"))
}

/// What would become of each row, in the order of the sheet, and what those that fit would do.
fn fates(visit: &Visit, one: &Principal, read: &SheetRead) -> Result<(Vec<Fate>, Effect), Problem> {
    let desk = Desk { live: visit.live(), viewer: &visit.viewer };
    let ledger = desk.ledger()?;
    let seq_of = |row: &RowRead| EventId::parse(&row.id).and_then(|id| ledger.seq_of(id));
    let is_known = |row: &&RowRead| seq_of(row).is_some();
    let (old, new): (Vec<&RowRead>, Vec<&RowRead>) = read.rows.iter().partition(is_known);
    let lines: Vec<Line> = new.iter().zip(1..).map(|(row, at)| line(&row.body, one, at)).collect();
    let told = desk.dry_run(&lines, Mode::Continue)?;
    let mut fates: Vec<Fate> = new
        .iter()
        .zip(&told)
        .map(|(row, told)| {
            let standing = match told.status {
                "duplicate" => Standing::Duplicate(told.seq),
                "recorded" => Standing::Fits,
                _ => refused(told),
            };
            fate(row, standing)
        })
        .collect();
    fates.extend(old.into_iter().map(|row| fate(row, Standing::Duplicate(seq_of(row)))));
    fates.extend(read.refused.iter().map(|row| Fate {
        rows: vec![row.row],
        fen: None,
        body: None,
        about: [cell(read, row.row, &["project", "lot"]), String::new()],
        late_days: 0,
        standing: Standing::Refused(row.reason.clone(), None),
    }));
    fates.sort_by(|one, other| one.rows.cmp(&other.rows));
    Ok((fates, effect(visit, &new, &told)?))
}

/// What the rows that fit would do to the money of places.
fn effect(visit: &Visit, rows: &[&RowRead], told: &[Told]) -> Result<Effect, Problem> {
    let last = told.iter().filter_map(|told| told.seq).min().and_then(|seq| seq.checked_sub(1));
    visit.live().wait_folded(last.unwrap_or_default(), FOLLOW_MAX);
    let social: BTreeSet<String> = {
        let views = visit.live().views();
        let body = |row: &&RowRead| serde_json::from_str::<Value>(&row.body).unwrap_or_default();
        let lot = |body: Value| effect::new_social(&body, &views).map(str::to_owned);
        rows.iter().map(body).filter_map(lot).collect()
    };
    let moved = effect::moved(told.iter().filter(|told| told.status == "recorded"))?;
    Ok(Effect::of(visit.service(), &visit.viewer, &moved, &social))
}

/// What stands in a row in the first of these columns that the sheet has. Not for columns where a
/// person may be named.
fn cell(read: &SheetRead, row: u32, fields: &[&str]) -> String {
    let at = fields.iter().find_map(|field| {
        read.columns.iter().find(|column| column.field.as_deref() == Some(field))
    });
    let cells = read.cells.get(&row).into_iter().flatten();
    let found = at.and_then(|at| cells.into_iter().find(|(column, _)| *column == at.column));
    found.map(|(_, text)| text.chars().take(CELL_SHOWN_MAX).collect()).unwrap_or_default()
}

fn line(body: &str, one: &Principal, number: u64) -> Line {
    Line { number, incoming: Incoming::read(body.as_bytes(), Poster::Only(&one.name)) }
}

fn fate(row: &RowRead, standing: Standing) -> Fate {
    let data: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| data["data"][name].as_str());
        found.unwrap_or_default().to_owned()
    };
    let date = data["business_date"].as_str().and_then(Date::parse);
    let days = date.map_or(0, |date| date.days_until(door::now().hebei_date()));
    Fate {
        late_days: if days > LATE_DAYS { days } else { 0 },
        rows: row.rows.clone(),
        fen: Some(row.fen),
        body: Some(row.body.clone()),
        about: [text(&["project", "lot"]), text(&["payee", "to", "donor", "name"])],
        standing,
    }
}

fn refused(told: &Told) -> Standing {
    let code = told.code.map(|code| code.code());
    let zh = code.map(|code| words::refusal_title(code, Lang::Zh)).unwrap_or_default();
    let zh = match short(told, Lang::Zh) {
        Some(figures) => format!("{zh}：{figures}"),
        None => zh,
    };
    let en = code.map(|code| words::refusal_title(code, Lang::En)).unwrap_or_default();
    let en = match short(told, Lang::En) {
        Some(figures) => format!("{en}: {figures}"),
        None => en,
    };
    Standing::Refused([zh, en], code)
}

/// Posts what was seen, reads it again by other columns, or leaves it.
pub fn confirm(visit: &Visit) -> Result<Reply, Problem> {
    let one = visit.viewer.principal().ok_or(Problem::TokenNeeded)?;
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    let given = visit.form()?;
    let Some(prepared) = visit.web.sheets.get(secret) else {
        return Ok(Reply::see("/desk/import"));
    };
    match given.get("act") {
        Some("all") => post(visit, one, secret, &prepared, Mode::Atomic),
        Some("some") => post(visit, one, secret, &prepared, Mode::Continue),
        Some("map") => {
            let line = |column: &crate::interchange::import::apart::ColumnRead| {
                let field = given.get(&format!("column.{}", column.column)).unwrap_or("-");
                format!("{} = {field}\n", column.header.replace('\n', " "))
            };
            let map = prepared.columns.iter().map(line).collect();
            let order = Order { map, ..prepared.order.clone() };
            prepare(visit, one, order, Arc::clone(&prepared.bytes))
        }
        _ => {
            visit.web.sheets.drop_of(secret);
            Ok(Reply::see("/desk/import"))
        }
    }
}

fn post(
    visit: &Visit,
    one: &Principal,
    secret: &str,
    prepared: &Prepared,
    mode: Mode,
) -> Result<Reply, Problem> {
    let _place = visit.service().limits.bulk_post(&one.name)?;
    let fits = |fate: &&mut Fate| matches!(fate.standing, Standing::Fits);
    let mut posted = prepared.clone();
    let is_whole = posted.fates.iter().all(|fate| !matches!(fate.standing, Standing::Refused(..)));
    // All or none: what was refused in the preview keeps the rest out.
    if mode == Mode::Continue || is_whole {
        let mut rows: Vec<&mut Fate> = posted.fates.iter_mut().filter(fits).collect();
        let lines: Vec<Line> = rows
            .iter()
            .zip(1..)
            .map(|(fate, at)| line(fate.body.as_deref().unwrap_or_default(), one, at))
            .collect();
        let desk = Desk { live: visit.live(), viewer: &visit.viewer };
        let told = desk.post(&lines, mode)?;
        let is_recorded = told.iter().any(Told::stands);
        for (fate, told) in rows.iter_mut().zip(&told) {
            fate.standing = match told.status {
                "recorded" => Standing::Recorded(told.seq),
                "duplicate" => Standing::Duplicate(told.seq),
                "not_recorded" => Standing::Fits,
                _ => refused(told),
            };
        }
        if let Some(last) = told.iter().filter_map(|one| one.seq).max() {
            visit.live().wait_folded(last, FOLLOW_MAX);
        }
        posted.is_posted = is_recorded;
        if is_recorded {
            staff::remember(visit, &prepared.order.maker);
        }
    }
    visit.web.sheets.put(secret, posted);
    Ok(Reply::see("/desk/import"))
}

/// The refused rows as the sheet they came in, with the reason behind.
pub fn refused_rows(visit: &Visit) -> Result<Reply, Problem> {
    let secret = visit.session.as_deref().ok_or(Problem::TokenNeeded)?;
    let prepared = visit.web.sheets.get(secret).ok_or(Problem::NotFound("sheet"))?;
    let zh = visit.lang.is_zh();
    let width = prepared.columns.iter().map(|one| usize::from(one.column) + 1).max().unwrap_or(0);
    let mut header = vec![String::new(); width];
    for column in &prepared.columns {
        header[usize::from(column.column)] = quoted(&column.header);
    }
    header.push(visit.lang.t("不予入账的原因", "Why it is refused").to_owned());
    // Spreadsheet programs take a file for UTF-8 only behind this mark.
    let mut text = format!("\u{feff}{}\r\n", header.join(","));
    for fate in &prepared.fates {
        let Standing::Refused(reason, _) = &fate.standing else { continue };
        for row in &fate.rows {
            let mut cells = vec![String::new(); width];
            for (column, cell) in prepared.cells.get(row).into_iter().flatten() {
                if let Some(place) = cells.get_mut(usize::from(*column)) {
                    *place = quoted(cell);
                }
            }
            cells.push(quoted(&reason[usize::from(!zh)]));
            text += &format!("{}\r\n", cells.join(","));
        }
    }
    let name = format!("refused-{}.csv", door::now().hebei_date());
    Ok(Reply::file("text/csv; charset=utf-8", &name, text.into_bytes()))
}
