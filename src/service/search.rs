//! Searching records as supervision does: by county, lot, project, payee, paper, bank reference,
//! type, place, amount and day.
//!
//! What is looked up by a key reads the records of that key; all else reads every record once and
//! takes one of the few places for it. What the reader may not see is not found.

use super::seen::Reader;
use super::{Problem, Served};
use crate::base::{Code, Date};
use crate::ledger::lookups::Key;
use crate::ledger::reading;
use crate::projections::excerpt::Excerpt;
use crate::projections::hierarchy::Hierarchy;

/// The most records that one search finds; who finds more asks more narrowly.
pub const FOUND_MAX: usize = 10_000;

/// How many numbers of a key are looked up at once.
const KEYED: usize = 4_096;

/// What is searched for; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The event's jurisdiction, or one above it.
    pub jurisdiction: Option<Code>,
    /// A lot that it moves.
    pub lot: Option<String>,
    /// The project that it is about.
    pub project: Option<String>,
    /// Who was paid.
    pub payee: Option<String>,
    /// A part of a document's number.
    pub document: Option<String>,
    /// A bank reference, or the number of a contract, an invoice or a voucher.
    pub reference: Option<String>,
    /// The event's type.
    pub kind: Option<String>,
    /// A kind of place that it moves money into or out of.
    pub place: Option<String>,
    /// The least sum that it moves, in fen.
    pub least_fen: Option<i64>,
    /// The greatest.
    pub most_fen: Option<i64>,
    /// The first business day.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
}

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub seq: u64,
    /// The business date.
    pub on: Date,
    /// What it moves, in fen.
    pub amount_fen: i64,
}

impl Asked {
    /// Is anything asked for?
    pub fn is_any(&self) -> bool {
        let texts = [
            &self.lot,
            &self.project,
            &self.payee,
            &self.document,
            &self.reference,
            &self.kind,
            &self.place,
        ];
        texts.iter().any(|text| text.is_some())
            || self.jurisdiction.is_some()
            || self.least_fen.or(self.most_fen).is_some()
            || self.from.or(self.to).is_some()
    }

    /// The key that finds the fewest records, where one finds all that is asked for.
    fn key(&self) -> Option<Key<'_>> {
        let lot = self.lot.as_deref().map(Key::Lot);
        let payee = self.payee.as_deref().map(Key::Payee);
        lot.or(payee)
    }

    fn holds(&self, one: &Excerpt, hierarchy: &Hierarchy) -> bool {
        let is = |asked: &Option<String>, has: Option<&str>| {
            asked.as_deref().is_none_or(|asked| has == Some(asked))
        };
        let moves =
            |asked: &Option<String>, of: &dyn Fn(&str) -> bool| asked.as_deref().is_none_or(of);
        let in_place = |kind: &str| {
            let begins = |path: &str| path.split('/').next() == Some(kind);
            one.moves.iter().any(|it| begins(&it.from) || begins(&it.to))
        };
        is(&self.project, one.project.as_deref())
            && is(&self.payee, one.payee.as_deref())
            && is(&self.kind, Some(one.kind))
            && moves(&self.lot, &|lot| one.moves.iter().any(|it| it.lot == lot))
            && moves(&self.place, &in_place)
            && moves(&self.document, &|part| {
                one.papers.iter().any(|paper| paper.number.contains(part))
            })
            && moves(&self.reference, &|text| one.references.iter().any(|it| it == text))
            && self.jurisdiction.is_none_or(|root| hierarchy.is_at_or_below(one.here, root))
            && self.least_fen.is_none_or(|least| least <= one.amount_fen)
            && self.most_fen.is_none_or(|most| one.amount_fen <= most)
            && self.from.is_none_or(|first| first <= one.on)
            && self.to.is_none_or(|last| one.on <= last)
    }

    /// Words that the bytes of every record that is meant must hold.
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        let all = [&self.document, &self.reference, &self.project, &self.payee, &self.lot];
        // What is escaped in a record is left to the whole comparison.
        all.into_iter()
            .flatten()
            .filter(|word| !word.contains(['"', '\\']) && !word.chars().any(char::is_control))
            .map(|word| word.as_bytes())
    }
}

/// The records that were asked for, in their order; and whether there are more.
///
/// # Errors
/// They cannot be read, or others are reading many records.
pub fn search(
    reader: Reader<'_>,
    limits: &super::limits::Limits,
    asked: &Asked,
) -> Result<(Vec<Found>, bool), Problem> {
    let live: &Served = reader.live;
    let key = asked.key();
    let _place = key.is_none().then(|| limits.past()).transpose()?;
    let words: Vec<&[u8]> = asked.words().collect();
    let (mut found, mut more, mut fault) = (Vec::new(), false, None);
    let mut look = |seq: u64, bytes: &[u8]| {
        if !words.iter().all(|word| memchr::memmem::find(bytes, word).is_some()) {
            return false;
        }
        let mut show = |told: &crate::projections::Told<'_>| {
            let one = Excerpt::of(told);
            let views = live.views();
            if asked.holds(&one, &views.disclosures.ground.policies.hierarchy) {
                drop(views);
                if reader.may_see(seq, bytes) {
                    found.push(Found { seq, on: one.on, amount_fen: one.amount_fen });
                }
            }
        };
        if let Err(reason) = reading::look(seq, bytes, &|_| true, &mut show) {
            fault.get_or_insert(format!("record {seq}: {reason}"));
        }
        more = found.len() > FOUND_MAX;
        more
    };
    // What is taken as wanted ends the page at once, so nothing is taken before there is enough.
    live.page(0..live.folded(), key, if key.is_some() { KEYED } else { 0 }, &mut look)?;
    if let Some(reason) = fault {
        return Err(Problem::Failed(reason));
    }
    found.truncate(FOUND_MAX);
    Ok((found, more))
}
