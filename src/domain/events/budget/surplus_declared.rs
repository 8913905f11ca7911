//! What a finished project did not need is left over 结余认定 (Article 17).
//!
//! It is surplus of the project's jurisdiction, whatever source it was committed from. Social money
//! is released to its custodian instead and never becomes surplus.

use crate::base::{Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Column, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Lots, Misshapen};
use crate::domain::place::{
    Place,
    PlaceKind::{Committed, Surplus},
};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::Stage;
use schemars::JsonSchema;
use serde::Deserialize;

/// What a finished project did not need is left over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurplusDeclared<'a> {
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
}

impl<'a> Kind<'a> for SurplusDeclared<'a> {
    const SPEC: Spec = Spec {
        name: "surplus_declared",
        label: Label { zh: "结余认定", en: "Surplus declared" },
        family: Family::Budget,
        articles: &[17],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[Flow(Committed, Surplus, Column::Nothing)],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::WrongStage,
            Refused::NotForGifts,
            Refused::NotHolder,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @committed @accepted | when kb-finance surplus_declared project=P1 lots=L1:300 | then L1 300 committed/P1/130723 > surplus/130723
        given @committed @accepted | when kb-finance surplus_declared project=P1 lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @L1 @P1; hb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02; kb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02; @accepted | when kb-finance surplus_declared project=P1 lots=L1:150 | then L1 100 committed/P1/130000 > surplus/130723, L1 50 committed/P1/130723 > surplus/130723
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:40 date=2017-05-02; kb-finance funds_committed project=P1 from=available lots=L3:30 date=2017-05-02; @accepted | when kb-finance surplus_declared project=P1 lots=L3:50 | then L3 30 committed/P1/130723 > surplus/130723, L3 20 committed/P1/130723/K1 > surplus/130723
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300; kb-finance entry_reversed reverses=#last reason=x | when kb-finance surplus_declared project=P1 lots=L1:300 | then ok
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:300; kb-finance surplus_released lots=L1:1 | when kb-finance entry_reversed reverses=#surplus_declared reason=x | then refused funds_moved_on asked 300 left 299
        given @committed | when kb-finance surplus_declared project=P1 lots=L1:1 | then refused wrong_stage
        given @L1 @admitted | when kb-finance surplus_declared project=P1 lots=L1:1 | then refused wrong_stage
        given @committed | when kb-finance surplus_declared project=P9 lots=L1:1 | then refused unknown_project
        given @committed | when kb-finance surplus_declared project=P1 lots=L9:1 | then refused unknown_lot
        given @G1 @gifted @accepted | when kb-finance surplus_declared project=P1 lots=G1:1 | then refused not_for_gifts
        given @committed @accepted | when zb-finance surplus_declared project=P1 lots=L1:1 | then refused not_holder
        given @committed @accepted | when hb-finance surplus_declared project=P1 lots=L1:1 | then refused not_holder
        given @G1 @gifted @accepted | when kb-charity surplus_declared project=P1 lots=G1:1 | then refused not_authorised
        given @committed @accepted | when kb-finance surplus_declared project=P1 lots=[] | then refused malformed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        let finished = match project.row.stage {
            Stage::Accepted | Stage::Closed | Stage::Cancelled => true,
            Stage::Admitted | Stage::Approved => false,
        };
        case.require_of(Refused::WrongStage, finished, project.row.stage)?;
        for lot in &lots {
            let name = case.state.lot_name(lot.id);
            let fiscal = !lot.row.is_social();
            case.require_of(Refused::NotForGifts, fiscal, format_args!("lot {name}"))?;
        }
        case.stands_at(project)?;
        case.holds(&lots)?;
        let to = Place::Surplus(project.row.jurisdiction);
        let sources = case.sources(project).into_iter();
        let ways: Vec<Way> =
            sources.map(|source| Way { from: Place::Committed(project.id, source), to }).collect();
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            moving.draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }
}
