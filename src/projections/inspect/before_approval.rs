//! Money was arranged or paid before the project was approved (未批先付).

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;

/// Notes uses that come before the approval, by record or by day.
#[derive(Debug, Default)]
pub struct BeforeApproval(Noted);

impl Rule for BeforeApproval {
    fn key(&self) -> RuleKey {
        RuleKey::BeforeApproval
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsCommitted | Type::DisbursementMade | Type::EntryReversed)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        self.0.strike(told);
        let (project, fen) = match told.event.map(|event| &event.data) {
            Some(Data::FundsCommitted(data)) => (data.project, data.lots.sum().get()),
            Some(Data::DisbursementMade(data)) => (data.project, data.lots.sum().get()),
            Some(_) | None => return,
        };
        let Some(row) = world.ground().projects.get(project.as_str()) else { return };
        if row.approved.is_none_or(|(_, approved_on)| told.date < approved_on) {
            let hit = Hit::new(RuleKey::BeforeApproval, row.jurisdiction, told.date)
                .project(project.as_str())
                .amount(fen)
                .about(told.kind.spec().name);
            self.0.note(told, hit);
        }
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let since = |hit: Hit| {
            let row = hit.project.as_ref().and_then(|project| world.ground().projects.get(project));
            let approved = row.and_then(|row| row.approved);
            let days = hit.on.days_until(approved.map_or(on, |(_, day)| day));
            hit.figure("days_before", days).figure("approved", i64::from(approved.is_some()))
        };
        self.0.hits().into_iter().map(since).collect()
    }
}
