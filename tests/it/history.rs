//! Properties over random histories: money is conserved, replay equals the live state, what a dry run
//! says the real run does, two folds that could disagree agree, and `verify` finds nothing.
//!
//! A history is the golden year, then its end mixed with events of the same shapes whose amounts,
//! references and ids are rolled: some plausible, many not.

use crate::faults::{begin, reopen};
use crate::support::{Ledger, golden_lines, run_with};
use fundtrail::chain::record::Record;
use fundtrail::domain::event::{Column, Flow};
use fundtrail::domain::place::PlaceKind;
use fundtrail::domain::{State, Type};
use fundtrail::ledger::{DryOutcome, Incoming, Ledger as Library, Mode, Outcome, reading};
use fundtrail::projections::balances::{Asked, Balances};
use fundtrail::store::Records;
use fundtrail::store::memory::Medium;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// One roll: which shape, which amount, whether references are new.
type Roll = (u16, u32, bool, u8);

fn rolls() -> impl Strategy<Value = Vec<Roll>> {
    proptest::collection::vec((any::<u16>(), 0..6_000_000_u32, any::<bool>(), any::<u8>()), 25..45)
}

fn money_shapes() -> Vec<Value> {
    let lines = ["golden.jsonl", "golden_yearend.jsonl"].map(golden_lines).concat();
    let all = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|line| {
        let kind = Type::parse(line["event"]["type"].as_str().unwrap()).unwrap();
        !kind.spec().flows.is_empty()
    })
    .collect()
}

/// An event of a known shape with what was rolled put into it.
fn rolled(at: usize, roll: Roll, shapes: &[Value], given: &[String]) -> String {
    let (which, amount, fresh, chance) = roll;
    let mut line = shapes[usize::from(which) % shapes.len()].clone();
    if chance < 60 {
        // Undo something: what was given before, or what never was.
        let kb = shapes.iter().find(|one| one["as"] == "kb-finance-desk").unwrap();
        line["as"] = kb["as"].clone();
        line["event"]["by"] = kb["event"]["by"].clone();
        line["event"]["jurisdiction"] = kb["event"]["jurisdiction"].clone();
        line["event"]["type"] = json!("entry_reversed");
        let reverses = &given[usize::from(which) % given.len()];
        line["event"]["data"] = json!({ "reverses": reverses, "reason": "rolled" });
    }
    let data = &mut line["event"]["data"];
    let amount = i64::from(amount % 3_000_000) + i64::from(chance == 255);
    if data["amount_fen"].is_i64() {
        data["amount_fen"] = json!(amount);
    }
    let lots = data.get_mut("lots").and_then(Value::as_array_mut);
    for lot in lots.into_iter().flatten() {
        lot["amount_fen"] = json!(amount);
    }
    if fresh {
        for (field, value) in [("bank_ref", format!("R-{at}"))] {
            if data[field].is_string() {
                data[field] = json!(value);
            }
        }
        if matches!(line["event"]["type"].as_str(), Some("funds_received" | "donation_received")) {
            line["event"]["data"]["lot"] = json!(format!("R{at}"));
        }
        line["event"]["business_date"] = json!("2018-05-20");
    }
    line["event"]["id"] = json!(format!("00000000-0000-4000-8000-{at:012x}"));
    line.to_string()
}

/// A history's lines: the golden year, then its end with what was rolled between.
fn lines(rolls: &[Roll]) -> Vec<String> {
    let shapes = money_shapes();
    let id = |line: &Value| line["event"]["id"].as_str().unwrap().to_owned();
    let mut given: Vec<String> = shapes.iter().map(id).collect();
    let mut lines = golden_lines("golden.jsonl");
    let mut end = golden_lines("golden_yearend.jsonl").into_iter();
    for (at, roll) in rolls.iter().enumerate() {
        if at % 2 == 0 {
            lines.extend(end.next());
        }
        let line = rolled(at, *roll, &shapes, &given);
        given.push(format!("00000000-0000-4000-8000-{at:012x}"));
        lines.push(line);
    }
    lines.extend(end);
    lines
}

fn bytes_of(ledger: &Library) -> Vec<u8> {
    ledger.with_state(|state| postcard::to_stdvec(state).unwrap())
}

/// Posts a history, each event dry before it is posted; some go together and are undone.
fn play(medium: &Medium, lines: &[String]) -> Library {
    let ledger = begin(medium).unwrap();
    for (at, pair) in lines.chunks(2).enumerate() {
        let mode = if at % 3 == 0 { Mode::Atomic } else { Mode::Continue };
        let incoming: Vec<Incoming> =
            pair.iter().map(|line| Incoming::read(line.as_bytes(), None).unwrap()).collect();
        let events: Vec<_> = incoming.iter().map(|one| (one, one.event())).collect();
        let before = bytes_of(&ledger);
        let dry = ledger.dry_run(&events, mode).unwrap();
        assert_eq!(bytes_of(&ledger), before, "a dry run changes nothing");
        let real = ledger.post(&events, mode).unwrap();
        for (at, (dry, real)) in dry.iter().zip(&real).enumerate() {
            let refused = real.iter_refused();
            match (dry, real) {
                (DryOutcome::Recorded { seq, movements }, Outcome::Recorded { seq: at, .. }) => {
                    assert_eq!(seq, at);
                    let record = Records::read(medium, *seq).unwrap().unwrap();
                    assert_eq!(Record::parse(&record).unwrap().movements, movements.as_slice());
                }
                (DryOutcome::Duplicate { seq }, Outcome::Duplicate { seq: at, .. }) => {
                    assert_eq!(seq, at);
                }
                (DryOutcome::Refused(dry), Outcome::Refused(real)) => assert_eq!(dry, real),
                // What stood before the refusal of an atomic post is not recorded with it.
                (_, Outcome::NotRecorded) => assert!(mode == Mode::Atomic && refused.is_none()),
                (dry, real) => panic!("{at}: dry {dry:?}, real {real:?}"),
            }
        }
        ledger.with_state(State::check_laws).unwrap();
    }
    ledger
}

/// Helps to tell a refusal from the rest.
trait Refused {
    fn iter_refused(&self) -> Option<&fundtrail::domain::Refusal>;
}

impl Refused for Outcome {
    fn iter_refused(&self) -> Option<&fundtrail::domain::Refusal> {
        match self {
            Outcome::Refused(refusal) => Some(refusal),
            Outcome::Recorded { .. } | Outcome::Duplicate { .. } | Outcome::NotRecorded => None,
        }
    }
}

fn records(medium: &Medium) -> Vec<Value> {
    let read = |seq| Records::read(medium, seq).unwrap().unwrap();
    (0..medium.head().size).map(|seq| serde_json::from_slice(&read(seq)).unwrap()).collect()
}

const STANDING: [PlaceKind; 7] = [
    PlaceKind::Available,
    PlaceKind::Consolidated,
    PlaceKind::Committed,
    PlaceKind::Advanced,
    PlaceKind::Spent,
    PlaceKind::Surplus,
    PlaceKind::Reclaim,
];

/// What stands by jurisdiction, lot and kind of place, as the balances say it.
fn standing(medium: &Medium, balances: &mut Balances) -> BTreeMap<(String, String, usize), i128> {
    reading::fold(medium, 0..medium.head().size, balances).unwrap();
    let asked = Asked { by_lot: true, by_fund: true, by_year: true, ..Asked::default() };
    let mut out = BTreeMap::new();
    for row in balances.answer(&asked).rows {
        for (at, fen) in row.columns()[7..].iter().enumerate().filter(|(_, fen)| **fen != 0) {
            let lot = row.lot.clone().unwrap();
            *out.entry((row.jurisdiction.clone(), lot, at)).or_default() += fen;
        }
    }
    out
}

/// The same from the state's cells, which no projection has seen.
fn cells(ledger: &Library) -> BTreeMap<(String, String, usize), i128> {
    ledger.with_state(|state| {
        let mut out = BTreeMap::new();
        for ((lot, place), fen) in state.cells.iter().filter(|(_, fen)| !fen.is_zero()) {
            let at = STANDING.iter().position(|kind| *kind == place.kind()).unwrap();
            let here = place.jurisdiction(state).unwrap().to_string();
            *out.entry((here, state.lot_name(*lot).to_owned(), at)).or_default() +=
                i128::from(fen.get());
        }
        out
    })
}

/// What stands as of a day, summed up naively from the records' text.
fn naive(records: &[Value], last: &str) -> BTreeMap<(String, usize), i128> {
    let mut out = BTreeMap::new();
    for record in records.iter().filter(|one| one["event"]["business_date"].as_str() <= Some(last))
    {
        for movement in record["movements"].as_array().unwrap() {
            for (side, sign) in [("from", -1), ("to", 1)] {
                let kind = movement[side].as_str().unwrap().split('/').next().unwrap();
                let Some(at) = STANDING.iter().position(|one| one.code() == kind) else { continue };
                let lot = movement["lot"].as_str().unwrap().to_owned();
                *out.entry((lot, at)).or_default() +=
                    sign * i128::from(movement["amount_fen"].as_i64().unwrap());
            }
        }
    }
    out.retain(|_, fen: &mut i128| *fen != 0);
    out
}

/// The columns in which the Specs say that the movements count, summed over all jurisdictions.
fn declared(records: &[Value]) -> BTreeMap<&'static str, i128> {
    let kind = |record: &Value| Type::parse(record["event"]["type"].as_str().unwrap()).unwrap();
    let by_id: BTreeMap<&str, &Value> =
        records.iter().map(|one| (one["event"]["id"].as_str().unwrap(), one)).collect();
    let mut out = BTreeMap::new();
    for record in records {
        let reversal = kind(record) == Type::EntryReversed;
        let original = match reversal {
            true => by_id[record["event"]["data"]["reverses"].as_str().unwrap()],
            false => record,
        };
        let sign = if reversal { -1 } else { 1 };
        for movement in original["movements"].as_array().unwrap() {
            let place = |side: &str| {
                let code = movement[side].as_str().unwrap().split('/').next().unwrap();
                PlaceKind::parse(code).unwrap()
            };
            let flows = kind(original).spec().flows;
            let named = |flow: &&Flow| flow.0 == place("from") && flow.1 == place("to");
            let columns: Vec<Column> = flows.iter().filter(named).map(|flow| flow.2).collect();
            assert!(!columns.is_empty(), "no flow is declared for {movement}");
            let column = match columns[0] {
                Column::Received => "received",
                Column::Withdrawn => "withdrawn",
                Column::Refunded => "refunded",
                // These count where jurisdictions are crossed, which this fold does not know.
                Column::Allocated | Column::Recalled | Column::Nothing => continue,
            };
            *out.entry(column).or_default() +=
                sign * i128::from(movement["amount_fen"].as_i64().unwrap());
        }
    }
    out.retain(|_, fen: &mut i128| *fen != 0);
    out
}

fn counted(balances: &Balances) -> BTreeMap<&'static str, i128> {
    let mut out = BTreeMap::new();
    for row in balances.answer(&Asked::by_fund_and_year()).rows {
        for (column, fen) in [
            ("received", row.received_fen),
            ("withdrawn", row.withdrawn_fen),
            ("refunded", row.refunded_fen),
        ] {
            *out.entry(column).or_default() += fen;
        }
        let came = row.received_fen + row.allocated_in_fen + row.recalled_in_fen;
        let went =
            row.allocated_out_fen + row.recalled_out_fen + row.withdrawn_fen + row.refunded_fen;
        assert_eq!(came - went, row.standing(), "{row:?}");
    }
    out.retain(|_, fen| *fen != 0);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_law_holds_after_any_history(rolls in rolls()) {
        let lines = lines(&rolls);
        let medium = Medium::new();
        let ledger = play(&medium, &lines);
        let records = records(&medium);
        prop_assert!(records.len() > 70, "only {} records", records.len());

        let replayed = reopen(&medium);
        prop_assert_eq!(bytes_of(&replayed), bytes_of(&ledger), "replay differs from the live state");
        prop_assert_eq!(replayed.root(), ledger.root());

        let mut balances = Balances::new(None);
        prop_assert_eq!(standing(&medium, &mut balances), cells(&ledger));
        prop_assert_eq!(counted(&balances), declared(&records));
        for last in ["2017-05-10", "2018-01-26", "2018-05-20"] {
            let date = fundtrail::base::Date::parse(last);
            let mut by_lot = BTreeMap::new();
            for ((_, lot, at), fen) in standing(&medium, &mut Balances::new(date)) {
                *by_lot.entry((lot, at)).or_default() += fen;
            }
            by_lot.retain(|_, fen: &mut i128| *fen != 0);
            prop_assert_eq!(by_lot, naive(&records, last), "as of {}", last);
        }

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("records.jsonl");
        let whole: Vec<Vec<u8>> = (0..medium.head().size)
            .map(|seq| [&Records::read(&medium, seq).unwrap().unwrap()[..], b"\n"].concat())
            .collect();
        std::fs::write(&file, whole.concat()).unwrap();
        let ran = run_with(Path::new("nowhere"), &["verify", file.to_str().unwrap()], None);
        prop_assert_eq!(ran.code, 0, "{}", ran.out);
    }
}

#[test]
fn export_backup_and_restore_are_the_identity() {
    let ledger = Ledger::with(&["golden.jsonl", "golden_yearend.jsonl"]);
    let (copy, back) = (ledger.beside("copy"), ledger.beside("back"));
    let exported = ledger.beside("records.jsonl");
    ledger.run(&["export", "records", "-o", exported.to_str().unwrap()]).succeeds();
    ledger.run(&["backup", "--with-keys", copy.to_str().unwrap()]).succeeds();
    let head = ledger.path().join("checkpoint");
    let args = ["restore", "--head", head.to_str().unwrap(), copy.to_str().unwrap()];
    run_with(&back, &args, None).succeeds();
    let records = |folder: &Path| std::fs::read(folder.join("records/000000000000.jsonl")).unwrap();
    assert_eq!(records(&back), records(&ledger.path()));
    assert_eq!(std::fs::read(exported).unwrap(), records(&ledger.path()));
    let balances = ["balances", "--by", "lot", "--format", "json"];
    let there = run_with(&back, &balances, None).succeeds();
    assert_eq!(there.out, ledger.run(&balances).succeeds().out);
    run_with(&back, &["verify"], None).succeeds();
}
