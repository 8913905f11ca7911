//! Money was used before the day on which it came (先付后到): as of that day its place stands below
//! zero, which the order of the records alone never shows.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::place::PlaceKind;
use crate::projections::Told;
use crate::projections::path::Spot;
use std::collections::BTreeMap;

/// Keeps what came and went by day, where money waits.
#[derive(Debug, Default)]
pub struct BeforeMoney(BTreeMap<(Code, String, String), Vec<Move>>);

/// The day, the record, and what came or, below zero, went.
type Move = (Date, u64, i64);

impl Rule for BeforeMoney {
    fn key(&self) -> RuleKey {
        RuleKey::BeforeMoney
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        for movement in told.movements {
            let fen = movement.amount_fen;
            for (path, fen) in [(movement.from, -fen), (movement.to, fen)] {
                let waits = Spot::parse(path).filter(|spot| {
                    matches!(spot.kind, PlaceKind::Available | PlaceKind::Consolidated)
                });
                if let Some(code) = waits.and_then(|spot| spot.code) {
                    let key = (code, movement.lot.to_owned(), path.to_owned());
                    self.0.entry(key).or_default().push((told.date, told.seq, fen));
                }
            }
        }
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.0.iter().filter_map(|((code, lot, _), moves)| lowest(*code, lot, moves)).collect()
    }
}

/// The hit of a place that stood below zero at the end of a day: the first such day, the lowest
/// stand.
fn lowest(code: Code, lot: &str, moves: &[Move]) -> Option<Hit> {
    let mut by_day: BTreeMap<Date, i64> = BTreeMap::new();
    for (day, _, fen) in moves {
        *by_day.entry(*day).or_default() += fen;
    }
    let mut stand = 0;
    let stands = by_day.into_iter().map(|(day, fen)| {
        stand += fen;
        (day, stand)
    });
    let below: Vec<(Date, i64)> = stands.filter(|(_, stand)| *stand < 0).collect();
    let (first, _) = *below.first()?;
    let (last, _) = *below.last()?;
    let least = below.iter().map(|(_, stand)| *stand).min()?;
    let seqs = moves.iter().filter(|(day, _, fen)| first <= *day && *day <= last && *fen < 0);
    let hit = Hit::new(RuleKey::BeforeMoney, code, first)
        .lot(lot)
        .amount(-least)
        .figure("days_below", first.days_until(last) + 1)
        .seqs(seqs.map(|(_, seq, _)| *seq));
    Some(hit)
}
