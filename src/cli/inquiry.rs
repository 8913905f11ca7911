//! What commands that fold the whole ledger share: reading it, the position of the answer, and the
//! two forms of an answer, one JSON object for programs and a listing for people.

use super::{Context, Failure, Format, print, remote};
use crate::base::{Code, Date};
use crate::interchange::export::Listing;
use crate::ledger::reading;
use crate::peers::client::Client;
use crate::projections::{Fold, Told};
use crate::store::SegmentsReader;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What every such command takes.
#[derive(clap::Args)]
pub struct Where {
    /// Only this jurisdiction and those below it.
    #[arg(long, value_name = "CODE", value_parser = super::balances::parse_code)]
    pub jurisdiction: Option<Code>,
    /// As of this business day; without it, the day of the newest record.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    pub on: Option<Date>,
}

impl Where {
    /// The same question as a query.
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = self.place_query();
        query.extend(self.on.map(|day| ("on", day.to_string())));
        query
    }

    /// The same of a route that takes no day.
    pub fn place_query(&self) -> Vec<(&'static str, String)> {
        self.jurisdiction.map(|code| ("jurisdiction", code.to_string())).into_iter().collect()
    }
}

/// Where an answer was true.
#[derive(Debug)]
pub struct Position {
    size: u64,
    root: String,
    /// The day on which the newest record was recorded.
    pub last_day: Option<Date>,
}

struct Clocked<'f> {
    fold: &'f mut dyn Fold,
    last_day: Option<Date>,
}

impl Fold for Clocked<'_> {
    fn wants_event(&self, kind: crate::domain::Type) -> bool {
        self.fold.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.last_day = Some(told.recorded_at.hebei_date());
        self.fold.take(told);
    }
}

/// Folds every durable record.
pub fn ask(context: &Context, fold: &mut dyn Fold) -> Result<Position, Failure> {
    let segments = SegmentsReader::open(&context.ledger)?;
    let records = segments.reader();
    let size = records.head().size;
    let mut clocked = Clocked { fold, last_day: None };
    reading::fold(&*records, 0..size, &mut clocked)?;
    let last_day = clocked.last_day;
    let root = match context.format {
        Format::Json => reading::root(&*records, size)?.to_string(),
        Format::Table | Format::Csv => String::new(),
    };
    Ok(Position { size, root, last_day })
}

/// The answer of a ledger that is served elsewhere.
pub struct There<T> {
    /// Where it was true.
    pub position: Position,
    /// The business day that it is of.
    pub on: Option<Date>,
    /// Its rows.
    pub rows: Vec<T>,
    /// What else it says.
    pub whole: Value,
}

/// Asks a ledger that is served elsewhere for all rows of a route.
pub fn ask_there<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    query: &[(&str, String)],
) -> Result<There<T>, Failure> {
    let mut whole = remote::rows(client, path, query)?;
    let odd = |error| Failure::other(format!("the answer is not of this version: {error}"));
    let rows = serde_json::from_value(whole["rows"].take()).map_err(odd)?;
    let as_of = &whole["as_of"];
    let on = as_of["business_date"].as_str().and_then(Date::parse);
    let position = Position {
        size: as_of["size"].as_u64().unwrap_or_default(),
        root: as_of["root"].as_str().unwrap_or_default().to_owned(),
        last_day: on,
    };
    Ok(There { position, on, rows, whole })
}

impl Position {
    /// The business day that the answer is of: the one asked for, or the newest record's.
    ///
    /// # Errors
    /// The ledger is empty.
    pub fn day(&self, asked: Option<Date>) -> Result<Date, Failure> {
        let day = asked.or(self.last_day);
        day.ok_or_else(|| Failure::usage("the ledger holds no record yet; name a day with --on"))
    }

    /// Prints the answer: for programs an object with the position beside the rows, else a listing.
    pub fn print(
        &self,
        context: &Context,
        on: Option<Date>,
        answer: &impl Serialize,
        listing: impl FnOnce() -> Listing,
    ) -> Result<(), Failure> {
        if context.format == Format::Json {
            let mut value = serde_json::to_value(answer).map_err(Failure::other)?;
            if value.is_array() {
                value = json!({ "rows": value });
            }
            let seq = self.size.checked_sub(1);
            value["as_of"] = json!({ "seq": seq, "size": self.size, "root": self.root,
                "business_date": on, "verified_seq": null });
            return print::json(&value);
        }
        let listing = listing();
        if context.format == Format::Table && listing.rows.is_empty() {
            eprintln!("There are none after {} records.", self.size);
            return Ok(());
        }
        print::listing(context, &listing)
    }
}

/// A jurisdiction that the command line names must be one of the ledger.
pub fn known(knows: bool, code: Option<Code>) -> Result<(), Failure> {
    match code {
        Some(code) if !knows => {
            Err(Failure::usage(format!("the ledger does not know the jurisdiction {code}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Money in a cell: yuan for people, fen for programs.
pub fn money(context: &Context, fen: impl Into<i128>) -> Value {
    let fen = fen.into();
    match context.format {
        Format::Table => json!(print::yuan(fen)),
        Format::Csv | Format::Json => json!(fen),
    }
}

/// A word in a cell: its label for people, its code for programs.
pub fn word(context: &Context, code: &str, label: crate::base::words::Label) -> Value {
    match context.format {
        Format::Table => json!(label.of(context.lang)),
        Format::Csv | Format::Json => json!(code),
    }
}
