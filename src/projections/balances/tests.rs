//! What is counted as records come against what is counted when asked.

use super::*;
use crate::projections::gifts::Gifts;
use crate::projections::tests::History;
use serde_json::json;
use std::collections::BTreeMap;

type Counts = BTreeMap<(Code, &'static str, u16), (u64, i128)>;

/// The cells as they are counted from every lot.
fn from_lots(history: &History) -> Counts {
    let (balances, gifts) = (history.fold(Balances::new(None)), history.fold(Gifts::default()));
    let mut counts = Counts::new();
    balances.each_social(&mut |at, fund, year, lot, fen| {
        let cell = counts.entry((at, fund.code(), year)).or_default();
        let gift = gifts.rows.get(lot);
        cell.0 += u64::from(gift.is_some_and(|gift| gift.anonymity != "public"));
        cell.1 += fen;
    });
    counts
}

/// The cells as they were counted while records came.
fn as_they_came(history: &History) -> Counts {
    let balances = history.fold(Balances::counting());
    let cells = balances.social_cells().expect("they are counted");
    cells.map(|(at, fund, year, gifts, fen)| ((at, fund.code(), year), (gifts, fen))).collect()
}

#[test]
fn cells_counted_as_records_come_are_those_counted_from_every_lot() {
    let mut history = History::new();
    history.at(130_723).on("2017-02-01").project("P1", "infrastructure", 9_000);
    let told = |history: &History| {
        let counted = as_they_came(history);
        assert_eq!(counted, from_lots(history));
        counted
    };
    for (at, lot, anonymity) in [
        (130_723, "G1", "anonymous"),
        (130_723, "G2", "public"),
        (130_723, "G3", "alias"),
        (130_700, "G4", "anonymous"),
    ] {
        history.at(at).gift(lot, 500, anonymity);
        told(&history);
    }
    let at = (Code(130_723), "donation", 2017);
    assert_eq!(told(&history)[&at], (2, 1_500));
    // A gift that a city's custodian arranged for a project stands at the project's county too.
    let id = history.at(130_700).commit("P1", "G4", 500);
    assert_eq!(told(&history)[&at], (3, 1_500));
    history.reverse(&id, "G4 500 committed/P1/130700 > available/130700");
    assert_eq!(told(&history)[&at], (2, 1_500));
    // A lot that was passed on and came back has a row still; undone, it has none.
    let paired = json!({ "lot": "T1", "fund": "paired", "fiscal_year": 2017, "amount_fen": 700,
        "provider": "示例区", "purpose": [], "class": "social", "custodian": "c",
        "pairing": "D1" });
    history.at(130_700).tell("funds_received", paired, "T1 700 outside > available/130700");
    let down = json!({ "lot": "T1", "to": "130723", "amount_fen": 300 });
    let id = history.tell("allocation_made", down, "T1 300 available/130700 > available/130723");
    assert_eq!(told(&history)[&(Code(130_723), "paired", 2017)], (0, 0));
    history.reverse(&id, "T1 300 available/130723 > available/130700");
    assert!(!told(&history).contains_key(&(Code(130_723), "paired", 2017)));
    // A receipt that is reversed leaves nothing behind.
    let id = history.at(130_723).gift("G5", 900, "anonymous");
    assert_eq!(told(&history)[&at], (3, 2_400));
    history.reverse(&id, "G5 900 available/130723 > outside");
    assert_eq!(told(&history)[&at], (2, 1_500));
}
