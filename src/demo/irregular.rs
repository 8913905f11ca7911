//! What an inspector would look for, planted on purpose: each irregularity in a few counties, told
//! as a small story of its own. The rules that find them are the inspection's (R01 to R36).
//!
//! Everything here is accepted by the ledger: it breaks no rule that refuses, or stands as an
//! exception.

mod money;
mod projects;

use super::calendar::{day, plus};
use super::cast::{Cast, County};
use super::diary::Diary;
use super::gifts::Target;
use super::purse::{Purse, Share, WAN, sum};
use super::random::Random;
use super::site::{Outline, Site};
use crate::base::Date;

/// A thing that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Irregular {
    /// A project that nobody was shown (R20).
    Undisclosed,
    /// Paid before it was approved (R07), as an exception.
    PaidBeforeApproval,
    /// Arranged beyond what was approved (R08), as an exception.
    AboveApproved,
    /// An advance above the cap, as an exception, that nobody accounts for (R10).
    AdvanceAboveCap,
    /// A payment that was entered two months late (R21).
    Backdated,
    /// Large sums in cash to a person (R18).
    Cash,
    /// One contract in three parts just below the tender's threshold (R13, R34).
    Split,
    /// A payment taken back after a finding and made again to another payee (R32).
    ReversedAfterFinding,
    /// The same project twice in the library, paid from two sources (R12).
    AdmittedTwice,
    /// The same sum to the same payee in the same village within days (R11).
    ClaimedTwice,
    /// Begun in spring, never heard of again (R30).
    Stalled,
    /// Paid far ahead of certified progress (R09).
    AheadOfProgress,
    /// Management fees above their share of central money (R31).
    ManagementFee,
    /// Money for industry handed out to households (R35).
    CashForIndustry,
    /// A year's payments in its last days (R22).
    YearEndRush,
    /// Money to be paid back that is not all paid back (R36).
    Recovery,
    /// A level above's money received directly 上级未下达.
    FromAboveDirectly,
    /// Arranged before the money was there 先付后到.
    PaidBeforeMoney,
    /// A gift used outside its donor's wish (R26), as an exception.
    GiftOutsideIntent,
    /// A fee taken from a gift whose donor allowed none (R31), as an exception.
    GiftFee,
    /// Money for works paid for something else, as an exception (R05).
    PurposeViolated,
    /// Public money paid into a person's account (R19), and the case handed over.
    PersonalAccount,
    /// Own money bridged until the province's came 归垫; regular, and looked at.
    Substituted,
    /// A retention that is not paid when due (R29).
    RetentionOverdue,
    /// The county adopts no budget of its own (R24).
    NoBudget,
    /// A plan that promises twice what is consolidated (R23).
    PlanUnkept,
    /// No annual plan, no report of a quarter (R25).
    NothingFiled,
    /// A charity that never writes to donors (R27).
    SilentCharity,
    /// One payee wins everything (R14).
    OnePayee,
    /// Old lots that nobody touches (R01).
    IdleLots,
    /// A closed month opened again.
    Reopened,
}

impl Irregular {
    /// Every irregularity, in order.
    pub const ALL: [Irregular; 31] = [
        Irregular::Undisclosed,
        Irregular::PaidBeforeApproval,
        Irregular::AboveApproved,
        Irregular::AdvanceAboveCap,
        Irregular::Backdated,
        Irregular::Cash,
        Irregular::Split,
        Irregular::ReversedAfterFinding,
        Irregular::AdmittedTwice,
        Irregular::ClaimedTwice,
        Irregular::Stalled,
        Irregular::AheadOfProgress,
        Irregular::ManagementFee,
        Irregular::CashForIndustry,
        Irregular::YearEndRush,
        Irregular::Recovery,
        Irregular::FromAboveDirectly,
        Irregular::PaidBeforeMoney,
        Irregular::GiftOutsideIntent,
        Irregular::GiftFee,
        Irregular::PurposeViolated,
        Irregular::PersonalAccount,
        Irregular::Substituted,
        Irregular::RetentionOverdue,
        Irregular::NoBudget,
        Irregular::PlanUnkept,
        Irregular::NothingFiled,
        Irregular::SilentCharity,
        Irregular::OnePayee,
        Irregular::IdleLots,
        Irregular::Reopened,
    ];

    /// Is it planted in the county at this place of so many? Each is planted in one to three.
    pub fn is_in(self, index: usize, counties: usize) -> bool {
        [0, 23, 41].iter().any(|shift| (self as usize * 11 + shift) % counties == index)
    }
}

/// What a story needs at hand.
pub struct Scene<'s, 'c> {
    /// Where it is written.
    pub diary: &'s mut Diary,
    /// Everybody.
    pub cast: &'c Cast,
    /// Where it happens.
    pub county: &'c County,
    /// What it may use.
    pub purse: &'s mut Purse,
    /// Chance.
    pub random: &'s mut Random,
    /// A project that gifts go to.
    pub target: &'s Target,
}

/// Tells the stories of every irregularity that is planted in the county.
pub fn plant(scene: &mut Scene<'_, '_>) {
    let counties = scene.cast.counties.len();
    for irregular in Irregular::ALL {
        if irregular.is_in(scene.county.index, counties) {
            scene.tell(irregular);
        }
    }
}

impl<'c> Scene<'_, 'c> {
    fn tell(&mut self, irregular: Irregular) {
        match irregular {
            Irregular::Undisclosed => self.undisclosed(),
            Irregular::PaidBeforeApproval => self.paid_before_approval(),
            Irregular::AboveApproved => self.above_approved(),
            Irregular::AdvanceAboveCap => self.advance_above_cap(),
            Irregular::Backdated => self.backdated(),
            Irregular::Cash => self.cash(),
            Irregular::Split => self.split(),
            Irregular::ReversedAfterFinding => self.reversed_after_finding(),
            Irregular::AdmittedTwice => self.admitted_twice(),
            Irregular::ClaimedTwice => self.claimed_twice(),
            Irregular::Stalled => self.stalled(),
            Irregular::AheadOfProgress => self.ahead_of_progress(),
            Irregular::ManagementFee => self.management_fee(),
            Irregular::CashForIndustry => self.cash_for_industry(),
            Irregular::YearEndRush => self.year_end_rush(),
            Irregular::Recovery => self.recovery(),
            Irregular::FromAboveDirectly => self.received_past_the_province(),
            Irregular::PaidBeforeMoney => self.paid_before_money(),
            Irregular::GiftOutsideIntent => self.gift_outside_intent(),
            Irregular::GiftFee => self.gift_fee(),
            Irregular::PurposeViolated => self.purpose_violated(),
            Irregular::PersonalAccount => self.personal_account(),
            Irregular::Substituted => self.substituted(),
            Irregular::RetentionOverdue => self.retention_overdue(),
            // These colour the whole year of a county: `county` and `supervision` ask for them.
            Irregular::NoBudget
            | Irregular::PlanUnkept
            | Irregular::NothingFiled
            | Irregular::SilentCharity
            | Irregular::OnePayee
            | Irregular::IdleLots
            | Irregular::Reopened => {}
        }
    }

    /// A project in the library, in one of the county's villages.
    fn admitted(
        &mut self,
        category: &'static str,
        what: &'static str,
        fen: i64,
        from: Date,
    ) -> Site<'c> {
        let villages = &self.county.villages;
        let village =
            (!villages.is_empty()).then(|| villages[self.random.index(villages.len())].clone());
        let outline = Outline {
            category,
            what,
            village,
            estimate_fen: fen.max(WAN),
            households: self.random.between(12, 160),
            unit: 1,
            payee: 0,
        };
        Site::admit(self.diary, self.county, outline, from)
    }

    /// A project that was shown, approved for exactly what it gets, and got it.
    fn supplied(
        &mut self,
        category: &'static str,
        what: &'static str,
        shares: &[Share],
        from: Date,
    ) -> Site<'c> {
        let mut site = self.admitted(category, what, sum(shares), from);
        site.disclose(self.diary, "village", 10);
        self.approve_and_commit(&mut site, shares);
        site
    }

    fn approve_and_commit(&mut self, site: &mut Site<'c>, shares: &[Share]) {
        let funds: Vec<&str> = shares.iter().map(|share| share.fund).collect();
        site.thread.pass(4);
        site.approve(self.diary, sum(shares), &funds);
        site.thread.pass(5);
        site.commit(self.diary, &self.county.finance, shares);
    }

    /// A sum out of one lot alone, in 万元 at most; empty when there is none.
    fn one(&mut self, category: &str, least: i64, most: i64) -> Vec<Share> {
        let fen = self.random.between(least * 100, most * 100) * 10_000;
        let mut shares = self.purse.draw(fen, category, day(2017, 5, 1));
        while shares.len() > 1 {
            let spare = shares.pop().expect("there is more than one");
            self.purse.add(spare);
        }
        shares
    }

    /// A day in spring or early summer.
    fn spring(&mut self) -> Date {
        plus(day(2017, 4, 17), self.random.between(0, 40))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_irregularity_is_planted_however_few_counties_there_are() {
        for counties in [1, 3, 62] {
            for irregular in Irregular::ALL {
                let planted =
                    (0..counties).filter(|index| irregular.is_in(*index, counties)).count();
                assert!((1..=3).contains(&planted), "{irregular:?} in {planted} of {counties}");
            }
        }
    }

    #[test]
    fn the_list_of_all_has_each_once() {
        for (at, irregular) in Irregular::ALL.iter().enumerate() {
            assert_eq!(*irregular as usize, at);
        }
    }
}
