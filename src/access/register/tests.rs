//! What the records tell of who reads.

use super::*;
use crate::access::reading::tests::{CODE, principal, today, told};

#[test]
fn a_code_opens_its_one_gift_in_any_spelling() {
    let register = told();
    let gift = Some(Viewer::Gift("G1".into()));
    assert_eq!(register.viewer_by_code(CODE), gift);
    assert_eq!(register.viewer_by_code(&CODE.to_lowercase()), gift);
    assert_eq!(register.viewer_by_code(&CODE[1..]), None);
    assert_eq!(register.viewer_by_code(&CODE.replace('S', "T")), None);
}

#[test]
fn the_programs_own_desk_and_who_was_never_granted_read_nothing() {
    let register = told();
    assert_eq!(register.viewer("gift-desk", today()), None);
    assert_eq!(register.viewer("nobody", today()), None);
}

#[test]
fn figures_reach_as_far_as_the_scope() {
    let register = told();
    let (own, other) = (Code(130_723), Code(130_722));
    for (who, expected) in [
        ("kb-finance", [true, false]),
        ("zjk-finance", [true, true]),
        ("zb-finance", [false, true]),
        ("kb-charity", [false, false]),
        ("kb-audit", [true, true]),
    ] {
        let viewer = principal(&register, who);
        let reaches = |code| register.reaches(&viewer, What::Lots, code);
        assert_eq!([reaches(own), reaches(other)], expected, "{who}");
    }
    assert!(register.reaches(&Viewer::Public, What::Totals, other));
}

#[test]
fn an_event_that_was_not_given_is_hidden_and_not_guessed() {
    let facts = told().facts(&Told {
        seq: 0,
        kind: Type::FeedbackSent,
        here: Code(130_723),
        date: today(),
        id: EventId::parse("00000000-0000-4000-8000-000000000001").unwrap(),
        posted_by: "kb-charity",
        recorded_at: crate::base::Stamp(0),
        movements: &[],
        event: None,
    });
    assert!(facts.untold);
    assert!(!crate::access::visible(&principal(&told(), "kb-charity"), &facts));
    assert!(crate::access::visible(&principal(&told(), "mirror"), &facts));
}
