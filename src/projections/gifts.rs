//! Gifts: what came, what of it was used, what remains, and what its donor was told (Article 28).

use super::{Fold, Told};
use crate::base::Date;
use crate::domain::{Data, Type};
use foldhash::fast::RandomState;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// The fold behind lists of gifts.
#[derive(Debug, Default)]
pub struct Gifts {
    /// The gifts by lot; boxed, since a table that grows is half empty.
    pub rows: HashMap<String, Box<Gift>, RandomState>,
    campaigns: BTreeMap<(String, String), Vec<String>>,
}

/// A gift; amounts in fen.
#[derive(Clone, Debug, Serialize)]
pub struct Gift {
    /// The lot.
    pub lot: String,
    /// The donor's opaque reference.
    pub donor: String,
    /// What kind of giver it is.
    pub donor_kind: &'static str,
    /// Who holds it.
    pub custodian: String,
    /// When it came.
    pub received_on: Date,
    /// How the giver may be named in public.
    pub anonymity: &'static str,
    /// The campaign.
    pub campaign: Option<String>,
    /// The wish in the donor's words.
    pub wish: Option<String>,
    /// What came in.
    pub received_fen: i64,
    /// Arranged for projects, not yet paid.
    pub committed_fen: i64,
    /// Paid in advance, not yet accounted for.
    pub advanced_fen: i64,
    /// Spent.
    pub used_fen: i64,
    /// Refunded.
    pub refunded_fen: i64,
    /// What remains: received less used and refunded.
    pub remaining_fen: i64,
    /// How often its donor was told of it.
    pub feedback: u32,
    /// When its donor was told last.
    pub last_feedback_on: Option<Date>,
    /// Was its receipt reversed?
    pub reversed: bool,
}

impl Gifts {
    fn learn(&mut self, told: &Told<'_>) {
        match told.event.map(|event| &event.data) {
            Some(Data::DonationReceived(data)) => {
                let campaign = data.campaign.map(|name| name.to_string());
                if let Some(campaign) = &campaign {
                    let key = (campaign.clone(), data.custodian.to_string());
                    self.campaigns.entry(key).or_default().push(data.lot.to_string());
                }
                let row = Gift {
                    lot: data.lot.to_string(),
                    donor: data.donor.to_string(),
                    donor_kind: data.donor_kind.code(),
                    custodian: data.custodian.to_string(),
                    received_on: told.date,
                    anonymity: data.anonymity.code(),
                    campaign,
                    wish: data.intent.text.as_ref().map(|text| text.as_str().to_owned()),
                    received_fen: 0,
                    committed_fen: 0,
                    advanced_fen: 0,
                    used_fen: 0,
                    refunded_fen: 0,
                    remaining_fen: 0,
                    feedback: 0,
                    last_feedback_on: None,
                    reversed: false,
                };
                self.rows.insert(row.lot.clone(), Box::new(row));
            }
            Some(Data::FeedbackSent(data)) => {
                let mut lots: Vec<String> = data.lots.iter().map(|name| name.to_string()).collect();
                let org = told.event.map(|event| event.by.org.to_string()).unwrap_or_default();
                if let Some(campaign) = data.campaign {
                    let key = (campaign.to_string(), org);
                    lots.extend(self.campaigns.get(&key).cloned().unwrap_or_default());
                }
                for lot in lots {
                    if let Some(row) = self.rows.get_mut(&lot) {
                        row.feedback += 1;
                        row.last_feedback_on = Some(told.date);
                    }
                }
            }
            Some(_) | None => {}
        }
    }
}

impl Fold for Gifts {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::DonationReceived | Type::FeedbackSent)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.learn(told);
        for movement in told.movements {
            // What comes from outside again undoes a refund; a receipt undone goes there.
            let undoes_refund = told.kind == Type::EntryReversed && movement.from == "outside";
            let of_refund = told.kind == Type::DonationRefunded || undoes_refund;
            let Some(row) = self.rows.get_mut(movement.lot) else { continue };
            for (place, fen) in
                [(movement.from, -movement.amount_fen), (movement.to, movement.amount_fen)]
            {
                match place.split('/').next() {
                    Some("outside") if of_refund => row.refunded_fen += fen,
                    Some("outside") => row.received_fen -= fen,
                    Some("committed") => row.committed_fen += fen,
                    Some("advanced") => row.advanced_fen += fen,
                    Some("spent") => row.used_fen += fen,
                    Some(_) | None => {}
                }
            }
            row.reversed |= told.kind == Type::EntryReversed && movement.to == "outside";
            row.remaining_fen = row.received_fen - row.used_fen - row.refunded_fen;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::History;
    use serde_json::json;

    #[test]
    fn a_refund_that_is_reversed_was_no_refund_and_came_only_once() {
        let mut history = History::new();
        history.at(130_723).on("2017-03-01").gift("G1", 500, "alias");
        let data = json!({ "lot": "G1", "amount_fen": 200, "reason": "error", "bank_ref": "B1" });
        let id = history.tell("donation_refunded", data, "G1 200 available/130723 > outside");
        let figures = |history: &History| {
            let gifts = history.fold(Gifts::default());
            let row = &gifts.rows["G1"];
            (row.received_fen, row.refunded_fen, row.remaining_fen, row.reversed)
        };
        assert_eq!(figures(&history), (500, 200, 300, false));
        history.reverse(&id, "G1 200 outside > available/130723");
        assert_eq!(figures(&history), (500, 0, 500, false));
        let id = history.gift("G2", 900, "alias");
        history.reverse(&id, "G2 900 available/130723 > outside");
        let gifts = history.fold(Gifts::default());
        let row = &gifts.rows["G2"];
        assert_eq!((row.received_fen, row.remaining_fen, row.reversed), (0, 0, true));
    }
}
