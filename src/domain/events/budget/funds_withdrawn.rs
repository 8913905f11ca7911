//! Money leaves the ledger unspent 核减上缴 (Articles 5, 16, 22): a quota is cut, the provider gets it
//! back, or it is paid into the treasury.
//!
//! A gift never goes this way: it is refunded to its donor.

use crate::base::{
    Amount, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::movement::{Movements, Way};
use crate::domain::parts::{By, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Outside, Surplus},
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, Lot, State};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// The place that money is withdrawn from.
    pub enum WithdrawnFrom {
        Available "available" "待安排" "Available",
        Surplus "surplus" "结余" "Surplus",
    }
}

vocabulary! {
    /// Why money is withdrawn.
    pub enum WithdrawalReason {
        QuotaCut "quota_cut" "指标核减" "Quota cut",
        ReturnedToProvider "returned_to_provider" "退还提供方" "Returned to the provider",
        PaidIntoTreasury "paid_into_treasury" "上缴国库" "Paid into the treasury",
    }
}

/// Money leaves the ledger unspent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundsWithdrawn<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The bank's reference, exactly with money returned to its provider.
    #[serde(borrow, default, deserialize_with = "present")]
    pub bank_ref: Option<Name<'a>>,
    /// Available money or surplus.
    pub from: WithdrawnFrom,
    /// The lot that the money is of.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// Why.
    pub reason: WithdrawalReason,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for FundsWithdrawn<'a> {
    const SPEC: Spec = Spec {
        name: "funds_withdrawn",
        label: Label { zh: "核减上缴", en: "Funds withdrawn" },
        family: Family::Budget,
        articles: &[5, 16, 22],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[
            Flow(Available, Outside, Column::Withdrawn),
            Flow(Surplus, Outside, Column::Withdrawn),
        ],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::UnknownLot,
            Refused::NotForGifts,
            Refused::NotHolder,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1000 reason=quota_cut | then L3 1000 available/130723 > outside
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1001 reason=quota_cut | then refused insufficient_funds asked 1001 left 1000
        given @agri | when kb-finance funds_withdrawn lot=L3 from=surplus amount_fen=1 reason=paid_into_treasury | then refused insufficient_funds asked 1 left 0
        given @committed @accepted; kb-finance surplus_declared project=P1 lots=L1:200 | when kb-finance funds_withdrawn lot=L1 from=surplus amount_fen=200 reason=paid_into_treasury | then L1 200 surplus/130723 > outside
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then L3 1 available/130723 > outside
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider | then refused malformed
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=quota_cut bank_ref=W1 | then refused malformed
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=quota_cut transfer_fen=1 | then refused malformed
        given @agri | when kb-finance funds_withdrawn lot=L3 from=committed amount_fen=1 reason=quota_cut | then refused malformed
        given @agri; kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then refused duplicate_bank_reference
        given @agri; kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1000 reason=returned_to_provider bank_ref=W1 | then ok
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | when kb-finance funds_withdrawn lot=L1 from=available amount_fen=1 reason=paid_into_treasury | then ok
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=2 reason=returned_to_provider bank_ref=W1 transfer_fen=1 | then refused figures_differ asked 1 left 2
        given @agri; kb-finance funds_withdrawn lot=L3 from=available amount_fen=2 reason=returned_to_provider bank_ref=W1 transfer_fen=3 | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 transfer_fen=3 | then ok
        given @agri | when kb-finance funds_withdrawn lot=L9 from=available amount_fen=1 reason=quota_cut | then refused unknown_lot
        given @G1 | when kb-charity funds_withdrawn lot=G1 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then refused not_for_gifts
        given kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=100 provider=x purpose=[] | when kb-charity funds_withdrawn lot=S1 from=available amount_fen=100 reason=returned_to_provider bank_ref=W1 | then S1 100 available/130723 > outside
        given kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=100 provider=x purpose=[] | when kb-charity funds_withdrawn lot=S1 from=available amount_fen=1 reason=paid_into_treasury | then refused not_for_gifts
        given kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=100 provider=x purpose=[] | when zb-charity funds_withdrawn lot=S1 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then refused not_holder
        given kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=100 provider=x purpose=[] | when kb-finance funds_withdrawn lot=S1 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then refused not_holder
        given @agri | when kb-charity funds_withdrawn lot=L3 from=available amount_fen=1 reason=quota_cut | then refused not_holder
        given @L1 | when kb-finance funds_withdrawn lot=L1 from=available amount_fen=1 reason=quota_cut | then refused not_holder
        given @L1 | when kb-finance funds_withdrawn lot=L1 from=available amount_fen=1 reason=returned_to_provider bank_ref=W1 | then refused not_holder
        given @L1 | when kb-finance funds_withdrawn lot=L1 from=available amount_fen=600 reason=paid_into_treasury | then ok
        given @agri | when kb-finance funds_withdrawn lot=L3 from=available amount_fen=1 reason=quota_cut date=2017-02-28 | then refused date_before_origin
        given @budget; kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1000 provider=own purpose=[]; kb-finance funds_withdrawn lot=L9 from=available amount_fen=400 reason=quota_cut | when kb-finance funds_received lot=L8 fund=county_own fiscal_year=2017 amount_fen=401 provider=own purpose=[] | then refused budget_exceeded asked 401 left 400
        given @budget; kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1000 provider=own purpose=[]; kb-finance funds_withdrawn lot=L9 from=available amount_fen=400 reason=quota_cut; kb-finance entry_reversed reverses=#last reason=x | when kb-finance funds_received lot=L8 fund=county_own fiscal_year=2017 amount_fen=1 provider=own purpose=[] | then refused budget_exceeded asked 1 left 0
        given zjk-finance budget_adopted fund=municipal_special fiscal_year=2017 amount_fen=100; zjk-finance funds_received lot=L9 fund=municipal_special fiscal_year=2017 amount_fen=100 provider=own purpose=[]; zjk-finance allocation_made lot=L9 to=130723 amount_fen=50; kb-finance funds_withdrawn lot=L9 from=available amount_fen=50 reason=paid_into_treasury | when zjk-finance funds_received lot=L8 fund=municipal_special fiscal_year=2017 amount_fen=1 provider=own purpose=[] | then refused budget_exceeded asked 1 left 0
        given hb-finance funds_received lot=L9 fund=municipal_special fiscal_year=2017 amount_fen=100 provider=own purpose=[]; hb-finance allocation_made lot=L9 to=130700 amount_fen=50; zjk-finance funds_withdrawn lot=L9 from=available amount_fen=50 reason=paid_into_treasury | when zjk-finance funds_received lot=L8 fund=municipal_special fiscal_year=2017 amount_fen=1 provider=own purpose=[] | then refused budget_exceeded asked 1 left 0
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        Misshapen::unless(
            self.bank_ref.is_some() == (self.reason == WithdrawalReason::ReturnedToProvider),
            "bank_ref stands exactly with returned_to_provider",
        )?;
        Misshapen::unless(
            self.transfer_fen.is_none() || self.bank_ref.is_some(),
            "transfer_fen stands only with bank_ref",
        )
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        let (id, lot) = case.lot(self.lot)?;
        let returned = self.reason == WithdrawalReason::ReturnedToProvider;
        case.require_of(
            Refused::NotForGifts,
            !lot.is_gift() && (!lot.is_social() || returned),
            format_args!("lot {}", self.lot),
        )?;
        case.holds_lot(id, lot)?;
        self.came_here(case, lot)?;
        case.right_transfer(&bank)?;
        let from = match self.from {
            WithdrawnFrom::Available => Place::Available(case.here()),
            WithdrawnFrom::Surplus => Place::Surplus(case.here()),
        };
        let way = Way { from, to: Place::Outside };
        Ok(case.moving().draw(case.state, id, self.amount_fen, way))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        state.use_bank_reference(entry, &self.bank());
        let lot = state.lots.change(self.lot.as_str()).expect("the lot was known");
        lot.withdrawn =
            lot.withdrawn.plus(self.amount_fen).expect("a lot bounds what is withdrawn of it");
        self.count_in_budget(entry, state, false);
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        state.free_bank_reference(entry, &self.bank());
        let lot = state.lots.change(self.lot.as_str()).expect("the lot was known");
        lot.withdrawn =
            lot.withdrawn.minus(self.amount_fen).expect("a withdrawal is taken back once");
        self.count_in_budget(entry, state, true);
    }
}

impl FundsWithdrawn<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: self.bank_ref,
            direction: Direction::Out,
            sum: self.amount_fen.fen(),
            transfer: self.transfer_fen,
        }
    }

    /// A quota is cut, and a provider paid back, only where the lot was received: elsewhere the
    /// level above recalls it (`not_holder`).
    fn came_here(&self, case: &Case<'_>, lot: &Lot) -> Check {
        let anywhere = self.reason == WithdrawalReason::PaidIntoTreasury;
        case.require_of(
            Refused::NotHolder,
            anywhere || lot.receiver == case.here(),
            format_args!("lot {} was received at {}", self.lot, lot.receiver),
        )
    }

    /// What left again no longer counts as received under the budget that the lot came under.
    fn count_in_budget(&self, entry: &Entry<'_>, state: &mut State, received: bool) {
        let id = state.lot_id(self.lot.as_str()).expect("the lot was known");
        let lot = state.lot(id);
        if lot.receiver != entry.here() || !state.is_own_level(lot.fund, lot.receiver) {
            return;
        }
        let key = (lot.receiver, lot.fund, lot.year);
        state.budgets.change_or_add(key).received.change(self.amount_fen, received);
    }
}
