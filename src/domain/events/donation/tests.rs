//! What rows cannot say of the donation family: paired money, the event that a refusal names, and
//! sums beyond one lot's bound.

use crate::base::{Code, Date};
use crate::domain::fund::Fund;
use crate::domain::state::{Pairing, PairingKind};
use crate::domain::tables::World;

const TOLD: &str = "kind=use as_of=#allocation_made received_fen=1000 used_fen=0 remaining_fen=1000 \
                    content_sha256=@digest channel=letter";

/// The province's lot L1 as paired money of the helper's, as if it had come by a pairing.
fn paired() -> World {
    let mut world = World::new();
    world.give("@L1").unwrap();
    let row = Pairing {
        kind: PairingKind::EastWest,
        helper: world.state.organization_id("bj-chaoyang").unwrap(),
        helped: Code::parse("130723").unwrap(),
        since: Date::parse("2017-01-10").unwrap(),
        until: None,
    };
    world.state.pairings.add("pair".into(), row);
    let pairing = world.state.pairing_id("pair");
    let lot = world.state.lots.change("L1").unwrap();
    (lot.fund, lot.pairing) = (Fund::Paired, pairing);
    world
}

#[test]
fn paired_money_is_reported_by_the_bureau_that_received_it_and_answered_by_its_helper() {
    let mut world = paired();
    let told = format!("feedback_sent lots=[\"L1\"] {TOLD}");
    let refused = Err("not_holder".to_owned());
    assert_eq!(world.post(&format!("kb-finance {told}")), refused);
    assert_eq!(world.post(&format!("kb-charity {told}")), refused);
    world.give(&format!("hb-finance {told}")).unwrap();
    let answer = "feedback_acknowledged feedback=#feedback_sent";
    assert_eq!(world.post(&format!("donor {answer}")), refused);
    world.give(&format!("bj-chaoyang {answer}")).unwrap();
    // The helper's wish binds no paired money: it is no gift.
    let wish = "bj-chaoyang intent_amended lot=L1 intent={\"fallback\":\"ask\"} \
                consent_sha256=@digest";
    assert_eq!(world.post(wish), refused);
}

#[test]
fn social_paired_money_is_reported_by_its_custodian() {
    let mut world = World::new();
    world.give("@G1").unwrap();
    world.state.lots.change("G1").unwrap().fund = Fund::Paired;
    let told = "feedback_sent lots=[\"G1\"] kind=use as_of=#donation_received received_fen=500 \
                used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter";
    world.give(&format!("kb-charity {told}")).unwrap();
    assert_eq!(world.post(&format!("zb-charity {told}")), Err("not_holder".to_owned()));
    // The rest of the family is about gifts alone.
    for step in [
        "receipt_issued lot=G1 receipt_no=R1 amount_fen=1",
        "lookup_replaced lot=G1",
        "donation_refunded lot=G1 amount_fen=1 reason=error bank_ref=B1",
        "intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest",
    ] {
        assert_eq!(world.post(&format!("kb-charity {step}")), Err("not_holder".to_owned()));
    }
}

#[test]
fn a_movement_after_as_of_is_named_by_its_event() {
    let mut world = World::new();
    world.give("@G1").unwrap();
    world.give("@refunded").unwrap();
    let later = world.state.ids.id(world.state.size() - 1).unwrap().to_string();
    let told = "kb-charity feedback_sent lots=[\"G1\"] kind=receipt as_of=#before \
                received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest \
                channel=letter";
    assert_eq!(world.post(told), Err("figures_differ".to_owned()));
    let about = world.refused.unwrap().details.about.unwrap();
    assert!(about.contains(&later), "{about}");
}

#[test]
fn a_shortage_of_the_wish_names_the_place_where_the_gift_came_in() {
    let mut world = World::new();
    world.give("@G1 @P1").unwrap();
    world.give("kb-charity funds_committed project=P1 from=available lots=G1:500").unwrap();
    let wish = "kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} \
                consent_sha256=@digest";
    assert_eq!(world.post(wish), Err("insufficient_funds asked 1 left 0".to_owned()));
    let details = world.refused.unwrap().details;
    assert_eq!(details.place.as_deref(), Some("available/130723"));
    assert_eq!(details.lot.as_deref(), Some("G1"));
}

#[test]
fn what_was_committed_keeps_the_wish_of_its_day() {
    let mut world = World::new();
    world.give("@G1 @gifted").unwrap();
    let lot = world.state.lot_id("G1").unwrap();
    let before = world.state.lot(lot).intent;
    world
        .give(
            "kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\",\"projects\":[\"P2\"]} \
             consent_sha256=@digest",
        )
        .unwrap();
    let project = world.state.project_id("P1").unwrap();
    assert_ne!(world.state.lot(lot).intent, before);
    assert_eq!(world.state.committed_under.get(&(lot, project)).unwrap(), &[before]);
}

#[test]
fn a_campaign_may_hold_more_than_one_figure_can() {
    let mut world = World::new();
    for lot in ["C1", "C2"] {
        world
            .give(&format!(
                "kb-charity donation_received lot={lot} donor=d-1 donor_kind=person \
                 custodian=kb-charity amount_fen=9007199254740991 intent={{\"fallback\":\"ask\"}} \
                 anonymity=alias campaign=spring"
            ))
            .unwrap();
    }
    let told = "kb-charity feedback_sent campaign=spring kind=receipt as_of=#last \
                received_fen=9007199254740991 used_fen=0 remaining_fen=9007199254740991 \
                content_sha256=@digest channel=page";
    assert_eq!(world.post(told), Err("figures_differ".to_owned()));
    let about = world.refused.unwrap().details.about.unwrap();
    assert!(about.contains("18014398509481982"), "{about}");
}
