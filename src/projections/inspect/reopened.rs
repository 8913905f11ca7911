//! A closed month that was opened again (反结账).

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;

/// Notes every opening.
#[derive(Debug, Default)]
pub struct Reopened(Noted);

impl Rule for Reopened {
    fn key(&self) -> RuleKey {
        RuleKey::Reopened
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::PeriodReopened
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        if let Some(Data::PeriodReopened(data)) = told.event.map(|event| &event.data) {
            let hit = Hit::new(RuleKey::Reopened, told.here, told.date);
            let hit = match data.custodian {
                Some(custodian) => hit.organization(custodian.as_str()),
                None => hit,
            };
            self.0.note(told, hit.about(data.period.to_string()));
        }
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.0.hits()
    }
}
