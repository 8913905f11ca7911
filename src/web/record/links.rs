//! Which records belong together: what reverses, returns or answers this one, and what it points at
//! itself. A reader is told only of those that he may see.

use super::super::figures;
use super::super::reading::Taken;
use super::super::visit::Visit;
use super::label;
use crate::access::Viewer;
use crate::ledger::lookups::Key;
use crate::service::Problem;

/// The most records that are looked through for the one that a correction points at.
const SOUGHT_MAX: usize = 500;

/// A record that this one points at, or that points at it.
pub struct Link {
    /// Its number, for the link.
    pub seq: u64,
    /// Its number, as it is printed.
    pub number: String,
    /// What it does to this one, or this one to it.
    pub what: String,
}

/// What this record points at and what points at it, as far as the reader may see either.
///
/// # Errors
/// The records cannot be read.
pub fn links(visit: &Visit, record: &Taken) -> Result<Vec<Link>, Problem> {
    let lang = visit.lang;
    let reader = visit.reader();
    let mut links = Vec::new();
    let mut add = |seq: u64, what: String| {
        links.push(Link { seq, number: figures::count(seq), what });
    };
    let pointing = match record.id() {
        Some(id) => visit.live().views().links.pointing_at(id).to_vec(),
        None => Vec::new(),
    };
    for (seq, kind) in pointing.into_iter().filter(|(seq, _)| reader.sees(*seq)) {
        let what = match kind {
            "entry_reversed" => lang.t("已被冲正", "Reversed by").to_owned(),
            kind => label(kind, lang).to_owned(),
        };
        add(seq, what);
    }
    let target = ["reverses", "feedback"].map(|name| record.data(name));
    for target in target.into_iter().filter(|target| !target.is_empty()) {
        if let Some(seq) = sought(visit, record, target)? {
            let what = match record.kind() {
                "entry_reversed" => lang.t("冲正", "Reverses"),
                "feedback_acknowledged" | "feedback_disputed" => lang.t("答的是", "Answers"),
                _ => lang.t("针对", "About"),
            };
            add(seq, what.to_owned());
        }
    }
    Ok(links)
}

/// The number of the event that a record points at: among the records of the lots that it moves,
/// or that name the same gift.
fn sought(visit: &Visit, record: &Taken, target: &str) -> Result<Option<u64>, Problem> {
    let live = visit.live();
    let mut seqs = Vec::new();
    if let Some(moved) = record.movements().next() {
        seqs = live.numbers(Key::Lot(moved.lot), 0, SOUGHT_MAX)?;
    } else if let Viewer::Gift(lot) = &visit.viewer {
        seqs = live.views().links.naming(lot).to_vec();
    } else {
        seqs.extend(live.numbers(Key::Type("feedback_sent"), 0, SOUGHT_MAX)?);
    }
    for seq in seqs.into_iter().rev().filter(|seq| *seq < record.seq) {
        let Ok(bytes) = visit.reader().record(seq) else { continue };
        let found = memchr::memmem::find(&bytes, target.as_bytes()).is_some()
            && Taken::new(seq, bytes)?.text("/event/id") == target;
        if found {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}
