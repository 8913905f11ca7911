//! Money of a disbursement comes back 退回 (Articles 17, 28): an advance that was not used, a
//! settlement that came out lower, a transfer that bounced.
//!
//! It is committed again, with the source it came from; after the project's end fiscal money is
//! surplus of the project's jurisdiction and social money is available where it came from. The
//! basis gets back the face of what returned, the vouchers theirs once nothing remains of the
//! disbursement.

use crate::base::{Amount, Date, EventId, Fen, Name, Text, words::Label};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Column, Data, Entry, Family, Flow, Kind, Spec, Type};
use crate::domain::movement::{Movements, Way, shortage};
use crate::domain::parts::{By, Lots, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Advanced, Available, Committed, Spent, Surplus},
    Source,
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, LotId, PartyId, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::disbursement_made::{DisbursementKind, DisbursementMade};

/// Money of a disbursement comes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisbursementReturned<'a> {
    /// The bank's reference of what came in.
    #[serde(borrow, default, deserialize_with = "present")]
    pub bank_ref: Option<Name<'a>>,
    /// The money.
    #[serde(borrow)]
    pub lots: Lots<'a>,
    /// The project.
    #[serde(borrow)]
    pub project: Name<'a>,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
    /// The disbursement, of the same project.
    pub reverses: EventId,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for DisbursementReturned<'a> {
    const SPEC: Spec = Spec {
        name: "disbursement_returned",
        label: Label { zh: "拨付退回", en: "Disbursement returned" },
        family: Family::Disbursement,
        articles: &[17, 28],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Advanced, Committed, Column::Nothing),
            Flow(Advanced, Surplus, Column::Nothing),
            Flow(Advanced, Available, Column::Recalled),
            Flow(Spent, Committed, Column::Nothing),
            Flow(Spent, Surplus, Column::Nothing),
            Flow(Spent, Available, Column::Recalled),
        ],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownEvent,
            Refused::GiftNotAlone,
            Refused::NotHolder,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        given @consolidated @P1; kb-finance funds_committed project=P1 from=consolidated plan=K1 lots=L3:100; kb-finance funds_committed project=P1 from=available lots=L3:100; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L3:150 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L3:120 reason=x | then L3 100 spent/P1/130723 > committed/P1/130723, L3 20 spent/P1/130723/K1 > committed/P1/130723/K1
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:300 reason=x | then L1 300 spent/P1/130723 > committed/P1/130723
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:299 reason=x bank_ref=R1 | then ok
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:301 reason=x | then refused insufficient_funds asked 301 left 300
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:299 reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:2 reason=x | then refused insufficient_funds asked 2 left 1
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:299 reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x | then ok
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B2 basis=@contract lots=L1:299 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:2 reason=x | then refused insufficient_funds asked 2 left 1
        given @paid; kb-finance entry_reversed reverses=#paid reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x | then refused insufficient_funds asked 1 left 0
        given @paid @agri | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L3:1 reason=x | then refused insufficient_funds asked 1 left 0
        given @advanced | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:300 reason=x | then L1 300 advanced/kb-unit/P1/130723 > committed/P1/130723
        given @advanced; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:250 vouchers=@vouchers:250 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:60 reason=x | then L1 50 advanced/kb-unit/P1/130723 > committed/P1/130723, L1 10 spent/P1/130723 > committed/P1/130723
        given @twosources; kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:150; kb-finance reimbursement_accepted project=P1 unit=kb-unit lots=L1:120 vouchers=@vouchers:120 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:50 reason=x | then L1 30 advanced/kb-unit/P1/130723 > committed/P1/130723, L1 20 spent/P1/130000 > committed/P1/130000
        given @paid @accepted; kb-poverty project_closed project=P1 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x | then L1 5 spent/P1/130723 > surplus/130723
        given @paid; kb-poverty project_cancelled project=P1 reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x | then L1 5 spent/P1/130723 > surplus/130723
        given @twosources; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:200; kb-poverty project_cancelled project=P1 reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x | then L1 5 spent/P1/130000 > surplus/130723
        given @paid @accepted; kb-poverty project_closed project=P1; kb-poverty project_reopened project=P1 reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x | then L1 5 spent/P1/130723 > committed/P1/130723
        given @given | when kb-charity disbursement_returned reverses=#paid project=P1 lots=G1:5 reason=x | then G1 5 spent/P1/130723 > committed/P1/130723
        given @given @accepted; kb-poverty project_closed project=P1 | when kb-charity disbursement_returned reverses=#paid project=P1 lots=G1:5 reason=x | then G1 5 spent/P1/130723 > available/130723
        given @G3 @P1; zjk-charity funds_committed project=P1 from=available lots=G3:200; zjk-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=G3:200; kb-poverty project_cancelled project=P1 reason=x | when zjk-charity disbursement_returned reverses=#paid project=P1 lots=G3:5 reason=x | then G3 5 spent/P1/130700 > available/130700
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x | when kb-finance entry_reversed reverses=#paid reason=x | then refused funds_moved_on
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x; kb-finance entry_reversed reverses=#last reason=x | when kb-finance entry_reversed reverses=#paid reason=x | then L1 300 spent/P1/130723 > committed/P1/130723
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:300 reason=x; kb-finance entry_reversed reverses=#last reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:300 reason=x | then ok
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=R1 | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=R1 | then refused duplicate_bank_reference
        given @paid; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=R1; kb-finance entry_reversed reverses=#last reason=x | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=R1 | then ok
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=B1 | then ok
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x bank_ref=R1 transfer_fen=4 | then refused figures_differ
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:5 reason=x transfer_fen=5 | then refused malformed
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L9:1 reason=x | then refused unknown_lot
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P9 lots=L1:1 reason=x | then refused unknown_project
        given @paid | when kb-finance disbursement_returned reverses=00000000-0000-0000-0000-00000000ffff project=P1 lots=L1:1 reason=x | then refused unknown_event
        given @paid | when kb-finance disbursement_returned reverses=#commit project=P1 lots=L1:1 reason=x | then refused unknown_event
        given @paid @P2 | when kb-finance disbursement_returned reverses=#paid project=P2 lots=L1:1 reason=x | then refused unknown_event
        given @paid | when zb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x | then refused not_holder
        given @paid | when kb-charity disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x | then refused not_holder
        given @given | when kb-finance disbursement_returned reverses=#paid project=P1 lots=G1:1 reason=x | then refused not_holder
        given @given | when zjk-charity disbursement_returned reverses=#paid project=P1 lots=G1:1 reason=x | then refused not_holder
        given @given @coded | when kb-charity disbursement_returned reverses=#paid project=P1 lots=G1:1,G2:1 reason=x | then refused gift_not_alone
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x date=2017-05-09 | then refused date_before_origin
        given @paid | when kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x date=2017-05-10 | then ok
        given @invoiced; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:40 reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B2 basis=@invoice lots=L1:41 | then refused duplicate_voucher asked 41 left 40
        given @invoiced; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:40 reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B2 basis=@invoice lots=L1:40 | then ok
        given @invoiced; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:40 reason=x; kb-finance entry_reversed reverses=#last reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B2 basis=@invoice lots=L1:1 | then refused duplicate_voucher asked 1 left 0
        given @vouched; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:99 reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B2 basis=@contract vouchers=@vouchers:100 lots=L1:100 | then refused duplicate_voucher asked 100 left 0
        given @vouched; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:99 reason=x; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B2 basis=@contract vouchers=@vouchers:100 lots=L1:100 | then ok
        given @vouched; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:99 reason=x; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:1 reason=x; kb-finance entry_reversed reverses=#before reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B2 basis=@contract vouchers=@vouchers:100 lots=L1:100 | then refused duplicate_voucher asked 100 left 0
        given @vouched; kb-finance disbursement_returned reverses=#paid project=P1 lots=L1:100 reason=x; kb-finance entry_reversed reverses=#last reason=x; kb-finance entry_reversed reverses=#paid reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B2 basis=@contract vouchers=@vouchers:100 lots=L1:100 | then ok
        given @charged | when zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B2 basis=@contract lots=G3:1 | then refused fee_above_cap asked 1 left 0
        given @charged; zjk-charity disbursement_returned reverses=#paid project=P1 lots=G3:20 reason=x | when zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B2 basis=@contract lots=G3:21 | then refused fee_above_cap asked 21 left 20
        given @charged; zjk-charity disbursement_returned reverses=#paid project=P1 lots=G3:20 reason=x | when zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B2 basis=@contract lots=G3:20 | then ok
        given @charged; zjk-charity disbursement_returned reverses=#paid project=P1 lots=G3:20 reason=x; zjk-charity entry_reversed reverses=#last reason=x | when zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B2 basis=@contract lots=G3:1 | then refused fee_above_cap asked 1 left 0
    "#;

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        self.lots.shape()?;
        let together = self.transfer_fen.is_none() || self.bank_ref.is_some();
        Misshapen::unless(together, "transfer_fen stands only with bank_ref")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        let lots = case.lots(&self.lots)?;
        let project = case.project(self.project)?;
        let paid = self.paid(case)?;
        case.alone(&lots)?;
        case.stands_at(project)?;
        case.holds(&lots)?;
        case.right_transfer(&bank)?;
        case.not_before(paid.on, self.reverses)?;
        Ok(lots.iter().fold(case.moving(), |moving, lot| {
            let ways = paid.ways(case, project, lot);
            moving
                .only_if(paid.remains(case, lot, ways[0].from))
                .draw_in_order(case.state, lot.id, lot.amount, &ways)
        }))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.use_bank_reference(entry, &self.bank());
        self.change_original(entry, state, true);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        state.free_bank_reference(entry, &self.bank());
        self.change_original(entry, state, false);
    }
}

/// What a return needs to know of the disbursement.
struct Paid {
    seq: u64,
    on: Date,
    /// Who got it, where it was an advance.
    advanced_to: Option<PartyId>,
}

impl Paid {
    /// Where the lot's money may come from and goes to: an advance's from what is still advanced
    /// first, then from what was spent of it.
    fn ways(&self, case: &Case<'_>, project: ProjectOf<'_>, lot: &LotOf<'_>) -> Vec<Way> {
        let back = |source: Source| match (project.row.has_ended(), lot.row.is_social()) {
            (false, _) => Place::Committed(project.id, source),
            (true, true) => source.place(),
            (true, false) => Place::Surplus(project.row.jurisdiction),
        };
        let sources = case.sources(project);
        let advanced = self.advanced_to.into_iter().flat_map(|payee| {
            sources.iter().map(move |source| (Place::Advanced(payee, project.id, *source), *source))
        });
        let spent = sources.iter().map(|source| (Place::Spent(project.id, *source), *source));
        advanced.chain(spent).map(|(from, source)| Way { from, to: back(source) }).collect()
    }

    /// No more of the lot comes back than remains of the disbursement; a shortage of the place that
    /// it would come from (`insufficient_funds`).
    fn remains(&self, case: &Case<'_>, lot: &LotOf<'_>, from: Place) -> Check {
        let left = case.state.open_line(self.seq, lot.id);
        match lot.amount.fen() <= left {
            true => Ok(()),
            false => {
                let path = from.path(case.state);
                Err(shortage(case.state, lot.id, path, lot.amount.fen(), left)
                    .about("what remains of the disbursement"))
            }
        }
    }
}

impl DisbursementReturned<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: self.bank_ref,
            direction: Direction::In,
            sum: self.lots.sum(),
            transfer: self.transfer_fen,
        }
    }

    /// The disbursement, if it is one of this project (`unknown_event`).
    fn paid(&self, case: &Case<'_>) -> Result<Paid, Refusal> {
        let found = case.past(self.reverses, &[Type::DisbursementMade], |seq, past| {
            let Data::DisbursementMade(made) = &past.event.data else { return None };
            if made.project != self.project {
                return None;
            }
            let advanced_to = match made.kind {
                DisbursementKind::Advance => case.state.party_id(made.payee.as_str()),
                DisbursementKind::Payment
                | DisbursementKind::SubsidyBatch
                | DisbursementKind::Fee => None,
            };
            Some(Paid { seq, on: past.event.business_date, advanced_to })
        })?;
        found.ok_or_else(|| case.refuse(Refused::UnknownEvent).about(self.reverses))
    }

    /// Lowers what remains of the disbursement and gives back its faces and fees, or the reverse.
    fn change_original(&self, entry: &Entry<'_>, state: &mut State, returns: bool) {
        let seq = state.ids.seq(self.reverses).expect("the disbursement was known");
        let was_nothing = state.opens.get(&seq).is_none_or(|open| open.remaining.is_zero());
        let lines: Vec<(LotId, Fen)> = self
            .lots
            .iter()
            .map(|one| {
                let lot = state.lot_id(one.lot.as_str()).expect("the lot was known");
                (lot, one.amount_fen.fen())
            })
            .collect();
        for (lot, amount) in &lines {
            state.change_open(seq, *lot, *amount, !returns);
        }
        let open = state.opens.change(&seq).expect("a disbursement is open until it is reversed");
        open.named_by = match returns {
            true => open.named_by.checked_add(1),
            false => open.named_by.checked_sub(1),
        }
        .expect("each live return names the disbursement once");
        let is_nothing = open.remaining.is_zero();
        entry.facts.look(seq, |past| {
            let Data::DisbursementMade(made) = &past.event.data else {
                unreachable!("a return names a disbursement")
            };
            let org = past.event.by.org.as_str();
            give_back_faces(made, org, self.lots.sum(), returns, is_nothing != was_nothing, state);
            if made.kind == DisbursementKind::Fee {
                for (lot, amount) in &lines {
                    let row = state.lots.change_at(lot.index());
                    row.fees = match returns {
                        true => row.fees.minus(*amount),
                        false => row.fees.plus(*amount),
                    }
                    .expect("fees are returned and charged again in the sums they were paid in");
                }
            }
        });
    }
}

/// The basis gets back the face of what returned; the vouchers get theirs back when the last of the
/// disbursement has returned, and lose it again when such a return is reversed.
fn give_back_faces(
    made: &DisbursementMade<'_>,
    org: &str,
    sum: Fen,
    returns: bool,
    vouchers_too: bool,
    state: &mut State,
) {
    let basis = made.basis_face().map(|face| crate::domain::references::Face { used: sum, ..face });
    let vouchers = made.voucher_faces().filter(|_| vouchers_too);
    for face in basis.into_iter().chain(vouchers) {
        match returns {
            true => state.free_face(org, &face, face.used),
            false => state.use_face(org, &face),
        }
    }
}
