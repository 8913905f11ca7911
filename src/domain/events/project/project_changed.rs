//! A project's sum, sources, name, villages or unit change 项目变更 (Article 17).
//!
//! Sum, sources and unit are the poverty office's to change. A gift that lies in the project inside
//! its donor's wish must not fall outside it by the change (Article 28): release or return it
//! first.

use crate::base::{Amount, Name, Text, Village, words::Label};
use crate::domain::case::{Case, ProjectOf};
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Fund;
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::place::PlaceKind;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Aim, IntentId, LotId, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::funds_committed::aim;
use super::project_admitted::villages_lie_here;

/// What changes: each field is the new value, and what is absent stays. At least one stands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChanges<'a> {
    /// The sum approved.
    #[serde(default, deserialize_with = "present")]
    pub approved_fen: Option<Amount>,
    /// Its name.
    #[serde(borrow, default, deserialize_with = "present")]
    pub name: Option<Text<'a>>,
    /// The funds that may pay it.
    #[serde(default, deserialize_with = "present")]
    pub sources: Option<List<Fund>>,
    /// The organization that carries it out.
    #[serde(borrow, default, deserialize_with = "present")]
    pub unit: Option<Name<'a>>,
    /// The villages that it serves.
    #[serde(default, deserialize_with = "present")]
    pub village_codes: Option<List<Village>>,
}

/// A project changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChanged<'a> {
    /// What changes.
    #[serde(borrow)]
    pub changes: ProjectChanges<'a>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for ProjectChanged<'a> {
    const SPEC: Spec = Spec {
        name: "project_changed",
        label: Label { zh: "项目变更", en: "Project changed" },
        family: Family::Project,
        articles: &[17, 28],
        posters: &[(Role::PovertyOffice, Reach::Own), (Role::LineDepartment, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::WrongStage,
            Refused::NotSubordinate,
            Refused::NotHolder,
            Refused::IntentViolated,
            Refused::NotIndependent,
            Refused::BelowUsed,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @G1 @gifted; kb-charity intent_amended lot=G1 intent={"fallback":"ask"} consent_sha256=@digest | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then refused intent_violated
        given @P1 | when kb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then ok
        given @admitted | when kb-line project_changed project=P1 changes={"name":"y","village_codes":["130723201219"]} reason=x | then ok
        given @P1 | when kb-poverty project_changed project=P1 changes={} reason=x | then refused malformed
        given @P1 | when kb-poverty project_changed project=P1 changes={"category":"housing"} reason=x | then refused malformed
        given @P1 | when kb-poverty project_changed project=P1 changes={"name":null} reason=x | then refused malformed
        given @P1 | when kb-poverty project_changed project=P1 changes={"approved_fen":0} reason=x | then refused amount_out_of_range
        given @P1 | when kb-finance project_changed project=P1 changes={"name":"y"} reason=x | then refused not_authorised
        given @P1 | when kb-poverty project_changed project=P9 changes={"name":"y"} reason=x | then refused unknown_project
        given @P1 | when kb-poverty project_changed project=P1 changes={"unit":"nobody"} reason=x | then refused unknown_organization
        given @P1; kb-poverty project_cancelled project=P1 reason=x | when kb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then refused wrong_stage
        given @P1 @accepted; kb-poverty project_closed project=P1 | when kb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then refused wrong_stage
        given @P1 @accepted | when kb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then ok
        given @admitted | when kb-poverty project_changed project=P1 changes={"approved_fen":1} reason=x | then refused wrong_stage
        given @admitted | when kb-poverty project_changed project=P1 changes={"sources":[]} reason=x | then refused wrong_stage
        given @P1 | when kb-poverty project_changed project=P1 changes={"village_codes":["130722200201"]} reason=x | then refused not_subordinate
        given @P1 | when zb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then refused not_holder
        given @P1 | when hb-poverty project_changed project=P1 changes={"name":"y"} reason=x | then refused not_holder
        given @G1 @gifted | when kb-poverty project_changed project=P1 changes={"village_codes":["130723201219"]} reason=x | then refused intent_violated
        given @G1 @gifted | when kb-line project_changed project=P1 changes={"village_codes":[]} reason=x | then refused intent_violated
        given @G1 @gifted | when kb-poverty project_changed project=P1 changes={"village_codes":["130723200201"]} reason=x | then ok
        given @G1 @gifted; kb-charity commitment_released project=P1 to=available lots=G1:199 | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then refused intent_violated
        given @G1 @gifted; kb-charity commitment_released project=P1 to=available lots=G1:200 | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then ok
        given @G1 @gifted; kb-charity disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=GB9 basis=@contract lots=G1:200 | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then refused intent_violated
        given @given | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then ok
        given @G2 @P1; kb-charity funds_committed project=P1 from=available lots=G2:200 | when kb-poverty project_changed project=P1 changes={"village_codes":[]} reason=x | then ok
        given @G1 @P2; kb-charity funds_committed project=P2 from=available lots=G1:1 approver=a-9 exceptions=[{"code":"intent_violated","reason":"x"}] | when kb-poverty project_changed project=P2 changes={"village_codes":[]} reason=x | then ok
        given @P1 | when kb-line project_changed project=P1 changes={"approved_fen":2000} reason=x | then refused not_independent
        given @P1 | when kb-line project_changed project=P1 changes={"sources":["agri"]} reason=x | then refused not_independent
        given @P1 | when kb-line project_changed project=P1 changes={"unit":"road-co"} reason=x | then refused not_independent
        given @P1; kb-poverty project_changed project=P1 changes={"unit":"kb-poverty"} reason=x | when kb-poverty project_changed project=P1 changes={"approved_fen":2000} reason=x | then refused not_independent
        given @P1; kb-poverty project_changed project=P1 changes={"unit":"kb-poverty"} reason=x | when kb-poverty project_changed project=P1 changes={"sources":["agri"]} reason=x | then ok
        given @committed | when kb-poverty project_changed project=P1 changes={"approved_fen":299} reason=x | then refused below_used asked 300 left 299
        given @committed | when kb-poverty project_changed project=P1 changes={"approved_fen":300} reason=x | then ok
        given @paid | when kb-poverty project_changed project=P1 changes={"approved_fen":299} reason=x | then refused below_used asked 300 left 299
        given @L1 @small; kb-poverty project_changed project=P1 changes={"approved_fen":101} reason=x | when kb-finance funds_committed project=P1 from=available lots=L1:102 | then refused above_approved asked 102 left 101
        given @L1 @P1; kb-poverty project_changed project=P1 changes={"sources":["agri"]} reason=x | when kb-finance funds_committed project=P1 from=available lots=L1:1 | then refused source_not_approved
        given @G1 @P1; kb-line project_changed project=P1 changes={"village_codes":["130723201219"]} reason=x | when kb-charity funds_committed project=P1 from=available lots=G1:1 | then refused intent_violated
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let ProjectChanges { approved_fen, name, sources, unit, village_codes } = &self.changes;
        let some = approved_fen.is_some()
            || name.is_some()
            || sources.is_some()
            || unit.is_some()
            || village_codes.is_some();
        Misshapen::unless(some, "changes names nothing that changes")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let project = case.project(self.project)?;
        if let Some(unit) = self.changes.unit {
            case.organization(unit)?;
        }
        // What was never approved has no sum and no sources that could change.
        let approval = self.changes.approved_fen.is_some() || self.changes.sources.is_some();
        case.require_of(
            Refused::WrongStage,
            !(project.row.has_ended() || approval && project.row.is_unapproved()),
            project.row.stage,
        )?;
        if let Some(villages) = &self.changes.village_codes {
            villages_lie_here(case, villages)?;
        }
        case.stands_at(project)?;
        if let Some(villages) = &self.changes.village_codes {
            gifts_stay_inside(case, project, villages.as_slice())?;
        }
        self.independent(case, project)?;
        if let Some(approved) = self.changes.approved_fen {
            let used = project.row.used().fen();
            case.require_within(Refused::BelowUsed, used, approved.fen(), self.project)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        let id = state.project_id(self.project.as_str()).expect("the project was known");
        let unit = self.changes.unit.map(|unit| {
            state.organization_id(unit.as_str()).expect("the unit was registered when decided")
        });
        let row = state.projects.change_at(id.index());
        if let Some(unit) = unit {
            row.unit = unit;
        }
        if let Some(approved) = self.changes.approved_fen {
            row.approved = approved.fen();
        }
        if let Some(sources) = &self.changes.sources {
            row.funds = sources.iter().fold(0, |bits, fund| bits | fund.bit());
        }
        if let Some(villages) = &self.changes.village_codes {
            *state.project_villages.change_or_add(id) = villages.as_slice().to_vec();
        }
    }
}

impl ProjectChanged<'_> {
    /// Sum, sources and unit are a poverty office's to change; the sum by no office that is the
    /// project's own unit.
    fn independent(&self, case: &Case<'_>, project: ProjectOf<'_>) -> Check {
        let ProjectChanges { approved_fen, sources, unit, .. } = &self.changes;
        let of_office = approved_fen.is_some() || sources.is_some() || unit.is_some();
        let office = case.role() == Role::PovertyOffice;
        let own = case.organization_here() == Some(project.row.unit);
        case.require_of(
            Refused::NotIndependent,
            (office || !of_office) && !(own && approved_fen.is_some()),
            case.event.by.org,
        )
    }
}

/// Gifts that are committed or advanced in the project inside a wish stay inside it.
///
/// A gift keeps every wish under which it was committed here. The tables are walked whole: a change
/// of villages is rare, and an index would cost every commitment of a gift.
fn gifts_stay_inside(case: &Case<'_>, project: ProjectOf<'_>, villages: &[Village]) -> Check {
    let state = case.state;
    let now = aim(state, project.id);
    let then = Aim { villages, ..now };
    let falls_out = |intent: &IntentId| {
        let wish = state.wish(*intent);
        wish.covers(now, state) && !wish.covers(then, state)
    };
    let leaving: Vec<LotId> = state
        .committed_under
        .iter()
        .filter(|((_, id), wishes)| *id == project.id && wishes.iter().any(falls_out))
        .map(|((lot, _), _)| *lot)
        .collect();
    if leaving.is_empty() {
        return Ok(());
    }
    let held = state.cells.iter().find(|((lot, place), fen)| {
        !fen.is_zero()
            && place.project() == Some(project.id)
            && matches!(place.kind(), PlaceKind::Committed | PlaceKind::Advanced)
            && leaving.contains(lot)
    });
    match held {
        None => Ok(()),
        Some(((lot, _), _)) => {
            let name = state.lot_name(*lot);
            case.require_of(Refused::IntentViolated, false, format_args!("lot {name}"))
        }
    }
}
