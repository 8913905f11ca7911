//! Rules on projects: progress, twins, what is kept back, what stands still, what is owed.

use super::*;

/// A certificate of how far a project is.
fn certify(history: &mut History, progress_bp: u16) {
    let data = json!({ "project": "P1", "certifier": "kb-line", "progress_bp": progress_bp });
    history.tell("progress_certified", data, "");
}

/// A second project like the first, with a lot of its own.
fn twin(history: &mut History, category: &str) {
    history.funds("L2", "county_own", 1000);
    history.project("P2", category, 1000);
    history.commit("P2", "L2", 1000);
}

#[test]
pub fn payment_may_lead_what_was_certified_by_a_fifth() {
    let mut history = supplied("infrastructure");
    history.on("2017-05-01");
    history.pay("P1", "L1", 10 * WAN, "builder");
    assert!(hits(&history, RuleKey::AheadOfProgress, "2017-06-01").is_empty(), "no certificate");
    certify(&mut history, 5_000);
    history.pay("P1", "L1", 690 * WAN, "builder");
    assert!(hits(&history, RuleKey::AheadOfProgress, "2017-06-01").is_empty());
    history.pay("P1", "L1", WAN / 10, "builder");
    assert_eq!(hits(&history, RuleKey::AheadOfProgress, "2017-06-01"), ["risk 700100000"]);
}

#[test]
pub fn the_same_sum_to_the_same_payee_in_two_like_projects_is_claimed_twice() {
    for (second, category, fen, found) in [
        ("2017-05-01", "infrastructure", 77, vec!["risk 77"]),
        ("2017-05-02", "infrastructure", 77, vec![]),
        ("2017-05-01", "infrastructure", 78, vec![]),
        ("2017-05-01", "education", 77, vec![]),
    ] {
        let mut history = supplied("infrastructure");
        twin(&mut history, category);
        history.on("2017-04-01").pay("P1", "L1", 77, "builder");
        history.pay("P1", "L1", 77, "builder");
        history.on(second).pay("P2", "L2", fen, "builder");
        let hits = hits(&history, RuleKey::ClaimedTwice, "2017-06-01");
        assert_eq!(hits, found, "{second} {category} {fen}");
    }
}

#[test]
pub fn nearly_the_same_project_within_a_year_is_admitted_twice() {
    for (second, category, fen, found) in [
        ("2018-03-01", "industry", 105, vec!["risk 105"]),
        ("2018-03-01", "industry", 95, vec!["risk 95"]),
        ("2018-03-01", "industry", 106, vec![]),
        ("2018-03-02", "industry", 105, vec![]),
        ("2018-03-01", "education", 100, vec![]),
    ] {
        let mut history = History::new();
        history.on("2017-03-01").admit("P1", "industry", 100);
        history.on(second).admit("P2", category, fen);
        let hits = hits(&history, RuleKey::AdmittedTwice, "2018-06-01");
        assert_eq!(hits, found, "{second} {category} {fen}");
    }
}

#[test]
pub fn a_retention_is_overdue_the_day_after_it_fell_due() {
    let mut history = supplied("infrastructure");
    history.on("2017-05-01").pay("P1", "L1", 900 * WAN, "builder");
    let data = json!({ "project": "P1", "acceptors": ["kb-line"],
        "retention_fen": 30 * WAN, "retention_until": "2018-05-01" });
    history.tell("project_accepted", data, "");
    assert!(hits(&history, RuleKey::RetentionOverdue, "2018-05-01").is_empty());
    assert_eq!(hits(&history, RuleKey::RetentionOverdue, "2018-05-02"), ["risk 30000000"]);
    history.on("2018-05-01").pay("P1", "L1", 80 * WAN, "builder");
    assert_eq!(hits(&history, RuleKey::RetentionOverdue, "2018-05-02"), ["risk 20000000"]);
    history.pay("P1", "L1", 20 * WAN, "builder");
    assert!(hits(&history, RuleKey::RetentionOverdue, "2018-05-02").is_empty());
}

#[test]
pub fn a_project_without_a_sign_for_180_days_has_stalled() {
    let mut history = supplied("infrastructure");
    assert!(hits(&history, RuleKey::Stalled, "2017-08-28").is_empty());
    assert_eq!(hits(&history, RuleKey::Stalled, "2017-08-29"), ["risk 1000000000"]);
    history.on("2017-03-02");
    certify(&mut history, 100);
    assert!(hits(&history, RuleKey::Stalled, "2017-08-29").is_empty(), "a certificate is a sign");
    assert_eq!(hits(&history, RuleKey::Stalled, "2017-08-30"), ["risk 1000000000"]);
    let data = json!({ "project": "P1", "acceptors": ["kb-line"] });
    history.tell("project_accepted", data, "");
    assert!(hits(&history, RuleKey::Stalled, "2017-08-30").is_empty(), "it is built");
}

#[test]
pub fn management_fees_are_a_hundredth_of_central_money() {
    let mut history = History::new();
    history.on("2017-03-01").funds("L1", "central_special", 10_000);
    history.funds("L2", "county_own", 500);
    history.project("P1", "project_management", 1_000);
    history.commit("P1", "L1", 100);
    history.commit("P1", "L2", 500);
    assert!(hits(&history, RuleKey::ManagementFee, "2017-06-01").is_empty());
    history.commit("P1", "L1", 1);
    assert_eq!(hits(&history, RuleKey::ManagementFee, "2017-06-01"), ["violation 1"]);
    history.funds("L3", "central_special", 100);
    assert!(hits(&history, RuleKey::ManagementFee, "2017-06-01").is_empty());
}

#[test]
pub fn what_was_ordered_back_is_late_after_ninety_days() {
    let mut history = supplied("infrastructure");
    history.on("2017-04-01").pay("P1", "L1", 70, "builder");
    let data = json!({ "project": "P1", "debtor": "builder", "finding": "F1", "from": "spent",
        "lots": [{ "lot": "L1", "amount_fen": 70 }] });
    let moved = "L1 70 spent/P1/130723 > reclaim/builder/P1/130723";
    let order = history.on("2017-06-01").tell("recovery_ordered", data, moved);
    assert!(hits(&history, RuleKey::NotRecovered, "2017-08-30").is_empty());
    assert_eq!(hits(&history, RuleKey::NotRecovered, "2017-08-31"), ["violation 70"]);
    let paid_back = |history: &mut History, fen: i64| {
        let data = json!({ "reverses": order, "bank_ref": format!("R{fen}"),
            "lots": [{ "lot": "L1", "amount_fen": fen }] });
        let moved = format!("L1 {fen} reclaim/builder/P1/130723 > available/130723");
        history.on("2017-08-01").tell("funds_recovered", data, &moved);
    };
    paid_back(&mut history, 69);
    assert_eq!(hits(&history, RuleKey::NotRecovered, "2017-08-31"), ["violation 1"]);
    paid_back(&mut history, 1);
    assert!(hits(&history, RuleKey::NotRecovered, "2017-08-31").is_empty());
}

#[test]
pub fn an_exception_stays_a_violation_when_its_entry_is_reversed() {
    let mut history = supplied("infrastructure");
    history.on("2017-04-01").pay("P1", "L1", 5, "builder");
    assert!(hits(&history, RuleKey::Exceptions, "2017-04-30").is_empty());
    let data = json!({ "project": "P1", "from": "available",
        "lots": [{ "lot": "L1", "amount_fen": 90 }],
        "exceptions": [{ "code": "above_approved", "reason": "x" }] });
    let moved = "L1 90 available/130723 > committed/P1/130723";
    let broken = history.approved_by("a").tell("funds_committed", data, moved);
    assert_eq!(hits(&history, RuleKey::Exceptions, "2017-04-30"), ["violation 90"]);
    history.reverse(&broken, "L1 90 committed/P1/130723 > available/130723");
    assert_eq!(hits(&history, RuleKey::Exceptions, "2017-04-30"), ["violation 90"]);
}
