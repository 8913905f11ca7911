//! The demo: accepted whole, sound, the same again, and never mistaken for a real ledger.

use crate::support::Ledger;

#[test]
fn the_demo_is_sound_and_the_same_seed_gives_the_same_records() {
    let (one, other) = (Ledger::nowhere(), Ledger::nowhere());
    for ledger in [&one, &other] {
        let printed =
            ledger.run(&["demo", "--events", "8000", "--seed", "7", "--no-serve"]).succeeds();
        assert!(printed.out.contains("康保县"), "the county's balances are printed");
        assert!(printed.out.contains("示例"), "the data is marked");
    }
    assert!(one.records().len() > 8000);
    assert_eq!(one.records(), other.records());
    one.run(&["verify"]).succeeds();
    let again = one.run(&["demo", "--no-serve"]).succeeds();
    assert!(again.err.contains("already"), "{}", again.err);
    assert_eq!(one.records(), other.records());
}

#[test]
fn a_ledger_that_is_no_demo_is_left_alone() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let before = ledger.records();
    ledger.run(&["demo"]).exits(2);
    assert_eq!(ledger.records(), before);
}
