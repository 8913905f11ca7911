//! A donor's wish is amended with the donor's consent 捐赠意愿变更 (Article 28).
//!
//! It binds what is still available; what was committed keeps the wish under which it was.

use crate::base::{Code, Digest, Fen, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::{Movements, shortage};
use crate::domain::parts::Intent;
use crate::domain::place::Place;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A donor's wish is amended with the donor's consent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntentAmended<'a> {
    /// SHA-256 of the donor's consent.
    pub consent_sha256: Digest,
    /// What the donor wishes from now on, whole.
    #[serde(borrow)]
    pub intent: Intent<'a>,
    /// The gift.
    #[serde(borrow)]
    pub lot: Name<'a>,
}

impl<'a> Kind<'a> for IntentAmended<'a> {
    const SPEC: Spec = Spec {
        name: "intent_amended",
        label: Label { zh: "捐赠意愿变更", en: "Intent amended" },
        family: Family::Donation,
        articles: &[28],
        posters: &[
            (Role::Custodian, Reach::Own),
            (Role::Donor, Reach::Any),
            (Role::HelperUnit, Reach::Any),
        ],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownJurisdiction, Refused::UnknownLot, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @G1 | when kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then ok
        given @G1 | when donor intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest here=130722 checker=m-1 | then ok
        given @G1 | when kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\",\"jurisdictions\":[\"139999\"]} consent_sha256=@digest | then refused unknown_jurisdiction
        when kb-charity intent_amended lot=G9 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused unknown_lot
        given @G1 | when zb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused not_holder
        given @G2 | when donor intent_amended lot=G2 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused not_holder
        given @L1 | when kb-charity intent_amended lot=L1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused not_holder
        given @G1 | when bj-chaoyang intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused not_holder
        given @G1 | when kb-charity intent_amended lot=G1 intent={} consent_sha256=@digest | then refused malformed
        given @G1 @P1; kb-charity funds_committed project=P1 from=available lots=G1:499 | when kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then ok
        given @G1 @P1; kb-charity funds_committed project=P1 from=available lots=G1:500 | when kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then refused insufficient_funds asked 1 left 0
        given @G1 @P1; kb-charity funds_committed project=P1 from=available lots=G1:500; kb-charity entry_reversed reverses=#last reason=x | when kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\"} consent_sha256=@digest | then ok
        given @G1 @P2 | when kb-charity funds_committed project=P2 from=available lots=G1:1 | then refused intent_violated
        given @G1 @P2; kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\",\"villages\":[\"130723200201\",\"130723201219\"]} consent_sha256=@digest | when kb-charity funds_committed project=P2 from=available lots=G1:1 | then ok
        given @G2 @P2; kb-charity intent_amended lot=G2 intent={\"fallback\":\"ask\",\"categories\":[\"health\"]} consent_sha256=@digest | when kb-charity funds_committed project=P2 from=available lots=G2:1 | then refused intent_violated
        given @G1 @gifted; kb-charity intent_amended lot=G1 intent={\"fallback\":\"ask\",\"projects\":[\"P2\"]} consent_sha256=@digest | when kb-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=GB9 basis=@contract lots=G1:200 | then ok
    ";

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        self.intent.jurisdictions.iter().for_each(|code| each(*code));
    }

    /// Where nothing is available there is nothing that a new wish could bind: the least that
    /// would be, 1 fen, is asked of the place where the gift came in.
    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let (id, lot) = case.lot(self.lot)?;
        match case.is_custodian() {
            true => case.holds_gift(id, lot)?,
            false => {
                let own = lot.is_gift() && case.gave(lot);
                case.require_of(Refused::NotHolder, own, format_args!("lot {}", self.lot))?;
            }
        }
        let place = Place::Available(lot.receiver);
        let available = case.state.balance(id, place);
        let least = Fen::new(1).expect("one fen is within the bounds");
        Ok(Movements::none_if(match available < least {
            true => Err(shortage(case.state, id, place.path(case.state), least, available)),
            false => Ok(()),
        }))
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let intent = state.wish_id(&self.intent);
        let lot = state.lots.change(self.lot.as_str()).expect("the lot was known");
        assert!(lot.is_gift(), "only a gift has a donor's wish");
        lot.intent = intent;
    }
}
