//! Money ordered to be paid back that is not (应追回未追回, Article 29).

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

#[derive(Debug)]
struct Debt {
    seqs: Vec<u64>,
    since: Date,
    fen: i64,
}

/// Keeps what each debtor of each project still owes.
#[derive(Debug, Default)]
pub struct NotRecovered(BTreeMap<(String, String), Debt>);

impl Rule for NotRecovered {
    fn key(&self) -> RuleKey {
        RuleKey::NotRecovered
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::RecoveryOrdered
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        if let Some(Data::RecoveryOrdered(data)) = told.event.map(|event| &event.data) {
            let key = (data.project.to_string(), data.debtor.to_string());
            let new = || Debt { seqs: Vec::new(), since: told.date, fen: 0 };
            let debt = self.0.entry(key).or_insert_with(new);
            debt.seqs.push(told.seq);
            // A debt that was paid before begins anew.
            if debt.fen == 0 {
                debt.since = told.date;
            }
        }
        for movement in told.movements {
            let fen = movement.amount_fen;
            for (path, fen) in [(movement.from, -fen), (movement.to, fen)] {
                let mut steps = path.split('/');
                if steps.next() != Some("reclaim") {
                    continue;
                }
                let (debtor, project) = (steps.next(), steps.next());
                let key =
                    (project.unwrap_or_default().to_owned(), debtor.unwrap_or_default().to_owned());
                if let Some(debt) = self.0.get_mut(&key) {
                    debt.fen += fen;
                }
            }
        }
    }

    fn hits(&self, world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let most = limits.days(Limit::RecoveryDays);
        let mut hits = Vec::new();
        for ((project, debtor), debt) in self.0.iter().filter(|(_, debt)| debt.fen > 0) {
            let days = debt.since.days_until(on);
            let Some(row) = world.ground().projects.get(project) else { continue };
            if days > most {
                let hit = Hit::new(RuleKey::NotRecovered, row.jurisdiction, debt.since)
                    .project(project)
                    .organization(debtor)
                    .amount(debt.fen)
                    .figure("days", days)
                    .figure("limit_days", most)
                    .seqs(debt.seqs.iter().copied());
                hits.push(hit);
            }
        }
        hits
    }
}
