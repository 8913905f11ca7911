//! Money comes in from outside the ledger 资金收到: a quota document's line, paired or designated
//! assistance, interest (Articles 4, 5, 16, 22 to 24).

use crate::base::{Amount, Line, Name, Year, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Column, Entry, Family, Flow, Kind, Spec};
use crate::domain::fund::{Category, Class, Fund};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::place::{
    Place,
    PlaceKind::{Available, Outside},
};
use crate::domain::references::Bank;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Direction, IntentId, Lot, LotId, OrganizationId, PairingKind, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// Money comes in from outside the ledger, as a new lot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundsReceived<'a> {
    /// How much.
    pub amount_fen: Amount,
    /// The bank's reference of the transfer.
    #[serde(borrow, default, deserialize_with = "present")]
    pub bank_ref: Option<Name<'a>>,
    /// The book it belongs to, where the fund does not tell.
    #[serde(default, deserialize_with = "present")]
    pub class: Option<Class>,
    /// Who holds it, for social money.
    #[serde(borrow, default, deserialize_with = "present")]
    pub custodian: Option<Name<'a>>,
    /// The fiscal year.
    pub fiscal_year: Year,
    /// The kind of its origin.
    pub fund: Fund,
    /// The item of agriculture-related money.
    #[serde(borrow, default, deserialize_with = "present")]
    pub item: Option<Name<'a>>,
    /// The new lot's id.
    #[serde(borrow)]
    pub lot: Name<'a>,
    /// The lot that it is interest of, or recovered from.
    #[serde(borrow, default, deserialize_with = "present")]
    pub of_lot: Option<Name<'a>>,
    /// The pairing that it comes by.
    #[serde(borrow, default, deserialize_with = "present")]
    pub pairing: Option<Name<'a>>,
    /// Who gave it.
    #[serde(borrow)]
    pub provider: Line<'a>,
    /// The categories that it may pay; empty: any.
    pub purpose: List<Category>,
    /// The budget subject 科目.
    #[serde(borrow, default, deserialize_with = "present")]
    pub subject_code: Option<Line<'a>>,
    /// The whole of the bank's transfer.
    #[serde(default, deserialize_with = "present")]
    pub transfer_fen: Option<Amount>,
}

impl<'a> Kind<'a> for FundsReceived<'a> {
    const SPEC: Spec = Spec {
        name: "funds_received",
        label: Label { zh: "资金收到", en: "Funds received" },
        family: Family::Budget,
        articles: &[4, 5, 16, 22, 23, 24],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[Flow(Outside, Available, Column::Received)],
        refuses: &[
            Refused::DuplicateBankReference,
            Refused::AlreadyKnown,
            Refused::UnknownLot,
            Refused::UnknownCustodian,
            Refused::UnknownPairing,
            Refused::NotHolder,
            Refused::NoLivePairing,
            Refused::BudgetExceeded,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when hb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=1000 provider=central purpose=[] | then L9 1000 outside > available/130000
        given @L1 | when hb-finance funds_received lot=L1 fund=central_special fiscal_year=2017 amount_fen=1 provider=central purpose=[] | then refused already_known
        given @budget | when kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1000 provider=own purpose=[] | then ok
        given @budget | when kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1001 provider=own purpose=[] | then refused budget_exceeded asked 1001 left 1000
        when kb-finance funds_received lot=L9 fund=county_own fiscal_year=2018 amount_fen=1 provider=own purpose=[] | then refused budget_exceeded asked 1 left 0
        given @pairing | when kb-finance funds_received lot=L9 fund=paired class=fiscal fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then ok
        given @pairing | when zb-finance funds_received lot=L9 fund=paired class=fiscal fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then refused no_live_pairing
        given @pairing | when kb-finance funds_received lot=L9 fund=designated class=fiscal fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then refused no_live_pairing
        given @pairing | when kb-finance funds_received lot=L9 fund=paired class=fiscal fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb date=2017-01-09 | then refused no_live_pairing
        when kb-finance funds_received lot=L9 fund=paired class=fiscal fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=none | then refused unknown_pairing
        given @pairing | when kb-charity funds_received lot=L9 fund=paired class=social custodian=kb-charity fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then ok
        given @pairing | when kb-charity funds_received lot=L9 fund=paired class=social custodian=zb-charity fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then refused not_holder
        given @pairing | when kb-charity funds_received lot=L9 fund=paired class=social custodian=road-co fiscal_year=2017 amount_fen=5 provider=bj purpose=[] pairing=cy-kb | then refused unknown_custodian
        when kb-charity funds_received lot=L9 fund=agri item=a fiscal_year=2017 amount_fen=5 provider=bj purpose=[] | then refused not_holder
        when kb-finance funds_received lot=L9 fund=interest fiscal_year=2017 amount_fen=5 provider=bank purpose=[] of_lot=L8 | then refused unknown_lot
        given @L1 | when kb-finance funds_received lot=L9 fund=interest fiscal_year=2017 amount_fen=5 provider=bank purpose=[] of_lot=L1 | then ok
        given @L1 | when kb-finance funds_received lot=L9 fund=interest fiscal_year=2017 amount_fen=5 provider=bank purpose=[] of_lot=L1 date=2017-02-28 | then refused date_before_origin
        when kb-finance funds_received lot=L9 fund=agri fiscal_year=2017 amount_fen=5 provider=bank purpose=[] | then refused malformed
        when kb-finance funds_received lot=L9 fund=agri item=a class=fiscal fiscal_year=2017 amount_fen=5 provider=bank purpose=[] | then refused malformed
        given kb-finance funds_received lot=L8 fund=agri item=a fiscal_year=2017 amount_fen=5 provider=bank purpose=[] bank_ref=B1 | when kb-finance funds_received lot=L9 fund=agri item=a fiscal_year=2017 amount_fen=5 provider=bank purpose=[] bank_ref=B1 | then refused duplicate_bank_reference
        when kb-finance funds_received lot=L9 fund=agri item=a fiscal_year=2017 amount_fen=5 provider=bank purpose=[] bank_ref=B1 transfer_fen=4 | then refused figures_differ
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let states_class =
            self.fund.states_class() || self.fund.follows_lot() && self.of_lot.is_none();
        let social = self.class == Some(Class::Social)
            || self.fund.follows_lot() && self.of_lot.is_some() && self.custodian.is_some();
        Misshapen::unless(self.fund != Fund::Donation, "a gift comes by donation_received")?;
        Misshapen::unless(
            self.class.is_some() == states_class,
            "class stands only with paired and designated, and with interest and recovered that name no of_lot",
        )?;
        Misshapen::unless(
            self.custodian.is_some() == social,
            "custodian stands exactly with social money",
        )?;
        Misshapen::unless(
            self.pairing.is_some() == self.fund.states_class(),
            "pairing stands exactly with paired and designated",
        )?;
        Misshapen::unless(
            self.item.is_some() == (self.fund == Fund::Agri),
            "item stands exactly with agri",
        )?;
        Misshapen::unless(
            self.of_lot.is_none() || self.fund.follows_lot(),
            "of_lot stands only with interest and recovered",
        )?;
        Misshapen::unless(
            self.transfer_fen.is_none() || self.bank_ref.is_some(),
            "transfer_fen stands only with bank_ref",
        )
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let bank = self.bank();
        case.new_bank_reference(&bank)?;
        case.new_name(case.state.lot_id(self.lot.as_str()).is_some(), self.lot)?;
        let of_lot = self.of_lot.map(|name| case.lot(name)).transpose()?;
        let custodian = self.custodian.map(|name| case.custodian(name)).transpose()?;
        let pairing = self.pairing.map(|name| case.pairing(name)).transpose()?;
        self.holds(case, of_lot.map(|(_, lot)| lot), custodian)?;
        if let Some(id) = pairing {
            let pairing = case.state.pairing(id);
            let of_kind =
                (pairing.kind == PairingKind::Designated) == (self.fund == Fund::Designated);
            let helps = case.state.is_at_or_below(pairing.helped, case.here());
            let live = pairing.is_live_on(case.date());
            case.require(Refused::NoLivePairing, of_kind && helps && live)?;
        }
        self.within_budget(case)?;
        case.right_transfer(&bank)?;
        if let Some((id, lot)) = of_lot {
            case.not_before(lot.received_on, format_args!("lot {}", case.state.lot_name(id)))?;
        }
        let lot = LotId::new(case.state.lots.len());
        Ok(case.moving().bring_in(lot, self.amount_fen, Place::Available(case.here())))
    }

    fn introduce(&self, entry: &Entry<'_>, state: &mut State) {
        let lot = self.lot_row(entry, state);
        state.lots.add(self.lot.as_str().into(), lot);
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        if state.is_own_level(self.fund, entry.here()) {
            let budget =
                state.budgets.change_or_add((entry.here(), self.fund, self.fiscal_year.get()));
            budget.received.change(self.amount_fen, true);
        }
        state.use_bank_reference(entry, &self.bank());
    }

    fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
        if state.is_own_level(self.fund, entry.here()) {
            let budget =
                state.budgets.change_or_add((entry.here(), self.fund, self.fiscal_year.get()));
            budget.received.change(self.amount_fen, false);
        }
        let lot = state.lots.change(self.lot.as_str()).expect("the receipt made the lot known");
        lot.reversed = true;
        state.free_bank_reference(entry, &self.bank());
    }
}

impl FundsReceived<'_> {
    /// The bank reference as the event uses it.
    pub fn bank(&self) -> Bank<'_> {
        Bank {
            reference: self.bank_ref,
            direction: Direction::In,
            sum: self.amount_fen.fen(),
            transfer: self.transfer_fen,
        }
    }

    /// Social money comes to its custodian, fiscal money to a bureau; interest to the holder of its
    /// lot.
    fn holds(
        &self,
        case: &Case<'_>,
        of_lot: Option<&Lot>,
        custodian: Option<OrganizationId>,
    ) -> Check {
        let class = of_lot.map(|lot| lot.class).or(self.class).unwrap_or(Class::Fiscal);
        let holds = match class {
            Class::Fiscal => !case.is_custodian(),
            Class::Social => {
                let holder = of_lot.and_then(|lot| lot.custodian).or(custodian);
                case.is_custodian() && holder == case.organization_here()
            }
        };
        case.require_of(Refused::NotHolder, holds, format_args!("lot {}", self.lot))
    }

    /// Own-level money stays within the adopted budget of fund and year (Article 16).
    fn within_budget(&self, case: &Case<'_>) -> Check {
        if !case.state.is_own_level(self.fund, case.here()) {
            return Ok(());
        }
        let key = (case.here(), self.fund, self.fiscal_year.get());
        let left = case
            .state
            .budgets
            .get(&key)
            .map(|row| row.adopted.less(row.received.fen()))
            .unwrap_or_default();
        case.require_within(
            Refused::BudgetExceeded,
            self.amount_fen.fen(),
            left,
            format_args!("{} of {}", self.fund, self.fiscal_year),
        )
    }

    fn lot_row(&self, entry: &Entry<'_>, state: &mut State) -> Lot {
        let organization = state.organization_id(entry.event.by.org.as_str());
        let of_lot = self.of_lot.and_then(|name| state.lot_id(name.as_str()));
        let of = of_lot.map(|id| state.lot(id).clone());
        let class = of.as_ref().map(|lot| lot.class).or(self.class).unwrap_or(Class::Fiscal);
        let custodian = match class {
            Class::Fiscal => None,
            Class::Social => organization,
        };
        Lot {
            fund: self.fund,
            class,
            item: self.item.map(|item| state.introduce_party(item.as_str())),
            year: self.fiscal_year.get(),
            received_on: entry.event.business_date,
            receiver: entry.here(),
            received_by: organization,
            custodian,
            purpose: match &of {
                Some(lot) => lot.purpose,
                None => self.purpose.iter().fold(0, |bits, one| bits | one.bit()),
            },
            pairing: self.pairing.and_then(|name| state.pairing_id(name.as_str())),
            of_lot,
            donor: None,
            campaign: None,
            intent: of.as_ref().map_or(IntentId::new(0), |lot| lot.intent),
            had_code: false,
            reversed: false,
            received: self.amount_fen.fen(),
            withdrawn: Default::default(),
            refunded: Default::default(),
            spent: Default::default(),
            fees: Default::default(),
            receipted: Default::default(),
            live_receipts: 0,
            last_moved: entry.facts.seq,
        }
    }
}
