//! The thresholds that the regulation leaves open, each a key with default, range and direction.
//!
//! The list is closed (design section 5). A value is set by `policy_set`; of several levels the
//! tightest counts, and a level may only tighten what the level above set.

use crate::base::words::vocabulary;

vocabulary! {
    /// The key of a threshold.
    pub enum PolicyKey {
        AdvanceCapBp "advance_cap_bp" "预拨比例上限" "Cap of outstanding advances",
        CarryMax "carry_max" "结转次数上限" "Carry-over limit",
        ManagementFeeCapBp "management_fee_cap_bp" "项目管理费上限" "Cap of management fees",
        FeedbackReceiptDays "feedback_receipt_days" "到账反馈期限" "Days to acknowledge a gift",
        FeedbackUseDays "feedback_use_days" "使用反馈期限" "Days to report a use",
        FeedbackPeriodicDays "feedback_periodic_days" "定期反馈间隔" "Days between periodic reports",
        FeedbackFinalDays "feedback_final_days" "最终反馈期限" "Days to the final report",
        FeedbackReplyDays "feedback_reply_days" "异议答复期限" "Days to answer a dispute",
        FeedbackIndividualMinFen "feedback_individual_min_fen" "逐笔反馈起点" "Least gift reported one by one",
        DisclosureMinDays "disclosure_min_days" "公示天数下限" "Least days of notice",
        IdleWarnDays "idle_warn_days" "闲置提醒天数" "Days until idle money is a warning",
        IdleSeriousDays "idle_serious_days" "闲置严重天数" "Days until idle money is serious",
        AllocationDays "allocation_days" "下达期限" "Days to pass money on",
    }
}

vocabulary! {
    /// What a threshold's value counts.
    pub enum Unit {
        BasisPoints "bp" "万分之" "basis points",
        Days "days" "天" "days",
        Times "times" "次" "times",
        Fen "fen" "分" "fen",
    }
}

/// What is fixed about a threshold.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// What counts while no level has set a value.
    pub default: i64,
    /// The least value.
    pub least: i64,
    /// The greatest value.
    pub greatest: i64,
    /// Is a smaller value the tighter one?
    pub lower_is_tighter: bool,
    /// What the value counts.
    pub unit: Unit,
}

impl PolicyKey {
    /// Default, range, direction and unit of the threshold (design section 5).
    pub const fn policy(self) -> Policy {
        use Unit::{BasisPoints, Days, Fen, Times};
        let (default, least, greatest, lower_is_tighter, unit) = match self {
            PolicyKey::AdvanceCapBp => (10_000, 0, 10_000, true, BasisPoints),
            PolicyKey::CarryMax => (1, 0, 5, true, Times),
            PolicyKey::ManagementFeeCapBp => (100, 0, 1000, true, BasisPoints),
            PolicyKey::FeedbackReceiptDays => (10, 1, 365, true, Days),
            PolicyKey::FeedbackUseDays => (30, 1, 365, true, Days),
            PolicyKey::FeedbackPeriodicDays => (90, 1, 365, true, Days),
            PolicyKey::FeedbackFinalDays => (90, 1, 365, true, Days),
            PolicyKey::FeedbackReplyDays => (20, 1, 365, true, Days),
            PolicyKey::FeedbackIndividualMinFen => (0, 0, 100_000_000, true, Fen),
            PolicyKey::DisclosureMinDays => (10, 1, 365, false, Days),
            PolicyKey::IdleWarnDays => (365, 1, 3650, true, Days),
            PolicyKey::IdleSeriousDays => (730, 1, 3650, true, Days),
            PolicyKey::AllocationDays => (30, 1, 3650, true, Days),
        };
        Policy { default, least, greatest, lower_is_tighter, unit }
    }

    /// The tighter of two values of this key.
    pub fn tighter(self, one: i64, other: i64) -> i64 {
        match self.policy().lower_is_tighter {
            true => one.min(other),
            false => one.max(other),
        }
    }
}
