//! A closed month is opened again 反结账 (Article 6) by a body above, with a reason.
//!
//! Nobody opens his own books: a bureau opens those of jurisdictions below it and of custodians in
//! its scope, the province's inspector those of the province.

use crate::base::{Month, Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec, allowed};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role, Standing};
use crate::domain::state::{Books, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::period_closed::books_of;

/// A closed month is opened again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodReopened<'a> {
    /// The custodian whose books are opened; absent: the jurisdiction's.
    #[serde(borrow, default, deserialize_with = "present")]
    pub custodian: Option<Name<'a>>,
    /// The month.
    pub period: Month,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

impl<'a> Kind<'a> for PeriodReopened<'a> {
    const SPEC: Spec = Spec {
        name: "period_reopened",
        label: Label { zh: "反结账", en: "Period reopened" },
        family: Family::Correction,
        articles: &[6],
        posters: &[(Role::Bureau, Reach::OwnOrBelow), (Role::Inspector, Reach::Province)],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownCustodian, Refused::WrongStage, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given kb-finance period_closed period=2017-01 | when zjk-finance period_reopened here=130723 period=2017-01 reason=x | then ok
        given kb-finance period_closed period=2017-01 | when hb-finance period_reopened here=130723 period=2017-01 reason=x | then ok
        given kb-finance period_closed period=2017-01; hb-finance period_reopened here=130723 period=2017-01 reason=x | when kb-finance funds_received lot=L9 fund=central_special fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-01-31 | then ok
        given kb-finance period_closed period=2017-01; hb-finance period_reopened here=130723 period=2017-01 reason=x | when kb-finance period_closed period=2017-01 | then ok
        given kb-finance period_closed period=2017-01 | when kb-finance period_reopened period=2017-01 reason=x | then refused not_authorised
        given kb-finance period_closed period=2017-01 | when zb-finance period_reopened here=130723 period=2017-01 reason=x | then refused not_authorised
        when hb-finance period_reopened here=130723 period=2017-01 reason=x | then refused wrong_stage
        given kb-finance period_closed period=2017-01; hb-finance period_reopened here=130723 period=2017-01 reason=x | when hb-finance period_reopened here=130723 period=2017-01 reason=x | then refused wrong_stage
        given hb-finance period_closed period=2017-01 | when hb-discipline period_reopened period=2017-01 reason=x | then ok
        given hb-finance period_closed period=2017-01 | when hb-finance period_reopened period=2017-01 reason=x | then refused not_authorised
        given kb-finance period_closed period=2017-01 | when hb-discipline period_reopened here=130723 period=2017-01 reason=x | then refused not_authorised
        given hb-finance period_closed period=2017-01 | when hb-audit period_reopened period=2017-01 reason=x | then refused not_authorised
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when kb-finance period_reopened period=2017-01 custodian=kb-charity reason=x | then ok
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when zjk-finance period_reopened here=130723 period=2017-01 custodian=kb-charity reason=x | then ok
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when zjk-finance period_reopened period=2017-01 custodian=kb-charity reason=x | then ok
        given kb-charity period_closed period=2017-01 custodian=kb-charity; kb-finance period_reopened period=2017-01 custodian=kb-charity reason=x | when kb-charity funds_received lot=S1 fund=interest class=social custodian=kb-charity fiscal_year=2017 amount_fen=1 provider=x purpose=[] date=2017-01-31 | then ok
        given zb-charity period_closed period=2017-01 custodian=zb-charity | when kb-finance period_reopened period=2017-01 custodian=zb-charity reason=x | then refused not_holder
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when kb-charity period_reopened period=2017-01 custodian=kb-charity reason=x | then refused not_authorised
        given kb-charity period_closed period=2017-01 custodian=kb-charity | when hb-discipline period_reopened period=2017-01 custodian=kb-charity reason=x | then refused not_authorised
        given kb-finance period_closed period=2017-01 | when kb-finance period_reopened period=2017-01 custodian=kb-charity reason=x | then refused wrong_stage
        when kb-finance period_reopened period=2017-01 custodian=nobody reason=x | then refused unknown_custodian
        given kb-finance period_closed period=2017-01 | when hb-finance period_reopened here=130723 period=2017-01 | then refused malformed
    ";

    fn allows(&self, role: Role, standing: Standing) -> bool {
        let reach = match (role, self.custodian.is_some()) {
            (Role::Bureau, true) => Reach::OwnOrBelow,
            (Role::Bureau, false) => Reach::Below,
            (Role::Inspector, false) => Reach::Province,
            _ => return false,
        };
        reach.covers(standing) && allowed(&Self::SPEC, role, standing)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let custodian = self.custodian.map(|name| case.custodian(name)).transpose()?;
        let books = custodian.map_or(Books::Jurisdiction(case.here()), Books::Custodian);
        let closed = case.state.is_closed(books, self.period);
        case.require_of(Refused::WrongStage, closed, self.period)?;
        self.lies_here(case)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let books = books_of(entry.here(), self.custodian, state);
        let closed = state.closed_months.change_or_add((books, self.period));
        assert!(*closed, "a month is opened while it is closed");
        *closed = false;
    }
}

impl PeriodReopened<'_> {
    /// Every scope of the custodian lies in the event's jurisdiction or below (`not_holder`).
    ///
    /// Its grants tell, not its seat: a charity of the province may sit in a county, whose bureau
    /// is not above it.
    fn lies_here(&self, case: &Case<'_>) -> Check {
        let Some(custodian) = self.custodian else { return Ok(()) };
        let mut grants = case
            .state
            .principals
            .iter()
            .map(|(_, grant)| grant)
            .filter(|grant| grant.role == Role::Custodian && *grant.org == *custodian.as_str());
        let lies = grants.all(|grant| case.state.is_at_or_below(grant.scope, case.here()));
        case.require_of(Refused::NotHolder, lies, custodian)
    }
}
