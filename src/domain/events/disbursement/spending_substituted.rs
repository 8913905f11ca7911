//! Other money takes the place of money already spent 归垫 (Article 17): a level bridged with its
//! own, and what was meant for the project arrived since.
//!
//! What bridged is available again; what takes its place is asked what a commitment is asked, but
//! the sum. No bank moves, so bank references stay, and no rule yields here.

use crate::base::{Name, words::Label};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::events::project::{fits_project, remember_wishes};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Spent},
    Source,
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// Other money takes the place of money already spent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendingSubstituted<'a> {
    /// The money that takes its place.
    #[serde(borrow)]
    pub r#in: Lots<'a>,
    /// The money that bridged; in sum equal to `in`.
    #[serde(borrow)]
    pub out: Lots<'a>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
}

impl<'a> Kind<'a> for SpendingSubstituted<'a> {
    const SPEC: Spec = Spec {
        name: "spending_substituted",
        label: Label { zh: "归垫", en: "Spending substituted" },
        family: Family::Disbursement,
        articles: &[17],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Spent, Available, Column::Recalled),
            Flow(Available, Spent, Column::Allocated),
        ],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::WrongStage,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::SourceNotApproved,
            Refused::PurposeViolated,
            Refused::IntentViolated,
            Refused::ProhibitedCategory,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | then L3 100 spent/P1/130723 > available/130723, L1 100 available/130723 > spent/P1/130723
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:101 in=L1:101 | then refused insufficient_funds asked 101 left 100
        given @bridged; kb-finance funds_committed project=P1 from=available lots=L1:501 | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | then refused insufficient_funds asked 100 left 99
        given @bridged; kb-finance funds_committed project=P1 from=available lots=L1:500 | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | then ok
        given @bridged; kb-finance spending_substituted project=P1 out=L3:100 in=L1:100; kb-finance entry_reversed reverses=#last reason=x | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | then ok
        given @bridged; kb-poverty project_changed project=P1 changes={"approved_fen":2000} reason=x; kb-finance spending_substituted project=P1 out=L3:100 in=L1:100; kb-finance funds_committed project=P1 from=available lots=L3:801 | when kb-finance entry_reversed reverses=#spending_substituted reason=x | then refused funds_moved_on asked 100 left 99
        given @bridged; kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L3:1 reason=x | then refused insufficient_funds asked 1 left 0
        given @bridged; kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused duplicate_bank_reference
        given @bridged; kb-poverty project_changed project=P1 changes={"approved_fen":200} reason=x | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:100 | then ok
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:100 in=L1:99 | then refused figures_differ asked 99 left 100
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:1 in=L3:1 | then refused malformed
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:1 in=[] | then refused malformed
        given @bridged | when kb-finance spending_substituted project=P1 out=[] in=L1:1 | then refused malformed
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:1 in=L9:1 | then refused unknown_lot
        given @bridged | when kb-finance spending_substituted project=P1 out=L9:1 in=L1:1 | then refused unknown_lot
        given @bridged | when kb-finance spending_substituted project=P9 out=L3:1 in=L1:1 | then refused unknown_project
        given @bridged @accepted | when kb-finance spending_substituted project=P1 out=L3:1 in=L1:1 | then ok
        given @bridged @accepted; kb-finance commitment_released project=P1 to=available lots=L3:100; kb-poverty project_closed project=P1 | when kb-finance spending_substituted project=P1 out=L3:1 in=L1:1 | then refused wrong_stage
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:1 in=L1:1 date=2017-04-27 | then refused wrong_stage
        given @bridged | when zb-finance spending_substituted project=P1 out=L3:1 in=L1:1 | then refused not_holder
        given @bridged @G1 | when kb-finance spending_substituted project=P1 out=L3:1 in=G1:1 | then refused not_holder
        given @bridged @G1 | when kb-charity spending_substituted project=P1 out=L3:1 in=G1:1 | then refused not_holder
        given @given @coded | when kb-charity spending_substituted project=P1 out=G1:1 in=G2:1 | then refused gift_not_alone
        given @given @G2 | when kb-charity spending_substituted project=P1 out=G1:1 in=G2:1 | then G1 1 spent/P1/130723 > available/130723, G2 1 available/130723 > spent/P1/130723
        given @bridged @bond | when kb-finance spending_substituted project=P1 out=L3:1 in=L5:1 | then refused source_not_approved
        given @bridged @purpose | when kb-finance spending_substituted project=P1 out=L3:1 in=L6:1 | then refused purpose_violated
        given @G1 @G2 @P2; kb-charity funds_committed project=P2 from=available lots=G2:9; kb-charity disbursement_made project=P2 kind=payment payee=road-co method=transfer bank_ref=GB9 basis=@contract lots=G2:9 | when kb-charity spending_substituted project=P2 out=G2:1 in=G1:1 | then refused intent_violated
        given @L1 @office @agri; kb-finance funds_committed project=P3 from=available lots=L1:9 approver=a-9 exceptions=[{"code":"prohibited_category","reason":"x"}]; kb-finance disbursement_made project=P3 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:9; kb-finance funds_received lot=L7 fund=central_special fiscal_year=2017 amount_fen=1000 provider=x purpose=[] date=2017-03-01 | when kb-finance spending_substituted project=P3 out=L1:1 in=L7:1 | then refused prohibited_category
        given @twosources @agri; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:200 | when kb-finance spending_substituted project=P1 out=L1:150 in=L3:150 | then L1 100 spent/P1/130000 > available/130723, L1 50 spent/P1/130723 > available/130723, L3 150 available/130723 > spent/P1/130723
        given @bridged | when kb-finance spending_substituted project=P1 out=L3:1 in=L1:1 exceptions=[] | then refused malformed
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.r#in.shape()?;
        self.out.shape()?;
        let twice = self.r#in.iter().any(|one| self.out.iter().any(|other| other.lot == one.lot));
        Misshapen::unless(!twice, "a lot stands in one of in and out, not in both")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let takes_place = case.lots(&self.r#in)?;
        let bridged = case.lots(&self.out)?;
        let project = case.project(self.project)?;
        let stage = project.row.stage;
        case.require_of(Refused::WrongStage, project.row.takes_money_on(case.date()), stage)?;
        let both: Vec<LotOf<'_>> = takes_place.iter().chain(&bridged).copied().collect();
        case.alone(&both)?;
        case.stands_at(project)?;
        case.holds(&both)?;
        fits_project(case, &takes_place, project)?;
        case.require_equal(self.r#in.sum(), self.out.sum(), "the sum of in against that of out")?;
        Ok(exchange(case, project, &bridged, &takes_place))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        remember_wishes(entry.movements, state);
    }
}

/// What bridged leaves the project first, from its sources in draw order; then the other money
/// enters.
fn exchange(
    case: &Case<'_>,
    project: ProjectOf<'_>,
    bridged: &[LotOf<'_>],
    takes_place: &[LotOf<'_>],
) -> Movements {
    let here = Place::Available(case.here());
    let leaves: Vec<Way> = case
        .sources(project)
        .into_iter()
        .map(|source| Way { from: Place::Spent(project.id, source), to: here })
        .collect();
    let enters = Way { from: here, to: Place::Spent(project.id, Source::available(case.here())) };
    let moving = bridged.iter().fold(case.moving(), |moving, lot| {
        moving.draw_in_order(case.state, lot.id, lot.amount, &leaves)
    });
    takes_place
        .iter()
        .fold(moving, |moving, lot| moving.draw(case.state, lot.id, lot.amount, enters))
}
