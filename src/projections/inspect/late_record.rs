//! Money entries recorded long after their day (迟记倒签).

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::projections::Told;

/// Keeps money entries that were not recorded on their day.
#[derive(Debug, Default)]
pub struct LateRecord(Vec<Late>);

#[derive(Debug)]
struct Late {
    at: Code,
    on: Date,
    seq: u64,
    days: i32,
    fen: i64,
    kind: &'static str,
}

impl Rule for LateRecord {
    fn key(&self) -> RuleKey {
        RuleKey::LateRecord
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        let days = told.date.days_until(told.recorded_at.hebei_date());
        if days > 0 && !told.movements.is_empty() {
            self.0.push(Late {
                at: told.here,
                on: told.date,
                seq: told.seq,
                days,
                fen: told.movements.iter().map(|one| one.amount_fen).sum(),
                kind: told.kind.spec().name,
            });
        }
    }

    fn hits(&self, _world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let most = limits.days(Limit::LateDays);
        let hit = |late: &Late| {
            Hit::new(RuleKey::LateRecord, late.at, late.on)
                .amount(late.fen)
                .figure("days", late.days)
                .figure("limit_days", most)
                .seqs([late.seq])
                .about(late.kind)
        };
        self.0.iter().filter(|late| late.days > most).map(hit).collect()
    }
}
