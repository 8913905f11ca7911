//! The limits of rules that no policy key sets: named, with a default, printed with each answer.
//!
//! The regulation states none of them; an inspector sets them with `--set NAME=VALUE` and says so.

use crate::base::words::vocabulary;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

vocabulary! {
    /// A limit of an inspection.
    pub enum Limit {
        AdvanceDays "advance_days" "预拨报账天数" "Days to account for an advance",
        AnnualReportDays "annual_report_days" "年报期限" "Days to file a year's report",
        BudgetDays "budget_days" "列预算期限" "Days of the year until a budget is adopted",
        CashFen "cash_fen" "现金起点" "Least sum of large cash",
        DoubleBp "double_bp" "重复申报相差" "How far sums of the same project differ",
        DoubleDays "double_days" "重复列支相隔天数" "Days between claims of the same",
        IndustryFen "industry_fen" "产业发放起点" "Least sum of industry money handed out",
        LateDays "late_days" "迟记天数" "Days until an entry is late",
        NearBp "near_bp" "接近限额比例" "Share of a limit that is near it",
        PayeeBp "payee_bp" "收款集中比例" "Share of one payee in a year",
        PayeeCounties "payee_counties" "跨县数" "Counties of one payee",
        PlanDays "plan_days" "年度计划期限" "Days of the year until its plan is filed",
        PlanKeptBp "plan_kept_bp" "方案完成比例" "Share of a plan that is kept",
        ProgressBp "progress_bp" "超进度幅度" "How far payment may lead progress",
        RecoveryDays "recovery_days" "追回天数" "Days to pay back",
        ReportDays "report_days" "季报期限" "Days to file a quarter's report",
        RoundCount "round_count" "整数付款笔数" "Round payments to one payee",
        RoundFen "round_fen" "整数单位" "What a round sum is a multiple of",
        SplitCount "split_count" "拆分笔数" "Payments near a limit",
        SplitDays "split_days" "拆分相隔天数" "Days between parts",
        StalledDays "stalled_days" "停滞天数" "Days without a sign of a project",
        TenderFen "tender_fen" "招标限额" "Sum from which a tender is asked",
        TwiceDays "twice_days" "重复申报相隔天数" "Days between admissions of the same",
        YearEndBp "year_end_bp" "年底支出比例" "Share of a year's last days",
        YearEndCount "year_end_count" "年底付款笔数" "Payments of a project in the last days",
        YearEndDays "year_end_days" "年底天数" "A year's last days",
    }
}

impl Limit {
    /// What counts unless the inspector sets another.
    pub const fn default(self) -> i64 {
        match self {
            Limit::AdvanceDays | Limit::RecoveryDays | Limit::SplitDays => 90,
            Limit::AnnualReportDays => 60,
            Limit::BudgetDays => 120,
            Limit::CashFen => 100_000,
            Limit::DoubleBp => 500,
            Limit::DoubleDays | Limit::LateDays | Limit::ReportDays => 30,
            Limit::IndustryFen => 10_000_000,
            Limit::NearBp => 9_500,
            Limit::PayeeBp => 6_000,
            Limit::PayeeCounties | Limit::SplitCount => 2,
            Limit::PlanDays => 31,
            Limit::PlanKeptBp => 8_000,
            Limit::ProgressBp => 2_000,
            Limit::RoundCount => 3,
            Limit::RoundFen => 10_000_000,
            Limit::StalledDays => 180,
            Limit::TenderFen => 50_000_000,
            Limit::TwiceDays => 365,
            // Three times what an even pace pays in twelve days.
            Limit::YearEndBp => 1_000,
            Limit::YearEndCount => 5,
            Limit::YearEndDays => 12,
        }
    }
}

/// The limits of one inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits(Vec<i64>);

impl Default for Limits {
    fn default() -> Limits {
        Limits(Limit::ALL.iter().map(|limit| limit.default()).collect())
    }
}

impl Limits {
    /// What counts.
    pub fn get(&self, limit: Limit) -> i64 {
        self.0[limit as usize]
    }

    /// What counts, as a number of days; more than any ledger has where it is not one.
    pub fn days(&self, limit: Limit) -> i32 {
        i32::try_from(self.get(limit)).unwrap_or(i32::MAX)
    }

    /// Sets one.
    pub fn set(&mut self, limit: Limit, value: i64) {
        self.0[limit as usize] = value;
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(Limit::ALL.len()))?;
        for limit in Limit::ALL {
            map.serialize_entry(limit.code(), &self.get(*limit))?;
        }
        map.end()
    }
}

/// `share` ten-thousandths of a sum, rounded down.
pub(super) fn share_of(fen: i64, share_bp: i64) -> i64 {
    i64::try_from(i128::from(fen) * i128::from(share_bp) / 10_000).unwrap_or(i64::MAX)
}

/// How many ten-thousandths of the whole a part is, rounded down; 0 of nothing.
pub(super) fn bp_of(part: i64, whole: i64) -> i64 {
    match whole {
        0 => 0,
        _ => i64::try_from(i128::from(part) * 10_000 / i128::from(whole)).unwrap_or(i64::MAX),
    }
}
