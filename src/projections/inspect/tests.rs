//! Rules on small histories: what each points at, and what it leaves alone.

mod papers;
mod projects;

use super::*;
use crate::projections::tests::{History, day};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeSet;

const WAN: i64 = 1_000_000;

thread_local! {
    /// Which rules this thread has asked, and whether they pointed at something.
    static SEEN: RefCell<BTreeSet<(RuleKey, bool)>> = const { RefCell::new(BTreeSet::new()) };
}

/// The test that shows a rule's hit and its boundary. A new rule does not compile without a row.
fn shown_by(key: RuleKey) -> fn() {
    match key {
        RuleKey::IdleMoney => idle_money_is_a_risk_and_then_a_violation,
        RuleKey::HeldUp | RuleKey::FromAbove => what_levels_above_hold_and_what_passes_them_by,
        RuleKey::ProhibitedUse => money_for_what_is_prohibited_is_a_violation_until_it_is_reversed,
        RuleKey::BeforeApproval | RuleKey::BeforeMoney => {
            uses_before_approval_and_before_the_money_are_found
        }
        RuleKey::AboveApproved => more_than_approved_is_found_and_exactly_that_is_not,
        RuleKey::AheadOfProgress => projects::payment_may_lead_what_was_certified_by_a_fifth,
        RuleKey::AdvanceOutstanding => an_advance_is_old_after_ninety_days,
        RuleKey::ClaimedTwice => {
            projects::the_same_sum_to_the_same_payee_in_two_like_projects_is_claimed_twice
        }
        RuleKey::AdmittedTwice => projects::nearly_the_same_project_within_a_year_is_admitted_twice,
        RuleKey::Split => two_payments_just_below_the_limit_are_a_split_and_one_is_not,
        RuleKey::OnePayee | RuleKey::PayeeInCounties => {
            one_payee_of_several_and_one_payee_in_several_counties
        }
        RuleKey::Cash
        | RuleKey::PersonalAccount
        | RuleKey::CashForIndustry
        | RuleKey::RoundSums => cash_persons_round_sums_and_subsidies_for_industry,
        RuleKey::Undisclosed => {
            papers::a_project_never_shown_is_a_violation_and_an_acceptance_a_risk
        }
        RuleKey::LateRecord | RuleKey::ReversedAfterFinding => {
            an_entry_recorded_late_and_one_reversed_after_a_finding
        }
        RuleKey::YearEndRush | RuleKey::CircularFlow => {
            the_last_days_of_a_year_and_a_payee_who_gave_the_money
        }
        RuleKey::PlanUnkept => {
            papers::a_plan_is_kept_by_eight_tenths_and_asked_when_its_year_is_over
        }
        RuleKey::AbovePlan => papers::a_plan_is_exceeded_by_one_fen_more_than_its_newest_version,
        RuleKey::NoBudget => papers::a_poor_county_owes_a_budget_from_the_day_after_its_limit,
        RuleKey::FilingsMissing => {
            papers::a_year_owes_a_plan_four_quarters_and_a_report_each_by_its_day
        }
        RuleKey::FeedbackOverdue => silence_towards_a_giver_is_found_the_day_after_it_was_due,
        RuleKey::RetentionOverdue => projects::a_retention_is_overdue_the_day_after_it_fell_due,
        RuleKey::Stalled => projects::a_project_without_a_sign_for_180_days_has_stalled,
        RuleKey::ManagementFee => projects::management_fees_are_a_hundredth_of_central_money,
        RuleKey::NotRecovered => projects::what_was_ordered_back_is_late_after_ninety_days,
        RuleKey::Exceptions => projects::an_exception_stays_a_violation_when_its_entry_is_reversed,
        RuleKey::Reopened => a_month_that_was_opened_again_is_found,
    }
}

#[test]
fn every_rule_is_shown_to_point_at_something_and_to_leave_something_alone() {
    let mut lacking = Vec::new();
    for key in RuleKey::ALL {
        SEEN.take();
        shown_by(*key)();
        let seen = SEEN.take();
        let lacks = [true, false].into_iter().filter(|found| !seen.contains(&(*key, *found)));
        lacking.extend(lacks.map(|found| format!("{key}: {found}")));
    }
    assert_eq!(lacking, Vec::<String>::new());
}

/// The hits of one rule as of a day: `severity amount`.
fn hits(history: &History, key: RuleKey, on: &str) -> Vec<String> {
    let inspection = history.fold(Inspection::new(Some(day(on)), Limits::default(), Some(key)));
    let line = |hit: Hit| {
        assert_eq!((hit.rule, hit.seqs.is_empty()), (key, false), "a hit names its records");
        format!("{} {}", hit.severity, hit.amount_fen)
    };
    let lines: Vec<String> = inspection.hits(&Asked::on(day(on))).into_iter().map(line).collect();
    SEEN.with_borrow_mut(|seen| seen.insert((key, !lines.is_empty())));
    lines
}

/// A county with a lot of 1 000 万元 and an approved project with all of it.
fn supplied(category: &str) -> History {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 1000 * WAN);
    history.project("P1", category, 1000 * WAN);
    history.commit("P1", "L1", 1000 * WAN);
    history
}

#[test]
pub fn a_regular_payment_is_left_alone_by_every_rule_of_payments() {
    let mut history = supplied("infrastructure");
    history.on("2017-03-20").pay("P1", "L1", 33 * WAN + 7, "builder");
    for key in RuleKey::ALL {
        let needs_papers =
            matches!(key, RuleKey::Undisclosed | RuleKey::NoBudget | RuleKey::FilingsMissing);
        if !needs_papers {
            assert_eq!(hits(&history, *key, "2017-03-21"), Vec::<String>::new(), "{key}");
        }
    }
}

#[test]
pub fn idle_money_is_a_risk_and_then_a_violation() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 500);
    assert!(hits(&history, RuleKey::IdleMoney, "2018-03-01").is_empty());
    assert_eq!(hits(&history, RuleKey::IdleMoney, "2018-03-02"), ["risk 500"]);
    assert_eq!(hits(&history, RuleKey::IdleMoney, "2019-03-02"), ["violation 500"]);
}

#[test]
pub fn what_levels_above_hold_and_what_passes_them_by() {
    let mut history = History::new();
    history.at(130_000).on("2017-03-01").funds("L1", "central_special", 500);
    assert!(hits(&history, RuleKey::HeldUp, "2017-03-31").is_empty());
    assert_eq!(hits(&history, RuleKey::HeldUp, "2017-04-01"), ["risk 500"]);
    assert!(hits(&history, RuleKey::FromAbove, "2017-04-01").is_empty());
    let past = history.at(130_723).on("2017-03-02").funds("L2", "central_special", 70);
    assert_eq!(hits(&history, RuleKey::FromAbove, "2017-04-01"), ["violation 70"]);
    history.reverse(&past, "L2 70 available/130723 > outside");
    assert!(hits(&history, RuleKey::FromAbove, "2017-04-01").is_empty());
}

#[test]
pub fn uses_before_approval_and_before_the_money_are_found() {
    let mut history = History::new();
    history.on("2017-03-10").funds("L1", "county_own", 500);
    history.on("2017-03-01").admit("P1", "industry", 500);
    assert!(hits(&history, RuleKey::BeforeApproval, "2017-03-20").is_empty());
    assert!(hits(&history, RuleKey::BeforeMoney, "2017-03-20").is_empty());
    history.on("2017-03-08").commit("P1", "L1", 200);
    assert_eq!(hits(&history, RuleKey::BeforeApproval, "2017-03-20"), ["violation 200"]);
    assert_eq!(hits(&history, RuleKey::BeforeMoney, "2017-03-20"), ["risk 200"]);
}

#[test]
pub fn more_than_approved_is_found_and_exactly_that_is_not() {
    for (fen, found) in [(100, 0), (101, 1)] {
        let mut history = History::new();
        history.on("2017-03-01").funds("L1", "county_own", 500);
        history.project("P1", "industry", 100);
        history.commit("P1", "L1", fen);
        assert_eq!(hits(&history, RuleKey::AboveApproved, "2017-03-20").len(), found, "{fen}");
    }
}

#[test]
pub fn an_advance_is_old_after_ninety_days() {
    let mut history = supplied("industry");
    history.on("2017-04-01").disburse("advance", "transfer", "P1", "L1", 60, "u1");
    assert!(hits(&history, RuleKey::AdvanceOutstanding, "2017-06-30").is_empty());
    assert_eq!(hits(&history, RuleKey::AdvanceOutstanding, "2017-07-01"), ["risk 60"]);
}

#[test]
pub fn two_payments_just_below_the_limit_are_a_split_and_one_is_not() {
    let mut history = supplied("infrastructure");
    history.on("2017-04-01").pay("P1", "L1", 475 * WAN / 10, "builder");
    assert!(hits(&history, RuleKey::Split, "2017-12-01").is_empty());
    let second = history.on("2017-06-30").pay("P1", "L1", 499 * WAN / 10, "builder");
    assert_eq!(hits(&history, RuleKey::Split, "2017-12-01"), ["risk 97400000"]);
    history.reverse(&second, "L1 49900000 spent/P1/130723 > committed/P1/130723");
    assert!(hits(&history, RuleKey::Split, "2017-12-01").is_empty());
}

#[test]
pub fn cash_persons_round_sums_and_subsidies_for_industry() {
    let mut history = supplied("industry");
    history.on("2017-04-01");
    history.disburse("payment", "cash", "P1", "L1", 99_999, "p-1");
    history.pay("P1", "L1", 20 * WAN, "other");
    history.pay("P1", "L1", 20 * WAN, "other");
    history.disburse("subsidy_batch", "card", "P1", "L1", 10 * WAN - 1, "bank");
    for key in [RuleKey::Cash, RuleKey::CashForIndustry, RuleKey::RoundSums] {
        assert!(hits(&history, key, "2017-05-01").is_empty(), "{key}");
    }
    assert!(hits(&history, RuleKey::PersonalAccount, "2017-03-31").is_empty());
    history.disburse("payment", "cash", "P1", "L1", 100_000, "p-1");
    history.disburse("payment", "transfer", "P1", "L1", 5, "p-2");
    history.disburse("subsidy_batch", "card", "P1", "L1", 1, "bank");
    for _ in 0..3 {
        history.pay("P1", "L1", 20 * WAN, "builder");
    }
    assert_eq!(hits(&history, RuleKey::Cash, "2017-05-01"), ["risk 100000"]);
    assert_eq!(hits(&history, RuleKey::PersonalAccount, "2017-05-01"), ["risk 5"]);
    assert_eq!(hits(&history, RuleKey::CashForIndustry, "2017-05-01"), ["risk 10000000"]);
    assert_eq!(hits(&history, RuleKey::RoundSums, "2017-05-01"), ["hint 60000000"]);
}

#[test]
pub fn the_last_days_of_a_year_and_a_payee_who_gave_the_money() {
    let mut history = supplied("infrastructure");
    history.on("2017-06-01").pay("P1", "L1", 270, "builder");
    history.on("2017-12-20").pay("P1", "L1", 30, "builder");
    assert!(hits(&history, RuleKey::YearEndRush, "2018-01-01").is_empty());
    history.on("2017-12-31").pay("P1", "L1", 1, "builder");
    assert_eq!(hits(&history, RuleKey::YearEndRush, "2018-01-01"), ["hint 31"]);
    assert!(hits(&history, RuleKey::YearEndRush, "2017-12-30").is_empty());
    for _ in 0..3 {
        history.pay("P1", "L1", 1, "builder");
    }
    assert_eq!(hits(&history, RuleKey::YearEndRush, "2018-01-01"), ["hint 34", "hint 34"]);
    history.on("2018-02-01").gift("G1", 50, "public");
    history.commit("P1", "G1", 50);
    history.pay("P1", "L1", 50, "builder");
    assert!(hits(&history, RuleKey::CircularFlow, "2018-03-01").is_empty());
    history.pay("P1", "G1", 50, "d-1");
    assert_eq!(hits(&history, RuleKey::CircularFlow, "2018-03-01"), ["risk 50"]);
}

#[test]
pub fn an_entry_recorded_late_and_one_reversed_after_a_finding() {
    let mut history = supplied("infrastructure");
    history.on("2017-04-01").recorded_on("2017-05-01").pay("P1", "L1", 5, "builder");
    assert!(hits(&history, RuleKey::LateRecord, "2017-06-01").is_empty());
    history.on("2017-04-01").recorded_on("2017-05-02");
    let paid = history.pay("P1", "L1", 7, "builder");
    assert_eq!(hits(&history, RuleKey::LateRecord, "2017-06-01"), ["risk 7"]);
    let data = json!({ "finding": "F1", "rule": "R14", "severity": "risk", "evidence": [paid],
        "subjects": { "jurisdiction": "130723" }, "text": "x" });
    history.on("2017-05-10").tell("finding_raised", data, "");
    assert!(hits(&history, RuleKey::ReversedAfterFinding, "2017-06-01").is_empty());
    history.reverse(&paid, "L1 7 spent/P1/130723 > committed/P1/130723");
    assert_eq!(hits(&history, RuleKey::ReversedAfterFinding, "2017-06-01"), ["risk 7"]);
}

#[test]
pub fn money_for_what_is_prohibited_is_a_violation_until_it_is_reversed() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 500);
    history.project("P1", "vehicles_and_communications", 500);
    assert!(hits(&history, RuleKey::ProhibitedUse, "2017-03-01").is_empty());
    let committed = history.commit("P1", "L1", 90);
    assert_eq!(hits(&history, RuleKey::ProhibitedUse, "2017-03-01"), ["violation 90"]);
    history.reverse(&committed, "L1 90 committed/P1/130723 > available/130723");
    assert!(hits(&history, RuleKey::ProhibitedUse, "2017-03-01").is_empty());
}

#[test]
pub fn one_payee_of_several_and_one_payee_in_several_counties() {
    let mut history = supplied("infrastructure");
    history.on("2017-03-20").pay("P1", "L1", 61, "builder");
    assert!(hits(&history, RuleKey::OnePayee, "2017-04-01").is_empty(), "nobody else was paid");
    history.pay("P1", "L1", 41, "other");
    assert!(hits(&history, RuleKey::OnePayee, "2017-04-01").is_empty(), "under 60 %");
    history.pay("P1", "L1", 1, "builder");
    let found = hits(&history, RuleKey::OnePayee, "2017-04-01");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with(" 62"), "{found:?}");

    assert!(hits(&history, RuleKey::PayeeInCounties, "2017-04-01").is_empty());
    history.at(130_722).funds("L2", "county_own", 10);
    history.project("P2", "infrastructure", 10);
    history.commit("P2", "L2", 10);
    history.pay("P2", "L2", 4, "builder");
    let found = hits(&history, RuleKey::PayeeInCounties, "2017-04-01");
    assert_eq!(found.len(), 2, "a hit in each county: {found:?}");
    assert!(found[0].ends_with(" 4") && found[1].ends_with(" 62"), "{found:?}");
}

#[test]
pub fn silence_towards_a_giver_is_found_the_day_after_it_was_due() {
    let mut history = History::new();
    history.on("2017-03-01").gift("G1", 50, "public");
    assert!(hits(&history, RuleKey::FeedbackOverdue, "2017-03-11").is_empty());
    let found = hits(&history, RuleKey::FeedbackOverdue, "2017-03-12");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with(" 50"), "{found:?}");
}

#[test]
pub fn a_month_that_was_opened_again_is_found() {
    let mut history = History::new();
    history.on("2017-05-01").tell("period_closed", json!({ "period": "2017-04" }), "");
    assert!(hits(&history, RuleKey::Reopened, "2017-06-01").is_empty());
    let data = json!({ "period": "2017-04", "reason": "x" });
    history.tell("period_reopened", data, "");
    assert_eq!(hits(&history, RuleKey::Reopened, "2017-06-01").len(), 1);
}

#[test]
pub fn a_rule_is_found_by_its_key_and_its_number_and_limits_by_their_names() {
    assert_eq!(RuleKey::find("idle_money"), Some(RuleKey::IdleMoney));
    assert_eq!(RuleKey::find("R01"), Some(RuleKey::IdleMoney));
    assert_eq!(RuleKey::find("R99"), None);
    for key in RuleKey::ALL {
        let inspection = Inspection::new(None, Limits::default(), Some(*key));
        assert!(inspection.rules.iter().all(|rule| rule.key() == *key), "{key}");
    }
    assert!(Limit::ALL.iter().is_sorted_by_key(|limit| limit.code()));
}
