//! What a county may still arrange, lot by lot, so that the story never spends a fen twice.
//!
//! Everything is divided beforehand: what a project draws is its own, whenever it is recorded.

use super::calendar::last_day;
use super::diary::Thread;
use crate::base::Date;
use serde_json::{Value, json};

/// 万元 in fen.
pub const WAN: i64 = 1_000_000;

/// Part of a lot in a county's hands.
#[derive(Clone, Debug)]
pub struct Share {
    /// The lot.
    pub lot: String,
    /// Its fund.
    pub fund: &'static str,
    /// How much, in fen.
    pub fen: i64,
    /// The plan under which it was consolidated.
    pub plan: Option<String>,
    /// The categories that it may pay; empty: any.
    pub purpose: &'static [&'static str],
    /// Since when the county has it.
    pub known: Thread,
}

impl Share {
    /// Part of it.
    pub fn part(&self, fen: i64) -> Share {
        Share { fen, ..self.clone() }
    }

    fn pays(&self, category: &str) -> bool {
        self.fen > 0 && (self.purpose.is_empty() || self.purpose.contains(&category))
    }
}

/// What is still to be arranged.
#[derive(Debug, Default)]
pub struct Purse(Vec<Share>);

impl Purse {
    /// Puts a share in.
    pub fn add(&mut self, share: Share) {
        self.0.push(share);
    }

    /// All that is there, in fen.
    pub fn total(&self) -> i64 {
        self.0.iter().map(|share| share.fen).sum()
    }

    /// What is left of each lot.
    pub fn shares(&self) -> &[Share] {
        &self.0
    }

    /// Takes at most this much for a category out of at most two lots, if possible of those that
    /// are there by a day: money that is tied to a purpose first, then the fullest lot.
    pub fn draw(&mut self, fen: i64, category: &str, by: Date) -> Vec<Share> {
        self.draw_where(fen, by, |share| share.pays(category))
    }

    /// Takes at most this much of one fund.
    pub fn draw_fund(&mut self, fen: i64, fund: &str, by: Date) -> Vec<Share> {
        self.draw_where(fen, by, |share| share.fund == fund && share.plan.is_none())
    }

    /// Takes out whole shares.
    pub fn set_aside(&mut self, which: impl Fn(&Share) -> bool) -> Vec<Share> {
        self.0.extract_if(.., |share| which(share)).collect()
    }

    /// Takes at most this much of one lot.
    pub fn draw_lot(&mut self, fen: i64, lot: &str) -> Vec<Share> {
        self.draw_where(fen, last_day(), |share| share.lot == lot && share.plan.is_none())
    }

    fn draw_where(&mut self, fen: i64, by: Date, fits: impl Fn(&Share) -> bool) -> Vec<Share> {
        let mut drawn = Vec::new();
        let mut open = fen;
        for _ in 0..2 {
            let fullest = (self.0.iter_mut().filter(|share| share.fen > 0 && fits(share)))
                .max_by_key(|share| (share.known.day <= by, !share.purpose.is_empty(), share.fen));
            let Some(share) = fullest.filter(|_| open > 0) else { break };
            let part = share.part(share.fen.min(open));
            share.fen -= part.fen;
            open -= part.fen;
            drawn.push(part);
        }
        drawn
    }
}

/// So much in whole hundreds of yuan, rounded down: sums that people agree on are round.
pub fn round(fen: i64) -> i64 {
    fen / 10_000 * 10_000
}

/// The sum of shares, in fen.
pub fn sum(shares: &[Share]) -> i64 {
    shares.iter().map(|share| share.fen).sum()
}

/// Takes at most this much out of shares, the first first.
pub fn take(from: &mut Vec<Share>, fen: i64) -> Vec<Share> {
    let mut open = fen;
    let mut taken = Vec::new();
    for share in from.iter_mut() {
        let part = share.part(share.fen.min(open));
        if part.fen > 0 {
            share.fen -= part.fen;
            open -= part.fen;
            taken.push(part);
        }
    }
    from.retain(|share| share.fen > 0);
    taken
}

/// Puts shares back where shares of their lots lie.
pub fn put_back(to: &mut Vec<Share>, shares: &[Share]) {
    for share in shares {
        match to.iter_mut().find(|other| other.lot == share.lot && other.plan == share.plan) {
            Some(other) => other.fen += share.fen,
            None => to.push(share.clone()),
        }
    }
}

/// Shares as a body names them: each lot once.
pub fn lots(shares: &[Share]) -> Value {
    let mut all: Vec<(&str, i64)> = Vec::new();
    for share in shares.iter().filter(|share| share.fen > 0) {
        match all.iter_mut().find(|(lot, _)| *lot == share.lot) {
            Some((_, fen)) => *fen += share.fen,
            None => all.push((&share.lot, share.fen)),
        }
    }
    all.iter().map(|(lot, fen)| json!({ "lot": lot, "amount_fen": fen })).collect()
}

#[cfg(test)]
mod tests {
    use super::super::calendar::day;
    use super::*;

    fn share(lot: &str, fen: i64, month: u8) -> Share {
        Share {
            lot: lot.to_owned(),
            fund: "agri",
            fen,
            plan: None,
            purpose: &[],
            known: Thread::from(day(2017, month, 1)),
        }
    }

    #[test]
    fn what_is_drawn_is_gone_and_what_is_there_comes_first() {
        let mut purse = Purse::default();
        purse.add(share("early", 10, 2));
        purse.add(share("late", 90, 8));
        let drawn = purse.draw(30, "industry", day(2017, 3, 1));
        assert_eq!(
            lots(&drawn),
            json!([{"lot": "early", "amount_fen": 10}, {"lot": "late", "amount_fen": 20}])
        );
        assert_eq!((purse.total(), sum(&drawn)), (70, 30));
    }

    #[test]
    fn taking_more_than_there_is_takes_all() {
        let mut shares = vec![share("a", 5, 1), share("b", 7, 1)];
        let taken = take(&mut shares, 8);
        assert_eq!((sum(&taken), sum(&shares)), (8, 4));
        put_back(&mut shares, &taken);
        assert_eq!(sum(&shares), 12);
        assert_eq!(sum(&take(&mut shares, 99)), 12);
        assert!(shares.is_empty());
    }
}
