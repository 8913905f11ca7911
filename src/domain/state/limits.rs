//! What limits money besides balances: budgets, plans, what was passed down, open disbursements,
//! open orders, references and vouchers used, receipts, months closed, findings.

use super::net::Net;
use super::{LotId, OrganizationId, PartyId, State};
use crate::base::words::vocabulary;
use crate::base::{Code, Date, Digest, Fen, Month};
use crate::domain::fund::Fund;
use serde::{Deserialize, Serialize};

/// An adopted budget of an own-level fund (Article 16).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Budget {
    /// The sum adopted, as last adjusted.
    pub adopted: Fen,
    /// Was it adopted at all? Money can be counted before.
    pub is_adopted: bool,
    /// What was received under it, less what was withdrawn.
    pub received: Net,
}

/// A consolidation plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The county whose plan it is.
    pub jurisdiction: Code,
    /// Its fiscal year.
    pub year: u16,
    /// The version filed last.
    pub version: u32,
    /// Every line that any version had, in the order in which they came.
    pub lines: Vec<PlanLine>,
}

/// A line of a plan: an item of agriculture-related money, or a fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PlanLine {
    /// An item.
    Item(PartyId),
    /// A fund.
    Fund(Fund),
}

/// What a plan's line allows and what is used of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PlanUse {
    /// The sum planned in the newest version; none when the newest version has no such line.
    pub planned: Option<Fen>,
    /// Consolidated less released, ever.
    pub used: Net,
}

/// How a bank reference was used.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BankUse {
    /// The business date of its events.
    pub date: Option<Date>,
    /// The whole of the bank's transfer, where it was stated.
    pub transfer: Option<Fen>,
    /// The sum of the events that named it.
    pub used: Fen,
    /// How many events name it now; with none it is free again.
    pub count: u32,
}

/// How much of a paper's face was used.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FaceUse {
    /// The sum on its face, fixed by its first use.
    pub face: Fen,
    /// What was used of it; with nothing used the next use fixes the face anew.
    pub used: Fen,
}

/// A disbursement or an order that later events may name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Open {
    /// What remains of it, over all lots.
    pub remaining: Fen,
    /// How many live returns, recoveries or reductions name it.
    pub named_by: u32,
}

/// A receipt that a custodian gave a donor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The gift.
    pub lot: LotId,
    /// The sum on it.
    pub amount: Fen,
    /// Does it still count?
    pub live: bool,
}

/// Whose books a month is closed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Books {
    /// A jurisdiction's.
    Jurisdiction(Code),
    /// A custodian's.
    Custodian(OrganizationId),
}

/// A finding of supervision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The body that raised it.
    pub raised_by: Box<str>,
    /// The scope of the body that raised it.
    pub raised_at: Code,
    /// The jurisdiction that it is about.
    pub jurisdiction: Code,
    /// The organization that it is about.
    pub organization: Option<OrganizationId>,
    /// Is it closed?
    pub closed: bool,
}

vocabulary! {
    /// The direction in which a bank reference paid: money came, or went.
    pub enum Direction {
        In "in" "收入" "In",
        Out "out" "支出" "Out",
    }
}

/// The key under which a bank reference is remembered.
pub fn bank_key(org: &str, direction: Direction, reference: &str) -> [u8; 16] {
    let direction: &[u8] = match direction {
        Direction::In => b"/in/",
        Direction::Out => b"/out/",
    };
    Digest::of(&[b"bank/", org.as_bytes(), direction, reference.as_bytes()]).half()
}

impl State {
    /// Is the month closed in these books?
    pub fn is_closed(&self, books: Books, month: Month) -> bool {
        self.closed_months.get(&(books, month)).copied().unwrap_or(false)
    }

    /// What this jurisdiction allocated of a lot to that one, less what it recalled.
    pub fn passed_down(&self, from: Code, to: Code, lot: LotId) -> Fen {
        self.passed_down.get(&(from, to, lot)).copied().unwrap_or_default().fen()
    }

    /// Adds to what was passed down, or takes from it.
    ///
    /// It may pass below zero: an allocation is reversed after a recall took its sum out of money
    /// that came another way. A reversal asks no limit, so this must not stop the program.
    pub fn pass_down(&mut self, from: Code, to: Code, lot: LotId, amount: Fen, forwards: bool) {
        self.passed_down.change_or_add((from, to, lot)).change(amount, forwards);
    }

    /// What remains of a disbursement's or an order's lot.
    pub fn open_line(&self, seq: u64, lot: LotId) -> Fen {
        self.open_lines.get(&(seq, lot)).copied().unwrap_or_default()
    }

    /// Changes what remains of a disbursement's or an order's lot, and its sum.
    pub fn change_open(&mut self, seq: u64, lot: LotId, amount: Fen, more: bool) {
        let change = |sum: Fen| if more { sum.plus(amount) } else { sum.minus(amount) };
        let line = self.open_lines.change_or_add((seq, lot));
        *line = change(*line).expect("what remains of a line was looked at before");
        let open = self.opens.change_or_add(seq);
        open.remaining = change(open.remaining).expect("the sum follows its lines");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_passed_down_may_be_taken_back_below_nothing_and_is_given_back_exactly() {
        let (mut state, lot) = (State::new(), LotId::new(0));
        let (upper, lower) = (Code(130_000), Code(130_723));
        let fen = |fen| Fen::new(fen).unwrap();
        let mut after = |amount, forwards| {
            state.pass_down(upper, lower, lot, fen(amount), forwards);
            state.passed_down(upper, lower, lot)
        };
        assert_eq!(after(50, true), fen(50));
        assert_eq!(after(80, false), fen(0));
        assert_eq!(after(10, true), fen(0));
        assert_eq!(after(70, true), fen(50));
    }
}
