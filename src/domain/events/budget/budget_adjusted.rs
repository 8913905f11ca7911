//! A level changes the budget of one of its own funds within the year 预算调整 (Article 16).
//!
//! The budget never falls below what came in under it. What stands before an adoption is nothing,
//! so a fund that the annual budget left out begins with an adjustment from zero.

use crate::base::{Fen, Year, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Fund;
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::budget_adopted::own_level_shape;

/// A level changes the budget of one of its own funds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetAdjusted {
    /// The fiscal year.
    pub fiscal_year: Year,
    /// The sum that stands now; may be zero.
    pub from_fen: Fen,
    /// The own-level fund.
    pub fund: Fund,
    /// The sum that stands from now on; may be zero.
    pub to_fen: Fen,
}

impl<'a> Kind<'a> for BudgetAdjusted {
    const SPEC: Spec = Spec {
        name: "budget_adjusted",
        label: Label { zh: "本级预算调整", en: "Budget adjusted" },
        family: Family::Budget,
        articles: &[5, 12, 16],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[Refused::NotHolder, Refused::BelowReceived, Refused::FiguresDiffer],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @budget | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=1500 | then ok
        given @budget; kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=1500 | when kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1500 provider=own purpose=[] | then ok
        given @budget; kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=1500 | when kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=1501 provider=own purpose=[] | then refused budget_exceeded asked 1501 left 1500
        given @budget | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=0 | then ok
        given @budget; kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=600 provider=own purpose=[] | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=600 | then ok
        given @budget; kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=600 provider=own purpose=[] | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=599 | then refused below_received asked 600 left 599
        given @budget; kb-finance funds_received lot=L9 fund=county_own fiscal_year=2017 amount_fen=600 provider=own purpose=[]; kb-finance funds_withdrawn lot=L9 from=available amount_fen=100 reason=quota_cut | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=1000 to_fen=500 | then ok
        given @budget | when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=999 to_fen=1500 | then refused figures_differ asked 999 left 1000
        given @budget | when kb-finance budget_adjusted fund=county_own fiscal_year=2018 from_fen=1000 to_fen=1500 | then refused figures_differ asked 1000 left 0
        when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=0 to_fen=5 | then ok
        given kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=0 to_fen=5 | when kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1 | then refused already_known
        when kb-finance budget_adjusted fund=municipal_special fiscal_year=2017 from_fen=0 to_fen=5 | then refused not_holder
        when kb-finance budget_adjusted fund=agri fiscal_year=2017 from_fen=0 to_fen=5 | then refused malformed
        when kb-finance budget_adjusted fund=county_own fiscal_year=2017 from_fen=0 to_fen=-1 | then refused amount_out_of_range
        when zjk-finance budget_adjusted here=130723 fund=county_own fiscal_year=2017 from_fen=0 to_fen=5 | then refused not_authorised
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        own_level_shape(self.fund)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.own_level(self.fund)?;
        let key = (case.here(), self.fund, self.fiscal_year.get());
        let budget = case.state.budgets.get(&key).cloned().unwrap_or_default();
        let about = format_args!("{} of {}", self.fund, self.fiscal_year);
        case.require_within(Refused::BelowReceived, budget.received.fen(), self.to_fen, about)?;
        case.require_equal(self.from_fen, budget.adopted, "from_fen")?;
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let key = (entry.here(), self.fund, self.fiscal_year.get());
        let row = state.budgets.change_or_add(key);
        assert!(row.adopted == self.from_fen, "a budget is adjusted from the sum that stands");
        row.adopted = self.to_fen;
        row.is_adopted = true;
    }
}
