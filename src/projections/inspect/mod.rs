//! Inspections 巡检: rules that read the records and point at what an inspector should look into.
//!
//! Each rule is a pure fold in a file of its own, with a stable key, an article and a severity. The
//! same records, day and limits give the same hits. What counts as much, late or near is a policy
//! or a named limit that the answer prints; no rule holds a number of its own. A hit is no verdict:
//! a finding is raised by people.

mod above_approved;
mod above_plan;
mod admitted_twice;
mod advance_outstanding;
mod ahead_of_progress;
mod before_approval;
mod before_money;
mod cash;
mod cash_for_industry;
mod circular_flow;
mod claimed_twice;
mod county_years;
mod exceptions;
mod feedback_overdue;
mod filings_missing;
mod from_above;
mod held_up;
mod hit;
mod idle_money;
mod late_record;
mod limits;
mod management_fee;
mod no_budget;
mod not_recovered;
mod noted;
mod one_payee;
mod payee_in_counties;
mod payments;
mod personal_account;
mod plan_unkept;
mod plans;
mod prohibited_use;
mod reopened;
mod retention_overdue;
mod reversed_after_finding;
mod round_sums;
mod rule;
mod split;
mod stalled;
mod standings;
#[cfg(test)]
mod tests;
mod undisclosed;
mod year_end_rush;

pub use hit::{Figure, Hit};
pub use limits::{Limit, Limits};
pub use rule::{Rule, RuleKey, World};

use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::Type;

/// What is asked of an inspection.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As of this business day.
    pub on: Date,
    /// Only hits at or below this jurisdiction.
    pub jurisdiction: Option<Code>,
    /// Only this rule's.
    pub rule: Option<RuleKey>,
    /// Only hits of this business day or later.
    pub from: Option<Date>,
    /// Only hits of this business day or earlier.
    pub to: Option<Date>,
}

impl Asked {
    /// All hits of all rules on a day.
    pub fn on(on: Date) -> Asked {
        Asked { on, jurisdiction: None, rule: None, from: None, to: None }
    }
}

/// The fold behind an inspection.
#[derive(Debug)]
pub struct Inspection {
    as_of: Option<Date>,
    limits: Limits,
    world: World,
    rules: Vec<Box<dyn Rule>>,
}

impl Inspection {
    /// An inspection by one rule or by all; with a date only events up to that business date count.
    pub fn new(as_of: Option<Date>, limits: Limits, only: Option<RuleKey>) -> Inspection {
        let keys = RuleKey::ALL.iter().filter(|key| only.is_none_or(|only| only == **key));
        let rules = keys.map(|key| rule_of(*key)).collect();
        Inspection { as_of, limits, world: World::default(), rules }
    }

    /// What the rules point at: by rule, the earliest first.
    pub fn hits(&self, asked: &Asked) -> Vec<Hit> {
        let rules = self.rules.iter();
        let mut hits: Vec<Hit> = rules
            .filter(|rule| asked.rule.is_none_or(|only| only == rule.key()))
            .flat_map(|rule| rule.hits(&self.world, &self.limits, asked.on))
            .filter(|hit| {
                self.world.ground().is_within(hit.jurisdiction, asked.jurisdiction)
                    && asked.from.is_none_or(|first| first <= hit.on)
                    && asked.to.is_none_or(|last| hit.on <= last)
            })
            .collect();
        hits.sort_by(|one, other| one.order().cmp(&other.order()));
        hits
    }

    /// The limits that the inspection works with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the records told of the world.
    pub fn world(&self) -> &World {
        &self.world
    }
}

impl Fold for Inspection {
    fn wants_event(&self, kind: Type) -> bool {
        self.world.wants_event(kind) || self.rules.iter().any(|rule| rule.wants_event(kind))
    }

    fn take(&mut self, told: &Told<'_>) {
        if self.as_of.is_some_and(|last| last < told.date) {
            return;
        }
        self.world.take(told);
        for rule in &mut self.rules {
            rule.take(told, &self.world);
        }
    }
}

/// The rule of a key.
fn rule_of(key: RuleKey) -> Box<dyn Rule> {
    match key {
        RuleKey::IdleMoney => Box::new(idle_money::IdleMoney),
        RuleKey::HeldUp => Box::new(held_up::HeldUp),
        RuleKey::ProhibitedUse => Box::<prohibited_use::ProhibitedUse>::default(),
        RuleKey::BeforeApproval => Box::<before_approval::BeforeApproval>::default(),
        RuleKey::BeforeMoney => Box::<before_money::BeforeMoney>::default(),
        RuleKey::AboveApproved => Box::new(above_approved::AboveApproved),
        RuleKey::AheadOfProgress => Box::<ahead_of_progress::AheadOfProgress>::default(),
        RuleKey::AdvanceOutstanding => Box::new(advance_outstanding::AdvanceOutstanding),
        RuleKey::ClaimedTwice => Box::<claimed_twice::ClaimedTwice>::default(),
        RuleKey::AdmittedTwice => Box::new(admitted_twice::AdmittedTwice),
        RuleKey::Split => Box::<split::Split>::default(),
        RuleKey::OnePayee => Box::<one_payee::OnePayee>::default(),
        RuleKey::PayeeInCounties => Box::<payee_in_counties::PayeeInCounties>::default(),
        RuleKey::Cash => Box::<cash::Cash>::default(),
        RuleKey::PersonalAccount => Box::<personal_account::PersonalAccount>::default(),
        RuleKey::Undisclosed => Box::<undisclosed::Undisclosed>::default(),
        RuleKey::LateRecord => Box::<late_record::LateRecord>::default(),
        RuleKey::YearEndRush => Box::<year_end_rush::YearEndRush>::default(),
        RuleKey::PlanUnkept => Box::<plan_unkept::PlanUnkept>::default(),
        RuleKey::AbovePlan => Box::<above_plan::AbovePlan>::default(),
        RuleKey::NoBudget => Box::<no_budget::NoBudget>::default(),
        RuleKey::FilingsMissing => Box::<filings_missing::FilingsMissing>::default(),
        RuleKey::FeedbackOverdue => Box::<feedback_overdue::FeedbackOverdue>::default(),
        RuleKey::RetentionOverdue => Box::new(retention_overdue::RetentionOverdue),
        RuleKey::Stalled => Box::<stalled::Stalled>::default(),
        RuleKey::ManagementFee => Box::<management_fee::ManagementFee>::default(),
        RuleKey::ReversedAfterFinding => {
            Box::<reversed_after_finding::ReversedAfterFinding>::default()
        }
        RuleKey::RoundSums => Box::<round_sums::RoundSums>::default(),
        RuleKey::CashForIndustry => Box::<cash_for_industry::CashForIndustry>::default(),
        RuleKey::NotRecovered => Box::<not_recovered::NotRecovered>::default(),
        RuleKey::FromAbove => Box::<from_above::FromAbove>::default(),
        RuleKey::CircularFlow => Box::<circular_flow::CircularFlow>::default(),
        RuleKey::Exceptions => Box::<exceptions::Exceptions>::default(),
        RuleKey::Reopened => Box::<reopened::Reopened>::default(),
    }
}
