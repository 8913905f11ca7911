//! Rules on papers: notices, plans, budgets and reports that are owed by a day.

use super::*;

/// A plan's version that plans so much, and what was consolidated under it.
fn plan(history: &mut History, version: u32, planned: i64) {
    let data = json!({ "plan": "K1", "fiscal_year": 2017, "filed_to": "130000",
        "version": version, "items": [{ "item": "road", "planned_fen": planned }] });
    history.tell("consolidation_plan_filed", data, "");
}

fn consolidate(history: &mut History, fen: i64) -> String {
    let data = json!({ "plan": "K1", "lots": [{ "lot": "L1", "amount_fen": fen }] });
    let moved = format!("L1 {fen} available/130723 > consolidated/130723/K1");
    history.tell("funds_consolidated", data, &moved)
}

#[test]
pub fn a_project_never_shown_is_a_violation_and_an_acceptance_a_risk() {
    let mut history = supplied("infrastructure");
    assert!(hits(&history, RuleKey::Undisclosed, "2017-03-11").is_empty());
    assert_eq!(hits(&history, RuleKey::Undisclosed, "2017-03-12"), ["violation 1000000000"]);
    let data = json!({ "subject": { "kind": "project", "id": "P1" }, "level": "village",
        "channel": "board", "place": "x", "from": "2017-03-11", "until": "2017-03-31",
        "content_sha256": "0".repeat(64) });
    history.on("2017-03-11").tell("disclosure_published", data, "");
    assert!(hits(&history, RuleKey::Undisclosed, "2017-03-12").is_empty());
    let data = json!({ "project": "P1", "acceptors": ["kb-line"] });
    history.on("2017-06-01").tell("project_accepted", data, "");
    assert!(hits(&history, RuleKey::Undisclosed, "2017-06-11").is_empty());
    assert_eq!(hits(&history, RuleKey::Undisclosed, "2017-06-12"), ["risk 1000000000"]);
}

#[test]
pub fn a_plan_is_kept_by_eight_tenths_and_asked_when_its_year_is_over() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 2000);
    plan(&mut history, 1, 1000);
    consolidate(&mut history, 799);
    assert!(hits(&history, RuleKey::PlanUnkept, "2017-12-31").is_empty());
    assert_eq!(hits(&history, RuleKey::PlanUnkept, "2018-01-01"), ["risk 201"]);
    let last = consolidate(&mut history, 1);
    assert!(hits(&history, RuleKey::PlanUnkept, "2018-01-01").is_empty());
    history.reverse(&last, "L1 1 consolidated/130723/K1 > available/130723");
    assert_eq!(hits(&history, RuleKey::PlanUnkept, "2018-01-01"), ["risk 201"]);
}

#[test]
pub fn a_plan_is_exceeded_by_one_fen_more_than_its_newest_version() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 2000);
    plan(&mut history, 1, 1000);
    consolidate(&mut history, 1000);
    assert!(hits(&history, RuleKey::AbovePlan, "2017-06-01").is_empty());
    plan(&mut history, 2, 999);
    assert_eq!(hits(&history, RuleKey::AbovePlan, "2017-06-01"), ["violation 1"]);
}

#[test]
pub fn a_poor_county_owes_a_budget_from_the_day_after_its_limit() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "county_own", 500);
    // A county that is not on the list owes none.
    history.at(130_722).funds("L2", "county_own", 500);
    history.at(130_723);
    assert!(hits(&history, RuleKey::NoBudget, "2017-04-30").is_empty());
    assert_eq!(hits(&history, RuleKey::NoBudget, "2017-05-01"), ["violation 0"]);
    let adopt = |history: &mut History, year: u16, fund: &str| {
        let data = json!({ "fiscal_year": year, "fund": fund, "amount_fen": 500 });
        history.tell("budget_adopted", data, "");
    };
    adopt(&mut history, 2018, "county_own");
    assert_eq!(hits(&history, RuleKey::NoBudget, "2017-05-01").len(), 1, "another year's");
    adopt(&mut history, 2017, "county_own");
    assert!(hits(&history, RuleKey::NoBudget, "2017-05-01").is_empty());
}

#[test]
pub fn a_year_owes_a_plan_four_quarters_and_a_report_each_by_its_day() {
    let mut history = History::new();
    history.on("2017-01-10").funds("L1", "county_own", 500);
    let owed = |history: &History, on: &str| hits(history, RuleKey::FilingsMissing, on).len();
    // The last day of each paper, the plan's first: on it nothing more is late than the day before.
    let last_days =
        ["2017-01-31", "2017-04-30", "2017-07-30", "2017-10-30", "2018-01-30", "2018-03-01"];
    for (before, last) in last_days.iter().enumerate() {
        let next = day(last).plus_days(1).unwrap().to_string();
        assert_eq!((owed(&history, last), owed(&history, &next)), (before, before + 1), "{last}");
    }
    assert_eq!(hits(&history, RuleKey::FilingsMissing, "2017-02-01"), ["violation 0"]);

    let report = json!({ "kind": "quarterly", "period": "2017-Q1", "to": "x",
        "as_of": "00000000-0000-4000-8000-000000000000", "figures_sha256": "0".repeat(64) });
    history.on("2017-04-30").tell("report_filed", report, "");
    assert_eq!(owed(&history, "2017-05-01"), 1, "a report in time is no hit");
    let paper = json!({ "kind": "annual_plan", "year": 2017, "from": "x", "to": "x" });
    history.on("2017-02-01").tell("document_filed", paper, "");
    assert_eq!(hits(&history, RuleKey::FilingsMissing, "2017-05-01"), ["hint 0"], "filed late");
}
