//! A level above's money received directly (上级未下达): it did not come down through the levels.

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::fund::{Fund, Level};
use crate::domain::{Data, Type};
use crate::projections::Told;

/// Notes receipts below the level that the fund comes to.
#[derive(Debug, Default)]
pub struct FromAbove(Noted);

impl Rule for FromAbove {
    fn key(&self) -> RuleKey {
        RuleKey::FromAbove
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FundsReceived | Type::EntryReversed)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        self.0.strike(told);
        let Some(Data::FundsReceived(data)) = told.event.map(|event| &event.data) else { return };
        // Central money comes to the province; a level's own money to that level.
        let comes_to = match data.fund {
            Fund::CentralSpecial => Some(Level::Province),
            fund => fund.own_level(),
        };
        let level = world.ground().level(told.here);
        if comes_to.zip(level).is_some_and(|(due, here)| here > due) {
            let hit = Hit::new(RuleKey::FromAbove, told.here, told.date)
                .lot(data.lot.as_str())
                .amount(data.amount_fen.get())
                .about(data.fund.code());
            self.0.note(told, hit);
        }
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.0.hits()
    }
}
