//! A gift's look-up code is replaced or closed 查询码更换 (Article 28): the old one opens nothing.
//!
//! The program makes the codes; the ledger knows their SHA-256 alone, and each only once.

use crate::base::{Digest, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A gift's look-up code is replaced or closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupReplaced<'a> {
    /// SHA-256 of the new code; absent: the gift has none from now on.
    #[serde(default, deserialize_with = "present")]
    pub lookup_sha256: Option<Digest>,
    /// The gift.
    #[serde(borrow)]
    pub lot: Name<'a>,
}

impl<'a> Kind<'a> for LookupReplaced<'a> {
    const SPEC: Spec = Spec {
        name: "lookup_replaced",
        label: Label { zh: "查询码更换", en: "Look-up code replaced" },
        family: Family::Donation,
        articles: &[28],
        posters: &[(Role::Custodian, Reach::Own)],
        document: false,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::UnknownLot, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @coded | when kb-charity lookup_replaced lot=G2 lookup_sha256=@digest2 docs=none | then ok
        given @coded | when kb-charity lookup_replaced lot=G2 docs=none | then ok
        given @coded | when kb-charity lookup_replaced lot=G2 lookup_sha256=@digest | then refused already_known
        given @coded; kb-charity lookup_replaced lot=G2 lookup_sha256=@digest2 | when kb-charity lookup_replaced lot=G2 lookup_sha256=@digest | then refused already_known
        given @coded @G1 | when kb-charity lookup_replaced lot=G1 lookup_sha256=@digest | then refused already_known
        given @coded; kb-charity lookup_replaced lot=G2 | when kb-charity lookup_replaced lot=G2 lookup_sha256=@digest2 | then ok
        when kb-charity lookup_replaced lot=G9 | then refused unknown_lot
        given @coded | when zb-charity lookup_replaced lot=G2 | then refused not_holder
        given @L1 | when kb-charity lookup_replaced lot=L1 | then refused not_holder
        given @coded | when kb-charity lookup_replaced lot=G2 lookup_sha256=ab | then refused malformed
        given @G1 @G2 @P1; kb-charity lookup_replaced lot=G2 lookup_sha256=@digest2 | when kb-charity funds_committed project=P1 from=available lots=G1:1,G2:1 | then refused gift_not_alone
        given @coded @G1 @P1; kb-charity lookup_replaced lot=G2 | when kb-charity funds_committed project=P1 from=available lots=G1:1,G2:1 | then refused gift_not_alone
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        if let Some(code) = &self.lookup_sha256 {
            case.new_name(case.state.lookups.get(code).is_some(), "lookup_sha256")?;
        }
        let (id, lot) = case.lot(self.lot)?;
        case.holds_gift(id, lot)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let Some(code) = self.lookup_sha256 else { return };
        let lot = state.lot_id(self.lot.as_str()).expect("the lot was known");
        state.lookups.add(code, lot);
        let row = state.lots.change_at(lot.index());
        row.had_code = true;
        if let Some(campaign) = row.campaign {
            state.campaigns.change_at(campaign.index()).had_code = true;
        }
    }
}
