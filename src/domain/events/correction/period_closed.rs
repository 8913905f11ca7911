//! A month is closed in a jurisdiction's or a custodian's books 结账 (Article 6): nothing more is
//! dated into it.
//!
//! Months of a year are closed in order. A bureau closes its jurisdiction's books, a custodian its
//! own.

use crate::base::{Code, Month, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec, allowed};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role, Standing};
use crate::domain::state::{Books, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A month is closed in a jurisdiction's or a custodian's books.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodClosed<'a> {
    /// The custodian whose books are closed; absent: the jurisdiction's.
    #[serde(borrow, default, deserialize_with = "present")]
    pub custodian: Option<Name<'a>>,
    /// The month.
    pub period: Month,
    /// Why, where there is more to say.
    #[serde(borrow, default, deserialize_with = "present")]
    pub reason: Option<Text<'a, 2000>>,
}

impl<'a> Kind<'a> for PeriodClosed<'a> {
    const SPEC: Spec = Spec {
        name: "period_closed",
        label: Label { zh: "结账", en: "Period closed" },
        family: Family::Correction,
        articles: &[6],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownCustodian,
            Refused::WrongStage,
            Refused::NotHolder,
            Refused::PeriodNotOver,
            Refused::EarlierPeriodOpen,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-finance period_closed period=2017-01 date=2017-02-01 | then ok
        when kb-finance period_closed period=2017-01 date=2017-01-31 | then refused period_not_over
        when kb-finance period_closed period=2017-01 date=2016-12-31 | then refused period_not_over
        when kb-finance period_closed period=2017-02 | then refused earlier_period_open
        given kb-finance period_closed period=2017-01 | when kb-finance period_closed period=2017-02 | then ok
        given kb-finance period_closed period=2017-01 | when kb-finance period_closed period=2017-03 | then refused earlier_period_open
        given kb-finance period_closed period=2017-01 | when kb-finance period_closed period=2018-01 | then ok
        given kb-finance period_closed period=2017-01 | when kb-finance period_closed period=2017-01 | then refused wrong_stage
        given kb-finance period_closed period=2017-01 | when zb-finance period_closed period=2017-02 | then refused earlier_period_open
        given kb-finance period_closed period=2017-01; zjk-finance period_reopened here=130723 period=2017-01 reason=x | when kb-finance period_closed period=2017-02 | then refused earlier_period_open
        given kb-finance period_closed period=2017-01; kb-finance period_closed period=2017-02 | when kb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-02-28 | then refused period_closed
        given kb-finance period_closed period=2017-01; kb-finance period_closed period=2017-02 | when kb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-03-01 | then ok
        when kb-charity period_closed period=2017-01 custodian=kb-charity | then ok
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-01-31 | then refused period_closed
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when kb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-01-31 | then ok
        given kb-finance period_closed period=2017-01 | when kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-01-31 | then ok
        given kb-finance period_closed period=2017-01 | when kb-charity period_closed period=2017-02 custodian=kb-charity | then refused earlier_period_open
        when kb-charity period_closed period=2017-01 custodian=zb-charity | then refused not_holder
        when kb-charity period_closed period=2017-01 custodian=road-co | then refused unknown_custodian
        when kb-charity period_closed period=2017-01 | then refused not_authorised
        when kb-finance period_closed period=2017-01 custodian=kb-charity | then refused not_authorised
        when zjk-finance period_closed here=130723 period=2017-01 | then refused not_authorised
        when kb-finance period_closed period=2017-13 | then refused malformed
    ";

    fn allows(&self, role: Role, standing: Standing) -> bool {
        (role == Role::Custodian) == self.custodian.is_some()
            && allowed(&Self::SPEC, role, standing)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let custodian = self.custodian.map(|name| case.custodian(name)).transpose()?;
        let books = custodian.map_or(Books::Jurisdiction(case.here()), Books::Custodian);
        let open = !case.state.is_closed(books, self.period);
        case.require_of(Refused::WrongStage, open, self.period)?;
        let own = custodian.is_none() || custodian == case.organization_here();
        case.require(Refused::NotHolder, own)?;
        let over = self.period < case.date().month();
        case.require_of(Refused::PeriodNotOver, over, self.period)?;
        for earlier in self.period.earlier_in_year() {
            let closed = case.state.is_closed(books, earlier);
            case.require_of(Refused::EarlierPeriodOpen, closed, earlier)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let books = books_of(entry.here(), self.custodian, state);
        let closed = state.closed_months.change_or_add((books, self.period));
        assert!(!*closed, "a month is closed while it is open");
        *closed = true;
    }
}

/// The books that a recorded event closed or opened.
pub(super) fn books_of(here: Code, custodian: Option<Name<'_>>, state: &State) -> Books {
    match custodian {
        None => Books::Jurisdiction(here),
        Some(name) => {
            let id = state.organization_id(name.as_str());
            Books::Custodian(id.expect("the custodian was registered when this was decided"))
        }
    }
}
