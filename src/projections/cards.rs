//! A card for every record: the little that a search compares, so that it reads no record to find.
//!
//! Cards hold some thirty bytes a record, and once the numbers of its papers, bank references and
//! vouchers. They repeat what the record says and judge nothing; who may be shown what is found is
//! decided elsewhere.

use super::excerpt::Excerpt;
use super::hierarchy::Hierarchy;
use super::{Fold, PlaceKind, Told};
use crate::base::{Code, Date};
use crate::domain::Type;
use foldhash::fast::RandomState;
use memchr::{memmem, memrchr};
use std::collections::HashMap;

/// What is searched for; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The event's jurisdiction, or one above it.
    pub jurisdiction: Option<Code>,
    /// A lot that it moves: its records are found by their key and narrowed down here.
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

/// The fold behind searches. The cards stand by their record's number.
#[derive(Debug, Default)]
pub struct Cards {
    rows: Vec<Card>,
    projects: Names,
    payees: Names,
    numbers: Numbers,
}

#[derive(Debug)]
struct Card {
    amount_fen: i64,
    on: Date,
    here: Code,
    project: u32,
    payee: u32,
    kind: Type,
    /// A bit for each kind of place that it moves money into or out of.
    places: u8,
}

/// Of a record that names none.
const NONE: u32 = u32::MAX;

const _: () = assert!(PlaceKind::ALL.len() <= 8, "each kind of place has a bit");

impl Cards {
    /// The records that were asked for, in their order. `of_lot` are those that move the lot asked
    /// for, in order, where one is.
    pub fn find(&self, asked: &Asked, of_lot: Option<&[u64]>, hierarchy: &Hierarchy) -> Vec<Found> {
        let Some(wanted) = self.wanted(asked) else { return Vec::new() };
        let mut within: HashMap<Code, bool, RandomState> = HashMap::default();
        let mut holds = |card: &Card| {
            wanted.holds(card)
                && asked.jurisdiction.is_none_or(|root| {
                    let is_within = || hierarchy.is_at_or_below(card.here, root);
                    *within.entry(card.here).or_insert_with(is_within)
                })
        };
        let mut found = Vec::new();
        let mut take = |seq: usize| {
            if let Some(card) = self.rows.get(seq).filter(|card| holds(card)) {
                let Card { on, amount_fen, .. } = *card;
                found.push(Found { seq: seq as u64, on, amount_fen });
            }
        };
        let documents = asked.document.as_deref().map(|part| self.numbers.with_part(part));
        let references = asked.reference.as_deref().map(|whole| self.numbers.with_reference(whole));
        let of_lot = of_lot.map(|seqs| seqs.iter().filter_map(|seq| usize::try_from(*seq).ok()));
        let of_lot: Option<Vec<usize>> = of_lot.map(Iterator::collect);
        let mut lists: Vec<Vec<usize>> =
            [documents, references, of_lot].into_iter().flatten().collect();
        match lists.pop() {
            None => (0..self.rows.len()).for_each(&mut take),
            Some(first) => first
                .into_iter()
                .filter(|seq| lists.iter().all(|list| list.binary_search(seq).is_ok()))
                .for_each(&mut take),
        }
        found
    }

    /// What a card must say; none where no card can.
    fn wanted(&self, asked: &Asked) -> Option<Wanted> {
        let id = |text: &Option<String>, names: &Names| match text {
            Some(text) => names.ids.get(text.as_str()).map(|id| Some(*id)),
            None => Some(None),
        };
        let kind = match &asked.kind {
            Some(text) => Some(Type::parse(text)?),
            None => None,
        };
        let places = match &asked.place {
            Some(text) => Some(bit(PlaceKind::parse(text)?)),
            None => None,
        };
        Some(Wanted {
            project: id(&asked.project, &self.projects)?,
            payee: id(&asked.payee, &self.payees)?,
            kind,
            places,
            least_fen: asked.least_fen.unwrap_or(i64::MIN),
            most_fen: asked.most_fen.unwrap_or(i64::MAX),
            from: asked.from,
            to: asked.to,
        })
    }
}

struct Wanted {
    project: Option<u32>,
    payee: Option<u32>,
    kind: Option<Type>,
    places: Option<u8>,
    least_fen: i64,
    most_fen: i64,
    from: Option<Date>,
    to: Option<Date>,
}

impl Wanted {
    fn holds(&self, card: &Card) -> bool {
        self.kind.is_none_or(|kind| kind == card.kind)
            && self.places.is_none_or(|places| places & card.places != 0)
            && self.project.is_none_or(|id| id == card.project)
            && self.payee.is_none_or(|id| id == card.payee)
            && self.least_fen <= card.amount_fen
            && card.amount_fen <= self.most_fen
            && self.from.is_none_or(|first| first <= card.on)
            && self.to.is_none_or(|last| card.on <= last)
    }
}

fn bit(kind: PlaceKind) -> u8 {
    1 << (kind as u8)
}

/// Names, each kept once.
#[derive(Debug, Default)]
struct Names {
    ids: HashMap<Box<str>, u32, RandomState>,
}

impl Names {
    fn id(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name else { return NONE };
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = u32::try_from(self.ids.len()).ok().filter(|id| *id != NONE);
        let id = id.expect("a ledger names fewer than four milliards of projects or payees");
        self.ids.insert(name.into(), id);
        id
    }
}

/// The numbers of papers and the references of all records, one behind the other: a zero byte, a
/// letter for what it is, the text.
#[derive(Debug, Default)]
struct Numbers {
    bytes: Vec<u8>,
    /// Where those of each record begin.
    starts: Vec<usize>,
}

const DOCUMENT: u8 = b'd';
const REFERENCE: u8 = b'r';

impl Numbers {
    fn add(&mut self, one: &Excerpt) {
        self.starts.push(self.bytes.len());
        for paper in &one.papers {
            self.push(DOCUMENT, &paper.number);
        }
        for reference in &one.references {
            self.push(REFERENCE, reference);
        }
    }

    fn push(&mut self, what: u8, text: &str) {
        self.bytes.extend_from_slice(&[0, what]);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// The records that name a paper in whose number the part stands.
    fn with_part(&self, part: &str) -> Vec<usize> {
        let is_document = |at: usize| {
            let zero = memrchr(0, &self.bytes[..at]);
            // The letter itself is no part of a number.
            zero.is_some_and(|zero| zero + 1 < at && self.bytes[zero + 1] == DOCUMENT)
        };
        self.with(part, part.as_bytes(), is_document)
    }

    /// The records that state exactly this reference.
    fn with_reference(&self, whole: &str) -> Vec<usize> {
        let needle = [&[0, REFERENCE], whole.as_bytes()].concat();
        let ends = |at: usize| self.bytes.get(at + needle.len()).is_none_or(|next| *next == 0);
        self.with(whole, &needle, ends)
    }

    fn with(&self, asked: &str, needle: &[u8], is_meant: impl Fn(usize) -> bool) -> Vec<usize> {
        // No number holds a zero byte, and an empty one would be found everywhere.
        if asked.is_empty() || asked.contains('\0') {
            return Vec::new();
        }
        let finder = memmem::Finder::new(needle);
        let (mut found, mut from, mut seq) = (Vec::new(), 0, 0);
        while let Some(at) = finder.find(&self.bytes[from..]).map(|at| from + at) {
            from = at + 1;
            if !is_meant(at) {
                continue;
            }
            while self.starts.get(seq + 1).is_some_and(|start| *start <= at) {
                seq += 1;
            }
            found.push(seq);
            match self.starts.get(seq + 1) {
                Some(next) => from = *next,
                None => break,
            }
        }
        found
    }
}

impl Fold for Cards {
    fn wants_event(&self, _: Type) -> bool {
        true
    }

    fn take(&mut self, told: &Told<'_>) {
        let one = Excerpt::of(told);
        let kinds = told.movements.iter().flat_map(|it| [it.from, it.to]);
        let kinds = kinds.filter_map(|path| PlaceKind::parse(path.split('/').next()?));
        self.rows.push(Card {
            amount_fen: one.amount_fen,
            on: told.date,
            here: told.here,
            project: self.projects.id(one.project.as_deref()),
            payee: self.payees.id(one.payee.as_deref()),
            kind: told.kind,
            places: kinds.fold(0, |places, kind| places | bit(kind)),
        });
        self.numbers.add(&one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of records: papers, then references.
    fn numbers(of: &[(&[&str], &[&str])]) -> Numbers {
        let mut numbers = Numbers::default();
        for (papers, references) in of {
            numbers.starts.push(numbers.bytes.len());
            papers.iter().for_each(|text| numbers.push(DOCUMENT, text));
            references.iter().for_each(|text| numbers.push(REFERENCE, text));
        }
        numbers
    }

    #[test]
    fn a_part_is_sought_in_papers_and_the_whole_among_references() {
        let all = numbers(&[
            (&["冀财农〔2017〕15号", "d15"], &["HT-15"]),
            (&[], &["15", "15号"]),
            (&["康财付〔2017〕2号"], &["HT-15", "HT-1"]),
            (&[], &[]),
            (&["〔2017〕150号"], &[]),
        ]);
        assert_eq!(all.with_part("15"), [0, 4]);
        assert_eq!(all.with_part("〔2017〕"), [0, 2, 4]);
        assert_eq!(all.with_part("d15"), [0], "the letter before a number is no part of it");
        assert_eq!(all.with_part("d冀"), [0; 0]);
        assert_eq!(all.with_part("HT"), [0; 0], "references are no papers");
        assert_eq!(all.with_reference("15"), [1]);
        assert_eq!(all.with_reference("HT-1"), [2]);
        assert_eq!(all.with_reference("HT-15"), [0, 2]);
        assert_eq!(all.with_reference("2017"), [0; 0]);
        for odd in ["", "\0", "\0d"] {
            assert!(all.with_part(odd).is_empty() && all.with_reference(odd).is_empty());
        }
    }

    #[test]
    fn a_card_takes_thirty_two_bytes() {
        assert!(size_of::<Card>() <= 32, "{}", size_of::<Card>());
    }
}
