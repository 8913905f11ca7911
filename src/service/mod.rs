//! What the API and the pages stand on: the door, the limits, what both read from, and problems.
//!
//! Both give the same answers to the same reader, so what decides an answer's reach stands here or
//! in `access`, and neither goes through the other. Status codes stand in `problem.rs` alone.

pub mod bounds;
pub mod cells;
pub mod desk;
pub mod door;
pub mod effect;
pub mod inspections;
pub mod kept;
pub mod limits;
pub mod listen;
pub mod problem;
pub mod projects;
pub mod search;
pub mod seen;

pub use listen::{Listening, Tls, listen};
pub use problem::Problem;

use crate::access::log::Line;
use crate::access::{AccessLog, GiftSessions, Register, Sessions, Tokens, Viewer, What};
use crate::ledger::live::Live;
use door::Door;
use std::sync::Arc;

/// A ledger as it is served: the fold of who may read what stands beside its views.
pub type Served = Live<Register>;

/// What the service is told.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The names that the service goes by; a request that names another is refused, since a page
    /// from elsewhere may have had its name pointed here.
    pub hosts: Vec<String>,
    /// The proxies whose word on where a request came from is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Is the ledger a demo? Its pages say so.
    pub is_demo: bool,
    /// How long it waits for those who ask.
    pub patience: bounds::Patience,
    /// How it has sheets read.
    pub sheets: bounds::SheetReading,
}

/// The parts of the service that the API and the pages share.
pub struct Service {
    /// The ledger.
    pub live: Arc<Served>,
    /// Names, addresses and lines that are private.
    pub door: Door,
    /// Bearer tokens.
    pub tokens: Tokens,
    /// Sessions that tokens were traded for.
    pub sessions: Sessions,
    /// Sessions that look-up codes were traded for.
    pub gifts: GiftSessions,
    /// Who was shown what.
    pub log: AccessLog,
    /// How much anybody may ask for.
    pub limits: limits::Limits,
    /// Is the ledger a demo, whose every figure is invented?
    pub is_demo: bool,
    /// How long it waits for those who ask.
    pub patience: bounds::Patience,
    /// How it has sheets read.
    pub sheets: bounds::SheetReading,
    /// Which small cells are withheld.
    pub cells: cells::Judging,
    /// What the rules of inspection point at.
    pub inspections: inspections::Inspections,
}

impl Service {
    /// The service of a ledger.
    pub fn new(live: Arc<Served>, settings: &Settings) -> Arc<Service> {
        let access = live.layout().access();
        Arc::new(Service {
            tokens: Tokens::new(&access),
            sessions: Sessions::default(),
            gifts: GiftSessions::default(),
            log: AccessLog::new(&access),
            door: Door::new(settings),
            limits: limits::Limits::new(),
            is_demo: settings.is_demo,
            patience: settings.patience,
            sheets: settings.sheets.clone(),
            cells: cells::Judging::default(),
            inspections: inspections::Inspections::default(),
            live,
        })
    }

    /// Writes down that a reader was shown what is not for everybody: the answer goes out only
    /// behind its line.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn note(
        &self,
        viewer: &Viewer,
        what: What,
        about: &str,
        request_id: &str,
    ) -> Result<(), Problem> {
        let line = Line {
            about: about.to_owned(),
            position: self.live.folded(),
            request_id: request_id.to_owned(),
            what,
            when: door::now(),
            who: viewer.name(),
        };
        self.log.add(&line).map_err(|error| {
            tracing::error!(%error, "a restricted read is refused");
            Problem::Unavailable("the access log")
        })
    }

    /// Brings the access log to the disk, as the service ends.
    pub fn close(&self) {
        if let Err(error) = self.log.sync() {
            tracing::error!(%error, "the access log");
        }
    }
}
