//! Money that was spent or advanced wrongly is to be paid back 责令追回 (Articles 6, 17).
//!
//! From then on it stands in the debtor's name, outside what is spent; nothing is back yet. An
//! order rests on an open finding; what was ordered stays due when the finding is closed.

use crate::base::{
    Fen, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::{Case, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way, shortage};
use crate::domain::parts::{By, Lots, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Advanced, Reclaim, Spent},
};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{LotId, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// Where money that is to be paid back stands.
    pub enum RecoveryFrom {
        Spent "spent" "已支出" "Spent",
        Advanced "advanced" "已预拨待报账" "Advanced",
    }
}

/// Money is to be paid back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryOrdered<'a> {
    /// Who pays it back: a registered organization or a person's reference.
    #[serde(borrow)]
    pub debtor: Name<'a>,
    /// The finding that it rests on.
    #[serde(borrow)]
    pub finding: Name<'a>,
    /// Spent or advanced money.
    pub from: RecoveryFrom,
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The project in which it stands.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Whose advance it is, exactly with advanced money.
    #[serde(borrow, default, deserialize_with = "present")]
    pub unit: Option<Name<'a>>,
}

impl<'a> Kind<'a> for RecoveryOrdered<'a> {
    const SPEC: Spec = Spec {
        name: "recovery_ordered",
        label: Label { zh: "责令追回", en: "Recovery ordered" },
        family: Family::Supervision,
        articles: &[6, 17],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Spent, Reclaim, Column::Nothing), Flow(Advanced, Reclaim, Column::Nothing)],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::UnknownFinding,
            Refused::WrongStage,
            Refused::GiftNotAlone,
            Refused::NotHolder,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:300 | then L1 300 spent/P1/130723 > reclaim/road-co/P1/130723
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=p-77 from=spent lots=L1:1 | then L1 1 spent/P1/130723 > reclaim/p-77/P1/130723
        given @advanced @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=kb-line from=advanced unit=kb-unit lots=L1:299 | then L1 299 advanced/kb-unit/P1/130723 > reclaim/kb-line/P1/130723
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @advanced @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=advanced unit=kb-unit lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @advanced @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=advanced unit=road-co lots=L1:2 | then refused insufficient_funds asked 2 left 0
        given @advanced @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=p-77 from=advanced unit=p-78 lots=L1:2 date=2017-02-01 | then refused date_before_origin
        given @advanced @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 | then refused insufficient_funds asked 1 left 0
        given @L1 @P1 @finding; hb-finance funds_committed project=P1 from=available lots=L1:100; kb-finance funds_committed project=P1 from=available lots=L1:100; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:150 | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:120 | then L1 100 spent/P1/130000 > reclaim/road-co/P1/130000, L1 20 spent/P1/130723 > reclaim/road-co/P1/130723
        given @given @finding | when kb-charity recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=G1:200 | then G1 200 spent/P1/130723 > reclaim/road-co/P1/130723
        given @paid @finding @P2 | when kb-finance recovery_ordered finding=F1 project=P2 debtor=road-co from=spent lots=L1:1 | then refused insufficient_funds asked 1 left 0
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent unit=kb-unit lots=L1:1 | then refused malformed
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=advanced lots=L1:1 | then refused malformed
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=available lots=L1:1 | then refused malformed
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1,L1:1 | then refused malformed
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P9 debtor=road-co from=spent lots=L9:1 | then refused unknown_lot
        given @paid @finding | when kb-finance recovery_ordered finding=F1 project=P9 debtor=nobody from=spent lots=L1:1 | then refused unknown_project
        given @paid @finding | when kb-finance recovery_ordered finding=F9 project=P1 debtor=nobody from=spent lots=L1:1 | then refused unknown_organization
        given @paid @finding | when kb-finance recovery_ordered finding=F9 project=P1 debtor=road-co from=advanced unit=nobody lots=L1:1 | then refused unknown_organization
        given @paid @finding | when kb-finance recovery_ordered finding=F9 project=P1 debtor=road-co from=spent lots=L1:1 | then refused unknown_finding
        given @paid @finding; hb-audit finding_closed finding=F1 outcome=unfounded text=x | when zb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 | then refused wrong_stage
        given @given @coded @finding | when zb-charity recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=G1:1,G2:1 | then refused gift_not_alone
        given @paid @finding | when zb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 | then refused not_holder
        given @paid @finding | when kb-charity recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 | then refused not_holder
        given @given @finding | when kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=G1:1 | then refused not_holder
        given @paid @finding | when hb-audit recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 | then refused not_authorised
        given @paid @finding | when hb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:1 here=130723 | then refused not_authorised
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        Misshapen::unless(
            (self.from == RecoveryFrom::Advanced) == self.unit.is_some(),
            "unit stands exactly with advanced money",
        )
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        case.party(self.debtor)?;
        if let Some(unit) = self.unit {
            case.party(unit)?;
        }
        let finding = case.finding(self.finding)?;
        case.finding_is_open(self.finding, finding)?;
        case.alone(&lots)?;
        case.stands_at(project)?;
        case.holds(&lots)?;
        let ways = self.ways(case, project);
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            moving
                .only_if(self.unit_is_known(case, lot.id, lot.amount.fen(), project))
                .draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }

    fn introduce(&self, _entry: &Entry<'_>, state: &mut State) {
        state.introduce_party(self.debtor.as_str());
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        self.change_own(entry, state, true);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        self.change_own(entry, state, false);
    }
}

impl RecoveryOrdered<'_> {
    /// From each source in draw order, into the debtor's name under the same source.
    fn ways(&self, case: &Case<'_>, project: ProjectOf<'_>) -> Vec<Way> {
        let debtor = case.state.party_or_next(self.debtor.as_str());
        let unit = self.unit.map(|unit| case.state.party_or_next(unit.as_str()));
        let sources = case.sources(project).into_iter();
        sources
            .map(|source| Way {
                from: match unit {
                    Some(unit) => Place::Advanced(unit, project.id, source),
                    None => Place::Spent(project.id, source),
                },
                to: Place::Reclaim(debtor, project.id, source),
            })
            .collect()
    }

    /// A unit whose name stands nowhere yet was never advanced anything; its place is written from
    /// the body, since the state has no name for it (`insufficient_funds`).
    fn unit_is_known(
        &self,
        case: &Case<'_>,
        lot: LotId,
        asked: Fen,
        project: ProjectOf<'_>,
    ) -> Check {
        let Some(unit) = self.unit else { return Ok(()) };
        if case.state.party_id(unit.as_str()).is_some() {
            return Ok(());
        }
        let source = case.sources(project)[0].path(case.state);
        let place = format!("advanced/{unit}/{}/{source}", self.project);
        Err(shortage(case.state, lot, place, asked, Fen::ZERO))
    }

    /// What remains of the order, by lot.
    fn change_own(&self, entry: &Entry<'_>, state: &mut State, more: bool) {
        for one in self.lots.iter() {
            let lot = state.lot_id(one.lot.as_str()).expect("the lot was known");
            state.change_open(entry.facts.seq, lot, one.amount_fen.fen(), more);
        }
    }
}
