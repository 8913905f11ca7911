//! A pairing ends 结对解除 (Article 22, 不脱贫不脱钩): not before the helped county has left poverty,
//! unless another of the kind goes on.

use crate::base::{Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{PairingId, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A pairing ends; its business date is the last day on which it is live.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingEnded<'a> {
    /// The pairing.
    #[serde(borrow)]
    pub pairing: Name<'a>,
    /// The pairing of the same kind that takes its place.
    #[serde(borrow, default, deserialize_with = "present")]
    pub replaced_by: Option<Name<'a>>,
}

impl<'a> Kind<'a> for PairingEnded<'a> {
    const SPEC: Spec = Spec {
        name: "pairing_ended",
        label: Label { zh: "结对解除", en: "Pairing ended" },
        family: Family::Registry,
        articles: &[22],
        posters: &[(Role::PovertyOffice, Reach::Province)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownPairing,
            Refused::WrongStage,
            Refused::StillInPoverty,
            Refused::NoLivePairing,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @pairing @exited | when hb-poverty pairing_ended pairing=cy-kb date=2018-05-01 | then ok
        given @pairing @exited | when hb-poverty pairing_ended pairing=cy-kb date=2018-04-30 | then refused still_in_poverty
        given @pairing | when hb-poverty pairing_ended pairing=cy-kb | then refused still_in_poverty
        given @pairing @exited; hb-poverty poverty_status_changed code=130723 from=exited to=provincial effective=2018-05-01 | when hb-poverty pairing_ended pairing=cy-kb | then refused still_in_poverty
        given @pairing @pairing2 | when hb-poverty pairing_ended pairing=cy-kb | then ok
        given @pairing @pairing2 | when hb-poverty pairing_ended pairing=cy-kb replaced_by=P-2 | then ok
        given @pairing @pairing2 | when hb-poverty pairing_ended pairing=cy-kb date=2018-02-28 | then refused still_in_poverty
        given @pairing @pairing2; hb-poverty pairing_ended pairing=cy-kb | when hb-poverty pairing_ended pairing=P-2 | then refused still_in_poverty
        given @pairing; hb-poverty pairing_declared pairing=P-3 kind=designated helper=bj-chaoyang helped=130723 agreement=x date=2018-03-01 | when hb-poverty pairing_ended pairing=cy-kb | then refused still_in_poverty
        given @pairing; hb-poverty pairing_declared pairing=P-3 helper=bj-chaoyang helped=130722 agreement=x date=2018-03-01 | when hb-poverty pairing_ended pairing=cy-kb replaced_by=P-3 | then refused still_in_poverty
        given hb-poverty pairing_declared pairing=P-4 helper=bj-chaoyang helped=130102 agreement=x date=2018-03-01 | when hb-poverty pairing_ended pairing=P-4 | then ok
        given hb-poverty pairing_declared pairing=P-4 helper=bj-chaoyang helped=130102 agreement=x date=2018-03-01 | when hb-poverty pairing_ended pairing=P-4 date=2018-02-28 | then refused date_before_origin
        given @pairing @exited | when hb-poverty pairing_ended pairing=cy-kb replaced_by=cy-kb | then refused no_live_pairing
        given @pairing @pairing2; hb-poverty pairing_declared pairing=P-3 helper=bj-chaoyang helped=130722 agreement=x date=2018-03-01 | when hb-poverty pairing_ended pairing=cy-kb replaced_by=P-3 | then refused no_live_pairing
        when hb-poverty pairing_ended pairing=nothing | then refused unknown_pairing
        given @pairing | when hb-poverty pairing_ended pairing=cy-kb replaced_by=nothing | then refused unknown_pairing
        given @pairing @exited; hb-poverty pairing_ended pairing=cy-kb | when hb-poverty pairing_ended pairing=cy-kb | then refused wrong_stage
        given @pairing @exited | when kb-poverty pairing_ended pairing=cy-kb | then refused not_authorised
        given @pairing @exited | when hb-poverty pairing_ended pairing=cy-kb docs=none | then refused document_missing
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let state = case.state;
        let ending = case.pairing(self.pairing)?;
        let replacing = self.replaced_by.map(|name| case.pairing(name)).transpose()?;
        let row = state.pairing(ending);
        case.require_of(Refused::WrongStage, row.until.is_none(), self.pairing)?;
        // One whose last day this is goes on no more than the one that ends, so it counts for
        // nothing.
        let goes_on = |id: PairingId| {
            let other = state.pairing(id);
            id != ending
                && (other.kind, other.helped) == (row.kind, row.helped)
                && other.since <= case.date()
                && other.until.is_none()
        };
        let county = state.jurisdiction(row.helped);
        let poor = county.is_some_and(|county| county.is_poor_on(case.date()));
        let free = !poor || (0..state.pairings.len()).map(PairingId::new).any(goes_on);
        case.require_of(Refused::StillInPoverty, free, row.helped)?;
        case.require(Refused::NoLivePairing, replacing.is_none_or(goes_on))?;
        case.not_before(row.since, self.pairing)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let row = state.pairings.change(self.pairing.as_str());
        let row = row.expect("the pairing was known when this was decided");
        assert!(row.until.is_none(), "a pairing ends once");
        row.until = Some(entry.event.business_date);
    }
}
