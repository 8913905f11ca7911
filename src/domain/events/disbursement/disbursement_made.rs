//! Money leaves the bank 拨付 (Article 17): as an advance 预拨, a payment 支付, a subsidy batch 补贴发放
//! or a fee.
//!
//! An advance is not spending: it stands as advanced until vouchers account for it.

use crate::base::Date;
use crate::base::{
    Amount, Digest, Fen, Line, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{
    Basis, BasisKind, By, Exception, List, Lots, Misshapen, Voucher, exceptions_shape, present,
};
use crate::domain::place::{
    Place,
    PlaceKind::{Advanced, Committed, Spent},
};
use crate::domain::policy::PolicyKey;
use crate::domain::references::{Bank, Face};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// What kind of disbursement it is.
    pub enum DisbursementKind {
        Advance "advance" "预拨" "Advance",
        Payment "payment" "支付" "Payment",
        SubsidyBatch "subsidy_batch" "补贴发放" "Subsidy batch",
        Fee "fee" "手续费" "Fee",
    }
}

vocabulary! {
    /// How the money was paid.
    pub enum Method {
        Transfer "transfer" "转账" "Transfer",
        Treasury "treasury" "国库集中支付" "Treasury payment",
        Card "card" "一卡通" "Card",
        Cash "cash" "现金" "Cash",
    }
}

/// The households that a subsidy batch paid: a count and a list kept outside the chain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipients<'a> {
    /// How many.
    pub count: u32,
    /// SHA-256 of the list.
    pub list_sha256: Digest,
    /// Through whom they were paid.
    #[serde(borrow)]
    pub paid_through: Line<'a>,
}

/// Money leaves the bank.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisbursementMade<'a> {
    /// The bank's reference; for cash the voucher's number.
    #[serde(borrow)]
    pub bank_ref: Name<'a>,
    /// The paper that it rests on.
    #[serde(borrow)]
    pub basis: Basis<'a>,
    /// The rules that the fact broke, and why.
    #[serde(borrow, default)]
    pub exceptions: List<Exception<'a>>,
    /// Advance, payment, subsidy batch or fee.
    pub kind: DisbursementKind,
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// How it was paid.
    pub method: Method,
    /// Who was paid: a registered organization or a person's reference.
    #[serde(borrow)]
    pub payee: Name<'a>,
    /// A reference of the payee's account, never the number.
    #[serde(borrow, default, deserialize_with = "present")]
    pub payee_account: Option<Line<'a>>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// The households, exactly with a subsidy batch.
    #[serde(borrow, default, deserialize_with = "present")]
    pub recipients: Option<Recipients<'a>>,
    /// The budget subject 科目.
    #[serde(borrow, default, deserialize_with = "present")]
    pub subject_code: Option<Line<'a>>,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
    /// The vouchers that show how it was spent.
    #[serde(borrow, default)]
    pub vouchers: List<Voucher<'a>>,
}

/// The codes of this event that yield to an exception.
const YIELDING: &[Refused] = &[Refused::WrongStage, Refused::AdvanceAboveCap, Refused::FeeAboveCap];

impl<'a> Kind<'a> for DisbursementMade<'a> {
    const SPEC: Spec = Spec {
        name: "disbursement_made",
        label: Label { zh: "拨付", en: "Disbursement" },
        family: Family::Disbursement,
        articles: &[17, 19, 28],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Committed, Advanced, Column::Nothing),
            Flow(Committed, Spent, Column::Nothing),
        ],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::DuplicateVoucher,
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownOrganization,
            Refused::WrongStage,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::AdvanceAboveCap,
            Refused::FeeAboveCap,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:300 | then L1 300 committed/P1/130723 > spent/P1/130723
        given @committed | when kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:300 | then L1 300 committed/P1/130723 > advanced/kb-unit/P1/130723
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=p-77 method=cash bank_ref=B1 basis=@contract lots=L1:1 | then ok
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:301 | then refused insufficient_funds asked 301 left 300
        given @paid | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused duplicate_bank_reference
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:2 transfer_fen=3 | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 transfer_fen=3 | then ok
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:2 transfer_fen=3 | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:2 transfer_fen=3 | then refused duplicate_bank_reference
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:4 transfer_fen=3 | then refused figures_differ
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@invoice lots=L1:100 | then ok
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@invoice lots=L1:100 | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B2 basis=@invoice lots=L1:1 | then refused duplicate_voucher asked 1 left 0
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L9:1 | then refused unknown_lot
        given @committed | when kb-finance disbursement_made project=P9 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused unknown_project
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=nobody method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused unknown_organization
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 date=2017-04-27 | then refused wrong_stage
        given @committed | when zb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused not_holder
        given @coded @G1 @P1 | when kb-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=G1:1,G2:1 | then refused gift_not_alone
        given @committed @cap | when kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:201 | then refused advance_above_cap asked 201 left 200
        given @committed @cap | when kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:200 | then ok
        given @G1 @gifted | when kb-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B1 basis=@contract lots=G1:1 | then refused fee_above_cap asked 1 left 0
        given @committed | when kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then refused figures_differ
        given @committed | when kb-finance disbursement_made project=P1 kind=subsidy_batch payee=kb-unit method=card bank_ref=B1 basis=@contract lots=L1:1 | then refused malformed
    ";

    fn shape(&self, by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        vouchers_shape(&self.vouchers)?;
        Misshapen::unless(
            self.recipients.is_some() == (self.kind == DisbursementKind::SubsidyBatch),
            "recipients stand exactly with a subsidy batch",
        )?;
        exceptions_shape(&self.exceptions, YIELDING, by)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.ask(&self.exceptions);
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        case.faces_have_room(self.faces())?;
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        case.party(self.payee)?;
        case.excusable(
            Refused::WrongStage,
            project.row.takes_money_on(case.date()),
            project.row.stage,
        )?;
        case.alone(&lots)?;
        case.stands_at(project)?;
        case.holds(&lots)?;
        self.within_caps(case, &lots, project)?;
        self.accounted_for(case, project)?;
        case.right_transfer(&bank)?;
        let payee = case.state.party_or_next(self.payee.as_str());
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            let ways: Vec<Way> = case
                .sources(project)
                .into_iter()
                .map(|source| Way {
                    from: Place::Committed(project.id, source),
                    to: match self.kind {
                        DisbursementKind::Advance => Place::Advanced(payee, project.id, source),
                        DisbursementKind::Payment
                        | DisbursementKind::SubsidyBatch
                        | DisbursementKind::Fee => Place::Spent(project.id, source),
                    },
                })
                .collect();
            moving.draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }

    fn introduce(&self, _entry: &Entry<'_>, state: &mut State) {
        state.introduce_party(self.payee.as_str());
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let org = entry.event.by.org.as_str();
        state.use_bank_reference(entry, &self.bank());
        for face in self.faces() {
            state.use_face(org, &face);
        }
        for (lot, amount) in self.lines(state) {
            state.change_open(entry.facts.seq, lot, amount, true);
            if self.kind == DisbursementKind::Fee {
                let row = state.lots.change_at(lot.index());
                row.fees = row.fees.plus(amount).expect("a lot bounds its fees");
            }
        }
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        let org = entry.event.by.org.as_str();
        state.free_bank_reference(entry, &self.bank());
        for face in self.faces() {
            state.free_face(org, &face, face.used);
        }
        for (lot, amount) in self.lines(state) {
            state.change_open(entry.facts.seq, lot, amount, false);
            if self.kind == DisbursementKind::Fee {
                let row = state.lots.change_at(lot.index());
                row.fees = row.fees.less(amount);
            }
        }
    }
}

impl DisbursementMade<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: Some(self.bank_ref),
            direction: Direction::Out,
            sum: self.lots.sum(),
            transfer: self.transfer_fen,
        }
    }

    /// The faces that the event uses: the basis' own, then its vouchers'.
    pub fn faces(&self) -> impl Iterator<Item = Face<'_>> {
        self.basis_face().into_iter().chain(self.voucher_faces())
    }

    /// The face of the basis, of which the event uses its own sum; contracts and requests have
    /// none.
    pub fn basis_face(&self) -> Option<Face<'_>> {
        Face::of_basis(&self.basis, self.lots.sum())
    }

    /// The faces of its vouchers.
    pub fn voucher_faces(&self) -> impl Iterator<Item = Face<'_>> {
        self.vouchers.iter().map(Face::of_voucher)
    }

    fn lines(&self, state: &State) -> Vec<(crate::domain::state::LotId, Fen)> {
        let known = |name: Name<'_>| state.lot_id(name.as_str()).expect("the lot was known");
        self.lots.iter().map(|one| (known(one.lot), one.amount_fen.fen())).collect()
    }

    /// Advances stay under the cap's share of the approved sum; fees of a gift under its own cap.
    fn within_caps(&self, case: &Case<'_>, lots: &[LotOf<'_>], project: ProjectOf<'_>) -> Check {
        match self.kind {
            DisbursementKind::Advance => within_advance_cap(case, self.lots.sum(), project),
            DisbursementKind::Fee => lots.iter().try_for_each(|lot| {
                if !lot.row.is_gift() {
                    return Ok(());
                }
                let cap = lot.row.received.share_bp(case.state.wish(lot.row.intent).fee_cap_bp);
                let left = cap.less(lot.row.fees);
                case.excusable_within(Refused::FeeAboveCap, lot.amount.fen(), left, "fees")
            }),
            DisbursementKind::Payment | DisbursementKind::SubsidyBatch => Ok(()),
        }
    }

    /// A reimbursement, and a payment to the project's own unit, carries vouchers for its whole
    /// sum: otherwise it is an advance (`figures_differ`).
    fn accounted_for(&self, case: &Case<'_>, project: ProjectOf<'_>) -> Check {
        let to_unit = self.kind == DisbursementKind::Payment
            && *case.state.organization_name(project.row.unit) == *self.payee.as_str();
        if self.basis.kind != BasisKind::Reimbursement && !to_unit {
            return Ok(());
        }
        case.require_equal(vouchers_sum(&self.vouchers), self.lots.sum(), "the vouchers' sum")
    }
}

fn within_advance_cap(case: &Case<'_>, sum: Fen, project: ProjectOf<'_>) -> Check {
    let date: Date = case.date();
    let cap = case.state.policy(PolicyKey::AdvanceCapBp, project.row.jurisdiction, date);
    let cap = u16::try_from(cap).expect("a policy's value lies within its range");
    // At 10 000 no level has set a cap; a project without an approval has no sum to take a share
    // of.
    if cap == 10_000 || project.row.is_unapproved() {
        return Ok(());
    }
    let left = project.row.approved.share_bp(cap).less(project.row.advanced.fen());
    case.excusable_within(Refused::AdvanceAboveCap, sum, left, case.state.project_name(project.id))
}

/// The sum of vouchers, whose shape was checked.
pub(super) fn vouchers_sum(vouchers: &List<Voucher<'_>>) -> Fen {
    Fen::sum(vouchers.iter().map(|one| one.amount_fen)).expect("the shape's check bounds the sum")
}

/// The form of vouchers: a face no smaller than what is used of it, a sum within the bounds.
pub(super) fn vouchers_shape(vouchers: &List<Voucher<'_>>) -> Result<(), Misshapen> {
    let faces = vouchers.iter().all(|one| one.face_fen.is_none_or(|face| face >= one.amount_fen));
    Misshapen::unless(faces, "a voucher's face_fen is smaller than its amount_fen")?;
    match Fen::sum(vouchers.iter().map(|one| one.amount_fen)) {
        Some(_) => Ok(()),
        None => Err(Misshapen { code: Refused::AmountOutOfRange, reason: "the sum of vouchers" }),
    }
}
