//! A new ledger: its first records, its key, its folder.
//!
//! `init` writes record 0 `ledger_opened`, the jurisdictions in file order, the organization
//! `platform` and the principals `operator` and `gift-desk` (design section 5). Ids follow from
//! origin, type and key, so the same `init` gives the same bodies. The folder is built beside its
//! place and renamed, so that nobody ever finds half a ledger.

use super::desk::Decision;
use super::incoming::Incoming;
use super::log_keys::LogKeys;
use super::open::{OpenError, OpenOptions};
use super::seal::{RandomSalts, Salts};
use super::{Clock, Ledger, SystemClock};
use crate::base::EventId;
use crate::chain::checkpoint::is_origin;
use crate::chain::note::key::{Algorithm, SignerKey};
use crate::seam::read_event;
use crate::store::{self, Building, Segments, Store, layout};
use serde_json::{Value, json};
use std::path::Path;

/// The 180 jurisdictions of Hebei as of 2017: `code,name,pinyin,level,parent_code,poverty_status,
/// heavy_task_city` (GB/T 2260 by the Ministry of Civil Affairs, 2017-02).
const HEBEI: &str = include_str!("hebei.csv");

/// The day from which the built-in codes are valid, and the business date of the first records.
const OPENED_ON: &str = "2016-01-01";

/// The built-in jurisdictions as a file of the form that `init --jurisdictions` reads.
pub fn builtin_jurisdictions() -> &'static str {
    HEBEI
}

/// What a new ledger is opened with.
pub struct Opening<'o> {
    /// Its name.
    pub origin: &'o str,
    /// Its jurisdictions, as CSV; none: the built-in ones.
    pub jurisdictions: Option<&'o str>,
    /// The seed of its key; none: random.
    pub key_seed: Option<[u8; 32]>,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// Where salts come from.
    pub salts: Box<dyn Salts>,
}

impl<'o> Opening<'o> {
    /// A new ledger of this name, with the built-in jurisdictions and a random key.
    pub fn new(origin: &'o str) -> Opening<'o> {
        Opening {
            origin,
            jurisdictions: None,
            key_seed: None,
            clock: Box::new(SystemClock::new(true)),
            salts: Box::new(RandomSalts),
        }
    }
}

/// Why a new ledger was not made. Nothing stands in its place then.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The name is none.
    #[error(
        "{0} is no origin: 3 to 128 letters, digits and . _ / - that begin with a letter or digit, such as ledger.hebei.example/2017"
    )]
    Origin(String),
    /// A line of the jurisdictions is wrong.
    #[error("jurisdictions, line {line}: {reason}")]
    Jurisdictions {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The store says why.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The new ledger could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Ledger {
    /// Makes a new ledger in a folder that does not exist or is empty; gives its verifier key.
    ///
    /// # Errors
    /// [`InitError`]; nothing is left behind.
    pub fn init(folder: &Path, opening: Opening<'_>) -> Result<String, InitError> {
        if !is_origin(opening.origin) {
            return Err(InitError::Origin(opening.origin.to_owned()));
        }
        let building = Building::begin(folder)?;
        let vkey = build(building.path(), opening)?;
        building.finish()?;
        Ok(vkey)
    }

    /// Records the first events on an empty store.
    ///
    /// # Errors
    /// [`InitError`].
    pub fn begin(
        store: Box<dyn Store>,
        opening: Opening<'_>,
        vkey: &str,
    ) -> Result<Ledger, InitError> {
        let bodies = first_bodies(&opening, vkey)?;
        let options = OpenOptions {
            clock: Some(opening.clock),
            salts: opening.salts,
            accept_clock: true,
            ..OpenOptions::default()
        };
        let ledger = Ledger::on_store(store, options)?;
        ledger.record_first(&bodies)?;
        Ok(ledger)
    }

    fn record_first(&self, bodies: &[Value]) -> Result<(), InitError> {
        let now = self.clock.now().map_err(OpenError::from)?;
        let mut desk = self.desk();
        let first = desk.state.size();
        let mut group = Vec::new();
        for body in bodies {
            let text = body.to_string();
            let incoming = Incoming::from_body(text.as_bytes(), "operator", Vec::new());
            let decided = incoming.and_then(|incoming| {
                let event = read_event(&incoming.body)?;
                match desk.decide(&incoming, &event, now, true, &mut group, &*self.reader) {
                    Decision::Refused(refusal) => Err(refusal),
                    Decision::Recorded(_) | Decision::Duplicate(_) => Ok(()),
                }
            });
            if let Err(refusal) = decided {
                let line = u64::try_from(group.len()).unwrap_or(0) + 1;
                return Err(InitError::Jurisdictions { line, reason: refusal.to_string() });
            }
        }
        let until = desk.state.size();
        desk.waiting.extend(super::grouped(first, group));
        self.await_durable(desk, until)
            .map_err(|error| OpenError::Record { seq: 0, reason: error.to_string() }.into())
    }
}

fn build(folder: &Path, opening: Opening<'_>) -> Result<String, InitError> {
    let mut seed = [0; 32];
    match opening.key_seed {
        Some(given) => seed = given,
        None => getrandom::fill(&mut seed).expect("the operating system gives random bytes"),
    }
    let origin = opening.origin.to_owned();
    let key = SignerKey::new(&origin, Algorithm::Ed25519, &seed)
        .map_err(|error| InitError::Origin(format!("{origin} ({error})")))?;
    let vkey = key.verifier().to_string();
    let store = Segments::create(folder)?;
    let path = store.layout().log_key();
    layout::write_durably(&path, format!("{}\n", key.secret_text()).as_bytes(), 0o600)?;
    let layout = store.layout().clone();
    let mut ledger = Ledger::begin(Box::new(store), opening, &vkey)?;
    ledger.log_keys = LogKeys::of(key);
    ledger.folder = Some(layout);
    ledger.checkpoint().map_err(|error| OpenError::Checkpoint { reason: error.to_string() })?;
    Ok(vkey)
}

fn first_bodies(opening: &Opening<'_>, vkey: &str) -> Result<Vec<Value>, InitError> {
    let namespace = EventId::derived(&EventId(0), opening.origin.as_bytes());
    let body = |kind: &str, key: &str, data: Value| {
        let id = EventId::derived(&namespace, format!("{kind}/{key}").as_bytes());
        json!({
            "id": id.to_string(), "type": kind, "jurisdiction": "130000",
            "business_date": OPENED_ON,
            "by": { "org": "platform", "maker": "init-1", "checker": "init-2" },
            "docs": [], "data": data,
        })
    };
    let program = concat!("fundtrail ", env!("CARGO_PKG_VERSION"));
    let mut bodies = vec![body(
        "ledger_opened",
        "",
        json!({ "origin": opening.origin, "program": program, "hash_algorithm": "sha256", "vkey": vkey }),
    )];
    for (code, data) in read_jurisdictions(opening.jurisdictions.unwrap_or(HEBEI))? {
        bodies.push(body("jurisdiction_registered", &code, data));
    }
    let province = bodies.get(1).map_or(Value::Null, |first| first["data"]["code"].clone());
    bodies.push(body(
        "organization_registered",
        "platform",
        json!({ "org": "platform", "name": "平台运营方", "kind": "platform", "jurisdiction": province }),
    ));
    for (principal, role) in [("operator", "operator"), ("gift-desk", "donor")] {
        let data = json!({
            "principal": principal, "role": role, "scope": province, "org": "platform",
            "signing": "optional",
        });
        bodies.push(body("principal_registered", principal, data));
    }
    for body in &mut bodies {
        body["jurisdiction"] = province.clone();
    }
    Ok(bodies)
}

fn read_jurisdictions(text: &str) -> Result<Vec<(String, Value)>, InitError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fault = |line: u64, reason: String| InitError::Jurisdictions { line, reason };
    let headers = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
    let column = |name: &str| {
        let at = headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        at.ok_or_else(|| fault(1, format!("there is no column {name}")))
    };
    let (code, name, pinyin) = (column("code")?, column("name")?, column("pinyin")?);
    let (level, parent) = (column("level")?, column("parent_code")?);
    let (status, heavy) = (column("poverty_status")?, column("heavy_task_city")?);
    let mut all = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| fault(all.len() as u64 + 2, error.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let heavy = match &row[heavy] {
            "yes" => true,
            "no" => false,
            other => return Err(fault(line, format!("heavy_task_city is yes or no, not {other}"))),
        };
        let mut data = json!({
            "code": row[code], "name": row[name], "level": row[level],
            "poverty_status": row[status], "heavy_task_city": heavy, "valid_from": OPENED_ON,
        });
        if !row[pinyin].is_empty() {
            data["pinyin"] = json!(row[pinyin]);
        }
        if &row[level] != "province" {
            data["parent"] = json!(row[parent]);
        }
        all.push((row[code].to_owned(), data));
    }
    match all.is_empty() {
        false => Ok(all),
        true => Err(fault(2, "there is no jurisdiction".to_owned())),
    }
}
