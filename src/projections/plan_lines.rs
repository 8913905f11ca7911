//! Consolidation plans line by line: what the newest version plans, what was consolidated under
//! the line, and how much of it is arranged for projects (Articles 5, 17).
//!
//! Use stays with the line under which it was consolidated, whatever later versions say; a release
//! frees a lot's item first, and a reversal gives back exactly what its original took.

use super::path::Spot;
use super::{Fold, Told};
use crate::base::{Code, Date, EventId};
use crate::domain::events::ConsolidationPlanFiled;
use crate::domain::fund::Fund;
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Type};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// What a line of a plan is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// An item of agriculture-related money.
    Item(String),
    /// A fund.
    Fund(Fund),
}

/// A line of a plan; the amounts in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is of.
    pub of: Of,
    /// What the newest version plans; none where that has no such line any more.
    pub planned_fen: Option<i64>,
    /// Consolidated less released.
    pub used_fen: i64,
    /// Of it arranged for projects.
    pub arranged_fen: i64,
}

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// Whose it is.
    pub at: Code,
    /// Its fiscal year.
    pub year: u16,
    /// The newest version.
    pub version: u32,
    /// With whom it is filed.
    pub filed_to: Code,
    /// When the newest version was filed.
    pub filed_on: Date,
    /// The lines in the order of the newest version, then those of earlier ones.
    lines: Vec<(Of, Option<i64>)>,
    lots: BTreeMap<String, Held>,
}

/// What a lot has in a plan, in fen.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// Under its item's line, and under its fund's.
    under: [i64; 2],
    /// Of both not yet arranged.
    waiting: i64,
}

/// The fold behind the plans.
#[derive(Debug, Default)]
pub struct Plans {
    /// The plans by id.
    pub rows: BTreeMap<String, Plan>,
    /// The item and fund of each lot that could be consolidated.
    lots: HashMap<Box<str>, (Option<Box<str>>, Fund), RandomState>,
    /// What each event used of lines, or freed of them.
    by_event: HashMap<EventId, Vec<Took>, RandomState>,
}

/// What an event took for a lot: the plan, the lot, under its item and under its fund.
type Took = (String, String, [i64; 2]);

impl Plan {
    /// Its lines and what came of them.
    pub fn lines(&self, plans: &Plans) -> Vec<Line> {
        let line = |(of, planned): &(Of, Option<i64>)| Line {
            of: of.clone(),
            planned_fen: *planned,
            used_fen: 0,
            arranged_fen: 0,
        };
        let mut lines: Vec<Line> = self.lines.iter().map(line).collect();
        for (lot, held) in &self.lots {
            let Some((item, fund)) = plans.lots.get(lot.as_str()) else { continue };
            let mut arranged = held.under[0] + held.under[1] - held.waiting;
            let own = [item.as_ref().map(|item| Of::Item(item.to_string())), Some(Of::Fund(*fund))];
            for (of, used) in own.into_iter().zip(held.under) {
                let found = lines.iter_mut().find(|line| Some(&line.of) == of.as_ref());
                if let Some(line) = found {
                    line.used_fen += used;
                    // What is arranged of a lot counts under its item first, as it is released.
                    line.arranged_fen += arranged.min(used);
                    arranged -= arranged.min(used);
                }
            }
        }
        lines.retain(|line| line.planned_fen.is_some() || line.used_fen != 0);
        lines
    }

    /// Does the newest version have an item's line?
    fn plans_item(&self, item: Option<&str>) -> bool {
        let is = |of: &Of| matches!((of, item), (Of::Item(name), Some(item)) if name == item);
        self.lines.iter().any(|(of, planned)| planned.is_some() && is(of))
    }
}

impl Plans {
    fn file(&mut self, data: &ConsolidationPlanFiled<'_>, told: &Told<'_>) {
        let former = self.rows.remove(data.plan.as_str());
        let (former, lots) = former.map(|plan| (plan.lines, plan.lots)).unwrap_or_default();
        let mut lines: Vec<(Of, Option<i64>)> = Vec::new();
        for item in data.items.iter() {
            let of = match (item.item, item.fund) {
                (Some(name), _) => Of::Item(name.to_string()),
                (None, Some(fund)) => Of::Fund(fund),
                (None, None) => continue,
            };
            lines.push((of, Some(item.planned_fen.get())));
        }
        for (of, _) in former {
            if lines.iter().all(|(other, _)| *other != of) {
                lines.push((of, None));
            }
        }
        let plan = Plan {
            at: told.here,
            year: data.fiscal_year.get(),
            version: data.version,
            filed_to: data.filed_to,
            filed_on: told.date,
            lines,
            lots,
        };
        self.rows.insert(data.plan.to_string(), plan);
    }

    /// Money of a lot goes into a plan or comes out of it; `back` are the lines of what is undone.
    fn consolidate(
        &mut self,
        plan_id: &str,
        lot: &str,
        fen: i64,
        back: Option<[i64; 2]>,
        by: EventId,
    ) {
        let Some(plan) = self.rows.get_mut(plan_id) else { return };
        let item = self.lots.get(lot).and_then(|(item, _)| item.as_deref());
        let by_item = plan.plans_item(item);
        let held = plan.lots.entry(lot.to_owned()).or_default();
        let under = match back {
            Some([item, fund]) => [-item, -fund],
            None if fen > 0 && by_item => [fen, 0],
            None if fen > 0 => [0, fen],
            None => {
                let item = (-fen).min(held.under[0]);
                [-item, fen + item]
            }
        };
        held.under = [held.under[0] + under[0], held.under[1] + under[1]];
        let kept = self.by_event.entry(by).or_default();
        kept.push((plan_id.to_owned(), lot.to_owned(), under));
    }

    /// What an event that is undone used or freed for a lot in a plan.
    fn of_undone(&self, undone: Option<EventId>, plan: &str, lot: &str) -> Option<[i64; 2]> {
        let kept = self.by_event.get(&undone?)?.iter();
        let mut own = kept.filter(|(at, of, _)| at == plan && of == lot).peekable();
        own.peek()?;
        Some(own.fold([0, 0], |sum, (_, _, one)| [sum[0] + one[0], sum[1] + one[1]]))
    }
}

impl Fold for Plans {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::ConsolidationPlanFiled | Type::FundsReceived | Type::EntryReversed)
    }

    fn take(&mut self, told: &Told<'_>) {
        let mut undone = None;
        match told.event.map(|event| &event.data) {
            Some(Data::ConsolidationPlanFiled(data)) => self.file(data, told),
            Some(Data::FundsReceived(data)) => {
                let item = data.item.map(|item| item.as_str().into());
                self.lots.insert(data.lot.as_str().into(), (item, data.fund));
            }
            Some(Data::EntryReversed(data)) => undone = Some(data.reverses),
            Some(_) | None => {}
        }
        for movement in told.movements {
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let in_plan = |spot: &Option<Spot<'_>>| {
                let spot = spot.as_ref().filter(|spot| spot.kind == PlaceKind::Consolidated)?;
                spot.plan.map(str::to_owned)
            };
            let is_free = |spot: &Option<Spot<'_>>| {
                spot.as_ref().is_some_and(|spot| spot.kind == PlaceKind::Available)
            };
            for (plan, other, fen) in [
                (in_plan(&to), is_free(&from), movement.amount_fen),
                (in_plan(&from), is_free(&to), -movement.amount_fen),
            ] {
                let Some(plan) = plan else { continue };
                if other {
                    let back = self.of_undone(undone, &plan, movement.lot);
                    self.consolidate(&plan, movement.lot, fen, back, told.id);
                }
                if let Some(plan) = self.rows.get_mut(&plan) {
                    plan.lots.entry(movement.lot.to_owned()).or_default().waiting += fen;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::History;
    use serde_json::{Value, json};

    fn agri(history: &mut History, lot: &str, item: &str, fen: i64) {
        let data = json!({ "lot": lot, "fund": "agri", "item": item, "fiscal_year": 2017,
            "amount_fen": fen, "provider": "x", "purpose": [] });
        history.tell("funds_received", data, &format!("{lot} {fen} outside > available/130723"));
    }

    fn filed(history: &mut History, version: u32, items: &Value) {
        let data = json!({ "plan": "K1", "fiscal_year": 2017, "items": items,
            "filed_to": "130000", "version": version });
        history.tell("consolidation_plan_filed", data, "");
    }

    fn moved(history: &mut History, kind: &str, lot: &str, fen: i64) -> String {
        let (from, to) = match kind {
            "funds_consolidated" => ("available/130723", "consolidated/130723/K1"),
            _ => ("consolidated/130723/K1", "available/130723"),
        };
        let data = json!({ "plan": "K1", "lots": [{ "lot": lot, "amount_fen": fen }] });
        history.tell(kind, data, &format!("{lot} {fen} {from} > {to}"))
    }

    /// Of each line: what it is of, planned, used, arranged.
    fn told(history: &History) -> Vec<(String, Option<i64>, i64, i64)> {
        let plans = history.fold(Plans::default());
        let name = |of: &Of| match of {
            Of::Item(item) => item.clone(),
            Of::Fund(fund) => fund.code().to_owned(),
        };
        let lines = plans.rows["K1"].lines(&plans).into_iter();
        lines.map(|it| (name(&it.of), it.planned_fen, it.used_fen, it.arranged_fen)).collect()
    }

    fn line(
        of: &str,
        planned: Option<i64>,
        used: i64,
        arranged: i64,
    ) -> (String, Option<i64>, i64, i64) {
        (of.to_owned(), planned, used, arranged)
    }

    #[test]
    fn each_lot_counts_under_its_item_else_its_fund_and_use_stays_there() {
        let mut history = History::new();
        agri(&mut history, "R", "road", 500);
        agri(&mut history, "W", "water", 300);
        filed(
            &mut history,
            1,
            &json!([{ "fund": "agri", "planned_fen": 900 },
            { "item": "road", "planned_fen": 400 }]),
        );
        moved(&mut history, "funds_consolidated", "R", 100);
        let water = moved(&mut history, "funds_consolidated", "W", 250);
        assert_eq!(
            told(&history),
            [line("agri", Some(900), 250, 0), line("road", Some(400), 100, 0)]
        );
        // The next version has a line for water and none for roads: what was used stays.
        filed(
            &mut history,
            2,
            &json!([{ "fund": "agri", "planned_fen": 900 },
            { "item": "water", "planned_fen": 50 }]),
        );
        moved(&mut history, "funds_consolidated", "W", 30);
        let all = [
            line("agri", Some(900), 250, 0),
            line("water", Some(50), 30, 0),
            line("road", None, 100, 0),
        ];
        assert_eq!(told(&history), all);
        // A release frees the item first; undoing the first of them frees the fund's line.
        moved(&mut history, "consolidation_released", "W", 40);
        assert_eq!(
            told(&history)[..2],
            [line("agri", Some(900), 240, 0), line("water", Some(50), 0, 0)]
        );
        history.reverse(&water, "W 250 consolidated/130723/K1 > available/130723");
        assert_eq!(told(&history)[0].2, -10, "exactly what its original took");
    }

    #[test]
    fn what_is_arranged_is_told_apart_from_what_waits() {
        let mut history = History::new();
        agri(&mut history, "R", "road", 500);
        filed(&mut history, 1, &json!([{ "item": "road", "planned_fen": 400 }]));
        moved(&mut history, "funds_consolidated", "R", 300);
        history.project("P1", "infrastructure", 500);
        let lots = json!({ "project": "P1", "from": "consolidated", "plan": "K1",
            "lots": [{ "lot": "R", "amount_fen": 120 }] });
        let path = "R 120 consolidated/130723/K1 > committed/P1/130723/K1";
        history.tell("funds_committed", lots, path);
        assert_eq!(told(&history), [line("road", Some(400), 300, 120)]);
    }
}
