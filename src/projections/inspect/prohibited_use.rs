//! Fiscal money in a project of a prohibited category (财农〔2017〕8号, the list of nine), or used
//! against its purpose, as an exception.

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::fund::Class;
use crate::domain::{Code as Refused, Data, Type};
use crate::projections::Told;

/// Notes what was arranged for what it must not pay.
#[derive(Debug, Default)]
pub struct ProhibitedUse(Noted);

impl Rule for ProhibitedUse {
    fn key(&self) -> RuleKey {
        RuleKey::ProhibitedUse
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsCommitted | Type::EntryReversed)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        self.0.strike(told);
        let Some(Data::FundsCommitted(data)) = told.event.map(|event| &event.data) else { return };
        let Some(row) = world.ground().projects.get(data.project.as_str()) else { return };
        let fiscal =
            |lot: &str| world.ground().lots.get(lot).is_some_and(|lot| lot.class == Class::Fiscal);
        let listed =
            row.category.is_prohibited() && data.lots.iter().any(|one| fiscal(one.lot.as_str()));
        let codes =
            [Refused::PurposeViolated, Refused::IntentViolated, Refused::ProhibitedCategory];
        let excused = data.exceptions.iter().find(|one| codes.contains(&one.code));
        if listed || excused.is_some() {
            let about = excused.map_or(row.category.code(), |one| one.code.code());
            let hit = Hit::new(RuleKey::ProhibitedUse, row.jurisdiction, told.date)
                .project(data.project.as_str())
                .amount(data.lots.sum().get())
                .about(about);
            self.0.note(told, hit);
        }
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.0.hits()
    }
}
