//! A year's plan, a quarter's or a year's report that a poor county did not file, or filed late
//! (Articles 10, 15).

use super::county_years::{CountyYears, day_of};
use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::events::{DocumentKind, Severity};
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

/// Keeps what was filed, by county, kind and period.
#[derive(Debug, Default)]
pub struct FilingsMissing {
    years: CountyYears,
    filed: BTreeMap<(Code, String), (u64, Date)>,
}

impl Rule for FilingsMissing {
    fn key(&self) -> RuleKey {
        RuleKey::FilingsMissing
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::DocumentFiled | Type::ReportFiled)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        self.years.take(told, world);
        let paper = match told.event.map(|event| &event.data) {
            Some(Data::DocumentFiled(data)) if data.kind == DocumentKind::AnnualPlan => {
                plan(data.year.get())
            }
            Some(Data::ReportFiled(data)) => match data.period.quarter() {
                Some(quarter) => quarterly(data.period.year(), quarter),
                None => annual(data.period.year()),
            },
            Some(_) | None => return,
        };
        self.filed.entry((told.here, paper)).or_insert((told.seq, told.date));
    }

    fn hits(&self, _world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let mut hits = Vec::new();
        for ((at, year), seq) in &self.years.0 {
            for (paper, due) in papers(*year, limits) {
                let filed = self.filed.get(&(*at, paper.clone()));
                let days = due.days_until(filed.map_or(on, |(_, day)| *day));
                if days <= 0 {
                    continue;
                }
                let severity = match filed {
                    Some(_) => Severity::Hint,
                    None => Severity::Violation,
                };
                let hit = Hit::new(RuleKey::FilingsMissing, *at, due)
                    .severity(severity)
                    .figure("days_late", days)
                    .figure("filed", i64::from(filed.is_some()))
                    .seqs([filed.map_or(*seq, |(seq, _)| *seq)])
                    .about(paper);
                hits.push(hit);
            }
        }
        hits
    }
}

fn plan(year: u16) -> String {
    format!("annual_plan {year}")
}

fn quarterly(year: u16, quarter: u8) -> String {
    format!("quarterly {year}-Q{quarter}")
}

fn annual(year: u16) -> String {
    format!("annual {year}")
}

/// What is to be filed for a year, each with its last day.
fn papers(year: u16, limits: &Limits) -> Vec<(String, Date)> {
    let mut papers = vec![(plan(year), day_of(year, limits.days(Limit::PlanDays)))];
    for (quarter, month, day) in [(1, 3, 31), (2, 6, 30), (3, 9, 30), (4, 12, 31)] {
        let end = Date::new(year, month, day);
        let due = end.and_then(|end| end.plus_days(limits.days(Limit::ReportDays)));
        papers.push((quarterly(year, quarter), due));
    }
    let end = Date::new(year, 12, 31);
    let due = end.and_then(|end| end.plus_days(limits.days(Limit::AnnualReportDays)));
    papers.push((annual(year), due));
    papers.into_iter().filter_map(|(paper, due)| due.map(|due| (paper, due))).collect()
}
