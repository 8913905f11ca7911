//! The statement of a lot, gift or fiscal: what came and from whom, each movement with its papers,
//! where what is left lies, what its giver was told (Articles 22 to 24, 28).
//!
//! Told of the records that move or name the lot; other lots of the same records leave no trace.
//! Used, refunded and remaining are what `feedback_sent` states (design section 5).

use super::excerpt::Excerpt;
use super::links::Links;
use super::path::Spot;
use super::{Fold, Told};
use crate::base::words::Label;
use crate::base::{Code, Date};
use crate::domain::events::{DisbursementKind, FeedbackChannel, FeedbackKind};
use crate::domain::fund::Fund;
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where a lot came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The record.
    pub seq: u64,
    /// When it came.
    pub received_on: Date,
    /// Where it was received.
    pub jurisdiction: Code,
    /// What kind of origin it has.
    pub fund: Fund,
    /// The provider, or the donor's opaque reference.
    pub provider: String,
    /// The custodian, or the bureau that received it.
    pub holder: String,
    /// The documents that brought it.
    pub papers: Vec<String>,
}

/// What became of a lot, in fen: received is the sum of the rest but fees, which are part of used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// What came in.
    pub received_fen: i64,
    /// What is spent.
    pub used_fen: i64,
    /// What was paid as fees.
    pub fees_fen: i64,
    /// What was refunded or withdrawn.
    pub refunded_fen: i64,
    /// Received less used and refunded.
    pub remaining_fen: i64,
}

/// A movement of the lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub business_date: Date,
    /// The event's type.
    pub kind: &'static str,
    /// What people call it.
    #[serde(skip)]
    pub label: Label,
    /// The project in which it happened.
    pub project: Option<String>,
    /// Who was paid, or accounted for what was paid.
    pub payee: Option<String>,
    /// The place it left.
    pub from: String,
    /// The place it entered.
    pub to: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// Documents, bank references, contracts, invoices and vouchers, by number.
    pub papers: Vec<String>,
}

/// Feedback that named the lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub business_date: Date,
    /// What was told.
    pub kind: FeedbackKind,
    /// How.
    pub channel: FeedbackChannel,
}

/// The fold that finds the records of a lot, to be told to its [`Statement`].
#[derive(Debug)]
pub struct Finding {
    lot: String,
    seqs: BTreeSet<u64>,
    links: Links,
}

impl Finding {
    /// The records of this lot are looked for.
    pub fn new(lot: &str) -> Finding {
        Finding { lot: lot.to_owned(), seqs: BTreeSet::new(), links: Links::default() }
    }

    /// The records that move or name the lot, in order.
    pub fn seqs(&self) -> Vec<u64> {
        let named = self.links.naming(&self.lot).iter().copied();
        self.seqs.iter().copied().chain(named).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Fold for Finding {
    fn wants_event(&self, kind: Type) -> bool {
        self.links.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.links.take(told);
        if told.movements.iter().any(|moved| moved.lot == self.lot) {
            self.seqs.insert(told.seq);
        }
    }
}

/// The fold behind a statement.
#[derive(Debug)]
pub struct Statement {
    lot: String,
    as_of: Option<Date>,
    /// Where it came from; none where no record of its receipt was told.
    pub origin: Option<Origin>,
    /// What became of it.
    pub sums: Sums,
    /// Its movements, in the order of the records.
    pub movements: Vec<Movement>,
    /// The feedback that named it.
    pub sent: Vec<Sent>,
    stands: BTreeMap<String, i64>,
}

impl Statement {
    /// The statement of a lot; with a date only records up to that business date count.
    pub fn new(lot: &str, as_of: Option<Date>) -> Statement {
        Statement {
            lot: lot.to_owned(),
            as_of,
            origin: None,
            sums: Sums::default(),
            movements: Vec::new(),
            sent: Vec::new(),
            stands: BTreeMap::new(),
        }
    }

    /// Each place in which anything of the lot stands, spent money too, and how much, in fen.
    pub fn stands(&self) -> impl Iterator<Item = (&str, i64)> {
        self.stands.iter().map(|(place, fen)| (place.as_str(), *fen)).filter(|(_, fen)| *fen != 0)
    }

    fn learn(&mut self, told: &Told<'_>, excerpt: &Excerpt) {
        let Some(event) = told.event else { return };
        let (fund, provider, holder) = match &event.data {
            Data::FundsReceived(data) if data.lot.as_str() == self.lot => {
                let holder = data.custodian.unwrap_or(event.by.org).to_string();
                (data.fund, data.provider.as_str().to_owned(), holder)
            }
            Data::DonationReceived(data) if data.lot.as_str() == self.lot => {
                (Fund::Donation, data.donor.to_string(), data.custodian.to_string())
            }
            Data::FeedbackSent(data) => {
                return self.sent.push(Sent {
                    seq: told.seq,
                    business_date: told.date,
                    kind: data.kind,
                    channel: data.channel,
                });
            }
            _ => return,
        };
        self.origin = Some(Origin {
            seq: told.seq,
            received_on: told.date,
            jurisdiction: told.here,
            fund,
            provider,
            holder,
            papers: excerpt.papers.iter().map(|paper| paper.number.clone()).collect(),
        });
    }

    fn add(&mut self, told: &Told<'_>, from: &str, to: &str, fen: i64) {
        for (path, fen) in [(from, -fen), (to, fen)] {
            let Some(spot) = Spot::parse(path) else { continue };
            match spot.kind {
                PlaceKind::Outside => {
                    // What comes was received, or was given back and comes again; a receipt that
                    // is reversed was never received.
                    let came = matches!(told.kind, Type::FundsReceived | Type::DonationReceived);
                    let undone = told.kind == Type::EntryReversed && fen > 0;
                    match came || undone {
                        true => self.sums.received_fen -= fen,
                        false => self.sums.refunded_fen += fen,
                    }
                }
                PlaceKind::Spent => self.sums.used_fen += fen,
                _ => {}
            }
            if spot.kind != PlaceKind::Outside {
                *self.stands.entry(path.to_owned()).or_default() += fen;
            }
        }
        let Sums { received_fen, used_fen, refunded_fen, .. } = self.sums;
        self.sums.remaining_fen = received_fen - used_fen - refunded_fen;
    }
}

impl Fold for Statement {
    fn wants_event(&self, _kind: Type) -> bool {
        true
    }

    fn take(&mut self, told: &Told<'_>) {
        if self.as_of.is_some_and(|as_of| as_of < told.date) {
            return;
        }
        let excerpt = Excerpt::of(told);
        self.learn(told, &excerpt);
        let is_fee = matches!(told.event.map(|event| &event.data),
            Some(Data::DisbursementMade(data)) if data.kind == DisbursementKind::Fee);
        let papers = excerpt.papers.iter().map(|paper| &paper.number);
        let papers: Vec<String> = papers.chain(&excerpt.references).cloned().collect();
        for moved in told.movements {
            if moved.lot != self.lot {
                continue;
            }
            self.add(told, moved.from, moved.to, moved.amount_fen);
            self.sums.fees_fen += i64::from(is_fee) * moved.amount_fen;
            let project = [moved.to, moved.from].into_iter().find_map(|path| {
                Spot::parse(path).and_then(|spot: Spot<'_>| spot.project.map(str::to_owned))
            });
            self.movements.push(Movement {
                seq: told.seq,
                business_date: told.date,
                kind: told.kind.spec().name,
                label: excerpt.label,
                project,
                payee: excerpt.payee.clone(),
                from: moved.from.to_owned(),
                to: moved.to.to_owned(),
                amount_fen: moved.amount_fen,
                papers: papers.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    fn sums(history: &History, as_of: Option<&str>) -> [i64; 5] {
        let sums = history.fold(Statement::new("G1", as_of.map(day))).sums;
        let Sums { received_fen, used_fen, fees_fen, refunded_fen, remaining_fen } = sums;
        [received_fen, used_fen, fees_fen, refunded_fen, remaining_fen]
    }

    #[test]
    fn what_is_reversed_counts_as_if_it_had_not_been() {
        let mut history = History::new();
        history.on("2017-05-01").gift("G1", 500, "public");
        history.gift("G2", 70, "public");
        let data = json!({ "lot": "G1", "amount_fen": 200, "reason": "error", "bank_ref": "B1" });
        history.on("2017-06-01");
        let refund = history.tell("donation_refunded", data, "G1 200 available/130723 > outside");
        assert_eq!(sums(&history, None), [500, 0, 0, 200, 300]);
        assert_eq!(sums(&history, Some("2017-05-31")), [500, 0, 0, 0, 500]);
        let data = json!({ "reverses": refund, "reason": "x" });
        history.on("2017-06-02").tell("entry_reversed", data, "G1 200 outside > available/130723");
        assert_eq!(sums(&history, None), [500, 0, 0, 0, 500]);
        assert_eq!(sums(&history, Some("2017-04-30")), [0; 5]);
        let data = json!({ "reverses": refund, "reason": "x" });
        history.tell("entry_reversed", data, "G1 500 available/130723 > outside");
        assert_eq!(sums(&history, None), [0; 5]);
    }
}
