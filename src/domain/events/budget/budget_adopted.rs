//! A level puts its own poverty money into its annual budget 本级预算安排 (Article 16).
//!
//! Only own-level funds are adopted: money of a level above comes by its quota documents.

use crate::base::{Amount, Line, Year, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Fund;
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen, present};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A level adopts the budget of one of its own funds for a year.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetAdopted<'a> {
    /// The sum adopted.
    pub amount_fen: Amount,
    /// The fiscal year.
    pub fiscal_year: Year,
    /// The own-level fund.
    pub fund: Fund,
    /// The budget subject 科目; it informs and limits nothing.
    #[serde(borrow, default, deserialize_with = "present")]
    pub subject_code: Option<Line<'a>>,
}

impl<'a> Kind<'a> for BudgetAdopted<'a> {
    const SPEC: Spec = Spec {
        name: "budget_adopted",
        label: Label { zh: "本级预算安排", en: "Budget adopted" },
        family: Family::Budget,
        articles: &[5, 12, 16],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::NotHolder],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1000 | then ok
        when kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 subject_code=2130505 | then ok
        when kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=0 | then refused amount_out_of_range
        when zjk-finance budget_adopted fund=municipal_special fiscal_year=2017 amount_fen=1 | then ok
        when hb-finance budget_adopted fund=provincial_special fiscal_year=2017 amount_fen=1 | then ok
        given @budget | when kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 | then refused already_known
        given @budget | when kb-finance budget_adopted fund=county_own fiscal_year=2018 amount_fen=1 | then ok
        given @budget | when zb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 | then ok
        when kb-finance budget_adopted fund=municipal_special fiscal_year=2017 amount_fen=1 | then refused not_holder
        when hb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 | then refused not_holder
        when kb-finance budget_adopted fund=central_special fiscal_year=2017 amount_fen=1 | then refused malformed
        when kb-finance budget_adopted here=130722 fund=county_own fiscal_year=2017 amount_fen=1 | then refused not_authorised
        when kb-poverty budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 | then refused not_authorised
        given kb-finance period_closed period=2017-01 | when kb-finance budget_adopted fund=county_own fiscal_year=2018 amount_fen=1 date=2017-01-20 | then refused period_closed
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        own_level_shape(self.fund)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let key = (case.here(), self.fund, self.fiscal_year.get());
        let adopted = case.state.budgets.get(&key).is_some_and(|row| row.is_adopted);
        case.new_name(adopted, format_args!("{} of {}", self.fund, self.fiscal_year))?;
        case.own_level(self.fund)?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let key = (entry.here(), self.fund, self.fiscal_year.get());
        let row = state.budgets.change_or_add(key);
        assert!(!row.is_adopted, "a budget is adopted once");
        row.adopted = self.amount_fen.fen();
        row.is_adopted = true;
    }
}

/// The form of `fund` in budgets: one that a level's own budget pays.
pub(super) fn own_level_shape(fund: Fund) -> Result<(), Misshapen> {
    Misshapen::unless(
        fund.own_level().is_some(),
        "fund is one of county_own, municipal_special and provincial_special",
    )
}

impl Case<'_> {
    /// The fund is of the event's own level: a county's budget is not a city's (`not_holder`).
    pub(super) fn own_level(&self, fund: Fund) -> Check {
        let own = self.state.is_own_level(fund, self.here());
        self.require_of(Refused::NotHolder, own, format_args!("{fund} at {}", self.here()))
    }
}
