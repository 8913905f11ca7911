//! A poor county files its consolidation plan 整合方案备案, or a new version of it (Articles 5, 17).
//!
//! A version says anew what each line allows; what is used stays with its line, so no version falls
//! below it.

use crate::base::{Amount, Code, Fen, Name, Year, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::fund::Fund;
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Plan, PlanId, PlanLine, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A line of a plan: an item of agriculture-related money, or a fund.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedLine<'a> {
    /// The fund; exactly one of `fund` and `item` stands.
    #[serde(default, deserialize_with = "present")]
    pub fund: Option<Fund>,
    /// The item.
    #[serde(borrow, default, deserialize_with = "present")]
    pub item: Option<Name<'a>>,
    /// The sum planned.
    pub planned_fen: Amount,
}

/// A poor county files its consolidation plan, or a new version of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsolidationPlanFiled<'a> {
    /// The jurisdiction that it is filed with.
    pub filed_to: Code,
    /// The fiscal year of the plan.
    pub fiscal_year: Year,
    /// What may be consolidated, line by line.
    #[serde(borrow)]
    pub items: List<PlannedLine<'a>>,
    /// The plan's id, the same in every version.
    #[serde(borrow)]
    pub plan: Name<'a>,
    /// The version, from 1.
    pub version: u32,
}

impl<'a> Kind<'a> for ConsolidationPlanFiled<'a> {
    const SPEC: Spec = Spec {
        name: "consolidation_plan_filed",
        label: Label { zh: "整合方案备案", en: "Consolidation plan filed" },
        family: Family::Consolidation,
        articles: &[5, 17],
        posters: &[(Role::Bureau, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[
            Refused::UnknownJurisdiction,
            Refused::NotAPoorCounty,
            Refused::PlanVersion,
            Refused::BelowUsed,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":500},{\"fund\":\"work_relief\",\"planned_fen\":1}] filed_to=130000 version=1 | then ok
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=139999 version=1 | then refused unknown_jurisdiction
        when ca-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=1 | then refused not_a_poor_county
        when zjk-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=1 | then refused not_a_poor_county
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=0 | then refused plan_version
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=2 | then refused plan_version
        given @plan | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=1 | then refused plan_version
        given @plan | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=2 | then ok
        given @plan | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=3 | then refused plan_version
        given @plan | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2018 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=2 | then refused plan_version
        given @plan | when zb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=2 | then refused plan_version
        given @consolidated | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":400}] filed_to=130000 version=2 | then ok
        given @consolidated | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":399}] filed_to=130000 version=2 | then refused below_used asked 400 left 399
        given @consolidated | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"fund\":\"agri\",\"planned_fen\":900}] filed_to=130000 version=2 | then refused below_used asked 400 left 0
        given @consolidated; kb-finance consolidation_released plan=K1 lots=L3:400 | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[] filed_to=130000 version=2 | then ok
        given @consolidated; kb-finance entry_reversed reverses=#last reason=x | when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":1}] filed_to=130000 version=2 | then ok
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"planned_fen\":5}] filed_to=130000 version=1 | then refused malformed
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"fund\":\"agri\",\"planned_fen\":5}] filed_to=130000 version=1 | then refused malformed
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":5},{\"item\":\"a\",\"planned_fen\":5}] filed_to=130000 version=1 | then refused malformed
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":0}] filed_to=130000 version=1 | then refused amount_out_of_range
        when kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"a\",\"planned_fen\":9007199254740991},{\"item\":\"b\",\"planned_fen\":1}] filed_to=130000 version=1 | then refused amount_out_of_range
        when zjk-finance consolidation_plan_filed here=130723 plan=K1 fiscal_year=2017 items=[] filed_to=130000 version=1 | then refused not_authorised
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let items = self.items.as_slice();
        for (at, line) in items.iter().enumerate() {
            Misshapen::unless(
                line.fund.is_some() != line.item.is_some(),
                "a line of a plan names an item or a fund, and not both",
            )?;
            let same = |other: &PlannedLine<'_>| (other.fund, other.item) == (line.fund, line.item);
            Misshapen::unless(!items[..at].iter().any(same), "a line of a plan stands twice")?;
        }
        match Fen::sum(items.iter().map(|line| line.planned_fen)) {
            Some(_) => Ok(()),
            None => Err(Misshapen { code: Refused::AmountOutOfRange, reason: "the sum of items" }),
        }
    }

    fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
        each(self.filed_to);
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let here = case.state.jurisdiction(case.here());
        case.require_of(
            Refused::NotAPoorCounty,
            here.is_some_and(|row| row.was_poor),
            case.here(),
        )?;
        let filed = case.state.plan_id(self.plan.as_str());
        let right = match filed.map(|id| case.state.plans.at(id.index()).1) {
            None => self.version == 1,
            Some(plan) => {
                plan.jurisdiction == case.here()
                    && plan.year == self.fiscal_year.get()
                    && plan.version.checked_add(1) == Some(self.version)
            }
        };
        case.require_of(
            Refused::PlanVersion,
            right,
            format_args!("plan {} version {}", self.plan, self.version),
        )?;
        if let Some(id) = filed {
            self.not_below_used(case, id)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let id = self.filed(entry, state);
        for line in state.plan_lines_filed(id) {
            state.plan_lines.change_or_add((id, line)).planned = None;
        }
        for item in &self.items {
            let line = match item.item {
                Some(name) => Some(PlanLine::Item(state.introduce_party(name.as_str()))),
                None => item.fund.map(PlanLine::Fund),
            };
            let line = line.expect("a line names an item or a fund by its shape");
            let plan = state.plans.change_at(id.index());
            if !plan.lines.contains(&line) {
                plan.lines.push(line);
            }
            state.plan_lines.change_or_add((id, line)).planned = Some(item.planned_fen.fen());
        }
    }
}

impl ConsolidationPlanFiled<'_> {
    /// Makes the plan or its new version known.
    fn filed(&self, entry: &Entry<'_>, state: &mut State) -> PlanId {
        if let Some(id) = state.plan_id(self.plan.as_str()) {
            let plan = state.plans.change_at(id.index());
            assert!(plan.version < self.version, "a plan's version grows");
            plan.version = self.version;
            return id;
        }
        let plan = Plan {
            jurisdiction: entry.here(),
            year: self.fiscal_year.get(),
            version: self.version,
            lines: Vec::new(),
        };
        PlanId::new(state.plans.add(self.plan.as_str().into(), plan))
    }

    /// What this version plans for a line of earlier ones.
    fn planned(&self, state: &State, line: PlanLine) -> Fen {
        let found = self.items.iter().find(|item| match line {
            PlanLine::Item(id) => {
                item.item.is_some_and(|name| name.as_str() == state.party_name(id))
            }
            PlanLine::Fund(fund) => item.fund == Some(fund),
        });
        found.map(|item| item.planned_fen.fen()).unwrap_or_default()
    }

    /// No line, kept or left out, falls below what is used of it (`below_used`).
    fn not_below_used(&self, case: &Case<'_>, id: PlanId) -> Check {
        case.state.plan_lines_filed(id).into_iter().try_for_each(|line| {
            let used = case.state.plan_line_used(id, line);
            let planned = self.planned(case.state, line);
            let about = case.state.plan_line_name(line);
            case.require_within(Refused::BelowUsed, used, planned, about)
        })
    }
}
