//! What a rule of inspection is: its key, what it is called, where it comes from, how grave it is.
//!
//! Numbers R01 to R36 are those that supervision's papers use; a key never changes its meaning.

use super::hit::Hit;
use super::limits::Limits;
use super::payments::Payments;
use super::standings::Standings;
use crate::base::Date;
use crate::base::words::vocabulary;
use crate::domain::Type;
use crate::domain::events::Severity;
use crate::projections::ages::Ages;
use crate::projections::ground::Ground;
use crate::projections::{Fold, Told};

vocabulary! {
    /// The key of a rule.
    pub enum RuleKey {
        IdleMoney "idle_money" "资金闲置" "Idle money",
        HeldUp "held_up" "资金滞留" "Held up above the county",
        ProhibitedUse "prohibited_use" "禁止用途" "Prohibited use",
        BeforeApproval "before_approval" "未批先付" "Used before approval",
        BeforeMoney "before_money" "先付后到" "Used before it came",
        AboveApproved "above_approved" "超批复" "Above what was approved",
        AheadOfProgress "ahead_of_progress" "超进度支付" "Paid ahead of progress",
        AdvanceOutstanding "advance_outstanding" "预拨久未报账" "Advance not accounted for",
        ClaimedTwice "claimed_twice" "重复列支" "Claimed twice",
        AdmittedTwice "admitted_twice" "重复申报项目" "Project admitted twice",
        Split "split" "拆分规避招标" "Split below a limit",
        OnePayee "one_payee" "收款集中" "One payee gets most",
        PayeeInCounties "payee_in_counties" "收款方跨县" "Payee in several counties",
        Cash "cash" "大额现金" "Large cash",
        PersonalAccount "personal_account" "公款入个人账户" "Paid to a person",
        Undisclosed "undisclosed" "未按期公开" "Not shown to the public",
        LateRecord "late_record" "迟记倒签" "Recorded late",
        YearEndRush "year_end_rush" "年底突击花钱" "Year-end rush",
        PlanUnkept "plan_unkept" "整合不到位" "Plan not kept",
        AbovePlan "above_plan" "超整合方案" "Above the plan",
        NoBudget "no_budget" "县未列预算" "No county budget",
        FilingsMissing "filings_missing" "计划报告未报" "Plan or report missing",
        FeedbackOverdue "feedback_overdue" "反馈逾期" "Feedback overdue",
        RetentionOverdue "retention_overdue" "质保金逾期未付" "Retention overdue",
        Stalled "stalled" "项目停滞" "Project stalled",
        ManagementFee "management_fee" "管理费超比例" "Management fee above its share",
        ReversedAfterFinding "reversed_after_finding" "查后冲销" "Reversed after a finding",
        RoundSums "round_sums" "整数付款" "Round sums",
        CashForIndustry "cash_for_industry" "产业资金直接发放" "Industry money handed out",
        NotRecovered "not_recovered" "应追回未追回" "Not paid back",
        FromAbove "from_above" "上级未下达" "Received past the level above",
        CircularFlow "circular_flow" "资金回流" "Circular flow",
        Exceptions "exceptions" "例外入账" "Recorded as an exception",
        Reopened "reopened" "反结账" "Month opened again",
    }
}

impl RuleKey {
    /// The number that supervision's papers use, where the rule has one.
    pub const fn number(self) -> Option<&'static str> {
        match self {
            RuleKey::IdleMoney => Some("R01"),
            RuleKey::HeldUp => Some("R02"),
            RuleKey::ProhibitedUse => Some("R05"),
            RuleKey::BeforeApproval => Some("R07"),
            RuleKey::AboveApproved => Some("R08"),
            RuleKey::AheadOfProgress => Some("R09"),
            RuleKey::AdvanceOutstanding => Some("R10"),
            RuleKey::ClaimedTwice => Some("R11"),
            RuleKey::AdmittedTwice => Some("R12"),
            RuleKey::Split => Some("R13"),
            RuleKey::OnePayee => Some("R14"),
            RuleKey::Cash => Some("R18"),
            RuleKey::PersonalAccount => Some("R19"),
            RuleKey::Undisclosed => Some("R20"),
            RuleKey::LateRecord => Some("R21"),
            RuleKey::YearEndRush => Some("R22"),
            RuleKey::PlanUnkept => Some("R23"),
            RuleKey::NoBudget => Some("R24"),
            RuleKey::FilingsMissing => Some("R25"),
            RuleKey::FeedbackOverdue => Some("R27"),
            RuleKey::RetentionOverdue => Some("R29"),
            RuleKey::Stalled => Some("R30"),
            RuleKey::ManagementFee => Some("R31"),
            RuleKey::ReversedAfterFinding => Some("R32"),
            RuleKey::RoundSums => Some("R34"),
            RuleKey::CashForIndustry => Some("R35"),
            RuleKey::NotRecovered => Some("R36"),
            RuleKey::BeforeMoney
            | RuleKey::PayeeInCounties
            | RuleKey::AbovePlan
            | RuleKey::FromAbove
            | RuleKey::CircularFlow
            | RuleKey::Exceptions
            | RuleKey::Reopened => None,
        }
    }

    /// The rule of a key or a number.
    pub fn find(text: &str) -> Option<RuleKey> {
        let numbered = || RuleKey::ALL.iter().find(|key| key.number() == Some(text)).copied();
        RuleKey::parse(text).or_else(numbered)
    }

    /// The articles of the regulation that it serves.
    pub const fn articles(self) -> &'static [u8] {
        match self {
            RuleKey::HeldUp | RuleKey::FromAbove => &[4, 5, 12],
            RuleKey::PlanUnkept | RuleKey::AbovePlan => &[5, 17],
            RuleKey::NoBudget => &[16],
            RuleKey::FilingsMissing => &[4, 10, 11, 15],
            RuleKey::FeedbackOverdue => &[28],
            RuleKey::NotRecovered | RuleKey::ReversedAfterFinding => &[6, 29],
            RuleKey::CashForIndustry => &[17, 19],
            RuleKey::LateRecord | RuleKey::Reopened => &[6, 9],
            RuleKey::IdleMoney
            | RuleKey::ProhibitedUse
            | RuleKey::BeforeApproval
            | RuleKey::BeforeMoney
            | RuleKey::AboveApproved
            | RuleKey::AheadOfProgress
            | RuleKey::AdvanceOutstanding
            | RuleKey::ClaimedTwice
            | RuleKey::AdmittedTwice
            | RuleKey::Split
            | RuleKey::OnePayee
            | RuleKey::PayeeInCounties
            | RuleKey::Cash
            | RuleKey::PersonalAccount
            | RuleKey::Undisclosed
            | RuleKey::YearEndRush
            | RuleKey::RetentionOverdue
            | RuleKey::Stalled
            | RuleKey::ManagementFee
            | RuleKey::RoundSums
            | RuleKey::CircularFlow
            | RuleKey::Exceptions => &[6, 17],
        }
    }

    /// How grave a hit is, where the rule does not say otherwise of one: `violation` where a text
    /// is breached, `risk` where it may be, `hint` for what only statistics say.
    pub const fn severity(self) -> Severity {
        match self {
            RuleKey::ProhibitedUse
            | RuleKey::BeforeApproval
            | RuleKey::AboveApproved
            | RuleKey::Undisclosed
            | RuleKey::NoBudget
            | RuleKey::FilingsMissing
            | RuleKey::FeedbackOverdue
            | RuleKey::ManagementFee
            | RuleKey::AbovePlan
            | RuleKey::FromAbove
            | RuleKey::NotRecovered
            | RuleKey::Exceptions => Severity::Violation,
            RuleKey::IdleMoney
            | RuleKey::HeldUp
            | RuleKey::BeforeMoney
            | RuleKey::AheadOfProgress
            | RuleKey::AdvanceOutstanding
            | RuleKey::ClaimedTwice
            | RuleKey::AdmittedTwice
            | RuleKey::Split
            | RuleKey::Cash
            | RuleKey::PersonalAccount
            | RuleKey::LateRecord
            | RuleKey::PlanUnkept
            | RuleKey::RetentionOverdue
            | RuleKey::Stalled
            | RuleKey::ReversedAfterFinding
            | RuleKey::CashForIndustry
            | RuleKey::CircularFlow => Severity::Risk,
            RuleKey::OnePayee
            | RuleKey::PayeeInCounties
            | RuleKey::YearEndRush
            | RuleKey::RoundSums
            | RuleKey::Reopened => Severity::Hint,
        }
    }
}

/// What all rules may look at: the world, and what stands in each project.
#[derive(Debug, Default)]
pub struct World {
    /// How long money waits, and on what ground: jurisdictions, lots, projects, thresholds.
    pub ages: Ages,
    /// What stands in each project.
    pub standings: Standings,
    /// Every payment.
    pub payments: Payments,
}

impl World {
    /// What records told of jurisdictions, lots, projects, thresholds.
    pub fn ground(&self) -> &Ground {
        &self.ages.ground
    }
}

impl Fold for World {
    fn wants_event(&self, kind: Type) -> bool {
        self.ages.wants_event(kind) || Payments::wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.ages.take(told);
        self.standings.take(told);
        let projects = &self.ages.ground.projects;
        self.payments.take(told, |project| projects.get(project).map(|row| row.jurisdiction));
    }
}

/// A rule: a fold that points at what it finds.
pub trait Rule: std::fmt::Debug {
    /// Its key.
    fn key(&self) -> RuleKey;

    /// Does it want to see whole events of this type? The world's own are seen anyway.
    fn wants_event(&self, _kind: Type) -> bool {
        false
    }

    /// Takes the next record in; the world has taken it already.
    fn take(&mut self, _told: &Told<'_>, _world: &World) {}

    /// What it points at, as of a day.
    fn hits(&self, world: &World, limits: &Limits, on: Date) -> Vec<Hit>;
}
