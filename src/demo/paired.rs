//! Paired and designated assistance (Articles 22 to 24): money of helpers, used as agreed, reported
//! back to them.

use super::calendar::{day, plus};
use super::cast::{Cast, County, MARK};
use super::diary::{Act, Diary, Thread};
use super::gifts::{Given, Target};
use super::province::{designated, helper, pairing};
use super::random::Random;
use serde_json::json;

/// A county's year with its helpers.
pub fn year(diary: &mut Diary, cast: &Cast, county: &County, random: &mut Random, target: &Target) {
    let fen = random.between(80, 380) * super::purse::WAN;
    assist(
        diary,
        county,
        random,
        target,
        ("paired", pairing(county)),
        fen,
        county.index.is_multiple_of(2),
    );
    if designated(county) {
        let fen = random.between(10, 70) * super::purse::WAN;
        let pairing = format!("{}-d", pairing(county));
        assist(diary, county, random, target, ("designated", pairing), fen, true);
    }
    if county.index % 7 == 3 {
        end_when_exited(diary, cast, county);
    }
}

/// Money of a helper comes, in the budget or in the charity's account, is used twice, and is
/// reported.
fn assist(
    diary: &mut Diary,
    county: &County,
    random: &mut Random,
    target: &Target,
    (fund, pairing): (&str, String),
    fen: i64,
    fiscal: bool,
) {
    let desk = if fiscal { &county.finance } else { &county.charity };
    let lot = format!("2017-{}-{fund}", county.code);
    let mut thread = Thread::from(plus(day(2017, 4, 5), random.between(0, 90)));
    let mut data = json!({
        "lot": lot, "fund": fund, "class": if fiscal { "fiscal" } else { "social" },
        "fiscal_year": 2017,
        "amount_fen": fen, "provider": format!("示例帮扶单位{:02}{MARK}", county.index + 1),
        "purpose": [], "pairing": pairing, "bank_ref": diary.bank_reference(desk),
    });
    if !fiscal {
        data["custodian"] = json!(desk.org);
    }
    let moved = diary.write(&mut thread, Act::new(desk, "funds_received", data));
    let mut given = Given { desk, lot, fen, used: 0, refunded: 0, moved, thread };
    given.thread.pass(random.between(2, 6));
    given.tell(diary, "receipt", "letter");
    for share in [random.between(40, 60), random.between(20, 35)] {
        let days = random.between(10, 45);
        given.use_for(diary, target, fen * share / 100, days);
        given.thread.pass(if random.chance(20) {
            random.between(45, 90)
        } else {
            random.between(8, 24)
        });
        let feedback = given.tell(diary, "use", "letter");
        if fund == "paired" && random.chance(60) {
            given.thread.pass(random.between(1, 12));
            let data = json!({ "feedback": feedback.to_string() });
            let helper = helper(county);
            diary.write(&mut given.thread, Act::new(&helper, "feedback_acknowledged", data));
        }
    }
    if random.chance(25) {
        given.thread.pass(random.between(20, 60));
        let fen = given.remains() / 2;
        let data = json!({
            "lot": given.lot, "from": "available", "amount_fen": fen,
            "reason": "returned_to_provider",
            "bank_ref": diary.bank_reference(desk),
        });
        given.moved = diary.write(&mut given.thread, Act::new(desk, "funds_withdrawn", data));
        given.refunded += fen;
        given.thread.pass(random.between(4, 20));
        given.tell(diary, "periodic", "letter");
    }
}

/// A county leaves poverty; only then may its pairing end (Article 22, 不脱贫不脱钩).
fn end_when_exited(diary: &mut Diary, cast: &Cast, county: &County) {
    let mut thread = Thread::from(day(2018, 2, 26));
    let from = county.status;
    let data =
        json!({ "code": county.code, "from": from, "to": "exited", "effective": "2018-02-26" });
    diary.write(&mut thread, Act::new(&cast.poverty, "poverty_status_changed", data));
    thread.pass(9);
    let data = json!({ "pairing": pairing(county) });
    diary.write(&mut thread, Act::new(&cast.poverty, "pairing_ended", data));
}
