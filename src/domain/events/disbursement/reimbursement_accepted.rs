//! Vouchers account for an advance 报账 (Articles 17, 19): what was advanced to a unit is spent.
//!
//! The vouchers, never the paper that the advance rested on: a contract and a request are no
//! vouchers, and the face of an invoice or list was used when the advance was paid. Which advance
//! is accounted for is not told; a basis whose face has room left beyond its advance can therefore
//! not be told from a voucher.

use crate::base::{Fen, Name, words::Label};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way, shortage};
use crate::domain::parts::{By, List, Lots, Misshapen, Voucher};
use crate::domain::place::{
    Place,
    PlaceKind::{Advanced, Spent},
    Source,
};
use crate::domain::references::Face;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::disbursement_made::{vouchers_shape, vouchers_sum};

/// Vouchers account for an advance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReimbursementAccepted<'a> {
    /// The money that is spent now.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Whose advance it was.
    #[serde(borrow)]
    pub unit: Name<'a>,
    /// The vouchers that show how it was spent; in sum equal to the lots.
    #[serde(borrow)]
    pub vouchers: List<Voucher<'a>>,
}

impl<'a> Kind<'a> for ReimbursementAccepted<'a> {
    const SPEC: Spec = Spec {
        name: "reimbursement_accepted",
        label: Label { zh: "报账", en: "Reimbursement accepted" },
        family: Family::Disbursement,
        articles: &[17, 19],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Advanced, Spent, Column::Nothing)],
        refuses: &[
            Refused::DuplicateVoucher,
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=@vouchers:300 | then L1 300 advanced/kb-unit/P1/130723 > spent/P1/130723
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:299 vouchers=@vouchers:299 | then ok
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:301 vouchers=@vouchers:301 | then refused insufficient_funds asked 301 left 300
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=@vouchers:299 | then refused figures_differ asked 299 left 300
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=@vouchers:301 | then refused figures_differ asked 301 left 300
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=[] | then refused figures_differ asked 0 left 300
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 | then refused malformed
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=[{"kind":"contract","number":"HT-1","sha256":"@digest","amount_fen":1}] | then refused malformed
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:2 vouchers=[{"kind":"other","number":"V","sha256":"@digest","amount_fen":2,"face_fen":1}] | then refused malformed
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:2 vouchers=[{"kind":"other","number":"V","sha256":"@digest","amount_fen":2,"face_fen":3}] | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=[{"kind":"other","number":"V","sha256":"@digest","amount_fen":1,"face_fen":3}] | then ok
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:2 vouchers=[{"kind":"other","number":"V","sha256":"@digest","amount_fen":2,"face_fen":3}] | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:2 vouchers=[{"kind":"other","number":"V","sha256":"@digest","amount_fen":2,"face_fen":3}] | then refused duplicate_voucher asked 2 left 1
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | then refused duplicate_voucher asked 1 left 0
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=[{"kind":"receipt","number":"SJ-1","sha256":"efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef","amount_fen":1}] | then refused duplicate_voucher asked 1 left 0
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=@vouchers:300; kb-finance entry_reversed reverses=#last reason=x | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:300 vouchers=@vouchers:300 | then ok
        given @committed; kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@invoice lots=L1:100 | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:100 vouchers=[{"kind":"invoice","number":"FP-1","sha256":"@digest","amount_fen":100}] | then refused duplicate_voucher asked 100 left 0
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L9:1 vouchers=@vouchers:1 | then refused unknown_lot
        given @advanced | when kb-finance reimbursement_accepted project=P9 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | then refused unknown_project
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=nobody lots=L1:1 vouchers=@vouchers:1 | then refused unknown_organization
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=p-77 lots=L1:1 vouchers=@vouchers:1 | then refused insufficient_funds asked 1 left 0
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=road-co lots=L1:1 vouchers=@vouchers:1 | then refused insufficient_funds asked 1 left 0
        given @advanced | when kb-finance reimbursement_accepted project=P1 unit=road-co lots=L1:1 vouchers=@vouchers:1 date=2017-02-28 | then refused date_before_origin
        given @advanced | when zb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | then refused not_holder
        given @advanced | when hb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | then refused not_holder
        given @advanced | when kb-charity reimbursement_accepted project=P1 unit=kb-unit lots=L1:1 vouchers=@vouchers:1 | then refused not_holder
        given @coded @G1 @gifted | when kb-charity reimbursement_accepted project=P1 unit=kb-unit lots=G1:1,G2:1 vouchers=@vouchers:2 | then refused gift_not_alone
        given @twosources; kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:150 | when kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:120 vouchers=@vouchers:120 | then L1 100 advanced/kb-unit/P1/130000 > spent/P1/130000, L1 20 advanced/kb-unit/P1/130723 > spent/P1/130723
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        vouchers_shape(&self.vouchers)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.faces_have_room(self.faces())?;
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        case.party(self.unit)?;
        case.alone(&lots)?;
        case.stands_at(project)?;
        case.holds(&lots)?;
        case.require_equal(vouchers_sum(&self.vouchers), self.lots.sum(), "the vouchers' sum")?;
        self.spend(case, &lots, project)
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        for face in self.faces() {
            state.use_face(entry.event.by.org.as_str(), &face);
        }
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        for face in self.faces() {
            state.free_face(entry.event.by.org.as_str(), &face, face.used);
        }
    }
}

impl ReimbursementAccepted<'_> {
    fn faces(&self) -> impl Iterator<Item = Face<'_>> {
        self.vouchers.iter().map(Face::of_voucher)
    }

    fn spend(
        &self,
        case: &Case<'_>,
        lots: &[LotOf<'_>],
        project: ProjectOf<'_>,
    ) -> Result<Movements, Refusal> {
        let sources = case.sources(project);
        let Some(unit) = case.state.party_id(self.unit.as_str()) else {
            return self.never_advanced(case, lots, sources[0]);
        };
        let ways: Vec<Way> = sources
            .iter()
            .map(|source| Way {
                from: Place::Advanced(unit, project.id, *source),
                to: Place::Spent(project.id, *source),
            })
            .collect();
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            moving.draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }

    /// A name that no money was ever with has no place yet; the refusal names the one it would
    /// have.
    fn never_advanced(
        &self,
        case: &Case<'_>,
        lots: &[LotOf<'_>],
        source: Source,
    ) -> Result<Movements, Refusal> {
        for lot in lots {
            case.not_before(lot.row.received_on, case.state.lot_name(lot.id))?;
        }
        let lot = lots.first().expect("the shape asks for at least one lot");
        let source = source.path(case.state);
        let place = format!("advanced/{}/{}/{source}", self.unit, self.project);
        Ok(Movements::none_if(Err(shortage(
            case.state,
            lot.id,
            place,
            lot.amount.fen(),
            Fen::ZERO,
        ))))
    }
}
