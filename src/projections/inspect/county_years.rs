//! In which years money reached which poor county: the years for which a county owes a budget, a
//! plan and reports.
//!
//! Years before the ledger was kept are left out: old lots are entered with their true dates.

use super::rule::World;
use crate::base::{Code, Date};
use crate::domain::fund::Level;
use crate::domain::place::PlaceKind;
use crate::projections::Told;
use crate::projections::path::Spot;
use std::collections::BTreeMap;

/// The first record of each county and year.
#[derive(Debug, Default)]
pub struct CountyYears(pub BTreeMap<(Code, u16), u64>);

impl CountyYears {
    /// Takes a record in.
    pub fn take(&mut self, told: &Told<'_>, world: &World) {
        let year = told.date.year();
        if told.recorded_at.hebei_date().year() != year {
            return;
        }
        for movement in told.movements {
            let (from, to) = (Spot::parse(movement.from), Spot::parse(movement.to));
            let (Some(from), Some(to)) = (from, to) else { continue };
            let Some(at) = to.code.filter(|_| to.kind == PlaceKind::Available) else { continue };
            let lot = world.ground().lots.get(movement.lot);
            let fiscal = lot.is_some_and(|lot| lot.custodian.is_none());
            let comes = from.kind == PlaceKind::Outside || from.code != Some(at);
            let county = world.ground().level(at) == Some(Level::County);
            if fiscal && comes && county && world.ground().is_poor_county(at, told.date) {
                self.0.entry((at, year)).or_insert(told.seq);
            }
        }
    }
}

/// The day so many days after a year has begun.
pub fn day_of(year: u16, days: i32) -> Option<Date> {
    Date::new(year, 1, 1)?.plus_days(days - 1)
}
