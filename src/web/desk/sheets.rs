//! Sheets between their preview and their posting: kept in memory for the session that sent them.
//!
//! Few and bounded: a sheet that is not posted goes when others come, and is sent again.

use crate::base::Digest;
use crate::interchange::import::apart::{ColumnRead, Order};
use crate::service::effect::Effect;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many sheets are kept at once.
const KEPT_MAX: usize = 4;

/// The most bytes of bodies that a kept sheet may have; more are sent as several sheets.
pub const BODIES_BYTES_MAX: usize = 64 << 20;

/// What becomes of a row.
#[derive(Clone, Debug)]
pub struct Fate {
    /// Its rows in the sheet.
    pub rows: Vec<u32>,
    /// The money, in fen; none where it is no amount.
    pub fen: Option<i64>,
    /// Its body; none of what became none.
    pub body: Option<String>,
    /// What it is about.
    pub about: [String; 2],
    /// How many days after its business date it would be recorded; 0 where that is in time.
    pub late_days: i32,
    /// How it stands.
    pub standing: Standing,
}

/// How a row stands.
#[derive(Clone, Debug)]
pub enum Standing {
    /// It can be recorded.
    Fits,
    /// It is recorded, with the number where it is known.
    Recorded(Option<u64>),
    /// The same stood in the ledger before, under this number where it is known.
    Duplicate(Option<u64>),
    /// It cannot: the reason in both languages, the code of a rule.
    Refused([String; 2], Option<&'static str>),
}

/// A sheet that was read.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// How it is read.
    pub order: Order,
    /// The file.
    pub bytes: Arc<[u8]>,
    /// Its SHA-256.
    pub sha256: String,
    /// Its columns.
    pub columns: Vec<ColumnRead>,
    /// The value of each column in its first row.
    pub first: Vec<(u16, String)>,
    /// Its rows.
    pub fates: Vec<Fate>,
    /// The cells of the rows that are refused, each with its column.
    pub cells: BTreeMap<u32, Vec<(u16, String)>>,
    /// What the rows that fit would do, when they were tried.
    pub effect: Effect,
    /// Were amounts read as yuan because no unit was said?
    pub unit_assumed: bool,
    /// Was it posted?
    pub is_posted: bool,
}

/// The sheets of all sessions, the newest last.
#[derive(Debug, Default)]
pub struct Sheets {
    kept: Mutex<Vec<(Digest, Arc<Prepared>)>>,
}

impl Sheets {
    /// The sheet of a session.
    pub fn get(&self, secret: &str) -> Option<Arc<Prepared>> {
        let key = Digest::of(&[secret.as_bytes()]);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| *other == key).map(|(_, sheet)| Arc::clone(sheet))
    }

    /// Keeps a sheet in place of the session's last.
    pub fn put(&self, secret: &str, sheet: Prepared) {
        let key = Digest::of(&[secret.as_bytes()]);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != key);
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push((key, Arc::new(sheet)));
    }

    /// Forgets the sheet of a session.
    pub fn drop_of(&self, secret: &str) {
        let key = Digest::of(&[secret.as_bytes()]);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != key);
    }
}
