//! Consolidation plans of a county against what came of them, line by line.
//!
//! All plans of the page stand on one scale. What no version plans any more says so.

use crate::access::Register;
use crate::base::Code;
use crate::base::words::item_label;
use crate::ledger::live::Views;
use crate::projections::plan_lines::{self, Line, Of};
use crate::web::charts::{self, Chart};
use crate::web::figures::{self, Wan};
use crate::web::lang::Lang;
use std::cmp::Reverse;

/// A plan.
pub struct Plan {
    /// Its id, year, version and where it is filed, in words.
    pub words: String,
    /// Its lines.
    pub rows: Vec<Row>,
    /// Their sum.
    pub total: [String; 4],
}

/// A line of a plan against what came of it.
pub struct Row {
    /// What it is of.
    pub name: String,
    /// Its id, where the name is a word for it.
    pub id: Option<String>,
    /// Planned, consolidated, arranged, not consolidated; and whether each is nothing.
    pub cells: [(String, bool); 4],
    /// The same as a drawing.
    pub bullet: Chart,
}

/// Planned, consolidated, arranged, not consolidated, in fen.
fn amounts(line: &Line) -> [i128; 4] {
    let missing = line.planned_fen.map_or(0, |planned| (planned - line.used_fen).max(0));
    [line.planned_fen.unwrap_or(0), line.used_fen, line.arranged_fen, missing].map(i128::from)
}

/// The plans of a county, the newest first; none where it filed none.
pub fn plans(views: &Views<Register>, code: Code, year: Option<u16>, lang: Lang) -> Vec<Plan> {
    let of_year = |plan_year: u16| year.is_none_or(|year| year == plan_year);
    let plans = views.plans.rows.iter();
    let mut plans: Vec<_> =
        plans.filter(|(_, plan)| plan.at == code && of_year(plan.year)).collect();
    plans.sort_by_key(|(name, plan)| (Reverse(plan.year), (*name).clone()));
    let plans: Vec<(&String, &plan_lines::Plan, Vec<Line>)> =
        plans.into_iter().map(|(id, plan)| (id, plan, plan.lines(&views.plans))).collect();
    let all = plans.iter().flat_map(|(_, _, lines)| lines).flat_map(amounts);
    let longest = all.clone().max().unwrap_or(0);
    // Sums need no more decimals than what they sum.
    let wan = Wan::fitting(all);
    let plan = |(id, plan, lines): (&String, &plan_lines::Plan, Vec<Line>)| {
        let to = views.names.jurisdictions.get(&plan.filed_to);
        let to = to.cloned().unwrap_or_else(|| plan.filed_to.to_string());
        let sum = |at: usize| lines.iter().map(|line| amounts(line)[at]).sum::<i128>();
        Plan {
            words: match lang {
                Lang::Zh => format!(
                    "方案 {id}，{} 年度，第 {} 版，{} 报{to}备案",
                    plan.year, plan.version, plan.filed_on
                ),
                Lang::En => format!(
                    "Plan {id} for {}, version {}, filed with {to} on {}",
                    plan.year, plan.version, plan.filed_on
                ),
            },
            total: [0, 1, 2, 3].map(|at| wan.text(sum(at))),
            rows: lines.iter().map(|line| row(line, longest, wan, lang)).collect(),
        }
    };
    plans.into_iter().map(plan).collect()
}

fn row(line: &Line, longest: i128, wan: Wan, lang: Lang) -> Row {
    let (name, id) = match &line.of {
        Of::Fund(fund) => (lang.label(fund.label()).to_owned(), None),
        Of::Item(item) => match item_label(item) {
            Some(label) => (lang.label(label).to_owned(), Some(item.clone())),
            None => (item.clone(), None),
        },
    };
    let [planned, actual, arranged, _] = amounts(line);
    let says = match lang {
        Lang::Zh => format!(
            "{name}：计划 {}，实际整合 {}，已安排使用 {}",
            wan.text(planned),
            wan.text(actual),
            wan.text(arranged)
        ),
        Lang::En => format!(
            "{name}: planned {}, consolidated {}, arranged {}",
            wan.text(planned),
            wan.text(actual),
            wan.text(arranged)
        ),
    };
    let mut cells = amounts(line).map(|fen| (wan.text(fen), fen == 0));
    if line.planned_fen.is_none() {
        // The newest version has no such line: nothing is missing of what is not planned.
        cells[0] = (figures::NONE.to_owned(), true);
        cells[3] = (figures::NONE.to_owned(), true);
    }
    Row { bullet: charts::bullet(planned, actual, arranged, longest, says), name, id, cells }
}
