//! Lives of gifts as tables: what happens on which day, and what is then owed.

use super::*;
use crate::projections::tests::{History, day};
use serde_json::json;

const FEN: i64 = 50_000;

/// `kind cause due standing days`, one line each, as of a day.
fn duties(history: &History, on: &str) -> Vec<String> {
    let dues = history.fold(Dues::default());
    agree(&dues);
    let asked = Asked { met: true, ..Asked::on(day(on)) };
    let line = |due: Due| format!("{} {} {} {}", due.kind, due.due_on, due.standing, due.days_late);
    dues.answer(&asked).into_iter().map(line).collect()
}

/// The list of what is owed, kept as records come, is what the lives say when they are replayed.
fn agree(dues: &Dues) {
    let on = dues.last_day().unwrap().plus_days(40).unwrap();
    let all = dues.answer(&Asked::on(on));
    assert_eq!(dues.late(on), all.iter().filter(|due| due.standing == Standing::Late).count());
    let holders: std::collections::BTreeSet<&str> =
        all.iter().map(|due| due.holder.as_str()).chain(["kb-charity", "kb-finance"]).collect();
    let mut listed = 0;
    for holder in holders {
        let asked = Asked { holder: Some(holder.to_owned()), ..Asked::on(on) };
        let owed = dues.owed_by(holder).map(|owed| dues.due(owed, on).unwrap());
        let owed: Vec<Due> = owed.collect();
        assert_eq!(owed, dues.answer(&asked));
        listed += owed.len();
    }
    assert_eq!(listed, all.len());
}

#[test]
fn a_threshold_that_is_set_later_changes_what_is_owed_already() {
    let mut history = used_up();
    let set = json!({ "key": "feedback_use_days", "value": 3, "unit": "days", "source": "示例",
        "effective_from": "2017-03-01" });
    assert!(duties(&history, "2017-04-01").contains(&"use 2017-04-19 open 0".to_owned()));
    history.on("2017-03-21").at(130_000).tell("policy_set", set, "");
    assert!(duties(&history, "2017-04-01").contains(&"use 2017-03-23 late 9".to_owned()));
}

fn sent(history: &mut History, kind: &str, lots: &[&str], channel: &str) -> String {
    let zero = "0".repeat(64);
    let data = json!({ "as_of": "00000000-0000-4000-8000-000000000000", "channel": channel,
        "content_sha256": zero, "kind": kind, "lots": lots, "received_fen": FEN,
        "remaining_fen": 0, "used_fen": 0 });
    history.by("kb-charity").tell("feedback_sent", data, "")
}

fn used_up() -> History {
    let mut history = History::new();
    history.project("P1", "education", FEN);
    history.on("2017-03-01").gift("G1", FEN, "alias");
    history.on("2017-03-10").commit("P1", "G1", FEN);
    history.on("2017-03-20").pay("P1", "G1", FEN, "payee");
    history
}

#[test]
fn a_receipt_is_owed_ten_days_and_a_report_every_ninety_while_something_remains() {
    let mut history = History::new();
    history.on("2017-03-01").gift("G1", FEN, "alias");
    let owed = duties(&history, "2017-03-11");
    assert_eq!(owed, ["receipt 2017-03-11 open 0", "periodic 2017-05-30 open 0"]);
    assert_eq!(duties(&history, "2017-03-12")[0], "receipt 2017-03-11 late 1");
    history.on("2017-03-12");
    sent(&mut history, "receipt", &["G1"], "letter");
    let owed = duties(&history, "2017-06-11");
    // Met late stays late; the next report counts from the last feedback.
    assert_eq!(owed, ["receipt 2017-03-11 met_late 1", "periodic 2017-06-10 late 1"]);
}

#[test]
fn silence_stays_until_a_report_of_its_kind() {
    let mut history = History::new();
    history.on("2017-03-01").gift("G1", FEN, "alias");
    history.on("2017-06-30");
    sent(&mut history, "receipt", &["G1"], "letter");
    let owed = duties(&history, "2017-07-01");
    assert_eq!(owed, ["receipt 2017-03-11 met_late 111", "periodic 2017-05-30 late 32"]);
    history.on("2017-07-02");
    sent(&mut history, "periodic", &["G1"], "letter");
    let owed = duties(&history, "2017-07-02");
    assert_eq!(owed[1..], ["periodic 2017-05-30 met_late 33", "periodic 2017-09-30 open 0"]);
}

#[test]
fn the_first_spending_in_each_project_is_told_and_the_end_of_all() {
    let mut history = used_up();
    let owed = duties(&history, "2017-04-01");
    assert_eq!(
        owed,
        ["receipt 2017-03-11 late 21", "use 2017-04-19 open 0", "final 2017-06-18 open 0",]
    );
    history.on("2017-04-19");
    sent(&mut history, "final", &["G1"], "letter");
    let owed = duties(&history, "2018-01-01");
    assert_eq!(
        owed,
        ["receipt 2017-03-11 met_late 39", "use 2017-04-19 met 0", "final 2017-06-18 met 0"]
    );
}

#[test]
fn spending_that_was_reversed_owes_nothing_and_the_rest_is_reported_again() {
    let mut history = used_up();
    history.on("2017-04-02").reverse(
        "00000000-0000-4000-8000-000000000008",
        "G1 50000 spent/P1/130723 > committed/P1/130723",
    );
    let owed = duties(&history, "2017-04-02");
    assert_eq!(owed, ["receipt 2017-03-11 late 22", "periodic 2017-07-01 open 0"]);
    // As of the day before, the spending stood.
    assert!(duties(&history, "2017-04-01").iter().any(|line| line.starts_with("use")));
}

#[test]
fn a_reversed_receipt_ends_what_is_owed() {
    let mut history = History::new();
    let gift = history.on("2017-03-01").gift("G1", FEN, "alias");
    history.on("2017-04-01").reverse(&gift, "G1 50000 available/130723 > outside");
    assert_eq!(duties(&history, "2017-04-01"), Vec::<String>::new());
}

#[test]
fn what_is_told_to_many_counts_for_the_anonymous_and_the_small() {
    for (anonymity, least, counts) in [
        ("alias", 0, false),
        ("anonymous", 0, true),
        ("alias", FEN, false),
        ("alias", FEN + 1, true),
    ] {
        let mut history = History::new();
        if least > 0 {
            let data = json!({ "key": "feedback_individual_min_fen", "value": least,
                "unit": "fen", "source": "x", "effective_from": "2017-01-01" });
            history.at(130_000).tell("policy_set", data, "");
        }
        history.at(130_723).on("2017-03-01").gift("G1", FEN, anonymity);
        history.on("2017-03-05");
        sent(&mut history, "receipt", &["G1"], "public_notice");
        let met = duties(&history, "2017-03-06")[0] == "receipt 2017-03-11 met 0";
        assert_eq!(met, counts, "{anonymity} {least}");
    }
}

#[test]
fn a_dispute_owes_a_reply_that_no_final_meets() {
    let mut history = History::new();
    history.on("2017-03-01").gift("G1", FEN, "alias");
    history.on("2017-03-02");
    let told = sent(&mut history, "receipt", &["G1"], "letter");
    history.on("2017-03-05").by("d-1").tell("feedback_disputed", json!({ "feedback": told }), "");
    history.on("2017-03-06");
    sent(&mut history, "final", &["G1"], "letter");
    assert!(duties(&history, "2017-03-25").contains(&"reply 2017-03-25 open 0".to_owned()));
    history.on("2017-03-26");
    sent(&mut history, "reply", &["G1"], "phone");
    assert!(duties(&history, "2017-03-26").contains(&"reply 2017-03-25 met_late 1".to_owned()));
}

#[test]
fn fiscal_paired_money_is_owed_by_the_bureau_that_received_it() {
    let mut history = History::new();
    history.by("kb-finance").on("2017-03-01");
    let data = json!({ "lot": "L9", "fund": "paired", "fiscal_year": 2017, "amount_fen": FEN,
        "provider": "x", "purpose": [], "class": "fiscal", "pairing": "R1" });
    history.tell("funds_received", data, "L9 50000 outside > available/130723");
    history.funds("L1", "central_special", FEN);
    let dues = history.fold(Dues::default());
    let asked = Asked { holder: Some("kb-finance".to_owned()), ..Asked::on(day("2017-03-02")) };
    let owed = dues.answer(&asked);
    assert!(owed.iter().all(|due| due.lot == "L9" && due.holder == "kb-finance"));
    assert_eq!(owed.len(), 2);
    assert_eq!((owed[0].received_fen, owed[0].remaining_fen), (FEN, FEN));
}
