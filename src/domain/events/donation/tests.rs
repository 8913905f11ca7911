//! What rows cannot say of the donation family: paired money, the event that a refusal names, and
//! sums beyond one lot's bound.

use crate::domain::tables::World;

/// Social money of a pairing, which owes feedback and is no gift.
const SOCIAL: &str = "kb-charity funds_received lot=S1 fund=paired class=social \
                      custodian=kb-charity fiscal_year=2017 amount_fen=50 provider=x purpose=[] \
                      pairing=cy-kb date=2017-03-01";

#[test]
fn social_paired_money_is_reported_by_its_custodian_and_is_no_gift() {
    let mut world = World::new();
    world.give("@pairing").unwrap();
    world.give(SOCIAL).unwrap();
    let told = "feedback_sent lots=[\"S1\"] kind=use as_of=#funds_received received_fen=50 \
                used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter";
    let refused = Err("not_holder".to_owned());
    assert_eq!(world.post(&format!("zb-charity {told}")), refused);
    assert_eq!(world.post(&format!("kb-finance {told}")), refused);
    world.give(&format!("kb-charity {told}")).unwrap();
    world.give("bj-chaoyang feedback_acknowledged feedback=#feedback_sent").unwrap();
    for step in [
        "kb-charity receipt_issued lot=S1 receipt_no=R1 amount_fen=1",
        "kb-charity lookup_replaced lot=S1",
        "kb-charity donation_refunded lot=S1 amount_fen=1 reason=error bank_ref=B1",
        "kb-charity intent_amended lot=S1 intent={\"fallback\":\"ask\"} consent_sha256=@digest",
        "bj-chaoyang intent_amended lot=S1 intent={\"fallback\":\"ask\"} consent_sha256=@digest",
    ] {
        assert_eq!(world.post(step), refused, "{step}");
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
