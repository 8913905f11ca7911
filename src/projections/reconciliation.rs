//! Reconciliation (对账): a bank's statement against the bank references of the ledger.
//!
//! A reference is one of an organization and a direction, as the rules keep it; where one transfer
//! paid several records, the whole of the transfer is what the bank saw. A day that differs is
//! shown and is no fault: banks and desks close at different hours.

use super::hierarchy::Hierarchy;
use super::{Fold, Told};
use crate::base::words::vocabulary;
use crate::base::{Amount, Code, Date, EventId};
use crate::domain::references::Bank;
use crate::domain::state::Direction;
use crate::domain::{Data, Type};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// How a row stands; all but the first are differences.
    pub enum Standing {
        Matched "matched" "相符" "Matches",
        AmountDiffers "amount_differs" "金额不符" "Amount differs",
        NotInLedger "not_in_ledger" "账上没有" "Not in ledger",
        NotInStatement "not_in_statement" "对账单没有" "Not in statement",
        Unreadable "unreadable" "不能读取" "Unreadable",
    }
}

/// A row of a statement that moved money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the sheet.
    pub row: u32,
    /// The bank's day.
    pub on: Date,
    /// The bank's reference.
    pub reference: String,
    /// Did the money come or go?
    pub direction: Direction,
    /// How much, in fen.
    pub amount_fen: i64,
}

/// Whose references are compared, and which of them the statement should hold.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The organization whose account it is.
    pub org: Option<String>,
    /// Where its events are: at or below this jurisdiction.
    pub within: Option<Code>,
    /// The statement's first day.
    pub from: Option<Date>,
    /// The statement's last day.
    pub to: Option<Date>,
}

/// A row of the comparison; amounts in fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// How it stands.
    pub standing: Standing,
    /// The row of the sheet; none where only the ledger knows of it.
    pub row: Option<u32>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// Did the money come or go?
    pub direction: Option<Direction>,
    /// The day in the statement.
    pub statement_on: Option<Date>,
    /// The sum in the statement.
    pub statement_fen: Option<i64>,
    /// The business date in the ledger.
    pub ledger_on: Option<Date>,
    /// The whole of the transfer as the ledger states it.
    pub ledger_fen: Option<i64>,
    /// What of it records moved: less than the whole where part of it was other money.
    pub recorded_fen: Option<i64>,
    /// The organization that recorded it.
    pub org: Option<String>,
    /// The records.
    pub seqs: Vec<u64>,
    /// Why the row cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Row {
    /// A row of the sheet that cannot be read.
    pub fn unreadable(row: u32, reason: String) -> Row {
        Row {
            standing: Standing::Unreadable,
            row: Some(row),
            reference: None,
            direction: None,
            statement_on: None,
            statement_fen: None,
            ledger_on: None,
            ledger_fen: None,
            recorded_fen: None,
            org: None,
            seqs: Vec::new(),
            reason: Some(reason),
        }
    }

    fn new(line: Option<&Line>, transfer: Option<(&Key, &Transfer)>) -> Row {
        let standing = match (line, transfer) {
            (Some(line), Some((_, known))) if line.amount_fen == known.whole_fen() => {
                Standing::Matched
            }
            (Some(_), Some(_)) => Standing::AmountDiffers,
            (Some(_), None) => Standing::NotInLedger,
            (None, _) => Standing::NotInStatement,
        };
        let known = transfer.map(|(_, transfer)| transfer);
        let reference = line.map(|line| &line.reference).or(transfer.map(|(key, _)| &key.2));
        Row {
            standing,
            row: line.map(|line| line.row),
            reference: reference.cloned(),
            direction: line.map(|line| line.direction).or(transfer.map(|(key, _)| key.1)),
            statement_on: line.map(|line| line.on),
            statement_fen: line.map(|line| line.amount_fen),
            ledger_on: known.map(|known| known.on),
            ledger_fen: known.map(Transfer::whole_fen),
            recorded_fen: known.map(|known| known.recorded_fen),
            org: transfer.map(|(key, _)| key.0.clone()),
            seqs: known.map(|known| known.seqs.clone()).unwrap_or_default(),
            reason: None,
        }
    }
}

/// The organization, the direction, the reference.
type Key = (String, Direction, String);

/// A use of a reference by a record that was not reversed.
#[derive(Debug)]
struct Use {
    key: Key,
    seq: u64,
    here: Code,
    on: Date,
    sum_fen: i64,
    transfer_fen: Option<i64>,
}

/// All that uses a reference now.
#[derive(Debug)]
struct Transfer {
    on: Date,
    recorded_fen: i64,
    transfer_fen: Option<i64>,
    within: bool,
    seqs: Vec<u64>,
}

impl Transfer {
    fn whole_fen(&self) -> i64 {
        self.transfer_fen.unwrap_or(self.recorded_fen)
    }
}

/// The fold behind a reconciliation.
#[derive(Debug, Default)]
pub struct Reconciliation {
    /// Which jurisdiction lies below which.
    pub hierarchy: Hierarchy,
    organizations: BTreeSet<String>,
    uses: BTreeMap<EventId, Use>,
}

impl Reconciliation {
    /// Is the organization registered?
    pub fn knows_organization(&self, org: &str) -> bool {
        self.organizations.contains(org)
    }

    /// The statement's rows in their order, then what of its days only the ledger knows.
    pub fn compare(&self, lines: &[Line], asked: &Asked) -> Vec<Row> {
        let known = self.transfers(asked);
        let mut by_reference: BTreeMap<(Direction, &str), Vec<(&Key, &Transfer)>> = BTreeMap::new();
        for (key, transfer) in &known {
            by_reference.entry((key.1, &key.2)).or_default().push((key, transfer));
        }
        let mut taken: BTreeSet<&Key> = BTreeSet::new();
        let mut rows = Vec::new();
        for line in lines {
            let open = by_reference.get(&(line.direction, line.reference.as_str()));
            let mut open =
                open.into_iter().flatten().copied().filter(|(key, _)| !taken.contains(key));
            // Two organizations may have the same reference: the sum then says whose it is.
            let same = open.clone().find(|(_, known)| known.whole_fen() == line.amount_fen);
            let found = same.or_else(|| open.next());
            taken.extend(found.map(|(key, _)| key));
            rows.push(Row::new(Some(line), found));
        }
        let mut missing: Vec<_> = known
            .iter()
            .filter(|(key, transfer)| {
                let begun = asked.from.is_none_or(|from| from <= transfer.on);
                begun && asked.to.is_none_or(|to| transfer.on <= to) && !taken.contains(key)
            })
            .collect();
        missing.sort_by_key(|(key, transfer)| (transfer.on, &key.2));
        rows.extend(missing.into_iter().map(|one| Row::new(None, Some(one))));
        rows
    }

    fn transfers(&self, asked: &Asked) -> BTreeMap<Key, Transfer> {
        let mut transfers: BTreeMap<Key, Transfer> = BTreeMap::new();
        let wanted = |org: &str| asked.org.as_deref().is_none_or(|wanted| wanted == org);
        for used in self.uses.values().filter(|used| wanted(&used.key.0)) {
            let transfer = transfers.entry(used.key.clone()).or_insert_with(|| Transfer {
                on: used.on,
                recorded_fen: 0,
                transfer_fen: used.transfer_fen,
                within: false,
                seqs: Vec::new(),
            });
            transfer.recorded_fen += used.sum_fen;
            transfer.seqs.push(used.seq);
            transfer.within |=
                asked.within.is_none_or(|within| self.hierarchy.is_at_or_below(used.here, within));
        }
        transfers.retain(|_, transfer| transfer.within);
        transfers.values_mut().for_each(|transfer| transfer.seqs.sort_unstable());
        transfers
    }
}

impl Fold for Reconciliation {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(
            kind,
            Type::JurisdictionRegistered
                | Type::OrganizationRegistered
                | Type::FundsReceived
                | Type::FundsWithdrawn
                | Type::DisbursementMade
                | Type::DisbursementReturned
                | Type::DonationReceived
                | Type::DonationRefunded
                | Type::FundsRecovered
                | Type::EntryReversed
        )
    }

    fn take(&mut self, told: &Told<'_>) {
        self.hierarchy.take(told);
        let Some(event) = told.event else { return };
        match &event.data {
            Data::OrganizationRegistered(data) => {
                self.organizations.insert(data.org.to_string());
            }
            // A reversal gives the reference back (design section 5).
            Data::EntryReversed(data) => {
                self.uses.remove(&data.reverses);
            }
            data => {
                let Some(bank) = Bank::of(data) else { return };
                let Some(reference) = bank.reference else { return };
                let key = (event.by.org.to_string(), bank.direction, reference.to_string());
                let used = Use {
                    key,
                    seq: told.seq,
                    here: told.here,
                    on: told.date,
                    sum_fen: bank.sum.get(),
                    transfer_fen: bank.transfer.map(Amount::get),
                };
                self.uses.insert(told.id, used);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    fn line(row: u32, reference: &str, direction: Direction, amount_fen: i64) -> Line {
        Line { row, on: day("2017-05-02"), reference: reference.into(), direction, amount_fen }
    }

    fn came(history: &mut History, org: &str, reference: &str, fen: i64) -> String {
        let data = json!({ "lot": format!("{org}-{reference}"), "donor": "d-1",
            "donor_kind": "person", "custodian": org, "amount_fen": fen,
            "intent": { "fallback": "ask" }, "anonymity": "public", "bank_ref": reference });
        history.by(org).tell("donation_received", data, "")
    }

    fn said(history: &History, lines: &[Line], asked: &Asked) -> Vec<String> {
        let rows = history.fold(Reconciliation::default()).compare(lines, asked);
        let line = |row: &Row| {
            let reference = row.reference.as_deref().unwrap_or_default();
            format!("{} {reference} {:?}", row.standing, row.org.as_deref())
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn a_reference_is_one_of_an_organization_and_a_direction_and_is_matched_once() {
        let mut history = History::new();
        history.on("2017-05-01");
        came(&mut history, "a", "B1", 5);
        came(&mut history, "b", "B1", 7);
        let all = Asked::default();
        let lines = [
            line(2, "B1", Direction::In, 7),
            line(3, "B1", Direction::In, 6),
            line(4, "B1", Direction::In, 5),
            line(5, "B1", Direction::Out, 5),
        ];
        assert_eq!(
            said(&history, &lines, &all),
            [
                "matched B1 Some(\"b\")",
                "amount_differs B1 Some(\"a\")",
                "not_in_ledger B1 None",
                "not_in_ledger B1 None",
            ]
        );
        let of_a = Asked { org: Some("a".into()), ..Asked::default() };
        assert_eq!(said(&history, &lines[..1], &of_a), ["amount_differs B1 Some(\"a\")"]);
    }

    #[test]
    fn the_bank_saw_the_whole_transfer_whatever_part_of_it_is_recorded() {
        let mut history = History::new();
        let data = json!({ "lot": "G1", "donor": "d-1", "donor_kind": "person", "custodian": "a",
            "amount_fen": 5, "intent": { "fallback": "ask" }, "anonymity": "public",
            "bank_ref": "B1", "transfer_fen": 9 });
        history.by("a").tell("donation_received", data, "");
        let fold = history.fold(Reconciliation::default());
        for (fen, standing) in [(9, Standing::Matched), (5, Standing::AmountDiffers)] {
            let rows = fold.compare(&[line(2, "B1", Direction::In, fen)], &Asked::default());
            let told = (rows[0].standing, rows[0].ledger_fen, rows[0].recorded_fen, rows.len());
            assert_eq!(told, (standing, Some(9), Some(5), 1));
        }
    }

    #[test]
    fn only_the_days_of_the_statement_and_the_place_asked_for_are_missed() {
        let mut history = History::new();
        came(history.on("2017-05-01"), "a", "B1", 5);
        came(history.on("2017-06-01"), "a", "B2", 5);
        let reversed = came(history.on("2017-05-03"), "a", "B3", 5);
        let data = json!({ "reverses": reversed, "reason": "x" });
        history.tell("entry_reversed", data, "");
        let days = |from: &str, to: &str| Asked {
            from: Some(day(from)),
            to: Some(day(to)),
            ..Asked::default()
        };
        let may = days("2017-05-01", "2017-05-31");
        assert_eq!(said(&history, &[], &may), ["not_in_statement B1 Some(\"a\")"]);
        assert_eq!(said(&history, &[], &days("2017-05-02", "2017-05-31")), [""; 0]);
        let there = |code| Asked { within: Some(Code(code)), ..may.clone() };
        assert_eq!(said(&history, &[], &there(130_722)), [""; 0]);
        assert_eq!(said(&history, &[], &there(130_700)).len(), 1);
        // A bank that booked it a day later has booked it all the same.
        let june = days("2017-06-02", "2017-06-30");
        let lines = [line(2, "B2", Direction::In, 5)];
        assert_eq!(said(&history, &lines, &june), ["matched B2 Some(\"a\")"]);
    }
}
