//! Facts recorded as exceptions (例外入账): each is a violation from the moment it is recorded, and
//! stays one when the entry is reversed.

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;

/// Notes every exception.
#[derive(Debug, Default)]
pub struct Exceptions(Noted);

impl Rule for Exceptions {
    fn key(&self) -> RuleKey {
        RuleKey::Exceptions
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsCommitted | Type::DisbursementMade)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        let (project, fen, exceptions) = match told.event.map(|event| &event.data) {
            Some(Data::FundsCommitted(data)) => (data.project, data.lots.sum(), &data.exceptions),
            Some(Data::DisbursementMade(data)) => (data.project, data.lots.sum(), &data.exceptions),
            Some(_) | None => return,
        };
        let codes: Vec<&str> = exceptions.iter().map(|one| one.code.code()).collect();
        if codes.is_empty() {
            return;
        }
        let known = world.ground().projects.get(project.as_str());
        let at = known.map_or(told.here, |row| row.jurisdiction);
        let hit = Hit::new(RuleKey::Exceptions, at, told.date)
            .project(project.as_str())
            .amount(fen.get())
            .about(codes.join(", "));
        self.0.note(told, hit);
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.0.hits()
    }
}
